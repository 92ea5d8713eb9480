package hub

import (
	"context"
	"sync"
	"time"
)

// topic is an active channel on this node.
type topic struct {
	name   string
	urgent bool
	loaded bool          // head is known
	ready  chan struct{} // closed when loaded, or failed with err
	err    error

	mu          sync.Mutex
	head        int64    // the newest sequence accepted
	ring        []*Frame // the newest frames, up to head, without a gap
	bytes       int      // their size
	held        map[int64]*Frame
	logged      int64 // the log has shown that it reaches this far; the head may be above it
	target      int64 // where to fill up to: what the log has shown or a hint has claimed
	filling     bool  // a goroutine reads the gap from the log
	subscribers []*Subscription
	waking      bool // a goroutine wakes the subscribers
	unwoken     bool // and has to begin again: the head moved since
	idleSince   time.Time
	closed      bool // deactivated: look the channel up again
}

// activate gives the topic of a channel, making it active first if it is not.
func (h *Hub) activate(ctx context.Context, name string) (*topic, error) {
	h.mu.Lock()
	t := h.topics[name]
	first := t == nil
	if first {
		t = &topic{name: name, ready: make(chan struct{}), held: map[int64]*Frame{}}
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
	t.head, t.logged, t.loaded, t.idleSince = heads[t.name], heads[t.name], true, time.Now()
	h.drainHeld(t)
	t.mu.Unlock()
	close(t.ready)
}

// accept takes a frame that came from wherever.
func (h *Hub) accept(t *topic, frame *Frame) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.loaded && frame.seq <= t.head:
		h.counters.duplicates.Add(1)
		return
	case t.loaded && frame.seq == t.head+1:
		h.push(t, frame)
		h.drainHeld(t)
		h.wake(t)
		return
	case len(t.held) >= maxHeld:
		h.counters.overheld.Add(1)
	default:
		t.held[frame.seq] = frame
		h.counters.held.Add(1)
	}
	t.target = max(t.target, frame.seq)
	if t.loaded {
		h.startFill(t, h.o.Hold)
	}
}

// push puts the next frame into the ring and drops the oldest past the bounds. The caller holds t.mu.
func (h *Hub) push(t *topic, frame *Frame) {
	t.head = frame.seq
	t.ring = append(t.ring, frame)
	t.bytes += len(frame.wire)
	for len(t.ring) > h.o.RingEvents || t.bytes > h.o.RingBytes && len(t.ring) > 1 {
		t.bytes -= len(t.ring[0].wire)
		t.ring[0] = nil
		t.ring = t.ring[1:]
	}
	h.counters.accepted.Add(1)
}

// drainHeld pushes the held frames that are next now. The caller holds t.mu.
func (h *Hub) drainHeld(t *topic) {
	for len(t.held) > 0 {
		frame := t.held[t.head+1]
		if frame == nil {
			break
		}
		delete(t.held, frame.seq)
		h.push(t, frame)
	}
	for seq := range t.held {
		if seq <= t.head {
			delete(t.held, seq)
		}
	}
	t.target = max(t.target, t.head)
	if t.target > t.head {
		h.startFill(t, h.o.Hold)
	}
}

// known gives how far the channel certainly reaches. The caller holds t.mu.
func (t *topic) known() int64 { return max(t.head, t.logged) }

// inlineWakes are so few subscribers that whoever moves the head wakes them itself. More are woken beside it:
// a commit must not wait until thousands have been told of it, and what is committed meanwhile they are told
// of together.
const inlineWakes = 8

// wake tells the subscribers that the head moved. The caller holds t.mu.
func (h *Hub) wake(t *topic) {
	if len(t.subscribers) <= inlineWakes {
		for _, s := range t.subscribers {
			s.wake()
		}
		return
	}
	t.unwoken = true
	if !t.waking {
		t.waking = h.background(func() { h.wakeAll(t) })
	}
}

// wakeAll wakes the subscribers, without holding up the channel, until none is left to be woken.
func (h *Hub) wakeAll(t *topic) {
	var round []*Subscription
	for {
		t.mu.Lock()
		if !t.unwoken {
			t.waking = false
			t.mu.Unlock()
			return
		}
		t.unwoken = false
		round = append(round[:0], t.subscribers...)
		t.mu.Unlock()
		for _, s := range round {
			s.wake()
		}
	}
}
