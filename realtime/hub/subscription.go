package hub

import (
	"context"
	"errors"
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

// Subscription is one subscriber's cursor in a channel. One goroutine at a time may use it.
type Subscription struct {
	hub    *Hub
	topic  *topic
	wake   func()
	index  int   // in topic.subscribers; guarded by topic.mu
	cursor int64 // the newest sequence given out
	from   int64 // where the stream began
	head   int64 // the channel's head at that time
	reset  *Reset
}

// Subscribe starts following a channel: after the position since, or from now on where it is nil. wake is
// called, from any goroutine and perhaps under a lock, whenever there may be something to pull: it must not
// block and not call the hub. It is called at once if there is. An empty epoch in since means the hub's own.
func (h *Hub) Subscribe(ctx context.Context, name string, since *eventlog.Position, wake func()) (*Subscription, error) {
	for {
		t, err := h.activate(ctx, name)
		if err != nil {
			return nil, err
		}
		if since != nil {
			if err := h.catchUpTo(ctx, t, *since); err != nil {
				return nil, err
			}
		}
		if s := h.join(t, since, wake); s != nil {
			return s, nil
		}
	}
}

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
func (h *Hub) join(t *topic, since *eventlog.Position, wake func()) *Subscription {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return nil
	}
	known := t.known()
	s := &Subscription{hub: h, topic: t, wake: wake, cursor: t.head, from: t.head, head: known, index: len(t.subscribers)}
	switch {
	case since == nil:
	case since.Epoch != "" && since.Epoch != h.epoch:
		s.reset = &Reset{Seq: t.head, Reason: ResetEpoch}
	case since.Seq > known:
		s.reset = &Reset{Seq: t.head, Reason: ResetAhead}
	default:
		s.cursor, s.from = since.Seq, since.Seq
	}
	t.subscribers = append(t.subscribers, s)
	h.counters.subscriptions.Add(1)
	if s.reset != nil || s.cursor < t.head {
		wake()
	}
	return s
}

// Channel names the channel.
func (s *Subscription) Channel() string { return s.topic.name }

// From gives the sequence that the stream continues from: the first event has the one after it.
func (s *Subscription) From() int64 { return s.from }

// Head gives the channel's head when the subscription began: events up to it are being caught up.
func (s *Subscription) Head() int64 { return s.head }

// Cursor gives the newest sequence that was pulled.
func (s *Subscription) Cursor() int64 { return s.cursor }

// Next appends to frames what follows the cursor, at most about maxBytes of it, and moves the cursor. No
// frames and no reset mean that the subscriber is up to date. A reset comes alone; the stream goes on
// after it. After an error the cursor is where it was: call again later.
func (s *Subscription) Next(frames []*Frame, maxBytes int) ([]*Frame, *Reset, error) {
	if reset := s.reset; reset != nil {
		s.reset = nil
		s.hub.counters.resets.Add(1)
		return frames, reset, nil
	}
	t := s.topic
	t.mu.Lock()
	head, floor := t.head, t.head-int64(len(t.ring))
	if s.cursor > t.known() { // the log was rewound: what it has seen is not in it any more
		s.cursor = head
		t.mu.Unlock()
		s.hub.counters.resets.Add(1)
		return frames, &Reset{Seq: head, Reason: ResetAhead}, nil
	}
	if s.cursor >= floor {
		before := len(frames)
		if s.cursor < head {
			frames = s.take(frames, t.ring[s.cursor-floor:], maxBytes)
		}
		t.mu.Unlock()
		s.hub.counters.fromRing.Add(int64(len(frames) - before))
		return frames, nil, nil
	}
	t.mu.Unlock()
	return s.nextFromLog(frames, maxBytes, head)
}

func (s *Subscription) nextFromLog(frames []*Frame, maxBytes int, head int64) ([]*Frame, *Reset, error) {
	page, err := s.hub.page(s.topic.name, s.cursor)
	switch {
	case errors.Is(err, eventlog.ErrPruned):
		s.cursor = head
		s.hub.counters.resets.Add(1)
		return frames, &Reset{Seq: head, Reason: ResetRetention}, nil
	case err != nil:
		return frames, nil, err
	}
	before := len(frames)
	frames = s.take(frames, page, maxBytes)
	if s.cursor > head { // a page may reach further than the hub has heard
		s.hub.aimAt(s.topic, s.cursor)
	}
	s.hub.counters.fromLog.Add(int64(len(frames) - before))
	return frames, nil, nil
}

// take appends frames up to the bound, but at least one, and moves the cursor behind them.
func (s *Subscription) take(into, from []*Frame, maxBytes int) []*Frame {
	for i, frame := range from {
		if maxBytes -= len(frame.wire); maxBytes < 0 && i > 0 {
			break
		}
		into = append(into, frame)
		s.cursor = frame.seq
	}
	return into
}

// Close ends the subscription. Its wake may be called once more by a round that was under way.
func (s *Subscription) Close() {
	t := s.topic
	t.mu.Lock()
	defer t.mu.Unlock()
	if s.index < 0 {
		return
	}
	last := len(t.subscribers) - 1
	t.subscribers[s.index] = t.subscribers[last]
	t.subscribers[s.index].index = s.index
	t.subscribers[last] = nil
	t.subscribers = t.subscribers[:last]
	s.index = -1
	s.hub.counters.subscriptions.Add(-1)
	if last == 0 {
		t.idleSince = time.Now()
	}
}
