package main

import (
	"os"
	"runtime"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

type wakeFigure struct {
	Name  string  `json:"wait"`
	Busy  bool    `json:"other_goroutines_compute"`
	P50   float64 `json:"p50_us"`
	P99   float64 `json:"p99_us"`
	Wakes int     `json:"wakes"`
}

const wakes = 300

// wakeups measures from a write to an eventfd in another goroutine until a loop that waits for it runs: in
// epoll_wait on a thread of its own, and through the runtime's poller, which waits for the epoll instance.
func wakeups(busy bool) []wakeFigure {
	if busy {
		var stop atomic.Bool
		defer stop.Store(true)
		for range runtime.GOMAXPROCS(0) {
			go func() {
				for !stop.Load() {
				}
			}()
		}
	}
	return []wakeFigure{wakeup("epoll_wait on a locked thread", busy, blocking), wakeup("runtime poller on the epoll instance", busy, parked)}
}

// wakeup runs a loop and wakes it, each time when it has gone to sleep.
func wakeup(name string, busy bool, wait func(poll int) func()) wakeFigure {
	poll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		panic(err)
	}
	signal, err := unix.Eventfd(0, unix.EFD_NONBLOCK|unix.EFD_CLOEXEC)
	if err != nil {
		panic(err)
	}
	if err := unix.EpollCtl(poll, unix.EPOLL_CTL_ADD, signal, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(signal)}); err != nil {
		panic(err)
	}
	woken := make(chan time.Time, 1)
	go func() {
		next := wait(poll)
		var buffer [8]byte
		for range wakes {
			next()
			now := time.Now()
			_, _ = unix.Read(signal, buffer[:])
			woken <- now
		}
	}()
	var all []time.Duration
	for range wakes {
		time.Sleep(time.Millisecond)
		start := time.Now()
		one := [8]byte{1}
		_, _ = unix.Write(signal, one[:])
		all = append(all, (<-woken).Sub(start))
	}
	slices.Sort(all)
	us := func(d time.Duration) float64 { return float64(d.Nanoseconds()/100) / 10 }
	return wakeFigure{name, busy, us(all[wakes/2]), us(all[wakes*99/100]), wakes}
}

func blocking(poll int) func() {
	runtime.LockOSThread()
	events := make([]unix.EpollEvent, 8)
	return func() {
		for {
			if n, _ := unix.EpollWait(poll, events, -1); n > 0 {
				return
			}
		}
	}
}

func parked(poll int) func() {
	_ = unix.SetNonblock(poll, true)
	file := os.NewFile(uintptr(poll), "epoll")
	raw, err := file.SyscallConn()
	if err != nil {
		panic(err)
	}
	events := make([]unix.EpollEvent, 8)
	return func() {
		_ = raw.Read(func(uintptr) bool {
			n, _ := unix.EpollWait(poll, events, 0)
			return n > 0
		})
	}
}
