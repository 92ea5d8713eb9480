// Command gws broadcasts with github.com/lxzan/gws: a goroutine reads each connection, and a Broadcaster, which
// encodes a message once, sends it to all, as its README says.
package main

import (
	"log"
	"net/http"
	"sync"

	"github.com/lxzan/gws"

	"github.com/fadedistrict/fade/bench/peers/publish"
)

// hub knows the open connections.
type hub struct {
	gws.BuiltinEventHandler
	mu    sync.RWMutex
	conns map[*gws.Conn]struct{}
}

// OnOpen implements [gws.Event].
func (h *hub) OnOpen(socket *gws.Conn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.conns[socket] = struct{}{}
}

// OnClose implements [gws.Event].
func (h *hub) OnClose(socket *gws.Conn, _ error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.conns, socket)
}

func (h *hub) send(text []byte) error {
	b := gws.NewBroadcaster(gws.OpcodeText, text)
	defer func() { _ = b.Close() }()
	h.mu.RLock()
	defer h.mu.RUnlock()
	for socket := range h.conns {
		_ = b.Broadcast(socket)
	}
	return nil
}

func main() {
	h := &hub{conns: map[*gws.Conn]struct{}{}}
	upgrader := gws.NewUpgrader(h, &gws.ServerOption{})
	http.HandleFunc("GET /ws", func(w http.ResponseWriter, r *http.Request) {
		socket, err := upgrader.Upgrade(w, r)
		if err != nil {
			return
		}
		go socket.ReadLoop() // not in the handler, so that what net/http holds for the request can go
	})
	publish.Handle(h.send)
	log.Fatal(publish.Serve())
}
