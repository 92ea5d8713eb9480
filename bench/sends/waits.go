package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// asleep is how long a loop is left alone before it is woken, so that it waits by then.
const asleep = 200 * time.Microsecond

// waitFigure is a line.
type waitFigure struct {
	Kind       string  `json:"kind"`
	Way        string  `json:"way"`
	Computing  int     `json:"computing"`
	Processors int     `json:"processors"` // GOMAXPROCS
	Wakes      int     `json:"wakes"`
	Median     float64 `json:"median_us"`
	P99        float64 `json:"p99_us"`
}

// measureWaits measures both ways to wait on an idle process, with one processor left, and with none.
func measureWaits(s sizes) ([]*waitFigure, error) {
	var figures []*waitFigure
	processors := runtime.GOMAXPROCS(0)
	for _, computing := range []int{0, processors - 1, processors} {
		for _, way := range []struct {
			name   string
			waiter func(poll int) (waiter, error)
		}{
			{"epoll_wait on a locked thread", newBlocked},
			{"the runtime's poller, on the epoll instance", newParked},
		} {
			times, err := measureWait(s, computing, way.waiter)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", way.name, err)
			}
			slices.Sort(times)
			us := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 }
			figures = append(figures, &waitFigure{
				"wait", way.name, computing, processors, len(times), us(times[len(times)/2]), us(times[len(times)*99/100]),
			})
		}
	}
	return figures, nil
}

// compute keeps n processors busy until it is told to stop.
func compute(n int) (stop func()) {
	var stopped atomic.Bool
	var running sync.WaitGroup
	for range n {
		running.Go(func() {
			for !stopped.Load() {
			}
		})
	}
	return func() {
		stopped.Store(true)
		running.Wait()
	}
}

// waiter waits on an epoll instance.
type waiter interface {
	begin() (end func()) // on the goroutine that will wait
	wait() error
	close()
}

// measureWait wakes a loop again and again.
func measureWait(s sizes, computing int, newWaiter func(poll int) (waiter, error)) ([]time.Duration, error) {
	poll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, err
	}
	signal, err := unix.Eventfd(0, unix.EFD_NONBLOCK|unix.EFD_CLOEXEC)
	if err != nil {
		return nil, errors.Join(err, unix.Close(poll))
	}
	defer func() { _ = unix.Close(signal) }()
	if err := unix.EpollCtl(poll, unix.EPOLL_CTL_ADD, signal, &unix.EpollEvent{Events: unix.EPOLLIN}); err != nil {
		return nil, errors.Join(err, unix.Close(poll))
	}
	w, err := newWaiter(poll)
	if err != nil {
		return nil, err
	}
	defer w.close()
	defer compute(computing)()

	ran := make(chan time.Time)
	var last atomic.Bool
	failed := make(chan error, 1)
	go func() { failed <- loop(w, signal, ran, &last) }()
	var times []time.Duration
	for begin := time.Now(); !last.Load(); {
		time.Sleep(asleep)
		last.Store(len(times) == s.wakes-1 || time.Since(begin) > s.atMost)
		start := time.Now()
		if _, err := unix.Write(signal, []byte{1, 0, 0, 0, 0, 0, 0, 0}); err != nil {
			return nil, err
		}
		at, ok := <-ran
		if !ok {
			break
		}
		times = append(times, at.Sub(start))
	}
	return times, <-failed
}

// loop waits, and says when it runs, until it was woken for the last time.
func loop(w waiter, signal int, ran chan<- time.Time, last *atomic.Bool) error {
	defer close(ran)
	defer w.begin()()
	var buffer [8]byte
	for over := false; !over; {
		if err := w.wait(); err != nil {
			return err
		}
		now := time.Now()
		over = last.Load()
		if _, err := unix.Read(signal, buffer[:]); err != nil {
			return err
		}
		ran <- now
	}
	return nil
}

// blocked waits in epoll_wait(2).
type blocked struct {
	poll  int
	ready []unix.EpollEvent
}

func newBlocked(poll int) (waiter, error) {
	return &blocked{poll, make([]unix.EpollEvent, 8)}, nil
}

func (b *blocked) begin() func() {
	runtime.LockOSThread()
	return runtime.UnlockOSThread
}

func (b *blocked) wait() error {
	for {
		if n, err := unix.EpollWait(b.poll, b.ready, -1); n > 0 || err != nil && !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}

func (b *blocked) close() { _ = unix.Close(b.poll) }

// parked waits as a goroutine that the runtime's poller wakes: that is an epoll instance, and watches this one.
type parked struct {
	poll  int
	file  *os.File
	raw   syscall.RawConn
	ready []unix.EpollEvent
}

func newParked(poll int) (waiter, error) {
	if err := unix.SetNonblock(poll, true); err != nil {
		return nil, errors.Join(err, unix.Close(poll))
	}
	p := &parked{poll: poll, file: os.NewFile(uintptr(poll), "epoll"), ready: make([]unix.EpollEvent, 8)}
	var err error
	if p.raw, err = p.file.SyscallConn(); err != nil {
		return nil, errors.Join(err, p.file.Close())
	}
	return p, nil
}

func (p *parked) begin() func() { return func() {} }

func (p *parked) wait() error {
	n, err := 0, error(nil)
	waited := p.raw.Read(func(uintptr) bool {
		n, err = unix.EpollWait(p.poll, p.ready, 0)
		return n != 0 || err != nil && !errors.Is(err, unix.EINTR)
	})
	return errors.Join(waited, err)
}

func (p *parked) close() { _ = p.file.Close() }
