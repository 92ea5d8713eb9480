package transport

import (
	"net"
	"time"
)

// alarm is the poller of connections that goroutines move: it only sleeps and is woken.
type alarm struct {
	loop *loop
	ring chan struct{}
}

func newAlarm(l *loop) *alarm { return &alarm{loop: l, ring: make(chan struct{}, 1)} }

// open implements poller.
func (a *alarm) open(c *conn, s net.Conn) (link, error) { return newPipe(a.loop, c, s), nil }

// wait implements poller.
func (a *alarm) wait(until time.Time) {
	if until.IsZero() {
		return
	}
	timer := time.NewTimer(time.Until(until))
	defer timer.Stop()
	select {
	case <-a.ring:
	case <-timer.C:
	}
}

// wake implements poller.
func (a *alarm) wake() {
	select {
	case a.ring <- struct{}{}:
	default:
	}
}

// close implements poller.
func (a *alarm) close() {}

// pipeBuffer is what a connection on goroutines reads at once, and owns while it is idle.
const pipeBuffer = 256

// pipe is the link of a connection that goroutines move: one reads all the time, and one writes while there is
// something to write. It is for whatever epoll cannot watch: TLS, other systems, tests with a clock of their own.
type pipe struct {
	loop    *loop
	conn    *conn
	net     net.Conn
	writing bool
	deaf    bool          // nothing is read
	waiting bool          // the reading goroutine waits because of it
	resume  chan struct{} // it goes on
}

func newPipe(l *loop, c *conn, nc net.Conn) *pipe {
	p := &pipe{loop: l, conn: c, net: nc, resume: make(chan struct{}, 1)}
	if !l.server.task(p.read) {
		_ = nc.Close()
	}
	return p
}

// read hands what arrives to the loop, piece by piece.
func (p *pipe) read() {
	buffer := make([]byte, pipeBuffer)
	for {
		n, err := p.net.Read(buffer)
		handed := p.loop.do(func() {
			if n > 0 && !p.conn.gone {
				p.loop.received(p.conn, buffer[:n])
			}
			if err != nil {
				p.loop.drop(p.conn)
			}
			if p.deaf && !p.conn.gone {
				p.waiting = true
				return
			}
			p.resume <- struct{}{}
		})
		if !handed || err != nil {
			return
		}
		<-p.resume
	}
}

// write implements link: it takes everything, and nothing more until that is written.
func (p *pipe) write(wire [][]byte) (n int, busy bool, err error) {
	if p.writing {
		return 0, true, nil
	}
	p.writing = true
	out := make(net.Buffers, len(wire))
	for i, piece := range wire {
		out[i] = piece
		n += len(piece)
	}
	started := p.loop.server.task(func() {
		// Later than the lag timeout ends the connection: a client that wakes up then still finds the close frame.
		_ = p.net.SetWriteDeadline(time.Now().Add(p.loop.server.o.LagTimeout + 2*closeLinger))
		_, err := out.WriteTo(p.net)
		p.loop.do(func() { p.wrote(err) })
	})
	if !started {
		return 0, false, net.ErrClosed
	}
	return n, true, nil
}

func (p *pipe) wrote(err error) {
	p.writing = false
	switch {
	case p.conn.gone:
	case err != nil:
		p.loop.drop(p.conn)
	default:
		p.conn.moved = p.loop.nanos()
		p.loop.writable(p.conn)
	}
}

// listen implements link.
func (p *pipe) listen(on bool) {
	p.deaf = !on
	if on {
		p.release()
	}
}

func (p *pipe) release() {
	if p.waiting {
		p.waiting = false
		p.resume <- struct{}{}
	}
}

// closeWrite implements link.
func (p *pipe) closeWrite() {
	if half, ok := p.net.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
	}
}

// close implements link.
func (p *pipe) close() {
	_ = p.net.Close()
	p.release()
}

// remote implements link.
func (p *pipe) remote() string {
	host, _, err := net.SplitHostPort(p.net.RemoteAddr().String())
	if err != nil {
		return p.net.RemoteAddr().String()
	}
	return host
}
