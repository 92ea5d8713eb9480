package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"

	"github.com/gobwas/ws"
)

// dashboards are open sockets on /ws/dashboard/, each read by a goroutine of its own.
type dashboards struct {
	conns   []net.Conn
	readers sync.WaitGroup
}

// openDashboards opens n sockets and returns once each has had its connection_established. frame is
// called for every text frame after it, from the socket's own goroutine; the slice is only valid then.
func openDashboards(ctx context.Context, s *server, n int, frame func(i int, text []byte)) (*dashboards, error) {
	d := &dashboards{conns: make([]net.Conn, n)}
	const parallel = 16
	next := make(chan int)
	failed := make(chan error, parallel)
	var dialers sync.WaitGroup
	for range parallel {
		dialers.Go(func() {
			for i := range next {
				if err := d.open(ctx, s, i, frame); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	var err error
feed:
	for i := range n {
		select {
		case next <- i:
		case err = <-failed:
			break feed
		}
	}
	close(next)
	dialers.Wait()
	select {
	case err = <-failed:
	default:
	}
	if err != nil {
		d.close()
		return nil, err
	}
	return d, nil
}

func (d *dashboards) open(ctx context.Context, s *server, i int, frame func(int, []byte)) error {
	dialer := ws.Dialer{Header: ws.HandshakeHeaderHTTP(http.Header{"Authorization": {"Bearer " + s.token}}), ReadBufferSize: 2048, WriteBufferSize: 512}
	conn, buffered, _, err := dialer.Dial(ctx, "ws"+strings.TrimPrefix(s.url, "http")+"/ws/dashboard/")
	if err != nil {
		return fmt.Errorf("dashboard %d: %w", i, err)
	}
	d.conns[i] = conn
	if buffered == nil {
		buffered = bufio.NewReaderSize(conn, 2048)
	}
	var text []byte
	if text, err = readText(buffered, conn, text); err != nil || !strings.Contains(string(text), "connection_established") {
		return fmt.Errorf("dashboard %d: instead of connection_established: %q, %w", i, text, err)
	}
	d.readers.Go(func() {
		for {
			if text, err = readText(buffered, conn, text); err != nil {
				return
			}
			frame(i, text)
		}
	})
	return nil
}

// readText reads the next text frame into the buffer, answering pings on the way.
func readText(r io.Reader, conn net.Conn, into []byte) ([]byte, error) {
	for {
		header, err := ws.ReadHeader(r)
		if err != nil {
			return nil, err
		}
		if int64(cap(into)) < header.Length {
			into = make([]byte, header.Length)
		}
		into = into[:header.Length]
		if _, err := io.ReadFull(r, into); err != nil {
			return nil, err
		}
		switch header.OpCode {
		case ws.OpText:
			return into, nil
		case ws.OpPing:
			if err := ws.WriteFrame(conn, ws.MaskFrameInPlace(ws.NewPongFrame(into))); err != nil {
				return nil, err
			}
		case ws.OpClose:
			return nil, errors.New("closed by the server")
		}
	}
}

func (d *dashboards) close() {
	for _, conn := range d.conns {
		if conn != nil {
			_ = conn.Close()
		}
	}
	d.readers.Wait()
}
