package transport

import (
	"cmp"
	"iter"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/fadedistrict/fade/realtime/ws"
)

type counters struct {
	opened, received, silent, tooSlow atomic.Int64

	mu      sync.Mutex
	closes  map[ws.Code]int64
	refused map[string]int64
}

// closed counts a close. Codes that clients choose are one kind, or they would be thousands.
func (c *counters) closed(code ws.Code) {
	if code > ws.CloseInternal && code < ws.CloseMalformed || code > ws.CloseOverloaded {
		code = ws.CloseNormal
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closes[code]++
}

func (c *counters) refuse(reason string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.refused == nil {
		c.refused = map[string]int64{}
	}
	c.refused[reason]++
}

// loopFigures are counted by one loop.
type loopFigures struct {
	frames, writes, bytes atomic.Int64
	signals, unsignalled  atomic.Int64
	passTime, lastWrite   *histogram
}

func newLoopFigures() *loopFigures {
	return &loopFigures{passTime: newHistogram(), lastWrite: newHistogram()}
}

// bounds are the upper ends of a histogram's buckets.
var bounds = [...]time.Duration{
	50 * time.Microsecond, 100 * time.Microsecond, 250 * time.Microsecond, 500 * time.Microsecond,
	time.Millisecond, 2500 * time.Microsecond, 5 * time.Millisecond, 10 * time.Millisecond, 25 * time.Millisecond,
	50 * time.Millisecond, 100 * time.Millisecond, 250 * time.Millisecond, time.Second,
}

// histogram counts durations by size.
type histogram struct {
	buckets [len(bounds) + 1]atomic.Uint64
	sum     atomic.Int64 // nanoseconds
}

func newHistogram() *histogram { return &histogram{} }

func (h *histogram) observe(d time.Duration) {
	i, _ := slices.BinarySearch(bounds[:], d)
	h.buckets[i].Add(1)
	h.sum.Add(int64(d))
}

// Distribution is how long something took, over all loops: how often it took at most each of the times.
type Distribution struct {
	AtMost map[time.Duration]uint64 // cumulative
	Count  uint64
	Sum    time.Duration
}

func (d *Distribution) add(h *histogram) {
	if d.AtMost == nil {
		d.AtMost = map[time.Duration]uint64{}
	}
	below := uint64(0)
	for i := range h.buckets {
		below += h.buckets[i].Load()
		if i < len(bounds) {
			d.AtMost[bounds[i]] += below
		}
	}
	d.Count += below
	d.Sum += time.Duration(h.sum.Load())
}

// Stats are the server's figures since it started, but for those of now: Connections, Streams, Users, Lagging
// and QueueBytes.
type Stats struct {
	Connections int // open, of both kinds
	Streams     int // of which are event streams
	Users       int
	Lagging     int   // connections whose socket takes no more for the moment
	QueueBytes  int64 // that wait for such sockets

	Opened    int64 // connections
	Received  int64 // messages of clients
	Frames    int64 // events written
	Writes    int64 // system calls they took; Frames/Writes is the coalescing factor
	Bytes     int64 // of events written
	Signals   int64 // messages without a sequence, to one connection each …
	Dropped   int64 // … and those that were not, because a connection was behind
	Silent    int64 // connections given up because nothing was heard of them
	TooSlow   int64 // connections closed because they did not move
	Closes    map[ws.Code]int64
	Refused   map[string]int64 // handshakes, by reason
	PassTime  Distribution     // of passes over a loop's connections
	LastWrite Distribution     // from the commit to the last write of a loop's pass
}

// Stats gives the server's figures. It asks the loops, each of which answers between two passes.
func (s *Server) Stats() Stats {
	c := &s.counters
	stats := Stats{
		Connections: int(s.open.Load()), Lagging: int(s.lagging.Load()), Opened: c.opened.Load(), Received: c.received.Load(),
		Silent: c.silent.Load(), TooSlow: c.tooSlow.Load(),
	}
	for _, l := range s.loops {
		f := l.figures
		stats.Frames += f.frames.Load()
		stats.Writes += f.writes.Load()
		stats.Bytes += f.bytes.Load()
		stats.Signals += f.signals.Load()
		stats.Dropped += f.unsignalled.Load()
		stats.PassTime.add(f.passTime)
		stats.LastWrite.add(f.lastWrite)
	}
	for now := range ask(s, (*loop).measure) {
		stats.Streams += now.streams
		stats.QueueBytes += now.queued
	}
	s.mu.Lock()
	stats.Users = len(s.byUser)
	if s.byUser[""] != nil {
		stats.Users-- // visitors are nobody
	}
	s.mu.Unlock()
	c.mu.Lock()
	defer c.mu.Unlock()
	stats.Closes, stats.Refused = maps.Clone(c.closes), maps.Clone(c.refused)
	return stats
}

// Changes counts the connections that have come and those that have gone since the start.
func (s *Server) Changes() int64 {
	opened := s.counters.opened.Load()
	return 2*opened - s.open.Load()
}

// gauge is what a loop's connections are at the moment.
type gauge struct {
	streams int
	queued  int64
}

func (l *loop) measure() gauge {
	var g gauge
	for c := range l.all {
		g.queued += int64(len(c.rest) + len(c.out))
		if c.stream {
			g.streams++
		}
	}
	return g
}

// ask runs a question on every loop, and gives the answers as they come.
func ask[T any](s *Server, question func(*loop) T) iter.Seq[T] {
	answers := make(chan T, len(s.loops))
	asked := 0
	for _, l := range s.loops {
		if l.do(func() { answers <- question(l) }) {
			asked++
		}
	}
	return func(yield func(T) bool) {
		for range asked {
			select {
			case answer := <-answers:
				if !yield(answer) {
					return
				}
			case <-s.ctx.Done(): // Run has ended, and perhaps the loop before it could answer
				return
			}
		}
	}
}

// Client is one connection as an operator sees it.
type Client struct {
	ID         int64         // on this node
	User       string        // whose session it is
	Session    string        // and which
	Address    string        // of the other end: the proxy's, if there is one
	Kind       string        // websocket or stream
	Channels   []string      // followed
	Opened     time.Time     //
	Heard      time.Time     // the last sign of life
	Behind     int64         // events that wait for it, over all its channels
	StuckFor   time.Duration // since its socket took anything, if it takes no more
	QueueBytes int           // that wait for its socket
}

// Slowest gives those connections that are stuck longest or furthest behind, at most so many.
func (s *Server) Slowest(limit int) []Client {
	if limit <= 0 {
		return nil
	}
	var all []Client
	for some := range ask(s, func(l *loop) []Client { return l.slowest(limit) }) {
		all = append(all, some...)
	}
	slices.SortFunc(all, func(a, b Client) int {
		return cmp.Or(cmp.Compare(b.StuckFor, a.StuckFor), cmp.Compare(b.Behind, a.Behind), cmp.Compare(a.ID, b.ID))
	})
	return all[:min(limit, len(all))]
}

// slowest keeps the first of the connections while it looks at each once: it holds the loop up.
func (l *loop) slowest(limit int) []Client {
	type rank struct {
		conn   *conn
		stuck  time.Duration
		behind int64
	}
	slower := func(a, b rank) int {
		return cmp.Or(cmp.Compare(b.stuck, a.stuck), cmp.Compare(b.behind, a.behind), cmp.Compare(a.conn.id, b.conn.id))
	}
	first := make([]rank, 0, limit+1)
	for c := range l.all {
		r := rank{c, c.stuckFor(), c.behind()}
		if len(first) == limit && slower(r, first[limit-1]) >= 0 {
			continue
		}
		at, _ := slices.BinarySearchFunc(first, r, slower)
		first = slices.Insert(first, at, r)[:min(len(first)+1, limit)]
	}
	clients := make([]Client, len(first))
	for i, r := range first {
		clients[i] = r.conn.describe()
	}
	return clients
}

// stuckFor tells for how long the socket has taken nothing, if it takes no more.
func (c *conn) stuckFor() time.Duration {
	if !c.blocked {
		return 0
	}
	return time.Duration(c.loop.nanos() - c.moved)
}

// behind counts the events that wait for the connection.
func (c *conn) behind() int64 {
	behind := int64(0)
	for _, s := range c.subs {
		behind += s.Behind()
	}
	return behind
}

func (c *conn) describe() Client {
	client := Client{
		ID: c.id, User: c.user, Session: c.key, Address: c.link.remote(), Kind: "websocket",
		Opened: c.server.started.Add(time.Duration(c.opened)), Heard: c.server.started.Add(time.Duration(c.heard)), QueueBytes: len(c.rest) + len(c.out),
		StuckFor: c.stuckFor(), Behind: c.behind(),
	}
	if c.stream {
		client.Kind = "stream"
	}
	for _, s := range c.subs {
		client.Channels = append(client.Channels, s.Channel())
	}
	return client
}

// throttle lets a warning through once in a while.
type throttle struct{ last atomic.Int64 }

const warnEvery = int64(5 * time.Second)

func (t *throttle) warn(logger *slog.Logger, message string, fields ...any) {
	last, now := t.last.Load(), time.Now().UnixNano()
	if now-last >= warnEvery && t.last.CompareAndSwap(last, now) {
		logger.Warn(message, fields...)
	}
}
