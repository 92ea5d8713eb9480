package main

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/fadedistrict/fade/bench/load"
)

// eventBytes is about the size of an event on the wire.
const eventBytes = 330

// target is a server that sends what it is told to all of its clients.
type target interface {
	clients() load.Config
	publish(ctx context.Context, events int, hz float64) error
	cpu() (time.Duration, error)
	collect(ctx context.Context) error // garbage
	residentKB() (int64, error)
	settledKB(ctx context.Context) (int64, error)
	stop() error
}

// alone is a target that commits what it publishes, and can do so with every event of a burst alone.
type alone interface {
	publishAlone(ctx context.Context, events int) error
}

type fanoutFigure struct {
	Name        string `json:"name"`
	Server      string `json:"server"`
	Connections int    `json:"connections"`

	PerConn     float64 `json:"kb_per_idle_connection"`
	KernelBoth  float64 `json:"kernel_kb_per_connection_both_ends"`
	ConnectSecs float64 `json:"seconds_to_connect"`

	Bursts       int     `json:"bursts"`
	BurstEvents  int     `json:"events_per_burst"`
	PerSecond    float64 `json:"deliveries_per_second"`
	BurstCPU     float64 `json:"burst_cpu_us_per_delivery"`
	GeneratorCPU float64 `json:"burst_generator_cpu_us_per_delivery"`
	BurstP50     float64 `json:"burst_p50_ms"`
	BurstP99     float64 `json:"burst_p99_ms"`
	BurstMax     float64 `json:"burst_max_ms"`

	// Fade commits a burst in one transaction. This is with one for every event, each after the one before.
	AlonePerSecond float64 `json:"alone_deliveries_per_second,omitempty"`
	AloneCPU       float64 `json:"alone_cpu_us_per_delivery,omitempty"`

	PacedHz        float64 `json:"paced_events_per_second"` // that were to be sent
	PacedPerSecond float64 `json:"paced_deliveries_per_second"`
	PacedCPU       float64 `json:"paced_cpu_us_per_delivery"`
	PacedGenerator float64 `json:"paced_generator_cpu_us_per_delivery"`
	PacedP50       float64 `json:"paced_p50_ms"`
	PacedP99       float64 `json:"paced_p99_ms"`
	PacedMax       float64 `json:"paced_max_ms"`

	Bytes      float64 `json:"bytes_per_delivery"`
	Gaps       int64   `json:"gaps"`
	Duplicates int64   `json:"duplicates"`
}

// fanout measures one server with so many clients: what they cost while nothing happens, bursts of events
// back to back, and events at a steady pace that leaves the machine time.
func fanout(ctx context.Context, name string, t target, connections int) (*fanoutFigure, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	f := &fanoutFigure{Name: "fanout", Server: name, Connections: connections}
	swarm, err := load.Start(t.clients())
	if err != nil {
		return nil, err
	}
	defer swarm.Close()
	if err := f.idle(ctx, t, swarm); err != nil {
		return nil, fmt.Errorf("idle: %w", err)
	}
	if err := f.bursts(ctx, t, swarm); err != nil {
		return nil, fmt.Errorf("bursts: %w", err)
	}
	if one, ok := t.(alone); ok {
		if err := f.alone(ctx, t, one, swarm); err != nil {
			return nil, fmt.Errorf("bursts of events committed alone: %w", err)
		}
	}
	if err := f.paced(ctx, t, swarm); err != nil {
		return nil, fmt.Errorf("paced: %w", err)
	}
	return f, nil
}

// ordered says whether every client had everything, once and in order.
func (f *fanoutFigure) ordered() error {
	if f.Gaps+f.Duplicates == 0 {
		return nil
	}
	return fmt.Errorf("%d connections: %d gaps, %d duplicates", f.Connections, f.Gaps, f.Duplicates)
}

// idle opens the connections and measures the growth of the server's resident memory from none of them to all.
// Garbage is collected before either: how much of it there is at a moment is chance.
func (f *fanoutFigure) idle(ctx context.Context, t target, swarm *load.Swarm) error {
	before, err := idleNow(ctx, t)
	if err != nil {
		return err
	}
	start := time.Now()
	if err := swarm.Open(ctx, f.Connections); err != nil {
		return err
	}
	f.ConnectSecs = round(time.Since(start).Seconds())
	after, err := idleNow(ctx, t)
	if err != nil {
		return err
	}
	f.PerConn = round(float64(after.residentKB-before.residentKB) / float64(f.Connections))
	f.KernelBoth = round(float64(after.slabKB-before.slabKB) / float64(f.Connections))
	return nil
}

// idleMemoryKB is what the server has, and what the kernel has for everybody.
type idleMemoryKB struct{ residentKB, slabKB int64 }

func idleNow(ctx context.Context, t target) (idleMemoryKB, error) {
	if err := pause(ctx, time.Second); err != nil {
		return idleMemoryKB{}, err
	}
	if err := t.collect(ctx); err != nil {
		return idleMemoryKB{}, err
	}
	resident, err := t.settledKB(ctx)
	if err != nil {
		return idleMemoryKB{}, err
	}
	slab, err := procField("/proc/meminfo", "Slab:")
	return idleMemoryKB{resident, slab}, err
}

// bursts publishes events back to back, some times over. A server that needs long gets fewer bursts, and smaller
// ones if it needs very long.
func (f *fanoutFigure) bursts(ctx context.Context, t target, swarm *load.Swarm) error {
	const most, fewest, warm = 200, 20, 40
	const quick, patience = 5 * time.Second, 30 * time.Second // for a burst
	took, _, err := f.round(ctx, t, swarm, warm, together(t, warm))
	if err != nil {
		return err
	}
	each := took.wall / warm
	f.BurstEvents = min(max(int(patience/each), fewest), most)
	if f.Bursts = 5; each*time.Duration(f.BurstEvents) > quick {
		f.Bursts = 3
	}
	var rates []float64
	var all spending
	latency := &load.Histogram{}
	for range f.Bursts {
		took, stats, err := f.round(ctx, t, swarm, f.BurstEvents, together(t, f.BurstEvents))
		if err != nil {
			return err
		}
		rates = append(rates, float64(stats.Deliveries)/took.wall.Seconds())
		all.server, all.generator, all.deliveries = all.server+took.server, all.generator+took.generator, all.deliveries+stats.Deliveries
		latency.Add(stats.Latency)
		f.Bytes = round(float64(stats.Bytes) / float64(stats.Deliveries))
	}
	slices.Sort(rates)
	f.PerSecond = round(rates[len(rates)/2])
	f.BurstCPU, f.GeneratorCPU = all.each(all.server), all.each(all.generator)
	f.BurstP50, f.BurstP99, f.BurstMax = ms(latency.Quantile(0.5)), ms(latency.Quantile(0.99)), ms(latency.Max())
	return nil
}

func together(t target, events int) func(context.Context) error {
	return func(ctx context.Context) error { return t.publish(ctx, events, 0) }
}

// alone publishes bursts whose events are committed one by one.
func (f *fanoutFigure) alone(ctx context.Context, t target, one alone, swarm *load.Swarm) error {
	const bursts = 3
	var rates []float64
	var all spending
	for range bursts {
		took, stats, err := f.round(ctx, t, swarm, f.BurstEvents, func(ctx context.Context) error { return one.publishAlone(ctx, f.BurstEvents) })
		if err != nil {
			return err
		}
		rates = append(rates, float64(stats.Deliveries)/took.wall.Seconds())
		all.server, all.deliveries = all.server+took.server, all.deliveries+stats.Deliveries
	}
	slices.Sort(rates)
	f.AlonePerSecond, f.AloneCPU = round(rates[bursts/2]), all.each(all.server)
	return nil
}

// paced publishes events for ten seconds.
func (f *fanoutFigure) paced(ctx context.Context, t target, swarm *load.Swarm) error {
	f.PacedHz = 20
	if f.Connections > 10_000 {
		f.PacedHz = 4
	}
	events := int(10 * f.PacedHz)
	took, stats, err := f.round(ctx, t, swarm, events, func(ctx context.Context) error { return t.publish(ctx, events, f.PacedHz) })
	if err != nil {
		return err
	}
	took.deliveries = stats.Deliveries
	f.PacedPerSecond = round(float64(stats.Deliveries) / took.wall.Seconds())
	f.PacedCPU, f.PacedGenerator = took.each(took.server), took.each(took.generator)
	f.PacedP50, f.PacedP99, f.PacedMax = ms(stats.Latency.Quantile(0.5)), ms(stats.Latency.Quantile(0.99)), ms(stats.Latency.Max())
	return nil
}

// spending is what deliveries cost.
type spending struct {
	wall, server, generator time.Duration
	deliveries              int64
}

// each gives a share of the spending for one delivery, in microseconds.
func (s spending) each(of time.Duration) float64 {
	return round(float64(of.Nanoseconds()) / 1000 / float64(max(s.deliveries, 1)))
}

// round publishes events and waits until every client has had every one. Its wall time begins before the
// server is told, and ends when the last delivery was read.
func (f *fanoutFigure) round(ctx context.Context, t target, swarm *load.Swarm, events int, publish func(context.Context) error) (spending, load.Stats, error) {
	runtime.GC() // now, rather than while it counts
	swarm.Reset()
	own := ownCPU()
	before, err := t.cpu()
	if err != nil {
		return spending{}, load.Stats{}, err
	}
	start := time.Now()
	if err := publish(ctx); err != nil {
		return spending{}, load.Stats{}, err
	}
	if err := swarm.Await(ctx, int64(events)*int64(f.Connections)); err != nil {
		return spending{}, load.Stats{}, err
	}
	after, err := t.cpu()
	if err != nil {
		return spending{}, load.Stats{}, err
	}
	stats := swarm.Stats()
	f.Gaps += stats.Gaps
	f.Duplicates += stats.Duplicates
	return spending{stats.Last.Sub(start), after - before, ownCPU() - own, 0}, stats, nil
}
