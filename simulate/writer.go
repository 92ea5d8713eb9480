package simulate

import (
	"context"
	crypto "crypto/rand"
	"math/rand/v2"
	"slices"
	"time"
)

// writer serves one customer after the other, as a browser on a counter would. What its customers want follows from
// its random numbers alone.
type writer struct {
	server     *server
	crowd      *crowd
	businesses []string
	random     *rand.Rand
	session    string        // of its booking pages: what is held in one is given back by the next
	between    time.Duration // customers, on average; 0 for full speed

	open map[string]*openPage // by subdomain
	kept []booking            // of customers who may come back
	held *heldSlot
}

// openPage is a booking page that a writer looks at, until it is old.
type openPage struct {
	page
	read time.Time
}

// booking is what a customer has to come back with.
type booking struct{ subdomain, token string }

// heldSlot is what is to be given back.
type heldSlot struct{ subdomain, id string }

const (
	pageFor    = 20 * time.Second // that a booking page is looked at before it is opened again
	maxKept    = 64               // bookings of a writer whose customers come back
	afterError = time.Second      // that a writer rests
	leaving    = 5 * time.Second  // in which a hold is given back at the end
)

func newWriter(n int, o Options, s *server, c *crowd) *writer {
	w := &writer{
		server: s, crowd: c, businesses: o.Businesses, open: map[string]*openPage{}, session: crypto.Text(),
		random: rand.New(rand.NewPCG(o.Seed, uint64(n))), //nolint:gosec // G404: customers, not secrets
	}
	if o.Rate > 0 {
		w.between = time.Duration(float64(o.Writers) / o.Rate * float64(time.Second))
	}
	return w
}

// work serves customers until the context ends. They come at random, so that there are rushes and lulls.
func (w *writer) work(ctx context.Context) {
	defer w.leave(ctx)
	next := time.Now().Add(time.Duration(w.random.Float64() * float64(w.between)))
	for pause(ctx, time.Until(next)) {
		err := w.serve(ctx)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			w.crowd.fail(err)
			pause(ctx, afterError)
		}
		next = next.Add(time.Duration(w.random.ExpFloat64() * float64(w.between)))
		if late := time.Now().Add(-w.between); next.Before(late) {
			next = late // who could not be served in time has left
		}
	}
}

// serve serves one customer: a new one, or one who comes back.
func (w *writer) serve(ctx context.Context) error {
	const percentNew, percentMoving = 82, 55
	switch kind := w.random.IntN(100); {
	case kind < percentNew || len(w.kept) == 0:
		return w.notRefused(w.newcomer(ctx))
	default:
		b, move := w.returning(), w.random.IntN(100) < percentMoving
		if move {
			return w.notRefused(w.move(ctx, b))
		}
		return w.notRefused(w.cancel(ctx, b))
	}
}

// notRefused counts a refusal, and passes on other errors.
func (w *writer) notRefused(err error) error {
	switch refusedWith(err) {
	case "":
		return err
	case "slot_taken":
		w.crowd.count(refused)
	case "not_found", "conflict", "stale_link", "invalid":
		w.crowd.count(turnedAway)
		w.open = map[string]*openPage{} // something is not as it was
	case "rate_limited":
		w.crowd.count(slowed)
		return nil
	default:
		return err
	}
	return nil
}

// newcomer is a customer's first visit.
func (w *writer) newcomer(ctx context.Context) error {
	subdomain := w.businesses[w.random.IntN(len(w.businesses))]
	p, err := w.visit(ctx, subdomain)
	if err != nil {
		return err
	}
	want := wish{subdomain: subdomain}
	if len(p.Services) > 0 {
		want.service = p.Services[w.random.IntN(len(p.Services))].ID
	}
	chosen, found, err := w.choose(ctx, p, want)
	if err != nil {
		return err
	}
	if !found {
		w.crowd.count(full)
		if len(w.kept) == 0 {
			return nil
		}
		return w.cancel(ctx, w.returning()) // makes room
	}
	h, err := w.hold(ctx, want, chosen)
	if err != nil {
		return err
	}
	if !w.think(ctx) {
		return ctx.Err()
	}
	switch chance := w.random.IntN(100); {
	case chance < 8:
		return w.release(ctx)
	case chance < 14: // closes the page: the hold stays for a while
		w.crowd.count(letGo)
		return nil
	}
	return w.book(ctx, want, h)
}

// think is the time in which a form is filled in.
func (w *writer) think(ctx context.Context) bool {
	const most = 4 * time.Second
	return pause(ctx, time.Duration((0.2+0.6*w.random.Float64())*float64(min(w.between, most))))
}

// returning takes the booking of a customer who comes back.
func (w *writer) returning() booking {
	i := w.random.IntN(len(w.kept))
	b := w.kept[i]
	w.kept = slices.Delete(w.kept, i, i+1)
	return b
}

// keep remembers a booking. Of too many, any is forgotten: its customer just comes.
func (w *writer) keep(b booking) {
	if len(w.kept) >= maxKept {
		_ = w.returning()
	}
	w.kept = append(w.kept, b)
}

// leave gives back what is held when the simulation ends. Where that fails the hold ends by itself: the server may
// have been stopped by the same key.
func (w *writer) leave(ctx context.Context) {
	if w.held == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaving)
	defer cancel()
	_ = w.release(ctx)
}
