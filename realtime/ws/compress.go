package ws

import (
	"bytes"
	"compress/flate"
	"io"
	"sync"
)

// permessage-deflate (RFC 7692) without context takeover on either side: every message is compressed alone, so
// that what is sent to many is compressed once, and no connection keeps a window.

// compressedBit is RSV1: the message is compressed (section 6).
const compressedBit = 0x40

// tail is what a flush ends with. It is not sent (section 7.2.1), and put back before inflating (7.2.2).
var tail = []byte{0x00, 0x00, 0xff, 0xff}

// compressors and inflaters are kept between messages: one is hundreds of kilobytes to make.
var (
	compressors = sync.Pool{New: func() any {
		w, err := flate.NewWriter(nil, flate.BestSpeed)
		if err != nil {
			panic("ws: the standard library knows no such level: " + err.Error())
		}
		return w
	}}
	inflaters = sync.Pool{New: func() any { return flate.NewReader(nil) }}
)

// AppendCompressed appends an unmasked text frame with the compressed payload to b.
func AppendCompressed(b, payload []byte) []byte {
	var out bytes.Buffer
	w := compressors.Get().(*flate.Writer)
	defer compressors.Put(w)
	w.Reset(&out)
	if _, err := w.Write(payload); err != nil {
		panic("ws: compressing into memory: " + err.Error())
	}
	if err := w.Flush(); err != nil {
		panic("ws: compressing into memory: " + err.Error())
	}
	begin := len(b)
	b = AppendText(b, bytes.TrimSuffix(out.Bytes(), tail))
	b[begin] |= compressedBit
	return b
}

// lastBlock is an empty final block: with it the end of a message is an end and not a lack of input.
var lastBlock = []byte{0x01, 0x00, 0x00, 0xff, 0xff}

// inflate gives the text of a compressed message, or what to close with. A client may end a block as the final
// one and go on with another (section 7.2.1), so only the end of the input is the end.
func inflate(payload []byte) ([]byte, error) {
	in := bytes.NewReader(append(append(append(make([]byte, 0, len(payload)+len(tail)+len(lastBlock)), payload...), tail...), lastBlock...))
	r := inflaters.Get().(io.ReadCloser)
	defer inflaters.Put(r)
	var text []byte
	for in.Len() > 0 {
		if err := r.(flate.Resetter).Reset(in, nil); err != nil {
			return nil, &CloseError{CloseInvalidPayload, "the message cannot be inflated"}
		}
		more, err := io.ReadAll(io.LimitReader(r, int64(MaxMessage+1-len(text))))
		text = append(text, more...)
		switch {
		case err != nil:
			return nil, &CloseError{CloseInvalidPayload, "the message cannot be inflated"}
		case len(text) > MaxMessage:
			return nil, &CloseError{CloseTooBig, "a message has at most 64 KiB"}
		}
	}
	return text, nil
}
