package notify

import (
	"context"
	"log/slog"

	"time"
)

// ledgerWriter writes outcomes down, many at a time: a transaction for each would cost more than the mails.
type ledgerWriter struct {
	queue   Queue
	journal Journal
	logger  *slog.Logger

	waiting chan Outcome
}

// The bounds of what is written down together. Whoever adds to a full writer waits: while the database is away no more
// leaves than can be written down.
const (
	settleAtOnce = 200
	settleEvery  = 250 * time.Millisecond
	settleRetry  = time.Second
	settleTries  = 10 // at the end; before it, as often as it takes
)

func newLedgerWriter(o WorkerOptions) *ledgerWriter {
	return &ledgerWriter{queue: o.Queue, journal: o.Journal, logger: o.Logger, waiting: make(chan Outcome, settleAtOnce)}
}

func (l *ledgerWriter) add(o Outcome) { l.waiting <- o }

// run writes down until it is stopped, and then what is left.
func (l *ledgerWriter) run(stop <-chan struct{}) {
	for {
		select {
		case o := <-l.waiting:
			l.settle(l.gather(o, stop), stop)
		case <-stop:
			for {
				select {
				case o := <-l.waiting:
					l.settle(l.gather(o, stop), stop)
				default:
					return
				}
			}
		}
	}
}

// gather takes what comes within a moment of the first.
func (l *ledgerWriter) gather(first Outcome, stop <-chan struct{}) []Outcome {
	outcomes := []Outcome{first}
	moment := time.NewTimer(settleEvery)
	defer moment.Stop()
	for len(outcomes) < settleAtOnce {
		select {
		case o := <-l.waiting:
			outcomes = append(outcomes, o)
		case <-moment.C:
			return outcomes
		case <-stop:
			select {
			case o := <-l.waiting:
				outcomes = append(outcomes, o)
				continue
			default:
				return outcomes
			}
		}
	}
	return outcomes
}

// settle writes outcomes down, and tries again until the database takes them.
func (l *ledgerWriter) settle(outcomes []Outcome, stop <-chan struct{}) {
	for try := 1; ; try++ {
		ctx, cancel := context.WithTimeout(context.Background(), endTimeout)
		err := l.queue.Settle(ctx, outcomes)
		cancel()
		if err == nil {
			l.journal.Settled(outcomes)
			return
		}
		if try == 1 {
			l.logger.Warn("what became of deliveries cannot be written down; trying again", "error", err)
		}
		pause := time.NewTimer(settleRetry)
		select {
		case <-stop:
			if try >= settleTries {
				pause.Stop()
				return // the journal knows
			}
			<-pause.C
		case <-pause.C:
		}
	}
}
