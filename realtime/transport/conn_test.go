package transport

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	gobwas "github.com/gobwas/ws"

	"github.com/fadedistrict/fade/realtime/channel/memory"
	"github.com/fadedistrict/fade/realtime/eventlog"
	"github.com/fadedistrict/fade/realtime/eventlog/eventlogtest"
	"github.com/fadedistrict/fade/realtime/hub"
	"github.com/fadedistrict/fade/realtime/ws"
)

// guest is a session that may follow nothing, and remembers what it was asked to handle.
type guest struct{ handled []string }

func (*guest) ID() string                { return "a guest's" }
func (*guest) User() string              { return "guest" }
func (*guest) Expires() time.Time        { return time.Now().Add(time.Hour) }
func (*guest) MaySubscribe(string) error { return &Refusal{"forbidden", "no"} }

func (g *guest) Authenticate(context.Context, string) (Session, error) { return g, nil }
func (g *guest) Renew(context.Context) (Session, error)                { return g, nil }
func (g *guest) Handle(_ context.Context, messageType string, _ json.RawMessage) error {
	g.handled = append(g.handled, messageType)
	return nil
}

// open makes a connection for the session on a server that runs, and gives it and the client's end. It is one
// on goroutines, whose clock is the test's.
func open(t *testing.T, session Session) (*conn, net.Conn) {
	t.Helper()
	return openOn(t, eventlogtest.New(), session)
}

func openOn(t *testing.T, log eventlog.Log, session Session) (*conn, net.Conn) {
	t.Helper()
	s, err := NewServer(Options{Hub: hub.New(hub.Options{Log: log, Layer: memory.New()}), Portable: true, Loops: 1})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.Run(ctx)
	}()
	near, far := net.Pipe()
	c := newConn(s, session)
	if err := s.begin(c, near, nil, nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = far.Close()
		cancel()
		<-done
	})
	return c, far
}

// text is a client's message.
func text(message string) []byte { return masked(gobwas.NewTextFrame([]byte(message))) }

func masked(f gobwas.Frame) []byte { return gobwas.MustCompileFrame(gobwas.MaskFrame(f)) }

// readFrame reads one frame of the server.
func readFrame(t *testing.T, from io.Reader) (op gobwas.OpCode, payload []byte) {
	t.Helper()
	header, err := gobwas.ReadHeader(from)
	if err != nil {
		t.Fatal(err)
	}
	payload = make([]byte, header.Length)
	if _, err := io.ReadFull(from, payload); err != nil {
		t.Fatal(err)
	}
	return header.OpCode, payload
}

// TestConn_endedIsDeaf: who may no longer do anything does nothing more while the close is under way.
func TestConn_endedIsDeaf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &guest{}
		c, client := open(t, g)
		c.end(&ws.CloseError{Code: ws.CloseRevoked, Reason: "the session has ended"})
		if op, _ := readFrame(t, client); op != gobwas.OpClose {
			t.Fatalf("read opcode %v, want the close", op)
		}
		if _, err := client.Write(text(`{"type":"mark_read"}`)); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if len(g.handled) > 0 {
			t.Errorf("after the end of its session a client could still %v", g.handled)
		}
	})
}

// TestConn_longChannel: answers wait in memory, so none may be as long as a client's message.
func TestConn_longChannel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, client := open(t, &guest{})
		for _, messageType := range []string{"subscribe", "unsubscribe", "auth"} {
			message := `{"type":"` + messageType + `","channel":"` + strings.Repeat("<", 60_000) + `"}`
			if _, err := client.Write(text(message)); err != nil {
				t.Fatal(err)
			}
			if _, text := readFrame(t, client); !strings.Contains(string(text), `"error"`) || len(text) > 1000 {
				t.Errorf("%s of a long channel is answered with %d bytes: %.60s", messageType, len(text), text)
			}
		}
	})
}
