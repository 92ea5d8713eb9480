package ws

import (
	"context"
	"errors"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gobwas/ws"

	"github.com/fadedistrict/fade/realtime/hub"
)

// The bounds of moving bytes.
const (
	readBuffer  = 256             // bytes read at once; a connection owns them while it is idle
	passBytes   = 256 << 10       // events written with one system call, in bytes
	closeLinger = 2 * time.Second // for the client's answer to a close
	logRetry    = time.Second     // until a subscription is pulled again that the log failed
	renewSlots  = 32              // sessions looked at again at the same time
	tick        = time.Second / 4 // how often the server looks at deadlines
	maxDrain    = 3 * time.Second // for the last close to be answered
)

// conn is a connection on goroutines: one reads, and one writes while there is something to write.
type conn struct {
	server *Server
	net    net.Conn
	user   string
	peer   *peer
	peerMu sync.Mutex // the reader, a renewal and the end use the peer in turn

	mu            sync.Mutex
	replies       [][]byte
	subscriptions []*hub.Subscription // replaced, never changed in place: a pass reads it without the lock
	closing       *CloseError         // its frame is the last that is written
	pulling       sync.Mutex          // held during a pass over the subscriptions

	goodbye bool         // the close frame was written, and is the last; the writing goroutine's own
	writing atomic.Int32 // idle, writing, or writing with more to come
	lagging atomic.Int64 // Unix nanoseconds since when what is to be written has not moved; 0 if idle
	passed  atomic.Int64 // Unix nanoseconds of the end of the last pass
	heard   atomic.Int64 // Unix nanoseconds of the last sign of life
	pinged  atomic.Int64
	expires atomic.Int64
	ended   atomic.Int64 // Unix nanoseconds of the decision to close; 0 before it
}

// The states of conn.writing.
const (
	writeIdle int32 = iota
	writeBusy
	writeAgain
)

func newConn(s *Server, nc net.Conn, session Session) *conn {
	c := &conn{server: s, net: nc, user: session.User()}
	c.peer = newPeer(s, session, c)
	c.heard.Store(time.Now().UnixNano())
	c.expires.Store(session.Expires().UnixNano())
	return c
}

// reply implements output.
func (c *conn) reply(frame []byte, add *hub.Subscription) {
	c.mu.Lock()
	if len(c.replies) >= maxReplies {
		c.mu.Unlock()
		c.end(&CloseError{CloseTooSlow, "too many answers wait to be read"})
		return
	}
	c.replies = append(c.replies, frame)
	if add != nil {
		c.subscriptions = append(slices.Clip(c.subscriptions), add)
	}
	c.mu.Unlock()
	c.wake()
}

// remove implements output.
func (c *conn) remove(s *hub.Subscription) {
	c.mu.Lock()
	c.subscriptions = slices.DeleteFunc(slices.Clone(c.subscriptions), func(other *hub.Subscription) bool { return other == s })
	c.mu.Unlock()
	c.pulling.Lock() // a pass that had the subscription is over after this
	defer c.pulling.Unlock()
}

// wake implements output: it makes sure that a pass follows.
func (c *conn) wake() {
	for {
		switch c.writing.Load() {
		case writeIdle:
			if c.writing.CompareAndSwap(writeIdle, writeBusy) {
				c.schedule()
				return
			}
		case writeBusy:
			if c.writing.CompareAndSwap(writeBusy, writeAgain) {
				return
			}
		default:
			return
		}
	}
}

// schedule starts writing: at once if the last time was a while ago, else when the coalescing window since
// then is over, so that what arrives in a burst leaves with few system calls.
func (c *conn) schedule() {
	now := time.Now()
	c.lagging.CompareAndSwap(0, now.UnixNano())
	if wait := c.server.coalescing() - now.Sub(time.Unix(0, c.passed.Load())); wait > 0 {
		time.AfterFunc(wait, c.write)
		return
	}
	go c.write()
}

// write makes passes until all that was pending is written.
func (c *conn) write() {
	buffers := c.server.buffers.Get().(*passBuffers)
	defer c.server.buffers.Put(buffers)
	for more := true; more; {
		var err error
		if more, err = c.pass(buffers); err != nil {
			_ = c.net.Close()
			return
		}
		if more { // behind, but getting on
			c.lagging.Store(time.Now().UnixNano())
		}
	}
	c.passed.Store(time.Now().UnixNano())
	c.lagging.Store(0)
	if !c.writing.CompareAndSwap(writeBusy, writeIdle) {
		c.writing.Store(writeBusy)
		c.schedule()
	}
}

// passBuffers is the memory of one pass, shared by all connections.
type passBuffers struct {
	frames []*hub.Frame
	wire   net.Buffers
}

// pass writes what is pending, up to passBytes, and tells whether there may be more.
func (c *conn) pass(b *passBuffers) (more bool, err error) {
	if c.goodbye {
		return false, nil
	}
	c.mu.Lock()
	replies, subscriptions, closing := c.replies, c.subscriptions, c.closing
	c.replies = nil
	c.mu.Unlock()

	b.wire = append(b.wire[:0], replies...)
	if closing == nil {
		more = c.pull(b, subscriptions)
	} else {
		b.wire = append(b.wire, closing.closeFrame())
	}
	if len(b.wire) == 0 {
		return false, nil
	}
	out := b.wire
	c.server.counters.frames.Add(int64(len(out)))
	c.server.counters.passes.Add(1)
	// Later than check ends the connection: a client that wakes up then still finds the close frame.
	if err := c.net.SetWriteDeadline(time.Now().Add(c.server.o.LagTimeout + 2*closeLinger)); err != nil {
		return false, err
	}
	_, err = out.WriteTo(c.net)
	clear(b.wire[:cap(b.wire)])
	clear(b.frames[:cap(b.frames)])
	if err != nil {
		return false, err
	}
	if closing != nil {
		c.goodbye = true
		return false, c.lastWord()
	}
	return more, nil
}

// pull appends the pending events of the subscriptions, and what they have to say about themselves.
func (c *conn) pull(b *passBuffers, subscriptions []*hub.Subscription) (more bool) {
	c.pulling.Lock()
	defer c.pulling.Unlock()
	room := passBytes
	for _, s := range subscriptions {
		if room <= 0 {
			return true
		}
		frames, reset, err := s.Next(b.frames[:0], room)
		b.frames = frames
		switch {
		case err != nil:
			c.server.logger.Warn("a subscription cannot be read from the log; trying again", "channel", s.Channel(), "error", err)
			time.AfterFunc(logRetry, c.wake)
		case reset != nil:
			b.wire = append(b.wire, encode(resetMessage{"reset", s.Channel(), c.server.hub.Epoch(), reset.Seq, reset.Reason}))
			more = true
		}
		for _, frame := range frames {
			b.wire = append(b.wire, frame.Wire())
			room -= len(frame.Wire())
		}
		more = more || len(frames) > 0
	}
	return more
}

// lastWord ends the sending side after the close frame, and gives the client a moment to answer it:
// closing at once could reset the connection before the frame is read.
func (c *conn) lastWord() error {
	if half, ok := c.net.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
	}
	return c.net.SetReadDeadline(time.Now().Add(closeLinger))
}

// end closes the connection after what is pending; the first reason counts.
func (c *conn) end(reason *CloseError) {
	c.mu.Lock()
	first := c.closing == nil
	if first {
		c.closing = reason
	}
	c.mu.Unlock()
	if first {
		c.ended.Store(time.Now().UnixNano())
		c.server.counters.closed(reason.Code)
		if reason.Code == CloseTooSlow {
			c.server.counters.tooSlow.Add(1)
		}
		c.wake()
	}
}

// read takes what the client sends until the connection ends. buffered is what arrived with the upgrade.
func (c *conn) read(ctx context.Context, buffered []byte) {
	defer c.finish()
	var d decoder
	if err := c.feed(ctx, &d, buffered); err != nil {
		return
	}
	buffer := make([]byte, readBuffer)
	for {
		n, err := c.net.Read(buffer)
		if err != nil {
			return
		}
		c.heard.Store(time.Now().UnixNano())
		if err := c.feed(ctx, &d, buffer[:n]); err != nil {
			return
		}
	}
}

// errClosed ends the reading after the client's close frame was answered or the linger is over.
var errClosed = errors.New("ws: closed")

func (c *conn) feed(ctx context.Context, d *decoder, data []byte) error {
	err := d.feed(data, func(op ws.OpCode, payload []byte) error { return c.handle(ctx, op, payload) })
	reason, ok := errors.AsType[*CloseError](err)
	if !ok {
		return err
	}
	c.end(reason)
	// What still comes is not looked at: wait for the client to hang up, or for the linger to end.
	buffer := make([]byte, readBuffer)
	for {
		if _, err := c.net.Read(buffer); err != nil {
			return errClosed
		}
	}
}

func (c *conn) handle(ctx context.Context, op ws.OpCode, payload []byte) error {
	if op != ws.OpClose {
		if err := c.peer.count(); err != nil {
			return err
		}
	}
	switch op {
	case ws.OpPing:
		c.reply(controlFrame(ws.OpPong, payload), nil)
		return nil
	case ws.OpPong:
		return nil
	case ws.OpClose:
		return answerClose(payload)
	}
	c.server.counters.received.Add(1)
	c.peerMu.Lock()
	defer c.peerMu.Unlock()
	if c.ended.Load() != 0 { // whoever was sent away does nothing more while the close is under way
		return nil
	}
	defer func() { c.expires.Store(c.peer.session.Expires().UnixNano()) }()
	return c.peer.receive(ctx, payload)
}

// renew looks again at what the client may do.
func (c *conn) renew(ctx context.Context) {
	c.peerMu.Lock()
	defer c.peerMu.Unlock()
	err := c.peer.renew(ctx)
	c.expires.Store(c.peer.session.Expires().UnixNano())
	if reason, ok := errors.AsType[*CloseError](err); ok {
		c.end(reason)
	} else if err != nil { // it could not be found out: better a reconnect too many than a right too many
		c.server.logger.Error("a session cannot be looked at again; closing its socket", "error", err)
		c.end(&CloseError{CloseDraining, "try again"})
	}
}

// finish forgets the connection.
func (c *conn) finish() {
	_ = c.net.Close()
	c.mu.Lock()
	c.subscriptions = nil
	c.mu.Unlock()
	c.peerMu.Lock()
	c.pulling.Lock()
	c.peer.close()
	c.pulling.Unlock()
	c.peerMu.Unlock()
	c.server.forget(c)
}

// check looks at the connection's deadlines.
func (c *conn) check(now time.Time, o Options) {
	silent := now.Sub(time.Unix(0, c.heard.Load()))
	ended, lag := c.ended.Load(), c.lagging.Load()
	switch {
	case ended != 0 && now.Sub(time.Unix(0, ended)) >= closeLinger:
		_ = c.net.Close() // it cannot even take the close frame
	case ended != 0:
	case now.UnixNano() >= c.expires.Load():
		c.end(&CloseError{CloseUnauthorized, "the access token has expired"})
	case silent >= o.SilentTimeout:
		c.server.counters.silent.Add(1)
		_ = c.net.Close()
	case lag != 0 && now.Sub(time.Unix(0, lag)) >= o.LagTimeout:
		c.end(&CloseError{CloseTooSlow, "too slow; reconnect with since"})
	case silent >= o.PingEvery && now.Sub(time.Unix(0, c.pinged.Load())) >= o.PingEvery:
		c.pinged.Store(now.UnixNano())
		c.reply(controlFrame(ws.OpPing, nil), nil)
	}
}
