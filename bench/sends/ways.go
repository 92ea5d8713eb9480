package main

import (
	"bytes"
	"fmt"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

func ways() []way {
	frame := bytes.Repeat([]byte("x"), frameBytes)
	whole := bytes.Repeat(frame, runFrames)
	pieces := make([][]byte, runFrames)
	for i := range pieces {
		pieces[i] = bytes.Clone(frame)
	}
	plain, batched := &ring{}, &ring{flags: singleIssuer | deferTaskrun}
	return []way{
		{name: "one frame, write, scheduler told", send: func(fds []int) error { return writeAll(fds, frame) }},
		{name: "one frame, write, raw", send: func(fds []int) error { return rawWriteAll(fds, frame) }},
		{name: "one frame, io_uring", begin: plain.open, send: func([]int) error { return plain.sendAll(frame) }, end: plain.close},
		{name: "one frame, io_uring, deferred", begin: batched.open, send: func([]int) error { return batched.sendAll(frame) }, end: batched.close},
		{name: "200 frames, writev of 200 pieces", send: func(fds []int) error { return writevAll(fds, pieces) }},
		{name: "200 frames, write of one piece", send: func(fds []int) error { return rawWriteAll(fds, whole) }},
	}
}

func writeAll(fds []int, from []byte) error {
	for _, fd := range fds {
		if n, err := unix.Write(fd, from); err != nil || n < len(from) {
			return fmt.Errorf("write took %d of %d: %w", n, len(from), err)
		}
	}
	return nil
}

func rawWriteAll(fds []int, from []byte) error {
	for _, fd := range fds {
		for rest := from; len(rest) > 0; {
			n, _, errno := syscall.RawSyscall(unix.SYS_WRITE, uintptr(fd), uintptr(unsafe.Pointer(&rest[0])), uintptr(len(rest)))
			switch errno {
			case 0:
				rest = rest[n:]
			case unix.EAGAIN: // the reader is behind: the rest would come with the next pass
				rest = nil
			default:
				return errno
			}
		}
	}
	return nil
}

func writevAll(fds []int, pieces [][]byte) error {
	vector := make([]unix.Iovec, len(pieces))
	for i, piece := range pieces {
		vector[i].Base = unsafe.SliceData(piece)
		vector[i].SetLen(len(piece))
	}
	for _, fd := range fds {
		_, _, errno := syscall.RawSyscall(unix.SYS_WRITEV, uintptr(fd), uintptr(unsafe.Pointer(&vector[0])), uintptr(len(vector)))
		if errno != 0 && errno != unix.EAGAIN {
			return errno
		}
	}
	return nil
}
