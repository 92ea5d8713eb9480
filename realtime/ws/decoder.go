package ws

import (
	"encoding/binary"
	"unicode/utf8"

	"github.com/gobwas/ws"
)

// MaxMessage is the longest message a client may send, in bytes, over all its fragments.
const MaxMessage = 64 << 10

// Decoder turns what arrives from a client into messages, whatever pieces it arrives in. It owns memory
// only while a frame or a fragmented message is incomplete.
type Decoder struct {
	Compression bool // messages may be compressed: permessage-deflate was agreed on

	partial    []byte // the beginning of an incomplete frame
	message    []byte // the fragments of an incomplete message
	fragment   bool   // a fragmented message is under way
	compressed bool   // and it is compressed
	fragments  int    // so many so far
}

// Feed takes the next bytes and calls handle for every complete message: text, ping, pong or close. The
// payload is valid until handle returns. Feed may write to data: it unmasks in place. The error is
// handle's, or a [*CloseError] for what breaks RFC 6455; after one the decoder must not be fed again.
func (d *Decoder) Feed(data []byte, handle func(op ws.OpCode, payload []byte) error) error {
	owned := len(d.partial) > 0
	if owned {
		data = append(d.partial, data...)
	}
	for len(data) > 0 {
		frame, rest, err := d.cut(data)
		if err != nil {
			return err
		}
		if frame == nil {
			break
		}
		if err := d.take(*frame, handle); err != nil {
			return err
		}
		data, owned = rest, false
	}
	switch {
	case len(data) == 0:
		d.partial = nil
	case owned:
		d.partial = data // grown in place, nothing taken off
	default:
		d.partial = append([]byte(nil), data...)
	}
	return nil
}

// frame is one frame of a client, unmasked.
type frame struct {
	final      bool
	compressed bool
	op         ws.OpCode
	payload    []byte
}

// cut takes the first frame off data; nil if it is not all there yet. What can be refused by the header
// alone is refused before its payload arrives.
func (d *Decoder) cut(data []byte) (*frame, []byte, error) {
	if len(data) < 2 {
		return nil, nil, nil
	}
	f := frame{final: data[0]&0x80 != 0, compressed: data[0]&compressedBit != 0, op: ws.OpCode(data[0] & 0x0f)}
	if data[0]&0x30 != 0 || f.compressed && (!d.Compression || f.op != ws.OpText) { // RFC 7692, section 6.1
		return nil, nil, &CloseError{CloseProtocol, "a reserved bit is set"}
	}
	if data[1]&0x80 == 0 {
		return nil, nil, &CloseError{CloseProtocol, "a client's frame must be masked"}
	}
	length, header := uint64(data[1]&0x7f), 2
	switch {
	case length == 126 && len(data) >= 4:
		length, header = uint64(binary.BigEndian.Uint16(data[2:])), 4
	case length == 127 && len(data) >= 10:
		length, header = binary.BigEndian.Uint64(data[2:]), 10
	case length >= 126:
		return nil, nil, d.allowed(f, 0)
	}
	if err := d.allowed(f, length); err != nil {
		return nil, nil, err
	}
	end := uint64(header) + 4 + length
	if uint64(len(data)) < end {
		return nil, nil, nil
	}
	f.payload = data[header+4 : end]
	ws.Cipher(f.payload, [4]byte(data[header:header+4]), 0)
	return &f, data[end:], nil
}

// allowed checks what a header says against the frames before it and against the bounds.
func (d *Decoder) allowed(f frame, length uint64) error {
	switch f.op {
	case ws.OpText:
		if d.fragment {
			return &CloseError{CloseProtocol, "a new message began before the last one ended"}
		}
	case ws.OpContinuation:
		if !d.fragment {
			return &CloseError{CloseProtocol, "a continuation without a beginning"}
		}
	case ws.OpBinary:
		return &CloseError{CloseUnsupported, "only text messages are understood"}
	case ws.OpClose, ws.OpPing, ws.OpPong:
		if !f.final {
			return &CloseError{CloseProtocol, "a control frame must not be fragmented"}
		}
		if length > maxControl {
			return &CloseError{CloseProtocol, "a control frame has at most 125 bytes"}
		}
		return nil
	default:
		return &CloseError{CloseProtocol, "an unknown opcode"}
	}
	if length > MaxMessage-uint64(len(d.message)) { // not as a sum, which a client could make wrap around
		return &CloseError{CloseTooBig, "a message has at most 64 KiB"}
	}
	return nil
}

// take adds a frame to its message, and hands over what is complete.
func (d *Decoder) take(f frame, handle func(ws.OpCode, []byte) error) error {
	if f.op.IsControl() {
		return handle(f.op, f.payload)
	}
	if !f.final {
		d.compressed = d.compressed || f.compressed
		d.fragment = true
		if d.fragments++; d.fragments > MaxMessage { // empty ones cost time too
			return &CloseError{CloseTooBig, "a message has at most 65536 fragments"}
		}
		d.message = append(d.message, f.payload...)
		return nil
	}
	message, compressed := f.payload, f.compressed || d.compressed
	if d.fragment {
		message = append(d.message, f.payload...)
		d.message, d.fragment, d.compressed, d.fragments = nil, false, false, 0
	}
	if compressed {
		var err error
		if message, err = inflate(message); err != nil {
			return err
		}
	}
	if !utf8.Valid(message) {
		return &CloseError{CloseInvalidPayload, "the message is not UTF-8"}
	}
	return handle(ws.OpText, message)
}

// Idle tells whether nothing is incomplete, so that a new decoder would go on as well.
func (d *Decoder) Idle() bool { return d.partial == nil && !d.fragment }
