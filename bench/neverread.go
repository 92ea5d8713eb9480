package main

import (
	"context"
	"fmt"
	"time"

	"github.com/fadedistrict/fade/bench/load"
)

type neverReadFigure struct {
	Name       string  `json:"name"`
	Honest     int     `json:"honest"`
	NeverRead  int     `json:"never_read"`
	PerSecond  int     `json:"events_per_second"`
	P99Honest  float64 `json:"p99_ms_with_as_many_honest_instead"`
	P99        float64 `json:"p99_ms"` // of the honest, while the others fill up
	P99Closing float64 `json:"p99_ms_until_they_are_gone"`
	Growth     float64 `json:"kb_rss_growth_per_never_reading_connection"`
	Gone       float64 `json:"seconds_until_they_are_gone"`
	TooSlow    float64 `json:"closed_with_4450"`
	Gaps       int64   `json:"gaps"`
	Duplicates int64   `json:"duplicates"`
}

// The clients of never_read.
const (
	honestReaders    = 4000
	neverReaders     = 1000
	neverReadHz      = 20
	neverReadStretch = 10 * time.Second
)

// neverRead compares the latency of honest clients beside others like them, and beside as many that never read.
// The latter have a small window, so that the server, and not the kernel, is soon what holds their events.
func neverRead(ctx context.Context, b *bench) error {
	return b.withFade(ctx, "bench", []string{anyPace}, func(f *fade) error {
		swarm, err := load.Start(f.dashboards())
		if err != nil {
			return err
		}
		defer swarm.Close()
		if err := swarm.Open(ctx, honestReaders); err != nil {
			return err
		}
		figure := &neverReadFigure{Name: "never_read", Honest: honestReaders, NeverRead: neverReaders, PerSecond: neverReadHz}
		feeding := startFeed(ctx, f, neverReadHz)
		defer feeding.stop()
		if err := figure.besideHonest(ctx, f, swarm); err != nil {
			return err
		}
		if err := figure.besideMute(ctx, f, swarm); err != nil {
			return err
		}
		if err := b.out.Encode(figure); err != nil {
			return err
		}
		if figure.Gaps+figure.Duplicates > 0 {
			return fmt.Errorf("honest clients missed events, or had them twice: %v", swarm.Stats())
		}
		return nil
	})
}

func (n *neverReadFigure) besideHonest(ctx context.Context, f *fade, swarm *load.Swarm) error {
	return beside(ctx, f.dashboards(), neverReaders, func(*load.Swarm) error {
		stats, err := latencyOver(ctx, swarm, neverReadStretch)
		n.note(stats, &n.P99Honest)
		return err
	})
}

func (n *neverReadFigure) besideMute(ctx context.Context, f *fade, swarm *load.Swarm) error {
	if err := f.collect(ctx); err != nil {
		return err
	}
	if _, err := f.settledKB(ctx); err != nil {
		return err
	}
	memory := watchMemory(f)
	config := f.dashboards()
	config.Mute, config.ReceiveBuffer = true, 4096
	return beside(ctx, config, neverReaders, func(mute *load.Swarm) error {
		begin := time.Now()
		stats, err := latencyOver(ctx, swarm, neverReadStretch)
		n.note(stats, &n.P99)
		if err != nil {
			return err
		}
		swarm.Reset()
		if err := n.untilGone(ctx, f); err != nil {
			return err
		}
		n.Gone = round(time.Since(begin).Seconds())
		n.Growth = round(float64(memory.stop()) / neverReaders)
		n.note(swarm.Stats(), &n.P99Closing)
		return nil
	})
}

// untilGone waits until the server has closed whoever never reads.
func (n *neverReadFigure) untilGone(ctx context.Context, f *fade) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		figures, err := f.metrics(ctx)
		if err != nil {
			return err
		}
		n.TooSlow = figures["fade_ws_too_slow_total"]
		if figures["fade_ws_connections"] <= honestReaders {
			return nil
		}
		if err := pause(ctx, 250*time.Millisecond); err != nil {
			return fmt.Errorf("%g clients are still connected: %w", figures["fade_ws_connections"], err)
		}
	}
}

// note keeps what a stretch of time showed.
func (n *neverReadFigure) note(stats load.Stats, p99 *float64) {
	*p99 = ms(stats.Latency.Quantile(0.99))
	n.Gaps += stats.Gaps
	n.Duplicates += stats.Duplicates
}

// beside does something while so many further clients are open.
func beside(ctx context.Context, config load.Config, clients int, do func(*load.Swarm) error) error {
	swarm, err := load.Start(config)
	if err != nil {
		return err
	}
	defer swarm.Close()
	if err := swarm.Open(ctx, clients); err != nil {
		return err
	}
	return do(swarm)
}
