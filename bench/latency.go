package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/fadedistrict/fade/bench/load"
)

// customerKey is what stands before the time that [bookNow] puts into a customer's name.
const (
	customerPrefix = "bench-"
	customerKey    = `"customer_name":"` + customerPrefix
)

// bookNow makes a reservation that says when it was asked for: before the request is sent.
func bookNow(ctx context.Context, f *fade) error {
	return f.book(ctx, customerPrefix+strconv.FormatInt(time.Now().UnixNano(), 10))
}

// watch opens so many dashboards that look for these reservations.
func watch(ctx context.Context, f *fade, dashboards int) (*load.Swarm, error) {
	config := f.dashboards()
	config.TimeKey = customerKey
	swarm, err := load.Start(config)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := swarm.Open(ctx, dashboards); err != nil {
		swarm.Close()
		return nil, err
	}
	return swarm, nil
}

// settle waits until every dashboard has had every one of so many reservations, and nothing else went wrong.
func settle(ctx context.Context, swarm *load.Swarm, deliveries int64) (load.Stats, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	if err := swarm.Await(ctx, deliveries); err != nil {
		return load.Stats{}, err
	}
	stats := swarm.Stats()
	if stats.Deliveries != deliveries || stats.Disorder() != 0 || len(stats.Closes) > 0 {
		return stats, fmt.Errorf("not every dashboard had exactly what it should: %v", stats)
	}
	return stats, nil
}

type latencyFigure struct {
	Name       string  `json:"name"`
	Dashboards int     `json:"dashboards"`
	Posts      int     `json:"posts"`
	PerSecond  int     `json:"posts_per_second"`
	Frames     int64   `json:"frames"`
	P50        float64 `json:"p50_ms"`
	P99        float64 `json:"p99_ms"`
	Max        float64 `json:"max_ms"`
}

// postToFrame measures from the moment before a POST is sent to the moment a dashboard has its frame, for
// every dashboard and every post, at a steady pace that leaves the machine idle in between.
func postToFrame(ctx context.Context, f *fade, dashboards int) (any, error) {
	const posts, perSecond = 200, 20
	swarm, err := watch(ctx, f, dashboards)
	if err != nil {
		return nil, err
	}
	defer swarm.Close()
	ticker := time.NewTicker(time.Second / perSecond)
	defer ticker.Stop()
	for range posts {
		<-ticker.C
		if err := bookNow(ctx, f); err != nil {
			return nil, err
		}
	}
	stats, err := settle(ctx, swarm, posts*int64(dashboards))
	if err != nil {
		return nil, err
	}
	return latencyFigure{
		"post_to_frame", dashboards, posts, perSecond, stats.Deliveries,
		ms(stats.Latency.Quantile(0.5)), ms(stats.Latency.Quantile(0.99)), ms(stats.Latency.Max()),
	}, nil
}

type throughputFigure struct {
	Name      string  `json:"name"`
	Watching  int     `json:"watching"`
	Writers   int     `json:"writers"`
	Booked    int64   `json:"booked"`
	PerSecond float64 `json:"reservations_per_second"`
	P50       float64 `json:"post_p50_ms"`
	P99       float64 `json:"post_p99_ms"`
	FrameP99  float64 `json:"frame_p99_ms"`
	CPU       float64 `json:"server_cpu_us_per_reservation"` // until the last is acknowledged
}

// throughput measures how many reservations are acknowledged a second, each of them on disk, with as many
// dashboards watching. It fails if a dashboard misses one.
func throughput(ctx context.Context, f *fade, watching int) (any, error) {
	const writers, duration = 32, 8 * time.Second
	swarm, err := watch(ctx, f, watching)
	if err != nil {
		return nil, err
	}
	defer swarm.Close()

	before, err := f.cpu()
	if err != nil {
		return nil, err
	}
	begin := time.Now()
	deadline := begin.Add(duration)
	var booked atomic.Int64
	latencies := make([]load.Histogram, writers)
	failures := make([]error, writers)
	var running sync.WaitGroup
	for w := range writers {
		running.Go(func() {
			for time.Now().Before(deadline) && failures[w] == nil {
				start := time.Now()
				failures[w] = bookNow(ctx, f)
				latencies[w].Record(time.Since(start).Nanoseconds())
				booked.Add(1)
			}
		})
	}
	running.Wait()
	took := time.Since(begin)
	if err := errors.Join(failures...); err != nil {
		return nil, err
	}
	after, err := f.cpu()
	if err != nil {
		return nil, err
	}
	stats, err := settle(ctx, swarm, booked.Load()*int64(watching))
	if err != nil {
		return nil, err
	}
	var posts load.Histogram
	for i := range latencies {
		posts.Add(&latencies[i])
	}
	return throughputFigure{
		"throughput", watching, writers, booked.Load(), round(float64(booked.Load()) / took.Seconds()),
		ms(posts.Quantile(0.5)), ms(posts.Quantile(0.99)), ms(stats.Latency.Quantile(0.99)),
		round((after - before).Seconds() * 1e6 / float64(booked.Load())),
	}, nil
}
