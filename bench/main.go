// Command bench measures a running Fade from outside, as its users meet it: real processes, real sockets,
// a real disk. It starts bin/fade on a database in a temporary folder and prints one JSON line a figure,
// the machine first. Load generator and server share the machine, so the figures are those of both.
//
// What is measured, by scenario:
//
//	post_to_frame  from before a POST until a dashboard has its frame, with 1, 100 and 1,000 of them
//	deliveries     the same with 100 of them, before and while 100,000 mails leave
//	typing         from one who types until the other side of the conversation is told
//	throughput     durable reservations a second, with 0, 500 and 5,000 dashboards watching
//	bookings       durable reservations a second at businesses with services, staff and slots that are live
//	availability   how long a month of slots takes to find, for 20 staff
//	one_slot       10,000 requests for one slot, 200 at a time
//	idle_memory    resident memory of an idle dashboard, from 5,000 of them to 10,000
//	fanout         what a delivery costs and how long it takes: bursts, and events at a steady pace
//	fanout_sse     the same over server-sent events
//	own_channel    memory of idle connections of 15,000 users, each on their own channel
//	never_read     4,000 honest clients beside 1,000 that never read
//	storm          kill -9, and 15,000 clients that come back at once
//	drain          SIGTERM, and the same clients sent away in order
//	churn          100,000 connections opened and closed, and what is left of them
//	attacks        what strangers do to a server, and what it costs 200 honest clients
//	peers          fanout of other servers and of Fade in one run; only when named
//
// A scenario fails if a client missed an event or had one twice, whatever its figures.
//
//	make bench                                  # all scenarios but those that run only when named
//	cd bench && go run . -run throughput        # those whose name contains the word
//	cd bench && go run . -run peers             # beside other servers; also a table, on standard error
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
)

func main() {
	b := &bench{out: json.NewEncoder(os.Stdout)}
	flag.StringVar(&b.binary, "fade", "../bin/fade", "the binary to measure")
	flag.StringVar(&b.peers, "peers", "./peers", "the folder of the other servers")
	sizes := flag.String("sizes", "1000,5000,15000", "numbers of connections that fan-out is measured with")
	flag.StringVar(&b.servers, "servers", "", "compare only these servers: names with commas in between")
	only := flag.String("run", "", "run only the scenarios whose name contains this word")
	flag.Parse()
	if err := json.Unmarshal([]byte("["+*sizes+"]"), &b.sizes); err != nil {
		fmt.Fprintf(os.Stderr, "bench: -sizes %s: these must be numbers with commas in between\n", *sizes)
		os.Exit(2)
	}

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := b.run(ctx, *only); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// bench is a run of the program.
type bench struct {
	binary  string // Fade
	peers   string // the folder of their sources
	servers string // names of those that are compared, with commas in between; none means all
	sizes   []int  // connections
	out     *json.Encoder
}

// scenario is one kind of measurement. It prints its figures itself, each when it has it.
type scenario struct {
	name    string
	named   bool // runs only when asked for
	measure func(ctx context.Context, b *bench) error
}

func scenarios() []scenario {
	return []scenario{
		{name: "post_to_frame", measure: each([]int{1, 100, 1000}, postToFrame)},
		{name: "deliveries", measure: deliveries},
		{name: "typing", measure: each([]int{20}, typing)},
		{name: "throughput", measure: each([]int{0, 500, 5000}, throughput)},
		{name: "bookings", measure: bookings},
		{name: "availability", measure: each([]int{0, 8}, availability)},
		{name: "one_slot", measure: each([]int{10_000}, oneSlot)},
		{name: "idle_memory", measure: each([]int{5000}, idleMemory)},
		{name: "fanout", measure: fanoutFade},
		{name: "fanout_sse", measure: fanoutStreams},
		{name: "own_channel", measure: ownChannels},
		{name: "never_read", measure: neverRead},
		{name: "storm", measure: storm},
		{name: "drain", measure: drain},
		{name: "churn", measure: each([]int{100_000}, churn)},
		{name: "attacks", measure: attacks},
		{name: "peers", named: true, measure: comparePeers},
	}
}

// run measures what was asked for. A scenario that fails does not keep the next from running.
func (b *bench) run(ctx context.Context, only string) error {
	if err := raiseDescriptors(); err != nil {
		return fmt.Errorf("raise the number of descriptors: %w", err)
	}
	if err := b.out.Encode(machine()); err != nil {
		return err
	}
	var failed error
	ran := 0
	for _, sc := range scenarios() {
		if !strings.Contains(sc.name, only) || sc.named && only == "" {
			continue
		}
		ran++
		if err := sc.measure(ctx, b); err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s: %w", sc.name, err))
		}
		if err := ctx.Err(); err != nil {
			return errors.Join(failed, err)
		}
	}
	if ran == 0 {
		return fmt.Errorf("no scenario's name contains %q", only)
	}
	return failed
}

// each measures Fade at each of the sizes, on a server of its own, so that none warms or burdens the next. What
// a measurement gives is printed, also if it gives an error with it.
func each(sizes []int, measure func(ctx context.Context, f *fade, size int) (any, error)) func(context.Context, *bench) error {
	return func(ctx context.Context, b *bench) error {
		for _, size := range sizes {
			if err := b.withFade(ctx, "serve", []string{anyPace}, func(f *fade) error {
				figure, err := measure(ctx, f, size)
				if figure != nil {
					err = errors.Join(err, b.out.Encode(figure))
				}
				return err
			}); err != nil {
				return fmt.Errorf("%d: %w", size, err)
			}
		}
		return nil
	}
}

// withFade starts a Fade for a measurement and removes it afterwards.
func (b *bench) withFade(ctx context.Context, command string, env []string, measure func(f *fade) error) error {
	f, err := startFade(ctx, b.binary, command, env...)
	if err != nil {
		return err
	}
	err = measure(f)
	return errors.Join(err, f.stop())
}
