package transport_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fadedistrict/fade/realtime/sse"
	"github.com/fadedistrict/fade/realtime/transport"
	"github.com/fadedistrict/fade/realtime/ws"
)

// openings reads what a stream is to carry: ?channels=a,b and the position in Last-Event-ID.
func (f *fixture) openings(w http.ResponseWriter, r *http.Request) []transport.Opening {
	channels := strings.Split(r.URL.Query().Get("channels"), ",")
	positions, err := sse.ParsePositions(r.Header.Get("Last-Event-ID"), channels)
	if err != nil {
		f.t.Error(err)
	}
	w.Header().Set("X-Kept", "yes")
	openings := make([]transport.Opening, len(channels))
	for i, channel := range channels {
		openings[i].Channel = channel
		if at, ok := positions[channel]; ok {
			openings[i].Since = &at
		}
	}
	return openings
}

// listener is a client of server-sent events.
type listener struct {
	t     *testing.T
	lines *bufio.Scanner
	body  interface{ Close() error }
}

func (f *fixture) listen(channels, lastID string) *listener {
	f.t.Helper()
	request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, f.http.URL+"/stream?channels="+channels, nil)
	if err != nil {
		f.t.Fatal(err)
	}
	request.Header.Set("Last-Event-ID", lastID)
	response, err := f.http.Client().Do(request)
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { _ = response.Body.Close() })
	if response.Header.Get("Content-Type") != sse.ContentType || response.Header.Get("X-Kept") != "yes" {
		f.t.Fatalf("a stream begins with %v", response.Header)
	}
	return &listener{f.t, bufio.NewScanner(response.Body), response.Body}
}

// next gives the next event and its id; false at the end of the stream.
func (l *listener) next() (id string, m message, ok bool) {
	l.t.Helper()
	for l.lines.Scan() {
		name, value, _ := strings.Cut(l.lines.Text(), ": ")
		switch {
		case name == "id":
			id = value
		case name == "data":
			if err := json.Unmarshal([]byte(value), &m); err != nil {
				l.t.Fatalf("%v in %s", err, l.lines.Text())
			}
		case name == "" && m.Type != "":
			return id, m, true
		}
	}
	return "", m, false
}

func (l *listener) expect(messageType string) (id string, m message) {
	l.t.Helper()
	id, m, ok := l.next()
	if !ok || m.Type != messageType {
		l.t.Fatalf("read %+v, want a %s", m, messageType)
	}
	return id, m
}

func TestServer_stream(t *testing.T) { onBoth(t, serverStream) }

func serverStream(t *testing.T, portable bool) {
	f := start(t, portable, transport.Options{})
	for range 40 {
		f.publish("a")
	}
	l := f.listen("a", "")
	if id, hello := l.expect("connection_established"); hello.Seq != 40 || id != "" {
		t.Errorf("it begins with %+v, id %q", hello, id)
	}
	f.publish("a")
	if id, m := l.expect("test"); m.Seq != 41 || id != "epoch:41" {
		t.Errorf("the event is %+v, id %q", m, id)
	}
	for _, since := range []int64{0, 20, 41} {
		l := f.listen("a", fmt.Sprintf("epoch:%d", since))
		l.expect("connection_established")
		for seq := since + 1; seq <= 41; seq++ {
			if _, m := l.expect("test"); m.Seq != seq {
				t.Fatalf("since %d: read %d, want %d", since, m.Seq, seq)
			}
		}
	}
	l = f.listen("a", "other:7")
	l.expect("connection_established")
	if _, m := l.expect("reset"); m.Reason != "epoch" {
		t.Errorf("a position of another database is answered with %+v", m)
	}
}

// A stream of several channels can be resumed wherever it was cut: each id is the whole position.
func TestServer_streamOfSeveral(t *testing.T) { onBoth(t, serverStreamOfSeveral) }

func serverStreamOfSeveral(t *testing.T, portable bool) {
	f := start(t, portable, transport.Options{})
	const events = 30
	whole := f.listen("a,b", "")
	whole.expect("connection_established")
	whole.expect("subscribed")
	for range events {
		f.publish("a")
		f.publish("b")
	}
	var ids []string
	for range 2 * events {
		id, _ := whole.expect("test")
		ids = append(ids, id)
	}
	for cut := 0; cut < len(ids); cut += 7 {
		positions, err := sse.ParsePositions(ids[cut], []string{"a", "b"})
		if err != nil || len(positions) != 2 {
			t.Fatalf("the id %q: %v", ids[cut], err)
		}
		l := f.listen("a,b", ids[cut])
		l.expect("connection_established")
		next := map[string]int64{"a": positions["a"].Seq, "b": positions["b"].Seq}
		if got := next["a"] + next["b"]; got != int64(cut)+1 {
			t.Fatalf("after %d events the id is %q", cut+1, ids[cut])
		}
		for next["a"]+next["b"] < 2*events {
			_, m, ok := l.next()
			if m.Type == "subscribed" {
				continue
			}
			if next[m.Channel]++; !ok || m.Seq != next[m.Channel] {
				t.Fatalf("resumed after %q: read %+v, want %d", ids[cut], m, next[m.Channel])
			}
		}
		_ = l.body.Close()
	}
}

func TestServer_streamEnds(t *testing.T) { onBoth(t, serverStreamEnds) }

func serverStreamEnds(t *testing.T, portable bool) {
	f := start(t, portable, transport.Options{PingEvery: 50 * time.Millisecond})
	s := newSession("user")
	f.next.Store(s)
	l := f.listen("a", "")
	l.expect("connection_established")
	for !strings.HasPrefix(l.lines.Text(), ":") && l.lines.Scan() { // a heartbeat
	}
	if stats := f.server.Stats(); stats.Streams != 1 || stats.Connections != 1 {
		t.Errorf("%d streams of %d connections", stats.Streams, stats.Connections)
	}
	if clients := f.server.Slowest(5); len(clients) != 1 || clients[0].Kind != "stream" || clients[0].User != "user" || clients[0].Address == "" || len(clients[0].Channels) != 1 {
		t.Errorf("the clients are %+v", clients)
	}
	s.mu.Lock()
	s.ended = &ws.CloseError{Code: ws.CloseRevoked, Reason: "signed out"}
	s.mu.Unlock()
	f.server.Recheck("user")
	id, m, ok := l.next()
	if !ok || m.Type != "close" || m.Code != "4409" || id != "" || m.Reason != "signed out" {
		t.Errorf("it ends with %+v", m)
	}
	if _, m, ok := l.next(); ok {
		t.Errorf("after the end came %+v", m)
	}
}

// A client whose stream breaks before its first event comes back to where it was.
func TestServer_streamBegins(t *testing.T) { onBoth(t, serverStreamBegins) }

func serverStreamBegins(t *testing.T, portable bool) {
	f := start(t, portable, transport.Options{})
	f.publish("a")
	f.publish("b")
	for channels, want := range map[string]string{"a": "epoch:1", "a,b": "a=epoch:1,b=epoch:1"} {
		l := f.listen(channels, "")
		l.expect("connection_established")
		for !strings.HasPrefix(l.lines.Text(), "id: ") && l.lines.Scan() {
		}
		if got := strings.TrimPrefix(l.lines.Text(), "id: "); got != want {
			t.Errorf("a stream of %s begins at %q, want %q", channels, got, want)
		}
	}
}
