package hub

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// topic is an active channel on this node.
type topic struct {
	name   string
	urgent bool
	loaded bool          // head is known
	ready  chan struct{} // closed when loaded, or failed with err
	err    error

	mu        sync.Mutex
	ring      []*Frame // the newest frames, up to the head, without a gap; what was in it is not overwritten
	bytes     int      // their size
	chunk     *chunk   // where the next frame's bytes go
	held      map[int64]*Frame
	logged    int64 // the log has shown that it reaches this far; the head may be above it
	target    int64 // where to fill up to: what the log has shown or a hint has claimed
	filling   bool  // a goroutine reads the gap from the log
	groups    []*Group
	idleSince time.Time
	closed    bool // deactivated: look the channel up again

	rewoundTo int64        // the earliest position that the log was ever rewound to
	rewinds   atomic.Int64 // how often that was; changed with mu held
	head      atomic.Int64 // the newest sequence accepted; changed with mu held
	latest    [encodings]atomic.Pointer[Batch]
}

// activate gives the topic of a channel, making it active first if it is not.
func (h *Hub) activate(ctx context.Context, name string) (*topic, error) {
	h.mu.Lock()
	t := h.topics[name]
	first := t == nil
	if first {
		t = &topic{name: name, ready: make(chan struct{})}
		for _, urgent := range h.o.Urgent {
			t.urgent = t.urgent || urgent == name
		}
		h.topics[name] = t
	}
	h.mu.Unlock()
	if first {
		h.load(ctx, t)
	}
	select {
	case <-t.ready:
		return t, t.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// load listens to the layer first and reads the head second: what is published in between is held, so
// nothing can fall between the two.
func (h *Hub) load(ctx context.Context, t *topic) {
	h.o.Layer.Subscribe(t.name)
	query, cancel := context.WithTimeout(context.WithoutCancel(ctx), logTimeout) // others wait for it too
	heads, err := h.o.Log.Heads(query, []string{t.name})
	cancel()
	if err != nil {
		h.counters.activationFails.Add(1)
		h.mu.Lock()
		delete(h.topics, t.name)
		h.o.Layer.Unsubscribe(t.name) // under the lock: whoever activates the channel next subscribes after this
		h.mu.Unlock()
		t.err = err
		close(t.ready)
		return
	}
	h.counters.activations.Add(1)
	t.mu.Lock()
	t.head.Store(heads[t.name])
	t.logged, t.loaded, t.idleSince = heads[t.name], true, time.Now()
	h.drainHeld(t)
	t.mu.Unlock()
	close(t.ready)
}

// accept takes a frame that came from wherever. If it moved the head, the caller has to wake the subscribers.
func (h *Hub) accept(t *topic, frame *Frame) (moved bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.loaded && frame.seq <= t.head.Load():
		h.counters.duplicates.Add(1)
		return false
	case t.loaded && frame.seq == t.head.Load()+1:
		h.push(t, frame)
		h.drainHeld(t)
		return true
	case len(t.held) >= maxHeld:
		h.counters.overheld.Add(1)
	default:
		if t.held == nil {
			t.held = map[int64]*Frame{}
		}
		t.held[frame.seq] = frame
		h.counters.held.Add(1)
	}
	t.target = max(t.target, frame.seq)
	if t.loaded {
		h.startFill(t, h.o.Hold)
	}
	return false
}

// push puts the next frame into the ring and drops the oldest past the bounds. The caller holds t.mu.
func (h *Hub) push(t *topic, frame *Frame) {
	t.gather(frame)
	t.ring = append(t.ring, frame)
	t.bytes += len(frame.plain)
	for len(t.ring) > h.o.RingEvents || t.bytes > h.o.RingBytes && len(t.ring) > 1 {
		t.bytes -= len(t.ring[0].plain)
		t.ring = t.ring[1:] // append moves to a new array in time, and lets the old one go
	}
	t.head.Store(frame.seq)
	h.counters.accepted.Add(1)
}

// drainHeld pushes the held frames that are next now. The caller holds t.mu.
func (h *Hub) drainHeld(t *topic) {
	for len(t.held) > 0 {
		frame := t.held[t.head.Load()+1]
		if frame == nil {
			break
		}
		delete(t.held, frame.seq)
		h.push(t, frame)
	}
	for seq := range t.held {
		if seq <= t.head.Load() {
			delete(t.held, seq)
		}
	}
	t.target = max(t.target, t.head.Load())
	if t.target > t.head.Load() {
		h.startFill(t, h.o.Hold)
	}
}

// known gives how far the channel certainly reaches. The caller holds t.mu.
func (t *topic) known() int64 { return max(t.head.Load(), t.logged) }
