package transport

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The system calls of a loop are raw: on a socket that does not block they return at once, and the scheduler
// need not be told of them. None is called with an empty buffer.

// rawRead is read(2).
func rawRead(fd int, into []byte) (int, syscall.Errno) {
	n, _, errno := syscall.RawSyscall(unix.SYS_READ, uintptr(fd), uintptr(unsafe.Pointer(&into[0])), uintptr(len(into))) //nolint:gosec // a system call takes a pointer
	return count(n, errno), errno
}

// rawWrite is write(2).
func rawWrite(fd int, from []byte) (int, syscall.Errno) {
	n, _, errno := syscall.RawSyscall(unix.SYS_WRITE, uintptr(fd), uintptr(unsafe.Pointer(&from[0])), uintptr(len(from))) //nolint:gosec // a system call takes a pointer
	return count(n, errno), errno
}

// rawWritev is writev(2). scratch is memory for the vector.
func rawWritev(fd int, from [][]byte, scratch *[]unix.Iovec) (int, syscall.Errno) {
	pieces := (*scratch)[:0]
	for _, piece := range from {
		v := unix.Iovec{Base: unsafe.SliceData(piece)} //nolint:gosec // a system call takes a pointer
		v.SetLen(len(piece))
		pieces = append(pieces, v)
	}
	n, _, errno := syscall.RawSyscall(unix.SYS_WRITEV, uintptr(fd), uintptr(unsafe.Pointer(&pieces[0])), uintptr(len(pieces))) //nolint:gosec // a system call takes a pointer
	clear(pieces)
	*scratch = pieces
	return count(n, errno), errno
}

func count(n uintptr, errno syscall.Errno) int {
	if errno != 0 {
		return 0
	}
	return int(n)
}
