package main

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

type deliveriesFigure struct {
	Name       string  `json:"name"`
	Queued     int     `json:"queued"`
	Dashboards int     `json:"dashboards"`
	Rounds     int     `json:"rounds"`
	P50        float64 `json:"p50_ms"` // medians of the rounds, without mails …
	P99        float64 `json:"p99_ms"`
	WithP50    float64 `json:"with_mails_p50_ms"` // … and while they leave
	WithP99    float64 `json:"with_mails_p99_ms"`
	Slower     float64 `json:"p99_slower_percent"`
	PerSecond  float64 `json:"mails_per_second"` // meanwhile
}

// deliveries measures what a queue of mails that leave costs whoever waits for a frame: POST to frame in rounds before
// the mails are queued, and in as many rounds while they leave through a mail server of this program.
func deliveries(ctx context.Context, b *bench) error {
	const queued, dashboards, rounds = 100_000, 100, 5
	sink, err := newSink()
	if err != nil {
		return err
	}
	defer sink.close()
	return b.withFade(ctx, "bench", []string{anyPace, "SMTP_URL=smtp://" + sink.listener.Addr().String() + "?starttls=off"}, func(f *fade) error {
		without, err := rounded(ctx, f, dashboards, rounds)
		if err != nil {
			return err
		}
		if err := f.post(ctx, fmt.Sprintf("/bench/deliveries?n=%d", queued), nil, nil); err != nil {
			return err
		}
		begin, before := time.Now(), sink.accepted.Load()
		with, err := rounded(ctx, f, dashboards, rounds)
		if err != nil {
			return err
		}
		sent := sink.accepted.Load() - before
		if sent == 0 || sent >= queued {
			return fmt.Errorf("%d of %d mails left while it was measured: it was not measured while they leave", sent, queued)
		}
		return b.out.Encode(deliveriesFigure{
			"deliveries", queued, dashboards, rounds, without.p50, without.p99, with.p50, with.p99,
			round((with.p99/without.p99 - 1) * 100), round(float64(sent) / time.Since(begin).Seconds()),
		})
	})
}

// quantiles are medians over rounds, in milliseconds.
type quantiles struct{ p50, p99 float64 }

// rounded measures POST to frame in rounds, after one that only warms up.
func rounded(ctx context.Context, f *fade, dashboards, rounds int) (q quantiles, err error) {
	var p50, p99 []float64
	for i := range rounds + 1 {
		figure, err := postToFrame(ctx, f, dashboards)
		if err != nil {
			return q, err
		}
		if measured := figure.(latencyFigure); i > 0 {
			p50, p99 = append(p50, measured.P50), append(p99, measured.P99)
		}
	}
	slices.Sort(p50)
	slices.Sort(p99)
	return quantiles{p50[rounds/2], p99[rounds/2]}, nil
}

// sink is a mail server that takes every mail and forgets it.
type sink struct {
	listener net.Listener
	accepted atomic.Int64
	serving  sync.WaitGroup
}

func newSink() (*sink, error) {
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &sink{listener: listener}
	s.serving.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go s.serve(conn)
		}
	})
	return s, nil
}

func (s *sink) close() {
	_ = s.listener.Close()
	s.serving.Wait()
}

// serve speaks as much of RFC 5321 as a client needs to leave mails.
func (s *sink) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	lines := bufio.NewScanner(conn)
	answer := func(text string) { _, _ = conn.Write([]byte(text + "\r\n")) }
	answer("220 sink")
	for lines.Scan() {
		command := strings.ToUpper(lines.Text())
		switch {
		case strings.HasPrefix(command, "EHLO"), strings.HasPrefix(command, "HELO"):
			answer("250-sink\r\n250 8BITMIME")
		case command == "DATA":
			answer("354 go ahead")
			for lines.Scan() && lines.Text() != "." {
				continue
			}
			s.accepted.Add(1)
			answer("250 ok")
		case command == "QUIT":
			answer("221 bye")
			return
		default:
			answer("250 ok")
		}
	}
}
