package main

import (
	"errors"
	"fmt"
	"net"
	"runtime"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// sendBuffer is asked for at the near ends, so that they take a whole run of frames at once.
const sendBuffer = 512 << 10

// lost is how long bytes may be on their way over loopback.
const lost = 20 * time.Second

// pairs are TCP connections over loopback. What is written to the near ends is read from the far ends.
type pairs struct {
	near, far []int // descriptors that do not block
	poll      int   // the reader's epoll instance
	received  atomic.Int64
	done      chan struct{}
	failure   error // of the reader; read after done

	// keep, if set, is told what was read from a far end. It belongs to the reader.
	keep func(pair int, part []byte)
}

// newPairs opens n connections and begins to read their far ends.
func newPairs(n int, keep func(pair int, part []byte)) (*pairs, error) {
	p := &pairs{done: make(chan struct{}), keep: keep}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	defer func() { _ = listener.Close() }()
	if p.poll, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return nil, fmt.Errorf("epoll_create1: %w", err)
	}
	for range n {
		if err := p.add(listener); err != nil {
			p.closeAll()
			return nil, err
		}
	}
	go p.read()
	return p, nil
}

// add opens one more connection.
func (p *pairs) add(listener net.Listener) error {
	far, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		return err
	}
	defer func() { _ = far.Close() }()
	near, err := listener.Accept()
	if err != nil {
		return err
	}
	defer func() { _ = near.Close() }()
	for _, end := range []struct {
		conn net.Conn
		fds  *[]int
	}{{near, &p.near}, {far, &p.far}} {
		fd, err := detach(end.conn)
		if err != nil {
			return err
		}
		*end.fds = append(*end.fds, fd)
	}
	i := len(p.far) - 1
	if err := unix.SetsockoptInt(p.near[i], unix.SOL_SOCKET, unix.SO_SNDBUF, sendBuffer); err != nil {
		return fmt.Errorf("SO_SNDBUF: %w", err)
	}
	return unix.EpollCtl(p.poll, unix.EPOLL_CTL_ADD, p.far[i], &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(i)})
}

// detach takes the descriptor out of the net package's hands.
func detach(c net.Conn) (fd int, err error) {
	raw, err := c.(*net.TCPConn).SyscallConn()
	if err != nil {
		return 0, err
	}
	failed := raw.Control(func(original uintptr) {
		fd, err = unix.FcntlInt(original, unix.F_DUPFD_CLOEXEC, 0)
	})
	return fd, errors.Join(failed, err)
}

// read empties the far ends until the near ends are shut.
func (p *pairs) read() {
	defer close(p.done)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	ready, buffer := make([]unix.EpollEvent, 512), make([]byte, 256<<10)
	for open := len(p.far); open > 0; {
		n, err := unix.EpollWait(p.poll, ready, -1)
		if err != nil && !errors.Is(err, unix.EINTR) {
			p.failure = fmt.Errorf("epoll_wait: %w", err)
			return
		}
		for _, event := range ready[:max(n, 0)] {
			got, err := unix.Read(p.far[event.Fd], buffer)
			switch {
			case errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EINTR):
			case err != nil:
				p.failure = fmt.Errorf("read: %w", err)
				return
			case got == 0:
				open--
				_ = unix.EpollCtl(p.poll, unix.EPOLL_CTL_DEL, p.far[event.Fd], nil)
			default:
				if p.keep != nil {
					p.keep(int(event.Fd), buffer[:got])
				}
				p.received.Add(int64(got))
			}
		}
	}
}

// await returns when total bytes have been read since the beginning.
func (p *pairs) await(total int64) error {
	for start := time.Now(); p.received.Load() < total; time.Sleep(200 * time.Microsecond) {
		if time.Since(start) > lost {
			return fmt.Errorf("only %d of %d bytes arrived", p.received.Load(), total)
		}
	}
	if got := p.received.Load(); got != total {
		return fmt.Errorf("%d bytes arrived, of %d", got, total)
	}
	return nil
}

// close ends the reader and gives the sockets up.
func (p *pairs) close() error {
	for _, fd := range p.near {
		_ = unix.Shutdown(fd, unix.SHUT_WR)
	}
	<-p.done
	p.closeAll()
	return p.failure
}

func (p *pairs) closeAll() {
	for _, fd := range append(append([]int{p.poll}, p.near...), p.far...) {
		_ = unix.Close(fd)
	}
}
