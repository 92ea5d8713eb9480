package redis_test

import (
	"context"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fadedistrict/fade/internal/testserver"
	"github.com/fadedistrict/fade/realtime/channel"
	"github.com/fadedistrict/fade/realtime/channel/redis"
)

// patience bounds how long a test waits for what must happen.
const patience = 20 * time.Second

// TestNew_secret: a URL that cannot be read is told without the password in it.
func TestNew_secret(t *testing.T) {
	for _, url := range []string{"redis://:hunter2@host:port/0", "redis://user:hunter2@ho st/", "redis://:hunter2%zz@host/", "http://:hunter2@host/"} {
		_, err := redis.New(url, slog.New(slog.DiscardHandler))
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("New(%q) = %v", url, err)
		}
	}
}

// wire is a network between a layer and Redis that can be cut without either end hearing of it, as when a
// machine disappears or a firewall forgets.
type wire struct {
	listener net.Listener
	to       string

	mu    sync.Mutex
	cut   bool
	conns []net.Conn
	work  sync.WaitGroup
}

func newWire(t *testing.T, to string) *wire {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{listener: listener, to: to}
	w.work.Go(w.accept)
	t.Cleanup(func() {
		_ = listener.Close()
		w.mu.Lock()
		for _, c := range w.conns {
			_ = c.Close()
		}
		w.mu.Unlock()
		w.work.Wait()
	})
	return w
}

func (w *wire) accept() {
	for {
		near, err := w.listener.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial("tcp", w.to)
		if err != nil {
			_ = near.Close()
			continue
		}
		w.mu.Lock()
		w.conns = append(w.conns, near, far)
		w.mu.Unlock()
		w.work.Go(func() { w.carry(near, far) })
		w.work.Go(func() { w.carry(far, near) })
	}
}

// carry copies, and swallows what comes while the wire is cut.
func (w *wire) carry(from, to net.Conn) {
	buffer := make([]byte, 4096)
	for {
		n, err := from.Read(buffer)
		w.mu.Lock()
		cut := w.cut
		w.mu.Unlock()
		if err != nil && !cut {
			_ = to.Close()
		}
		if err != nil {
			return
		}
		if !cut {
			_, _ = to.Write(buffer[:n])
		}
	}
}

func (w *wire) setCut(cut bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = cut
}

// ear passes on what a layer says.
type ear struct {
	messages chan string
	gaps     chan string
}

func (e ear) Message(_ string, text []byte) { e.messages <- string(text) }
func (e ear) Gap(channels []string) {
	for _, name := range channels {
		e.gaps <- name
	}
}

func (e ear) await(t *testing.T, from chan string, want string) {
	t.Helper()
	for deadline := time.After(patience); ; {
		select {
		case got := <-from:
			if got == want {
				return
			}
		case <-deadline:
			t.Fatalf("waited in vain for %q", want)
		}
	}
}

// await waits for a state of the layer.
func await(t *testing.T, layer channel.Layer, holds func(channel.State) bool) {
	t.Helper()
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	for deadline := time.After(patience); !holds(layer.State()); {
		select {
		case <-ticker.C:
		case <-deadline:
			t.Fatalf("waited in vain; the state is %+v", layer.State())
		}
	}
}

// TestLayer_silentOutage: a Redis that just stops answering is noticed, harms nobody, and is found again.
func TestLayer_silentOutage(t *testing.T) {
	server := testserver.StartRedis(t)
	w := newWire(t, strings.TrimSuffix(strings.TrimPrefix(server.URL, "redis://"), "/"))
	layer, err := redis.New("redis://"+w.listener.Addr().String(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	e := ear{make(chan string, 100), make(chan string, 100)}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- layer.Run(ctx, e) }()
	defer func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run() = %v", err)
		}
	}()
	layer.Subscribe("a")
	e.await(t, e.gaps, "a")

	w.setCut(true)
	await(t, layer, func(s channel.State) bool { return !s.Connected && s.LastError != "" })
	state := layer.State()
	for range 100_000 { // none of this may wait for Redis
		layer.Publish("a", []byte("lost"))
	}
	if got := layer.State().Dropped - state.Dropped; got != 100_000 {
		t.Errorf("%d messages were counted as dropped, want 100000", got)
	}

	w.setCut(false)
	e.await(t, e.gaps, "a")
	await(t, layer, func(s channel.State) bool { return s.Connected && s.LastError == "" })
	layer.Publish("a", []byte("back"))
	e.await(t, e.messages, "back")
}
