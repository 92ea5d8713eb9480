package hub

import (
	"encoding/binary"

	"github.com/fadedistrict/fade/realtime/eventlog"
)

// Frame is one event, encoded once and shared by all who receive it: a WebSocket text frame as a server
// sends it (RFC 6455, section 5.2: FIN, opcode 1, no mask), whose payload is the event's JSON text.
// Nobody changes it.
type Frame struct {
	seq  int64
	wire []byte
	text []byte // the payload, a part of wire
}

// NewFrame encodes an event.
func NewFrame(event eventlog.Event) (*Frame, error) {
	text, err := event.Encode()
	if err != nil {
		return nil, err
	}
	return frameOf(event.Seq, text), nil
}

func frameOf(seq int64, text []byte) *Frame {
	wire := AppendTextFrame(make([]byte, 0, maxHeader+len(text)), text)
	return &Frame{seq: seq, wire: wire, text: wire[len(wire)-len(text):]}
}

// Seq gives the event's sequence in its channel.
func (f *Frame) Seq() int64 { return f.seq }

// Wire gives the whole WebSocket frame.
func (f *Frame) Wire() []byte { return f.wire }

// Text gives the event's JSON.
func (f *Frame) Text() []byte { return f.text }

// maxHeader is the longest header of an unmasked frame.
const maxHeader = 10

// AppendTextFrame appends an unmasked text frame with the payload to b.
func AppendTextFrame(b, payload []byte) []byte {
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
