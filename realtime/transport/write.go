package transport

import (
	"errors"
	"sync/atomic"
	"time"

	"github.com/fadedistrict/fade/realtime/hub"
)

// The bounds of what one connection is given in one pass.
const (
	passBytes = 128 << 10 // of events
	busyBytes = 32 << 10  // while others wait for the processor, so that passes are short
)

// taken is what a pass has taken for a connection: a batch, and for streams of several channels the line with
// the position before each of its events.
type taken struct {
	sub     *hub.Subscription
	batch   *hub.Batch
	ids     [][]byte
	fetched bool
}

// size gives the number of its bytes.
func (t *taken) size() int {
	size := t.batch.Size()
	for _, id := range t.ids {
		size += len(id)
	}
	return size
}

// cut is [hub.Batch.Cut], with the lines counted.
func (t *taken) cut(n int) (seq int64, rest []byte) {
	if t.ids == nil {
		return t.batch.Cut(n)
	}
	seq = t.batch.Before()
	for i, f := range t.batch.Frames() {
		if n <= 0 {
			break
		}
		block := append(append([]byte(nil), t.ids[i]...), f.Wire(hub.StreamData)...)
		seq, rest = f.Seq(), block[min(n, len(block)):]
		n -= len(block)
	}
	return seq, rest
}

// flush writes what is pending for a connection, as far as its socket takes it.
func (l *loop) flush(c *conn) {
	if c.gone || c.blocked || c.link == nil {
		return
	}
	defer c.survive()
	took := l.collect(c)
	wire := l.spare.wire[:0]
	size := len(c.rest) + len(c.out)
	if len(c.rest) > 0 {
		wire = append(wire, c.rest)
	}
	if len(c.out) > 0 {
		wire = append(wire, c.out)
	}
	for i := range took {
		size += took[i].size()
		wire = took[i].append(wire)
	}
	defer func() {
		clear(wire)
		clear(took)
		l.spare.wire, l.spare.taken = wire[:0], took[:0]
	}()
	if size > 0 {
		n, busy, err := c.link.write(wire)
		if err != nil {
			l.drop(c)
			return
		}
		l.figures.writes.Add(1)
		l.wrote(c, n, took)
		if busy {
			c.block()
			l.schedule(c)
			return
		}
	}
	if c.closing != nil && !c.goodbye {
		c.goodbye = true
		c.link.closeWrite()
		l.schedule(c)
	}
}

// append appends the bytes to write.
func (t *taken) append(wire [][]byte) [][]byte {
	if t.ids == nil {
		return append(wire, t.batch.Wire()...)
	}
	for i, f := range t.batch.Frames() {
		wire = append(wire, t.ids[i], f.Wire(hub.StreamData))
	}
	return wire
}

// wrote takes note of n bytes that were written, of the rest of an event, of the answers, and of what was taken,
// in this order.
func (l *loop) wrote(c *conn, n int, took []taken) {
	if n > 0 {
		c.moved = l.nanos()
	}
	part := min(n, len(c.rest))
	c.rest = c.rest[part:]
	n -= part
	part = min(n, len(c.out))
	c.out = c.out[part:]
	n -= part
	if len(c.rest) == 0 {
		c.rest = nil
	}
	if len(c.out) == 0 {
		c.out = nil
	}
	var events, bytes int64
	for i := range took {
		if n <= 0 {
			break
		}
		t := &took[i]
		part := min(n, t.size())
		n -= part
		before := t.sub.Cursor()
		if part == t.size() {
			t.sub.Advance(t.batch.Last())
		} else {
			seq, rest := t.cut(part)
			t.sub.Advance(seq)
			c.rest = append([]byte(nil), rest...) // a copy: it must not keep a page in memory
		}
		l.server.hub.Taken(int(t.sub.Cursor()-before), t.fetched)
		events += t.sub.Cursor() - before
		bytes += int64(part)
	}
	if events > 0 {
		l.figures.frames.Add(events)
		l.figures.bytes.Add(bytes)
	}
}

// collect takes what the connection's subscriptions have pending, up to the bound of a pass. What does not fit
// comes first the next time.
func (l *loop) collect(c *conn) []taken {
	took := l.spare.taken[:0]
	if c.opening {
		return took
	}
	l.resets(c) // first: a position that is told beside events must not hide one
	if c.closing != nil {
		return took
	}
	room := passBytes
	if l.busy {
		room = busyBytes
	}
	waits := false // for another's page to be done with
	for i := range c.subs {
		at := (int(c.turn) + i) % len(c.subs)
		s := c.subs[at]
		if !s.Pending() {
			continue
		}
		if room <= 0 {
			c.turn = uint8(at)
			l.later(c)
			break
		}
		t := taken{sub: s}
		var err error
		t.batch, t.fetched, err = l.peek(c, s, room)
		if reset, ok := errors.AsType[*hub.Reset](err); ok {
			l.reset(c, s, reset)
		}
		waits = waits || errors.Is(err, hub.ErrNotInMemory)
		if t.batch == nil {
			continue
		}
		if c.many {
			t.ids = c.ids(t, took)
		}
		took = append(took, t)
		if room -= t.size(); s.Behind() > int64(len(t.batch.Frames())) {
			l.later(c)
		}
	}
	if waits && c.page == nil {
		l.later(c)
	}
	if c.closing != nil { // what there was to say was too much
		return took[:0]
	}
	return took
}

// resets tells of the resets with which subscriptions begin.
func (l *loop) resets(c *conn) {
	for _, s := range c.subs {
		if reset := s.TakeReset(); reset != nil {
			l.reset(c, s, reset)
		}
	}
}

// peek gives what follows a subscription's cursor. What is no longer in memory is asked for, and comes later: one
// page at a time for each connection.
func (l *loop) peek(c *conn, s *hub.Subscription, room int) (b *hub.Batch, fetched bool, err error) {
	if p := c.page; p != nil && p.batch != nil && (p.sub == s || !p.sub.Pending()) {
		c.page = nil
		if p.sub == s && p.batch.Before() == s.Cursor() && p.rewinds == s.Rewinds() {
			return p.batch, true, nil
		}
	}
	b, err = s.Peek(room)
	if errors.Is(err, hub.ErrNotInMemory) && c.page == nil {
		l.fetch(c, s)
	}
	return b, false, err
}

// reset tells a client that it has a gap, and goes on after it.
func (l *loop) reset(c *conn, s *hub.Subscription, reset *hub.Reset) {
	s.Advance(reset.Seq)
	c.answer(encode(resetMessage{"reset", s.Channel(), l.server.hub.Epoch(), reset.Seq, reset.Reason}))
	c.position()
	l.touch(c)
}

// page is a part of the log that a connection waits for, or has got.
type page struct {
	sub     *hub.Subscription
	rewinds int64       // of the log, when it was asked for
	batch   *hub.Batch  // nil while it waits
	unused  atomic.Bool // nobody waits for it any more
}

// fetch reads what follows a subscription's cursor from the log, beside the loop.
func (l *loop) fetch(c *conn, s *hub.Subscription) {
	wanted := &page{sub: s, rewinds: s.Rewinds()}
	c.page = wanted
	after := s.Cursor()
	l.server.task(func() {
		defer c.survive()
		l.server.fetches <- struct{}{}
		defer func() { <-l.server.fetches }()
		if wanted.unused.Load() {
			return
		}
		batch, err := s.Fetch(after, passBytes)
		l.do(func() { l.fetched(c, wanted, batch, err) })
	})
}

// fetched goes on with what was read from the log.
func (l *loop) fetched(c *conn, wanted *page, batch *hub.Batch, err error) {
	if c.page != wanted { // it was given up meanwhile
		return
	}
	c.page = nil
	reset, isReset := errors.AsType[*hub.Reset](err)
	switch {
	case isReset:
		l.reset(c, wanted.sub, reset)
	case err != nil:
		l.server.logFailure.warn(l.server.logger, "a subscription cannot be read from the log; trying again", "channel", wanted.sub.Channel(), "error", err)
		time.AfterFunc(logRetry, func() { l.do(func() { l.touch(c) }) })
	case batch == nil: // the log lacks what was there; the hub finds out, and tells
		time.AfterFunc(logRetry, func() { l.do(func() { l.touch(c) }) })
	case !c.blocked: // else it is read again when the socket takes it, and nothing is kept until then
		wanted.batch = batch
		c.page = wanted
		l.touch(c)
	}
}
