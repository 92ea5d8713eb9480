// Package storetest is the contract of package store as tests: what every method promises, on every engine.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/accounts"
	"github.com/fadedistrict/fade/booking"
	"github.com/fadedistrict/fade/notify"
	"github.com/fadedistrict/fade/realtime/eventlog"
	"github.com/fadedistrict/fade/store"
)

// Run runs the suite. database gives the DSN of a fresh, empty database for a test.
func Run(t *testing.T, database func(testing.TB) string) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, *fixture)
	}{
		{"Open", testOpen},
		{"Businesses", testBusinesses},
		{"Users", testUsers},
		{"Sessions", testSessions},
		{"Conflicts", testConflicts},
		{"LastSuperAdmin", testLastSuperAdmin},
		{"BusinessPages", testBusinessPages},
		{"UserPages", testUserPages},
		{"ReservationPages", testReservationPages},
		{"Search", testSearch},
		{"Figures", testFigures},
		{"Seal", testSeal},
		{"Sequences", testSequences},
		{"Snapshots", testSnapshots},
		{"History", testHistory},
		{"Retention", testRetention},
		{"Inbox", testInbox},
		{"InboxCounts", testInboxCounts},
		{"Recount", testRecount},
		{"Nodes", testNodes},
		{"OneSlot", testOneSlot},
		{"Overlap", testOverlap},
		{"Chairs", testChairs},
		{"ManyWriters", testManyWriters},
		{"ChairsThatAreNone", testChairsThatAreNone},
		{"LongBuffer", testLongBuffer},
		{"Begun", testBegun},
		{"Holds", testHolds},
		{"Once", testOnce},
		{"Complete", testComplete},
		{"Leases", testLeases},
		{"Catalogue", testCatalogue},
		{"Ledger", testLedger},
		{"Fallbacks", testFallbacks},
		{"Queue", testQueue},
		{"Bundles", testBundles},
		{"Choices", testChoices},
		{"PushKeys", testPushKeys},
		{"Conversation", testConversation},
		{"Receipts", testReceipts},
		{"UnreadMessages", testUnreadMessages},
		{"TalkAbout", testTalkAbout},
		{"TalkBegun", testTalkBegun},
		{"TalkOnce", testTalkOnce},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(t, newFixture(t, database(t)))
		})
	}
}

// clock is a time that tests move.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(time.Millisecond) // no two rows at the same instant, unless a test wants them
	return c.now
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// fixture is a store with what its commits published.
type fixture struct {
	*store.Store
	ctx     context.Context
	dsn     string
	clock   *clock
	booking *booking.Service
	inbox   *notify.Inbox
	booked  atomic.Int64

	verify    func([]eventlog.Event) // where set, looks at what is published
	mu        sync.Mutex
	published []eventlog.Event
}

func newFixture(t testing.TB, dsn string) *fixture {
	t.Helper()
	f := &fixture{dsn: dsn, ctx: context.Background(), clock: &clock{now: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)}}
	f.Store = f.open(t)
	if err := f.Migrate(f.ctx); err != nil {
		t.Fatalf("Migrate() = %v", err)
	}
	f.booking = booking.New(f.Booking(), booking.Options{Now: f.clock.Now})
	f.inbox = notify.NewInbox(f.Inbox(), f.clock.Now)
	return f
}

// open opens the fixture's database, once more if it is open already.
func (f *fixture) open(t testing.TB) *store.Store {
	t.Helper()
	s, err := store.Open(f.ctx, f.dsn, store.Options{Now: f.clock.Now, Publish: f.publish})
	if err != nil {
		t.Fatalf("Open() = %v", err)
	}
	t.Cleanup(func() { _ = s.Close(context.Background()) })
	return s
}

func (f *fixture) publish(events ...eventlog.Event) {
	if f.verify != nil {
		f.verify(events)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.published = append(f.published, events...)
}

// publishedAfter gives what was published after the first n events.
func (f *fixture) publishedAfter(n int) []eventlog.Event {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]eventlog.Event(nil), f.published[n:]...)
}

// failer is what a helper needs of a test, whether testing's or rapid's.
type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

func (f *fixture) update(t failer, do func(accounts.Tx) error) {
	t.Helper()
	if err := f.Accounts().Update(f.ctx, do); err != nil {
		t.Fatalf("Update() = %v", err)
	}
}

// view reads something in a snapshot of its own.
func view[T any](t testing.TB, f *fixture, read func(accounts.Reader) (T, error)) T {
	t.Helper()
	var got T
	err := f.Accounts().View(f.ctx, func(r accounts.Reader) (err error) {
		got, err = read(r)
		return err
	})
	if err != nil {
		t.Fatalf("View() = %v", err)
	}
	return got
}

// business adds a business.
func (f *fixture) business(t failer, subdomain string) fade.Business {
	t.Helper()
	b := newBusiness(f.clock.Now(), subdomain)
	f.update(t, func(tx accounts.Tx) error {
		tx.Record(fade.BusinessCreated{Business: b})
		return tx.InsertBusiness(b)
	})
	return b
}

func newBusiness(now time.Time, subdomain string) fade.Business {
	return fade.Business{
		ID: fade.NewID(now), Name: "Salon " + subdomain, BusinessType: fade.Salon, Subdomain: subdomain, Email: subdomain + "@example.com",
		Phone: "044", BusinessHoursStart: "00:00", BusinessHoursEnd: "23:59", Timezone: "Europe/Belgrade", EmailFromName: "From",
		EmailFromAddress: "from@example.com", AdminEmail: "admin@example.com", PrimaryColor: "#112233", LogoURL: "https://example.com/l.png",
		IsActive: true, SubscriptionStatus: fade.SubscriptionTrial, CreatedAt: now, UpdatedAt: now, Version: 1,
	}
}

// user adds a user: an owner of the business, or a super admin where it is nil.
func (f *fixture) user(t failer, email string, business *fade.Business) fade.User {
	t.Helper()
	u := newUser(f.clock.Now(), email, business)
	f.update(t, func(tx accounts.Tx) error {
		tx.Record(fade.UserCreated{User: u})
		return tx.InsertUser(u, "hash of "+email)
	})
	return u
}

func newUser(now time.Time, email string, business *fade.Business) fade.User {
	u := fade.User{
		ID: fade.NewID(now), Email: email, FirstName: "Ana", LastName: email, Phone: "049", UserType: fade.SuperAdmin, IsSuperAdmin: true,
		IsActive: true, CreatedAt: now, UpdatedAt: now, Version: 1,
	}
	if business != nil {
		u.UserType, u.IsSuperAdmin, u.IsBusinessOwner = fade.BusinessOwner, false, true
		u.BusinessID = &business.ID
		u.BusinessDetails = &fade.BusinessRef{ID: business.ID, Name: business.Name, Subdomain: business.Subdomain, Timezone: business.Timezone}
	}
	return u
}

// newReservation gives a row, which takes no chair: most tests are about other things.
func newReservation(now time.Time, b fade.Business, customer string) fade.Reservation {
	return fade.Reservation{
		ID: fade.NewID(now), BusinessID: b.ID, BusinessName: b.Name, BusinessSubdomain: b.Subdomain, CustomerName: customer,
		CustomerEmail: "c@example.com", CustomerPhone: "045", StartTime: now.Add(time.Hour), EndTime: now.Add(2 * time.Hour),
		BlockedUntil: now.Add(time.Hour), Status: fade.Pending, Price: 2550, Currency: "EUR", Notes: "window seat", UpdatedBy: "Ana",
		CreatedAt: now, UpdatedAt: now, Version: 1, ScheduleVersion: 1,
	}
}

// book books through the verb, as the public: a minute that nobody else has.
func (f *fixture) book(ctx context.Context, b fade.Business, customer string) (fade.Reservation, error) {
	n := int(f.booked.Add(1))
	const perDay = 8 * 60
	day := f.clock.Now().Truncate(24*time.Hour).AddDate(0, 0, 1+n/perDay)
	start := day.Add(9*time.Hour + time.Duration(n%perDay)*time.Minute)
	end := start.Add(time.Minute)
	return f.booking.Create(ctx, fade.Actor{}, booking.Place{Subdomain: b.Subdomain}, booking.Change{CustomerName: &customer, StartTime: &start, EndTime: &end})
}

// wantCode fails the test unless the error has the code and, where given, is about the field.
func wantCode(t testing.TB, what string, err error, code fade.Code, field string) {
	t.Helper()
	if err == nil || fade.ErrorCode(err) != code {
		t.Errorf("%s: error is %v, want %s", what, err, code)
		return
	}
	e, _ := errors.AsType[*fade.Error](err)
	if field != "" && (e == nil || len(e.Fields) != 1 || e.Fields[0].Field != field) {
		t.Errorf("%s: error is %v, want it to be about %s", what, err, field)
	}
}

func name(i int) string { return fmt.Sprintf("n%06d", i) }
