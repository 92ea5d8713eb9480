package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/accounts"
	"github.com/fadedistrict/fade/booking"
	"github.com/fadedistrict/fade/live"
	"github.com/fadedistrict/fade/realtime/eventlog"
	"github.com/fadedistrict/fade/totals"
)

const (
	manyWriters = 32
	rounds      = 12
)

var errOnPurpose = errors.New("on purpose")

// testSequences lets many write at once, of whom some fail, some panic and some give up: the log of every
// channel is contiguous, holds what was acknowledged and nothing else, and was published in its order,
// each event after its commit.
func testSequences(t *testing.T, f *fixture) {
	f.verify = func(events []eventlog.Event) {
		for _, e := range events {
			read, err := f.Read(context.Background(), e.Channel, e.Seq-1, 1)
			if err != nil || len(read) != 1 || read[0].ID != e.ID {
				t.Errorf("%s:%d was published and the log has %v, %v", e.Channel, e.Seq, read, err)
			}
		}
	}
	admin := f.user(t, "admin@example.com", nil)
	businesses := []fade.Business{f.business(t, "a"), f.business(t, "b"), f.business(t, "c")}
	owner := f.user(t, "owner@example.com", &businesses[0])
	acknowledged := make([]map[string]bool, manyWriters)
	parallel(manyWriters, func(i int) error {
		acknowledged[i] = map[string]bool{}
		for n := range rounds {
			r, err := f.bookSomehow(businesses[n%3], i+n)
			switch failing := (i+n)%4 != 0; {
			case !failing && err != nil:
				t.Errorf("booking = %v", err)
			case failing && err == nil:
				t.Error("a booking that fails was acknowledged")
			case err == nil:
				acknowledged[i][r.ID] = true
			}
		}
		return nil
	})
	want := map[string]bool{}
	for _, ids := range acknowledged {
		for id := range ids {
			want[id] = true
		}
	}
	published := map[string][]eventlog.Event{}
	for _, e := range f.publishedAfter(0) {
		published[e.Channel] = append(published[e.Channel], e)
	}
	got := map[string]bool{}
	for _, e := range published[live.Dashboard] {
		if e.Type == string(fade.TypeReservationCreated) {
			got[decode[fade.ReservationPayload](t, e).Reservation.ID] = true
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("acknowledged (-) and published (+) differ:\n%s", diff)
	}
	for channel, events := range published {
		wantContiguous(t, channel, events)
		read, err := f.Read(f.ctx, channel, 0, len(events)+1)
		if diff := cmp.Diff(events, read); diff != "" || err != nil {
			t.Errorf("%s: published (-) and read (+) differ, %v:\n%s", channel, err, diff)
		}
		if heads, err := f.Heads(f.ctx, []string{channel}); heads[channel] != int64(len(events)) || err != nil {
			t.Errorf("%s: Heads() = %v, %v after %d events", channel, heads, err, len(events))
		}
	}
	for _, u := range []fade.User{admin, owner} {
		if len(published[live.User(u.ID)]) == 0 {
			t.Errorf("nobody told %s", u.Email)
		}
	}
}

// bookSomehow books; three of four ways fail.
func (f *fixture) bookSomehow(b fade.Business, way int) (r fade.Reservation, err error) {
	defer func() {
		if recovered := recover(); recovered != nil {
			err = fmt.Errorf("panic: %v", recovered)
		}
	}()
	ctx, cancel := context.WithCancel(f.ctx)
	defer cancel()
	if way%4 == 3 {
		cancel()
	}
	r = newReservation(f.clock.Now(), b, "Ana")
	return r, f.Booking().Update(ctx, func(tx booking.Tx) error {
		tx.Record(fade.ReservationCreated{Reservation: r})
		if err := tx.InsertReservation(r); err != nil {
			return err
		}
		switch way % 4 {
		case 1:
			return errOnPurpose
		case 2:
			panic("on purpose")
		}
		return nil
	})
}

func wantContiguous(t *testing.T, channel string, events []eventlog.Event) {
	t.Helper()
	for i, e := range events {
		if e.Seq != int64(i)+1 {
			t.Fatalf("%s: event %d has sequence %d", channel, i+1, e.Seq)
		}
	}
}

// testSeal looks at one transaction's events closely: who is told, ids shared over channels, totals after.
func testSeal(t *testing.T, f *fixture) {
	admin := f.user(t, "admin@example.com", nil)
	b := f.business(t, "one")
	owner := f.user(t, "owner@example.com", &b)
	retired := f.user(t, "retired@example.com", &b)
	retired.IsActive = false
	f.update(t, func(tx accounts.Tx) error { return tx.UpdateUser(retired) })
	before := len(f.publishedAfter(0))
	r, err := f.book(f.ctx, b, "Ana")
	if err != nil {
		t.Fatal(err)
	}
	events := f.publishedAfter(before)
	byChannel := map[string]eventlog.Event{}
	for _, e := range events {
		byChannel[e.Channel] = e
	}
	channels := []string{live.Dashboard, live.Business(b.ID), live.User(admin.ID), live.User(owner.ID), live.Slots(b.ID)}
	if len(events) != len(channels) || len(byChannel) != len(channels) {
		t.Fatalf("%d events on %d channels, want one on each of %v", len(events), len(byChannel), channels)
	}
	board, shop := byChannel[live.Dashboard], byChannel[live.Business(b.ID)]
	if board.ID != shop.ID || board.ID == "" || board.ID == byChannel[live.User(admin.ID)].ID {
		t.Error("one domain event has one id on all its channels, another event another")
	}
	onBoard, inShop := decode[fade.ReservationPayload](t, board), decode[fade.ReservationPayload](t, shop)
	if diff := cmp.Diff(r, onBoard.Reservation); diff != "" {
		t.Errorf("the event's reservation differs (-want +got):\n%s", diff)
	}
	if onBoard.Stats == nil || onBoard.Stats.TotalReservations != 1 || onBoard.BusinessStats.PendingReservations != 1 {
		t.Errorf("the dashboard's figures are %+v, %+v", onBoard.Stats, onBoard.BusinessStats)
	}
	if inShop.Stats != nil {
		t.Error("a business learned the platform's figures")
	}
	for _, u := range []fade.User{admin, owner} {
		told := decode[fade.NotificationAddedPayload](t, byChannel[live.User(u.ID)])
		if told.UnreadCount < 1 || told.Notification.Seq != byChannel[live.User(u.ID)].Seq || told.Notification.Payload.ReservationID != r.ID {
			t.Errorf("%s was told %+v", u.Email, told)
		}
	}
	f.update(t, func(accounts.Tx) error { return nil })
	if n := len(f.publishedAfter(before)); n != len(events) {
		t.Error("an update that recorded nothing published something")
	}
	b.Name, b.Version = "Renamed", 2
	f.update(t, func(tx accounts.Tx) error {
		tx.Record(fade.BusinessUpdated{Business: b, Previous: b})
		return tx.UpdateBusiness(b)
	})
	last := f.publishedAfter(before + len(events))
	if got := decode[fade.BusinessPayload](t, last[0]).Business; got.ReservationCount != 1 || got.UserCount != 2 {
		t.Errorf("the event counts %d reservations and %d users, want 1 and 2", got.ReservationCount, got.UserCount)
	}
}

// testSnapshots reads rows, figures and position in one View while others write: they belong together.
func testSnapshots(t *testing.T, f *fixture) {
	b := f.business(t, "one")
	start, err := f.Heads(f.ctx, []string{live.Dashboard})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		parallel(4, func(int) error {
			for range 40 {
				if _, err := f.book(f.ctx, b, "Ana"); err != nil {
					t.Errorf("booking = %v", err)
				}
			}
			return nil
		})
	}()
	for finished := false; !finished; {
		select {
		case <-done:
			finished = true // and look once more
		default:
		}
		err := f.Booking().View(f.ctx, func(r booking.Reader) error {
			list, err := r.Reservations(booking.Query{Page: fade.Page{Limit: fade.MaxLimit}})
			if err != nil {
				return err
			}
			counters, err := r.Counters(totals.Platform)
			if err != nil {
				return err
			}
			at, err := r.Position(live.Dashboard)
			rows := int64(len(list.Items))
			if counted, logged := counters[totals.Reservations], at.Seq-start[live.Dashboard]; rows != counted || rows != logged || at.Epoch != f.Epoch() {
				t.Errorf("%d rows, %d counted, %d events in one snapshot (%v)", rows, counted, logged, at)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func testHistory(t *testing.T, f *fixture) {
	b := f.business(t, "one")
	for i := range 30 {
		if i%10 == 9 {
			f.user(t, name(i)+"@example.com", nil)
		} else if _, err := f.book(f.ctx, b, "Ana"); err != nil {
			t.Fatal(err)
		}
	}
	seqs := func(q eventlog.HistoryQuery) (seqs []int64) {
		q.Channel = live.Dashboard
		events, err := f.History(f.ctx, q)
		if err != nil {
			t.Errorf("History(%+v) = %v", q, err)
		}
		for _, e := range events {
			seqs = append(seqs, e.Seq)
		}
		return seqs
	}
	since := int64(10)
	for what, test := range map[string]struct {
		q    eventlog.HistoryQuery
		want []int64
	}{
		"newest":             {eventlog.HistoryQuery{Limit: 3}, []int64{31, 30, 29}},
		"older":              {eventlog.HistoryQuery{Before: 3, Limit: 3}, []int64{2, 1}},
		"since":              {eventlog.HistoryQuery{Since: &since, Limit: 2}, []int64{11, 12}},
		"of a type":          {eventlog.HistoryQuery{Types: []string{"user_created"}, Limit: 9}, []int64{31, 21, 11}},
		"of types, since":    {eventlog.HistoryQuery{Since: &since, Types: []string{"user_created", "business_created"}, Limit: 2}, []int64{11, 21}},
		"of an unknown type": {eventlog.HistoryQuery{Types: []string{"nonsense"}, Limit: 9}, nil},
		"no limit":           {eventlog.HistoryQuery{}, nil},
	} {
		if diff := cmp.Diff(test.want, seqs(test.q)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	many := make([]string, 0, 1301)
	for i := range 1300 {
		many = append(many, live.User(name(i)))
	}
	heads, err := f.Heads(f.ctx, append(many, live.Dashboard))
	if diff := cmp.Diff(map[string]int64{live.Dashboard: 31}, heads); diff != "" || err != nil {
		t.Errorf("Heads() of many, %v (-want +got):\n%s", err, diff)
	}
	if heads, err := f.Heads(f.ctx, nil); len(heads) != 0 || err != nil {
		t.Errorf("Heads() of none = %v, %v", heads, err)
	}
}

func testRetention(t *testing.T, f *fixture) {
	b := f.business(t, "one")
	bookings := func(n int) {
		for range n {
			if _, err := f.book(f.ctx, b, "Ana"); err != nil {
				t.Fatal(err)
			}
		}
	}
	bookings(9) // with the business: 10 on the dashboard, 10 on the business's channel, 9 on that of its times
	f.clock.add(48 * time.Hour)
	cut := f.clock.Now()
	bookings(5)

	if n, err := f.Prune(f.ctx, cut, 7); n != 7 || err != nil {
		t.Errorf("Prune() = %d, %v; want the 7 it may", n, err)
	}
	if n, err := f.Prune(f.ctx, cut, 100); n != 22 || err != nil {
		t.Errorf("Prune() = %d, %v; want the other 22", n, err)
	}
	if n, err := f.Prune(f.ctx, cut, 100); n != 0 || err != nil {
		t.Errorf("Prune() = %d, %v; want nothing left to do", n, err)
	}
	for _, channel := range []string{live.Dashboard, live.Business(b.ID)} {
		for _, after := range []int64{0, 9} {
			if _, err := f.Read(f.ctx, channel, after, 10); !errors.Is(err, eventlog.ErrPruned) {
				t.Errorf("Read(%s, %d) = %v, want ErrPruned", channel, after, err)
			}
		}
		events, err := f.Read(f.ctx, channel, 10, 10)
		if len(events) != 5 || events[0].Seq != 11 || err != nil {
			t.Errorf("Read(%s, 10) = %v, %v; want the 5 that are left", channel, events, err)
		}
	}
	backwards, err := f.History(f.ctx, eventlog.HistoryQuery{Channel: live.Dashboard, Limit: 100})
	if len(backwards) != 5 || err != nil {
		t.Errorf("History() backwards = %d events, %v; want the 5 that are left", len(backwards), err)
	}
	bookings(1)
	if at, err := f.Heads(f.ctx, []string{live.Dashboard}); at[live.Dashboard] != 16 || err != nil {
		t.Errorf("Heads() = %v, %v; sequences go on after pruning", at, err)
	}
}

func decode[T any](t testing.TB, e eventlog.Event) (payload T) {
	t.Helper()
	if err := json.Unmarshal(e.Payload, &payload); err != nil {
		t.Fatalf("%s:%d: %v", e.Channel, e.Seq, err)
	}
	return payload
}
