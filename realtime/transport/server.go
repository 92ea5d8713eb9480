package transport

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/fadedistrict/fade/realtime/eventlog"
	"github.com/fadedistrict/fade/realtime/hub"
	"github.com/fadedistrict/fade/realtime/sse"
	"github.com/fadedistrict/fade/realtime/ws"
)

// Options are what a server works with. Zero values take the defaults named here.
type Options struct {
	Hub    *hub.Hub
	Logger *slog.Logger

	PingEvery     time.Duration // to a client that was not heard; 25 s
	SilentTimeout time.Duration // of a client, until its connection is given up; 60 s
	LagTimeout    time.Duration // without taking any of what is to be written, until it is closed with 4450; 30 s
	MaxConns      int           // open connections; past it upgrades are refused with 503; no bound
	Handshakes    int           // a second that are let in, and at once; past it they are refused with 503; no bound
	Loops         int           // that connections are spread over; as many as processors
	Compression   bool          // permessage-deflate for clients that offer it
	Portable      bool          // goroutines instead of epoll, for all connections
}

// Opening says how a connection begins to follow a channel.
type Opening struct {
	Channel string             // "" for none
	Since   *eventlog.Position // to resume after; nil for from now on
	Message string             // the words of connection_established
}

// Server holds the open connections of a node. It is safe for concurrent use.
type Server struct {
	o       Options
	hub     *hub.Hub
	logger  *slog.Logger
	loops   []*loop
	started time.Time
	fetches chan struct{} // slots for reading the log
	renews  chan struct{} // slots for looking at sessions again
	gate    *gate

	mu       sync.Mutex
	byUser   map[string]*conn // the first of a list
	draining bool
	open     atomic.Int64 // connections
	lagging  atomic.Int64 // of which take no more for the moment
	placed   atomic.Int64 // since the start, for their ids and for spreading them over the loops

	taskMu  sync.Mutex
	tasks   sync.WaitGroup // what Run waits for
	stopped bool           // nothing more is started

	reapMu  sync.Mutex
	dropped []*conn // that wait to be finished
	reaping bool

	ctx        context.Context
	cancel     context.CancelFunc
	counters   counters
	logFailure throttle
}

const (
	renewSlots = 32              // sessions looked at again at the same time
	fetchSlots = 8               // connections that read the log at the same time
	maxDrain   = 3 * time.Second // for the last close to be answered
	drainPoll  = 25 * time.Millisecond
)

// ErrDraining refuses a connection: the server is shutting down.
var ErrDraining = errors.New("transport: the server is shutting down")

// NewServer makes a server without connections. [Server.Run] must run beside it.
func NewServer(o Options) (*Server, error) {
	setDefault(&o.PingEvery, 25*time.Second)
	setDefault(&o.SilentTimeout, 60*time.Second)
	setDefault(&o.LagTimeout, 30*time.Second)
	setDefault(&o.Loops, runtime.GOMAXPROCS(0))
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	s := &Server{o: o, hub: o.Hub, logger: o.Logger, byUser: map[string]*conn{}, gate: newGate(o.Handshakes), started: time.Now()}
	s.fetches, s.renews = make(chan struct{}, fetchSlots), make(chan struct{}, renewSlots)
	s.counters.closes = map[ws.Code]int64{}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	for range o.Loops {
		l, err := newLoop(s)
		if err != nil {
			for _, made := range s.loops {
				made.poll.close()
			}
			return nil, err
		}
		s.loops = append(s.loops, l)
	}
	return s, nil
}

func setDefault[T int | time.Duration](value *T, to T) {
	if *value <= 0 {
		*value = to
	}
}

// Run serves the connections until the context ends; then it closes them all and returns when everything it
// started has ended.
func (s *Server) Run(ctx context.Context) {
	var loops sync.WaitGroup
	for _, l := range s.loops {
		loops.Go(l.run)
	}
	<-ctx.Done()
	s.mu.Lock()
	s.draining = true
	s.mu.Unlock()
	s.cancel()
	for _, l := range s.loops {
		l.stop()
	}
	loops.Wait()
	s.taskMu.Lock()
	s.stopped = true
	s.taskMu.Unlock()
	s.tasks.Wait()
}

// task runs a goroutine that Run waits for; false once Run has ended. A fault in it ends nothing but itself.
func (s *Server) task(do func()) bool {
	s.taskMu.Lock()
	defer s.taskMu.Unlock()
	if !s.stopped {
		s.tasks.Go(func() {
			defer func() {
				if fault := recover(); fault != nil {
					s.logger.Error("a fault of the program beside an event loop", "panic", fault, "stack", string(debug.Stack()))
				}
			}()
			do()
		})
	}
	return !s.stopped
}

// nanos gives the time since the server was made.
func (s *Server) nanos() int64 { return int64(time.Since(s.started)) }

// place gives the loop of the next connection.
func (s *Server) place() (l *loop, id int64) {
	id = s.placed.Add(1)
	return s.loops[id%int64(len(s.loops))], id
}

// Serve upgrades the request and leaves the connection to a loop. The request must have been admitted and
// authenticated, and the opening's channel allowed. After an error the request has been answered.
func (s *Server) Serve(w http.ResponseWriter, r *http.Request, session Session, o Opening) error {
	nc, buffered, compressed, err := ws.Upgrade(w, r, s.o.Compression)
	if err != nil {
		return err
	}
	c := newConn(s, session)
	c.compressed = compressed
	return s.begin(c, nc, buffered, []Opening{o})
}

// Stream answers the request with server-sent events of the channels, one at least, and leaves the connection
// to a loop. Otherwise it is as Serve.
func (s *Server) Stream(w http.ResponseWriter, _ *http.Request, session Session, openings []Opening) error {
	nc, err := stream(w)
	if err != nil {
		return err
	}
	c := newConn(s, session)
	c.stream, c.many = true, len(openings) > 1
	return s.begin(c, nc, nil, openings)
}

// stream takes the connection over and writes the headers of an event stream, which ends when the connection
// does.
func stream(w http.ResponseWriter) (net.Conn, error) {
	nc, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, "This server cannot stream.", http.StatusInternalServerError)
		return nil, err
	}
	header := w.Header()
	header.Set("Content-Type", sse.ContentType)
	header.Set("Cache-Control", "no-store")
	header.Set("X-Accel-Buffering", "no") // nginx would keep events back
	header.Set("Connection", "close")
	head := &buffer{}
	head.text("HTTP/1.1 200 OK\r\n")
	if err := header.Write(head); err != nil {
		return nil, errors.Join(err, nc.Close())
	}
	head.text("\r\n")
	head.bytes = sse.AppendRetry(head.bytes, streamRetry)
	_ = nc.SetDeadline(time.Now().Add(closeLinger))
	if _, err := nc.Write(head.bytes); err != nil {
		return nil, errors.Join(err, nc.Close())
	}
	if err := nc.SetDeadline(time.Time{}); err != nil {
		return nil, errors.Join(err, nc.Close())
	}
	return nc, nil
}

// buffer collects bytes.
type buffer struct{ bytes []byte }

// Write implements io.Writer.
func (b *buffer) Write(p []byte) (int, error) {
	b.bytes = append(b.bytes, p...)
	return len(p), nil
}

func (b *buffer) text(s string) { b.bytes = append(b.bytes, s...) }

// begin gives the connection to its loop and opens the conversation.
func (s *Server) begin(c *conn, nc net.Conn, buffered []byte, openings []Opening) error {
	if !s.remember(c) {
		return s.turnAway(c, nc)
	}
	c.open(s.ctx, openings) // first: its words are the first, whatever the client has sent already
	if !c.loop.do(func() { c.loop.add(c, nc, buffered) }) {
		s.reap(c)
		return s.turnAway(c, nc)
	}
	return nil
}

// turnAway closes a socket that has just been opened: the server began to drain meanwhile.
func (s *Server) turnAway(c *conn, nc net.Conn) error {
	if !c.stream {
		_ = nc.SetWriteDeadline(time.Now().Add(closeLinger))
		_, _ = nc.Write((&ws.CloseError{Code: ws.CloseDraining, Reason: "the server is shutting down"}).Frame())
	}
	return errors.Join(ErrDraining, nc.Close())
}

// remember adds a connection, unless the server is draining.
func (s *Server) remember(c *conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.draining {
		return false
	}
	if first := s.byUser[c.user]; first != nil {
		c.next, first.previous = first, c
	}
	s.byUser[c.user] = c
	s.open.Add(1)
	s.counters.opened.Add(1)
	return true
}

func (s *Server) forget(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.next != nil {
		c.next.previous = c.previous
	}
	switch {
	case c.previous != nil:
		c.previous.next = c.next
	case c.next != nil:
		s.byUser[c.user] = c.next
	default:
		delete(s.byUser, c.user)
	}
	s.open.Add(-1)
}

// reap finishes connections that were dropped, one after the other: they may be many at once.
func (s *Server) reap(c *conn) {
	s.reapMu.Lock()
	defer s.reapMu.Unlock()
	s.dropped = append(s.dropped, c)
	if !s.reaping {
		s.reaping = s.task(s.reapAll)
	}
}

func (s *Server) reapAll() {
	for {
		s.reapMu.Lock()
		all := s.dropped
		s.dropped = nil
		s.reaping = len(all) > 0
		s.reapMu.Unlock()
		if len(all) == 0 {
			return
		}
		for _, c := range all {
			if !c.peerMu.TryLock() { // it is waiting for the database
				if s.task(func() { c.peerMu.Lock(); defer c.peerMu.Unlock(); c.finish() }) {
					continue
				}
				c.peerMu.Lock()
			}
			c.finish()
			c.peerMu.Unlock()
		}
	}
}

func (s *Server) all() []*conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]*conn, 0, s.open.Load())
	for first := range maps.Values(s.byUser) {
		for c := first; c != nil; c = c.next {
			all = append(all, c)
		}
	}
	return all
}

// Recheck makes the sessions of a user's connections look again at what they may do, and closes those
// that have ended (4409) or may no longer follow what they follow (4403). It does not wait for it.
func (s *Server) Recheck(user string) {
	s.mu.Lock()
	var conns []*conn
	for c := s.byUser[user]; c != nil; c = c.next {
		conns = append(conns, c)
	}
	s.mu.Unlock()
	s.recheck(conns)
}

// RecheckAll does so for everybody: for when it is not known whose sessions changed.
func (s *Server) RecheckAll() { s.recheck(s.all()) }

// recheck looks at the sessions of the connections, at few of them at the same time.
func (s *Server) recheck(conns []*conn) {
	var next atomic.Int64
	for range min(renewSlots, len(conns)) {
		s.task(func() {
			for i := next.Add(1); i <= int64(len(conns)); i = next.Add(1) {
				s.renews <- struct{}{}
				conns[i-1].renew(s.ctx)
				<-s.renews
			}
		})
	}
}

// Drain refuses new connections and asks those that are open to go elsewhere: each is told when to
// reconnect, spread over the time, and closed with 4451. It returns when all are gone, or shortly after
// the time is over.
func (s *Server) Drain(ctx context.Context, spread time.Duration) {
	s.mu.Lock()
	s.draining = true
	s.mu.Unlock()
	conns := s.all()
	begin := time.Now()
	for i, c := range conns {
		after := time.Duration(0)
		if spread > 0 {
			after = rand.N(spread) //nolint:gosec // jitter needs no secret
		}
		c.reply(encode(reconnect{"reconnect", after.Milliseconds()}), nil)
		c.end(&ws.CloseError{Code: ws.CloseDraining, Reason: "the server is shutting down"})
		turn := begin.Add(spread * time.Duration(i+1) / time.Duration(len(conns)+1))
		if wait := time.Until(turn); wait > time.Millisecond {
			select {
			case <-ctx.Done():
			case <-time.After(wait):
			}
		}
	}
	deadline := time.After(maxDrain)
	for s.open.Load() > 0 {
		select {
		case <-ctx.Done():
			return
		case <-deadline:
			return
		case <-time.After(drainPoll):
		}
	}
}
