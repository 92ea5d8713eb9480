package transport

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"net"
	"testing"
	"testing/synctest"
	"time"

	gobwas "github.com/gobwas/ws"

	"github.com/fadedistrict/fade/realtime/eventlog"
	"github.com/fadedistrict/fade/realtime/eventlog/eventlogtest"
	"github.com/fadedistrict/fade/realtime/ws"
)

// behind makes a connection that has so many events to catch up with, on a server that runs.
func behind(t *testing.T, events int) (*Server, net.Conn) {
	t.Helper()
	log := eventlogtest.New()
	for range events {
		log.Append("a")
	}
	c, client := openOn(t, log, &guest{})
	c.open(t.Context(), []Opening{{Channel: "a", Since: &eventlog.Position{}}})
	return c.server, client
}

// TestConn_steadyBehind: who is behind but reads is not too slow, however long it takes.
func TestConn_steadyBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const events = 2000
		server, client := behind(t, events)
		for seq := int64(0); seq < events; {
			op, text := readFrame(t, client)
			switch op {
			case gobwas.OpPing:
				if _, err := client.Write(masked(gobwas.NewPongFrame(nil))); err != nil {
					t.Fatal(err)
				}
				continue
			case gobwas.OpClose:
				t.Fatalf("closed at %d with %d", seq, binary.BigEndian.Uint16(text))
			}
			var m struct {
				Type string
				Seq  int64
			}
			if err := json.Unmarshal(text, &m); err != nil {
				t.Fatal(err)
			}
			if m.Type == "connection_established" {
				continue
			}
			if seq++; m.Seq != seq {
				t.Fatalf("read %d, want %d", m.Seq, seq)
			}
			time.Sleep(100 * time.Millisecond) // 200 s in all, and more than 20 for what is written at once
		}
		if n := server.Stats().TooSlow; n != 0 {
			t.Errorf("%d connections counted as too slow", n)
		}
	})
}

// TestConn_stuck: who reads nothing for the time is closed with 4450, and reads so if it wakes up in time.
func TestConn_stuck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, client := behind(t, 2000)
		time.Sleep(30*time.Second + time.Second)
		if stats := server.Stats(); stats.TooSlow != 1 || stats.Closes[ws.CloseTooSlow] != 1 {
			t.Errorf("after the time: %+v", stats)
		}
		for {
			op, payload := readFrame(t, client)
			if op != gobwas.OpClose {
				continue
			}
			if code := binary.BigEndian.Uint16(payload); code != uint16(ws.CloseTooSlow) {
				t.Errorf("closed with %d", code)
			}
			break
		}
	})
}

// TestConn_pingFlood: control frames count against the rate too, each costs an answer.
func TestConn_pingFlood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, client := open(t, &guest{})
		go func() {
			for range 10 * messageBurst {
				if _, err := client.Write(masked(gobwas.NewPingFrame([]byte("x")))); err != nil {
					return
				}
			}
		}()
		for range 2 * messageBurst {
			op, payload := readFrame(t, client)
			if op != gobwas.OpClose {
				continue
			}
			if code := binary.BigEndian.Uint16(payload); code != uint16(ws.CloseOverloaded) {
				t.Errorf("a flood of pings closes with %d", code)
			}
			return
		}
		t.Error("a flood of pings is answered for ever")
	})
}

// TestConn_oddFields: a message of a known type whose fields have other types is refused, one of an unknown
// type is none of our business; neither ends the connection.
func TestConn_oddFields(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &guest{}
		_, client := open(t, g)
		for message, code := range map[string]string{
			`{"type":"subscribe","channel":5}`:                 "bad_request",
			`{"type":"subscribe","channel":"a","since":"7"}`:   "bad_request",
			`{"type":"subscribe","channel":"a","since":1e99}`:  "bad_request",
			`{"type":"subscribe","channel":"a","epoch":[]}`:    "bad_request",
			`{"type":"unsubscribe","channel":{}}`:              "bad_request",
			`{"type":"auth","token":{"a":1}}`:                  "bad_request",
			`{"type":"mark_read","since":"monday","token":[]}`: "",
		} {
			if _, err := client.Write(text(message)); err != nil {
				t.Fatalf("%s: %v", message, err)
			}
			synctest.Wait()
			if code == "" {
				continue
			}
			var m errorMessage
			_, text := readFrame(t, client)
			if err := json.Unmarshal(text, &m); err != nil || m.Code != code {
				t.Errorf("%s is answered with %+v, %v", message, m, err)
			}
		}
		if len(g.handled) != 1 || g.handled[0] != "mark_read" {
			t.Errorf("the application got %v", g.handled)
		}
	})
}

// undecided is a session whose rights cannot be found out at the moment.
type undecided struct{ guest }

func (u *undecided) MaySubscribe(string) error              { return errors.New("the database is away") }
func (u *undecided) Renew(context.Context) (Session, error) { return u, nil }

// TestPeer_undecided: not to know is no reason to send somebody away for good.
func TestPeer_undecided(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, client := open(t, &undecided{})
		c.open(t.Context(), []Opening{{Channel: "a"}})
		readFrame(t, client)
		c.server.Recheck("guest")
		if op, payload := readFrame(t, client); op != gobwas.OpClose || binary.BigEndian.Uint16(payload) != uint16(ws.CloseDraining) {
			t.Errorf("read opcode %v, %q; want a close that asks to reconnect", op, payload)
		}
	})
}
