package hub_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/fadedistrict/fade/realtime/channel/memory"
	"github.com/fadedistrict/fade/realtime/eventlog"
	"github.com/fadedistrict/fade/realtime/eventlog/eventlogtest"
	"github.com/fadedistrict/fade/realtime/hub"
)

// TestHub_hintBeyondTheLog: a hint claims a sequence that the log has not reached. Believing it would move
// the head, and what is committed afterwards would count as seen.
func TestHub_hintBeyondTheLog(t *testing.T) {
	for name, seq := range map[string]int64{"near": 7, "wider than the ring": 1_000_000} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				bus, log := memory.NewBus(), eventlogtest.New()
				h := run(t, hub.Options{Log: log, Layer: bus.Join(), RingEvents: 8})
				h.Publish(log.Append("a"))
				f := follow(t, h, "a", &eventlog.Position{Epoch: "epoch"})
				f.until(1)

				elsewhere := eventlogtest.New()
				for range 7 {
					elsewhere.Append("a")
				}
				claimed := elsewhere.Append("a")
				claimed.Seq = seq
				run(t, hub.Options{Log: elsewhere, Layer: bus.Join()}).Publish(claimed)
				time.Sleep(10 * time.Second)

				for seq := int64(2); seq <= 4; seq++ { // more than one: a wake of before may be left over
					h.Publish(log.Append("a"))
					f.until(seq)
				}
				if len(f.resets) > 0 {
					t.Errorf("it was reset: %v", f.resets)
				}
			})
		})
	}
}

// TestHub_rewoundLog: the database lost its newest commits, as a failover to a replica may. Who has seen them
// is told, and the stream goes on with what is committed instead.
func TestHub_rewoundLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := eventlogtest.New()
		h := run(t, hub.Options{Log: log, Layer: silent{}})
		ahead := follow(t, h, "a", nil)
		for range 10 {
			h.Publish(log.Append("a"))
		}
		ahead.until(10)
		behind := follow(t, h, "a", &eventlog.Position{Epoch: "epoch", Seq: 4})

		log.Rewind("a", 6)
		time.Sleep(10 * time.Second)
		h.Publish(log.Append("a"))
		behind.until(7)
		if len(behind.resets) > 0 {
			t.Errorf("who had not seen what was lost was reset: %v", behind.resets)
		}
		ahead.until(7)
		if err := ahead.pull(1 << 20); err != nil {
			t.Fatal(err)
		}
		if want := (hub.Reset{Seq: 6, Reason: hub.ResetAhead}); len(ahead.resets) != 1 || ahead.resets[0].Reason != want.Reason || ahead.last != 7 {
			t.Errorf("who had seen what was lost is at %d after the resets %v", ahead.last, ahead.resets)
		}
	})
}

// TestHub_regrownLog: whoever did not look while the log was shorter than what they had seen is told all the same,
// although it has grown past that again.
func TestHub_regrownLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := eventlogtest.New()
		h := run(t, hub.Options{Log: log, Layer: silent{}})
		ahead, behind := follow(t, h, "a", nil), follow(t, h, "a", nil)
		for range 5 {
			h.Publish(log.Append("a"))
		}
		behind.until(5)
		for range 5 {
			h.Publish(log.Append("a"))
		}
		ahead.until(10)
		log.Rewind("a", 6)
		time.Sleep(10 * time.Second)
		for range 6 {
			h.Publish(log.Append("a"))
		}
		if err := ahead.pull(1 << 20); err != nil {
			t.Fatal(err)
		}
		if len(ahead.resets) != 1 || ahead.resets[0].Reason != hub.ResetAhead {
			t.Errorf("who had seen what was lost goes on with %d after the resets %v", ahead.last, ahead.resets)
		}
		behind.until(12)
		if len(behind.resets) > 0 {
			t.Errorf("who had not seen it was reset: %v", behind.resets)
		}
	})
}
