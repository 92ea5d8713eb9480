package hub

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/fadedistrict/fade/realtime/eventlog"
)

// The reasons of a reset.
const (
	ResetRetention = "retention" // events after the position are no longer kept
	ResetEpoch     = "epoch"     // the position is of another database
	ResetAhead     = "ahead"     // the position is one that the log has not reached
)

// Reset says that a subscription cannot continue from where its client was: the client has a gap and must
// read its snapshot again. The stream goes on from Seq.
type Reset struct {
	Seq    int64
	Reason string
}

// Error says so.
func (r *Reset) Error() string { return fmt.Sprintf("hub: reset to %d: %s", r.Seq, r.Reason) }

// ErrNotInMemory says that what follows a cursor has to be read from the log.
var ErrNotInMemory = errors.New("hub: the ring begins after the cursor")

// Subscription is one subscriber's cursor in a channel. One goroutine at a time may use it, but for Fetch
// and Close.
type Subscription struct {
	hub    *Hub
	topic  *topic
	group  *Group
	owner  any
	as     Encoding
	index  int   // in group.subs; -1 once closed; guarded by topic.mu
	cursor int64 // the newest sequence given out
	from   int64 // where the stream began
	head   int64 // the channel's head at that time
	reset  *Reset

	rewinds int64 // of the topic, as far as the subscription knows of them
}

// Follow is what a subscriber wants.
type Follow struct {
	Channel  string
	Since    *eventlog.Position // to continue after; nil for from now on; an empty epoch means the hub's own
	Encoding Encoding
	Waker    Waker
	Owner    any // whatever the waker knows the subscription by
}

// Subscribe starts following a channel. The waker is called at once if there is something to pull. The
// error is the log's, or the context's.
func (h *Hub) Subscribe(ctx context.Context, f Follow) (*Subscription, error) {
	for {
		t, err := h.activate(ctx, f.Channel)
		if err != nil {
			return nil, err
		}
		if f.Since != nil {
			if err := h.catchUpTo(ctx, t, *f.Since); err != nil {
				return nil, err
			}
		}
		if s := h.join(t, f); s != nil {
			return s, nil
		}
	}
}

// OnWake makes a Waker for one subscription out of a function, to which the rules of [Waker.Wake] apply.
func OnWake(wake func()) Waker { return &call{wake} }

// catchUpTo looks at the log where a client is ahead of this node: it read from the database what the
// hint for has not yet arrived.
func (h *Hub) catchUpTo(ctx context.Context, t *topic, since eventlog.Position) error {
	t.mu.Lock()
	known := t.known()
	t.mu.Unlock()
	if since.Seq <= known {
		return nil
	}
	query, cancel := context.WithTimeout(ctx, logTimeout)
	defer cancel()
	heads, err := h.o.Log.Heads(query, []string{t.name})
	if err == nil {
		h.aimAt(t, heads[t.name])
	}
	return err
}

// join adds a subscriber; nil if the topic was deactivated meanwhile.
func (h *Hub) join(t *topic, f Follow) *Subscription {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return nil
	}
	known, head := t.known(), t.head.Load()
	s := &Subscription{hub: h, topic: t, owner: f.Owner, as: f.Encoding, cursor: head, from: head, head: known, rewinds: t.rewinds.Load()}
	switch since := f.Since; {
	case since == nil:
	case since.Epoch != "" && since.Epoch != h.epoch:
		s.reset = &Reset{Seq: head, Reason: ResetEpoch}
	case since.Seq > known:
		s.reset = &Reset{Seq: head, Reason: ResetAhead}
	default:
		s.cursor, s.from = since.Seq, since.Seq
	}
	t.add(s, f.Waker)
	h.counters.subscriptions.Add(1)
	if s.Pending() {
		f.Waker.Wake(s.group)
	}
	return s
}

// Channel names the channel.
func (s *Subscription) Channel() string { return s.topic.name }

// Owner gives what the subscriber called itself.
func (s *Subscription) Owner() any { return s.owner }

// Encoding gives the form in which its events go over the wire.
func (s *Subscription) Encoding() Encoding { return s.as }

// From gives the sequence that the stream continues from: the first event has the one after it.
func (s *Subscription) From() int64 { return s.from }

// Head gives the channel's head when the subscription began: events up to it are being caught up.
func (s *Subscription) Head() int64 { return s.head }

// Cursor gives the newest sequence that was taken.
func (s *Subscription) Cursor() int64 { return s.cursor }

// Position gives the cursor with its epoch.
func (s *Subscription) Position() eventlog.Position {
	return eventlog.Position{Epoch: s.hub.epoch, Seq: s.cursor}
}

// Pending tells whether there is something to take.
func (s *Subscription) Pending() bool {
	return s.cursor != s.topic.head.Load() || s.reset != nil || s.rewinds != s.topic.rewinds.Load()
}

// Rewinds counts how often the channel's log has lost events. What was read before the last time is not to be
// given out after it.
func (s *Subscription) Rewinds() int64 { return s.topic.rewinds.Load() }

// TakeReset gives the reset that the subscription begins with, once; nil if there is none.
func (s *Subscription) TakeReset() *Reset {
	reset := s.reset
	if reset != nil {
		s.reset = nil
		s.hub.counters.resets.Add(1)
	}
	return reset
}

// Behind gives how many events follow the cursor.
func (s *Subscription) Behind() int64 { return max(0, s.topic.head.Load()-s.cursor) }

// Peek gives what follows the cursor, at most about maxBytes of it, from memory alone, and leaves the cursor
// where it is; nil if the subscriber is up to date. A [*Reset] comes once, and has moved the cursor.
// ErrNotInMemory asks to Fetch.
func (s *Subscription) Peek(maxBytes int) (*Batch, error) {
	if reset := s.TakeReset(); reset != nil {
		return nil, reset
	}
	t := s.topic
	if b := t.latest[s.as].Load(); b != nil && b.Before() == s.cursor && b.size <= maxBytes && s.rewinds == t.rewinds.Load() {
		return b, nil
	}
	ring, err := s.following()
	switch {
	case errors.Is(err, ErrNotInMemory):
		if ring = s.hub.pages.inMemory(t.name, s.cursor); ring == nil {
			return nil, err
		}
	case err != nil || len(ring) == 0:
		return nil, err
	}
	b := newBatch(ring, s.as, maxBytes)
	if b.Last() > t.head.Load() { // a page may reach further than the hub has heard
		s.hub.aimAt(t, b.Last())
	} else {
		t.share(b)
	}
	return b, nil
}

// following gives the part of the ring that follows the cursor.
func (s *Subscription) following() ([]*Frame, error) {
	t := s.topic
	t.mu.Lock()
	defer t.mu.Unlock()
	head := t.head.Load()
	floor := head - int64(len(t.ring))
	switch {
	case s.lost(): // what it has seen is not in the log any more
		s.cursor = head
		s.hub.counters.resets.Add(1)
		return nil, &Reset{Seq: head, Reason: ResetAhead}
	case s.cursor >= head:
		return nil, nil
	case s.cursor < floor:
		return nil, ErrNotInMemory
	}
	return t.ring[s.cursor-floor:], nil
}

// lost tells whether the log was rewound to before the cursor, be it that it has grown past it again meanwhile.
// The caller holds topic.mu.
func (s *Subscription) lost() bool {
	t := s.topic
	rewound := s.rewinds != t.rewinds.Load() && s.cursor > t.rewoundTo
	s.rewinds = t.rewinds.Load()
	return rewound || s.cursor > t.known()
}

// Advance moves the cursor, to the position after what was taken.
func (s *Subscription) Advance(seq int64) { s.cursor = seq }

// Taken counts events that a subscriber took from a batch: from memory, or from the log.
func (h *Hub) Taken(events int, fetched bool) {
	if fetched {
		h.counters.fromLog.Add(int64(events))
	} else {
		h.counters.fromRing.Add(int64(events))
	}
}

// Fetch reads what follows a position of the subscription's channel from the log, at most about maxBytes of
// it; nil if nothing does. It may block, and may be called from any goroutine. The error is the log's, or a
// [*Reset], which does not move the cursor.
func (s *Subscription) Fetch(after int64, maxBytes int) (*Batch, error) {
	rewinds := s.topic.rewinds.Load()
	page, err := s.hub.pages.after(s.topic.name, after)
	switch {
	case errors.Is(err, eventlog.ErrPruned):
		s.hub.counters.resets.Add(1)
		return nil, &Reset{Seq: s.topic.head.Load(), Reason: ResetRetention}
	case err != nil:
		return nil, err
	case len(page) == 0:
		return nil, nil
	}
	s.hub.extend(s.topic, page, rewinds)
	b := newBatch(page, s.as, maxBytes)
	if b.Last() > s.topic.head.Load() { // a page may reach further than the hub has heard
		s.hub.aimAt(s.topic, b.Last())
	}
	return b, nil
}

// Next appends to frames what follows the cursor, at most about maxBytes of it, and moves the cursor; it
// reads the log if it must. No frames and no reset mean that the subscriber is up to date. A reset comes
// alone; the stream goes on after it. After an error the cursor is where it was: call again later.
func (s *Subscription) Next(frames []*Frame, maxBytes int) ([]*Frame, *Reset, error) {
	b, err := s.Peek(maxBytes)
	fetched := errors.Is(err, ErrNotInMemory)
	if fetched {
		b, err = s.Fetch(s.cursor, maxBytes)
	}
	if reset, ok := errors.AsType[*Reset](err); ok {
		s.cursor = reset.Seq
		return frames, reset, nil
	}
	if err != nil || b == nil {
		return frames, nil, err
	}
	s.cursor = b.Last()
	s.hub.Taken(len(b.frames), fetched)
	return append(frames, b.frames...), nil, nil
}

// Close ends the subscription. Its waker may be called once more by a commit that is under way.
func (s *Subscription) Close() {
	t := s.topic
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.remove(s) {
		return
	}
	s.hub.counters.subscriptions.Add(-1)
	if len(t.groups) == 0 {
		t.idleSince = time.Now()
	}
}
