package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/booking"
	"github.com/fadedistrict/fade/live"
)

// owner gives an actor who runs a business.
func owner(b fade.Business) fade.Actor {
	return fade.Actor{User: fade.User{ID: fade.NewID(time.Now()), FirstName: "Luan", UserType: fade.BusinessOwner, BusinessID: &b.ID}}
}

// staffed gives a business two members of staff and a service of 30 minutes with 10 after it.
func (f *fixture) staffed(t testing.TB, b fade.Business) (service fade.Service, staff [2]fade.Staff) {
	t.Helper()
	name, after, price := "Haircut", 10, fade.Money(1800)
	service, err := f.booking.CreateService(f.ctx, owner(b), "", booking.ServiceChange{Name: &name, BufferMinutes: &after, Price: &price})
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range []string{"Arben", "Ilir"} {
		if staff[i], err = f.booking.CreateStaff(f.ctx, owner(b), b.ID, booking.StaffChange{Name: &name}); err != nil {
			t.Fatal(err)
		}
	}
	return service, staff
}

// morning gives an instant of the day after the fixture's.
func (f *fixture) morning(hour, minute int) time.Time {
	return f.clock.Now().Truncate(24*time.Hour).AddDate(0, 0, 1).Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
}

// overlaps counts the pairs of active reservations that have one chair at one time, over all rows.
func (f *fixture) overlaps(t testing.TB, b fade.Business) (pairs, active int) {
	t.Helper()
	busy := map[string][]fade.Interval{}
	err := f.Booking().View(f.ctx, func(r booking.Reader) error {
		return everything(func(p fade.Page) (fade.List[fade.Reservation], error) {
			p.Sort = "start_time"
			return r.Reservations(booking.Query{Page: p, BusinessID: b.ID})
		}, func(r fade.Reservation) {
			if !r.Status.Active() {
				return
			}
			active++
			at := fade.Interval{Start: r.StartTime, End: r.BlockedUntil}
			for _, other := range busy[r.Chair()] {
				if at.Overlaps(other) {
					pairs++
				}
			}
			busy[r.Chair()] = append(busy[r.Chair()], at)
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return pairs, active
}

// testOneSlot lets very many ask for one slot, through two stores as through two processes: one has it.
func testOneSlot(t *testing.T, f *fixture) {
	b := f.business(t, "one")
	other := booking.New(f.open(t).Booking(), booking.Options{Now: f.clock.Now})
	const requests, parallel = 2_000, 200
	start := f.morning(10, 0)
	var booked, refused atomic.Int64
	var all sync.WaitGroup
	for worker := range parallel {
		verbs := f.booking
		if worker%2 == 1 {
			verbs = other
		}
		all.Go(func() {
			for n := range requests / parallel {
				customer := fmt.Sprintf("Customer %d of %d", n, worker)
				_, err := verbs.Create(f.ctx, fade.Actor{}, booking.Place{Subdomain: b.Subdomain}, booking.Change{CustomerName: &customer, StartTime: &start})
				switch fade.ErrorCode(err) {
				case fade.CodeSlotTaken:
					refused.Add(1)
				default:
					if err != nil {
						t.Error(err)
						return
					}
					booked.Add(1)
				}
			}
		})
	}
	all.Wait()
	if booked.Load() != 1 || refused.Load() != requests-1 {
		t.Errorf("%d booked and %d refused, want one and all others", booked.Load(), refused.Load())
	}
	if pairs, active := f.overlaps(t, b); pairs != 0 || active != 1 {
		t.Errorf("%d active reservations, %d pairs overlap", active, pairs)
	}
}

// testOverlap writes rows past all verbs: the database itself refuses.
func testOverlap(t *testing.T, f *fixture) {
	b := f.business(t, "one")
	row := func(from, until int) fade.Reservation {
		r := newReservation(f.clock.Now(), b, "Ana")
		r.StartTime, r.EndTime, r.BlockedUntil = f.morning(10, from), f.morning(10, until), f.morning(10, until)
		return r
	}
	insert := func(r fade.Reservation) error {
		return f.Booking().Update(f.ctx, func(tx booking.Tx) error { return tx.InsertReservation(r) })
	}
	update := func(r fade.Reservation) error {
		return f.Booking().Update(f.ctx, func(tx booking.Tx) error { return tx.UpdateReservation(r) })
	}
	first := row(0, 30)
	for name, test := range map[string]struct {
		from, until int
		refused     bool
	}{
		"the same": {0, 30, true}, "inside": {10, 20, true}, "around": {-30, 60, true}, "into its start": {-10, 1, true}, "from its end": {29, 40, true},
		"just before": {-30, 0, false}, "just after": {30, 50, false},
	} {
		if err := insert(first); err != nil {
			t.Fatal(err)
		}
		other := row(test.from, test.until)
		err := insert(other)
		if refused := fade.ErrorCode(err) == fade.CodeSlotTaken; err != nil && !refused || refused != test.refused {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil {
			other.Status = fade.Canceled
			if err := update(other); err != nil {
				t.Fatal(err)
			}
		}
		first.Status = fade.NoShow // which gives the chair back
		if err := update(first); err != nil {
			t.Fatal(err)
		}
		first = row(0, 30)
	}
	t.Run("a hold", func(t *testing.T) {
		if err := insert(first); err != nil {
			t.Fatal(err)
		}
		err := f.Booking().Update(f.ctx, func(tx booking.Tx) error {
			return tx.InsertHold(fade.Hold{
				ID: fade.NewID(f.clock.Now()), BusinessID: b.ID, Chair: b.ID, StartTime: first.StartTime, EndTime: first.EndTime,
				BlockedUntil: first.BlockedUntil, ExpiresAt: f.clock.Now(), CreatedAt: f.clock.Now(), Session: "s", Address: "a",
			})
		})
		wantCode(t, "hold of a taken chair", err, fade.CodeSlotTaken, "")
	})
	t.Run("a move", func(t *testing.T) {
		second := row(40, 50)
		if err := insert(second); err != nil {
			t.Fatal(err)
		}
		second.StartTime = f.morning(10, 20)
		wantCode(t, "move onto another", update(second), fade.CodeSlotTaken, "")
		second.StartTime = f.morning(10, 45) // over its own time
		if err := update(second); err != nil {
			t.Errorf("move over its own time: %v", err)
		}
	})
	t.Run("a status", func(t *testing.T) {
		canceled := row(0, 30)
		canceled.Status = fade.Canceled
		if err := insert(canceled); err != nil {
			t.Fatal(err)
		}
		canceled.Status = fade.Confirmed
		wantCode(t, "revive over another", update(canceled), fade.CodeSlotTaken, "")
	})
}

// testChairs books with and without a named chair, and looks at what open pages are told.
func testChairs(t *testing.T, f *fixture) {
	b := f.business(t, "one")
	service, staff := f.staffed(t, b)
	start, customer := f.morning(10, 0), "Ana"
	create := func(at time.Time, member *string) (fade.Reservation, error) {
		return f.booking.Create(f.ctx, fade.Actor{}, booking.Place{Subdomain: b.Subdomain},
			booking.Change{CustomerName: &customer, StartTime: &at, Service: &service.ID, Staff: member})
	}
	before := len(f.publishedAfter(0))
	first, err := create(start, nil)
	if err != nil {
		t.Fatal(err)
	}
	if first.Staff == nil || first.ServiceName != "Haircut" || first.Price != 1800 || !first.EndTime.Equal(start.Add(30*time.Minute)) || !first.BlockedUntil.Equal(start.Add(40*time.Minute)) {
		t.Errorf("booked %+v", first)
	}
	for _, event := range f.publishedAfter(before) {
		if event.Channel != live.Slots(b.ID) {
			continue
		}
		want := []fade.Busy{{Chair: *first.Staff, Interval: fade.Interval{Start: start, End: first.BlockedUntil}, State: fade.BusyTaken}}
		if diff := cmp.Diff(want, decode[fade.SlotsPayload](t, event).Changes); diff != "" {
			t.Errorf("pages are told (-want +got):\n%s", diff)
		}
	}
	second, err := create(start.Add(35*time.Minute), nil) // into the first one's buffer, so with the other one
	if err != nil || second.Staff == nil || *second.Staff == *first.Staff {
		t.Errorf("second = %v, %v", second.Staff, err)
	}
	_, err = create(start, first.Staff)
	wantCode(t, "named and taken", err, fade.CodeSlotTaken, "")
	if e, ok := errors.AsType[*fade.Error](err); !ok || len(e.Nearest) == 0 {
		t.Errorf("nothing nearby is told: %v", err)
	} else if _, err := create(e.Nearest[0].Start, e.Nearest[0].Staff); err != nil {
		t.Errorf("the nearest, %v, cannot be had: %v", e.Nearest[0], err)
	}
	_, err = create(start.Add(10*time.Minute), nil)
	wantCode(t, "all chairs taken", err, fade.CodeSlotTaken, "")

	// The other chair is given back, and can be had.
	if _, err := f.booking.Cancel(f.ctx, owner(b), second.ID); err != nil {
		t.Fatal(err)
	}
	if third, err := create(start.Add(10*time.Minute), nil); err != nil || *third.Staff != *second.Staff {
		t.Errorf("after a cancellation: %+v, %v", third, err)
	}
	_ = staff
}

// testManyWriters does everything at once: nothing overlaps, and what pages were told adds up to what is taken.
func testManyWriters(t *testing.T, f *fixture) {
	b := f.business(t, "one")
	service, staff := f.staffed(t, b)
	var all sync.WaitGroup
	var made sync.Map
	for worker := range 8 {
		random := rand.New(rand.NewPCG(uint64(worker), 1))
		session := fmt.Sprintf("a session of worker %d", worker)
		all.Go(func() {
			for range 60 {
				if err := f.act(b, service, staff, session, random, &made); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if pairs, active := f.overlaps(t, b); pairs != 0 || active == 0 {
		t.Errorf("%d active reservations, %d pairs overlap", active, pairs)
	}
	f.wantToldAll(t, b)
	kept, err := f.booking.Availability(f.ctx, fade.Actor{}, f.month(b), live.Slots)
	if err != nil {
		t.Fatal(err)
	}
	fresh, err := booking.New(f.Booking(), booking.Options{Now: f.clock.Now}).Availability(f.ctx, fade.Actor{}, f.month(b), live.Slots)
	if diff := cmp.Diff(fresh.Busy, kept.Busy); diff != "" || err != nil || len(kept.Busy) == 0 {
		t.Errorf("busy by the rows (-) and as it was kept (+), %v:\n%s", err, diff)
	}
}

// month asks for all slots of a business in some weeks.
func (f *fixture) month(b fade.Business) booking.Search {
	return booking.Search{Subdomain: b.Subdomain, From: fade.DateOf(f.morning(-24, 0)), Days: 31}
}

// act does one random thing. Refusals that the rules call for are none of a test's business.
func (f *fixture) act(b fade.Business, service fade.Service, staff [2]fade.Staff, session string, random *rand.Rand, made *sync.Map) error {
	start := f.morning(9, 5*random.IntN(90))
	customer := "Ana"
	var member *string
	if random.IntN(2) == 0 {
		member = &staff[random.IntN(2)].ID
	}
	var err error
	if random.IntN(4) == 0 { // somebody looks, so that what is kept of a month is as often old as not
		if _, err := f.booking.Availability(f.ctx, fade.Actor{}, f.month(b), live.Slots); err != nil {
			return err
		}
	}
	switch random.IntN(6) {
	case 5: // by the customer's link, with a hold that is of another time as often as not
		n := booking.NewHold{Service: service.ID, StartTime: start, Session: session, Address: session}
		var held fade.Hold
		if held, err = f.booking.Hold(f.ctx, fade.Actor{}, b.Subdomain, n); err != nil {
			break
		}
		made.Range(func(id, _ any) bool {
			var r fade.Reservation
			if r, err = f.booking.Get(f.ctx, owner(b), id.(string)); err == nil {
				to := start.Add(time.Duration(random.IntN(2)*45) * time.Minute)
				_, err = f.booking.RescheduleByLink(f.ctx, f.booking.Token(r), to, nil, booking.Claim{Hold: held.ID, Session: session})
			}
			return false
		})
	case 0:
		n := booking.NewHold{Service: service.ID, StartTime: start, Session: session, Address: session}
		_, err = f.booking.Hold(f.ctx, fade.Actor{}, b.Subdomain, n)
	case 1, 2:
		var r fade.Reservation
		r, err = f.booking.Create(f.ctx, fade.Actor{}, booking.Place{Subdomain: b.Subdomain},
			booking.Change{CustomerName: &customer, StartTime: &start, Service: &service.ID, Staff: member})
		if err == nil {
			made.Store(r.ID, r)
		}
	default:
		made.Range(func(id, _ any) bool {
			change := booking.Change{StartTime: &start, Staff: member}
			if random.IntN(3) == 0 {
				canceled := fade.Canceled
				change = booking.Change{Status: &canceled}
			}
			_, err = f.booking.Update(f.ctx, owner(b), id.(string), change)
			return random.IntN(3) == 0
		})
	}
	switch fade.ErrorCode(err) {
	case fade.CodeSlotTaken, fade.CodeConflict, fade.CodeInvalid, fade.CodeStaleLink:
		return nil
	}
	return err
}

// wantToldAll follows the channel of a business's times from its start: in the end it says what is taken and held.
func (f *fixture) wantToldAll(t *testing.T, b fade.Business) {
	t.Helper()
	told := map[string]fade.Busy{}
	for _, event := range f.publishedAfter(0) {
		if event.Channel != live.Slots(b.ID) {
			continue
		}
		for _, change := range decode[fade.SlotsPayload](t, event).Changes {
			key := change.Chair + change.Start.String()
			if change.State == fade.BusyFree {
				delete(told, key)
				continue
			}
			told[key] = change
		}
	}
	err := f.Booking().View(f.ctx, func(r booking.Reader) error {
		within := fade.Interval{Start: f.morning(-48, 0), End: f.morning(72, 0)}
		busy, err := r.Taken(b.ID, within, "")
		if err != nil {
			return err
		}
		holds, err := r.Holds(b.ID, within)
		for _, h := range holds {
			busy = append(busy, h.Blocks(fade.BusyHeld))
		}
		for _, is := range busy {
			key := is.Chair + is.Start.String()
			if diff := cmp.Diff(is, told[key]); diff != "" {
				t.Errorf("taken (-) and told (+):\n%s", diff)
			}
			delete(told, key)
		}
		return err
	})
	if err != nil || len(told) > 0 {
		t.Errorf("told, but not taken: %v, %v", told, err)
	}
}

// testHolds looks at a hold's life.
func testHolds(t *testing.T, f *fixture) {
	b := f.business(t, "one")
	const mine, theirs = "the secret of my page", "the secret of theirs"
	hold := func(session string, at time.Time) (fade.Hold, error) {
		return f.booking.Hold(f.ctx, fade.Actor{}, b.Subdomain, booking.NewHold{StartTime: at, Session: session, Address: session})
	}
	book := func(at time.Time, claim booking.Claim) (fade.Reservation, error) {
		customer := "Ana"
		return f.booking.Create(f.ctx, fade.Actor{}, booking.Place{Subdomain: b.Subdomain}, booking.Change{CustomerName: &customer, StartTime: &at, Claim: claim})
	}
	at := f.morning(10, 0)
	held, err := hold(mine, at)
	if err != nil || held.Chair != b.ID || held.Staff != nil || held.ExpiresAt.Before(f.clock.Now()) {
		t.Fatalf("hold = %+v, %v", held, err)
	}
	_, err = hold(theirs, at)
	wantCode(t, "hold what is held", err, fade.CodeSlotTaken, "")
	_, err = book(at, booking.Claim{})
	wantCode(t, "book what is held", err, fade.CodeSlotTaken, "")
	_, err = book(at, booking.Claim{Hold: held.ID, Session: theirs})
	wantCode(t, "book what somebody else holds", err, fade.CodeSlotTaken, "")
	wantCode(t, "release what somebody else holds", f.booking.Release(f.ctx, held.ID, theirs), fade.CodeNotFound, "")
	if _, err = hold(mine, at); err != nil { // the same once more
		t.Fatalf("hold again = %v", err)
	}
	if held, err = hold(mine, f.morning(11, 0)); err != nil { // another instead
		t.Fatalf("hold another = %v", err)
	}
	if _, err := book(at, booking.Claim{}); err != nil {
		t.Errorf("what was let go cannot be booked: %v", err)
	}
	if r, err := book(f.morning(11, 0), booking.Claim{Hold: held.ID, Session: mine}); err != nil || !r.StartTime.Equal(held.StartTime) {
		t.Errorf("book what I hold = %+v, %v", r, err)
	}
	if _, err = hold(mine, f.morning(12, 0)); err != nil {
		t.Fatal(err)
	}
	f.clock.add(booking.DefaultHold)
	if _, err := book(f.morning(12, 0), booking.Claim{}); err != nil { // before anybody has swept
		t.Errorf("a hold that has expired is in the way: %v", err)
	}
	if _, err = hold(mine, f.morning(13, 0)); err != nil {
		t.Fatal(err)
	}
	if n, err := f.booking.ExpireHolds(f.ctx); n != 0 || err != nil {
		t.Errorf("ExpireHolds() = %d, %v; want none yet", n, err)
	}
	f.clock.add(booking.DefaultHold)
	if n, err := f.booking.ExpireHolds(f.ctx); n != 1 || err != nil {
		t.Errorf("ExpireHolds() = %d, %v; want the one", n, err)
	}
	f.wantToldAll(t, b)
	for n := range 12 {
		_, err = f.booking.Hold(f.ctx, fade.Actor{}, b.Subdomain, booking.NewHold{
			StartTime: f.morning(14, 30*n%120).AddDate(0, 0, n), Session: fmt.Sprintf("the secret of page %d", n), Address: "one",
		})
	}
	wantCode(t, "too many holds from one address", err, fade.CodeRateLimited, "")
}

// testOnce sends requests again.
func testOnce(t *testing.T, f *fixture) {
	b := f.business(t, "one")
	at, customer := f.morning(10, 0), "Ana"
	send := func(ctx context.Context) (fade.Reservation, error) {
		return f.booking.Create(ctx, fade.Actor{}, booking.Place{Subdomain: b.Subdomain}, booking.Change{CustomerName: &customer, StartTime: &at})
	}
	request := fade.Request{Scope: "public", Key: "k1", Fingerprint: "p1"}
	var all sync.WaitGroup
	answers := make([]fade.Reservation, 8)
	for i := range answers {
		all.Go(func() {
			var err error
			if answers[i], err = send(fade.WithRequest(f.ctx, request)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, answer := range answers {
		if diff := cmp.Diff(answers[0], answer); diff != "" {
			t.Errorf("one request is answered in two ways:\n%s", diff)
		}
	}
	if _, active := f.overlaps(t, b); active != 1 {
		t.Errorf("%d reservations, want one", active)
	}
	other := request
	other.Fingerprint = "p2"
	_, err := send(fade.WithRequest(f.ctx, other))
	wantCode(t, "the key for another request", err, fade.CodeInvalid, "")
	other = request
	other.Scope = "somebody else"
	_, err = send(fade.WithRequest(f.ctx, other))
	wantCode(t, "somebody else's request with the same key", err, fade.CodeSlotTaken, "") // it is another request

	f.clock.add(25 * time.Hour)
	at = f.morning(10, 0)
	if r, err := send(fade.WithRequest(f.ctx, request)); err != nil || r.ID == answers[0].ID {
		t.Errorf("a day later = %v, %v; want another reservation", r.ID, err)
	}
	if n, err := f.PruneAnswers(f.ctx, f.clock.Now().Add(25*time.Hour), 10); n != 1 || err != nil {
		t.Errorf("PruneAnswers() = %d, %v", n, err)
	}
}

// testComplete lets reservations complete by themselves.
func testComplete(t *testing.T, f *fixture) {
	b := f.business(t, "one")
	customer, confirmed := "Ana", fade.Confirmed
	at, end := f.morning(10, 0), f.morning(11, 0)
	r, err := f.booking.Create(f.ctx, owner(b), booking.Place{}, booking.Change{CustomerName: &customer, StartTime: &at, EndTime: &end, Status: &confirmed})
	if err != nil {
		t.Fatal(err)
	}
	f.clock.add(at.Add(booking.DefaultCompleteAfter - time.Minute).Sub(f.clock.Now()))
	if n, err := f.booking.CompleteDue(f.ctx); n != 0 || err != nil {
		t.Errorf("CompleteDue() = %d, %v; want none yet", n, err)
	}
	f.clock.add(2 * time.Minute)
	if waits, err := f.booking.ChoresWait(f.ctx); !waits || err != nil {
		t.Errorf("ChoresWait() = %v, %v", waits, err)
	}
	if n, err := f.booking.CompleteDue(f.ctx); n != 1 || err != nil {
		t.Errorf("CompleteDue() = %d, %v; want one", n, err)
	}
	if r, err = f.booking.Get(f.ctx, owner(b), r.ID); err != nil || r.Status != fade.Completed || r.UpdatedBy != fade.ByFade {
		t.Errorf("it is %+v, %v", r, err)
	}
	// The customer sits there still.
	start := f.clock.Now().Add(time.Minute).Truncate(time.Minute)
	_, err = f.booking.Create(f.ctx, owner(b), booking.Place{}, booking.Change{CustomerName: &customer, StartTime: &start})
	wantCode(t, "book over one that completed by itself", err, fade.CodeSlotTaken, "")
}

// testLeases gives one holder at a time a right.
func testLeases(t *testing.T, f *fixture) {
	lease := func(holder string) bool {
		t.Helper()
		held, err := f.Lease(f.ctx, "chores", holder, 10*time.Second)
		if err != nil {
			t.Fatal(err)
		}
		return held
	}
	if !lease("a") || lease("b") || !lease("a") {
		t.Error("the first has it, and keeps it")
	}
	f.clock.add(11 * time.Second)
	if !lease("b") || lease("a") {
		t.Error("the second has it when the first has let it go")
	}
}

// testCatalogue reads what was written, by the one who may.
func testCatalogue(t *testing.T, f *fixture) {
	b, foreign := f.business(t, "one"), f.business(t, "two")
	service, staff := f.staffed(t, b)
	hours := fade.EveryDay(fade.Span{Start: "10:00", End: "12:00"})
	own := &hours
	off := []fade.DaysOff{{From: "2026-12-24", To: "2026-12-26", Note: "Holidays"}}
	changed, err := f.booking.UpdateStaff(f.ctx, owner(b), staff[0].ID, booking.StaffChange{
		Hours: &own, DaysOff: &off, Services: &[]string{service.ID}, Version: &staff[0].Version,
	})
	if err != nil {
		t.Fatal(err)
	}
	lead := 90
	settings, err := f.booking.UpdateSettings(f.ctx, owner(b), "", booking.SettingsChange{LeadMinutes: &lead, Hours: &own})
	if err != nil || settings.Version != 1 {
		t.Fatalf("settings = %+v, %v", settings, err)
	}
	_, err = f.booking.UpdateStaff(f.ctx, owner(b), staff[0].ID, booking.StaffChange{Version: &staff[0].Version})
	wantCode(t, "an old version", err, fade.CodeStale, "")
	_, err = f.booking.UpdateStaff(f.ctx, owner(b), staff[0].ID, booking.StaffChange{Services: &[]string{fade.NewID(time.Now())}})
	wantCode(t, "a service that is none", err, fade.CodeInvalid, "services")

	for _, s := range []struct {
		name  string
		store booking.Store
	}{{"the store that wrote it", f.Booking()}, {"another", f.open(t).Booking()}} {
		for range 2 { // the second is remembered
			err := s.store.View(f.ctx, func(r booking.Reader) error {
				c, err := r.Catalogue(b.ID)
				want := fade.Catalogue{Business: c.Business, Settings: settings, Services: []fade.Service{service}, Staff: []fade.Staff{changed, staff[1]}}
				if diff := cmp.Diff(want, c); diff != "" {
					t.Errorf("%s (-want +got):\n%s", s.name, diff)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	// What is rolled back is not remembered.
	price := fade.Money(1)
	err = f.Booking().Update(f.ctx, func(tx booking.Tx) error {
		changed := service
		changed.Price = price
		if err := tx.UpdateService(changed); err != nil {
			return err
		}
		if c, err := tx.Catalogue(b.ID); err != nil || c.Services[0].Price != price {
			t.Errorf("inside the transaction: %+v, %v", c.Services, err)
		}
		return errOnPurpose
	})
	if err == nil {
		t.Fatal("the update did not fail")
	}
	if c, _, err := f.booking.Catalogue(f.ctx, owner(b), "", live.Business); err != nil || c.Services[0].Price != service.Price {
		t.Errorf("after a rollback: %+v, %v", c.Services, err)
	}
	_, _, err = f.booking.Catalogue(f.ctx, owner(foreign), b.ID, live.Business)
	wantCode(t, "a foreign catalogue", err, fade.CodeNotFound, "")
	_, err = f.booking.UpdateService(f.ctx, owner(foreign), service.ID, booking.ServiceChange{Price: &price})
	wantCode(t, "a foreign service", err, fade.CodeNotFound, "")
}

// testChairsThatAreNone gives what was booked with people who have left to those who are there.
func testChairsThatAreNone(t *testing.T, f *fixture) {
	b := f.business(t, "one")
	service, staff := f.staffed(t, b)
	name, start := "Ana", f.morning(10, 0)
	var booked []fade.Reservation
	for _, member := range staff {
		r, err := f.booking.Create(f.ctx, owner(b), booking.Place{}, booking.Change{CustomerName: &name, StartTime: &start, Service: &service.ID, Staff: &member.ID})
		if err != nil {
			t.Fatal(err)
		}
		booked = append(booked, r)
	}
	off := false
	for _, member := range staff {
		if _, err := f.booking.UpdateStaff(f.ctx, owner(b), member.ID, booking.StaffChange{IsActive: &off}); err != nil {
			t.Fatal(err)
		}
	}
	for i, newcomer := range []string{"Besnik", "Dardan"} {
		made, err := f.booking.CreateStaff(f.ctx, owner(b), "", booking.StaffChange{Name: &newcomer})
		if err != nil {
			t.Fatal(err)
		}
		if r, err := f.booking.Update(f.ctx, owner(b), booked[i].ID, booking.Change{Staff: &made.ID}); err != nil || *r.Staff != made.ID || r.Price != service.Price {
			t.Errorf("give it to %s = %+v, %v", newcomer, r, err)
		}
	}
	_, err := f.booking.Create(f.ctx, fade.Actor{}, booking.Place{Subdomain: b.Subdomain}, booking.Change{CustomerName: &name, StartTime: &start, Service: &service.ID})
	wantCode(t, "book beside them", err, fade.CodeSlotTaken, "")
	f.wantToldAll(t, b)
}

// testLongBuffer books with anybody where only the longest buffer reaches into another appointment.
func testLongBuffer(t *testing.T, f *fixture) {
	b := f.business(t, "one")
	_, staff := f.staffed(t, b)
	name, buffer := "Deep clean", 240
	service, err := f.booking.CreateService(f.ctx, owner(b), "", booking.ServiceChange{Name: &name, BufferMinutes: &buffer})
	if err != nil {
		t.Fatal(err)
	}
	later, start, customer := f.morning(14, 0), f.morning(10, 0), "Ana"
	if _, err := f.booking.Create(f.ctx, owner(b), booking.Place{}, booking.Change{CustomerName: &customer, StartTime: &later, Staff: &staff[0].ID}); err != nil {
		t.Fatal(err)
	}
	r, err := f.booking.Create(f.ctx, fade.Actor{}, booking.Place{Subdomain: b.Subdomain}, booking.Change{CustomerName: &customer, StartTime: &start, Service: &service.ID})
	if err != nil || *r.Staff != staff[1].ID {
		t.Errorf("with anybody = %+v, %v; want the other one", r, err)
	}
}

// testBegun makes an appointment longer while it lasts, and moves it to where nobody may.
func testBegun(t *testing.T, f *fixture) {
	b := f.business(t, "one")
	start, customer, confirmed := f.morning(10, 0), "Ana", fade.Confirmed
	r, err := f.booking.Create(f.ctx, owner(b), booking.Place{}, booking.Change{CustomerName: &customer, StartTime: &start, Status: &confirmed})
	if err != nil {
		t.Fatal(err)
	}
	f.clock.add(start.Add(10 * time.Minute).Sub(f.clock.Now()))
	end, earlier := f.morning(-14, 50), f.morning(-14, -30) // of the day that has begun
	if r, err = f.booking.Update(f.ctx, owner(b), r.ID, booking.Change{EndTime: &end}); err != nil || !r.EndTime.Equal(end) {
		t.Errorf("make it longer = %+v, %v", r, err)
	}
	_, err = f.booking.Update(f.ctx, owner(b), r.ID, booking.Change{StartTime: &earlier})
	wantCode(t, "move it into the past", err, fade.CodeInvalid, "start_time")
}
