package main

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/fadedistrict/fade/bench/load"
)

// feed publishes events at a steady pace in the background. A server that is away for a while is asked
// again until it is back.
type feed struct {
	quit   chan struct{}
	done   chan struct{}
	failed atomic.Int64 // requests, for any reason
}

func startFeed(ctx context.Context, f *fade, hz int) *feed {
	feeding := &feed{quit: make(chan struct{}), done: make(chan struct{})}
	go func() {
		defer close(feeding.done)
		tick := time.NewTicker(time.Second / time.Duration(hz))
		defer tick.Stop()
		for {
			if err := f.publish(ctx, 1, 0); err != nil {
				feeding.failed.Add(1)
			}
			select {
			case <-tick.C:
			case <-feeding.quit:
				return
			case <-ctx.Done():
				return
			}
		}
	}()
	return feeding
}

// stop ends it, and returns when nothing more is published. Use it once.
func (f *feed) stop() {
	close(f.quit)
	<-f.done
}

// latencyOver says how long deliveries to the swarm take over some time.
func latencyOver(ctx context.Context, swarm *load.Swarm, d time.Duration) (load.Stats, error) {
	swarm.Reset()
	err := pause(ctx, d)
	return swarm.Stats(), err
}

// reach waits until every client is at the newest event.
func reach(ctx context.Context, f *fade, swarm *load.Swarm) error {
	head, err := f.head(ctx)
	if err != nil {
		return err
	}
	for swarm.Lowest() < head {
		if err := pause(ctx, 5*time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}
