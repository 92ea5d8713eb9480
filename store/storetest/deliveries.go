package storetest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/booking"
	"github.com/fadedistrict/fade/live"
	"github.com/fadedistrict/fade/notify"
)

// ledger gives all deliveries, oldest first, as "kind cause state reason".
func (f *fixture) ledger(t testing.TB, q notify.LedgerQuery) (says []string, all []fade.Delivery) {
	t.Helper()
	q.Limit = fade.MaxLimit
	err := f.Ledger().ViewLedger(f.ctx, func(r notify.LedgerReader) error {
		list, err := r.Deliveries(q)
		all = list.Items
		return err
	})
	if err != nil {
		t.Fatalf("Deliveries() = %v", err)
	}
	slices.Reverse(all)
	for _, d := range all {
		says = append(says, strings.TrimRight(strings.Join([]string{string(d.Kind), d.Cause, string(d.State), d.Reason}, " "), " "))
	}
	slices.Sort(says)
	return says, all
}

// appointment books for a customer with an address, so many days ahead.
func (f *fixture) appointment(t testing.TB, b fade.Business, days int, status fade.ReservationStatus) fade.Reservation {
	t.Helper()
	name, email := "Ana", "ana@example.com"
	start := f.clock.Now().Truncate(time.Hour).AddDate(0, 0, days).Add(time.Duration(f.booked.Add(1)) * time.Hour)
	end := start.Add(30 * time.Minute)
	actor := fade.Actor{User: fade.User{ID: fade.NewID(start), UserType: fade.SuperAdmin}}
	r, err := f.booking.Create(f.ctx, actor, booking.Place{BusinessID: b.ID}, booking.Change{
		CustomerName: &name, CustomerEmail: &email, StartTime: &start, EndTime: &end, Status: &status,
	})
	if err != nil {
		t.Fatalf("Create() = %v", err)
	}
	return r
}

func (f *fixture) claim(t testing.TB, holder string, limit int) (jobs []notify.Job) {
	t.Helper()
	now := f.clock.Now()
	jobs, err := f.Queue().Claim(f.ctx, notify.Claim{Route: fade.RouteEmail, Holder: holder, Now: now, Until: now.Add(time.Minute), Limit: limit})
	if err != nil {
		t.Fatalf("Claim() = %v", err)
	}
	return jobs
}

// testLedger books, moves and cancels: what is called for is there, and what is overtaken is canceled in the same commit.
func testLedger(t *testing.T, f *fixture) {
	admin := f.user(t, "admin@example.com", nil)
	b := f.business(t, "one")
	f.user(t, "owner@example.com", &b)
	r := f.appointment(t, b, 3, fade.Pending)
	of := notify.LedgerQuery{ReservationID: r.ID}
	if got, _ := f.ledger(t, of); !cmp.Equal(got, []string{"new_reservation business queued", "received customer queued"}) {
		t.Errorf("after a request: %q", got)
	}
	change := func(c booking.Change) {
		t.Helper()
		var err error
		if r, err = f.booking.Update(f.ctx, fade.Actor{User: admin}, r.ID, c); err != nil {
			t.Fatal(err)
		}
	}
	confirmed, canceled := fade.Confirmed, fade.Canceled
	change(booking.Change{Status: &confirmed})
	want := []string{
		"confirmation customer queued", "new_reservation business queued", "received customer canceled moved",
		"reminder reminder:120 queued", "reminder reminder:1440 queued",
	}
	if got, all := f.ledger(t, of); !cmp.Equal(got, want) {
		t.Errorf("once confirmed (-want +got):\n%s", cmp.Diff(want, got))
	} else {
		for _, d := range all {
			if d.Kind == fade.KindReminder && !d.NextAttemptAt.Equal(r.StartTime.Add(-time.Duration(d.Minutes())*time.Minute)) {
				t.Errorf("the reminder %s of %v is due at %v", d.Cause, r.StartTime, d.NextAttemptAt)
			}
		}
	}
	later := r.StartTime.Add(24 * time.Hour)
	change(booking.Change{StartTime: &later})
	want = []string{
		"change customer queued", "confirmation customer canceled moved", "new_reservation business queued", "received customer canceled moved",
		"reminder reminder:120 canceled moved", "reminder reminder:120 queued", "reminder reminder:1440 canceled moved", "reminder reminder:1440 queued",
	}
	if got, _ := f.ledger(t, of); !cmp.Equal(got, want) {
		t.Errorf("once moved (-want +got):\n%s", cmp.Diff(want, got))
	}
	change(booking.Change{Status: &canceled})
	_, all := f.ledger(t, of)
	for _, d := range all {
		if d.Kind.ToCustomer() && d.State == fade.DeliveryQueued && d.Kind != fade.KindCancellation {
			t.Errorf("after the cancellation there still waits %+v", d)
		}
	}
	f.clock.add(10 * 24 * time.Hour)
	for _, job := range f.claim(t, "w", 50) {
		if job[0].Kind == fade.KindReminder {
			t.Errorf("a reminder of a canceled appointment leaves: %+v", job[0])
		}
	}
}

// testFallbacks looks at what waits for an inbox to be seen, and at what became of the event.
func testFallbacks(t *testing.T, f *fixture) {
	admin := f.user(t, "admin@example.com", nil)
	b := f.business(t, "one")
	channel := live.User(admin.ID)
	waiting := func() (n int) {
		says, _ := f.ledger(t, notify.LedgerQuery{UserID: admin.ID})
		for _, say := range says {
			if strings.HasSuffix(say, "queued") {
				n++
			}
		}
		return n
	}
	before := waiting()
	if before != 1 { // of the new business
		t.Fatalf("%d fallbacks wait", before)
	}
	for range 3 {
		if _, err := f.book(f.ctx, b, "Ana"); err != nil {
			t.Fatal(err)
		}
	}
	entries := f.notifications(t, notify.InboxQuery{UserID: admin.ID})
	ack := func(upTo int64) {
		t.Helper()
		if err := f.inbox.Ack(f.ctx, map[string]int64{admin.ID: upTo}, live.User); err != nil {
			t.Fatal(err)
		}
	}
	if ack(entries[2].Seq); waiting() != 2 {
		t.Errorf("after an ack of two of four, %d wait", waiting())
	}
	if ack(1_000_000); waiting() != 0 {
		t.Errorf("after an ack of all, %d wait", waiting())
	}
	if _, err := f.book(f.ctx, b, "Ben"); err != nil {
		t.Fatal(err)
	}
	if waiting() != 1 {
		t.Error("an ack of what had not happened yet counted")
	}
	look, err := f.inbox.See(f.ctx, fade.Actor{User: admin}, channel, 0)
	if err != nil || look.UnseenCount != 0 || look.UnreadCount != 5 || waiting() != 0 {
		t.Errorf("See() = %+v, %v; %d wait", look, err, waiting())
	}
	newest := f.notifications(t, notify.InboxQuery{UserID: admin.ID, Limit: 1})[0]
	if newest.AckedAt == nil || newest.SeenAt == nil || newest.State() != fade.DeliverySeen {
		t.Errorf("what was seen is %+v", newest)
	}
	var story notify.EventStory
	err = f.Ledger().ViewLedger(f.ctx, func(r notify.LedgerReader) (err error) {
		story, err = r.EventStory(newest.EventID, "")
		return err
	})
	if err != nil || len(story.People) != 1 || story.People[0].State != fade.DeliverySeen || len(story.Others) != 1 ||
		len(story.People[0].Deliveries) != 1 || story.People[0].Deliveries[0].Reason != fade.ReasonSeen || story.Others[0].Address == "" {
		t.Errorf("EventStory() = %+v, %v", story, err)
	}
	err = f.Ledger().ViewLedger(f.ctx, func(r notify.LedgerReader) error {
		_, err := r.EventStory(newest.EventID, admin.ID)
		return err
	})
	wantCode(t, "EventStory() of another business", err, fade.CodeNotFound, "")
}

// testQueue has two workers share the work, one of which dies.
func testQueue(t *testing.T, f *fixture) {
	b := f.business(t, "one")
	const n = 12
	for range n {
		if _, err := f.book(f.ctx, b, "Ana"); err != nil {
			t.Fatal(err)
		}
	}
	dead, living := f.claim(t, "dead", 5), f.claim(t, "living", 50)
	if len(dead) != 5 || len(living) != n-5 {
		t.Fatalf("two workers have %d and %d of %d", len(dead), len(living), n)
	}
	if dead[0][0].Attempt != 1 || dead[0][0].Kind != fade.KindNewReservation {
		t.Errorf("a job is %+v", dead[0])
	}
	at := f.clock.Now().UTC()
	outcomes := []notify.Outcome{
		{IDs: []string{living[0][0].ID}, State: fade.DeliverySent, At: at, MessageID: "<1@fade>", Address: "b@example.com", Attempt: 1},
		{IDs: []string{living[1][0].ID}, State: fade.DeliveryFailed, At: at, Error: "550 no such user", Permanent: true, Attempt: 1},
		{IDs: []string{living[2][0].ID}, State: fade.DeliveryQueued, At: at, Next: at.Add(time.Hour), Error: "451 later", Attempt: 1},
		{IDs: []string{dead[0][0].ID}, State: fade.DeliverySent, At: at, MessageID: "<2@fade>", Attempt: 1},
	}
	for range 2 { // what is known already is no news
		if err := f.Queue().Settle(f.ctx, outcomes); err != nil {
			t.Fatal(err)
		}
	}
	for i, want := range []struct {
		state    fade.DeliveryState
		attempts int
	}{{fade.DeliverySent, 0}, {fade.DeliveryFailed, 1}, {fade.DeliveryQueued, 1}} {
		var got fade.Delivery
		var attempts []fade.DeliveryAttempt
		err := f.Ledger().ViewLedger(f.ctx, func(r notify.LedgerReader) (err error) {
			if got, err = r.Delivery(living[i][0].ID); err != nil {
				return err
			}
			attempts, err = r.DeliveryAttempts(got.ID)
			return err
		})
		if err != nil || got.State != want.state || len(attempts) != want.attempts {
			t.Errorf("the outcome %d is %+v with %+v, %v", i, got, attempts, err)
		}
	}
	released, err := f.Queue().Release(f.ctx, "dead", f.clock.Now())
	if released != 4 || err != nil {
		t.Errorf("Release() = %d, %v; want the 4 that were not sent", released, err)
	}
	if again := f.claim(t, "living", 50); len(again) != 4 || again[0][0].Attempt != 1 {
		t.Errorf("the living has %d of them, the first at try %d", len(again), again[0][0].Attempt)
	}
	f.clock.add(2 * time.Minute) // leases end
	if again := f.claim(t, "third", 50); len(again) != n-4 || again[0][0].Attempt != 2 {
		t.Errorf("after the leases %d are to be had", len(again))
	}
	var figures notify.DeliveryFigures
	err = f.Ledger().ViewLedger(f.ctx, func(r notify.LedgerReader) (err error) {
		figures, err = r.DeliveryFigures(b.ID, f.clock.Now())
		return err
	})
	if err != nil || figures.Queued != n-3 || figures.Sent24h != 2 || figures.Failed != 1 {
		t.Errorf("DeliveryFigures() = %+v, %v", figures, err)
	}
	ledger := notify.NewLedger(f.Ledger(), f.clock.Now)
	admin := fade.Actor{User: fade.User{ID: fade.NewID(at), UserType: fade.SuperAdmin}}
	if _, err := ledger.Retry(f.ctx, admin, living[0][0].ID); fade.ErrorCode(err) != fade.CodeConflict {
		t.Errorf("Retry() of what was sent = %v", err)
	}
	if d, err := ledger.Retry(f.ctx, admin, living[1][0].ID); err != nil || d.State != fade.DeliveryQueued || d.Attempt != 0 {
		t.Errorf("Retry() = %+v, %v", d, err)
	}
	if removed, err := f.PruneDeliveries(f.ctx, f.clock.Now(), 100); removed != 2 || err != nil {
		t.Errorf("PruneDeliveries() = %d, %v; want the 2 that were sent", removed, err)
	}
}

// testBundles sends a person what they did not see as one mail, and not more of them than the person asked for.
func testBundles(t *testing.T, f *fixture) {
	admin := f.user(t, "admin@example.com", nil)
	b := f.business(t, "one")
	for range 3 {
		if _, err := f.book(f.ctx, b, "Ana"); err != nil {
			t.Fatal(err)
		}
	}
	f.clock.add(10 * time.Minute)
	if _, err := f.book(f.ctx, b, "Ben"); err != nil {
		t.Fatal(err)
	}
	f.clock.add(6 * time.Minute) // the first four are 16 minutes old, the last one 6
	var unseen notify.Job
	for _, job := range f.claim(t, "w", 50) {
		if job[0].Kind == fade.KindUnseen {
			if unseen != nil {
				t.Error("two mails leave to one person")
			}
			unseen = job
		}
	}
	if len(unseen) != 4 {
		t.Fatalf("%d leave together, want 4", len(unseen))
	}
	m, err := f.Queue().Material(f.ctx, unseen)
	if err != nil || len(m.Live) != 4 || len(m.Entries) != 4 || m.User == nil || m.User.ID != admin.ID {
		t.Errorf("Material() = %+v, %v", m, err)
	}
	f.clock.add(10 * time.Minute)
	_, all := f.ledger(t, notify.LedgerQuery{UserID: admin.ID, State: fade.DeliveryQueued})
	if last := all[len(all)-1]; !last.NextAttemptAt.After(f.clock.Now()) {
		t.Error("the next mail would leave sooner than 15 minutes after the last")
	}
	if err := f.inbox.Ack(f.ctx, map[string]int64{admin.ID: m.Entries[0].Seq}, live.User); err != nil {
		t.Fatal(err)
	}
	if m, err = f.Queue().Material(f.ctx, unseen); err != nil || len(m.Live) != 0 {
		t.Errorf("what was acked after it was leased still leaves: %+v, %v", m, err)
	}
}

// testChoices changes how somebody wants to hear, and listens.
func testChoices(t *testing.T, f *fixture) {
	admin := f.user(t, "admin@example.com", nil)
	b := f.business(t, "one")
	actor := fade.Actor{User: admin}
	choices := notify.NewChoices(f.Choices(), []byte("secret"), f.clock.Now)
	digest, never := fade.Rule{When: fade.InDigest}, fade.Rule{When: fade.Never}
	always, hourly := fade.Rule{When: fade.Always}, fade.Hourly
	version := int64(0)
	p, err := choices.SavePreferences(f.ctx, actor, notify.PreferencesChange{
		Digest: &hourly, Version: &version,
		Rules: map[fade.EventType]notify.RulesChange{fade.TypeReservationCreated: {Email: &digest, Push: &always}},
	})
	if err != nil || p.Version != 1 || p.RulesFor(fade.SuperAdmin, fade.TypeReservationCreated).Email != digest {
		t.Fatalf("SavePreferences() = %+v, %v", p, err)
	}
	_, err = choices.SavePreferences(f.ctx, actor, notify.PreferencesChange{Digest: &hourly, Version: &version})
	wantCode(t, "SavePreferences() of what changed", err, fade.CodeStale, "")
	device, err := choices.AddDevice(f.ctx, actor, fade.PushDevice{
		Label: "Firefox", Endpoint: "https://push.example/1",
		P256DH: "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4", Auth: "BTBZMqHH6r4Tts7J_aSIgg",
	})
	if err != nil {
		t.Fatalf("AddDevice() = %v", err)
	}
	if _, err := f.book(f.ctx, b, "Ana"); err != nil {
		t.Fatal(err)
	}
	says, all := f.ledger(t, notify.LedgerQuery{UserID: admin.ID, EventID: f.notifications(t, notify.InboxQuery{UserID: admin.ID})[0].EventID})
	if !cmp.Equal(says, []string{"digest digest:hourly queued", "notice always queued"}) {
		t.Fatalf("the ledger says %q", says)
	}
	for _, d := range all {
		if d.Kind == fade.KindDigest && d.NextAttemptAt.Minute() != 0 {
			t.Errorf("the hourly digest leaves at %v", d.NextAttemptAt)
		}
		if d.Route == fade.RoutePush && d.Address != "Firefox" {
			t.Errorf("the push goes to %q", d.Address)
		}
	}
	if err := choices.RemoveDevice(f.ctx, actor, device.ID); err != nil {
		t.Fatal(err)
	}
	token := choices.Unsubscribe(admin.ID, fade.KindDigest)
	if s, err := choices.Subscription(f.ctx, token); err != nil || s.Done || s.Email != "a…@example.com" {
		t.Errorf("Subscription() = %+v, %v", s, err)
	}
	if s, err := choices.EndSubscription(f.ctx, token); err != nil || !s.Done {
		t.Errorf("EndSubscription() = %+v, %v", s, err)
	}
	_, err = choices.EndSubscription(f.ctx, token[:len(token)-2]+"AA")
	wantCode(t, "EndSubscription() of a forged token", err, fade.CodeNotFound, "")
	says, _ = f.ledger(t, notify.LedgerQuery{UserID: admin.ID, EventID: f.notifications(t, notify.InboxQuery{UserID: admin.ID})[0].EventID})
	if !cmp.Equal(says, []string{"digest digest:hourly canceled unsubscribed", "notice always canceled no_device"}) {
		t.Errorf("after both were ended the ledger says %q", says)
	}
	if p, err = choices.Preferences(f.ctx, actor); err != nil || p.RulesFor(fade.SuperAdmin, fade.TypeReservationCreated).Email != never {
		t.Errorf("Preferences() = %+v, %v", p, err)
	}
}

// testPushKeys asks for the keys from everywhere at once: they are made once.
func testPushKeys(t *testing.T, f *fixture) {
	keys := make([]string, 8)
	errs := parallel(len(keys), func(i int) error {
		public, private, err := f.PushKeys(f.ctx, func() (string, string, error) {
			return "public" + string(rune('a'+i)), "private" + string(rune('a'+i)), nil
		})
		keys[i] = public + private
		return err
	})
	for i, err := range errs {
		if err != nil || keys[i] != keys[0] || keys[i][len("public")] != keys[i][len(keys[i])-1] {
			t.Errorf("PushKeys() = %q, %v; others got %q", keys[i], err, keys[0])
		}
	}
}
