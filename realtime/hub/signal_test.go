package hub_test

import (
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/fadedistrict/fade/realtime/channel/memory"
	"github.com/fadedistrict/fade/realtime/eventlog/eventlogtest"
	"github.com/fadedistrict/fade/realtime/hub"
)

// restored is the log of another database.
type restored struct{ *eventlogtest.Log }

func (restored) Epoch() string { return "elsewhere" }

// ear is a waker that keeps the signals it is brought.
type ear struct {
	mu    sync.Mutex
	heard []string
}

func (e *ear) Wake(*hub.Group) {}

func (e *ear) Signal(_ *hub.Group, s *hub.Signal) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.heard = append(e.heard, strings.TrimSuffix(strings.TrimPrefix(string(s.Wire(hub.Stream)), "data: "), "\n\n"))
}

func (e *ear) take() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	heard := strings.Join(e.heard, " ")
	e.heard = nil
	return heard
}

// A signal reaches the channel's subscribers on all nodes of one database, once, and nobody else.
func TestHub_Signal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bus, log := memory.NewBus(), eventlogtest.New()
		elsewhere := restored{eventlogtest.New()}
		var between []string
		listening := hub.New(hub.Options{Log: log, Layer: bus.Join()})
		listening.OnSignal("nodes", func(text []byte) { between = append(between, string(text)) })
		running(t, listening)
		one, two, other := run(t, hub.Options{Log: log, Layer: bus.Join()}), run(t, hub.Options{Log: log, Layer: bus.Join()}),
			run(t, hub.Options{Log: elsewhere, Layer: bus.Join()})
		ears := map[string]*ear{}
		for name, at := range map[string]struct {
			hub     *hub.Hub
			channel string
		}{"here": {one, "a"}, "there": {two, "a"}, "another channel": {two, "b"}, "another database": {other, "a"}} {
			ears[name] = &ear{}
			s, err := at.hub.Subscribe(t.Context(), hub.Follow{Channel: at.channel, Waker: ears[name]})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
		}
		synctest.Wait()
		one.Signal("a", []byte(`{"n":1}`))
		one.Signal("nodes", []byte(`{"n":2}`))
		one.Signal("a", make([]byte, hub.MaxSignal+1))
		two.SignalHere("a", []byte(`{"n":3}`))
		synctest.Wait()
		for name, want := range map[string]string{"here": `{"n":1}`, "there": `{"n":1} {"n":3}`, "another channel": "", "another database": ""} {
			got := ears[name].take()
			if name == "there" && got == `{"n":3} {"n":1}` {
				got = want // two nodes, no order
			}
			if got != want {
				t.Errorf("%s one hears %q, want %q", name, got, want)
			}
		}
		if len(between) != 1 || between[0] != `{"n":2}` {
			t.Errorf("between nodes there was %q", between)
		}
		if s := one.Stats(); s.Signals != 2 || s.SignalsDropped != 1 {
			t.Errorf("Stats() = %+v", s)
		}
	})
}
