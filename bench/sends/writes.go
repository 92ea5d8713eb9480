package main

import (
	"errors"
	"slices"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// unprepared is the part of a way that needs nothing before, and nobody in the kernel.
type unprepared struct{}

func (unprepared) open([]int) error          { return nil }
func (unprepared) kernelTime() time.Duration { return 0 }
func (unprepared) close()                    {}

// plainWrites calls write(2) for each frame.
type plainWrites struct {
	unprepared
	told bool // the scheduler is told of each call, as package syscall does by itself
}

func (w *plainWrites) send(sockets []int, frames [][]byte) (cut int, err error) {
	write := rawWrite
	if w.told {
		write = toldWrite
	}
	for _, socket := range sockets {
		for i, frame := range frames {
			n, errno := write(socket, frame)
			if n == len(frame) {
				continue
			}
			if errno != 0 && errno != unix.EAGAIN {
				return cut, errno
			}
			cut++
			if err := finish(socket, slices.Concat(frame[n:], slices.Concat(frames[i+1:]...))); err != nil {
				return cut, err
			}
			break
		}
	}
	return cut, nil
}

func toldWrite(socket int, from []byte) (int, syscall.Errno) {
	n, err := unix.Write(socket, from)
	errno, _ := errors.AsType[syscall.Errno](err)
	return max(n, 0), errno
}

// rawWrite is write(2) without a word to the scheduler. from is not empty.
func rawWrite(socket int, from []byte) (int, syscall.Errno) {
	n, _, errno := syscall.RawSyscall(unix.SYS_WRITE, uintptr(socket), uintptr(unsafe.Pointer(&from[0])), uintptr(len(from)))
	if errno != 0 {
		return 0, errno
	}
	return int(n), 0
}

// vectorWrites calls writev(2) once for all frames of a socket.
type vectorWrites struct {
	unprepared
	vector []unix.Iovec
}

func (w *vectorWrites) send(sockets []int, frames [][]byte) (cut int, err error) {
	size := 0
	for _, frame := range frames {
		size += len(frame)
	}
	for _, socket := range sockets {
		// Made anew for each socket, as by a server whose connections are not all given the same.
		w.vector = w.vector[:0]
		for _, frame := range frames {
			v := unix.Iovec{Base: unsafe.SliceData(frame)}
			v.SetLen(len(frame))
			w.vector = append(w.vector, v)
		}
		n, _, errno := syscall.RawSyscall(unix.SYS_WRITEV, uintptr(socket), uintptr(unsafe.Pointer(&w.vector[0])), uintptr(len(w.vector)))
		switch {
		case errno == unix.EAGAIN:
			n = 0
		case errno != 0:
			return cut, errno
		case int(n) == size:
			continue
		}
		cut++
		if err := finish(socket, slices.Concat(frames...)[n:]); err != nil {
			return cut, err
		}
	}
	return cut, nil
}
