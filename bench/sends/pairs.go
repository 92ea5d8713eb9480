package main

import (
	"net"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// pairs are connected sockets. What is written to the near ends is read from the far ends and counted.
type pairs struct {
	near, far []int
	received  atomic.Int64
	stop      atomic.Bool
	done      chan struct{}
}

func newPairs(n int) (*pairs, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	defer func() { _ = listener.Close() }()
	p := &pairs{done: make(chan struct{})}
	for range n {
		far, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			return nil, err
		}
		near, err := listener.Accept()
		if err != nil {
			return nil, err
		}
		for _, end := range []struct {
			conn net.Conn
			fds  *[]int
		}{{near, &p.near}, {far, &p.far}} {
			fd, err := detach(end.conn)
			if err != nil {
				return nil, err
			}
			*end.fds = append(*end.fds, fd)
			_ = end.conn.Close()
		}
	}
	poll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, err
	}
	for _, fd := range p.far {
		if err := unix.EpollCtl(poll, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd)}); err != nil {
			return nil, err
		}
	}
	go p.read(poll)
	return p, nil
}

// read empties the far ends until close.
func (p *pairs) read(poll int) {
	defer close(p.done)
	defer func() { _ = unix.Close(poll) }()
	events, buffer := make([]unix.EpollEvent, 512), make([]byte, 256<<10)
	for !p.stop.Load() {
		n, _ := unix.EpollWait(poll, events, 50)
		for _, event := range events[:max(n, 0)] {
			if got, err := unix.Read(int(event.Fd), buffer); err == nil {
				p.received.Add(int64(got))
			}
		}
	}
}

// settle waits until nothing more arrives.
func (p *pairs) settle() {
	for last := int64(-1); last != p.received.Load(); {
		last = p.received.Load()
		time.Sleep(pause)
	}
}

func (p *pairs) close() {
	p.stop.Store(true)
	<-p.done
	for _, fd := range append(p.near, p.far...) {
		_ = unix.Close(fd)
	}
}
