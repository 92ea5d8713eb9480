package transport_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/fadedistrict/fade/realtime/transport"
)

// Signals come between events, whole, and leave the position where it is; a client that does not read is not told.
func TestServer_signals(t *testing.T) {
	onBoth(t, func(t *testing.T, portable bool) {
		f := start(t, portable, transport.Options{})
		c := f.dial("channel=a")
		stream := f.listen("a", "")
		c.expect("connection_established")
		stream.expect("connection_established")
		for i := range 20 {
			f.publish("a")
			f.hub.Signal("a", fmt.Appendf(nil, `{"type":"typing","n":%d}`, i))
		}
		events, signals := 0, 0
		for events < 20 || signals < 20 {
			m, err := c.read()
			if err != nil {
				t.Fatal(err)
			}
			if m.Type == "typing" {
				signals++
			} else {
				events++
			}
		}
		lastID := ""
		for events, signals = 0, 0; events < 20 || signals < 20; {
			id, m, ok := stream.next()
			if !ok {
				t.Fatal("the stream ended")
			}
			if m.Type == "typing" {
				signals++
				if id != "" && lastID != "" && id != lastID {
					t.Errorf("a signal moves the position from %q to %q", lastID, id)
				}
			} else {
				events++
				lastID = id
			}
		}
	})
}

func TestServer_signalsOfTheSlow(t *testing.T) {
	onBoth(t, func(t *testing.T, portable bool) {
		f := start(t, portable, transport.Options{})
		f.dial("channel=a").expect("connection_established")
		text := []byte(`{"type":"typing","b":"` + strings.Repeat("x", 4000) + `"}`)
		deadline := time.Now().Add(20 * time.Second)
		for f.server.Stats().Dropped == 0 {
			if time.Now().After(deadline) {
				t.Fatalf("nothing is dropped: %+v", f.server.Stats())
			}
			f.hub.Signal("a", text)
		}
	})
}
