package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

// The bytes that every socket is given.
const (
	frameBytes = 330
	runFrames  = 200
)

// frames gives n frames that differ, each in memory of its own.
func frames(n int) [][]byte {
	all := make([][]byte, n)
	for i := range all {
		all[i] = make([]byte, frameBytes)
		for j := range all[i] {
			all[i][j] = byte(i + 7*j)
		}
	}
	return all
}

// way is one way to give the same bytes to all sockets.
type way interface {
	// open prepares. An error means that the kernel refuses, and the way is not measured.
	open(sockets []int) error

	// send gives the frames to every socket, and returns when the kernel has taken them. It tells how many
	// sockets did not take all of it at once, and were given the rest by finish.
	send(sockets []int, frames [][]byte) (cut int, err error)

	// kernelTime gives the processor time of the kernel's thread that works for this way, so far.
	kernelTime() time.Duration

	close()
}

// sendFigure is a line.
type sendFigure struct {
	Kind      string  `json:"kind"`
	What      string  `json:"what"`
	Way       string  `json:"way"`
	Bytes     int     `json:"bytes"`
	Sockets   int     `json:"sockets"`
	Turns     int     `json:"turns"` // of which the figures are medians
	Wall      float64 `json:"wall_ns"`
	CPU       float64 `json:"cpu_ns"`
	KernelCPU float64 `json:"kernel_cpu_ns"`
	Cut       int     `json:"cut"`
	Note      string  `json:"note,omitempty"`
	Refused   string  `json:"refused,omitempty"`
}

// contender is a way with what it is given, and what it has needed in each round.
type contender struct {
	way
	what, name        string
	frames            [][]byte
	figure            *sendFigure
	wall, cpu, kernel []time.Duration
}

// contenders are all ways, in the order of the table. What is contiguous comes as one piece.
func contenders() []*contender {
	apart := frames(runFrames)
	whole := [][]byte{slices.Concat(apart...)}
	one := apart[:1]
	const single, run = "one frame", "200 frames"
	return []*contender{
		{what: single, name: "write, scheduler told", frames: one, way: &plainWrites{told: true}},
		{what: single, name: "write, raw", frames: one, way: &plainWrites{}},
		{what: single, name: "io_uring", frames: one, way: &ring{}},
		{what: single, name: "io_uring, single issuer, deferred", frames: one, way: &ring{flags: setupSingleIssuer | setupDeferTaskrun}},
		{what: single, name: "io_uring, the same, 32 sockets a call", frames: one, way: &ring{flags: setupSingleIssuer | setupDeferTaskrun, entries: 32}},
		{what: single, name: "io_uring, SQPOLL", frames: one, way: &ring{flags: setupSQPoll}},
		{what: run, name: "writev of 200 pieces, raw", frames: apart, way: &vectorWrites{}},
		{what: run, name: "write of one piece, raw", frames: whole, way: &plainWrites{}},
		{what: run, name: "io_uring, single issuer, deferred", frames: whole, way: &ring{flags: setupSingleIssuer | setupDeferTaskrun}},
		{what: run, name: "send with MSG_ZEROCOPY", frames: whole, way: &zeroCopy{}},
	}
}

// measureSends goes through all ways, round by round.
func measureSends(s sizes) (figures []*sendFigure, err error) {
	runtime.LockOSThread() // the processor time is a thread's, and so is a ring with a single issuer
	defer runtime.UnlockOSThread()
	p, err := newPairs(s.sockets, nil)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	all := contenders()
	for _, c := range all {
		c.figure = &sendFigure{Kind: "send", What: c.what, Way: c.name, Sockets: s.sockets}
		for _, f := range c.frames {
			c.figure.Bytes += len(f)
		}
		if refused := c.open(p.near); refused != nil {
			c.figure.Refused = refused.Error()
		}
		defer c.close()
		figures = append(figures, c.figure)
	}
	for range 1 + s.rounds { // the first warms up
		for _, c := range lots(all) {
			if err := c.round(p); err != nil {
				return nil, fmt.Errorf("%s, %s: %w", c.what, c.name, err)
			}
		}
	}
	for _, c := range all {
		c.conclude()
	}
	return figures, nil
}

// frameTurns is how often a way with one frame has its turn in a round: it is short, and the differences are small.
const frameTurns = 5

func (c *contender) turns() int {
	if c.figure.Bytes == frameBytes {
		return frameTurns
	}
	return 1
}

// lots gives the turns of a round, in an order by lot: what one way leaves in the caches, or has yet to do in the
// kernel, is not always the same one's burden.
func lots(all []*contender) []*contender {
	var order []*contender
	for _, c := range all {
		order = append(order, slices.Repeat([]*contender{c}, c.turns())...)
	}
	rand.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	return order
}

// round sends once, and waits until all has been read.
func (c *contender) round(p *pairs) error {
	if c.figure.Refused != "" {
		return nil
	}
	total := p.received.Load() + int64(c.figure.Bytes)*int64(len(p.near))
	kernel, cpu, start := c.kernelTime(), threadTime(unix.CLOCK_THREAD_CPUTIME_ID), time.Now()
	cut, err := c.send(p.near, c.frames)
	wall := time.Since(start)
	cpu, kernel = threadTime(unix.CLOCK_THREAD_CPUTIME_ID)-cpu, c.kernelTime()-kernel
	if err != nil {
		return err
	}
	c.wall, c.cpu, c.kernel = append(c.wall, wall), append(c.cpu, cpu), append(c.kernel, kernel)
	c.figure.Cut += cut
	return p.await(total)
}

// conclude fills the line, without the round that warmed up.
func (c *contender) conclude() {
	if c.figure.Refused != "" {
		return
	}
	each := func(all []time.Duration) float64 {
		return float64(median(all[c.turns():]).Nanoseconds()) / float64(c.figure.Sockets)
	}
	c.figure.Turns = len(c.wall) - c.turns()
	c.figure.Wall, c.figure.CPU, c.figure.KernelCPU = each(c.wall), each(c.cpu), each(c.kernel)
	if n, ok := c.way.(interface{ note() string }); ok {
		c.figure.Note = n.note()
	}
}

func median(all []time.Duration) time.Duration {
	all = slices.Clone(all)
	slices.Sort(all)
	return all[len(all)/2]
}

// threadTime gives the processor time of a thread, by its clock.
func threadTime(clock int32) time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(clock, &t); err != nil {
		return 0
	}
	return time.Duration(t.Nano())
}

// finish writes what a socket did not take, waiting as long as it must.
func finish(socket int, rest []byte) error {
	for len(rest) > 0 {
		n, errno := rawWrite(socket, rest)
		switch errno {
		case 0:
			rest = rest[n:]
		case unix.EAGAIN:
			if _, err := unix.Poll([]unix.PollFd{{Fd: int32(socket), Events: unix.POLLOUT}}, 1000); err != nil && !errors.Is(err, unix.EINTR) {
				return err
			}
		case unix.EINTR:
		default:
			return errno
		}
	}
	return nil
}
