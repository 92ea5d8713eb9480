package load

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gobwas/ws"
)

// fadeLike is a server that speaks enough of docs/protocol.md, over gobwas/ws.
type fadeLike struct {
	t    *testing.T
	http *http.Server
	url  *url.URL

	mu      sync.Mutex
	conns   map[net.Conn]bool
	history [][]byte
	refuse  int // requests to answer with 503
	frames  chan ws.Frame
}

func startFadeLike(t *testing.T) *fadeLike {
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &fadeLike{t: t, conns: map[net.Conn]bool{}, url: &url.URL{Host: listener.Addr().String()}, frames: make(chan ws.Frame, 1000)}
	f.http = &http.Server{Handler: f, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = f.http.Serve(listener) }()
	t.Cleanup(func() {
		_ = f.http.Close()
		f.closeAll(ws.StatusNormalClosure)
	})
	return f
}

func (f *fadeLike) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if r.Header.Get("Authorization") != "Bearer secret" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if f.refuse > 0 {
		f.refuse--
		w.Header().Set("Retry-After", "0")
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	conn, _, _, err := ws.UpgradeHTTP(r, w)
	if err != nil {
		f.t.Error(err)
		return
	}
	since := len(f.history)
	if text := r.URL.Query().Get("since"); text != "" {
		since, _ = strconv.Atoi(text)
	}
	f.write(conn, fmt.Appendf(nil, `{"type":"connection_established","epoch":"e","seq":%d,"head":%d}`, since, len(f.history)))
	for _, event := range f.history[since:] {
		f.write(conn, event)
	}
	f.conns[conn] = true
	go f.read(conn)
}

func (f *fadeLike) read(conn net.Conn) {
	b := bufio.NewReader(conn)
	for {
		frame, err := readFrame(b)
		if err != nil {
			return
		}
		select {
		case f.frames <- frame:
		default:
		}
		if frame.Header.OpCode == ws.OpClose {
			f.mu.Lock()
			delete(f.conns, conn)
			f.mu.Unlock()
			_ = ws.WriteFrame(conn, ws.NewCloseFrame(nil))
			_ = conn.Close()
			return
		}
	}
}

func (f *fadeLike) write(conn net.Conn, text []byte) {
	_ = ws.WriteFrame(conn, ws.NewTextFrame(text))
}

func (f *fadeLike) publish(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for range n {
		event := fmt.Appendf(nil, `{"type":"bench","payload":{"t":%d},"channel":"dashboard","seq":%d,"id":"0199aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee"}`,
			time.Now().UnixNano(), len(f.history)+1)
		f.history = append(f.history, event)
		for conn := range f.conns {
			f.write(conn, event)
		}
	}
}

func (f *fadeLike) closeAll(code ws.StatusCode) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for conn := range f.conns {
		_ = ws.WriteFrame(conn, ws.NewCloseFrame(ws.NewCloseFrameBody(code, "")))
		_ = conn.Close()
	}
	f.conns = map[net.Conn]bool{}
}

func startSwarm(t *testing.T, f *fadeLike, change func(*Config)) *Swarm {
	c := Config{Address: f.url.Host, Path: "/ws/dashboard/", Protocol: Fade, Header: func(int) string { return "Authorization: Bearer secret\r\n" }}
	if change != nil {
		change(&c)
	}
	s, err := Start(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func TestSwarm_delivers(t *testing.T) {
	const clients, events = 50, 100
	f := startFadeLike(t)
	f.publish(3)
	s := startSwarm(t, f, nil)
	mustNot(t, s.Open(t.Context(), clients))
	f.publish(events)
	mustNot(t, s.Await(t.Context(), clients*events))
	stats := s.Stats()
	if stats.Deliveries != clients*events || stats.Disorder() != 0 || stats.CaughtUp != clients || s.Lowest() != events+3 {
		t.Errorf("%v", stats)
	}
	if stats.Latency.Count() != clients*events || stats.Latency.Quantile(0.5) <= 0 || stats.Last.Before(stats.First) {
		t.Errorf("latency of %d deliveries: %v", stats.Latency.Count(), stats.Latency.Quantile(0.5))
	}
	s.Reset()
	if stats := s.Stats(); stats.Deliveries != 0 || stats.Ready != clients {
		t.Errorf("after a reset: %v", stats)
	}
	mustNot(t, s.Disconnect(t.Context(), true))
	if stats := s.Stats(); stats.Ready != 0 || stats.Closes[1005] != clients {
		t.Errorf("after the end: %v", stats)
	}
}

func TestSwarm_resumes(t *testing.T) {
	const clients = 50
	f := startFadeLike(t)
	s := startSwarm(t, f, func(c *Config) { c.Reconnect = true })
	mustNot(t, s.Open(t.Context(), clients))
	f.publish(5)
	mustNot(t, s.Await(t.Context(), 5*clients))
	s.Pause()
	f.closeAll(4451)
	f.publish(7)
	f.mu.Lock()
	f.refuse = 20
	f.mu.Unlock()
	s.Resume(clients)
	mustNot(t, s.Await(t.Context(), 12*clients))
	mustNot(t, s.AwaitCaughtUp(t.Context()))
	stats := s.Stats()
	if stats.Disorder() != 0 || stats.Closes[4451] != clients || stats.Refused[503] != 20 || s.Epoch() != "e" {
		t.Errorf("%v", stats)
	}
}

func TestSwarm_refused(t *testing.T) {
	f := startFadeLike(t)
	s := startSwarm(t, f, func(c *Config) { c.Header = nil })
	err := s.Open(t.Context(), 3)
	if err == nil || !strings.Contains(err.Error(), "401") {
		t.Errorf("without a token: %v", err)
	}
	_ = f.http.Close()
	if err := startSwarm(t, f, nil).Open(t.Context(), 3); err == nil || !strings.Contains(err.Error(), "refused") {
		t.Errorf("without a server: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := s.Await(ctx, 1); err == nil {
		t.Error("nothing was delivered, and nobody says so")
	}
}

func TestSwarm_findsDisorder(t *testing.T) {
	f := startFadeLike(t)
	s := startSwarm(t, f, nil)
	mustNot(t, s.Open(t.Context(), 1))
	f.publish(1)
	for _, seq := range []int{2, 5, 4, 6} {
		f.mu.Lock()
		for conn := range f.conns {
			f.write(conn, fmt.Appendf(nil, `{"payload":{"t":1},"seq":%d,"id":"0199aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee"}`, seq))
		}
		f.mu.Unlock()
	}
	mustNot(t, s.Await(t.Context(), 4))
	if stats := s.Stats(); stats.Gaps != 1 || stats.Missing != 2 || stats.Duplicates != 1 {
		t.Errorf("%v", stats)
	}
}

func TestSwarm_pingsAndMute(t *testing.T) {
	f := startFadeLike(t)
	s := startSwarm(t, f, func(c *Config) { c.Mute, c.ReceiveBuffer = true, 4096 })
	mustNot(t, s.Open(t.Context(), 2))
	f.publish(10)
	s.Ping(1000)
	for range 5 {
		if frame := <-f.frames; frame.Header.OpCode != ws.OpPing || !frame.Header.Masked {
			t.Fatalf("instead of a ping: %+v", frame.Header)
		}
	}
	s.Ping(0)
	if stats := s.Stats(); stats.Deliveries != 0 || stats.Ready != 2 {
		t.Errorf("a client that reads nothing: %v", stats)
	}
}

func mustNot(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
