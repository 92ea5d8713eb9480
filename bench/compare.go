package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/fadedistrict/fade/bench/load"
)

// fanoutFade measures Fade alone.
func fanoutFade(ctx context.Context, b *bench) error {
	for _, size := range b.sizes {
		figure, err := b.fanoutOf(ctx, "fade", size, b.startFade)
		if err != nil {
			return err
		}
		if err := figure.ordered(); err != nil {
			return err
		}
	}
	return nil
}

// streams is a Fade whose clients are dashboards on server-sent events.
type streams struct{ *fade }

func (s streams) clients() load.Config {
	config := s.dashboards()
	config.Path, config.Protocol = "/sse/?channels=dashboard", load.Stream
	return config
}

// fanoutStreams measures the same over server-sent events.
func fanoutStreams(ctx context.Context, b *bench) error {
	for _, size := range b.sizes {
		figure, err := b.fanoutOf(ctx, "fade sse", size, func(ctx context.Context) (target, error) {
			f, err := startFade(ctx, b.binary, "bench", anyPace)
			if err != nil {
				return nil, err
			}
			return streams{f}, nil
		})
		if err != nil {
			return err
		}
		if err := figure.ordered(); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) startFade(ctx context.Context) (target, error) {
	f, err := startFade(ctx, b.binary, "bench", anyPace)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// fanoutOf starts a server, measures it, prints the figure and stops the server.
func (b *bench) fanoutOf(ctx context.Context, name string, size int, start func(context.Context) (target, error)) (*fanoutFigure, error) {
	t, err := start(ctx)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	figure, err := fanout(ctx, name, t, size)
	if err = errors.Join(err, t.stop()); err != nil {
		return nil, fmt.Errorf("%s with %d connections: %w", name, size, err)
	}
	return figure, b.out.Encode(figure)
}

// missingLine says that a server could not be measured, and why.
type missingLine struct {
	Name        string `json:"name"`
	Server      string `json:"server"`
	Connections int    `json:"connections"`
	Error       string `json:"error"`
}

type ratioLine struct {
	Name        string  `json:"name"`
	Peer        string  `json:"peer"`
	Connections int     `json:"connections"`
	PerSecond   float64 `json:"deliveries_per_second_ratio"`       // Fade's divided by the peer's
	Alone       float64 `json:"alone_deliveries_per_second_ratio"` // with a transaction for every event of Fade's
	BurstCPU    float64 `json:"burst_cpu_ratio"`
	PacedCPU    float64 `json:"paced_cpu_ratio"`
	Memory      float64 `json:"memory_ratio,omitempty"` // none where Fade's growth was lost in the noise
	PacedP99    float64 `json:"paced_p99_ratio"`
}

// comparePeers measures every server in turn, at every size. One that cannot be had is said to be missing.
func comparePeers(ctx context.Context, b *bench) error {
	var figures []*fanoutFigure
	var missing []missingLine
	measure := func(name string, most int, start func(context.Context) (target, error)) error {
		if b.servers != "" && !slices.Contains(strings.Split(b.servers, ","), name) {
			return nil
		}
		for _, size := range b.sizes {
			if most > 0 && size > most {
				continue
			}
			figure, err := b.fanoutOf(ctx, name, size, start)
			if err == nil {
				figures = append(figures, figure)
				continue
			}
			line := missingLine{"missing", name, size, err.Error()}
			missing = append(missing, line)
			if err := b.out.Encode(line); err != nil {
				return err
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
		return nil
	}
	for _, kind := range peerKinds {
		err := measure(kind.name, kind.most, func(ctx context.Context) (target, error) {
			p, err := kind.start(ctx, b.peers)
			if err != nil {
				return nil, err
			}
			return p, nil
		})
		if err != nil {
			return err
		}
	}
	if err := measure("fade", 0, b.startFade); err != nil {
		return err
	}
	for _, line := range ratios(figures) {
		if err := b.out.Encode(line); err != nil {
			return err
		}
	}
	printTable(os.Stderr, figures, missing)
	return nil
}

// ratios compares Fade with each peer at the same size.
func ratios(figures []*fanoutFigure) []ratioLine {
	var lines []ratioLine
	for _, peer := range figures {
		i := slices.IndexFunc(figures, func(f *fanoutFigure) bool { return f.Server == "fade" && f.Connections == peer.Connections })
		if peer.Server == "fade" || i < 0 {
			continue
		}
		f := figures[i]
		lines = append(lines, ratioLine{
			"ratio", peer.Server, peer.Connections,
			round(f.PerSecond / peer.PerSecond), round(f.AlonePerSecond / peer.PerSecond), round(f.BurstCPU / peer.BurstCPU), round(f.PacedCPU / peer.PacedCPU),
			round(max(f.PerConn, 0) / peer.PerConn), round(f.PacedP99 / peer.PacedP99),
		})
	}
	return lines
}

// printTable writes the figures as a table in Markdown, and what could not be measured below it.
func printTable(w io.Writer, figures []*fanoutFigure, missing []missingLine) {
	fmt.Fprintln(w, "| server | connections | KB per idle connection | burst: deliveries/s | burst: CPU µs each | paced: CPU µs each | paced: p50 ms | paced: p99 ms | gaps, duplicates |")
	fmt.Fprintln(w, "| --- | --: | --: | --: | --: | --: | --: | --: | --: |")
	for _, f := range figures {
		fmt.Fprintf(w, "| %s | %d | %g | %.0f | %g | %g | %g | %g | %d |\n", f.Server, f.Connections, f.PerConn,
			f.PerSecond, f.BurstCPU, f.PacedCPU, f.PacedP50, f.PacedP99, f.Gaps+f.Duplicates)
		if f.AlonePerSecond > 0 {
			fmt.Fprintf(w, "| %s, a transaction for every event | %d | | %.0f | %g | | | | |\n", f.Server, f.Connections, f.AlonePerSecond, f.AloneCPU)
		}
	}
	for _, m := range missing {
		fmt.Fprintf(w, "\n%s with %d connections could not be measured: %s\n", m.Server, m.Connections, m.Error)
	}
}
