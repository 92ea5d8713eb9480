package notify_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/notify"
)

var now = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

// appointment is one in three days, of somebody who left an address.
func appointment(change func(*fade.Reservation)) fade.Reservation {
	r := fade.Reservation{
		ID: "r", BusinessID: "b", CustomerEmail: "ana@example.com", StartTime: now.AddDate(0, 0, 3), Status: fade.Confirmed,
		Version: 1, ScheduleVersion: 1,
	}
	if change != nil {
		change(&r)
	}
	return r
}

func TestPosts(t *testing.T) {
	confirmed := appointment(nil)
	pending := appointment(func(r *fade.Reservation) { r.Status = fade.Pending })
	moved := appointment(func(r *fade.Reservation) { r.Version, r.ScheduleVersion = 2, 2 })
	canceled := appointment(func(r *fade.Reservation) { r.Status = fade.Canceled })
	noted := appointment(func(r *fade.Reservation) { r.Version, r.Notes = 2, "Window seat" })
	silent := appointment(func(r *fade.Reservation) { r.CustomerEmail = "" })
	soon := appointment(func(r *fade.Reservation) { r.StartTime = now.Add(3 * time.Hour) })
	past := appointment(func(r *fade.Reservation) { r.StartTime = now.Add(-time.Hour) })
	completed := appointment(func(r *fade.Reservation) { r.Status = fade.Completed })
	reminders := []string{"reminder reminder:120", "reminder reminder:1440"}
	for name, test := range map[string]struct {
		event fade.Event
		want  []string
	}{
		"booked and confirmed at once": {fade.ReservationCreated{Reservation: confirmed}, append([]string{"new_reservation business", "confirmation customer"}, reminders...)},
		"asked for":                    {fade.ReservationCreated{Reservation: pending}, []string{"new_reservation business", "received customer"}},
		"booked without an address":    {fade.ReservationCreated{Reservation: silent}, []string{"new_reservation business"}},
		"booked for this afternoon":    {fade.ReservationCreated{Reservation: soon}, []string{"new_reservation business", "confirmation customer", reminders[0]}},
		"entered afterwards":           {fade.ReservationCreated{Reservation: past}, []string{"new_reservation business"}},
		"confirmed":                    {fade.ReservationUpdated{Reservation: confirmed, Previous: pending}, append([]string{"confirmation customer"}, reminders...)},
		"moved":                        {fade.ReservationUpdated{Reservation: moved, Previous: confirmed}, append([]string{"change customer"}, reminders...)},
		"noted":                        {fade.ReservationUpdated{Reservation: noted, Previous: confirmed}, nil},
		"left an address":              {fade.ReservationUpdated{Reservation: confirmed, Previous: silent}, append([]string{"change customer"}, reminders...)},
		"completed":                    {fade.ReservationUpdated{Reservation: completed, Previous: confirmed}, nil},
		"canceled":                     {fade.ReservationCanceled{Reservation: canceled, Previous: confirmed}, []string{"cancellation customer"}},
		"a business":                   {fade.BusinessCreated{}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			posts, err := notify.Posts(test.event, now, func(string) ([]int, error) { return []int{1440, 120, 120}, nil })
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, p := range posts {
				got = append(got, string(p.Kind)+" "+p.Cause)
				if p.Due.Before(now) {
					t.Errorf("%s is due at %v", p.Kind, p.Due)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("Posts() (-want +got):\n%s", diff)
			}
		})
	}
}

// Whatever overtakes a waiting mail, a mail that waits all the same is found to be outdated when it is about to leave.
func TestOutdated(t *testing.T) {
	confirmed := appointment(nil)
	for name, test := range map[string]struct {
		r      fade.Reservation
		kind   fade.DeliveryKind
		reason string
	}{
		"as it was":            {confirmed, fade.KindReminder, ""},
		"moved":                {appointment(func(r *fade.Reservation) { r.ScheduleVersion = 2 }), fade.KindReminder, fade.ReasonMoved},
		"canceled":             {appointment(func(r *fade.Reservation) { r.Status = fade.Canceled }), fade.KindReminder, fade.ReasonCanceled},
		"canceled, and told":   {appointment(func(r *fade.Reservation) { r.Status = fade.Canceled }), fade.KindCancellation, ""},
		"begun":                {appointment(func(r *fade.Reservation) { r.StartTime = now }), fade.KindReminder, fade.ReasonPast},
		"confirmed once more":  {confirmed, fade.KindCancellation, fade.ReasonMoved},
		"moved, business mail": {appointment(func(r *fade.Reservation) { r.ScheduleVersion = 2 }), fade.KindNewReservation, ""},
	} {
		t.Run(name, func(t *testing.T) {
			reason, outdated := notify.Outdated(fade.Delivery{Kind: test.kind, ScheduleVersion: 1}, test.r, now)
			if reason != test.reason && outdated || outdated != (test.reason != "") {
				t.Errorf("Outdated() = %q, %v; want %q", reason, outdated, test.reason)
			}
		})
	}
}

func TestRecipient_Hears(t *testing.T) {
	start, end := "22:00", "07:00"
	quiet := fade.DefaultPreferences("u", "Europe/Belgrade")
	quiet.QuietStart, quiet.QuietEnd = &start, &end
	with := func(rules fade.Rules) fade.Preferences {
		p := fade.DefaultPreferences("u", "Europe/Belgrade")
		p.Rules[fade.TypeReservationCreated] = rules
		return p
	}
	always, never := fade.Rule{When: fade.Always}, fade.Rule{When: fade.Never}
	night := time.Date(2026, 11, 22, 22, 30, 0, 0, time.UTC) // half past eleven in Belgrade
	for name, test := range map[string]struct {
		preferences fade.Preferences
		at          time.Time
		inApp       bool
		want        []string
	}{
		"by default":          {fade.DefaultPreferences("u", ""), now, true, []string{"email unseen unseen:15 15m0s", "push unseen unseen:1 1m0s", "push unseen unseen:1 1m0s"}},
		"at once":             {with(fade.Rules{InApp: always, Email: always, Push: never}), now, true, []string{"email notice always 0s"}},
		"not in the inbox":    {with(fade.Rules{InApp: never, Email: fade.Rule{When: fade.IfUnseen, Minutes: 5}, Push: never}), now, false, []string{"email unseen unseen:5 5m0s always leaves"}},
		"daily":               {with(fade.Rules{InApp: always, Email: fade.Rule{When: fade.InDigest}, Push: never}), now, true, []string{"email digest digest:daily 21h0m0s always leaves"}},
		"nothing":             {with(fade.Rules{InApp: never, Email: never, Push: never}), now, false, nil},
		"in the quiet hours":  {quiet, night, true, []string{"email unseen unseen:15 7h30m0s", "push unseen unseen:1 7h30m0s", "push unseen unseen:1 7h30m0s"}},
		"before quiet begins": {quiet, time.Date(2026, 11, 22, 20, 50, 0, 0, time.UTC), true, []string{"email unseen unseen:15 9h10m0s", "push unseen unseen:1 1m0s", "push unseen unseen:1 1m0s"}},
	} {
		t.Run(name, func(t *testing.T) {
			who := notify.Recipient{UserID: "u", UserType: fade.SuperAdmin, Email: "u@example.com", Preferences: test.preferences, Devices: []string{"d1", "d2"}}
			inApp, others := who.Hears(notify.Notice{Type: fade.TypeReservationCreated}, test.at)
			var got []string
			for _, d := range others {
				says := string(d.Route) + " " + string(d.Kind) + " " + d.Cause + " " + d.NextAttemptAt.Sub(test.at).String()
				if !d.UnlessSeen && d.Cause != fade.CauseAlways {
					says += " always leaves"
				}
				got = append(got, says)
			}
			slices.Sort(got)
			if diff := cmp.Diff(test.want, got); diff != "" || inApp != test.inApp {
				t.Errorf("Hears() in the app: %v, others (-want +got):\n%s", inApp, diff)
			}
		})
	}
}
