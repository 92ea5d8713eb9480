package load

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Opcodes of RFC 6455, section 5.2.
const (
	opText  = 1
	opClose = 8
	opPing  = 9
	opPong  = 10
)

// maxMessage bounds a frame or a line; a longer one is the server's mistake, and ends the connection.
const maxMessage = 128 << 10

var errTooLong = errors.New("a message is longer than 128 KiB")

// frameAt reads the frame that b begins with; of it, size bytes. A size of 0 says that the frame is cut. What
// was not negotiated (masks, extensions) or not expected (fragments, binary messages) is an error.
func frameAt(b []byte) (op byte, payload []byte, size int, err error) {
	if len(b) < 2 {
		return 0, nil, 0, nil
	}
	header, length := 2, int(b[1])
	switch {
	case b[0]&0xf0 != 0x80 || length&0x80 != 0:
		return 0, nil, 0, fmt.Errorf("unexpected frame header %#x %#x", b[0], b[1])
	case length == 126:
		if len(b) < 4 {
			return 0, nil, 0, nil
		}
		header, length = 4, int(binary.BigEndian.Uint16(b[2:]))
	case length == 127:
		if len(b) < 10 {
			return 0, nil, 0, nil
		}
		long := binary.BigEndian.Uint64(b[2:])
		if long > maxMessage {
			return 0, nil, 0, errTooLong
		}
		header, length = 10, int(long)
	}
	op = b[0] & 0x0f
	if op != opText && op < opClose || op > opPong {
		return 0, nil, 0, fmt.Errorf("unexpected opcode %d", op)
	}
	if len(b) < header+length {
		return 0, nil, 0, nil
	}
	return op, b[header : header+length], header + length, nil
}

// The key that masks what clients send. A browser's must not be guessed, for the sake of proxies; here are none.
var maskKey = [4]byte{0x5a, 0xa5, 0x3c, 0xc3}

// appendMasked appends a frame from a client to b. The payload is at most 125 bytes, or the opcode is text.
func appendMasked(b []byte, op byte, payload []byte) []byte {
	b = append(b, 0x80|op)
	if n := len(payload); n < 126 {
		b = append(b, 0x80|byte(n))
	} else {
		b = binary.BigEndian.AppendUint16(append(b, 0x80|126), uint16(n))
	}
	b = append(b, maskKey[:]...)
	for i, c := range payload {
		b = append(b, c^maskKey[i&3])
	}
	return b
}

// closeCode reads the payload of a close frame. 1005 stands for none, as in RFC 6455, section 7.1.5.
func closeCode(payload []byte) int {
	if len(payload) < 2 {
		return 1005
	}
	return int(binary.BigEndian.Uint16(payload))
}
