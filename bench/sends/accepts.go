package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

const (
	acceptRounds  = 5
	acceptClients = 8 // that dial at the same time
)

// acceptFigure is a line.
type acceptFigure struct {
	Kind      string  `json:"kind"`
	Way       string  `json:"way"`
	Clients   int     `json:"clients"`
	Rounds    int     `json:"rounds"`
	PerSecond float64 `json:"per_second"`
	Refused   string  `json:"refused,omitempty"`
}

// measureAccepts compares one listener with two that share a port, in turns.
func measureAccepts(s sizes) ([]*acceptFigure, error) {
	figures := []*acceptFigure{
		{Kind: "accept", Way: "one listener", Clients: acceptClients, Rounds: acceptRounds},
		{Kind: "accept", Way: "two listeners, SO_REUSEPORT", Clients: acceptClients, Rounds: acceptRounds},
	}
	rates := make([][]float64, len(figures))
	for range acceptRounds {
		for i, f := range figures {
			listeners, err := listen(i + 1)
			if err != nil {
				f.Refused = err.Error()
				continue
			}
			n, took, err := acceptFor(s.accepting, listeners)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", f.Way, err)
			}
			rates[i] = append(rates[i], float64(n)/took.Seconds())
		}
	}
	for i, f := range figures {
		if f.Refused == "" {
			slices.Sort(rates[i])
			f.PerSecond = rates[i][len(rates[i])/2]
		}
	}
	return figures, nil
}

// listen opens n listeners on one port of loopback.
func listen(n int) ([]net.Listener, error) {
	var config net.ListenConfig
	if n > 1 {
		config.Control = func(_, _ string, c syscall.RawConn) (err error) {
			return errors.Join(c.Control(func(fd uintptr) {
				err = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEPORT, 1)
			}), err)
		}
	}
	var all []net.Listener
	address := "127.0.0.1:0"
	for range n {
		l, err := config.Listen(context.Background(), "tcp", address)
		if err != nil {
			for _, l := range all {
				_ = l.Close()
			}
			return nil, err
		}
		all, address = append(all, l), l.Addr().String()
	}
	return all, nil
}

// acceptFor has clients dial for a time, and gives how many connections were accepted. It closes the listeners.
func acceptFor(d time.Duration, listeners []net.Listener) (n int64, took time.Duration, err error) {
	var accepted atomic.Int64
	var servers, clients sync.WaitGroup
	for _, l := range listeners {
		servers.Go(func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return // closed
				}
				_ = c.Close()
				accepted.Add(1)
			}
		})
	}
	start := time.Now()
	failures := make([]error, acceptClients)
	for i := range failures {
		clients.Go(func() {
			for failures[i] == nil && time.Since(start) < d {
				failures[i] = dial(listeners[0].Addr().String())
			}
		})
	}
	clients.Wait()
	n, took = accepted.Load(), time.Since(start)
	for _, l := range listeners {
		_ = l.Close()
	}
	servers.Wait()
	return n, took, errors.Join(failures...)
}

// dial opens a connection and waits until the server has closed it.
func dial(address string) error {
	c, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	_, _ = c.Read(make([]byte, 1))
	// With a reset, neither end keeps the port for a minute, and the ports do not run out.
	return errors.Join(c.(*net.TCPConn).SetLinger(0), c.Close())
}
