package hub

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"time"

	"github.com/fadedistrict/fade/realtime/eventlog"
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
	target      int64 // the log is known to reach this far
	filling     bool  // a goroutine reads the gap from the log
	subscribers []*Subscription
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
	t.head, t.loaded, t.idleSince = heads[t.name], true, time.Now()
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
		t.wake()
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

// wake tells the subscribers that the head moved. The caller holds t.mu.
func (t *topic) wake() {
	for _, s := range t.subscribers {
		s.wake()
	}
}

// aimAt says that the log reaches at least this far.
func (h *Hub) aimAt(t *topic, seq int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.target = max(t.target, seq)
	if t.loaded && t.target > t.head && !t.filling {
		h.counters.healed.Add(1)
		h.startFill(t, h.o.Hold)
	}
}

// startFill reads what is missing from the log, unless it arrives within the wait. The caller holds t.mu.
func (h *Hub) startFill(t *topic, wait time.Duration) {
	if !t.filling {
		t.filling = h.background(func() { h.fill(t, wait) })
	}
}

func (h *Hub) fill(t *topic, wait time.Duration) {
	for {
		select {
		case <-time.After(wait):
		case <-h.ctx.Done():
			return
		}
		wait = h.o.Hold
		h.fills <- struct{}{}
		err := h.fillOnce(t)
		<-h.fills
		if err != nil {
			if h.ctx.Err() != nil {
				return
			}
			h.o.Logger.Warn("a gap cannot be read from the log; trying again", "channel", t.name, "error", err)
			wait = fillRetry
		}
		t.mu.Lock()
		if t.target <= t.head {
			t.filling = false
			t.mu.Unlock()
			return
		}
		t.mu.Unlock()
	}
}

// fillOnce reads one page after the head. A gap wider than the ring is not read for the ring's sake:
// subscribers read it themselves, page by page, as far as each needs.
func (h *Hub) fillOnce(t *topic) error {
	t.mu.Lock()
	if t.target <= t.head {
		t.mu.Unlock()
		return nil
	}
	if t.target-t.head > int64(h.o.RingEvents) {
		t.head, t.ring, t.bytes = t.target-int64(h.o.RingEvents), nil, 0
		t.wake()
	}
	after := t.head
	t.mu.Unlock()

	frames, err := h.page(t.name, after)
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case errors.Is(err, eventlog.ErrPruned):
		t.head, t.ring, t.bytes = max(t.head, t.target), nil, 0
		t.wake()
		return nil
	case err != nil:
		return err
	case len(frames) == 0 && after == t.head:
		clear(t.held) // events are published after they are in the log, so what is not there is not ours
		t.target = t.head
		return nil
	}
	for _, frame := range frames {
		if frame.seq == t.head+1 {
			h.push(t, frame)
			h.counters.filled.Add(1)
		}
	}
	h.drainHeld(t)
	t.wake()
	return nil
}

// page reads events after a position and encodes them. Readers of the same page at the same time share
// one query and its frames.
func (h *Hub) page(name string, after int64) ([]*Frame, error) {
	key := name + "@" + strconv.FormatInt(after, 10)
	shared, err, _ := h.pages.Do(key, func() (any, error) {
		ctx, cancel := context.WithTimeout(h.ctx, logTimeout)
		defer cancel()
		events, err := h.o.Log.Read(ctx, name, after, pageEvents)
		if err != nil {
			return nil, err
		}
		frames := make([]*Frame, len(events))
		for i, event := range events {
			if frames[i], err = NewFrame(event); err != nil {
				return nil, err
			}
		}
		return frames, nil
	})
	if err != nil {
		return nil, err
	}
	return shared.([]*Frame), nil
}
