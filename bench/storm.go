package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/fadedistrict/fade/bench/load"
)

// away is how many clients lose their server at once.
const away = 15_000

type stormFigure struct {
	Name       string      `json:"name"`
	Clients    int         `json:"clients"`
	Restart    float64     `json:"ms_to_listen_again"`
	Open       float64     `json:"seconds_until_all_are_open"`
	CaughtUp   float64     `json:"seconds_until_all_have_caught_up"`
	Events     int64       `json:"events_since"`
	Refused    int         `json:"refused_with_503"`
	Failures   int64       `json:"connections_that_failed"`
	Gaps       int64       `json:"gaps"`
	Duplicates int64       `json:"duplicates"`
	Resets     int64       `json:"resets"`
	Login      probeFigure `json:"login"`
	Read       probeFigure `json:"read"`
}

// storm kills the server in the midst of events and starts it again: every client wants its place back at the
// same moment, while people sign in and read.
func storm(ctx context.Context, b *bench) error {
	return b.withFade(ctx, "bench", nil, func(f *fade) error {
		figure, err := b.storm(ctx, f)
		if err != nil {
			return err
		}
		if err := b.out.Encode(figure); err != nil {
			return err
		}
		if figure.Gaps+figure.Duplicates+figure.Resets > 0 {
			return errors.New("a client missed events, or had them twice")
		}
		return nil
	})
}

func (b *bench) storm(ctx context.Context, f *fade) (*stormFigure, error) {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	swarm, err := openAway(ctx, f)
	if err != nil {
		return nil, err
	}
	defer swarm.Close()
	feeding := startFeed(ctx, f, 20)
	if err := pause(ctx, 2*time.Second); err != nil {
		return nil, err
	}

	swarm.Pause()
	f.kill()
	figure := &stormFigure{Name: "storm", Clients: away}
	killed := time.Now()
	if err := f.launch(f.address()); err != nil {
		return nil, err
	}
	figure.Restart = ms(time.Since(killed))
	swarm.Reset()
	before := swarm.Lowest()
	begin := time.Now()
	swarm.Resume(away)
	login := startProbe(ctx, func() error { return f.login(ctx, adminEmail, adminPassword) })
	read := startProbe(ctx, func() error { return f.get(ctx, "/api/businesses/", nil) })
	if err := swarm.AwaitReady(ctx); err != nil {
		return nil, err
	}
	figure.Open = round(time.Since(begin).Seconds())
	if err := swarm.AwaitCaughtUp(ctx); err != nil {
		return nil, err
	}
	figure.CaughtUp = round(time.Since(begin).Seconds())
	if err := pause(ctx, 2*time.Second); err != nil { // what comes twice comes late
		return nil, err
	}
	feeding.stop()
	figure.Login, figure.Read = login.stop(), read.stop()
	if err := reach(ctx, f, swarm); err != nil {
		return nil, err
	}
	stats := swarm.Stats()
	figure.Events = swarm.Lowest() - before
	figure.Refused, figure.Failures = stats.Refused[503], stats.Failures
	figure.Gaps, figure.Duplicates, figure.Resets = stats.Gaps, stats.Duplicates, stats.Resets
	return figure, nil
}

// openAway opens the clients, which come back when they are sent away.
func openAway(ctx context.Context, f *fade) (*load.Swarm, error) {
	config := f.dashboards()
	config.Reconnect = true
	swarm, err := load.Start(config)
	if err != nil {
		return nil, err
	}
	if err := swarm.Open(ctx, away); err != nil {
		swarm.Close()
		return nil, fmt.Errorf("open %d clients: %w", away, err)
	}
	return swarm, nil
}

// probeFigure says how requests of people fared meanwhile.
type probeFigure struct {
	Requests int64   `json:"requests"`
	Failed   int64   `json:"failed"`
	P50      float64 `json:"p50_ms"`
	P99      float64 `json:"p99_ms"`
	Max      float64 `json:"max_ms"`
}

// probe asks again and again in the background, every 200 ms or as soon as there was an answer.
type probe struct {
	quit, done chan struct{}
	latency    load.Histogram
	failed     int64
}

func startProbe(ctx context.Context, ask func() error) *probe {
	p := &probe{quit: make(chan struct{}), done: make(chan struct{})}
	go func() {
		defer close(p.done)
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		for {
			start := time.Now()
			if err := ask(); err != nil {
				p.failed++
			}
			p.latency.Record(time.Since(start).Nanoseconds())
			select {
			case <-tick.C:
			case <-p.quit:
				return
			case <-ctx.Done():
				return
			}
		}
	}()
	return p
}

// stop ends it and says what it saw. Use it once.
func (p *probe) stop() probeFigure {
	close(p.quit)
	<-p.done
	return probeFigure{p.latency.Count(), p.failed, ms(p.latency.Quantile(0.5)), ms(p.latency.Quantile(0.99)), ms(p.latency.Max())}
}
