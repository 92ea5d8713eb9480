package transport

import (
	"context"
	"encoding/binary"
	"net"
	"testing"
	"testing/synctest"
	"time"

	gobwas "github.com/gobwas/ws"

	"github.com/fadedistrict/fade/realtime/ws"
)

// temporary is a session with an end, which any token moves an hour away.
type temporary struct {
	guest
	until time.Time
}

func (s *temporary) Expires() time.Time                     { return s.until }
func (s *temporary) Renew(context.Context) (Session, error) { return s, nil }
func (s *temporary) Authenticate(context.Context, string) (Session, error) {
	return &temporary{until: time.Now().Add(time.Hour)}, nil
}

// live answers pings until the server closes, and tells when that was and with which code.
func live(t *testing.T, client net.Conn) (after time.Duration, code ws.Code) {
	t.Helper()
	start := time.Now()
	for {
		switch op, payload := readFrame(t, client); op {
		case gobwas.OpPing:
			if _, err := client.Write(masked(gobwas.NewPongFrame(payload))); err != nil {
				t.Fatal(err)
			}
		case gobwas.OpClose:
			return time.Since(start), ws.Code(binary.BigEndian.Uint16(payload))
		}
	}
}

func TestConn_expiry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const token = 15 * time.Minute
		_, client := open(t, &temporary{until: time.Now().Add(token)})
		if after, code := live(t, client); code != ws.CloseUnauthorized || after < token || after > token+time.Second {
			t.Errorf("closed with %d after %v", code, after)
		}
	})
}

func TestConn_freshToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, client := open(t, &temporary{until: time.Now().Add(20 * time.Second)})
		if _, err := client.Write(text(`{"type":"auth","token":"fresh"}`)); err != nil {
			t.Fatal(err)
		}
		if after, code := live(t, client); code != ws.CloseUnauthorized || after < time.Hour || after > time.Hour+time.Second {
			t.Errorf("closed with %d after %v, want the end of the fresh token", code, after)
		}
	})
}

// TestConn_silence: pings go out every 25 s, and who says nothing for 60 s is gone, without a last word.
func TestConn_silence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, client := open(t, &guest{})
		start := time.Now()
		for _, want := range []time.Duration{25 * time.Second, 50 * time.Second} {
			op, _ := readFrame(t, client)
			if after := time.Since(start); op != gobwas.OpPing || after < want || after > want+time.Second {
				t.Errorf("opcode %v after %v, want a ping after %v", op, after, want)
			}
		}
		if _, err := client.Read(make([]byte, 1)); err == nil {
			t.Error("a silent client is told something")
		}
		if after := time.Since(start); after < time.Minute || after > time.Minute+time.Second {
			t.Errorf("gone after %v", after)
		}
		if n := c.server.Stats().Silent; n != 1 {
			t.Errorf("%d connections counted as silent", n)
		}
	})
}
