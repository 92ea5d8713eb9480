package transport

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	gobwas "github.com/gobwas/ws"
	"golang.org/x/time/rate"

	"github.com/fadedistrict/fade/realtime/eventlog"
	"github.com/fadedistrict/fade/realtime/hub"
	"github.com/fadedistrict/fade/realtime/sse"
	"github.com/fadedistrict/fade/realtime/ws"
)

// The bounds of a connection.
const (
	maxAnswers    = 32 << 10        // bytes of answers that wait to be read; past it the client is closed with 4450
	maxInbox      = 16              // messages that wait to be answered; past it no more are read
	inboxBytes    = 128 << 10       // and their size
	messageRate   = 50              // messages a second that a client may send, pings too; past the burst it is closed with 4452
	messageBurst  = 200             // and at once
	closeLinger   = 2 * time.Second // for the client's answer to a close
	logRetry      = time.Second     // until a subscription is pulled again that the log failed
	streamRetry   = time.Second     // that clients of event streams wait before they reconnect
	userTimeout   = time.Minute     // for what is written to an event stream to be acknowledged
	unsentAtMost  = 128 << 10       // bytes that the kernel keeps for a socket before they are sent
	readableBytes = 64 << 10        // taken from a socket at once
)

// link is a connection's socket as its loop uses it.
type link interface {
	// write writes what the socket takes without waiting. busy says that it takes no more for the moment; the
	// loop is told when it does. What was written must not be changed before that.
	write(wire [][]byte) (n int, busy bool, err error)

	// listen turns reading off and on.
	listen(on bool)

	// closeWrite ends the sending side.
	closeWrite()

	// close closes the socket. The link is not used after it.
	close()

	// remote gives the address of the other side.
	remote() string
}

// conn is a connection. What follows peerMu belongs to its loop.
type conn struct {
	server *Server
	loop   *loop
	id     int64
	user   string
	key    string // of the session

	next, previous *conn // of the same user; guarded by server.mu

	peerMu sync.Mutex // the opening, messages, renewals and the end use the peer in turn
	peer   peer
	over   atomic.Bool // it is being closed: nothing is done for the client any more

	link    link
	subs    []*hub.Subscription
	rest    []byte // of an event that was written in part
	out     []byte // answers
	inbox   [][]byte
	inboxed int // bytes of it
	page    *page
	decoder *ws.Decoder // of what has come in part
	limit   *rate.Limiter
	hungUp  *ws.CloseError // to close with once the messages before it are answered; nothing more is read
	closing *ws.CloseError // nothing but its frame is still to be written

	opened, heard, pinged, moved, expires, ended int64 // nanoseconds since the server was made; 0 for never
	due                                          int64 // the tick at which the wheel has it; 0 if it has not
	place                                        int32 // in the slot of that tick

	turn       uint8 // the subscription that is pulled first
	stream     bool  // of server-sent events
	many       bool  // and of several channels
	compressed bool
	dirty      bool // the next pass looks at it
	gone       bool
	blocked    bool // the socket takes no more
	goodbye    bool // the sending side is closed
	working    bool // a message is being answered
	deaf       bool // too many wait: nothing is read
	lagging    bool // the next pass that is not in a rest looks at it
	opening    bool // not all channels of a stream are there yet
	finished   bool // guarded by peerMu
}

func newConn(s *Server, session Session) *conn {
	c := &conn{server: s, opened: s.nanos(), heard: s.nanos(), expires: s.nanos() + int64(time.Until(session.Expires()))}
	c.loop, c.id = s.place()
	c.user, c.key = session.User(), session.ID()
	c.peer = peer{server: s, session: session, out: c}
	return c
}

// follow implements output.
func (c *conn) follow(channel string, since *eventlog.Position) hub.Follow {
	f := hub.Follow{Channel: channel, Since: since, Waker: c.loop, Owner: c}
	switch {
	case c.compressed:
		f.Encoding = hub.Compressed
	case c.many:
		f.Encoding = hub.StreamData
	case c.stream:
		f.Encoding = hub.Stream
	}
	return f
}

// reply implements output.
func (c *conn) reply(text []byte, add *hub.Subscription) {
	c.loop.do(func() {
		if c.gone {
			return
		}
		c.answer(text)
		if add != nil {
			c.subs = append(c.subs, add)
		}
		c.loop.touch(c)
	})
}

// remove implements output.
func (c *conn) remove(s *hub.Subscription) {
	c.loop.do(func() {
		for i, other := range c.subs {
			if other == s {
				c.subs = append(c.subs[:i:i], c.subs[i+1:]...)
			}
		}
		if c.page != nil && c.page.sub == s {
			c.giveUp()
			c.loop.touch(c) // others may have waited for the page to be done with
		}
	})
}

// end closes the connection after what is pending; the first reason counts.
func (c *conn) end(reason *ws.CloseError) {
	c.loop.do(func() { c.loop.end(c, reason) })
}

// answer appends a message to what is to be written.
func (c *conn) answer(text []byte) {
	if c.closing != nil {
		return
	}
	if c.stream {
		c.out = sse.AppendEvent(c.out, "", text)
	} else {
		c.out = ws.AppendText(c.out, text)
	}
	c.bound()
}

func (c *conn) control(op gobwas.OpCode, payload []byte) {
	if c.closing == nil {
		c.out = append(c.out, ws.ControlFrame(op, payload)...)
		c.bound()
	}
}

// bound ends a connection whose client asks and asks and reads no answers.
func (c *conn) bound() {
	if len(c.out) > maxAnswers {
		c.loop.end(c, &ws.CloseError{Code: ws.CloseTooSlow, Reason: "too many answers wait to be read"})
	}
	c.loop.touch(c)
}

// ids gives the lines with the position before each event of a batch: where all of the stream's channels are
// then. took is what goes out before it.
func (c *conn) ids(t taken, took []taken) [][]byte {
	ids := make([][]byte, len(t.batch.Frames()))
	for i, f := range t.batch.Frames() {
		at := make([]sse.Position, len(c.subs))
		for j, s := range c.subs {
			at[j] = sse.Position{Channel: s.Channel(), Position: s.Position()}
			for _, earlier := range took {
				if earlier.sub == s {
					at[j].Seq = earlier.batch.Last()
				}
			}
			if s == t.sub {
				at[j].Seq = f.Seq()
			}
		}
		ids[i] = sse.AppendID(nil, sse.FormatPositions(at))
	}
	return ids
}

// block notes that the socket takes no more.
func (c *conn) block() {
	if !c.blocked {
		c.blocked = true
		c.moved = c.loop.nanos()
		c.giveUp()
		c.server.lagging.Add(1)
	}
}

// giveUp forgets a page that was asked for.
func (c *conn) giveUp() {
	if c.page != nil {
		c.page.unused.Store(true)
		c.page = nil
	}
}

// position tells the client of a stream where it is, for when it comes back before another event.
func (c *conn) position() {
	if !c.stream || c.opening || c.closing != nil || len(c.subs) == 0 {
		return
	}
	id := c.subs[0].Position().String()
	if c.many {
		at := make([]sse.Position, len(c.subs))
		for i, s := range c.subs {
			at[i] = sse.Position{Channel: s.Channel(), Position: s.Position()}
		}
		id = sse.FormatPositions(at)
	}
	c.out = append(sse.AppendID(c.out, id), '\n')
}

func (c *conn) unblock() {
	if c.blocked {
		c.blocked = false
		c.server.lagging.Add(-1)
	}
}

// end begins to close a connection.
func (l *loop) end(c *conn, reason *ws.CloseError) {
	if c.gone || c.closing != nil {
		return
	}
	c.closing, c.ended = reason, l.nanos()
	c.over.Store(true)
	c.giveUp()
	c.inbox = nil
	if c.stream {
		c.out = sse.AppendEvent(c.out, "", encode(closeMessage{"close", reason.Code, reason.Reason}))
	} else {
		c.out = append(c.out, reason.Frame()...)
	}
	l.server.counters.closed(reason.Code)
	l.touch(c)
	l.schedule(c)
}

// survive ends one connection where a fault of ours would end the process, as net/http does for a request.
func (c *conn) survive() {
	if fault := recover(); fault != nil {
		c.server.logger.Error("a connection ended by a fault of the program", "panic", fault, "stack", string(debug.Stack()))
		c.over.Store(true)
		c.loop.do(func() { c.loop.drop(c) })
	}
}

// received takes what a client sent.
func (l *loop) received(c *conn, data []byte) {
	defer c.survive()
	c.heard = l.nanos()
	if c.stream || c.hungUp != nil || c.closing != nil { // a stream has one direction; and after a goodbye nothing counts
		return
	}
	d := c.decoder
	if d == nil {
		d = &ws.Decoder{Compression: c.compressed}
	}
	err := d.Feed(data, func(op gobwas.OpCode, payload []byte) error { return l.handle(c, op, payload) })
	c.decoder = nil
	reason, ends := errors.AsType[*ws.CloseError](err)
	switch {
	case ends && c.working:
		c.hungUp = reason
	case ends:
		l.end(c, reason)
	case !d.Idle() && !c.gone:
		c.decoder = d
	}
}

// handle takes one message. The error ends the connection.
func (l *loop) handle(c *conn, op gobwas.OpCode, payload []byte) error {
	if op == gobwas.OpClose {
		return ws.AnswerClose(payload)
	}
	if c.limit == nil {
		c.limit = rate.NewLimiter(messageRate, messageBurst)
	}
	if !c.limit.AllowN(l.now, 1) {
		return &ws.CloseError{Code: ws.CloseOverloaded, Reason: "too many messages"}
	}
	switch op {
	case gobwas.OpPing:
		c.control(gobwas.OpPong, payload)
	case gobwas.OpText:
		l.server.counters.received.Add(1)
		c.inbox = append(c.inbox, append([]byte(nil), payload...))
		c.inboxed += len(payload)
		if !c.working {
			l.work(c)
		} else if (len(c.inbox) >= maxInbox || c.inboxed >= inboxBytes) && !c.deaf {
			c.deaf = true
			c.link.listen(false)
		}
	}
	if c.closing != nil {
		return c.closing
	}
	return nil
}

// work answers the next message of a connection beside the loop.
func (l *loop) work(c *conn) {
	if c.gone {
		return
	}
	if len(c.inbox) == 0 {
		c.inbox, c.working = nil, false
		if c.hungUp != nil {
			l.end(c, c.hungUp)
		}
		if c.deaf {
			c.deaf = false
			c.link.listen(true)
		}
		return
	}
	message := c.inbox[0]
	c.inbox = c.inbox[1:]
	c.inboxed -= len(message)
	c.working = l.server.task(func() {
		c.receive(message)
		l.do(func() { l.work(c) })
	})
}

func (c *conn) receive(message []byte) {
	defer c.survive()
	c.peerMu.Lock()
	defer c.peerMu.Unlock()
	if c.over.Load() { // whoever was sent away does nothing more while the close is under way
		return
	}
	before := c.peer.session
	err := c.peer.receive(c.server.ctx, message)
	if c.peer.session != before {
		c.adopted()
	}
	if reason, ok := errors.AsType[*ws.CloseError](err); ok {
		c.end(reason)
	}
}

// adopted takes note that the session is another one. The caller holds peerMu.
func (c *conn) adopted() {
	expires := c.server.nanos() + int64(time.Until(c.peer.session.Expires()))
	c.loop.do(func() {
		c.expires = expires
		c.loop.schedule(c)
	})
}

// open begins the conversation. Events follow when all channels are there.
func (c *conn) open(ctx context.Context, openings []Opening) {
	defer c.survive()
	c.peerMu.Lock()
	defer c.peerMu.Unlock()
	c.loop.do(func() { c.opening = true })
	defer c.loop.do(func() {
		c.opening = false
		c.loop.resets(c)
		c.position()
		c.loop.touch(c)
	})
	for i, o := range openings {
		begin := c.peer.open
		if i > 0 {
			begin = c.peer.join
		}
		if err := begin(ctx, o); err != nil {
			c.server.logger.Error("a subscription cannot begin", "channel", o.Channel, "error", err)
			c.end(&ws.CloseError{Code: ws.CloseDraining, Reason: "try again"})
			return
		}
	}
}

// renew looks again at what the client may do.
func (c *conn) renew(ctx context.Context) {
	defer c.survive()
	c.peerMu.Lock()
	defer c.peerMu.Unlock()
	if c.over.Load() {
		return
	}
	err := c.peer.renew(ctx)
	c.adopted()
	if reason, ok := errors.AsType[*ws.CloseError](err); ok {
		c.end(reason)
	} else if err != nil { // it could not be found out: better a reconnect too many than a right too many
		c.server.logger.Error("a session cannot be looked at again; closing its socket", "error", err)
		c.end(&ws.CloseError{Code: ws.CloseDraining, Reason: "try again"})
	}
}

// finish gives up what a connection holds outside its loop, after it was dropped.
func (c *conn) finish() {
	if c.finished {
		return
	}
	c.finished = true
	c.over.Store(true)
	c.peer.close()
	c.server.forget(c)
}

// schedule puts the connection's next deadline into the wheel.
func (l *loop) schedule(c *conn) {
	if c.gone || c.link == nil {
		return
	}
	o := &l.server.o
	due := min(c.expires, max(c.heard, c.pinged)+int64(o.PingEvery))
	if c.blocked {
		due = min(due, c.moved+int64(o.LagTimeout))
	}
	if !c.stream {
		due = min(due, c.heard+int64(o.SilentTimeout))
	}
	if c.ended != 0 {
		due = c.ended + int64(closeLinger)
	}
	l.wheel.add(c, due)
}

// check looks at the connection's deadlines.
func (l *loop) check(c *conn) {
	defer c.survive()
	now, o := l.nanos(), &l.server.o
	switch silent := now - c.heard; {
	case c.ended != 0:
		if now-c.ended >= int64(closeLinger) {
			l.drop(c) // it does not answer, or cannot even take the close frame
			return
		}
	case now >= c.expires:
		l.end(c, &ws.CloseError{Code: ws.CloseUnauthorized, Reason: "the access token has expired"})
	case !c.stream && silent >= int64(o.SilentTimeout):
		l.server.counters.silent.Add(1)
		l.drop(c)
		return
	case c.blocked && now-c.moved >= int64(o.LagTimeout):
		l.server.counters.tooSlow.Add(1)
		l.end(c, &ws.CloseError{Code: ws.CloseTooSlow, Reason: c.lastSeen()})
	case now-max(c.heard, c.pinged) >= int64(o.PingEvery):
		c.pinged = now
		if c.stream {
			c.out = sse.AppendComment(c.out)
			l.touch(c)
		} else {
			c.control(gobwas.OpPing, nil)
		}
	}
	l.schedule(c)
}

// lastSeen says to a client that is too slow where it may go on.
func (c *conn) lastSeen() string {
	if len(c.subs) != 1 {
		return "too slow; reconnect with since"
	}
	return fmt.Sprintf("too slow; reconnect with since=%d", c.subs[0].Cursor())
}
