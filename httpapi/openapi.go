package httpapi

import (
	"bytes"
	"encoding/json"
	"html/template"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/fadedistrict/fade"
)

// contractVersion is the version of the API's contract, which is not the program's: the document changes
// when the contract does, and not with every build.
const contractVersion = "1.0.0"

// humaConfig is the empty OpenAPI document.
func humaConfig() huma.Config {
	config := huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title: "Fade", Version: contractVersion,
				Description: "The booking platform's API. Instants are RFC 3339, ids are UUIDs, money is a decimal number. " +
					"Paths end with a slash; without it they work as well. Unknown and read-only fields of a body are ignored, " +
					"so that what was read can be sent back whole. docs/protocol.md describes the sockets.",
			},
			Components: &huma.Components{
				Schemas:         huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer),
				SecuritySchemes: map[string]*huma.SecurityScheme{bearer: {Type: "http", Scheme: "bearer", BearerFormat: "JWT"}},
			},
			Servers: []*huma.Server{{URL: "/"}},
		},
		Formats:       map[string]huma.Format{"application/json": jsonFormat(), "json": jsonFormat()},
		DefaultFormat: "application/json",
	}
	nameTypes(config.Components.Schemas)
	return config
}

// nameTypes tells the registry what it cannot find out by looking at Go types: the vocabulary knows nothing
// of OpenAPI.
func nameTypes(r huma.Registry) {
	r.RegisterTypeAlias(reflect.TypeFor[fade.Money](), reflect.TypeFor[moneySchema]())
	enumerate[fade.BusinessType, businessTypeSchema](r, "BusinessType", fade.BusinessTypes()...)
	enumerate[fade.SubscriptionStatus, subscriptionSchema](r, "SubscriptionStatus",
		fade.SubscriptionTrial, fade.SubscriptionActive, fade.SubscriptionSuspended, fade.SubscriptionCancelled)
	enumerate[fade.UserType, userTypeSchema](r, "UserType", fade.SuperAdmin, fade.BusinessOwner)
	enumerate[fade.ReservationStatus, reservationStatusSchema](r, "ReservationStatus", fade.ReservationStatuses()...)
	enumerate[fade.BusyState, busyStateSchema](r, "BusyState", fade.BusyTaken, fade.BusyHeld, fade.BusyFree)
	enumerate[fade.EventType, eventTypeSchema](r, "EventType", fade.EventTypes()...)
	payloads := &huma.Schema{
		Type: huma.TypeObject, Description: "The payload of each type of event.", Properties: map[string]*huma.Schema{},
	}
	anyPayload := &huma.Schema{}
	for _, p := range eventPayloads() {
		ref := r.Schema(p.payload, true, "")
		for _, t := range p.types {
			payloads.Properties[string(t)] = ref
			payloads.Required = append(payloads.Required, string(t))
		}
		anyPayload.AnyOf = append(anyPayload.AnyOf, ref)
	}
	r.Map()["EventPayloads"] = payloads
	r.Map()["Event"] = &huma.Schema{
		Type: huma.TypeObject, Description: "One entry of a channel's log, as the sockets tell it.",
		Properties: map[string]*huma.Schema{
			"type":      {Ref: "#/components/schemas/EventType"},
			"payload":   anyPayload,
			"timestamp": {Type: huma.TypeString, Format: "date-time"},
			"channel":   {Type: huma.TypeString, Examples: []any{"dashboard"}},
			"seq":       {Type: huma.TypeInteger, Format: "int64", Description: "Counts from 1 in every channel, without a gap."},
			"id":        {Type: huma.TypeString, Format: "uuid", Description: "The same on every channel that the event reached."},
		},
		Required: []string{"type", "payload", "timestamp", "channel", "seq", "id"},
	}
}

type payloadOf struct {
	payload reflect.Type
	types   []fade.EventType
}

func eventPayloads() []payloadOf {
	return []payloadOf{
		{reflect.TypeFor[fade.BusinessPayload](), []fade.EventType{fade.TypeBusinessCreated, fade.TypeBusinessUpdated}},
		{reflect.TypeFor[fade.ReservationPayload](), []fade.EventType{fade.TypeReservationCreated, fade.TypeReservationUpdated, fade.TypeReservationCanceled}},
		{reflect.TypeFor[fade.ServicePayload](), []fade.EventType{fade.TypeServiceCreated, fade.TypeServiceUpdated}},
		{reflect.TypeFor[fade.StaffPayload](), []fade.EventType{fade.TypeStaffCreated, fade.TypeStaffUpdated}},
		{reflect.TypeFor[fade.SettingsPayload](), []fade.EventType{fade.TypeSettingsUpdated}},
		{reflect.TypeFor[fade.SlotsPayload](), []fade.EventType{fade.TypeSlotsChanged}},
		{reflect.TypeFor[fade.UserPayload](), []fade.EventType{fade.TypeUserCreated, fade.TypeUserUpdated}},
		{reflect.TypeFor[fade.NotificationAddedPayload](), []fade.EventType{fade.TypeNotification}},
		{reflect.TypeFor[fade.NotificationReadPayload](), []fade.EventType{fade.TypeNotificationRead}},
		{reflect.TypeFor[fade.NotificationArchivedPayload](), []fade.EventType{fade.TypeNotificationArchived}},
		{reflect.TypeFor[fade.MessagePayload](), []fade.EventType{fade.TypeMessageCreated}},
		{reflect.TypeFor[fade.ReceiptPayload](), []fade.EventType{fade.TypeReceiptUpdated}},
		{reflect.TypeFor[fade.ConversationPayload](), []fade.EventType{fade.TypeConversationUpdated}},
		{reflect.TypeFor[fade.NotificationSeenPayload](), []fade.EventType{fade.TypeNotificationSeen}},
	}
}

// enumerate gives a text type a named schema with its values.
func enumerate[T ~string, S huma.SchemaProvider](r huma.Registry, name string, values ...T) {
	schema := &huma.Schema{Type: huma.TypeString}
	for _, v := range values {
		schema.Enum = append(schema.Enum, string(v))
	}
	r.Map()[name] = schema
	r.RegisterTypeAlias(reflect.TypeFor[T](), reflect.TypeFor[S]())
}

// The schemas of types that package fade declares.
type (
	moneySchema             struct{}
	businessTypeSchema      struct{}
	subscriptionSchema      struct{}
	userTypeSchema          struct{}
	reservationStatusSchema struct{}
	eventTypeSchema         struct{}
	busyStateSchema         struct{}
)

func (moneySchema) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeNumber, Description: "An amount with at most two decimals.", Examples: []any{25.5}}
}

func (businessTypeSchema) Schema(huma.Registry) *huma.Schema { return refTo("BusinessType") }
func (subscriptionSchema) Schema(huma.Registry) *huma.Schema { return refTo("SubscriptionStatus") }
func (userTypeSchema) Schema(huma.Registry) *huma.Schema     { return refTo("UserType") }
func (reservationStatusSchema) Schema(huma.Registry) *huma.Schema {
	return refTo("ReservationStatus")
}
func (busyStateSchema) Schema(huma.Registry) *huma.Schema { return refTo("BusyState") }
func (eventTypeSchema) Schema(huma.Registry) *huma.Schema { return refTo("EventType") }

func refTo(name string) *huma.Schema { return &huma.Schema{Ref: "#/components/schemas/" + name} }

// completeSchemas says what huma does not: that a pointer to an object may be null, and that there may be
// fields which are not named, because unknown ones are ignored and later versions may send more.
func completeSchemas(r huma.Registry) {
	for name, schema := range r.Map() {
		schema.AdditionalProperties = nil
		t := r.TypeFromRef("#/components/schemas/" + name)
		if t == nil || t.Kind() != reflect.Struct {
			continue
		}
		for i := range t.NumField() {
			f := t.Field(i)
			field, options, _ := strings.Cut(f.Tag.Get("json"), ",")
			object := f.Type.Kind() == reflect.Pointer && f.Type.Elem().Kind() == reflect.Struct && f.Type.Elem() != reflect.TypeFor[time.Time]()
			if property := schema.Properties[field]; object && property != nil && property.Ref != "" && !strings.Contains(options, "omitempty") {
				schema.Properties[field] = &huma.Schema{AnyOf: []*huma.Schema{{Ref: property.Ref}, {Type: "null"}}, Description: property.Description}
			}
		}
	}
}

// describePaths says that the parameters of paths are ids. It is said in the document alone: what has no such
// form does not exist, which is 404 and not 422.
func describePaths(document *huma.OpenAPI) {
	for _, item := range document.Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if op == nil {
				continue
			}
			for _, parameter := range op.Parameters {
				if parameter.In == "path" && parameter.Name == "id" {
					parameter.Schema = &huma.Schema{Type: huma.TypeString, Format: "uuid"}
				}
			}
		}
	}
}

// OpenAPI gives the OpenAPI document of the API, indented.
func OpenAPI() ([]byte, error) {
	var indented bytes.Buffer
	if err := json.Indent(&indented, New(Options{}).spec, "", "  "); err != nil {
		return nil, err
	}
	indented.WriteByte('\n')
	return indented.Bytes(), nil
}

// documentRoutes serves the document. It comes after all operations.
func (a *API) documentRoutes() {
	completeSchemas(a.huma.OpenAPI().Components.Schemas)
	describePaths(a.huma.OpenAPI())
	spec, err := json.Marshal(a.huma.OpenAPI())
	if err != nil {
		panic("httpapi: the OpenAPI document cannot be written: " + err.Error()) // fixed when the program was built
	}
	a.spec = spec
	a.router.Get("/api/openapi.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/openapi+json")
		_, _ = w.Write(a.spec)
	})
	page := a.documentPage()
	a.router.Get("/api/docs/", func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		_, _ = w.Write(page)
	})
}

type documented struct {
	Method, Path string
	*huma.Operation
	Statuses []string
}

// documentPage writes a page that lists the operations, needing nothing from elsewhere.
func (a *API) documentPage() []byte {
	groups := map[string][]documented{}
	var names []string
	for path, item := range a.huma.OpenAPI().Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if op == nil {
				continue
			}
			d := documented{Method: op.Method, Path: path, Operation: op}
			for status := range op.Responses {
				d.Statuses = append(d.Statuses, status)
			}
			slices.Sort(d.Statuses)
			if groups[op.Tags[0]] == nil {
				names = append(names, op.Tags[0])
			}
			groups[op.Tags[0]] = append(groups[op.Tags[0]], d)
		}
	}
	slices.Sort(names)
	for _, operations := range groups {
		slices.SortFunc(operations, func(x, y documented) int { return strings.Compare(x.Path+x.Method, y.Path+y.Method) })
	}
	var text bytes.Buffer
	if err := documentTemplate.Execute(&text, map[string]any{"Version": contractVersion, "Names": names, "Groups": groups}); err != nil {
		panic("httpapi: the documentation page cannot be written: " + err.Error())
	}
	return text.Bytes()
}

var documentTemplate = template.Must(template.New("docs").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Fade API</title>
<style>
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
code { font-family: ui-monospace, monospace }
details { border-bottom: 1px solid #8884; padding: .5rem 0 }
summary { cursor: pointer }
summary code:first-child { display: inline-block; width: 4.5rem; font-weight: 700 }
table { border-collapse: collapse; margin: .5rem 0 } td { padding: .1rem 1rem .1rem 0; vertical-align: top }
.quiet { opacity: .7 }
</style></head><body>
<h1>Fade API <small class="quiet">{{.Version}}</small></h1>
<p>The whole contract, with every shape, is <a href="/api/openapi.json">openapi.json</a> (OpenAPI 3.1).</p>
{{range $name := .Names}}<h2 id="{{$name}}">{{$name}}</h2>
{{range index $.Groups $name}}<details id="{{.OperationID}}"><summary><code>{{.Method}}</code> <code>{{.Path}}</code> <span class="quiet">{{.Summary}}</span></summary>
{{with .Description}}<p>{{.}}</p>{{end}}
{{if .Parameters}}<table>{{range .Parameters}}<tr><td><code>{{.Name}}</code></td><td class="quiet">{{.In}}</td><td>{{.Description}}</td></tr>{{end}}</table>{{end}}
<p class="quiet">Answers: {{range .Statuses}}{{.}} {{end}}</p></details>
{{end}}{{end}}</body></html>
`))
