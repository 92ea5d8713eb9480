package hub

import (
	"sync/atomic"

	"github.com/fadedistrict/fade/realtime/eventlog"
	"github.com/fadedistrict/fade/realtime/sse"
	"github.com/fadedistrict/fade/realtime/ws"
)

// Encoding is a form in which an event goes over a wire.
type Encoding uint8

// The encodings. Each event is brought into each of them at most once, and only if somebody needs it.
const (
	WebSocket  Encoding = iota // a text frame as a server sends it (RFC 6455, section 5.2)
	Compressed                 // the same with permessage-deflate (RFC 7692)
	Stream                     // a block of an event stream, with its position as the id
	StreamData                 // the same without the id, for whoever writes one of its own before it
	encodings
)

// Frame is one event, encoded once and shared by all who receive it. Nobody changes it.
type Frame struct {
	seq   int64
	epoch string
	text  []byte // the event's JSON, a part of plain
	plain []byte // as WebSocket
	chunk *chunk // of which plain is a part
	at    int    // and where it begins there
	other [encodings - 1]atomic.Pointer[[]byte]
}

// NewFrame encodes an event of the epoch's database.
func NewFrame(epoch string, event eventlog.Event) (*Frame, error) {
	text, err := event.Encode()
	if err != nil {
		return nil, err
	}
	return frameOf(epoch, event.Seq, text), nil
}

func frameOf(epoch string, seq int64, text []byte) *Frame {
	f := &Frame{seq: seq, epoch: epoch}
	plain := ws.AppendText(make([]byte, 0, ws.MaxHeader+len(text)), text)
	f.put(&chunk{data: plain[:cap(plain)], used: len(plain)}, 0, len(plain), len(text))
	return f
}

// Seq gives the event's sequence in its channel.
func (f *Frame) Seq() int64 { return f.seq }

// Text gives the event's JSON.
func (f *Frame) Text() []byte { return f.text }

// Wire gives the event in an encoding.
func (f *Frame) Wire(as Encoding) []byte {
	if as == WebSocket {
		return f.plain
	}
	slot := &f.other[as-1]
	if made := slot.Load(); made != nil {
		return *made
	}
	var made []byte
	switch as {
	case Compressed:
		made = ws.AppendCompressed(nil, f.text)
	case Stream:
		made = sse.AppendEvent(nil, eventlog.Position{Epoch: f.epoch, Seq: f.seq}.String(), f.text)
	case StreamData:
		made = sse.AppendEvent(nil, "", f.text)
	}
	slot.Store(&made) // whoever made it at the same time made the same
	return made
}

// A chunk holds the frames of consecutive events one behind the other, so that any run of them is one piece
// of memory and goes out as one. It is filled from the front; what is filled never changes.
type chunk struct {
	data []byte
	used int
	full bool // nothing more is put into it, and its frames stay where they are
}

// The size of a channel's chunks grows with what happens on it: most channels see one event in a while.
const maxChunk = 64 << 10

// put moves a frame's bytes to a place in a chunk that holds them already.
func (f *Frame) put(c *chunk, at, length, text int) {
	f.chunk, f.at = c, at
	f.plain = c.data[at : at+length : at+length]
	f.text = f.plain[length-text:]
}

// gather copies a frame, which nobody else has yet, to where the next of its channel's frames will follow it.
func (t *topic) gather(f *Frame) {
	length := len(f.plain)
	c := t.chunk
	switch {
	case f.chunk.full:
		return
	case c == nil: // perhaps the only one for long: it stays where it is
		t.chunk = &chunk{}
		return
	case len(c.data)-c.used < length:
		c = &chunk{data: make([]byte, max(length, min(2*len(c.data)+2*length, maxChunk)))}
		t.chunk = c
	}
	at := c.used
	c.used += copy(c.data[at:], f.plain)
	f.put(c, at, length, len(f.text))
}

// together puts the frames of a page into one chunk.
func together(frames []*Frame) {
	size := 0
	for _, f := range frames {
		size += len(f.plain)
	}
	page := topic{chunk: &chunk{data: make([]byte, size)}}
	for _, f := range frames {
		page.gather(f)
	}
	page.chunk.full = true
}
