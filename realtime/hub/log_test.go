package hub_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/fadedistrict/fade/realtime/channel"
	"github.com/fadedistrict/fade/realtime/eventlog"
	"github.com/fadedistrict/fade/realtime/hub"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// memoryLog is a log in memory: the hub's tests drive it into states that a database reaches by chance.
type memoryLog struct {
	mu     sync.Mutex
	events map[string][]eventlog.Event
	pruned map[string]int64
	broken bool
	reads  atomic.Int64
}

func newLog() *memoryLog {
	return &memoryLog{events: map[string][]eventlog.Event{}, pruned: map[string]int64{}}
}

var errBroken = errors.New("the log is broken")

// append commits the next event of a channel.
func (l *memoryLog) append(name string) eventlog.Event {
	l.mu.Lock()
	defer l.mu.Unlock()
	seq := int64(len(l.events[name])) + 1
	event := eventlog.Event{
		Channel: name, Seq: seq, ID: fmt.Sprint(seq), Type: "test", At: time.Unix(1, 0),
		Payload: json.RawMessage(fmt.Sprintf(`{"n":%d}`, seq)),
	}
	l.events[name] = append(l.events[name], event)
	return event
}

func (l *memoryLog) prune(name string, upTo int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pruned[name] = upTo
}

func (l *memoryLog) setBroken(broken bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.broken = broken
}

func (l *memoryLog) Epoch() string { return "epoch" }

func (l *memoryLog) Heads(_ context.Context, channels []string) (map[string]int64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.broken {
		return nil, errBroken
	}
	heads := map[string]int64{}
	for _, name := range channels {
		heads[name] = int64(len(l.events[name]))
	}
	return heads, nil
}

func (l *memoryLog) Read(_ context.Context, name string, after int64, limit int) ([]eventlog.Event, error) {
	l.reads.Add(1)
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.broken:
		return nil, errBroken
	case after < l.pruned[name]:
		return nil, eventlog.ErrPruned
	}
	all := l.events[name]
	after = min(after, int64(len(all)))
	return append([]eventlog.Event(nil), all[after:min(after+int64(limit), int64(len(all)))]...), nil
}

// run runs a hub until the test ends.
func run(t *testing.T, o hub.Options) *hub.Hub {
	t.Helper()
	h := hub.New(o)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- h.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run() = %v", err)
		}
	})
	return h
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
	s, err := h.Subscribe(context.Background(), name, since, func() {
		select {
		case f.wakeup <- struct{}{}:
		default:
		}
	})
	if err != nil {
		t.Fatalf("Subscribe(%s) = %v", name, err)
	}
	f.s, f.last = s, s.From()
	t.Cleanup(s.Close)
	return f
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
