package main

import (
	"context"
	"runtime/debug"
	"time"

	"golang.org/x/sys/unix"
)

// A storm of connections that come or go leaves memory behind, most of it of handshakes. The garbage collector
// would find it within minutes; a server that is about to serve many idle pages gives it back at once.
const (
	stormSize  = 1000 // connections that have come or gone since memory was last given back
	calmLooks  = 3    // looks without much change, after which the storm is over
	calmChange = 20   // connections between two looks that are not much
	calmEvery  = time.Second
)

// giveBack returns memory to the system after storms, until the context ends.
func (s *server) giveBack(ctx context.Context) error {
	ticker := time.NewTicker(calmEvery)
	defer ticker.Stop()
	var last, given int64
	calm := 0
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		changes := s.sockets.Changes()
		if changes-last > calmChange {
			calm = 0
		} else {
			calm++
		}
		last = changes
		if calm >= calmLooks && changes-given >= stormSize {
			debug.FreeOSMemory()
			given = changes
		}
	}
}

// reservedDescriptors are left for the database, the channel layer, requests and files.
const reservedDescriptors = 500

// socketRoom gives how many connections may be open: what was asked for, or what the limit of descriptors leaves.
// 0 is no bound.
func socketRoom(asked int) int {
	var limit unix.Rlimit
	if asked > 0 || unix.Getrlimit(unix.RLIMIT_NOFILE, &limit) != nil || limit.Cur > 1<<30 {
		return asked
	}
	return max(int(limit.Cur)-reservedDescriptors, 100)
}
