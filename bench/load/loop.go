package load

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

const (
	readSize   = 256 << 10
	tickLength = 10 * time.Millisecond
	retryAfter = 100 * time.Millisecond // or up to twice that, by chance, where the server does not say
)

// client is one connection, from its first opening on, over all that replace it.
type client struct {
	index      int32 // in Swarm.clients
	fd         int32
	generation int32 // tells the events of one connection from those of the next
	state      state
	chunked    bool
	chunks     dechunker
	last       int64  // sequence, or unknown
	head       int64  // of the server's log when the connection was opened
	due        int64  // when to open it again, Unix nanoseconds
	partial    []byte // the beginning of what the last read cut
}

type state uint8

const (
	stateClosed state = iota
	stateConnecting
	stateHandshake // the request is sent
	stateGreeting  // the answer is there; the protocol says more before the client is ready
	stateReady
)

func (c *client) open() bool { return c.state != stateClosed }

// run is the loop.
func (s *Swarm) run() {
	defer close(s.stopped)
	events := make([]unix.EpollEvent, 1024)
	for !s.done {
		n, err := unix.EpollWait(s.epoll, events, s.patience())
		if err != nil && !errors.Is(err, unix.EINTR) {
			panic(fmt.Sprintf("load: epoll: %v", err)) // a mistake of this package
		}
		for _, event := range events[:max(n, 0)] {
			if event.Fd < 0 {
				var count [8]byte
				_, _ = unix.Read(s.wakeup, count[:])
				continue
			}
			if c := &s.clients[event.Fd]; c.open() && c.generation == event.Pad {
				s.handle(c, event.Events)
			}
		}
		s.runTasks()
		s.tick()
		for !s.paused && len(s.pending) > 0 && s.opening < s.config.InFlight {
			i := s.pending[0]
			s.pending = s.pending[1:]
			s.connect(i)
		}
		s.delivered.Store(s.stats.Deliveries)
	}
}

// patience gives the milliseconds that the loop may wait for something to read.
func (s *Swarm) patience() int {
	if len(s.waiting) > 0 && !s.paused || s.pingRate > 0 {
		return int(tickLength.Milliseconds())
	}
	return -1
}

func (s *Swarm) runTasks() {
	for {
		select {
		case task := <-s.tasks:
			task()
		default:
			return
		}
	}
}

// tick does what is due by time.
func (s *Swarm) tick() {
	if len(s.waiting) == 0 && s.pingRate == 0 {
		return
	}
	now := time.Now()
	if now.Sub(s.ticked) < tickLength {
		return
	}
	elapsed := now.Sub(s.ticked)
	s.ticked = now
	s.waiting = slices.DeleteFunc(s.waiting, func(i int32) bool {
		due := s.clients[i].due <= now.UnixNano()
		if due {
			s.pending = append(s.pending, i)
		}
		return due
	})
	if s.pingRate == 0 {
		return
	}
	// At most what is due for a tenth of a second: a loop that was busy does not catch up with a burst.
	s.pingDue += s.pingRate * min(elapsed, 100*time.Millisecond).Seconds()
	for tries := len(s.clients); s.pingDue >= 1 && tries > 0; s.pingNext++ {
		if c := &s.clients[s.pingNext%len(s.clients)]; c.state == stateReady {
			s.send(c, opPing, []byte("load"))
			s.stats.Pings++
			s.pingDue--
			tries = len(s.clients)
		} else {
			tries--
		}
	}
}

// connect begins to open a client. A process can hold more connections to one address than one local address
// has ports, and those that were closed stay taken for a while, so the local addresses take turns.
func (s *Swarm) connect(i int32) {
	c := &s.clients[i]
	s.opening++
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		c.state = stateConnecting
		s.fail(c, fmt.Errorf("socket: %w", err), false)
		return
	}
	c.fd, c.state, c.partial = int32(fd), stateConnecting, c.partial[:0]
	c.generation++
	c.chunked, c.chunks = false, dechunker{}
	if err := s.dial(fd, i); err != nil {
		s.fail(c, err, true)
		return
	}
	event := unix.EpollEvent{Events: unix.EPOLLOUT, Fd: i, Pad: c.generation}
	if err := unix.EpollCtl(s.epoll, unix.EPOLL_CTL_ADD, fd, &event); err != nil {
		s.fail(c, fmt.Errorf("epoll: %w", err), true)
	}
}

func (s *Swarm) dial(fd int, i int32) error {
	if s.config.ReceiveBuffer > 0 {
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, s.config.ReceiveBuffer); err != nil {
			return fmt.Errorf("receive buffer: %w", err)
		}
	}
	if s.target.Addr[0] == 127 {
		local := unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, byte(1 + i%8)}}
		err := unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_BIND_ADDRESS_NO_PORT, 1)
		if err == nil {
			err = unix.Bind(fd, &local)
		}
		if err != nil {
			return fmt.Errorf("bind: %w", err)
		}
	}
	if err := unix.Connect(fd, &s.target); err != nil && !errors.Is(err, unix.EINPROGRESS) {
		return fmt.Errorf("connect: %w", err)
	}
	return nil
}

// handle looks after a connection on which something happened.
func (s *Swarm) handle(c *client, events uint32) {
	if c.state == stateConnecting {
		if code, err := unix.GetsockoptInt(int(c.fd), unix.SOL_SOCKET, unix.SO_ERROR); err != nil || code != 0 {
			s.fail(c, fmt.Errorf("connect: %w", unix.Errno(code)), true)
			return
		}
		s.request(c)
		return
	}
	if events&(unix.EPOLLIN|unix.EPOLLRDHUP) == 0 || s.config.Mute && c.state == stateReady {
		s.lost(c, 1006, nil)
		return
	}
	s.read(c)
}

// read takes what has come and gives it to the protocol, keeping what is not complete.
func (s *Swarm) read(c *client) {
	kept := copy(s.buffer, c.partial)
	n, err := unix.Read(int(c.fd), s.buffer[kept:kept+readSize])
	switch {
	case errors.Is(err, unix.EAGAIN), errors.Is(err, unix.EINTR):
		return
	case err != nil:
		s.lost(c, 1006, err)
		return
	case n == 0:
		s.lost(c, 1006, nil)
		return
	}
	s.now = time.Now().UnixNano()
	s.stats.Bytes += int64(n)
	b := s.buffer[:kept+n]
	used, err := s.take(c, b, kept)
	switch {
	case !c.open(): // closed by what was read
	case err != nil:
		s.lost(c, 1006, err)
	case len(b)-used > maxMessage:
		s.lost(c, 1006, errTooLong)
	default:
		c.partial = append(c.partial[:0], b[used:]...)
	}
}

// ready notes that a client is open and greeted.
func (s *Swarm) ready(c *client) {
	if c.state == stateReady {
		return
	}
	c.state = stateReady
	s.opening--
	s.stats.Opened++
	if s.config.Mute {
		_ = unix.EpollCtl(s.epoll, unix.EPOLL_CTL_MOD, int(c.fd), &unix.EpollEvent{Fd: c.index, Pad: c.generation})
	}
}

// lost notes that a connection ended with this close code. The error says why, if it was this side's doing.
func (s *Swarm) lost(c *client, code int, err error) {
	if c.state != stateReady {
		if err == nil {
			err = fmt.Errorf("closed with %d before it was ready", code)
		}
		s.fail(c, err, true)
		return
	}
	s.stats.Closes[code]++
	if err != nil && s.stats.Failure == "" {
		s.stats.Failure = err.Error()
	}
	s.drop(c)
	if s.config.Reconnect {
		s.later(c, 0)
	}
}

// fail notes that a connection did not become ready. Retry says whether another try may be better.
func (s *Swarm) fail(c *client, err error, retry bool) {
	s.stats.Failures++
	if s.stats.Failure == "" {
		s.stats.Failure = err.Error()
	}
	s.opening--
	s.drop(c)
	if retry && s.config.Reconnect {
		s.later(c, 0)
	}
}

// later has a client opened again, not before the time that the server asks for in whole seconds.
func (s *Swarm) later(c *client, asked time.Duration) {
	wait, spread := asked, time.Second
	if asked == 0 {
		wait, spread = retryAfter, retryAfter
	}
	wait += rand.N(spread) //nolint:gosec // G404: chance spreads the clients, it hides nothing
	c.due = time.Now().Add(wait).UnixNano()
	s.waiting = append(s.waiting, c.index)
}

// drop closes a connection. Whether the server has closed it or not, no port stays taken.
func (s *Swarm) drop(c *client) {
	if c.fd >= 0 {
		_ = unix.Close(int(c.fd))
	}
	c.fd, c.state, c.partial = -1, stateClosed, c.partial[:0]
}

// reset closes a connection at once, without a word.
func (s *Swarm) reset(c *client) {
	if c.state != stateReady {
		s.opening--
	}
	_ = unix.SetsockoptLinger(int(c.fd), unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1})
	s.drop(c)
}

// send writes a frame. It is small, and there is room for it unless the server has stopped reading.
func (s *Swarm) send(c *client, op byte, payload []byte) {
	var scratch [512]byte
	_, _ = unix.Write(int(c.fd), appendMasked(scratch[:0], op, payload))
}
