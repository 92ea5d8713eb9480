// Command bench measures a running Fade from outside, as its users meet it: real processes, real sockets,
// a real disk. It starts bin/fade on a database in a temporary folder and prints one JSON line a figure,
// the machine first. Load generator and server share the machine, so the figures are those of both.
//
//	make bench                                  # all scenarios
//	cd bench && go run . -run throughput        # those whose name contains the word
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strings"
	"time"
)

func main() {
	binary := flag.String("fade", "../bin/fade", "the binary to measure")
	only := flag.String("run", "", "run only the scenarios whose name contains this word")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *binary, *only); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// scenario is one kind of measurement, at one size.
type scenario struct {
	name    string
	measure func(ctx context.Context, s *server) (any, error)
}

func scenarios() []scenario {
	var all []scenario
	for _, dashboards := range []int{1, 100, 1000} {
		all = append(all, scenario{"post_to_frame", func(ctx context.Context, s *server) (any, error) {
			return postToFrame(ctx, s, dashboards)
		}})
	}
	for _, watching := range []int{0, 500} {
		all = append(all, scenario{"throughput", func(ctx context.Context, s *server) (any, error) {
			return throughput(ctx, s, watching)
		}})
	}
	return append(all, scenario{"idle_memory", func(ctx context.Context, s *server) (any, error) {
		return idleMemory(ctx, s, 5000)
	}})
}

// run measures each scenario against a server of its own, so that none warms or burdens the next.
func run(ctx context.Context, binary, only string) error {
	print := json.NewEncoder(os.Stdout)
	if err := print.Encode(machine()); err != nil {
		return err
	}
	for _, sc := range scenarios() {
		if !strings.Contains(sc.name, only) {
			continue
		}
		s, err := startServer(ctx, binary)
		if err != nil {
			return err
		}
		figure, err := sc.measure(ctx, s)
		if stopErr := s.stop(); err == nil {
			err = stopErr
		}
		if err != nil {
			return fmt.Errorf("%s: %w", sc.name, err)
		}
		if err := print.Encode(figure); err != nil {
			return err
		}
	}
	return nil
}

type machineLine struct {
	Name  string `json:"name"`
	OS    string `json:"os"`
	Cores int    `json:"cores"`
	Go    string `json:"go"`
	CPU   string `json:"cpu"`
	Date  string `json:"date"`
}

func machine() machineLine {
	return machineLine{"machine", runtime.GOOS + "/" + runtime.GOARCH, runtime.NumCPU(), runtime.Version(), cpuModel(), time.Now().UTC().Format(time.DateOnly)}
}

func cpuModel() string {
	text, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}

// percentile gives the value below which the share p (0 to 1) of the durations lies, in milliseconds.
// It sorts the slice.
func percentile(all []time.Duration, p float64) float64 {
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	i := min(int(p*float64(len(all))), len(all)-1)
	return float64(all[i].Microseconds()) / 1000
}
