package live_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/live"
)

var (
	a     = fade.NewID(time.Unix(1, 0))
	b     = fade.NewID(time.Unix(2, 0))
	admin = fade.Actor{User: fade.User{ID: fade.NewID(time.Unix(3, 0)), UserType: fade.SuperAdmin}}
	owner = fade.Actor{User: fade.User{ID: fade.NewID(time.Unix(4, 0)), UserType: fade.BusinessOwner, BusinessID: &a}}
)

// nobody is the id of nothing; and a conversation is with the business whose id it has.
var nobody = fade.NewID(time.Unix(9, 0))

func businessOf(conversationID string) (string, error) {
	if conversationID == nobody {
		return "", fade.NotFound("conversation")
	}
	return conversationID, nil
}

func TestMaySubscribe(t *testing.T) {
	const refused, allowed = false, true
	for channel, may := range map[string]struct{ public, owner, admin bool }{
		live.Dashboard:              {refused, refused, allowed},
		live.System:                 {refused, refused, refused},
		live.Business(a):            {refused, allowed, allowed},
		live.Business(b):            {refused, refused, allowed},
		live.Business(""):           {refused, refused, refused},
		live.Business(a + " "):      {refused, refused, refused},
		live.User(owner.User.ID):    {refused, allowed, refused},
		live.User(admin.User.ID):    {refused, refused, allowed},
		live.User(""):               {refused, refused, refused},
		live.Slots(a):               {allowed, allowed, allowed},
		live.Slots("x"):             {refused, refused, refused},
		live.Slots(a + "," + b):     {refused, refused, refused},
		live.Support:                {refused, allowed, allowed},
		live.Presence:               {refused, refused, refused},
		live.Conversation(a):        {refused, allowed, allowed}, // with a
		live.Conversation(b):        {refused, refused, allowed}, // with b
		live.Conversation(nobody):   {refused, refused, refused},
		live.Conversation("x"):      {refused, refused, refused},
		"":                          {refused, refused, refused},
		"Dashboard":                 {refused, refused, refused},
		strings.Repeat("x", 10_000): {refused, refused, refused},
	} {
		for _, role := range []struct {
			name  string
			actor fade.Actor
			want  bool
		}{{"public", fade.Actor{}, may.public}, {"owner", owner, may.owner}, {"super admin", admin, may.admin}} {
			if got := live.MaySubscribe(role.actor, channel, businessOf) == nil; got != role.want {
				t.Errorf("%s on %.60q: allowed is %v", role.name, channel, got)
			}
		}
	}
}

// What a channel of times says is public: it must hold intervals of chairs and nothing else.
func TestPayload_slots(t *testing.T) {
	event := fade.SlotsChanged{BusinessID: a, Changes: []fade.Busy{{Chair: b, State: fade.BusyTaken}}}
	if channels := live.Channels(event); len(channels) != 1 || channels[0] != live.Slots(a) {
		t.Errorf("it reaches %v", channels)
	}
	payload, err := live.Payload(event, live.Slots(a), live.After{})
	text, _ := json.Marshal(payload)
	want := `{"changes":[{"chair":"` + b + `","start_time":"0001-01-01T00:00:00Z","end_time":"0001-01-01T00:00:00Z","state":"taken"}]}`
	if err != nil || string(text) != want {
		t.Errorf("it says %s, %v; want %s", text, err, want)
	}
	for _, catalogue := range []fade.Event{
		fade.ServiceCreated{Service: fade.Service{BusinessID: a}}, fade.StaffUpdated{Staff: fade.Staff{BusinessID: a}},
		fade.SettingsUpdated{Settings: fade.BookingSettings{BusinessID: a}},
	} {
		if channels := live.Channels(catalogue); len(channels) != 1 || channels[0] != live.Business(a) {
			t.Errorf("%s reaches %v", catalogue.Type(), channels)
		}
	}
}

// TestPayload_platformFigures guards the promise that nobody sees another business's data: the platform's
// totals are on the dashboard and nowhere else.
func TestPayload_platformFigures(t *testing.T) {
	after := live.After{
		Platform: func() (fade.PlatformTotals, error) { return fade.PlatformTotals{TotalBusinesses: 4711}, nil },
		Business: func(string) (fade.BusinessTotals, error) { return fade.BusinessTotals{TotalReservations: 3}, nil },
		Unread:   func(string) (int64, error) { return 2, nil },
	}
	reservation := fade.Reservation{BusinessID: a}
	for _, event := range []fade.Event{
		fade.BusinessCreated{Business: fade.Business{ID: a}}, fade.BusinessUpdated{Business: fade.Business{ID: a}},
		fade.ReservationCreated{Reservation: reservation}, fade.ReservationUpdated{Reservation: reservation},
		fade.ReservationCanceled{Reservation: reservation}, fade.UserCreated{}, fade.UserUpdated{},
		fade.NotificationAdded{UserID: b}, fade.NotificationRead{UserID: b}, fade.NotificationArchived{UserID: b},
		fade.AccessChanged{UserID: b},
	} {
		channels := live.Channels(event)
		if len(channels) == 0 {
			t.Errorf("%s reaches nobody", event.Type())
		}
		for _, channel := range channels {
			payload, err := live.Payload(event, channel, after)
			if err != nil {
				t.Fatal(err)
			}
			text, err := json.Marshal(payload)
			if err != nil {
				t.Fatal(err)
			}
			if has := strings.Contains(string(text), "4711"); has != (channel == live.Dashboard) {
				t.Errorf("%s on %s: platform totals are in the payload: %v", event.Type(), channel, has)
			}
		}
	}
}
