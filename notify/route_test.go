package notify_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/notify"
)

func TestRoute(t *testing.T) {
	active, inactive := fade.Business{ID: "b", Name: "Fade", IsActive: true}, fade.Business{ID: "b", Name: "Fade"}
	reservation := fade.Reservation{ID: "r", BusinessID: "b", BusinessName: "Fade", CustomerName: "Ana", Status: fade.Pending}
	for name, test := range map[string]struct {
		event fade.Event
		want  notify.Audience
		tells bool
	}{
		"a new business":               {fade.BusinessCreated{Business: active}, notify.Audience{SuperAdmins: true}, true},
		"a business switched off":      {fade.BusinessUpdated{Business: inactive, Previous: active}, notify.Audience{SuperAdmins: true, OwnersOf: "b"}, true},
		"a business edited":            {fade.BusinessUpdated{Business: active, Previous: active}, notify.Audience{}, false},
		"a reservation by the public":  {fade.ReservationCreated{Reservation: reservation}, notify.Audience{SuperAdmins: true, OwnersOf: "b"}, true},
		"a reservation by the owner":   {fade.ReservationCreated{Reservation: reservation, By: "o"}, notify.Audience{SuperAdmins: true, OwnersOf: "b"}, true},
		"a change by the owner":        {fade.ReservationUpdated{Reservation: reservation, By: "o"}, notify.Audience{OwnersOf: "b", Except: "o"}, true},
		"a cancellation":               {fade.ReservationCanceled{Reservation: reservation}, notify.Audience{OwnersOf: "b"}, true},
		"what happens by itself":       {fade.ReservationUpdated{Reservation: fade.Reservation{BusinessID: "b", UpdatedBy: fade.ByFade}}, notify.Audience{}, false},
		"a user":                       {fade.UserCreated{}, notify.Audience{}, false},
		"an inbox entry tells nobody":  {fade.NotificationAdded{}, notify.Audience{}, false},
		"a change of access, likewise": {fade.AccessChanged{}, notify.Audience{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			notice, tells := notify.Route(test.event)
			if diff := cmp.Diff(test.want, notice.Audience); diff != "" || tells != test.tells {
				t.Errorf("Route() tells %v, audience (-want +got):\n%s", tells, diff)
			}
			if tells && (notice.Message == "" || notice.Type != test.event.Type()) {
				t.Errorf("Route() = %+v lacks message or type", notice)
			}
		})
	}
}
