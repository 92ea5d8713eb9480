package main

import (
	"context"
	"fmt"

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

type ownChannelsFigure struct {
	Name        string  `json:"name"`
	Connections int     `json:"connections"`
	PerConn     float64 `json:"kb_per_idle_connection"`
	KernelBoth  float64 `json:"kernel_kb_per_connection_both_ends"`
	ConnectSecs float64 `json:"seconds_to_connect"`
}

// ownChannels measures idle connections each of which is another user's, on their own channel.
func ownChannels(ctx context.Context, b *bench) error {
	const connections = 15_000
	return b.withFade(ctx, "bench", []string{anyPace}, func(f *fade) error {
		var users struct{ Tokens []string }
		if err := f.post(ctx, fmt.Sprintf("/bench/users?n=%d", connections), nil, &users); err != nil {
			return err
		}
		if len(users.Tokens) != connections {
			return fmt.Errorf("instead of %d users there are %d", connections, len(users.Tokens))
		}
		config := f.dashboards()
		config.Path = "/ws/notifications/"
		config.Header = func(i int) string { return "Authorization: Bearer " + users.Tokens[i] + "\r\n" }
		swarm, err := load.Start(config)
		if err != nil {
			return err
		}
		defer swarm.Close()
		figure := fanoutFigure{Connections: connections}
		if err := figure.idle(ctx, f, swarm); err != nil {
			return err
		}
		return b.out.Encode(ownChannelsFigure{"own_channel", connections, figure.PerConn, figure.KernelBoth, figure.ConnectSecs})
	})
}
