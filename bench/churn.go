package main

import (
	"context"
	"fmt"
	"time"

	"github.com/fadedistrict/fade/bench/load"
)

type churnFigure struct {
	Name        string  `json:"name"`
	Connections int     `json:"connections"`
	PerSecond   float64 `json:"connections_per_second"`
	Goroutines  delta   `json:"goroutines"`
	Descriptors delta   `json:"descriptors"`
	ResidentKB  delta   `json:"rss_kb"`
}

type delta struct {
	Before float64 `json:"before"`
	After  float64 `json:"after"`
}

// churn opens and closes connections a thousand at a time, one half in order and the other without a word, and
// looks for what is left of them.
func churn(ctx context.Context, f *fade, connections int) (any, error) {
	const batch = 1000
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	if err := openAndClose(ctx, f, batch, true); err != nil { // what the first ones leave is there for good
		return nil, err
	}
	before, err := leftovers(ctx, f, nil)
	if err != nil {
		return nil, err
	}
	begin := time.Now()
	for n := 0; n < connections; n += batch {
		if err := openAndClose(ctx, f, batch, n%(2*batch) == 0); err != nil {
			return nil, err
		}
	}
	took := time.Since(begin)
	after, err := leftovers(ctx, f, &before)
	if err != nil {
		return nil, err
	}
	return churnFigure{
		"churn", connections, round(float64(connections) / took.Seconds()),
		delta{before.goroutines, after.goroutines}, delta{before.descriptors, after.descriptors},
		delta{before.residentKB, after.residentKB},
	}, after.back(before)
}

func openAndClose(ctx context.Context, f *fade, connections int, inOrder bool) error {
	swarm, err := load.Start(f.dashboards())
	if err != nil {
		return err
	}
	defer swarm.Close()
	if err := swarm.Open(ctx, connections); err != nil {
		return err
	}
	return swarm.Disconnect(ctx, inOrder)
}

// holdings is what a server has open.
type holdings struct{ connections, goroutines, descriptors, residentKB float64 }

// back says what is left of connections that are gone. Requests of this program may come and go.
func (h holdings) back(before holdings) error {
	const few = 8
	if h.connections > 0 || h.goroutines > before.goroutines+few || h.descriptors > before.descriptors+few {
		return fmt.Errorf("of connections that are gone there is something left: %+v, before %+v", h, before)
	}
	return nil
}

// leftovers says what the server has open once its connections are gone, or after fifteen seconds. It compares
// with what was open before them, if that is known.
func leftovers(ctx context.Context, f *fade, before *holdings) (holdings, error) {
	const patience = 15 * time.Second
	for start := time.Now(); ; {
		figures, err := f.metrics(ctx)
		if err != nil {
			return holdings{}, err
		}
		now := holdings{
			figures["fade_ws_connections"], figures["go_goroutines"], figures["process_open_fds"],
			figures["process_resident_memory_bytes"] / 1024,
		}
		if before == nil && now.connections == 0 || before != nil && now.back(*before) == nil || time.Since(start) > patience {
			return now, nil
		}
		if err := pause(ctx, 100*time.Millisecond); err != nil {
			return holdings{}, err
		}
	}
}
