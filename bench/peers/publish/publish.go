// Package publish is the part that the Go peers have in common: POST /publish?m=200&hz=0, whose body is the
// padding {"b":"…"}, sends m messages {"n":…,"t":…,"b":…} back to back, or hz a second.
package publish

import (
	"encoding/json"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"strconv"
	"time"
)

// Message is what every client receives. N grows by one, over all requests; T is the time it was sent, in
// Unix nanoseconds.
type Message struct {
	N int64  `json:"n"`
	T int64  `json:"t"`
	B string `json:"b"`
}

// Handle answers /publish by giving each message to send, and POST /gc by collecting garbage. Requests come
// one after the other.
func Handle(send func(text []byte) error) {
	var n int64
	http.HandleFunc("POST /publish", func(w http.ResponseWriter, r *http.Request) {
		var padding Message
		count, err := strconv.Atoi(r.URL.Query().Get("m"))
		if err == nil {
			err = json.NewDecoder(r.Body).Decode(&padding)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		hz, _ := strconv.ParseFloat(r.URL.Query().Get("hz"), 64)
		start := time.Now()
		for i := range count {
			if hz > 0 {
				time.Sleep(time.Until(start.Add(time.Duration(float64(i) / hz * float64(time.Second)))))
			}
			n++
			text, err := json.Marshal(Message{n, time.Now().UnixNano(), padding.B})
			if err == nil {
				err = send(text)
			}
			if err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
		}
	})
	http.HandleFunc("POST /gc", func(http.ResponseWriter, *http.Request) { debug.FreeOSMemory() })
}

// Serve listens where the flag -listen says, tells the port in a line, and serves until the process ends.
func Serve() error {
	address := flag.String("listen", "127.0.0.1:0", "where to listen")
	flag.Parse()
	listener, err := net.Listen("tcp", *address) //nolint:noctx // for the life of the process
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stdout, "listening at http://%s\n", listener.Addr())
	return http.Serve(listener, nil) //nolint:gosec // G114: a server for a minute, on this machine
}
