// Package hub brings events to the subscribers of one node.
//
// A channel that somebody follows is active: the hub knows its head and keeps a ring of its newest frames.
// Events reach the hub from the store of the same process, from other nodes through the channel layer,
// and, where either leaves a gap, from the log. Whatever the road, the hub accepts the sequence that is
// next, drops what it has seen, and holds what is ahead for a moment, because two transactions may publish
// in another order than they committed; what is still missing then it reads from the log. Every few
// seconds, and whenever the layer says that it may have lost something, it compares its heads with the
// log's, so that a lost hint heals itself.
//
// A [Subscription] is a cursor. It holds no queue: woken when the head moves, its owner pulls what lies
// between cursor and head, from the ring or, below it, from the log. So a subscriber that is slow, or was
// away, costs the hub nothing, loses nothing and sees nothing twice.
package hub

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/fadedistrict/fade/realtime/channel"
	"github.com/fadedistrict/fade/realtime/eventlog"
)

// Options are what a hub works with. Zero values take the defaults named here.
type Options struct {
	Log    eventlog.Log
	Layer  channel.Layer
	Logger *slog.Logger

	RingEvents  int           // newest events kept per active channel; 1024
	RingBytes   int           // and their total size; 1 MiB
	HeadCheck   time.Duration // between comparisons of all heads with the log's; 3 s
	Urgent      []string      // channels that are always active and checked more often
	UrgentCheck time.Duration // how often; 500 ms
	Hold        time.Duration // how long an event may wait for those before it; 20 ms
	Linger      time.Duration // how long a channel stays active without subscribers; 1 min
}

// The bounds that nobody has had to choose yet.
const (
	maxHeld       = 1024             // events per channel that wait for those before them; past it the log is read
	maxIdle       = 20_000           // channels without subscribers that stay active
	maxFills      = 8                // channels that read their gap from the log at the same time
	maxHeadsQuery = 5_000            // channels compared with one query
	sweepEvery    = 5 * time.Second  // between looks for channels that nobody follows
	fillRetry     = time.Second      // after the log could not be read
	logTimeout    = 15 * time.Second // for one read of the log
)

// Hub is one node's hub. It is safe for concurrent use.
type Hub struct {
	o     Options
	epoch string
	node  string // names the hub among others

	listeners map[string]func(text []byte) // of signals between nodes; not changed once Run runs

	mu     sync.RWMutex
	topics map[string]*topic

	dirtyMu sync.Mutex
	dirty   map[string]bool // channels whose head must be compared with the log's
	check   chan struct{}   // signals that dirty is not empty

	pages *pages
	fills chan struct{} // slots for reading gaps

	ctx    context.Context // ends with Run
	cancel context.CancelFunc

	workMu  sync.Mutex
	work    sync.WaitGroup // what Run waits for
	stopped bool           // nothing more is started

	counters counters
}

// counters are the sources of [Stats].
type counters struct {
	subscriptions, published, accepted, duplicates, held, filled, overheld atomic.Int64
	fromRing, fromLog, resets, checks, healed, rewound                     atomic.Int64
	activations, activationFails                                           atomic.Int64
	signals, signalsDropped                                                atomic.Int64
}

// New makes a hub. It serves subscribers once [Hub.Run] runs.
func New(o Options) *Hub {
	setDefault(&o.RingEvents, 1024)
	setDefault(&o.RingBytes, 1<<20)
	setDefault(&o.HeadCheck, 3*time.Second)
	setDefault(&o.UrgentCheck, 500*time.Millisecond)
	setDefault(&o.Hold, 20*time.Millisecond)
	setDefault(&o.Linger, time.Minute)
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	h := &Hub{
		o: o, epoch: o.Log.Epoch(), node: newNode(), listeners: map[string]func([]byte){}, topics: map[string]*topic{}, dirty: map[string]bool{},
		check: make(chan struct{}, 1), fills: make(chan struct{}, maxFills),
	}
	h.pages = newPages(h)
	h.ctx, h.cancel = context.WithCancel(context.Background())
	return h
}

func setDefault[T int | time.Duration](value *T, to T) {
	if *value <= 0 {
		*value = to
	}
}

// Epoch names the database whose positions the hub serves.
func (h *Hub) Epoch() string { return h.epoch }

// Run carries events until the context ends, and returns when everything it started has ended.
func (h *Hub) Run(ctx context.Context) error {
	stop := context.AfterFunc(ctx, h.cancel)
	defer stop()
	defer h.stop()
	for _, name := range h.o.Urgent {
		if _, err := h.activate(ctx, name); err != nil && ctx.Err() == nil {
			return fmt.Errorf("hub: follow %s: %w", name, err)
		}
	}
	h.background(func() { h.watchHeads(h.ctx) })
	return h.o.Layer.Run(h.ctx, (*receiver)(h))
}

// background runs a goroutine that Run waits for; false once Run has ended.
func (h *Hub) background(do func()) bool {
	h.workMu.Lock()
	defer h.workMu.Unlock()
	if !h.stopped {
		h.work.Go(do)
	}
	return !h.stopped
}

func (h *Hub) stop() {
	h.workMu.Lock()
	h.stopped = true
	h.workMu.Unlock()
	h.cancel()
	h.work.Wait()
}

// Publish brings committed events to the subscribers of this node and hints at them to the others. It
// does not block.
func (h *Hub) Publish(events ...eventlog.Event) {
	var moved []*topic
	for _, event := range events {
		frame, err := NewFrame(h.epoch, event)
		if err != nil { // it was encoded once when it was written, so this is a fault of ours
			h.o.Logger.Error("an event cannot be encoded", "channel", event.Channel, "seq", event.Seq, "error", err)
			continue
		}
		h.counters.published.Add(1)
		hint := h.hint(frame) // first: once accepted, the frame is others' too
		if t := h.active(event.Channel); t != nil && h.accept(t, frame) && !slices.Contains(moved, t) {
			moved = append(moved, t)
		}
		h.o.Layer.Publish(event.Channel, hint)
	}
	for _, t := range moved { // once, when all is there: what was committed together goes out together
		h.wakeAll(t)
	}
}

// hint gives what goes over the channel layer: the position, a space, the event. Two databases may share a
// Redis, and must not take each other's events for their own, so the epoch is in it; every node hears itself,
// and should not have to decode what it knows, so the sequence is too.
func (h *Hub) hint(frame *Frame) []byte {
	at := eventlog.Position{Epoch: h.epoch, Seq: frame.seq}.String()
	text := make([]byte, 0, len(at)+1+len(frame.text))
	return append(append(append(text, at...), ' '), frame.text...)
}

// receiver is the hub as the channel layer sees it.
type receiver Hub

// Message implements [channel.Receiver].
func (r *receiver) Message(name string, hint []byte) {
	h := (*Hub)(r)
	if h.signalled(name, hint) {
		return
	}
	t := h.active(name)
	position, text, _ := bytes.Cut(hint, []byte{' '})
	at, err := eventlog.ParsePosition(string(position))
	if t == nil || err == nil && at.Epoch != h.epoch {
		return
	}
	if err == nil && h.knows(t, at.Seq) {
		return
	}
	event, err := eventlog.Decode(text)
	if err != nil || event.Channel != name || event.Seq != at.Seq {
		h.o.Logger.Warn("the channel layer brought something that is no event", "channel", name, "error", err)
		return
	}
	if h.accept(t, frameOf(h.epoch, event.Seq, text)) {
		h.wakeAll(t)
	}
}

// knows counts an event that was seen.
func (h *Hub) knows(t *topic, seq int64) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	known := t.loaded && seq <= t.head.Load()
	if known {
		h.counters.duplicates.Add(1)
	}
	return known
}

// Gap implements [channel.Receiver].
func (r *receiver) Gap(channels []string) { (*Hub)(r).markDirty(channels...) }

func (h *Hub) markDirty(channels ...string) {
	h.dirtyMu.Lock()
	for _, name := range channels {
		h.dirty[name] = true
	}
	h.dirtyMu.Unlock()
	select {
	case h.check <- struct{}{}:
	default:
	}
}

func (h *Hub) takeDirty() []string {
	h.dirtyMu.Lock()
	defer h.dirtyMu.Unlock()
	names := make([]string, 0, len(h.dirty))
	for name := range h.dirty {
		names = append(names, name)
	}
	clear(h.dirty)
	return names
}

// watchHeads compares heads with the log's: at once where the layer told of a gap, often for the urgent
// channels, and every few seconds for all.
func (h *Hub) watchHeads(ctx context.Context) {
	all, urgent, sweep := time.NewTicker(h.o.HeadCheck), time.NewTicker(h.o.UrgentCheck), time.NewTicker(sweepEvery)
	defer all.Stop()
	defer urgent.Stop()
	defer sweep.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-h.check:
			h.compareHeads(ctx, h.takeDirty())
		case <-urgent.C:
			h.compareHeads(ctx, h.o.Urgent)
		case <-all.C:
			h.compareHeads(ctx, h.activeNames())
		case now := <-sweep.C:
			h.sweep(now)
		}
	}
}

// compareHeads reads the heads of active channels from the log and starts filling those that are behind.
func (h *Hub) compareHeads(ctx context.Context, names []string) {
	for len(names) > 0 {
		n := min(len(names), maxHeadsQuery)
		seen := h.heads(names[:n])
		query, cancel := context.WithTimeout(ctx, logTimeout)
		heads, err := h.o.Log.Heads(query, names[:n])
		cancel()
		if err != nil {
			if ctx.Err() == nil {
				h.o.Logger.Warn("the log's heads cannot be read; live updates may come late", "error", err)
			}
			return
		}
		h.counters.checks.Add(1)
		for t, head := range seen {
			h.compare(t, head, heads[t.name])
		}
		names = names[n:]
	}
}

// heads gives the heads of those of the channels that are active.
func (h *Hub) heads(names []string) map[*topic]int64 {
	heads := make(map[*topic]int64, len(names))
	for _, name := range names {
		if t := h.active(name); t != nil {
			t.mu.Lock()
			if t.loaded {
				heads[t] = t.head.Load()
			}
			t.mu.Unlock()
		}
	}
	return heads
}

// active gives the topic of an active channel, or nil.
func (h *Hub) active(name string) *topic {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.topics[name]
}

func (h *Hub) activeNames() []string {
	h.mu.RLock()
	defer h.mu.RUnlock()
	names := make([]string, 0, len(h.topics))
	for name := range h.topics {
		names = append(names, name)
	}
	return names
}

// sweep deactivates the channels that nobody has followed for a while.
func (h *Hub) sweep(now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	idle := 0
	for name, t := range h.topics {
		t.mu.Lock()
		if !t.urgent && t.loaded && len(t.groups) == 0 && !t.filling {
			idle++
			if idle > maxIdle || now.Sub(t.idleSince) >= h.o.Linger {
				t.closed = true
				delete(h.topics, name)
				h.o.Layer.Unsubscribe(name)
			}
		}
		t.mu.Unlock()
	}
}

// Stats are the hub's figures since it started, but for the first two, which are of now.
type Stats struct {
	ActiveChannels  int   // channels whose newest frames are in memory
	Subscriptions   int64 // open subscriptions
	Published       int64 // events from this process
	Accepted        int64 // events that moved a head
	Duplicates      int64 // events that had been seen
	Held            int64 // events that waited for those before them
	Overheld        int64 // events that could not even wait, and came from the log
	Filled          int64 // events that a gap made the hub read from the log
	PulledFromRing  int64 // frames given to subscribers from memory
	PulledFromLog   int64 // frames given to subscribers from the log
	Resets          int64 // subscriptions that had to start over
	HeadChecks      int64 // comparisons with the log
	Healed          int64 // channels that such a comparison found behind
	Rewound         int64 // and ahead of it: the log had lost events
	Activations     int64 // channels that became active
	ActivationFails int64 // and those that could not, because the log did not answer
	Signals         int64 // messages without a sequence, from this process
	SignalsDropped  int64 // of which were too large
}

// Stats gives the hub's figures.
func (h *Hub) Stats() Stats {
	h.mu.RLock()
	active := len(h.topics)
	h.mu.RUnlock()
	c := &h.counters
	return Stats{
		ActiveChannels: active, Subscriptions: c.subscriptions.Load(), Published: c.published.Load(),
		Accepted: c.accepted.Load(), Duplicates: c.duplicates.Load(), Held: c.held.Load(), Overheld: c.overheld.Load(),
		Filled: c.filled.Load(), PulledFromRing: c.fromRing.Load(), PulledFromLog: c.fromLog.Load(),
		Resets: c.resets.Load(), HeadChecks: c.checks.Load(), Healed: c.healed.Load(), Rewound: c.rewound.Load(),
		Activations: c.activations.Load(), ActivationFails: c.activationFails.Load(),
		Signals: c.signals.Load(), SignalsDropped: c.signalsDropped.Load(),
	}
}
