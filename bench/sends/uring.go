package main

import (
	"fmt"
	"sync/atomic"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The parts of io_uring(7) that sending needs: its two system calls, the offsets of its rings, and one kind of
// entry. Each socket gets one entry, and a few calls submit them all and wait for the answers.
const (
	entries      = 4096
	opSend       = 26
	enterGet     = 1 << 0 // IORING_ENTER_GETEVENTS
	singleIssuer = 1 << 12
	deferTaskrun = 1 << 13
	offSQRing    = 0
	offSQEs      = 0x10000000
)

type sqOffsets struct {
	head, tail, mask, entries, flags, dropped, array, reserved uint32
	address                                                    uint64
}

type cqOffsets struct {
	head, tail, mask, entries, overflow, cqes, flags, reserved uint32
	address                                                    uint64
}

type parameters struct {
	sqEntries, cqEntries, flags, cpu, idle, features, workers uint32
	reserved                                                  [3]uint32
	sq                                                        sqOffsets
	cq                                                        cqOffsets
}

// submission is an entry of 64 bytes.
type submission struct {
	op, flags uint8
	priority  uint16
	fd        int32
	offset    uint64
	address   uint64
	length    uint32
	sendFlags uint32
	data      uint64
	rest      [3]uint64
}

type completion struct {
	data   uint64
	result int32
	flags  uint32
}

// ring is an instance that sends to descriptors.
type ring struct {
	flags       uint32
	fds         []int
	fd          int
	p           parameters
	rings       []byte
	memory      []byte
	sqes        []submission
	sqTail      *uint32
	cqHead      *uint32
	cqTail      *uint32
	cqes        []completion
	array       []uint32
	mask, cqes2 uint32
}

func (r *ring) open(fds []int) error {
	r.fds, r.p = fds, parameters{flags: r.flags}
	fd, _, errno := syscall.Syscall(unix.SYS_IO_URING_SETUP, entries, uintptr(unsafe.Pointer(&r.p)), 0)
	if errno != 0 {
		return fmt.Errorf("io_uring_setup: %w", errno)
	}
	r.fd = int(fd)
	size := int(max(r.p.sq.array+r.p.sqEntries*4, r.p.cq.cqes+r.p.cqEntries*uint32(unsafe.Sizeof(completion{}))))
	var err error
	if r.rings, err = unix.Mmap(r.fd, offSQRing, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED|unix.MAP_POPULATE); err != nil {
		return fmt.Errorf("mmap of the rings: %w", err)
	}
	if r.memory, err = unix.Mmap(r.fd, offSQEs, int(r.p.sqEntries)*int(unsafe.Sizeof(submission{})), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED|unix.MAP_POPULATE); err != nil {
		return fmt.Errorf("mmap of the entries: %w", err)
	}
	r.sqes = unsafe.Slice((*submission)(unsafe.Pointer(&r.memory[0])), r.p.sqEntries)
	r.sqTail = r.word(r.p.sq.tail)
	r.cqHead, r.cqTail = r.word(r.p.cq.head), r.word(r.p.cq.tail)
	r.array = unsafe.Slice(r.word(r.p.sq.array), r.p.sqEntries)
	r.cqes = unsafe.Slice((*completion)(unsafe.Pointer(&r.rings[r.p.cq.cqes])), r.p.cqEntries)
	r.mask, r.cqes2 = *r.word(r.p.sq.mask), *r.word(r.p.cq.mask)
	return nil
}

func (r *ring) word(offset uint32) *uint32 { return (*uint32)(unsafe.Pointer(&r.rings[offset])) }

// sendAll hands the bytes to every descriptor, as many at a time as the ring has entries.
func (r *ring) sendAll(from []byte) error {
	for fds := r.fds; len(fds) > 0; {
		n := min(len(fds), int(r.p.sqEntries))
		tail := atomic.LoadUint32(r.sqTail)
		for i, fd := range fds[:n] {
			slot := (tail + uint32(i)) & r.mask
			r.sqes[slot] = submission{op: opSend, fd: int32(fd), address: uint64(uintptr(unsafe.Pointer(&from[0]))), length: uint32(len(from)), sendFlags: unix.MSG_DONTWAIT | unix.MSG_NOSIGNAL}
			r.array[slot] = slot
		}
		atomic.StoreUint32(r.sqTail, tail+uint32(n))
		if _, _, errno := syscall.RawSyscall6(unix.SYS_IO_URING_ENTER, uintptr(r.fd), uintptr(n), uintptr(n), enterGet, 0, 0); errno != 0 {
			return fmt.Errorf("io_uring_enter: %w", errno)
		}
		if err := r.reap(n, len(from)); err != nil {
			return err
		}
		fds = fds[n:]
	}
	return nil
}

// reap takes n answers.
func (r *ring) reap(n, length int) error {
	head := atomic.LoadUint32(r.cqHead)
	for range n {
		if head == atomic.LoadUint32(r.cqTail) {
			return fmt.Errorf("fewer answers than entries")
		}
		if got := r.cqes[head&r.cqes2].result; int(got) != length {
			return fmt.Errorf("a send gave %d of %d", got, length)
		}
		head++
	}
	atomic.StoreUint32(r.cqHead, head)
	return nil
}

func (r *ring) close() {
	_ = unix.Munmap(r.rings)
	_ = unix.Munmap(r.memory)
	_ = unix.Close(r.fd)
}
