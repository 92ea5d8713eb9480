package transport_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/fadedistrict/fade/realtime/channel/memory"
	"github.com/fadedistrict/fade/realtime/eventlog/eventlogtest"
	"github.com/fadedistrict/fade/realtime/hub"
	"github.com/fadedistrict/fade/realtime/transport"
)

// BenchmarkIdle tells what 5,000 connections that follow a channel and say nothing cost this process: heap and
// stacks, the client's end of a connection being a descriptor and no more.
//
//	go test -run '^$' -bench Idle -benchtime 1x ./realtime/transport
func BenchmarkIdle(b *testing.B) {
	const connections = 5000
	h := hub.New(hub.Options{Log: eventlogtest.New(), Layer: memory.New()})
	server, err := transport.NewServer(transport.Options{Hub: h})
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(b.Context())
	var running sync.WaitGroup
	running.Go(func() { _ = h.Run(ctx) })
	running.Go(func() { server.Run(ctx) })
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = server.Serve(w, r, newSession("user"), transport.Opening{Channel: "a"})
	}))
	defer func() {
		cancel()
		front.Close()
		running.Wait()
	}()
	address := strings.TrimPrefix(front.URL, "http://")
	dial := func() net.Conn {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			b.Fatal(err)
		}
		_, _ = fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", address)
		seen := ""
		for buffer := make([]byte, 512); !strings.Contains(seen, "connection_established"); {
			n, err := conn.Read(buffer)
			if err != nil {
				b.Fatal(err)
			}
			seen += string(buffer[:n])
		}
		return conn
	}
	used := func() (heap, stacks uint64) {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc, m.StackInuse
	}
	for range b.N {
		conns := make([]net.Conn, 0, connections+100)
		for range 100 { // a server that has served before
			conns = append(conns, dial())
		}
		heap, stacks := used()
		for range connections {
			conns = append(conns, dial())
		}
		heapAfter, stacksAfter := used()
		b.ReportMetric(float64(heapAfter-heap)/connections, "heapB/conn")
		b.ReportMetric(float64(stacksAfter-stacks)/connections, "stackB/conn")
		for _, conn := range conns {
			_ = conn.Close()
		}
	}
}
