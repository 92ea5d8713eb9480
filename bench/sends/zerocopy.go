package main

import (
	"errors"
	"fmt"
	"slices"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// zeroCopy calls send(2) with MSG_ZEROCOPY: the kernel takes the pages instead of their bytes, and tells on the
// socket's error queue when it needs them no longer (Documentation/networking/msg_zerocopy.rst). Until then they
// must not be changed, so a way has not ended before it has read that.
type zeroCopy struct {
	unprepared
	sends  int
	copied int // sends of which the kernel says that it copied all the same
	sent   []uint32
}

// codeCopied is SO_EE_CODE_ZEROCOPY_COPIED.
const codeCopied = 1

func (z *zeroCopy) open(sockets []int) error {
	for _, socket := range sockets {
		if err := unix.SetsockoptInt(socket, unix.SOL_SOCKET, unix.SO_ZEROCOPY, 1); err != nil {
			return fmt.Errorf("SO_ZEROCOPY: %w", err)
		}
	}
	z.sent = make([]uint32, len(sockets))
	return nil
}

func (z *zeroCopy) note() string { return fmt.Sprintf("the kernel copied %d of %d", z.copied, z.sends) }

func (z *zeroCopy) send(sockets []int, frames [][]byte) (cut int, err error) {
	whole := frames[0]
	if len(frames) > 1 {
		whole = slices.Concat(frames...)
	}
	for i, socket := range sockets {
		n, err := unix.SendmsgN(socket, whole, nil, nil, unix.MSG_ZEROCOPY|unix.MSG_NOSIGNAL)
		switch {
		case errors.Is(err, unix.EAGAIN):
			n = 0
		case err != nil:
			return cut, fmt.Errorf("sendmsg: %w", err)
		default:
			z.sent[i]++
			z.sends++
		}
		if n < len(whole) {
			cut++
			if err := finish(socket, whole[n:]); err != nil {
				return cut, err
			}
		}
	}
	control := make([]byte, 128)
	for i, socket := range sockets {
		for z.sent[i] > 0 {
			n, err := z.completion(socket, control)
			if err != nil {
				return cut, err
			}
			z.sent[i] -= n
		}
	}
	return cut, nil
}

// completion reads one message of the error queue: how many sends the kernel is done with.
func (z *zeroCopy) completion(socket int, control []byte) (uint32, error) {
	var n int
	for start := time.Now(); ; {
		var err error
		if _, n, _, _, err = unix.Recvmsg(socket, nil, control, unix.MSG_ERRQUEUE); err == nil {
			break
		}
		if !errors.Is(err, unix.EAGAIN) || time.Since(start) > lost {
			return 0, fmt.Errorf("recvmsg of the error queue: %w", err)
		}
		// An error queue that is not empty is told of as POLLERR, which need not be asked for.
		if _, err := unix.Poll([]unix.PollFd{{Fd: int32(socket)}}, 1000); err != nil && !errors.Is(err, unix.EINTR) {
			return 0, err
		}
	}
	messages, err := unix.ParseSocketControlMessage(control[:n])
	if err != nil || len(messages) != 1 || len(messages[0].Data) < int(unsafe.Sizeof(unix.SockExtendedErr{})) {
		return 0, fmt.Errorf("a message of the error queue that is not a completion: %v", messages)
	}
	told := (*unix.SockExtendedErr)(unsafe.Pointer(&messages[0].Data[0]))
	if told.Origin != unix.SO_EE_ORIGIN_ZEROCOPY || told.Errno != 0 {
		return 0, fmt.Errorf("a message of the error queue that is not a completion: %+v", *told)
	}
	done := told.Data - told.Info + 1 // both ends of a range
	if told.Code&codeCopied != 0 {
		z.copied += int(done)
	}
	return done, nil
}
