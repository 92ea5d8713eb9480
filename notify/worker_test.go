package notify_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/accounts"
	"github.com/fadedistrict/fade/booking"
	"github.com/fadedistrict/fade/live"
	"github.com/fadedistrict/fade/notify"
	"github.com/fadedistrict/fade/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// office is a ledger on a real database with a clock that tests move, and a worker whose mails stay here.
type office struct {
	t     *testing.T
	db    *store.Store
	inbox *notify.Inbox
	books *booking.Service
	admin fade.User
	shop  fade.Business

	mu      sync.Mutex
	now     time.Time
	letters []notify.Letter
	refuse  func(l notify.Letter, try int) error
	tries   map[string]int
}

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{t: t, now: now, tries: map[string]int{}}
	var err error
	o.db, err = store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "fade.db"), store.Options{Now: o.clock})
	o.must(err)
	t.Cleanup(func() { _ = o.db.Close(context.Background()) })
	o.must(o.db.Migrate(t.Context()))
	o.inbox = notify.NewInbox(o.db.Inbox(), o.clock)
	o.books = booking.New(o.db.Booking(), booking.Options{Now: o.clock})
	verbs, err := accounts.New(o.db.Accounts(), accounts.Options{
		Secret: make([]byte, accounts.MinSecret), Now: o.clock, BaseDomain: "fade.test", Hasher: accounts.NewCheapHasher(),
	})
	o.must(err)
	o.admin, err = verbs.CreateSuperAdmin(t.Context(), accounts.NewUser{Email: "admin@fade.test", Password: "a long password"})
	o.must(err)
	name, mail := "alpha", "shop@fade.test"
	o.shop, err = verbs.CreateBusiness(t.Context(), fade.Actor{User: o.admin}, accounts.BusinessChange{Name: &name, Subdomain: &name, Email: &mail},
		accounts.NewOwner{Email: "owner@fade.test", Password: "a long password"})
	o.must(err)
	o.must(o.inbox.Ack(t.Context(), map[string]int64{o.admin.ID: 1_000}, live.User)) // the new business is old news
	return o
}

func (o *office) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) clock() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.now = o.now.Add(time.Millisecond)
	return o.now
}

func (o *office) pass(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.now = o.now.Add(d)
}

// Mail implements [notify.Mailer].
func (o *office) Mail(_ context.Context, l notify.Letter) (string, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.tries[l.ID]++
	if o.refuse != nil {
		if err := o.refuse(l, o.tries[l.ID]); err != nil {
			return "", err
		}
	}
	o.letters = append(o.letters, l)
	return "<" + l.ID + "@fade.test>", nil
}

// work runs a worker until nothing is due any more, and gives the kinds of the letters that have left, to whom.
func (o *office) work() (left []string) {
	o.t.Helper()
	worker := notify.NewWorker(notify.WorkerOptions{
		Queue: o.db.Queue(), Mailer: o, Holder: "worker", Now: o.clock, Poll: time.Millisecond, RetryAfter: time.Minute,
		Writer: &notify.Writer{
			PublicURL: "https://fade.test", Token: func(r fade.Reservation) string { return fmt.Sprintf("v%d", r.ScheduleVersion) },
			Unsubscribe: func(string, fade.DeliveryKind) string { return "u" },
		},
	})
	for deadline := time.Now().Add(time.Minute); o.waits() && time.Now().Before(deadline); {
		ctx, cancel := context.WithCancel(o.t.Context())
		done := make(chan error)
		go func() { done <- worker.Run(ctx) }()
		for o.waits() && time.Now().Before(deadline) {
			time.Sleep(time.Millisecond)
		}
		cancel() // what is under way ends in order, and what was only leased is given back
		o.must(<-done)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, l := range o.letters {
		left = append(left, string(l.Kind)+" "+l.To.Email)
	}
	o.letters = nil
	slices.Sort(left)
	return left
}

func (o *office) waits() bool {
	o.t.Helper()
	waits, err := o.db.Queue().Waits(o.t.Context(), fade.RouteEmail, o.clock())
	o.must(err)
	return waits
}

func (o *office) book() fade.Reservation {
	o.t.Helper()
	name, mail, start := "Ana", "ana@fade.test", now.AddDate(0, 0, 3)
	end, confirmed := start.Add(time.Hour), fade.Confirmed
	r, err := o.books.Create(o.t.Context(), fade.Actor{User: o.admin}, booking.Place{BusinessID: o.shop.ID},
		booking.Change{CustomerName: &name, CustomerEmail: &mail, StartTime: &start, EndTime: &end, Status: &confirmed})
	o.must(err)
	return r
}

func (o *office) want(what string, got []string, want ...string) {
	o.t.Helper()
	if !slices.Equal(got, want) {
		o.t.Errorf("%s there left %q, want %q", what, got, want)
	}
}

// Who has the page open gets no mail; who has it closed gets one after the set time; and who opens it in between gets
// none, and the ledger says why.
func TestWorker_fallback(t *testing.T) {
	for name, test := range map[string]struct {
		meanwhile func(o *office)
		mails     []string
		reason    string
	}{
		"the page is open": {func(o *office) { o.must(o.inbox.Ack(t.Context(), map[string]int64{o.admin.ID: 1_000}, live.User)) }, nil, fade.ReasonAcked},
		"the bell is opened": {func(o *office) {
			_, err := o.inbox.See(t.Context(), fade.Actor{User: o.admin}, live.User(o.admin.ID), 0)
			o.must(err)
		}, nil, fade.ReasonSeen},
		"all is marked read": {func(o *office) {
			_, err := o.inbox.ReadAll(t.Context(), fade.Actor{User: o.admin}, live.User(o.admin.ID))
			o.must(err)
		}, nil, fade.ReasonRead},
		"nobody is there": {func(*office) {}, []string{"unseen admin@fade.test"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			o.book()
			o.want("at once", o.work(), "confirmation ana@fade.test", "new_reservation shop@fade.test")
			o.pass(14 * time.Minute)
			o.want("after 14 minutes", o.work())
			test.meanwhile(o)
			o.pass(2 * time.Minute)
			o.want("after 16 minutes", o.work(), test.mails...)
			ledger := notify.NewLedger(o.db.Ledger(), o.clock)
			list, err := ledger.List(t.Context(), fade.Actor{User: o.admin}, notify.LedgerQuery{UserID: o.admin.ID, Page: fade.Page{Limit: 1}})
			o.must(err)
			if got := list.Items[0]; got.Reason != test.reason || (test.reason == "") != (got.State == fade.DeliverySent) {
				t.Errorf("the ledger says %+v", got)
			}
		})
	}
}

// No reminder of what was moved or canceled leaves, and those of what it is now do, with links that are good.
func TestWorker_reminders(t *testing.T) {
	o := newOffice(t)
	r := o.book()
	o.work()
	later := r.StartTime.AddDate(0, 0, 1)
	r, err := o.books.Update(t.Context(), fade.Actor{User: o.admin}, r.ID, booking.Change{StartTime: &later})
	o.must(err)
	o.want("after the move", o.work(), "change ana@fade.test")
	o.pass(2*24*time.Hour + time.Hour) // the day before the first time
	o.want("when the old reminder was due", o.work(), "unseen admin@fade.test", "unseen owner@fade.test")
	o.pass(24 * time.Hour)
	o.mu.Lock()
	o.refuse = func(l notify.Letter, _ int) error {
		if l.Link != fmt.Sprintf("https://fade.test/appointment/v%d", r.ScheduleVersion) || l.Before != 24*time.Hour {
			t.Errorf("the reminder has the link %s, %v before", l.Link, l.Before)
		}
		return nil
	}
	o.mu.Unlock()
	o.want("the day before", o.work(), "reminder ana@fade.test")
	o.mu.Lock()
	o.refuse = nil
	o.mu.Unlock()
	_, err = o.books.Cancel(t.Context(), fade.Actor{User: o.admin}, r.ID)
	o.must(err)
	o.want("after the cancellation", o.work(), "cancellation ana@fade.test")
	o.pass(23 * time.Hour)
	o.want("two hours before", o.work(), "unseen owner@fade.test") // of the cancellation
}

// What passes is tried again, later each time; what will not pass is not; and nothing is tried for ever.
func TestWorker_retries(t *testing.T) {
	o := newOffice(t)
	permanent := &notify.PermanentError{Err: errors.New("550 no such user")}
	o.refuse = func(l notify.Letter, try int) error {
		switch {
		case l.Kind == fade.KindConfirmation:
			return permanent
		case try < 3:
			return errors.New("451 come back later")
		}
		return nil
	}
	o.book()
	o.want("at once", o.work())
	o.pass(30 * time.Second)
	o.want("before a pause is over", o.work())
	o.pass(time.Minute)
	o.want("after the first pause", o.work())
	o.pass(3 * time.Minute)
	o.want("after the second pause", o.work(), "new_reservation shop@fade.test")
	ledger := notify.NewLedger(o.db.Ledger(), o.clock)
	failed, err := ledger.List(t.Context(), fade.Actor{User: o.admin}, notify.LedgerQuery{State: fade.DeliveryFailed})
	o.must(err)
	if len(failed.Items) != 1 || failed.Items[0].Attempt != 1 || failed.Items[0].LastError != "550 no such user" {
		t.Fatalf("dead letters are %+v", failed.Items)
	}
	o.mu.Lock()
	o.refuse = func(notify.Letter, int) error { return errors.New("421 not now") }
	o.mu.Unlock()
	n, err := ledger.RetryFailed(t.Context(), fade.Actor{User: o.admin})
	if o.must(err); n != 1 {
		t.Errorf("RetryFailed() = %d", n)
	}
	for range notify.MaxAttempts + 1 {
		o.want("in vain", o.work())
		o.pass(90 * time.Minute)
	}
	story, err := ledger.Get(t.Context(), fade.Actor{User: o.admin}, failed.Items[0].ID)
	o.must(err)
	if story.State != fade.DeliveryFailed || story.Attempt != notify.MaxAttempts || len(story.Attempts) != notify.MaxAttempts+1 {
		t.Errorf("after too many tries it is %+v with %d tries that failed", story.Delivery, len(story.Attempts))
	}
}
