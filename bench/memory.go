package main

import (
	"context"

	"github.com/fadedistrict/fade/bench/load"
)

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
func idleMemory(ctx context.Context, f *fade, connections int) (any, error) {
	swarm, err := load.Start(f.dashboards())
	if err != nil {
		return nil, err
	}
	defer swarm.Close()
	var settled [2]int64
	for i := range settled {
		if err := swarm.Open(ctx, connections); err != nil {
			return nil, err
		}
		if settled[i], err = f.settledKB(ctx); err != nil {
			return nil, err
		}
	}
	before, after := settled[0], settled[1]
	return memoryFigure{"idle_memory", connections, before, after, round(float64(after-before) / float64(connections))}, nil
}
