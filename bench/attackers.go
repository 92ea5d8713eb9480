package main

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gobwas/httphead"
	"github.com/gobwas/ws"

	"github.com/fadedistrict/fade/bench/load"
)

// attackers are clients that mean no good. They count what they do.
type attackers struct {
	clients int
	sent    atomic.Int64
	ended   atomic.Int64 // connections, by the server
	refused atomic.Int64 // that were not to be had
	remarks sync.Map
}

func (a *attackers) remark() string {
	var all []string
	a.remarks.Range(func(remark, _ any) bool {
		all = append(all, remark.(string))
		return true
	})
	return strings.Join(all, "; ")
}

// each lets every attacker have a connection, misuse it until the server ends it, and take another one, until
// the context ends.
func (a *attackers) each(ctx context.Context, dial func(ctx context.Context) (net.Conn, error), misuse func(ctx context.Context, conn net.Conn) error) {
	var running sync.WaitGroup
	for i := range a.clients {
		running.Go(func() {
			if pause(ctx, time.Duration(i)*time.Second/time.Duration(a.clients)) != nil { // not all at once
				return
			}
			for ctx.Err() == nil {
				a.once(ctx, dial, misuse)
				_ = pause(ctx, 100*time.Millisecond)
			}
		})
	}
	running.Wait()
}

func (a *attackers) once(ctx context.Context, dial func(ctx context.Context) (net.Conn, error), misuse func(ctx context.Context, conn net.Conn) error) {
	conn, err := dial(ctx)
	if err != nil {
		a.refused.Add(1)
		return
	}
	ctx, cancel := context.WithCancel(ctx)
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	go func() {
		defer cancel()
		_, _ = io.Copy(io.Discard, conn)
	}()
	err = misuse(ctx, conn)
	if err != nil && context.Cause(ctx) != nil {
		a.ended.Add(1)
	}
	cancel()
	_ = conn.Close()
}

// dial opens a socket without a channel.
func (a *attackers) dial(f *fade, extensions ...httphead.Option) func(ctx context.Context) (net.Conn, error) {
	return func(ctx context.Context) (net.Conn, error) {
		dialer := ws.Dialer{
			Header:     ws.HandshakeHeaderHTTP(http.Header{"Authorization": {"Bearer " + f.token}}),
			Extensions: extensions, Timeout: 10 * time.Second,
		}
		conn, _, hand, err := dialer.Dial(ctx, "ws://"+f.address()+"/ws/")
		if err == nil && len(extensions) > 0 && len(hand.Extensions) == 0 {
			a.remarks.Store("the server does not compress", true)
		}
		return conn, err
	}
}

// floodPings sends 20,000 pings a second.
func floodPings(ctx context.Context, f *fade, a *attackers) error {
	const perSecond = 20_000
	config := f.dashboards()
	config.Path, config.Reconnect = "/ws/", true
	swarm, err := load.Start(config)
	if err != nil {
		return err
	}
	defer swarm.Close()
	if err := swarm.Open(ctx, a.clients); err != nil {
		return err
	}
	swarm.Ping(perSecond)
	<-ctx.Done()
	stats := swarm.Stats()
	a.sent.Store(stats.Pings)
	for _, n := range stats.Closes {
		a.ended.Add(int64(n))
	}
	return nil
}

// sendFragments sends messages that never end, a byte a frame: 2,000 frames a second each.
func sendFragments(ctx context.Context, f *fade, a *attackers) error {
	const batch, every = 20, 10 * time.Millisecond
	begin := ws.MustCompileFrame(ws.MaskFrameInPlace(ws.NewFrame(ws.OpText, false, []byte("a"))))
	more := bytes.Repeat(ws.MustCompileFrame(ws.MaskFrameInPlace(ws.NewFrame(ws.OpContinuation, false, []byte("a")))), batch)
	a.each(ctx, a.dial(f), func(ctx context.Context, conn net.Conn) error {
		_, err := conn.Write(begin)
		for err == nil {
			if err = pause(ctx, every); err == nil {
				_, err = conn.Write(more)
				a.sent.Add(batch)
			}
		}
		return err
	})
	return nil
}

// claimLength begins frames that say they are 10 GB long, and sends as much of them as the server takes.
func claimLength(ctx context.Context, f *fade, a *attackers) error {
	header := binary.BigEndian.AppendUint64([]byte{0x81, 0xff}, 10<<30)
	header = append(header, 1, 2, 3, 4)
	body := make([]byte, 64<<10)
	a.each(ctx, a.dial(f), func(ctx context.Context, conn net.Conn) error {
		_, err := conn.Write(header)
		a.sent.Add(1)
		for err == nil {
			if _, err = conn.Write(body); err == nil {
				err = pause(ctx, 10*time.Millisecond)
			}
		}
		return err
	})
	return nil
}

// shakeSlowly sends requests a byte a second.
func shakeSlowly(ctx context.Context, f *fade, a *attackers) error {
	request := []byte("GET /ws/dashboard/ HTTP/1.1\r\nHost: " + f.address() + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n")
	dial := func(ctx context.Context) (net.Conn, error) {
		return (&net.Dialer{Timeout: 10 * time.Second}).DialContext(ctx, "tcp4", f.address())
	}
	a.each(ctx, dial, func(ctx context.Context, conn net.Conn) error {
		for i := range request {
			if _, err := conn.Write(request[i : i+1]); err != nil {
				return err
			}
			a.sent.Add(1)
			if err := pause(ctx, time.Second); err != nil {
				return err
			}
		}
		return nil
	})
	return nil
}

// sendBombs sends messages of 60 MB, each compressed to a thousandth of that.
func sendBombs(ctx context.Context, f *fade, a *attackers) error {
	bomb, err := compressedSpaces(60 << 20)
	if err != nil {
		return err
	}
	frame := ws.NewTextFrame(bomb)
	frame.Header.Rsv = ws.Rsv(true, false, false)
	wire := ws.MustCompileFrame(ws.MaskFrameInPlace(frame))
	deflate := httphead.NewOption("permessage-deflate", map[string]string{"server_no_context_takeover": "", "client_no_context_takeover": ""})
	a.each(ctx, a.dial(f, deflate), func(ctx context.Context, conn net.Conn) error {
		for {
			if _, err := conn.Write(wire); err != nil {
				return err
			}
			a.sent.Add(1)
			if err := pause(ctx, 50*time.Millisecond); err != nil {
				return err
			}
		}
	})
	return nil
}

// compressedSpaces gives so many spaces as a message of permessage-deflate (RFC 7692, section 7.2.1).
func compressedSpaces(n int) ([]byte, error) {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(bytes.Repeat([]byte{' '}, n)); err != nil {
		return nil, err
	}
	if err := w.Flush(); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte{0, 0, 0xff, 0xff}), nil
}
