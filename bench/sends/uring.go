package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// ring sends through an io_uring(7): an entry for each socket, and one system call that submits as many as there is
// room for and waits for their answers.
type ring struct {
	flags   uint32 // of io_uring_setup(2)
	entries uint32 // of the first queue, a power of two, or 0 for ringEntries; the second has twice as many
	fd      int    // 0 if it is not open
	shared  []byte // the memory of both queues
	sqes    []byte // the memory of the entries

	submissions []submission
	submitted   *uint32 // the tail of the first queue
	status      *uint32 // flags of the first queue
	mask        uint32

	completions    []completion
	seen, answered *uint32 // head and tail of the second queue
	answersMask    uint32

	clock int32 // of the kernel's thread, or 0
}

// ringEntries are the entries of a ring that is not told how many.
const ringEntries = 1024

// What follows has the names of <linux/io_uring.h>, which golang.org/x/sys does not have.
const (
	setupSQPoll       = 1 << 1
	setupSingleIssuer = 1 << 12
	setupDeferTaskrun = 1 << 13
	featSingleMmap    = 1 << 0
	enterGetEvents    = 1 << 0
	enterSQWakeup     = 1 << 1
	sqNeedWakeup      = 1 << 0
	offSQRing         = 0
	offSQEs           = 0x10000000
	opSend            = 26
	sqThreadIdle      = 1 // milliseconds: longer, and the thread takes a processor from the ways that come next
)

// setup is struct io_uring_params.
type setup struct {
	sqEntries, cqEntries, flags, sqThreadCPU, sqThreadIdle, features, wqFD uint32
	_                                                                      [3]uint32
	sq                                                                     struct {
		head, tail, ringMask, ringEntries, flags, dropped, array, _ uint32
		_                                                           uint64
	}
	cq struct {
		head, tail, ringMask, ringEntries, overflow, cqes, flags, _ uint32
		_                                                           uint64
	}
}

// submission is struct io_uring_sqe.
type submission struct {
	op, flags uint8
	priority  uint16
	fd        int32
	offset    uint64
	address   uint64
	length    uint32
	sendFlags uint32
	userData  uint64
	_         [3]uint64
}

// completion is struct io_uring_cqe.
type completion struct {
	userData uint64
	result   int32
	flags    uint32
}

func (r *ring) open([]int) error {
	s := setup{flags: r.flags}
	if r.flags&setupSQPoll != 0 {
		s.sqThreadIdle = sqThreadIdle
	}
	if r.entries == 0 {
		r.entries = ringEntries
	}
	fd, _, errno := syscall.Syscall(unix.SYS_IO_URING_SETUP, uintptr(r.entries), uintptr(unsafe.Pointer(&s)), 0)
	if errno != 0 {
		return fmt.Errorf("io_uring_setup: %w (errno %d)", errno, int(errno))
	}
	r.fd = int(fd)
	if s.features&featSingleMmap == 0 {
		return errors.New("a kernel before 5.4, whose queues are mapped one by one")
	}
	size := max(s.sq.array+4*s.sqEntries, s.cq.cqes+uint32(unsafe.Sizeof(completion{}))*s.cqEntries)
	var err error
	if r.shared, err = r.mapped(offSQRing, int(size)); err != nil {
		return err
	}
	if r.sqes, err = r.mapped(offSQEs, int(s.sqEntries)*int(unsafe.Sizeof(submission{}))); err != nil {
		return err
	}
	r.submissions = unsafe.Slice((*submission)(unsafe.Pointer(&r.sqes[0])), s.sqEntries)
	r.completions = unsafe.Slice((*completion)(unsafe.Pointer(&r.shared[s.cq.cqes])), s.cqEntries)
	r.submitted, r.status, r.mask = r.word(s.sq.tail), r.word(s.sq.flags), *r.word(s.sq.ringMask)
	r.seen, r.answered, r.answersMask = r.word(s.cq.head), r.word(s.cq.tail), *r.word(s.cq.ringMask)
	for i := range s.sqEntries { // the queue holds numbers of entries; here the entry at each place is always its own
		*r.word(s.sq.array + 4*i) = i
	}
	return r.findThread()
}

func (r *ring) mapped(offset int64, size int) ([]byte, error) {
	memory, err := unix.Mmap(r.fd, offset, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED|unix.MAP_POPULATE)
	if err != nil {
		return nil, fmt.Errorf("mmap of an io_uring: %w", err)
	}
	return memory, nil
}

func (r *ring) word(offset uint32) *uint32 {
	return (*uint32)(unsafe.Pointer(&r.shared[offset]))
}

// findThread finds the clock of the kernel's thread, if the ring has one. Until that thread runs, the kernel names
// the one that made the ring.
func (r *ring) findThread() error {
	if r.flags&setupSQPoll == 0 {
		return nil
	}
	for start := time.Now(); time.Since(start) < lost; time.Sleep(time.Millisecond) {
		about, err := os.ReadFile(fmt.Sprintf("/proc/self/fdinfo/%d", r.fd))
		if err != nil {
			return err
		}
		for line := range strings.Lines(string(about)) {
			value, found := strings.CutPrefix(line, "SqThread:")
			thread, err := strconv.Atoi(strings.TrimSpace(value))
			if found && err == nil && thread > 0 && thread != unix.Gettid() {
				r.clock = int32(^thread<<3 | 6) // CPUCLOCK_PERTHREAD_MASK and CPUCLOCK_SCHED
				return nil
			}
		}
	}
	return errors.New("/proc does not name the thread of an io_uring")
}

func (r *ring) kernelTime() time.Duration {
	if r.clock == 0 {
		return 0
	}
	return threadTime(r.clock)
}

func (r *ring) send(sockets []int, frames [][]byte) (cut int, err error) {
	frame := frames[0]
	defer runtime.KeepAlive(frame)
	for len(sockets) > 0 {
		part := sockets[:min(len(sockets), len(r.submissions))]
		sockets = sockets[len(part):]
		tail := atomic.LoadUint32(r.submitted)
		for i, socket := range part {
			r.submissions[(tail+uint32(i))&r.mask] = submission{
				op: opSend, fd: int32(socket), userData: uint64(i),
				address: uint64(uintptr(unsafe.Pointer(&frame[0]))), length: uint32(len(frame)),
				sendFlags: unix.MSG_DONTWAIT | unix.MSG_NOSIGNAL,
			}
		}
		atomic.StoreUint32(r.submitted, tail+uint32(len(part)))
		if err := r.enter(len(part)); err != nil {
			return cut, err
		}
		n, err := r.reap(part, frame)
		if cut += n; err != nil {
			return cut, err
		}
	}
	return cut, nil
}

// enter submits n entries and waits for as many answers. With a thread of the kernel's the entries are submitted
// by having been written, and it may only have to be woken.
func (r *ring) enter(n int) error {
	for left := n; ; {
		missing := n - int(atomic.LoadUint32(r.answered)-atomic.LoadUint32(r.seen))
		if missing <= 0 && (left == 0 || r.clock != 0) {
			return nil
		}
		flags := uintptr(enterGetEvents)
		if atomic.LoadUint32(r.status)&sqNeedWakeup != 0 {
			flags |= enterSQWakeup
		}
		var took uintptr
		var errno syscall.Errno
		if r.clock != 0 { // this waits for the thread, and the scheduler must know
			_, _, errno = syscall.Syscall6(unix.SYS_IO_URING_ENTER, uintptr(r.fd), uintptr(left), uintptr(missing), flags, 0, 0)
		} else {
			took, _, errno = syscall.RawSyscall6(unix.SYS_IO_URING_ENTER, uintptr(r.fd), uintptr(left), uintptr(missing), flags, 0, 0)
		}
		switch errno {
		case 0:
			left -= int(took)
		case unix.EINTR:
		default:
			return fmt.Errorf("io_uring_enter: %w", errno)
		}
	}
}

// reap takes the answers, and writes what sockets did not take.
func (r *ring) reap(sockets []int, frame []byte) (cut int, err error) {
	head := atomic.LoadUint32(r.seen)
	defer func() { atomic.StoreUint32(r.seen, head) }()
	for range sockets {
		answer := r.completions[head&r.answersMask]
		head++
		n := int(answer.result)
		switch {
		case n == len(frame):
			continue
		case answer.result == -int32(unix.EAGAIN):
			n = 0
		case n < 0:
			return cut, fmt.Errorf("send by io_uring: %w", syscall.Errno(-n))
		}
		cut++
		if err := finish(sockets[answer.userData], frame[n:]); err != nil {
			return cut, err
		}
	}
	return cut, nil
}

func (r *ring) close() {
	for _, memory := range [][]byte{r.shared, r.sqes} {
		if memory != nil {
			_ = unix.Munmap(memory)
		}
	}
	if r.fd > 0 {
		_ = unix.Close(r.fd)
	}
}
