package load

import (
	"bytes"
	"errors"
)

// dechunker takes the framing of a chunked body (RFC 9112, section 7.1) away, wherever reads cut it.
type dechunker struct {
	state chunkState
	left  int32 // of the chunk's data; or its size so far
}

type chunkState uint8

const (
	chunkSize   chunkState = iota // in the line that says the size
	chunkExtra                    // past the digits of that line
	chunkData                     // in the data
	chunkEnd                      // in the CRLF after the data
	chunkFinish                   // after the chunk of size 0
)

var errChunk = errors.New("a chunk has no size")

// strip moves the data of b to its front and gives it. Finished says that the body is over.
func (d *dechunker) strip(b []byte) (data []byte, finished bool, err error) {
	kept := 0
	for i := 0; i < len(b); {
		switch d.state {
		case chunkData:
			n := copy(b[kept:], b[i:min(len(b), i+int(d.left))])
			kept, i, d.left = kept+n, i+n, d.left-int32(n)
			if d.left == 0 {
				d.state = chunkEnd
			}
			continue
		case chunkEnd:
			if b[i] == '\n' {
				d.state = chunkSize
			}
		case chunkFinish:
			return b[:kept], true, nil
		default:
			if err := d.size(b[i]); err != nil {
				return nil, false, err
			}
		}
		i++
	}
	return b[:kept], d.state == chunkFinish, nil
}

// size reads a byte of the line that says how long the chunk is.
func (d *dechunker) size(c byte) error {
	digit := int32(-1)
	switch lower := c | 0x20; {
	case c >= '0' && c <= '9':
		digit = int32(c - '0')
	case lower >= 'a' && lower <= 'f':
		digit = int32(lower-'a') + 10
	}
	switch {
	case c == '\n':
		if d.state = chunkData; d.left == 0 {
			d.state = chunkFinish
		}
	case d.state == chunkExtra:
	case digit >= 0:
		if d.left = d.left<<4 | digit; d.left > 1<<24 {
			return errTooLong
		}
	case c == '\r' || c == ';' || c == ' ':
		d.state = chunkExtra
	default:
		return errChunk
	}
	return nil
}

var dataField = []byte("data:")

// lineAt reads the line that b begins with, without its end; of b, size bytes. A size of 0 says that it is cut.
func lineAt(b []byte) (line []byte, size int) {
	i := bytes.IndexByte(b, '\n')
	if i < 0 {
		return nil, 0
	}
	return bytes.TrimSuffix(b[:i], []byte{'\r'}), i + 1
}

// dataOf gives the value of a data line of an event stream (HTML Living Standard, section 9.2.6).
func dataOf(line []byte) ([]byte, bool) {
	value, ok := bytes.CutPrefix(line, dataField)
	return bytes.TrimPrefix(value, []byte{' '}), ok
}
