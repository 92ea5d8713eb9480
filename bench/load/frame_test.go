package load

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/gobwas/ws"
)

// feed runs the bytes through a swarm without a loop, in pieces cut at the given places.
func feed(t *testing.T, protocol Protocol, prepare func(*client), wire []byte, cuts ...int) *Swarm {
	t.Helper()
	s := &Swarm{config: Config{Protocol: protocol}, time: newNeedle(`"t":`), number: newNeedle(`"n":`), stats: newStats()}
	c := &client{fd: -1, state: stateReady, last: unknown}
	if prepare != nil {
		prepare(c)
	}
	begin := 0
	for _, end := range append(cuts, len(wire)) {
		b := append(bytes.Clone(c.partial), wire[begin:end]...)
		used, err := s.take(c, b, len(c.partial))
		if err != nil {
			t.Fatalf("cut at %v: %v", cuts, err)
		}
		c.partial = append(c.partial[:0], b[used:]...)
		begin = end
	}
	if len(c.partial) > 0 && c.open() {
		t.Fatalf("cut at %v: %q is left", cuts, c.partial)
	}
	return s
}

func TestSwarm_frames(t *testing.T) {
	var wire []byte
	for i, padding := range []int{0, 100, 110, 130, 70_000} { // each form of a length, around its bounds
		text := fmt.Sprintf(`{"n":%d,"t":5,"b":"%s"}`, i+1, strings.Repeat("x", padding))
		wire = append(wire, ws.MustCompileFrame(ws.NewTextFrame([]byte(text)))...)
		if i == 1 {
			wire = append(wire, ws.MustCompileFrame(ws.NewPongFrame([]byte("p")))...)
		}
	}
	const checked = 700 // cuts at every byte up to here, and at some inside the long frame
	for cut := 1; cut < len(wire); cut++ {
		if cut > checked {
			cut = min(cut+9_999, len(wire)-1)
		}
		s := feed(t, Plain, nil, wire, cut)
		if s.stats.Deliveries != 5 || s.stats.Disorder() != 0 || s.stats.Pongs != 1 {
			t.Fatalf("cut at %d: %v", cut, s.stats)
		}
	}
	every := make([]int, checked)
	for i := range every {
		every[i] = i + 1
	}
	if s := feed(t, Plain, nil, wire, every...); s.stats.Deliveries != 5 || s.stats.Disorder() != 0 {
		t.Fatalf("byte by byte: %v", s.stats)
	}
}

func TestFrameAt_refuses(t *testing.T) {
	for name, b := range map[string][]byte{
		"fragment":   {0x01, 0x00},
		"compressed": {0xc1, 0x00},
		"masked":     {0x81, 0x80, 0, 0, 0, 0},
		"binary":     {0x82, 0x00},
		"too long":   {0x81, 127, 0, 0, 0, 2, 0, 0, 0, 0},
	} {
		if _, _, size, err := frameAt(b); err == nil || size != 0 {
			t.Errorf("%s: %d bytes, %v", name, size, err)
		}
	}
}

func TestAppendMasked(t *testing.T) {
	for _, n := range []int{0, 1, 125, 126, 300} {
		text := strings.Repeat("y", n)
		frame, err := readFrame(iotest.OneByteReader(bytes.NewReader(appendMasked(nil, opText, []byte(text)))))
		if err != nil || !frame.Header.Masked || !frame.Header.Fin || frame.Header.OpCode != ws.OpText {
			t.Fatalf("%d bytes: %+v, %v", n, frame.Header, err)
		}
		if got := string(ws.UnmaskFrameInPlace(frame).Payload); got != text {
			t.Errorf("%d bytes: %q", n, got)
		}
	}
}

func readFrame(r io.Reader) (ws.Frame, error) {
	header, err := ws.ReadHeader(r)
	if err != nil || header.Length > maxMessage {
		return ws.Frame{}, errors.Join(err, io.ErrUnexpectedEOF)
	}
	frame := ws.Frame{Header: header, Payload: make([]byte, header.Length)}
	_, err = io.ReadFull(r, frame.Payload)
	return frame, err
}

func TestSwarm_closeFrame(t *testing.T) {
	wire := append(ws.MustCompileFrame(ws.NewTextFrame([]byte(`{"n":1,"t":5}`))), ws.MustCompileFrame(ws.NewCloseFrame(ws.NewCloseFrameBody(4451, "away")))...)
	for cut := 1; cut < len(wire); cut++ {
		if s := feed(t, Plain, nil, wire, cut); s.stats.Closes[4451] != 1 || s.stats.Deliveries != 1 {
			t.Fatalf("cut at %d: %v", cut, s.stats)
		}
	}
}

func TestSwarm_lines(t *testing.T) {
	const id = `,"id":"0199aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee"}`
	body := ":\n\ndata: {\"type\":\"connection_established\",\"epoch\":\"e\",\"seq\":4,\"head\":6}\n\n" +
		"id: e:5\ndata: {\"payload\":{\"t\":5},\"seq\":5" + id + "\n\nid: e:6\r\ndata:{\"payload\":{\"t\":5},\"seq\":6" + id + "\r\n\r\n"
	for name, wire := range map[string]string{
		"delimited by close": body,
		"one chunk":          fmt.Sprintf("%x\r\n%s\r\n", len(body), body),
		"small chunks":       inChunks(body, 7),
		"chunks of 16":       inChunks(body, 16),
	} {
		for cut := 1; cut < len(wire); cut++ {
			s := feed(t, Stream, func(c *client) { c.chunked = name != "delimited by close" }, []byte(wire), cut)
			if s.stats.Deliveries != 2 || s.stats.Disorder() != 0 || s.epoch != "e" {
				t.Fatalf("%s, cut at %d: %v", name, cut, s.stats)
			}
		}
	}
	s := feed(t, Stream, func(c *client) { c.chunked = true }, []byte(inChunks(body, 50)+"0\r\n\r\n"))
	if s.stats.Closes[1006] != 1 || s.stats.Deliveries != 2 {
		t.Errorf("after the last chunk: %v", s.stats)
	}
}

func inChunks(body string, size int) string {
	var b strings.Builder
	for len(body) > 0 {
		n := min(size, len(body))
		fmt.Fprintf(&b, "%X;ext=1\r\n%s\r\n", n, body[:n])
		body = body[n:]
	}
	return b.String()
}

func TestDechunker_refuses(t *testing.T) {
	for _, wire := range []string{"xyz\r\n", "fffffffff\r\n"} {
		if _, _, err := new(dechunker).strip([]byte(wire)); err == nil {
			t.Errorf("%q is taken for a chunk", wire)
		}
	}
}
