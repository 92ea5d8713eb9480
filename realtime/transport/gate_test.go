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
		time.Sleep(time.Millisecond) // the database is asked, and says no
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
	const begin = int64(123)
	var w wheel
	w.begin(begin)
	due := map[*conn]int64{}
	for i := range 2000 {
		c := &conn{}
		due[c] = begin + int64(i)*int64(73*time.Millisecond)
		w.add(c, due[c]+int64(time.Hour))
		w.add(c, due[c]) // it moved
	}
	for now := begin; now < begin+int64(5*time.Minute); now += int64(90 * time.Millisecond) {
		w.turn(now, func(c *conn) {
			at, waiting := due[c]
			switch {
			case waiting && now < at:
				w.add(c, at)
			case waiting && now-at > 2*int64(tick):
				t.Errorf("seen %v late", time.Duration(now-at))
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
