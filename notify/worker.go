package notify

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/fadedistrict/fade"
)

// MaxAttempts is how often a delivery is tried before it is a dead letter: with the default pauses, about half a day.
const MaxAttempts = 20

// WorkerOptions are what a worker works with. Zero values take the defaults named here.
type WorkerOptions struct {
	Queue   Queue
	Writer  *Writer // of letters and pushes
	Mailer  Mailer  // nil: mails wait for a worker that has one
	Pusher  Pusher  // likewise
	Journal Journal // of what was sent and is not yet written down; nil keeps none
	Holder  string  // names this worker among others
	Logger  *slog.Logger
	Now     func() time.Time

	Mails, Pushes int           // that leave at the same time; 4 and 16
	PerHost       int           // of pushes, to one host at the same time; 4
	Poll          time.Duration // between looks at the ledger; 500 ms
	Lease         time.Duration // after which others try what a worker that died had leased; 2 min
	RetryAfter    time.Duration // after the first try that failed; it doubles up to an hour; 15 s
	Timeout       time.Duration // of one try; 30 s
	MailRate      float64       // a second at most; 0 is no bound
}

// Worker sends what the ledger says is due. Any number may work on one ledger: each leases what it sends. A delivery is
// sent at least once; whoever gets it twice can tell by its Message-ID.
type Worker struct {
	o      WorkerOptions
	lanes  []*lane
	ledger *ledgerWriter

	mu     sync.Mutex
	counts map[Count]int64
}

// Count names a figure of a worker.
type Count struct {
	Route   fade.Route
	Outcome fade.DeliveryState // queued is a try that will be repeated
}

// NewWorker makes a worker. [Worker.Run] does the work.
func NewWorker(o WorkerOptions) *Worker {
	orDefault(&o.Mails, 4)
	orDefault(&o.Pushes, 16)
	orDefault(&o.PerHost, 4)
	orDefault(&o.Poll, 500*time.Millisecond)
	orDefault(&o.Lease, 2*time.Minute)
	orDefault(&o.RetryAfter, 15*time.Second)
	orDefault(&o.Timeout, 30*time.Second)
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Journal == nil {
		o.Journal = noJournal{}
	}
	w := &Worker{o: o, counts: map[Count]int64{}}
	w.ledger = newLedgerWriter(o)
	if o.Mailer != nil {
		w.lanes = append(w.lanes, newLane(w, fade.RouteEmail, o.Mails, o.Mails, o.MailRate, w.mail))
	}
	if o.Pusher != nil {
		w.lanes = append(w.lanes, newLane(w, fade.RoutePush, o.Pushes, o.PerHost, 0, w.push))
	}
	return w
}

func orDefault[T int | time.Duration](value *T, to T) {
	if *value <= 0 {
		*value = to
	}
}

// Run works until the context ends; then what is under way may finish, and what was leased is given back.
func (w *Worker) Run(ctx context.Context) error {
	w.recover(ctx)
	var lanes, ledger sync.WaitGroup
	stop := make(chan struct{})
	ledger.Go(func() { w.ledger.run(stop) })
	for _, l := range w.lanes {
		lanes.Go(func() { l.run(ctx) })
	}
	lanes.Wait()
	close(stop)
	ledger.Wait()
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTimeout)
	defer cancel()
	if _, err := w.o.Queue.Release(ending, w.o.Holder, w.o.Now()); err != nil {
		w.o.Logger.Warn("leased deliveries could not be given back; others take them in a while", "error", err)
	}
	return nil
}

// endTimeout bounds how long a worker that stops waits for the database.
const endTimeout = 10 * time.Second

// recover writes down what workers of this journal had sent when they died, and gives back what they had not.
func (w *Worker) recover(ctx context.Context) {
	for _, left := range w.o.Journal.Left() {
		err := w.o.Queue.Settle(ctx, left.Sent)
		if err == nil {
			_, err = w.o.Queue.Release(ctx, left.Holder, w.o.Now())
		}
		if err != nil {
			w.o.Logger.Warn("what a worker that died has sent could not be written down", "error", err)
			continue
		}
		left.Forget()
	}
}

func (w *Worker) count(route fade.Route, outcome fade.DeliveryState, n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.counts[Count{route, outcome}] += int64(n)
}

// Counts gives what became of this worker's tries since it started.
func (w *Worker) Counts() map[Count]int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	counts := make(map[Count]int64, len(w.counts))
	for what, n := range w.counts {
		counts[what] = n
	}
	return counts
}
