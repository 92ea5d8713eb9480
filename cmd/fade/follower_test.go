package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// follower follows a channel with an independent client, over whatever happens to its connection, and
// complains about anything but the next event.
type follower struct {
	name string

	mu      sync.Mutex
	url     func() string // of the server to connect to, which may change
	token   string
	epoch   string
	seq     int64
	ids     []string // of events, in order; ids[0] is of seq 1
	dials   int
	trouble []error
}

// message is what a server says, of whatever type.
type message struct {
	Type    string
	Channel string
	Epoch   string
	Seq     int64
	ID      string
	Reason  string
	Payload struct {
		Reservation struct{ ID string }
	}
}

// follow follows the dashboard from its beginning until the test ends.
func follow(t *testing.T, name, token string, url func() string) *follower {
	f := &follower{name: name, url: url, token: token}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		for ctx.Err() == nil {
			f.connect(ctx)
			select {
			case <-ctx.Done():
			case <-time.After(20 * time.Millisecond): // a server that is down is not asked as fast as possible
			}
		}
	})
	t.Cleanup(func() {
		cancel()
		running.Wait()
	})
	return f
}

func (f *follower) connect(ctx context.Context) {
	f.mu.Lock()
	address := fmt.Sprintf("%s/ws/dashboard/?since=%d&epoch=%s", f.url(), f.seq, f.epoch)
	f.mu.Unlock()
	dialing, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	conn, _, err := websocket.Dial(dialing, address, &websocket.DialOptions{HTTPHeader: http.Header{"Authorization": {"Bearer " + f.token}}})
	if err != nil {
		return
	}
	defer func() { _ = conn.CloseNow() }()
	conn.SetReadLimit(1 << 20)
	f.mu.Lock()
	f.dials++
	f.mu.Unlock()
	for {
		_, text, err := conn.Read(ctx)
		if err != nil {
			return
		}
		var m message
		if err := json.Unmarshal(text, &m); err != nil {
			f.complain("%s is not a message: %v", text, err)
			continue
		}
		f.take(m)
	}
}

func (f *follower) take(m message) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case m.Type == "connection_established":
		if f.epoch != "" && m.Epoch != f.epoch {
			f.trouble = append(f.trouble, fmt.Errorf("the epoch changed from %s to %s", f.epoch, m.Epoch))
		}
		f.epoch = m.Epoch
	case m.Type == "reset":
		f.trouble = append(f.trouble, fmt.Errorf("reset at %d: %s", f.seq, m.Reason))
	case m.ID == "": // not an event
	case m.Seq != f.seq+1:
		f.trouble = append(f.trouble, fmt.Errorf("event %d came after %d", m.Seq, f.seq))
	default:
		f.seq = m.Seq
		f.ids = append(f.ids, m.ID)
		if m.Type == "reservation_created" {
			f.ids[len(f.ids)-1] = m.Payload.Reservation.ID
		}
	}
}

func (f *follower) complain(format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.trouble = append(f.trouble, fmt.Errorf(format, args...))
}

func (f *follower) at() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.seq
}

// check waits until the follower is at the head of the log, and complains about what it complained about.
// acknowledged are the reservations that must be among the events, each once.
func (f *follower) check(t *testing.T, head int64, acknowledged []string) {
	t.Helper()
	eventually(t, fmt.Sprintf("%s is at %d", f.name, head), func() bool { return f.at() >= head })
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, err := range f.trouble {
		t.Errorf("%s: %v", f.name, err)
	}
	if f.seq != head {
		t.Errorf("%s is at %d, behind the head %d", f.name, f.seq, head)
	}
	seen := map[string]int{}
	for _, id := range f.ids {
		seen[id]++
	}
	for _, id := range acknowledged {
		if seen[id] != 1 {
			t.Errorf("%s saw the acknowledged reservation %s %d times", f.name, id, seen[id])
		}
	}
}

// writers book from many goroutines at once and remember what was acknowledged.
type writers struct {
	mu           sync.Mutex
	acknowledged []string
	failed       []error
	progress     chan int // how many were acknowledged, now and then
	running      sync.WaitGroup
}

// book starts writers that make each so many reservations, on the servers in turn. A failure is noted, and
// after retry the reservation is given up: it may or may not have been made.
func book(ctx context.Context, count, each int, mayFail bool, servers ...func() api) *writers {
	w := &writers{progress: make(chan int, count*each)}
	for n := range count {
		w.running.Go(func() {
			for i := range each {
				var made struct{ ID string }
				server := servers[(n+i)%len(servers)]()
				_, _, err := server.call(ctx, "POST", "/api/reservations/", reservation("alpha", n*each+i), &made)
				w.mu.Lock()
				if err == nil {
					w.acknowledged = append(w.acknowledged, made.ID)
					w.progress <- len(w.acknowledged)
				} else if !mayFail && ctx.Err() == nil {
					w.failed = append(w.failed, err)
				}
				w.mu.Unlock()
				if err != nil && mayFail {
					time.Sleep(5 * time.Millisecond) // the server is down: do not burn all tries at once
				}
			}
		})
	}
	return w
}

// reach waits until so many reservations were acknowledged.
func (w *writers) reach(t *testing.T, n int) {
	t.Helper()
	timeout := time.After(2 * patience)
	for {
		select {
		case done := <-w.progress:
			if done >= n {
				return
			}
		case <-timeout:
			t.Fatalf("%d reservations were not acknowledged in time", n)
		}
	}
}

// wait waits for all writers and gives what was acknowledged.
func (w *writers) wait(t *testing.T) []string {
	t.Helper()
	w.running.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, err := range w.failed {
		t.Errorf("a write failed: %v", err)
	}
	return w.acknowledged
}
