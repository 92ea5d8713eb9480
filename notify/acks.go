package notify

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// Acks gathers what clients say they have received, and writes it down for many at once: of thousands of tabs that
// receive one event, one transaction. What it holds when the process dies is said again when the clients come back.
type Acks struct {
	write  func(ctx context.Context, upTo map[string]int64) error
	logger *slog.Logger
	wake   chan struct{}

	mu      sync.Mutex
	waiting map[string]int64 // by whom, up to which sequence
	written map[string]int64 // what the database knows already, as far as it is remembered
}

// The bounds of what is gathered and remembered, and for how long it is gathered.
const (
	maxAcks   = 50_000
	ackEvery  = 250 * time.Millisecond
	ackAtOnce = 500
)

// NewAcks makes a gatherer; write writes down up to which sequence somebody has received everything.
func NewAcks(write func(ctx context.Context, upTo map[string]int64) error, logger *slog.Logger) *Acks {
	return &Acks{write: write, logger: logger, wake: make(chan struct{}, 1), waiting: map[string]int64{}, written: map[string]int64{}}
}

// Note notes that somebody has received everything up to a sequence. It does not wait for the database.
func (a *Acks) Note(who string, upTo int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if upTo <= a.written[who] || upTo <= a.waiting[who] || len(a.waiting) >= maxAcks {
		return
	}
	a.waiting[who] = upTo
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

// Run writes down until the context ends, and then what is left.
func (a *Acks) Run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTimeout)
			defer cancel()
			a.flush(ending)
			return nil
		case <-a.wake:
		}
		pause := time.NewTimer(ackEvery)
		select {
		case <-ctx.Done():
		case <-pause.C:
		}
		pause.Stop()
		a.flush(ctx)
	}
}

// flush writes down what waits, in portions. What fails waits for the next time.
func (a *Acks) flush(ctx context.Context) {
	for {
		portion := a.take()
		if len(portion) == 0 {
			return
		}
		if err := a.write(ctx, portion); err != nil {
			if ctx.Err() == nil {
				a.logger.Warn("what clients have received cannot be written down; trying again", "error", err)
			}
			a.giveBack(portion)
			return
		}
	}
}

func (a *Acks) take() map[string]int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	portion := map[string]int64{}
	if len(a.written) > maxAcks {
		clear(a.written)
	}
	for who, upTo := range a.waiting {
		if len(portion) == ackAtOnce {
			break
		}
		portion[who] = upTo
		a.written[who] = upTo
		delete(a.waiting, who)
	}
	return portion
}

func (a *Acks) giveBack(portion map[string]int64) {
	a.mu.Lock()
	for who, upTo := range portion {
		delete(a.written, who)
		a.waiting[who] = max(a.waiting[who], upTo)
	}
	a.mu.Unlock()
	time.AfterFunc(time.Second, func() {
		select {
		case a.wake <- struct{}{}:
		default:
		}
	})
}
