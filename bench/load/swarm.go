package load

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// Config says whom a swarm's clients talk to, and how.
type Config struct {
	Address  string // host:port, the host an IPv4 address
	Path     string // with the query
	Protocol Protocol

	// Header gives further header lines of a client's request, each ended by CRLF. Nil: none.
	Header func(client int) string

	// TimeKey is the JSON key, with quotes and colon, before the time an event was sent at, and perhaps the
	// beginning of a string that holds it. The default is `"t":`. An event without it is checked for its
	// order, but is no delivery.
	TimeKey string

	InFlight      int  // connections that are being opened at the same time; 64 if 0
	Reconnect     bool // open a connection again that the server closed or did not take; after a 503 that is done anyway
	Mute          bool // read nothing once open: a client that misbehaves
	ReceiveBuffer int  // of a connection, in bytes; 0 leaves it to the kernel
}

// Swarm is a number of clients of one server. Close it.
type Swarm struct {
	config  Config
	target  unix.SockaddrInet4
	epoll   int
	wakeup  int
	tasks   chan func()
	stopped chan struct{}
	closing sync.Once

	delivered atomic.Int64 // Stats.Deliveries, as of the loop's last round

	// What follows is the loop's.
	clients  []client
	pending  []int32 // to be opened
	waiting  []int32 // to be opened later
	opening  int     // connections that are being opened
	paused   bool
	done     bool
	buffer   []byte
	now      int64 // of the last read, Unix nanoseconds
	time     needle
	number   needle
	epoch    string // of Fade's database
	stats    Stats
	first    int64 // when the first and the last delivery was read, Unix nanoseconds
	last     int64
	pingRate float64 // a second
	pingDue  float64
	pingNext int
	ticked   time.Time
}

// Start begins a swarm without clients.
func Start(c Config) (*Swarm, error) {
	address, err := netip.ParseAddrPort(c.Address)
	if err != nil || !address.Addr().Is4() {
		return nil, fmt.Errorf("load: %q is not an IPv4 address and port", c.Address)
	}
	if c.InFlight == 0 {
		c.InFlight = 64
	}
	if c.TimeKey == "" {
		c.TimeKey = `"t":`
	}
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("load: epoll: %w", err)
	}
	wakeup, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("load: eventfd: %w", err), unix.Close(epoll))
	}
	s := &Swarm{
		config: c, target: unix.SockaddrInet4{Port: int(address.Port()), Addr: address.Addr().As4()},
		epoll: epoll, wakeup: wakeup, tasks: make(chan func(), 64), stopped: make(chan struct{}),
		buffer: make([]byte, maxMessage+readSize), time: newNeedle(c.TimeKey), number: newNeedle(`"n":`),
	}
	s.stats = newStats()
	if err := unix.EpollCtl(epoll, unix.EPOLL_CTL_ADD, wakeup, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: -1}); err != nil {
		return nil, errors.Join(fmt.Errorf("load: epoll: %w", err), unix.Close(epoll), unix.Close(wakeup))
	}
	go s.run()
	return s, nil
}

// do runs a function in the loop and waits for it. After Close it does nothing.
func (s *Swarm) do(f func()) {
	ran := make(chan struct{})
	select {
	case s.tasks <- func() { f(); close(ran) }:
	case <-s.stopped:
		return
	}
	_, _ = unix.Write(s.wakeup, []byte{1, 0, 0, 0, 0, 0, 0, 0})
	select {
	case <-ran:
	case <-s.stopped:
	}
}

// Open adds n clients and returns when each of them is ready. Without Config.Reconnect it fails as soon as
// one of them does.
func (s *Swarm) Open(ctx context.Context, n int) error {
	var before Stats
	s.do(func() {
		before = s.stats
		for range n {
			s.pending = append(s.pending, int32(len(s.clients)))
			s.clients = append(s.clients, client{index: int32(len(s.clients)), fd: -1, last: unknown})
		}
	})
	return s.await(ctx, 2*time.Millisecond, func() (bool, error) {
		now := s.Stats()
		if now.Failures > before.Failures && !s.config.Reconnect {
			return false, fmt.Errorf("load: %d of %d clients could not be opened: %s", now.Failures-before.Failures, n, now.Failure)
		}
		return now.Ready == now.Clients, nil
	})
}

// Await returns when there have been so many deliveries since the last Reset.
func (s *Swarm) Await(ctx context.Context, deliveries int64) error {
	return s.await(ctx, time.Millisecond, func() (bool, error) { return s.delivered.Load() >= deliveries, nil })
}

// AwaitReady returns when every client is ready.
func (s *Swarm) AwaitReady(ctx context.Context) error {
	return s.await(ctx, 5*time.Millisecond, func() (bool, error) {
		now := s.Stats()
		return now.Ready == now.Clients, nil
	})
}

// AwaitCaughtUp returns when every client is ready and has had all that there was when it was opened.
func (s *Swarm) AwaitCaughtUp(ctx context.Context) error {
	return s.await(ctx, 5*time.Millisecond, func() (bool, error) {
		now := s.Stats()
		return now.CaughtUp == now.Clients, nil
	})
}

func (s *Swarm) await(ctx context.Context, every time.Duration, reached func() (bool, error)) error {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if ok, err := reached(); ok || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("load: %w; %v", ctx.Err(), s.Stats())
		case <-tick.C:
		}
	}
}

// Pause keeps clients from being opened, until Resume.
func (s *Swarm) Pause() { s.do(func() { s.paused = true }) }

// Resume opens at once those that wait to be opened, up to so many at the same time.
func (s *Swarm) Resume(inFlight int) {
	s.do(func() {
		s.paused, s.config.InFlight = false, inFlight
		s.pending, s.waiting = append(s.pending, s.waiting...), s.waiting[:0]
		rand.Shuffle(len(s.pending), func(i, j int) { //nolint:gosec // G404: an order that nobody gains by guessing
			s.pending[i], s.pending[j] = s.pending[j], s.pending[i]
		})
	})
}

// Ping makes the clients that are ready send so many pings a second, in turn.
func (s *Swarm) Ping(perSecond float64) {
	s.do(func() { s.pingRate, s.pingDue, s.ticked = perSecond, 0, time.Now() })
}

// Disconnect closes all connections: in order, with a close frame and its answer, or at once with a reset.
// The clients stay closed.
func (s *Swarm) Disconnect(ctx context.Context, inOrder bool) error {
	s.do(func() {
		s.config.Reconnect = false
		s.pending, s.waiting = nil, nil
		for i := range s.clients {
			c := &s.clients[i]
			switch {
			case c.state == stateReady && inOrder && s.config.Protocol != Stream:
				s.send(c, opClose, []byte{0x03, 0xe8}) // 1000
			case c.open():
				s.reset(c)
			}
		}
	})
	return s.await(ctx, time.Millisecond, func() (bool, error) {
		open := 0
		s.do(func() {
			for i := range s.clients {
				if s.clients[i].open() {
					open++
				}
			}
		})
		return open == 0, nil
	})
}

// Close resets all connections and ends the loop.
func (s *Swarm) Close() {
	s.closing.Do(func() {
		s.do(func() {
			for i := range s.clients {
				if c := &s.clients[i]; c.open() {
					s.reset(c)
				}
			}
			s.done = true
		})
		<-s.stopped
		_ = unix.Close(s.epoll)
		_ = unix.Close(s.wakeup)
	})
}
