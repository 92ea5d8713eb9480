package httpapi

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/fadedistrict/fade"
)

// docs/openapi.json is what the front end's types are made from.
func TestOpenAPI_isWrittenDown(t *testing.T) {
	text, err := OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	written, err := os.ReadFile("../docs/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	if string(text) != string(written) {
		t.Error("docs/openapi.json is not the API's: go run ./cmd/fade openapi > docs/openapi.json, and then npm --prefix web run generate")
	}
}

func TestOpenAPI_schemas(t *testing.T) {
	text, err := OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		OpenAPI    string
		Components struct {
			Schemas map[string]struct {
				Type       any
				Enum       []string
				Required   []string
				Properties map[string]map[string]any
			}
		}
	}
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(document.OpenAPI, "3.1") {
		t.Errorf("OpenAPI %s", document.OpenAPI)
	}
	schemas := document.Components.Schemas
	for _, name := range []string{
		"Business", "Reservation", "User", "Notification", "DashboardStats", "Analytics", "BusinessTotals", "Tokens", "Problem", "Event",
		"EventPayloads", "BusinessPayload", "ReservationPayload", "UserPayload", "NotificationAddedPayload", "NotificationReadPayload", "NotificationArchivedPayload",
	} {
		if len(schemas[name].Properties) == 0 {
			t.Errorf("%s is not described", name)
		}
	}
	for _, eventType := range fade.EventTypes() {
		if schemas["EventPayloads"].Properties[string(eventType)] == nil || !slices.Contains(schemas["EventType"].Enum, string(eventType)) {
			t.Errorf("%s is not described", eventType)
		}
	}
	if slices.Contains(schemas["EventType"].Enum, string(fade.TypeAccessChanged)) {
		t.Error("what is between nodes only is described")
	}
	if price := schemas["Reservation"].Properties["price"]["type"]; price != "number" {
		t.Errorf("a price is a %v", price)
	}
	if required := schemas["NewBusiness"].Required; !slices.Contains(required, "name") || !slices.Contains(required, "owner_password") {
		t.Errorf("a new business requires %v", required)
	}
}
