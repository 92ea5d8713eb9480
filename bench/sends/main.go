// Command sends measures ways in which a loop can hand bytes to many sockets, and ways in which it can wait: the
// choices behind package realtime/transport.
//
//	cd bench && go run ./sends
//
// It opens pairs of TCP sockets over loopback. One thread writes to the near ends; a goroutine of the same process
// reads the far ends, so the two share the machine, as a server and its clients do here. A line is the median over
// rounds: the processor time of the writing thread for each socket, and the time on the wall. What the kernel
// refuses is said and not measured.
package main

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"runtime"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

const (
	sockets    = 2000
	rounds     = 41
	frameBytes = 330
	runFrames  = 200
	pause      = 20 * time.Millisecond // between rounds, for the reader to be done
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "sends:", err)
		os.Exit(1)
	}
}

func run() error {
	pairs, err := newPairs(sockets)
	if err != nil {
		return err
	}
	defer pairs.close()
	out := json.NewEncoder(os.Stdout)
	for _, w := range ways() {
		figure, err := measure(pairs, w)
		if err != nil {
			return fmt.Errorf("%s: %w", w.name, err)
		}
		if err := out.Encode(figure); err != nil {
			return err
		}
	}
	for _, busy := range []bool{false, true} {
		for _, figure := range wakeups(busy) {
			if err := out.Encode(figure); err != nil {
				return err
			}
		}
	}
	return nil
}

// way is one way to hand the same bytes to all sockets. send is called on one thread; begin and end, if set,
// around all rounds.
type way struct {
	name  string
	begin func(fds []int) error
	send  func(fds []int) error
	end   func()
}

type sendFigure struct {
	Name     string  `json:"way"`
	CPU      float64 `json:"cpu_us_per_socket"`
	Wall     float64 `json:"wall_us_per_socket"`
	Sockets  int     `json:"sockets"`
	Rounds   int     `json:"rounds"`
	Refused  string  `json:"refused,omitempty"`
	Received int64   `json:"bytes_received"`
}

// measure runs the rounds of a way, and waits after each until all has been read.
func measure(p *pairs, w way) (sendFigure, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	figure := sendFigure{Name: w.name, Sockets: len(p.near), Rounds: rounds}
	if w.begin != nil {
		if err := w.begin(p.near); err != nil {
			figure.Refused = err.Error()
			return figure, nil
		}
		defer w.end()
	}
	before := p.received.Load()
	var cpu, wall []time.Duration
	for range rounds {
		startCPU, start := threadTime(), time.Now()
		if err := w.send(p.near); err != nil {
			return figure, err
		}
		wall = append(wall, time.Since(start))
		cpu = append(cpu, threadTime()-startCPU)
		p.settle()
	}
	figure.Received = p.received.Load() - before
	figure.CPU, figure.Wall = each(cpu, len(p.near)), each(wall, len(p.near))
	return figure, nil
}

func each(all []time.Duration, n int) float64 {
	slices.Sort(all)
	return float64(all[len(all)/2].Nanoseconds()/int64(n)) / 1000
}

// threadTime gives the processor time of this thread.
func threadTime() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t); err != nil {
		panic(err)
	}
	return time.Duration(t.Nano())
}

// detach takes a descriptor out of the net package's hands.
func detach(c net.Conn) (int, error) {
	file, err := c.(*net.TCPConn).File()
	if err != nil {
		return 0, err
	}
	defer func() { _ = file.Close() }()
	fd, err := unix.FcntlInt(file.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return 0, err
	}
	return fd, unix.SetNonblock(fd, true)
}
