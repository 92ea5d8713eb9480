package hub

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/fadedistrict/fade/realtime/eventlog"
)

// aimAt says that the log reaches at least this far.
func (h *Hub) aimAt(t *topic, seq int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.logged = max(t.logged, seq)
	t.target = max(t.target, seq)
	if t.loaded && t.target > t.head.Load() && !t.filling {
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
		if t.target <= t.head.Load() {
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
	missing := t.target - t.head.Load()
	t.mu.Unlock()
	if missing <= 0 {
		return nil
	}
	if missing > int64(h.o.RingEvents) {
		if err := h.jump(t, int64(h.o.RingEvents)); err != nil {
			return err
		}
	}
	t.mu.Lock()
	after, rewinds := t.head.Load(), t.rewinds.Load()
	t.mu.Unlock()

	frames, err := h.pages.after(t.name, after)
	if errors.Is(err, eventlog.ErrPruned) {
		return h.jump(t, 0)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case err != nil:
		return err
	case rewinds != t.rewinds.Load(): // what was read may be what was lost
		return nil
	case len(frames) == 0 && after == t.head.Load():
		h.disbelieve(t, after)
		return nil
	}
	for _, frame := range frames {
		if frame.seq == t.head.Load()+1 {
			h.push(t, frame)
			h.counters.filled.Add(1)
		}
	}
	h.drainHeld(t)
	h.wake(t)
	return nil
}

// jump moves the head over a gap that is not read, to so many events before the log's. It asks the log how
// far that reaches: a hint may claim anything, and behind a head that is too high everything counts as seen.
func (h *Hub) jump(t *topic, keep int64) error {
	t.mu.Lock()
	claimed := t.target
	t.mu.Unlock()
	query, cancel := context.WithTimeout(h.ctx, logTimeout)
	defer cancel()
	heads, err := h.o.Log.Heads(query, []string{t.name})
	if err != nil {
		return err
	}
	reached := heads[t.name]
	t.mu.Lock()
	defer t.mu.Unlock()
	if to := reached - keep; to > t.head.Load() {
		t.moveTo(to)
	}
	t.logged = max(t.logged, reached)
	if t.target == claimed && reached < claimed {
		h.disbelieve(t, reached)
	}
	h.wake(t)
	return nil
}

// disbelieve forgets what was claimed beyond the log: events are published after they are in it, so what is
// not there is not ours. What was committed since the log was asked may be forgotten with it, and is found by
// asking again. The caller holds t.mu.
func (h *Hub) disbelieve(t *topic, reached int64) {
	clear(t.held)
	t.logged = reached
	t.target = t.known()
	h.wake(t)
	h.markDirty(t.name)
}

// compare takes what the log says of a channel whose head was seen before it was asked. A log that is behind
// what it once held has lost its newest events, as a failover to a replica may: their sequences are given out
// again, so the topic goes back too, and who has seen them is told with a reset.
func (h *Hub) compare(t *topic, seen, reached int64) {
	if reached >= seen {
		h.aimAt(t, reached)
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	h.counters.rewound.Add(1)
	h.o.Logger.Error("the log lost events that were delivered; going back, and telling who has seen them",
		"channel", t.name, "delivered", t.head.Load(), "log", reached)
	clear(t.held)
	if t.rewinds.Load() == 0 || reached < t.rewoundTo {
		t.rewoundTo = reached
	}
	t.rewinds.Add(1)
	t.moveTo(reached)
	h.pages.forget(t.name)
	t.logged, t.target = reached, reached
	h.wake(t)
}

// moveTo sets the head without reading what is before it. The caller holds t.mu.
func (t *topic) moveTo(seq int64) {
	t.head.Store(seq)
	t.ring, t.bytes = nil, 0
	for i := range t.latest {
		t.latest[i].Store(nil)
	}
}

// extend lengthens the ring backwards with a page of the log that ends where the ring begins, so that whoever
// else comes back from there, after a restart perhaps, finds it in memory.
func (h *Hub) extend(t *topic, page []*Frame, rewinds int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if rewinds != t.rewinds.Load() {
		return
	}
	floor := t.head.Load() - int64(len(t.ring))
	first, last := page[0].seq, page[len(page)-1].seq
	if first > floor || last < floor {
		return
	}
	page = page[:floor-first+1]
	size := t.bytes
	for _, f := range page {
		size += len(f.plain)
	}
	if len(page)+len(t.ring) <= h.o.RingEvents && size <= h.o.RingBytes {
		t.ring = slices.Concat(page, t.ring)
		t.bytes = size
	}
}
