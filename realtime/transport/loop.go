package transport

import (
	"net"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"time"

	"github.com/fadedistrict/fade/realtime/hub"
)

// The bounds of a loop.
const (
	yieldEvery  = 32 // connections, between which others may have the processor
	crowd       = 6  // goroutines that wait for the processor: so many are more than chance
	courtesy    = 5  // times what a pass ran is left to others after it if there was a crowd
	longestRest = 2 * time.Second
	shortestGap = time.Millisecond
)

// loop serves some of the connections of a server. All of them, and all that follows mu, belong to its
// goroutine: others post work to it.
type loop struct {
	server *Server
	poll   poller

	mu      sync.Mutex
	posted  []func()
	woken   []wakened
	signals []signalled
	asleep  bool // the poller has to be woken
	stopped bool // nothing is taken any more

	now     time.Time
	yields  uint64        // of the pass
	waited  time.Duration // for the processor, in them
	others  uint64        // who waited for it, over all yields
	busy    bool          // there was a crowd
	resume  time.Time     // groups are not looked at before: the loop leaves time to others
	wheel   wheel
	dirty   []*conn // have something to write
	behind  []*conn // got as much as a pass gives, and have more
	all     map[*conn]struct{}
	spare   spare
	figures *loopFigures

	runnable [1]metrics.Sample // goroutines that wait for the processor
}

// wakened is a group whose channel moved, and when the loop was told first.
type wakened struct {
	group *hub.Group
	at    time.Time
}

// spare is memory that a pass uses and leaves to the next.
type spare struct {
	posted  []func()
	woken   []wakened
	dirty   []*conn
	members []*hub.Subscription
	wire    [][]byte
	taken   []taken
}

// poller tells a loop when its sockets are ready. Only the loop's goroutine uses it, but for wake.
type poller interface {
	// open takes a socket over. After an error the socket is closed.
	open(c *conn, s net.Conn) (link, error)

	// wait returns when something is ready, when woken, or at the time, and tells the loop's connections what
	// their sockets have.
	wait(until time.Time)

	// wake makes wait return.
	wake()

	// close gives up what the poller itself holds.
	close()
}

func newLoop(s *Server) (*loop, error) {
	l := &loop{server: s, all: map[*conn]struct{}{}, figures: newLoopFigures(), now: time.Now()}
	l.runnable[0].Name = "/sched/goroutines/runnable:goroutines"
	l.wheel.begin(l.nanos())
	var err error
	l.poll, err = newPoller(l, s.o.Portable)
	return l, err
}

// do runs f on the loop's goroutine, after all that was posted before; false if the loop has ended.
func (l *loop) do(f func()) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stopped {
		return false
	}
	l.posted = append(l.posted, f)
	l.rouse()
	return true
}

// Wake implements [hub.Waker].
func (l *loop) Wake(g *hub.Group) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if g.Woken || l.stopped {
		return
	}
	g.Woken = true
	l.woken = append(l.woken, wakened{g, time.Now()})
	l.rouse()
}

// rouse wakes the loop if it sleeps. The caller holds l.mu.
func (l *loop) rouse() {
	if l.asleep {
		l.asleep = false
		l.poll.wake()
	}
}

// run serves until stop.
func (l *loop) run() {
	defer l.poll.close()
	for {
		l.poll.wait(l.sleep())
		if !l.pass() {
			return
		}
	}
}

// sleep tells until when the loop may wait. The zero time means: not at all.
func (l *loop) sleep() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	until := l.server.started.Add(l.wheel.next())
	switch {
	case len(l.posted) > 0 || len(l.signals) > 0 || len(l.dirty) > 0 || l.stopped:
		return time.Time{}
	case len(l.woken) > 0 || len(l.behind) > 0:
		if l.rested() {
			return time.Time{}
		}
		if l.resume.Before(until) {
			until = l.resume
		}
	}
	l.asleep = true
	return until
}

// pass does what is due: posted work, deadlines, and a write for every connection that has something pending.
// It is false after the last one.
func (l *loop) pass() bool {
	l.now = time.Now()
	posted, woken, stopped := l.take()
	for _, f := range posted {
		l.safely(f)
	}
	l.wheel.turn(l.nanos(), l.check)
	l.signal()
	for _, w := range woken {
		l.spare.members = w.group.Append(l.spare.members[:0])
		for _, s := range l.spare.members {
			l.touch(s.Owner().(*conn))
		}
		clear(l.spare.members)
	}
	served := l.rested()
	if served {
		for _, c := range l.behind {
			c.lagging = false
			l.touch(c)
		}
		clear(l.behind)
		l.behind = l.behind[:0]
	}
	if l.flushAll() {
		l.note(woken)
		if served {
			l.rest()
		}
	}
	clear(posted)
	clear(woken)
	l.spare.posted, l.spare.woken = posted[:0], woken[:0]
	if stopped {
		for c := range l.all {
			l.drop(c)
		}
	}
	return !stopped
}

// nanos gives the time of the pass since the server was made. It does not jump when the machine's clock is set.
func (l *loop) nanos() int64 { return int64(l.now.Sub(l.server.started)) }

// safely does posted work. A fault in it is one connection's, and must not be the end of all.
func (l *loop) safely(f func()) {
	defer func() {
		if fault := recover(); fault != nil {
			l.server.logger.Error("a fault of the program on an event loop", "panic", fault, "stack", string(debug.Stack()))
		}
	}()
	f()
}

// take gives what others left for the loop.
func (l *loop) take() (posted []func(), woken []wakened, stopped bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asleep = false
	posted, l.posted = l.posted, l.spare.posted
	if l.rested() {
		woken, l.woken = l.woken, l.spare.woken
		for _, w := range woken {
			w.group.Woken = false
		}
	}
	return posted, woken, l.stopped
}

// rested tells whether the time is over that the loop leaves to others.
func (l *loop) rested() bool { return l.resume.Sub(l.now) < shortestGap }

// note keeps how long the pass took.
func (l *loop) note(woken []wakened) {
	end := time.Now()
	l.figures.passTime.observe(end.Sub(l.now))
	for _, w := range woken {
		l.figures.lastWrite.observe(end.Sub(w.at))
	}
}

// rest leaves time to others after a pass, if there was a crowd of them: commits come before telling of them, and
// what is committed in the meantime goes out together, with less work. On a machine that has time to spare nothing
// waits. Passes in between, with nothing but answers, do not lengthen a rest.
func (l *loop) rest() {
	end := time.Now()
	l.resume = end
	if l.busy = l.others >= crowd*l.yields; l.busy {
		l.resume = end.Add(min(courtesy*(end.Sub(l.now)-l.waited), longestRest))
	}
}

// touch makes sure that the connection is looked at in this pass, or in the next if it was already.
func (l *loop) touch(c *conn) {
	if !c.dirty && !c.gone {
		c.dirty = true
		l.dirty = append(l.dirty, c)
	}
}

// later makes sure that the connection is looked at in the next pass that is not in a rest.
func (l *loop) later(c *conn) {
	if !c.lagging && !c.gone {
		c.lagging = true
		l.behind = append(l.behind, c)
	}
}

// flushAll writes what is pending; false if nothing was.
func (l *loop) flushAll() bool {
	dirty := l.dirty
	if len(dirty) == 0 {
		return false
	}
	l.dirty = l.spare.dirty[:0]
	l.waited, l.others, l.yields = 0, 0, 0
	for i, c := range dirty {
		c.dirty = false
		l.flush(c)
		if i%yieldEvery == yieldEvery-1 || i == len(dirty)-1 {
			l.yield()
		}
	}
	clear(dirty)
	l.spare.dirty = dirty[:0]
	return true
}

// yield lets others run who wait for the processor, and notes how many they are and how long that was.
func (l *loop) yield() {
	begin := time.Now()
	metrics.Read(l.runnable[:])
	l.others += l.runnable[0].Value.Uint64()
	l.yields++
	runtime.Gosched()
	l.waited += time.Since(begin)
}

// stop ends the loop with its next pass.
func (l *loop) stop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stopped = true
	l.rouse()
}

// add takes a connection over. buffered is what its client has sent already.
func (l *loop) add(c *conn, s net.Conn, buffered []byte) {
	if c.gone { // a fault ended it before it began
		_ = s.Close()
		return
	}
	link, err := l.poll.open(c, s)
	if err != nil {
		l.server.logger.Error("a connection cannot be taken over", "error", err)
		c.gone = true
		l.server.reap(c)
		return
	}
	c.link = link
	c.heard = l.nanos()
	l.all[c] = struct{}{}
	l.schedule(c)
	l.touch(c)
	if len(buffered) > 0 {
		l.received(c, buffered)
	}
}

// drop closes a connection and forgets it.
func (l *loop) drop(c *conn) {
	if c.gone {
		return
	}
	c.gone = true
	if c.link != nil {
		c.link.close()
	}
	delete(l.all, c)
	l.wheel.remove(c)
	c.unblock()
	c.giveUp()
	c.subs, c.out, c.rest, c.inbox = nil, nil, nil, nil
	c.decoder = nil
	l.server.reap(c)
}

// writable goes on with a connection whose socket takes more.
func (l *loop) writable(c *conn) {
	c.unblock()
	l.touch(c)
}
