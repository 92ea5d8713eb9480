package ws

import (
	"bufio"
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gobwas/ws"

	"github.com/fadedistrict/fade/realtime/eventlog"
	"github.com/fadedistrict/fade/realtime/hub"
)

// Options are what a server works with. Zero values take the defaults named here.
type Options struct {
	Hub    *hub.Hub
	Logger *slog.Logger

	PingEvery     time.Duration // to a client that was not heard; 25 s
	SilentTimeout time.Duration // of a client, until its connection is given up; 60 s
	LagTimeout    time.Duration // without taking any of what is to be written, until it is closed with 4450; 30 s
	MaxConns      int           // open connections; past it upgrades are refused with 503; no bound
}

// Opening says how a connection begins.
type Opening struct {
	Channel string             // followed from the start; "" for none
	Since   *eventlog.Position // to resume after; nil for from now on
	Message string             // the words of connection_established
}

// Server holds the open connections of a node. It is safe for concurrent use.
type Server struct {
	o       Options
	hub     *hub.Hub
	logger  *slog.Logger
	buffers sync.Pool

	mu       sync.Mutex
	conns    map[*conn]struct{}
	byUser   map[string]map[*conn]struct{}
	draining bool
	stopped  bool           // nothing more is started
	readers  sync.WaitGroup // one for each connection
	renewals sync.WaitGroup // for those who look at sessions again
	open     atomic.Int64   // len(conns), for those who do not hold mu

	ctx      context.Context
	cancel   context.CancelFunc
	counters counters
}

type counters struct {
	opened, received, frames, passes, silent, tooSlow atomic.Int64

	mu     sync.Mutex
	closes map[Code]int64
}

func (c *counters) closed(code Code) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closes[code]++
}

// ErrDraining and ErrFull refuse an upgrade; both mean: try again elsewhere or later.
var (
	ErrDraining = errors.New("ws: the server is shutting down")
	ErrFull     = errors.New("ws: the server has as many connections as it may")
)

// NewServer makes a server without connections. [Server.Run] must run beside it.
func NewServer(o Options) *Server {
	setDefault(&o.PingEvery, 25*time.Second)
	setDefault(&o.SilentTimeout, 60*time.Second)
	setDefault(&o.LagTimeout, 30*time.Second)
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	s := &Server{o: o, hub: o.Hub, logger: o.Logger, conns: map[*conn]struct{}{}, byUser: map[string]map[*conn]struct{}{}}
	s.buffers.New = func() any { return &passBuffers{} }
	s.counters.closes = map[Code]int64{}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s
}

func setDefault(value *time.Duration, to time.Duration) {
	if *value <= 0 {
		*value = to
	}
}

// Run looks after the deadlines of the connections until the context ends; then it closes them all and
// returns when their goroutines have ended.
func (s *Server) Run(ctx context.Context) {
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			s.mu.Lock()
			s.draining, s.stopped = true, true
			s.mu.Unlock()
			s.cancel()
			for _, c := range s.all() {
				_ = c.net.Close()
			}
			s.readers.Wait()
			s.renewals.Wait()
			return
		case now := <-ticker.C:
			for _, c := range s.all() {
				c.check(now, s.o)
			}
		}
	}
}

// The coalescing window grows with the connections: a pass costs a system call each, and one per event and
// connection would leave nothing of the machine for anything else. Events that come one at a time do not
// wait; in a burst none waits longer than the window.
const (
	coalescePerConn = 30 * time.Microsecond
	maxCoalescing   = 50 * time.Millisecond
)

func (s *Server) coalescing() time.Duration {
	return min(time.Duration(s.open.Load())*coalescePerConn, maxCoalescing)
}

// Admit tells whether another connection may be opened; ErrDraining or ErrFull if not. Ask it before
// [Server.Serve], while the request can still be answered with a status.
func (s *Server) Admit() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.draining:
		return ErrDraining
	case s.o.MaxConns > 0 && len(s.conns) >= s.o.MaxConns:
		return ErrFull
	}
	return nil
}

// Serve upgrades the request and speaks with the client until the connection ends, on goroutines of its
// own. The request must have been authenticated and the opening's channel allowed. After an error the
// request has been answered.
func (s *Server) Serve(w http.ResponseWriter, r *http.Request, session Session, o Opening) error {
	upgrader := ws.HTTPUpgrader{Timeout: 10 * time.Second, Protocol: func(p string) bool { return p == Subprotocol }}
	nc, rw, _, err := upgrader.Upgrade(r, w)
	if err != nil {
		if nc != nil {
			_ = nc.Close()
		}
		return err
	}
	c := newConn(s, nc, session)
	if !s.remember(c) {
		c.writeNow(&CloseError{CloseDraining, "the server is shutting down"})
		return ErrDraining
	}
	buffered := leftover(rw)
	c.peerMu.Lock()
	err = c.peer.open(s.ctx, o)
	c.peerMu.Unlock()
	if err != nil {
		s.logger.Error("a subscription cannot begin", "channel", o.Channel, "error", err)
		c.end(&CloseError{CloseDraining, "try again"})
	}
	go func() {
		defer s.readers.Done()
		defer s.survive()
		c.read(s.ctx, buffered)
	}()
	return nil
}

// survive ends one connection where a fault of ours would end the process, as net/http does for a request.
func (s *Server) survive() {
	if fault := recover(); fault != nil {
		s.logger.Error("a connection ended by a fault of the program", "panic", fault, "stack", string(debug.Stack()))
	}
}

// leftover gives what the client sent right behind its request. The buffers of net/http are not kept.
func leftover(rw *bufio.ReadWriter) []byte {
	n := rw.Reader.Buffered()
	if n == 0 {
		return nil
	}
	data, _ := rw.Reader.Peek(n)
	return append([]byte(nil), data...)
}

// writeNow sends a close frame on a connection that nothing else uses.
func (c *conn) writeNow(reason *CloseError) {
	_ = c.net.SetWriteDeadline(time.Now().Add(closeLinger))
	_, _ = c.net.Write(reason.closeFrame())
	_ = c.net.Close()
}

// remember adds a connection, unless the server is draining.
func (s *Server) remember(c *conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.draining {
		return false
	}
	s.readers.Add(1)
	s.conns[c] = struct{}{}
	s.open.Store(int64(len(s.conns)))
	if s.byUser[c.user] == nil {
		s.byUser[c.user] = map[*conn]struct{}{}
	}
	s.byUser[c.user][c] = struct{}{}
	s.counters.opened.Add(1)
	return true
}

func (s *Server) forget(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, c)
	s.open.Store(int64(len(s.conns)))
	delete(s.byUser[c.user], c)
	if len(s.byUser[c.user]) == 0 {
		delete(s.byUser, c.user)
	}
}

func (s *Server) all() []*conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]*conn, 0, len(s.conns))
	for c := range s.conns {
		all = append(all, c)
	}
	return all
}

// Recheck makes the sessions of a user's connections look again at what they may do, and closes those
// that have ended (4409) or may no longer follow what they follow (4403). It does not wait for it.
func (s *Server) Recheck(user string) {
	s.mu.Lock()
	conns := make([]*conn, 0, len(s.byUser[user]))
	for c := range s.byUser[user] {
		conns = append(conns, c)
	}
	s.mu.Unlock()
	s.recheck(conns)
}

// RecheckAll does so for everybody: for when it is not known whose sessions changed.
func (s *Server) RecheckAll() { s.recheck(s.all()) }

// recheck looks at the sessions of the connections, at few of them at the same time.
func (s *Server) recheck(conns []*conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return
	}
	var next atomic.Int64
	for range min(renewSlots, len(conns)) {
		s.renewals.Go(func() {
			defer s.survive()
			for i := next.Add(1); i <= int64(len(conns)); i = next.Add(1) {
				conns[i-1].renew(s.ctx)
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
	pause := spread / time.Duration(len(conns)+1)
	for _, c := range conns {
		after := time.Duration(0)
		if spread > 0 {
			after = rand.N(spread) //nolint:gosec // jitter needs no secret
		}
		c.reply(encode(reconnect{"reconnect", after.Milliseconds()}), nil)
		c.end(&CloseError{CloseDraining, "the server is shutting down"})
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
	deadline := time.After(maxDrain)
	for len(s.all()) > 0 {
		select {
		case <-ctx.Done():
			return
		case <-deadline:
			return
		case <-time.After(tick / 10):
		}
	}
}

// Stats are the server's figures since it started, but for the first three, which are of now.
type Stats struct {
	Connections int
	Users       int
	Lagging     int            // connections with something to write right now
	Opened      int64          // connections since the start
	Received    int64          // messages of clients
	Frames      int64          // frames written
	Passes      int64          // system calls they took; Frames/Passes is the coalescing factor
	Silent      int64          // connections given up because nothing was heard of them
	TooSlow     int64          // connections closed because they could not keep up
	Closes      map[Code]int64 // connections that the server closed, by code
}

// Stats gives the server's figures.
func (s *Server) Stats() Stats {
	c := &s.counters
	stats := Stats{
		Opened: c.opened.Load(), Received: c.received.Load(), Frames: c.frames.Load(), Passes: c.passes.Load(),
		Silent: c.silent.Load(), TooSlow: c.tooSlow.Load(), Closes: map[Code]int64{},
	}
	s.mu.Lock()
	stats.Connections, stats.Users = len(s.conns), len(s.byUser)
	for open := range s.conns {
		if open.lagging.Load() != 0 {
			stats.Lagging++
		}
	}
	s.mu.Unlock()
	c.mu.Lock()
	defer c.mu.Unlock()
	for code, n := range c.closes {
		stats.Closes[code] = n
	}
	return stats
}
