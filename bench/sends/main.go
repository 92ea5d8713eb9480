// Command sends measures ways in which one thread can hand bytes to many sockets, ways in which a loop can wait,
// and ways to accept: the choices behind package realtime/transport, for Linux. docs/decisions/0012 tells what
// became of them.
//
//	cd bench && go run ./sends
//	cd bench && go run ./sends -sockets 500 -rounds 5    # a short look
//
// One JSON line is printed for each way, and a table of all on standard error. Everything happens in this process:
// one thread writes to the near ends of TCP connections over loopback, a goroutine on an epoll instance of its own
// empties the far ends, and the two share the machine, as a server and its clients do in this folder. Loopback also
// makes the sender pay for the receiving half of TCP, so what a way saves is less of the whole than on a network.
//
// The kinds of lines ("kind"):
//
//	send    every socket is given the same bytes: one frame of 330 bytes, or a run of 200 of them. wall_ns and cpu_ns
//	        are nanoseconds for each socket, on the wall and on the processor of the thread that sends, until the
//	        kernel has taken the bytes; kernel_cpu_ns is the processor time of the kernel's own thread, where a way has
//	        one. These are medians over turns: a round goes through all ways by lot, and five times through those with
//	        one frame. No turn begins before every byte of the last was read at the far end. cut counts sockets that
//	        did not take all at once; their rest is written by write(2), and is part of the time.
//	wait    from the write to an eventfd in a goroutine until the loop that waits for it runs, in microseconds: the
//	        median and the 99th percentile, while a number of other goroutines compute.
//	accept  connections a second that net accepts and closes, each dialed after the last one of its client was closed.
//
// A way that the kernel refuses has a line with "refused" and no figures.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"
)

func main() {
	s := sizes{wakes: 2000, atMost: 3 * time.Second, accepting: 500 * time.Millisecond}
	flag.IntVar(&s.sockets, "sockets", 2000, "connections that are given the bytes")
	flag.IntVar(&s.rounds, "rounds", 15, "how often each way is measured")
	flag.Parse()
	if s.sockets < 1 || s.rounds < 1 {
		fmt.Fprintln(os.Stderr, "sends: -sockets and -rounds must be 1 or more")
		os.Exit(2)
	}
	if err := run(s, os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "sends:", err)
		os.Exit(1)
	}
}

// sizes tell how much is measured.
type sizes struct {
	sockets   int
	rounds    int
	wakes     int           // of each way to wait
	atMost    time.Duration // for these: where one takes a time slice there are fewer
	accepting time.Duration // of each way to accept, in a round
}

// run measures everything, and prints lines and table.
func run(s sizes, lines, table io.Writer) error {
	sends, err := measureSends(s)
	if err != nil {
		return err
	}
	waits, err := measureWaits(s)
	if err != nil {
		return err
	}
	accepts, err := measureAccepts(s)
	if err != nil {
		return err
	}
	out := json.NewEncoder(lines)
	for _, f := range sends {
		err = errors.Join(err, out.Encode(f))
	}
	for _, f := range waits {
		err = errors.Join(err, out.Encode(f))
	}
	for _, f := range accepts {
		err = errors.Join(err, out.Encode(f))
	}
	return errors.Join(err, printTable(table, sends, waits, accepts))
}
