package hub_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/fadedistrict/fade/realtime/channel"
	"github.com/fadedistrict/fade/realtime/eventlog"
	"github.com/fadedistrict/fade/realtime/hub"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// run runs a hub until the test ends.
func run(t *testing.T, o hub.Options) *hub.Hub {
	t.Helper()
	h := hub.New(o)
	running(t, h)
	return h
}

// running runs a hub that is made already.
func running(t *testing.T, h *hub.Hub) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- h.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run() = %v", err)
		}
	})
}

// follower pulls a subscription and checks the promise: every event once, in order, without a gap.
type follower struct {
	t      testing.TB
	s      *hub.Subscription
	wakeup chan struct{}
	last   int64
	resets []hub.Reset
	frames []*hub.Frame
}

func follow(t testing.TB, h *hub.Hub, name string, since *eventlog.Position) *follower {
	t.Helper()
	f := &follower{t: t, wakeup: make(chan struct{}, 1)}
	s, err := h.Subscribe(context.Background(), hub.Follow{Channel: name, Since: since, Waker: hub.OnWake(func() {
		select {
		case f.wakeup <- struct{}{}:
		default:
		}
	})})
	if err != nil {
		t.Fatalf("Subscribe(%s) = %v", name, err)
	}
	f.s, f.last = s, s.From()
	t.Cleanup(s.Close)
	return f
}

// idle follows a channel without ever being told of anything.
func idle(name string, since *eventlog.Position) hub.Follow {
	return hub.Follow{Channel: name, Since: since, Waker: hub.OnWake(func() {})}
}

// pull takes what there is now.
func (f *follower) pull(maxBytes int) error {
	for {
		frames, reset, err := f.s.Next(f.frames[:0], maxBytes)
		f.frames = frames
		if err != nil {
			return err
		}
		if reset != nil {
			f.resets = append(f.resets, *reset)
			f.last = reset.Seq
			continue
		}
		for _, frame := range frames {
			if frame.Seq() != f.last+1 {
				f.t.Errorf("after %d came %d", f.last, frame.Seq())
			}
			event, err := eventlog.Decode(frame.Text())
			if err != nil || event.Seq != frame.Seq() || string(event.Payload) != fmt.Sprintf(`{"n":%d}`, frame.Seq()) {
				f.t.Errorf("frame %d holds %s (%v)", frame.Seq(), frame.Text(), err)
			}
			f.last = frame.Seq()
		}
		if len(frames) == 0 {
			return nil
		}
	}
}

// until pulls, woken by the hub alone, until it has seen seq.
func (f *follower) until(seq int64) {
	f.t.Helper()
	deadline := time.After(30 * time.Second)
	for f.last < seq {
		select {
		case <-f.wakeup:
			if err := f.pull(1 << 20); err != nil {
				f.t.Fatalf("Next() = %v", err)
			}
		case <-deadline:
			f.t.Fatalf("saw %d, waited in vain for %d", f.last, seq)
		}
	}
}

// silent is a layer that carries nothing.
type silent struct{}

func (silent) Publish(string, []byte) {}
func (silent) Subscribe(string)       {}
func (silent) Unsubscribe(string)     {}
func (silent) State() channel.State   { return channel.State{Kind: "silent"} }
func (silent) Run(ctx context.Context, _ channel.Receiver) error {
	<-ctx.Done()
	return nil
}
