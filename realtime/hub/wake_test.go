package hub_test

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/fadedistrict/fade/realtime/eventlog/eventlogtest"
	"github.com/fadedistrict/fade/realtime/hub"
)

// TestHub_publishDoesNotWait: a commit does not wait until all who watch have been woken, and who is woken
// late misses nothing.
func TestHub_publishDoesNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const subscribers, events = 100, 10
		log := eventlogtest.New()
		h := run(t, hub.Options{Log: log, Layer: silent{}})
		gate := make(chan struct{})
		var woken [subscribers]bool // by one goroutine, which Wait waits for
		var all []*hub.Subscription
		for i := range subscribers {
			s, err := h.Subscribe(context.Background(), "a", nil, func() {
				<-gate
				woken[i] = true
			})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			all = append(all, s)
		}
		for range events {
			h.Publish(log.Append("a"))
		}
		if woken[0] {
			t.Fatal("the gate was open")
		}
		all[subscribers-1].Close() // while a round is under way
		close(gate)
		synctest.Wait()
		for i, s := range all[:subscribers-1] {
			frames, reset, err := s.Next(nil, 1<<20)
			if !woken[i] || len(frames) != events || reset != nil || err != nil {
				t.Errorf("subscriber %d: woken %v, %d frames, %v, %v", i, woken[i], len(frames), reset, err)
			}
		}
	})
}
