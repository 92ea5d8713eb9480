package ws

import "encoding/binary"

// MaxHeader is the longest header of an unmasked frame, in bytes (RFC 6455, section 5.2).
const MaxHeader = 10

// AppendText appends an unmasked text frame with the payload to b.
func AppendText(b, payload []byte) []byte {
	const finText = 0x81
	switch n := len(payload); {
	case n < 126:
		b = append(b, finText, byte(n))
	case n <= 0xffff:
		b = binary.BigEndian.AppendUint16(append(b, finText, 126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, finText, 127), uint64(n))
	}
	return append(b, payload...)
}
