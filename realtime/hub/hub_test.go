package hub_test

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fadedistrict/fade/realtime/channel"
	"github.com/fadedistrict/fade/realtime/channel/memory"
	"github.com/fadedistrict/fade/realtime/eventlog"
	"github.com/fadedistrict/fade/realtime/eventlog/eventlogtest"
	"github.com/fadedistrict/fade/realtime/hub"
)

func TestHub_liveAndResume(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := eventlogtest.New()
		h := run(t, hub.Options{Log: log, Layer: silent{}, RingEvents: 8})
		for range 20 {
			log.Append("a") // before anybody follows
		}
		live := follow(t, h, "a", nil)
		if live.s.From() != 20 || live.s.Head() != 20 {
			t.Fatalf("begins from %d of %d, want 20 of 20", live.s.From(), live.s.Head())
		}
		for range 20 {
			h.Publish(log.Append("a"))
		}
		live.until(40)
		for _, since := range []int64{0, 5, 31, 32, 33, 39, 40} { // 32 is the last that the ring of 8 reaches back to
			f := follow(t, h, "a", &eventlog.Position{Epoch: "epoch", Seq: since})
			if f.s.From() != since || f.s.Head() != 40 {
				t.Errorf("since %d begins from %d of %d", since, f.s.From(), f.s.Head())
			}
			f.until(40)
			h.Publish(log.Append("b")) // another channel's event is none of its business
			if len(f.resets) > 0 {
				t.Errorf("since %d was reset: %v", since, f.resets)
			}
		}
	})
}

func TestHub_reset(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := eventlogtest.New()
		h := run(t, hub.Options{Log: log, Layer: silent{}, RingEvents: 2})
		for range 10 {
			log.Append("a")
		}
		log.Prune("a", 5)
		for name, test := range map[string]struct {
			since  eventlog.Position
			reason string // empty for none
		}{
			"kept":               {eventlog.Position{Epoch: "epoch", Seq: 5}, ""},
			"no epoch given":     {eventlog.Position{Seq: 9}, ""},
			"past the retention": {eventlog.Position{Epoch: "epoch", Seq: 4}, hub.ResetRetention},
			"another database":   {eventlog.Position{Epoch: "other", Seq: 9}, hub.ResetEpoch},
			"from the future":    {eventlog.Position{Epoch: "epoch", Seq: 11}, hub.ResetAhead},
		} {
			f := follow(t, h, "a", &test.since)
			if err := f.pull(1 << 20); err != nil {
				t.Fatal(err)
			}
			f.until(10)
			switch {
			case test.reason == "" && len(f.resets) > 0:
				t.Errorf("%s: reset %v", name, f.resets)
			case test.reason != "" && (len(f.resets) != 1 || f.resets[0] != hub.Reset{Seq: 10, Reason: test.reason}):
				t.Errorf("%s: resets %v, want one at 10 for %s", name, f.resets, test.reason)
			}
		}
	})
}

// TestHub_aheadOfThisNode: a client read its snapshot from the database before the hint reached its node.
func TestHub_aheadOfThisNode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := eventlogtest.New()
		h := run(t, hub.Options{Log: log, Layer: silent{}, HeadCheck: time.Hour})
		follow(t, h, "a", nil) // the channel is active with head 0
		log.Append("a")
		log.Append("a")
		f := follow(t, h, "a", &eventlog.Position{Epoch: "epoch", Seq: 2})
		late := log.Append("a")
		h.Publish(late)
		f.until(3)
		if len(f.resets) > 0 {
			t.Errorf("it was reset: %v", f.resets)
		}
	})
}

func TestHub_outOfOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := eventlogtest.New()
		h := run(t, hub.Options{Log: log, Layer: silent{}, HeadCheck: time.Hour, Hold: 20 * time.Millisecond})
		f := follow(t, h, "a", nil)
		one, two, three := log.Append("a"), log.Append("a"), log.Append("a")
		h.Publish(three)
		h.Publish(two)
		if err := f.pull(1 << 20); err != nil || f.last != 0 {
			t.Fatalf("saw %d before the first event", f.last)
		}
		h.Publish(one)
		f.until(3)
		time.Sleep(time.Second)
		if reads := log.Reads.Load(); reads != 0 {
			t.Errorf("%d reads of the log for events that arrived within the hold", reads)
		}
		log.Append("a") // its hint is lost
		start := time.Now()
		h.Publish(log.Append("a"))
		f.until(5)
		if waited := time.Since(start); waited < 20*time.Millisecond || waited > 100*time.Millisecond {
			t.Errorf("a lost event was read after %v, want the hold and no more", waited)
		}
	})
}

func TestHub_headCheckHeals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := eventlogtest.New()
		h := run(t, hub.Options{Log: log, Layer: silent{}, HeadCheck: 3 * time.Second, Urgent: []string{"system"}, UrgentCheck: 500 * time.Millisecond})
		ordinary, urgent := follow(t, h, "a", nil), follow(t, h, "system", nil)
		start := time.Now()
		log.Append("a")
		log.Append("system")
		urgent.until(1)
		if waited := time.Since(start); waited > 600*time.Millisecond {
			t.Errorf("the urgent channel was healed after %v", waited)
		}
		ordinary.until(1)
		if waited := time.Since(start); waited > 3100*time.Millisecond {
			t.Errorf("the channel was healed after %v", waited)
		}
	})
}

func TestHub_brokenLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := eventlogtest.New()
		h := run(t, hub.Options{Log: log, Layer: silent{}})
		f := follow(t, h, "a", nil)
		log.SetBroken(true)
		if _, err := h.Subscribe(context.Background(), idle("b", nil)); err == nil {
			t.Error("Subscribe() on an inactive channel succeeds without its head")
		}
		log.Append("a")
		h.Publish(log.Append("a")) // 2 arrives, 1 cannot be read
		time.Sleep(10 * time.Second)
		if f.last != 0 {
			t.Errorf("saw %d across a gap", f.last)
		}
		log.SetBroken(false)
		f.until(2)
		follow(t, h, "b", nil)
	})
}

// hanging is a log that, once it hangs, answers nothing until the reader gives up.
type hanging struct {
	*eventlogtest.Log
	hangs bool
}

func (l *hanging) Heads(ctx context.Context, channels []string) (map[string]int64, error) {
	if l.hangs {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return l.Log.Heads(ctx, channels)
}

func TestHub_hangingLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &hanging{Log: eventlogtest.New()}
		h := hub.New(hub.Options{Log: log, Layer: silent{}})
		follow(t, h, "a", nil) // the channel is active with head 0
		log.hangs = true
		ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
		defer cancel()
		for name, since := range map[string]*eventlog.Position{"a": {Seq: 1}, "b": nil} {
			start := time.Now()
			_, err := h.Subscribe(ctx, idle(name, since))
			if waited := time.Since(start); err == nil || waited > time.Minute {
				t.Errorf("Subscribe(%s) = %v after %v", name, err, waited)
			}
		}
	})
}

func TestHub_linger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := eventlogtest.New()
		h := run(t, hub.Options{Log: log, Layer: silent{}, Linger: time.Minute})
		s, err := h.Subscribe(context.Background(), idle("a", nil))
		if err != nil {
			t.Fatal(err)
		}
		s.Close()
		s.Close() // closing again does nothing
		time.Sleep(50 * time.Second)
		if n := h.Stats().ActiveChannels; n != 1 {
			t.Errorf("%d active channels while lingering, want 1", n)
		}
		time.Sleep(20 * time.Second)
		if stats := h.Stats(); stats.ActiveChannels != 0 || stats.Subscriptions != 0 {
			t.Errorf("after the linger: %+v", stats)
		}
		f := follow(t, h, "a", nil)
		h.Publish(log.Append("a"))
		f.until(1)
	})
}

// TestHub_foreignDatabase: two deployments may share a Redis by mistake.
func TestHub_foreignDatabase(t *testing.T) {
	bus := memory.NewBus()
	log := eventlogtest.New()
	h := run(t, hub.Options{Log: log, Layer: bus.Join()})
	f := follow(t, h, "a", nil)
	foreign := eventlogtest.New().Append("a")
	text, err := foreign.Encode()
	if err != nil {
		t.Fatal(err)
	}
	bus.Join().Publish("a", append([]byte("elsewhere:1 "), text...))
	bus.Join().Publish("a", []byte("noise"))
	h.Publish(log.Append("a"))
	f.until(1)
	if stats := h.Stats(); stats.Accepted != 1 {
		t.Errorf("accepted %d events, want its own one", stats.Accepted)
	}
}

// lossy loses, repeats and reorders what a layer carries.
type lossy struct {
	channel.Layer
	mu      sync.Mutex
	random  *rand.Rand
	delayed [][]byte
}

func (l *lossy) Publish(name string, text []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch l.random.IntN(5) {
	case 0:
	case 1:
		l.delayed = append(l.delayed, text)
	case 2:
		l.Layer.Publish(name, text)
		l.Layer.Publish(name, text)
	default:
		l.Layer.Publish(name, text)
		for _, late := range l.delayed {
			l.Layer.Publish(name, late)
		}
		l.delayed = nil
	}
}

// TestHub_exactlyOnceInOrder has two nodes with writers that publish in any order over a layer that loses,
// repeats and reorders, and subscribers that come, go and resume: each must see 1 … n once, in order.
func TestHub_exactlyOnceInOrder(t *testing.T) {
	const writers, perWriter, readers = 8, 300, 12
	const total = writers * perWriter
	bus, log := memory.NewBus(), eventlogtest.New()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	var hubs []*hub.Hub
	for i := range uint64(2) {
		layer := &lossy{Layer: bus.Join(), random: rand.New(rand.NewPCG(seed, i))}
		hubs = append(hubs, run(t, hub.Options{Log: log, Layer: layer, RingEvents: 64, HeadCheck: 50 * time.Millisecond, Hold: time.Millisecond}))
	}
	var running sync.WaitGroup
	for w := range writers {
		running.Go(func() {
			for range perWriter {
				hubs[w%2].Publish(log.Append("a"))
			}
		})
	}
	for r := range readers {
		running.Go(func() {
			random := rand.New(rand.NewPCG(seed, uint64(100+r)))
			f := follow(t, hubs[r%2], "a", &eventlog.Position{Epoch: "epoch"})
			for f.last < total {
				select {
				case <-f.wakeup:
				case <-time.After(20 * time.Second):
					t.Errorf("reader %d is stuck at %d of %d", r, f.last, total)
					return
				}
				if err := f.pull(1 + random.IntN(60_000)); err != nil {
					t.Errorf("reader %d: %v", r, err)
					return
				}
				if random.IntN(10) == 0 { // reconnect, to whichever node
					last := f.last
					f.s.Close()
					f = follow(t, hubs[random.IntN(2)], "a", &eventlog.Position{Epoch: "epoch", Seq: last})
				}
			}
			if len(f.resets) > 0 {
				t.Errorf("reader %d was reset: %v", r, f.resets)
			}
		})
	}
	running.Wait()
	t.Logf("%+v", hubs[0].Stats())
}
