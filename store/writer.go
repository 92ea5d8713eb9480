package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/realtime/eventlog"
)

// The bounds of group commit: how many updates share one fsync, and how many wait in line before others
// wait outside it.
const (
	groupSize = 64
	lineSize  = 1024
)

// writer owns SQLite's writing connection. Its goroutine lends the open transaction to one waiting update
// after another; the update runs on its caller's goroutine, so that a panic surfaces where it belongs, and
// hands the transaction back.
type writer struct {
	prepared *prepared
	shared   *shared
	line     chan *job
	gone     chan struct{} // closed once the goroutine has ended

	closing sync.RWMutex // held for reading while a job joins the line
	closed  bool
}

// job is one update in the line.
type job struct {
	begun   atomic.Bool      // by the writer, or by a caller who gives up waiting: who sets it decides
	turn    chan *tx         // the transaction, lent
	back    chan sealed      // and handed back
	outcome chan error       // what became of it; the commit's error is everybody's
	events  []eventlog.Event // to publish
}

// sealed is how an update went up to its commit.
type sealed struct {
	events []eventlog.Event
	err    error
}

var errPanicked = errors.New("store: update panicked")

func startWriter(p *prepared, s *shared) *writer {
	w := &writer{prepared: p, shared: s, line: make(chan *job, lineSize), gone: make(chan struct{})}
	go w.work()
	return w
}

// update waits for its turn, runs and waits for the commit.
func (w *writer) update(ctx context.Context, do func(*tx) error) error {
	j := &job{turn: make(chan *tx, 1), back: make(chan sealed, 1), outcome: make(chan error, 1)}
	if err := w.join(ctx, j); err != nil {
		return err
	}
	var lent *tx
	select {
	case lent = <-j.turn:
	case err := <-j.outcome: // the transaction could not begin
		return err
	case <-ctx.Done():
		if j.begun.CompareAndSwap(false, true) {
			return fmt.Errorf("store: wait to write: %w", ctx.Err())
		}
		select {
		case lent = <-j.turn:
		case err := <-j.outcome:
			return err
		}
	}
	if err := j.run(lent, do); err != nil {
		return err
	}
	return <-j.outcome
}

// join puts the job into the line.
func (w *writer) join(ctx context.Context, j *job) error {
	w.closing.RLock()
	defer w.closing.RUnlock()
	if w.closed {
		return errClosed
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("store: wait to write: %w", err)
	}
	select {
	case w.line <- j:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("store: wait to write: %w", ctx.Err())
	}
}

// run runs the update with the lent transaction and hands it back, also when the update panics.
func (j *job) run(lent *tx, do func(*tx) error) error {
	result := sealed{err: errPanicked}
	defer func() { j.back <- result }()
	events, err := lent.run(do)
	result = sealed{events, err}
	return err
}

// work is the writer's goroutine: it commits groups until the line is closed and empty.
func (w *writer) work() {
	defer close(w.gone)
	for first := range w.line {
		w.group(first)
	}
}

// group runs the updates that wait, the first of them given, in one transaction.
func (w *writer) group(first *job) {
	ctx := context.Background() // statements are never interrupted: it would roll everybody back
	if first.skipped() {
		return
	}
	if err := w.begin(ctx); err != nil {
		first.outcome <- &fade.Error{Code: fade.CodeUnavailable, Message: "The database is busy. Try again.", Cause: fmt.Errorf("store: begin: %w", err)}
		return
	}
	known := newSeen()
	var done []*job
	var err error
	for next, size := first, 1; next != nil && err == nil; size++ {
		var ok bool
		if ok, err = w.lend(ctx, next, known); ok {
			done = append(done, next)
		}
		next = nil
		if size < groupSize && err == nil {
			next = w.next()
		}
	}
	if err == nil {
		if err = w.prepared.do(ctx, "COMMIT"); err != nil {
			err = fmt.Errorf("store: commit: %w", err)
		}
	}
	if err != nil {
		_ = w.prepared.do(ctx, "ROLLBACK") // fails where the engine has rolled back already
	} else {
		w.publish(done)
	}
	for _, j := range done {
		j.outcome <- err
	}
}

// beginPatience bounds how long the writer waits for another process to let it write.
const beginPatience = 30 * time.Second

// begin begins the transaction. SQLite's own waiting looks less and less often, and where another process writes
// without a pause it would hardly find a moment: so it is asked for short waits, again and again.
func (w *writer) begin(ctx context.Context) error {
	for deadline := time.Now().Add(beginPatience); ; {
		err := w.prepared.do(ctx, "BEGIN IMMEDIATE")
		if err == nil || !w.shared.dialect.busy(err) || time.Now().After(deadline) {
			return err
		}
	}
}

// next gives the next job that is waiting, if there is one.
func (w *writer) next() *job {
	for {
		select {
		case j, ok := <-w.line:
			if !ok {
				return nil
			}
			if !j.skipped() {
				return j
			}
		default:
			return nil
		}
	}
}

// skipped tells whether the job's caller has given up; if not, it no longer can.
func (j *job) skipped() bool { return !j.begun.CompareAndSwap(false, true) }

// lend runs one job in its savepoint and tells whether its work is in the transaction. An error is the end
// of the whole transaction: the savepoint is gone, because the engine has rolled everything back by itself
// (a full disk, for example).
func (w *writer) lend(ctx context.Context, j *job, known *seen) (ok bool, err error) {
	if err := w.prepared.do(ctx, "SAVEPOINT one"); err != nil {
		err = fmt.Errorf("store: begin: %w", err)
		j.outcome <- err
		return false, err
	}
	j.turn <- &tx{reader: reader{transaction: &transaction{ctx: ctx, db: w.prepared}, shared: w.shared}, seen: known}
	result := <-j.back
	if result.err != nil {
		known.forget()
		if err := w.prepared.do(ctx, "ROLLBACK TO one"); err != nil {
			return false, fmt.Errorf("store: roll back: %w", err)
		}
	}
	if err := w.prepared.do(ctx, "RELEASE one"); err != nil {
		err = fmt.Errorf("store: release: %w", err)
		if result.err == nil {
			j.outcome <- err
		}
		return false, err
	}
	j.events = result.events
	return result.err == nil, nil
}

// publish tells of a committed group.
func (w *writer) publish(done []*job) {
	var events []eventlog.Event
	for _, j := range done {
		events = append(events, j.events...)
	}
	if len(events) > 0 {
		w.shared.publish(events...)
	}
}

// close refuses further updates and waits for those in the line.
func (w *writer) close(ctx context.Context) error {
	w.closing.Lock()
	if !w.closed {
		w.closed = true
		close(w.line)
	}
	w.closing.Unlock()
	select {
	case <-w.gone:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("store: close: %w", ctx.Err())
	}
}
