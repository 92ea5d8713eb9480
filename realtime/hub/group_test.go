package hub_test

import (
	"bytes"
	"context"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/fadedistrict/fade/realtime/eventlog"
	"github.com/fadedistrict/fade/realtime/eventlog/eventlogtest"
	"github.com/fadedistrict/fade/realtime/hub"
)

// loop is a Waker of many subscriptions that counts how often it was told.
type loop struct {
	mu    sync.Mutex
	woken []*hub.Group
}

func (l *loop) Wake(g *hub.Group) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.woken = append(l.woken, g)
}

// TestGroup: a commit tells a Waker once, however many subscriptions it serves, and those at one position are
// given the same bytes in one piece.
func TestGroup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const subscribers, events = 100, 10
		log := eventlogtest.New()
		h := run(t, hub.Options{Log: log, Layer: silent{}})
		l := &loop{}
		for i := range subscribers {
			if _, err := h.Subscribe(context.Background(), hub.Follow{Channel: "a", Waker: l, Owner: i}); err != nil {
				t.Fatal(err)
			}
		}
		for range events {
			h.Publish(log.Append("a"))
		}
		if len(l.woken) != events {
			t.Fatalf("%d commits told the waker %d times", events, len(l.woken))
		}
		group := l.woken[0].Append(nil)
		if len(group) != subscribers || l.woken[0] != l.woken[events-1] || l.woken[0].Channel() != "a" {
			t.Fatalf("the group of %q has %d subscriptions", l.woken[0].Channel(), len(group))
		}
		var first *hub.Batch
		for i, s := range group {
			b, err := s.Peek(1 << 20)
			if err != nil || b.Last() != events || s.Owner() != i || !s.Pending() {
				t.Fatalf("subscription %d: up to %d, %v", i, b.Last(), err)
			}
			if first == nil {
				first = b
			}
			if b != first || len(b.Frames()) != events {
				t.Fatalf("subscription %d is given a batch of its own", i)
			}
			s.Advance(b.Last())
			if s.Pending() {
				t.Fatal("there is more than there was")
			}
		}
		if len(first.Wire()) > 5 { // chunks begin small
			t.Errorf("%d events are %d pieces of memory", events, len(first.Wire()))
		}
		for _, s := range group {
			s.Close()
			s.Close()
		}
		h.Publish(log.Append("a"))
		if len(l.woken) != events || h.Stats().Subscriptions != 0 {
			t.Error("a waker without subscriptions is told of a commit")
		}
	})
}

// TestBatch_Cut: wherever a write stops, the cursor and the rest of the event that is under way are found.
func TestBatch_Cut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := eventlogtest.New()
		h := run(t, hub.Options{Log: log, Layer: silent{}, RingEvents: 50})
		for range 40 {
			log.Append("a") // read from the log: one chunk
		}
		s, err := h.Subscribe(context.Background(), idle("a", &eventlog.Position{}))
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		page, err := s.Fetch(0, 1<<20)
		if err != nil || len(page.Frames()) != 40 || len(page.Wire()) != 1 {
			t.Fatalf("a page of %d events in %d pieces, %v", len(page.Frames()), len(page.Wire()), err)
		}
		for range 5 {
			h.Publish(log.Append("a"))
		}
		b, err := s.Peek(1 << 20) // from the ring, which the page has extended
		if err != nil || b.Last() != 45 {
			t.Fatalf("after the page: %v", err)
		}
		whole := bytes.Join(b.Wire(), nil)
		if len(whole) != b.Size() {
			t.Fatalf("size %d of %d bytes", b.Size(), len(whole))
		}
		for n := range len(whole) + 1 {
			seq, rest := b.Cut(n)
			end := 0
			for _, frame := range b.Frames()[:seq] {
				end += len(frame.Wire(hub.WebSocket))
			}
			if end != n+len(rest) || !bytes.Equal(whole[n:end], rest) {
				t.Fatalf("cut at %d: position %d ends at %d, and %d bytes are missing", n, seq, end, len(rest))
			}
		}
	})
}

// TestHub_afterRestart: the ring is empty, and all come back at about the same position. They share the reads of
// the log, page by page, and get every event.
func TestHub_afterRestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const readers, events, missed = 100, 3000, 700
		log := eventlogtest.New()
		for range events {
			log.Append("a")
		}
		h := run(t, hub.Options{Log: log, Layer: silent{}})
		for i := range readers {
			f := follow(t, h, "a", &eventlog.Position{Epoch: "epoch", Seq: events - missed + int64(i%5)})
			f.until(events)
			if len(f.resets) > 0 {
				t.Fatalf("reader %d was reset: %v", i, f.resets)
			}
		}
		if reads := log.Reads.Load(); reads > 6 {
			t.Errorf("%d readers took %d reads of the log", readers, reads)
		}
	})
}
