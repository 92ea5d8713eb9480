package ws

import (
	"bytes"
	"compress/flate"
	"errors"
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

// inflate gives the text of a compressed message, or what to close with.
func inflate(payload []byte) ([]byte, error) {
	r := inflaters.Get().(io.ReadCloser)
	defer inflaters.Put(r)
	// One more block, empty and final, so that the end is an end and not a lack of input.
	in := io.MultiReader(bytes.NewReader(payload), bytes.NewReader(tail), bytes.NewReader([]byte{0x01, 0x00, 0x00, 0xff, 0xff}))
	if err := r.(flate.Resetter).Reset(in, nil); err != nil {
		return nil, &CloseError{CloseInvalidPayload, "the message cannot be inflated"}
	}
	text, err := io.ReadAll(io.LimitReader(r, MaxMessage+1))
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return nil, &CloseError{CloseInvalidPayload, "the message cannot be inflated"}
	case len(text) > MaxMessage:
		return nil, &CloseError{CloseTooBig, "a message has at most 64 KiB"}
	}
	return text, nil
}
