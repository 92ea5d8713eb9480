package notify

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/fadedistrict/fade"
)

// lane sends the deliveries of one route, so that one that stands still does not keep the other waiting.
type lane struct {
	worker  *Worker
	route   fade.Route
	slots   chan struct{} // taken by what is under way
	perHost int
	limiter *rate.Limiter
	send    func(ctx context.Context, j Job, m Material) (Outcome, error)
	failing bool // the ledger cannot be read, and the log knows

	mu    sync.Mutex
	hosts map[string]chan struct{}
}

func newLane(w *Worker, route fade.Route, slots, perHost int, perSecond float64, send func(context.Context, Job, Material) (Outcome, error)) *lane {
	l := &lane{worker: w, route: route, slots: make(chan struct{}, slots), perHost: perHost, send: send, hosts: map[string]chan struct{}{}}
	if perSecond > 0 {
		l.limiter = rate.NewLimiter(rate.Limit(perSecond), slots)
	}
	return l
}

// claimEach is how many messages are leased for each that may be under way: enough that nobody waits for the ledger,
// and few enough that a worker that dies does not keep many from others.
const claimEach = 8

// run sends until the context ends, and waits for what is under way.
func (l *lane) run(ctx context.Context) {
	var sending sync.WaitGroup
	defer sending.Wait()
	for {
		jobs := l.claim(ctx)
		for _, j := range jobs {
			if l.wait(ctx) != nil {
				return
			}
			sending.Go(func() {
				defer func() { <-l.slots }()
				l.try(context.WithoutCancel(ctx), j)
			})
		}
		if len(jobs) > 0 {
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(l.worker.o.Poll):
		}
	}
}

// wait waits for a slot and for the rate.
func (l *lane) wait(ctx context.Context) error {
	if l.limiter != nil {
		if err := l.limiter.Wait(ctx); err != nil {
			return err
		}
	}
	select {
	case l.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// claim leases what is due; nothing where nothing is.
func (l *lane) claim(ctx context.Context) []Job {
	o := &l.worker.o
	now := o.Now()
	waits, err := o.Queue.Waits(ctx, l.route, now)
	var jobs []Job
	if err == nil && waits {
		jobs, err = o.Queue.Claim(ctx, Claim{Route: l.route, Holder: o.Holder, Now: now, Until: now.Add(o.Lease), Limit: claimEach * cap(l.slots)})
	}
	if err != nil && ctx.Err() == nil && !l.failing {
		o.Logger.Warn("deliveries cannot be read; trying again", "route", l.route, "error", err)
	}
	l.failing = err != nil
	return jobs
}

// try sends one message, if it is still to be sent.
func (l *lane) try(ctx context.Context, j Job) {
	o := &l.worker.o
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	m, err := o.Queue.Material(ctx, j)
	if err != nil {
		o.Logger.Warn("a delivery cannot be read; it is tried again in a while", "delivery", j[0].ID, "error", err)
		return // its lease ends
	}
	if len(m.Live) == 0 {
		return // canceled since it was leased
	}
	outcome, err := l.send(ctx, j, m)
	outcome.IDs, outcome.At, outcome.Attempt = m.Live, o.Now().UTC(), j[0].Attempt
	if err != nil {
		l.failed(&outcome, err)
	}
	if outcome.State == fade.DeliverySent {
		if err := o.Journal.Sent(outcome); err != nil {
			o.Logger.Warn("a delivery could not be noted in the journal", "error", err)
		}
	}
	l.worker.count(l.route, outcome.State, len(outcome.IDs))
	l.worker.ledger.add(outcome)
}

// failed decides what becomes of a try that failed.
func (l *lane) failed(outcome *Outcome, err error) {
	_, permanent := errors.AsType[*PermanentError](err)
	outcome.Error, outcome.Permanent = shortened(err.Error()), permanent
	if permanent || outcome.Attempt >= MaxAttempts {
		outcome.State = fade.DeliveryFailed
		return
	}
	pause := pauseAfter(l.worker.o.RetryAfter, outcome.Attempt)
	if asked, ok := errors.AsType[*RetryAfterError](err); ok {
		pause = max(pause, min(asked.After, longestPause))
	}
	outcome.State, outcome.Next = fade.DeliveryQueued, outcome.At.Add(pause)
}

// The bounds of what is kept of an error, and of the pause after one.
const (
	maxError     = 500 // characters
	longestPause = time.Hour
)

// pauseAfter gives the pause after a number of tries: it doubles up to an hour, give or take a quarter, so that what
// failed together is not tried together.
func pauseAfter(first time.Duration, attempt int) time.Duration {
	pause := longestPause
	if doublings := attempt - 1; doublings < 20 {
		pause = min(first<<max(doublings, 0), longestPause)
	}
	return pause*3/4 + rand.N(pause/2+1) //nolint:gosec // jitter needs no secret
}

func shortened(text string) string { return shortenedTo(text, maxError) }

// shortenedTo gives at most so many characters of a text.
func shortenedTo(text string, most int) string {
	letters := []rune(strings.ToValidUTF8(strings.ReplaceAll(text, "\x00", ""), "�"))
	if len(letters) > most {
		return string(letters[:most]) + "…"
	}
	return string(letters)
}

// host takes one of a host's slots, and gives what gives it back.
func (l *lane) host(ctx context.Context, name string) (leave func(), err error) {
	l.mu.Lock()
	slots := l.hosts[name]
	if slots == nil {
		if len(l.hosts) >= maxHosts {
			clear(l.hosts) // those that wait keep theirs; for a moment a host may get twice its share
		}
		slots = make(chan struct{}, l.perHost)
		l.hosts[name] = slots
	}
	l.mu.Unlock()
	select {
	case slots <- struct{}{}:
		return func() { <-slots }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// maxHosts bounds how many hosts' slots are remembered.
const maxHosts = 1_000
