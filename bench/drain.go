package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"syscall"
	"time"
)

type drainFigure struct {
	Name         string  `json:"name"`
	Clients      int     `json:"clients"`
	Exit         float64 `json:"seconds_to_exit"`
	Notices      int64   `json:"told_to_reconnect"`
	Closed4451   int     `json:"closed_with_4451"`
	ClosedElse   int     `json:"closed_otherwise"`
	CaughtUp     float64 `json:"seconds_until_all_have_caught_up"`
	Gaps         int64   `json:"gaps"`
	Duplicates   int64   `json:"duplicates"`
	Resets       int64   `json:"resets"`
	Acknowledged int     `json:"posts_acknowledged"`
	Refused      int     `json:"posts_refused"`
	Lost         int     `json:"posts_acknowledged_and_lost"`
}

// drain stops the server in order, in the midst of events and of reservations, and starts it again.
func drain(ctx context.Context, b *bench) error {
	return b.withFade(ctx, "bench", []string{anyPace, "FADE_DRAIN=5s"}, func(f *fade) error {
		figure, err := b.drain(ctx, f)
		if err != nil {
			return err
		}
		if err := b.out.Encode(figure); err != nil {
			return err
		}
		switch {
		case figure.Lost > 0:
			return errors.New("a reservation was acknowledged and is not there")
		case figure.Gaps+figure.Duplicates+figure.Resets > 0:
			return errors.New("a client missed events, or had them twice")
		case figure.Closed4451 != figure.Clients || figure.Notices != int64(figure.Clients):
			return errors.New("not every client was sent away in order")
		}
		return nil
	})
}

func (b *bench) drain(ctx context.Context, f *fade) (*drainFigure, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	swarm, err := openAway(ctx, f)
	if err != nil {
		return nil, err
	}
	defer swarm.Close()
	feeding := startFeed(ctx, f, 20)
	posting := startPosts(ctx, f)
	if err := pause(ctx, time.Second); err != nil {
		return nil, err
	}

	figure := &drainFigure{Name: "drain", Clients: away}
	swarm.Pause()
	swarm.Reset()
	begin := time.Now()
	if err := f.signal(syscall.SIGTERM); err != nil {
		return nil, err
	}
	if err := f.wait(ctx); err != nil {
		return nil, err
	}
	figure.Exit = round(time.Since(begin).Seconds())
	stats := swarm.Stats()
	figure.Notices, figure.Closed4451 = stats.Notices, stats.Closes[4451]
	for _, n := range stats.Closes {
		figure.ClosedElse += n
	}
	figure.ClosedElse -= figure.Closed4451

	if err := f.launch(f.address()); err != nil {
		return nil, err
	}
	begin = time.Now()
	swarm.Resume(1000)
	if err := swarm.AwaitCaughtUp(ctx); err != nil {
		return nil, err
	}
	figure.CaughtUp = round(time.Since(begin).Seconds())
	feeding.stop()
	acknowledged := posting.stop()
	if err := reach(ctx, f, swarm); err != nil {
		return nil, err
	}
	stats = swarm.Stats()
	figure.Gaps, figure.Duplicates, figure.Resets = stats.Gaps, stats.Duplicates, stats.Resets
	figure.Acknowledged, figure.Refused = len(acknowledged), posting.refused
	for _, name := range acknowledged {
		var found []struct{}
		if err := f.get(ctx, "/api/reservations/?limit=1&search="+name, &found); err != nil {
			return nil, err
		}
		if len(found) == 0 {
			figure.Lost++
		}
	}
	return figure, nil
}

// posts makes reservations in the background, one after the other, and remembers which were acknowledged.
type posts struct {
	quit, done   chan struct{}
	mu           sync.Mutex
	acknowledged []string // customers' names
	refused      int
}

func startPosts(ctx context.Context, f *fade) *posts {
	p := &posts{quit: make(chan struct{}), done: make(chan struct{})}
	go func() {
		defer close(p.done)
		for n := 0; ; n++ {
			name := fmt.Sprintf("drain-%06d", n)
			err := f.book(ctx, name)
			p.mu.Lock()
			if err == nil {
				p.acknowledged = append(p.acknowledged, name)
			} else {
				p.refused++
			}
			p.mu.Unlock()
			select {
			case <-time.After(20 * time.Millisecond):
			case <-p.quit:
				return
			case <-ctx.Done():
				return
			}
		}
	}()
	return p
}

// stop ends it and gives the names of those who were told that they have a reservation. Use it once.
func (p *posts) stop() []string {
	close(p.quit)
	<-p.done
	return p.acknowledged
}
