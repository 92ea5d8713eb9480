package transport

import (
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// newPoller gives an epoll instance (epoll(7)), or the portable poller.
func newPoller(l *loop, portable bool) (poller, error) {
	if portable {
		return newAlarm(l), nil
	}
	e := &epoll{loop: l, ready: make([]unix.EpollEvent, 512), buffer: make([]byte, readableBytes)}
	var err error
	if e.fd, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return nil, fmt.Errorf("transport: epoll_create1: %w", err)
	}
	if e.signal, err = unix.Eventfd(0, unix.EFD_NONBLOCK|unix.EFD_CLOEXEC); err != nil {
		return nil, errors.Join(fmt.Errorf("transport: eventfd: %w", err), unix.Close(e.fd))
	}
	if err := e.control(unix.EPOLL_CTL_ADD, e.signal, unix.EPOLLIN, signalSlot); err != nil {
		return nil, errors.Join(err, unix.Close(e.signal), unix.Close(e.fd))
	}
	// The instance is itself waited for by the runtime's poller, so that a waiting loop is a parked goroutine
	// and not a thread that the scheduler has to miss.
	if err := unix.SetNonblock(e.fd, true); err != nil {
		return nil, errors.Join(err, unix.Close(e.signal), unix.Close(e.fd))
	}
	e.file = os.NewFile(uintptr(e.fd), "epoll")
	if e.raw, err = e.file.SyscallConn(); err != nil {
		return nil, errors.Join(err, unix.Close(e.signal), e.file.Close())
	}
	return e, nil
}

// epoll is the poller of plain TCP connections on Linux.
type epoll struct {
	loop   *loop
	fd     int
	signal int // an eventfd that wake writes to
	file   *os.File
	raw    syscall.RawConn
	until  time.Time // the deadline that is set on file
	ready  []unix.EpollEvent
	buffer []byte       // what is read goes through it
	pieces []unix.Iovec // what is written with one call

	sockets []*descriptor // by slot, which epoll hands back with its events
	free    []int32
	closed  []int32 // slots that become free when all events of a wait have been looked at
}

// signalSlot is not a socket's.
const signalSlot = -1

func (e *epoll) control(operation, fd int, events uint32, slot int32) error {
	if err := unix.EpollCtl(e.fd, operation, fd, &unix.EpollEvent{Events: events, Fd: slot}); err != nil {
		return fmt.Errorf("transport: epoll_ctl: %w", err)
	}
	return nil
}

// open implements poller.
func (e *epoll) open(c *conn, s net.Conn) (link, error) {
	tcp, ok := s.(*net.TCPConn)
	if !ok {
		return newPipe(e.loop, c, s), nil
	}
	fd, err := detach(tcp, c.stream)
	if err != nil {
		return nil, err
	}
	d := &descriptor{poll: e, conn: c, fd: fd, interest: unix.EPOLLIN | unix.EPOLLRDHUP}
	if n := len(e.free); n > 0 {
		d.slot, e.free = e.free[n-1], e.free[:n-1]
		e.sockets[d.slot] = d
	} else {
		d.slot = int32(len(e.sockets))
		e.sockets = append(e.sockets, d)
	}
	if err := e.control(unix.EPOLL_CTL_ADD, fd, d.interest, d.slot); err != nil {
		d.close()
		return nil, err
	}
	return d, nil
}

// detach takes the descriptor out of the net package's hands.
func detach(tcp *net.TCPConn, stream bool) (fd int, err error) {
	defer func() { _ = tcp.Close() }()
	raw, err := tcp.SyscallConn()
	if err != nil {
		return 0, err
	}
	failed := raw.Control(func(original uintptr) {
		fd, err = unix.FcntlInt(original, unix.F_DUPFD_CLOEXEC, 0)
	})
	if err = errors.Join(failed, err); err != nil {
		return 0, fmt.Errorf("transport: dup: %w", err)
	}
	// Idle connections are looked after by pings, or, where the client sends none, by the kernel's own limit.
	_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_KEEPALIVE, 0)
	_ = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NOTSENT_LOWAT, unsentAtMost)
	if stream {
		_ = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(userTimeout.Milliseconds()))
	}
	return fd, nil
}

// wait implements poller.
func (e *epoll) wait(until time.Time) {
	n, err := 0, error(nil)
	if until.IsZero() {
		n, err = unix.EpollWait(e.fd, e.ready, 0)
	} else {
		if !until.Equal(e.until) {
			e.until = until
			_ = e.file.SetReadDeadline(until)
		}
		waited := e.raw.Read(func(uintptr) bool {
			n, err = unix.EpollWait(e.fd, e.ready, 0)
			return n != 0 || err != nil
		})
		if waited != nil {
			e.until = time.Time{} // the deadline is over: it has to be set again
			return
		}
	}
	if err != nil && !errors.Is(err, unix.EINTR) {
		panic("transport: epoll_wait: " + err.Error())
	}
	e.loop.now = time.Now()
	for _, ready := range e.ready[:max(n, 0)] {
		e.dispatch(ready)
	}
	e.free = append(e.free, e.closed...)
	e.closed = e.closed[:0]
}

func (e *epoll) dispatch(ready unix.EpollEvent) {
	if ready.Fd == signalSlot {
		_, _ = unix.Read(e.signal, e.buffer[:8])
		return
	}
	d := e.sockets[ready.Fd]
	if d == nil {
		return // closed by an earlier event of the same wait
	}
	const over = unix.EPOLLHUP | unix.EPOLLERR
	switch {
	case ready.Events&over != 0 && d.interest&unix.EPOLLIN == 0:
		e.loop.drop(d.conn)
		return
	case ready.Events&unix.EPOLLOUT != 0:
		d.want(unix.EPOLLOUT, false)
		e.loop.writable(d.conn)
	}
	if ready.Events&(unix.EPOLLIN|unix.EPOLLRDHUP|over) != 0 {
		d.read()
	}
}

// wake implements poller.
func (e *epoll) wake() {
	one := [8]byte{1}
	_, _ = unix.Write(e.signal, one[:])
}

// close implements poller.
func (e *epoll) close() {
	_ = unix.Close(e.signal)
	_ = e.file.Close()
}

// descriptor is the link of a connection that epoll watches.
type descriptor struct {
	poll     *epoll
	conn     *conn
	fd       int
	slot     int32
	interest uint32
}

func (d *descriptor) read() {
	n, errno := rawRead(d.fd, d.poll.buffer)
	switch {
	case errno == unix.EAGAIN || errno == unix.EINTR:
	case errno != 0 || n == 0:
		d.poll.loop.drop(d.conn)
	default:
		d.poll.loop.received(d.conn, d.poll.buffer[:n])
	}
}

// maxPieces is how many pieces one system call writes (IOV_MAX).
const maxPieces = 1024

// write implements link.
func (d *descriptor) write(wire [][]byte) (n int, busy bool, err error) {
	size := 0
	for _, piece := range wire {
		size += len(piece)
	}
	for n < size && err == nil {
		part, attempted, errno := d.writeOnce(wire[:min(len(wire), maxPieces)])
		switch {
		case errno == unix.EINTR:
			continue
		case errno == unix.EAGAIN:
		case errno != 0:
			return n, false, errno
		}
		n += part
		if part < attempted || errno == unix.EAGAIN {
			d.want(unix.EPOLLOUT, true)
			return n, true, nil
		}
		wire = wire[min(len(wire), maxPieces):]
	}
	return n, false, nil
}

// writeOnce makes one system call, and gives how many bytes it took of how many.
func (d *descriptor) writeOnce(wire [][]byte) (n, of int, errno syscall.Errno) {
	if len(wire) == 1 {
		n, errno = rawWrite(d.fd, wire[0])
		return n, len(wire[0]), errno
	}
	for _, piece := range wire {
		of += len(piece)
	}
	n, errno = rawWritev(d.fd, wire, &d.poll.pieces)
	return n, of, errno
}

// want changes what epoll tells of.
func (d *descriptor) want(events uint32, on bool) {
	interest := d.interest &^ events
	if on {
		interest |= events
	}
	if interest != d.interest {
		d.interest = interest
		_ = d.poll.control(unix.EPOLL_CTL_MOD, d.fd, interest, d.slot)
	}
}

// listen implements link.
func (d *descriptor) listen(on bool) { d.want(unix.EPOLLIN|unix.EPOLLRDHUP, on) }

// closeWrite implements link.
func (d *descriptor) closeWrite() { _ = unix.Shutdown(d.fd, unix.SHUT_WR) }

// close implements link.
func (d *descriptor) close() {
	d.poll.sockets[d.slot] = nil
	d.poll.closed = append(d.poll.closed, d.slot)
	_ = unix.Close(d.fd)
}

// remote implements link.
func (d *descriptor) remote() string {
	address, err := unix.Getpeername(d.fd)
	if err != nil {
		return ""
	}
	switch a := address.(type) {
	case *unix.SockaddrInet4:
		return net.IP(a.Addr[:]).String()
	case *unix.SockaddrInet6:
		return net.IP(a.Addr[:]).String()
	}
	return ""
}
