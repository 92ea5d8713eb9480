package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/fadedistrict/fade/bench/load"
)

type attackFigure struct {
	Name      string  `json:"name"`
	Attack    string  `json:"attack"`
	Clients   int     `json:"attacking_clients"`
	Honest    int     `json:"honest"`
	P99Before float64 `json:"p99_ms_before"`
	P99       float64 `json:"p99_ms_during"`
	GrowthMB  float64 `json:"rss_growth_mb"`
	Sent      int64   `json:"sent"` // pings, fragments, headers, bytes, bombs
	Ended     int64   `json:"connections_that_the_server_ended"`
	ServerCPU float64 `json:"server_cores"`
	Gaps      int64   `json:"gaps"`
	Dups      int64   `json:"duplicates"`
	Remark    string  `json:"remark,omitempty"`
}

// attack is something that strangers do to a server, until the context ends.
type attack struct {
	name    string
	clients int
	env     []string
	run     func(ctx context.Context, f *fade, a *attackers) error
}

// attacks measures what each attack costs the server, and what it costs those who are honest.
func attacks(ctx context.Context, b *bench) error {
	const honest = 200
	var failed error
	for _, a := range []attack{
		{"pings", 100, nil, floodPings},
		{"fragments of one byte", 50, nil, sendFragments},
		{"length of 10 GB", 200, nil, claimLength},
		{"slow handshakes", 5000, nil, shakeSlowly},
		{"deflate bomb", 10, []string{"FADE_COMPRESSION=on"}, sendBombs},
	} {
		err := b.withFade(ctx, "bench", a.env, func(f *fade) error {
			figure, err := measureAttack(ctx, f, a, honest)
			if err != nil {
				return err
			}
			err = b.out.Encode(figure)
			if figure.Gaps+figure.Dups > 0 {
				err = errors.Join(err, errors.New("honest clients missed events, or had them twice"))
			}
			return err
		})
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s: %w", a.name, err))
		}
	}
	return failed
}

func measureAttack(ctx context.Context, f *fade, a attack, honest int) (*attackFigure, error) {
	const calm, begun, storm = 5 * time.Second, time.Second, 7 * time.Second
	swarm, err := load.Start(f.dashboards())
	if err != nil {
		return nil, err
	}
	defer swarm.Close()
	if err := swarm.Open(ctx, honest); err != nil {
		return nil, err
	}
	feeding := startFeed(ctx, f, 20)
	defer feeding.stop()
	figure := &attackFigure{Name: "attack", Attack: a.name, Clients: a.clients, Honest: honest}
	stats, err := latencyOver(ctx, swarm, calm)
	if err != nil {
		return nil, err
	}
	figure.P99Before = ms(stats.Latency.Quantile(0.99))

	memory := watchMemory(f)
	attacking, cancel := context.WithCancel(ctx)
	defer cancel()
	crowd := &attackers{clients: a.clients}
	done := make(chan error, 1)
	go func() { done <- a.run(attacking, f, crowd) }()
	if err := pause(ctx, begun); err != nil {
		return nil, err
	}
	spent, err := f.cpu()
	if err != nil {
		return nil, err
	}
	if stats, err = latencyOver(ctx, swarm, storm); err != nil {
		return nil, err
	}
	now, err := f.cpu()
	cancel()
	if err = errors.Join(err, <-done); err != nil {
		return nil, err
	}
	figure.P99 = ms(stats.Latency.Quantile(0.99))
	figure.GrowthMB = round(float64(memory.stop()) / 1024)
	figure.ServerCPU = round((now - spent).Seconds() / storm.Seconds())
	figure.Gaps, figure.Dups = stats.Gaps, stats.Duplicates
	figure.Sent, figure.Ended, figure.Remark = crowd.sent.Load(), crowd.ended.Load(), crowd.remark()
	if stats.Ready < honest {
		return nil, fmt.Errorf("honest clients lost their connections: %v", stats)
	}
	return figure, nil
}

// memoryWatch looks at a server's resident memory ten times a second.
type memoryWatch struct {
	quit chan struct{}
	most chan int64 // KiB more than at the beginning
}

func watchMemory(f *fade) *memoryWatch {
	w := &memoryWatch{make(chan struct{}), make(chan int64, 1)}
	first, _ := f.residentKB()
	go func() {
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		most := first
		for {
			select {
			case <-tick.C:
				if now, err := f.residentKB(); err == nil {
					most = max(most, now)
				}
			case <-w.quit:
				w.most <- most - first
				return
			}
		}
	}()
	return w
}

// stop ends it and gives the greatest growth in KiB. Use it once.
func (w *memoryWatch) stop() int64 {
	close(w.quit)
	return <-w.most
}
