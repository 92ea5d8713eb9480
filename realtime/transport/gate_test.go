package transport

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fadedistrict/fade/realtime/channel/memory"
	"github.com/fadedistrict/fade/realtime/eventlog/eventlogtest"
	"github.com/fadedistrict/fade/realtime/hub"
)

// TestServer_Admit: a storm is let in at the pace that was set, and told to come back over the time that it
// takes.
func TestServer_Admit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const perSecond, storm = 100, 1000
		s, err := NewServer(Options{Hub: hub.New(hub.Options{Log: eventlogtest.New(), Layer: memory.New()}), Handshakes: perSecond, Portable: true})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go s.Run(ctx)
		admitted, latest := 0, time.Duration(0)
		for range storm {
			_, err := s.Admit()
			busy, refused := errors.AsType[*BusyError](err)
			switch {
			case err == nil:
				admitted++
			case !refused || busy.Reason != "rate" || busy.RetryAfter < time.Second:
				t.Fatalf("Admit() = %v", err)
			default:
				latest = max(latest, busy.RetryAfter)
			}
		}
		if admitted != perSecond {
			t.Errorf("%d of %d were admitted at once", admitted, storm)
		}
		if latest < 5*time.Second || latest > maxRetryAfter+time.Second {
			t.Errorf("the last comes back after %v, the storm takes %d s", latest, storm/perSecond)
		}
		if n := s.Stats().Refused["rate"]; n != storm-perSecond {
			t.Errorf("%d counted as refused", n)
		}
		time.Sleep(time.Second)
		a, err := s.Admit()
		if err != nil {
			t.Fatalf("a second later: %v", err)
		}
		for range 3 {
			a.Cancel() // gives back one place, once
		}
		for i := range perSecond {
			if _, err := s.Admit(); err != nil {
				t.Fatalf("%d of %d after a cancelled one: %v", i, perSecond, err)
			}
		}
		if _, err := s.Admit(); err == nil {
			t.Error("one more than the pace was admitted")
		}
	})
}

// TestWheel: every deadline is seen within a tick of its time, also those further away than the wheel reaches,
// and those that moved.
func TestWheel(t *testing.T) {
	begin := time.Unix(1_800_000_000, 123)
	var w wheel
	w.begin(begin)
	due := map[*conn]time.Time{}
	for i := range 2000 {
		c := &conn{}
		due[c] = begin.Add(time.Duration(i) * 73 * time.Millisecond)
		w.add(c, due[c].Add(time.Hour).UnixNano())
		w.add(c, due[c].UnixNano()) // it moved
	}
	for now := begin; now.Before(begin.Add(5 * time.Minute)); now = now.Add(90 * time.Millisecond) {
		w.turn(now, func(c *conn) {
			at, waiting := due[c]
			switch {
			case waiting && now.Before(at):
				w.add(c, at.UnixNano())
			case waiting && now.Sub(at) > 2*tick:
				t.Errorf("seen %v late", now.Sub(at))
				fallthrough
			case waiting:
				delete(due, c)
			}
		})
	}
	if len(due) > 0 {
		t.Errorf("%d deadlines were never seen", len(due))
	}
}
