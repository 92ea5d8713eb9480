package transport_test

import (
	"bytes"
	"compress/flate"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	gobwas "github.com/gobwas/ws"

	"github.com/fadedistrict/fade/realtime/transport"
)

// TestServer_compression is RFC 7692 with an independent client: what either side compresses the other reads,
// and who does not ask for it gets plain frames of the same events.
func TestServer_compression(t *testing.T) { onBoth(t, serverCompression) }

func serverCompression(t *testing.T, portable bool) {
	f := start(t, portable, transport.Options{Compression: true})
	plain := f.dial("channel=a")
	plain.expect("connection_established")
	for _, mode := range []websocket.CompressionMode{websocket.CompressionNoContextTakeover, websocket.CompressionContextTakeover} {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		conn, response, err := websocket.Dial(ctx, f.http.URL+"/?channel=a", &websocket.DialOptions{CompressionMode: mode, CompressionThreshold: 1})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.CloseNow() }()
		if got := response.Header.Get("Sec-WebSocket-Extensions"); !strings.Contains(got, "server_no_context_takeover") || !strings.Contains(got, "client_no_context_takeover") {
			t.Errorf("agreed on %q", got)
		}
		c := &client{t, conn}
		c.expect("connection_established")
		for range 20 {
			f.publish("a")
			want := plain.expect("test")
			if m := c.expect("test"); m.Seq != want.Seq || string(m.Payload) != string(want.Payload) {
				t.Fatalf("read %+v, others read %+v", m, want)
			}
			c.send(`{"type":"ping","x":"` + strings.Repeat("fade ", 100) + `"}`)
			c.expect("pong")
		}
	}
}

// A message that inflates beyond the bound ends the connection, and costs no more memory than the bound.
func TestServer_bomb(t *testing.T) { onBoth(t, serverBomb) }

func serverBomb(t *testing.T, portable bool) {
	f := start(t, portable, transport.Options{Compression: true})
	var bomb bytes.Buffer
	w, _ := flate.NewWriter(&bomb, flate.BestCompression)
	_, _ = w.Write(make([]byte, 10<<20))
	_ = w.Flush()
	payload := bytes.TrimSuffix(bomb.Bytes(), []byte{0, 0, 0xff, 0xff})
	if len(payload) > 60_000 {
		t.Fatalf("the bomb has %d bytes", len(payload))
	}
	for name, test := range map[string]struct {
		frame gobwas.Frame
		code  string
	}{
		"bomb":                 {gobwas.NewFrame(gobwas.OpText, true, payload), "close:1009"},
		"no deflate":           {gobwas.NewFrame(gobwas.OpText, true, []byte("hello, this is not compressed")), "close:1007"},
		"compressed ping":      {gobwas.NewFrame(gobwas.OpPing, true, []byte("x")), "close:1002"},
		"another reserved bit": {gobwas.NewFrame(gobwas.OpText, true, []byte("x")), "close:1002"},
	} {
		wire := f.wireWith(t, nil, "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n")
		frame := gobwas.MaskFrame(test.frame)
		frame.Header.Rsv = gobwas.Rsv(true, name == "another reserved bit", false)
		if err := gobwas.WriteFrame(wire, frame); err != nil {
			t.Fatal(err)
		}
		if got := wire.frame(t); got != test.code {
			t.Errorf("%s: %s, want %s", name, got, test.code)
		}
	}
}

// TestServer_offers: an offer that cannot be met is declined, and the next one counts; a broken header is no
// reason to refuse the upgrade.
func TestServer_offers(t *testing.T) {
	f := start(t, false, transport.Options{Compression: true})
	for offer, want := range map[string]string{
		"permessage-deflate":                                                  "permessage-deflate;server_no_context_takeover;client_no_context_takeover",
		"permessage-deflate; server_max_window_bits=10":                       "",
		"permessage-deflate; server_max_window_bits=10, permessage-deflate":   "permessage-deflate;server_no_context_takeover;client_no_context_takeover",
		"permessage-deflate; unheard_of":                                      "",
		"permessage-deflate; server_no_context_takeover=1, x-webkit-deflate":  "",
		"x-webkit-deflate-frame, permessage-deflate; client_max_window_bits ": "permessage-deflate;server_no_context_takeover;client_no_context_takeover",
	} {
		request := fmt.Sprintf("GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"+
			"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Extensions: %s\r\n\r\n", offer)
		response := f.raw(t, request)
		if got := response.Header.Get("Sec-WebSocket-Extensions"); response.StatusCode != http.StatusSwitchingProtocols || got != want {
			t.Errorf("%q is answered with %s, %q", offer, response.Status, got)
		}
	}
}

// TestServer_neverReads: what a client that takes nothing costs is bounded, while others are served.
func TestServer_neverReads(t *testing.T) { onBoth(t, serverNeverReads) }

func serverNeverReads(t *testing.T, portable bool) {
	f := start(t, portable, transport.Options{LagTimeout: 500 * time.Millisecond})
	const slow = 20
	for range slow {
		w := f.wire(t, nil)
		_ = w.Conn.(*net.TCPConn).SetReadBuffer(4096)
		_, _ = w.Write(sent(fin|text, `{"type":"subscribe","channel":"a"}`))
		w.frame(t)
	}
	fast := f.dial("channel=a")
	fast.expect("connection_established")
	most := int64(0)
	for seq, deadline := int64(0), time.Now().Add(patience); f.server.Stats().TooSlow < slow && time.Now().Before(deadline); {
		for range 100 {
			f.publish("a")
		}
		for range 100 {
			seq++
			if m := fast.expect("test"); m.Seq != seq {
				t.Fatalf("read %d, want %d", m.Seq, seq)
			}
		}
		most = max(most, f.server.Stats().QueueBytes)
	}
	if stats := f.server.Stats(); stats.TooSlow != slow {
		t.Errorf("%d of %d clients that never read were closed", stats.TooSlow, slow)
	}
	if most > slow*64<<10 {
		t.Errorf("%d bytes waited for %d clients", most, slow)
	}
}

// TestServer_comesAndGoes: nothing is left of connections that are gone.
func TestServer_comesAndGoes(t *testing.T) { onBoth(t, serverComesAndGoes) }

func serverComesAndGoes(t *testing.T, portable bool) {
	f := start(t, portable, transport.Options{})
	const rounds, each = 20, 25
	before := descriptors(t)
	for range rounds {
		var open []io.Closer
		for i := range each {
			if i%2 == 0 {
				open = append(open, f.wire(t, nil))
			} else {
				open = append(open, f.listen("a,b", "").body)
			}
			f.publish("a")
		}
		for _, c := range open {
			_ = c.Close()
		}
	}
	for deadline := time.Now().Add(patience); f.server.Stats().Connections > 0 && time.Now().Before(deadline); {
		time.Sleep(10 * time.Millisecond)
	}
	f.http.CloseClientConnections()
	if stats := f.server.Stats(); stats.Connections != 0 || stats.Users != 0 || stats.Opened != rounds*each || f.hub.Stats().Subscriptions != 0 {
		t.Errorf("after all have gone: %+v, %d subscriptions", stats, f.hub.Stats().Subscriptions)
	}
	for deadline := time.Now().Add(patience); descriptors(t) > before+5 && time.Now().Before(deadline); {
		time.Sleep(10 * time.Millisecond)
	}
	if after := descriptors(t); after > before+5 {
		t.Errorf("%d descriptors before, %d after", before, after)
	}
}
