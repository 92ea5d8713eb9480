package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

type latencyFigure struct {
	Name       string  `json:"name"`
	Dashboards int     `json:"dashboards"`
	Posts      int     `json:"posts"`
	PerSecond  int     `json:"posts_per_second"`
	Frames     int     `json:"frames"`
	P50        float64 `json:"p50_ms"`
	P99        float64 `json:"p99_ms"`
}

// postToFrame measures from the moment before a POST is sent to the moment a dashboard has its frame, for
// every dashboard and every post, at a steady pace that leaves the machine idle in between.
func postToFrame(ctx context.Context, s *server, dashboards int) (any, error) {
	const posts, perSecond = 200, 20
	starts := make([]time.Time, posts)
	samples := make([][]time.Duration, dashboards)
	var waiting sync.WaitGroup
	waiting.Add(dashboards)
	all, err := openDashboards(ctx, s, dashboards, func(i int, frame []byte) {
		n, ok := benchNumber(frame)
		if !ok {
			return
		}
		samples[i] = append(samples[i], time.Since(starts[n]))
		if len(samples[i]) == posts {
			waiting.Done()
		}
	})
	if err != nil {
		return nil, err
	}
	defer all.close()

	ticker := time.NewTicker(time.Second / perSecond)
	defer ticker.Stop()
	for n := range posts {
		<-ticker.C
		starts[n] = time.Now()
		if err := s.book(ctx, benchPrefix+strconv.Itoa(n)); err != nil {
			return nil, err
		}
	}
	if !waitFor(&waiting, 30*time.Second) {
		return nil, errors.New("a dashboard did not get every frame")
	}
	var merged []time.Duration
	for _, one := range samples {
		merged = append(merged, one...)
	}
	return latencyFigure{"post_to_frame", dashboards, posts, perSecond, len(merged), percentile(merged, 0.50), percentile(merged, 0.99)}, nil
}

type throughputFigure struct {
	Name      string  `json:"name"`
	Watching  int     `json:"watching"`
	Writers   int     `json:"writers"`
	Booked    int64   `json:"booked"`
	PerSecond float64 `json:"reservations_per_second"`
	P50       float64 `json:"post_p50_ms"`
	P99       float64 `json:"post_p99_ms"`
}

// throughput measures how many reservations are acknowledged a second, each of them on disk, with as many
// dashboards watching. It fails if a dashboard misses one.
func throughput(ctx context.Context, s *server, watching int) (any, error) {
	const writers, duration = 32, 8 * time.Second
	var seen atomic.Int64
	all, err := openDashboards(ctx, s, watching, func(_ int, frame []byte) {
		if _, ok := benchNumber(frame); ok {
			seen.Add(1)
		}
	})
	if err != nil {
		return nil, err
	}
	defer all.close()

	deadline := time.Now().Add(duration)
	begin := time.Now()
	var booked atomic.Int64
	latencies := make([][]time.Duration, writers)
	failures := make(chan error, writers)
	var running sync.WaitGroup
	for w := range writers {
		running.Go(func() {
			for time.Now().Before(deadline) {
				start := time.Now()
				if err := s.book(ctx, benchPrefix+strconv.Itoa(w)); err != nil {
					failures <- err
					return
				}
				latencies[w] = append(latencies[w], time.Since(start))
				booked.Add(1)
			}
		})
	}
	running.Wait()
	took := time.Since(begin)
	select {
	case err := <-failures:
		return nil, err
	default:
	}
	want := booked.Load() * int64(watching)
	for patience := time.Now().Add(30 * time.Second); seen.Load() < want; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(patience) {
			return nil, fmt.Errorf("dashboards saw %d of %d frames", seen.Load(), want)
		}
	}
	var merged []time.Duration
	for _, one := range latencies {
		merged = append(merged, one...)
	}
	return throughputFigure{"throughput", watching, writers, booked.Load(), float64(booked.Load()) / took.Seconds(), percentile(merged, 0.50), percentile(merged, 0.99)}, nil
}

type memoryFigure struct {
	Name        string  `json:"name"`
	Connections int     `json:"connections"`
	BeforeKB    int64   `json:"rss_before_kb"`
	AfterKB     int64   `json:"rss_after_kb"`
	PerConn     float64 `json:"kb_per_connection"`
}

// idleMemory measures the growth of the server's resident memory with idle dashboards. It counts from a
// server that has as many already: what the start and the first handshakes left behind for the garbage
// collector is not the connections'.
func idleMemory(ctx context.Context, s *server, connections int) (any, error) {
	first, err := openDashboards(ctx, s, connections, func(int, []byte) {})
	if err != nil {
		return nil, err
	}
	defer first.close()
	before, err := s.settledKB(ctx)
	if err != nil {
		return nil, err
	}
	second, err := openDashboards(ctx, s, connections, func(int, []byte) {})
	if err != nil {
		return nil, err
	}
	defer second.close()
	after, err := s.settledKB(ctx)
	if err != nil {
		return nil, err
	}
	return memoryFigure{"idle_memory", connections, before, after, float64(after-before) / float64(connections)}, nil
}

// benchPrefix begins the name of every customer that a scenario counts.
const benchPrefix = "bench-"

var customerField = []byte(`"customer_name":"` + benchPrefix)

// benchNumber gives the number in the customer's name of a reservation_created frame.
func benchNumber(frame []byte) (int, bool) {
	if !bytes.HasPrefix(frame, []byte(`{"type":"reservation_created"`)) {
		return 0, false
	}
	_, rest, ok := bytes.Cut(frame, customerField)
	digits, _, closed := bytes.Cut(rest, []byte(`"`))
	n, err := strconv.Atoi(string(digits))
	return n, ok && closed && err == nil
}

func waitFor(group *sync.WaitGroup, patience time.Duration) bool {
	done := make(chan struct{})
	go func() { group.Wait(); close(done) }()
	select {
	case <-done:
		return true
	case <-time.After(patience):
		return false
	}
}
