package transport_test

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/fadedistrict/fade/realtime/transport"
)

// TestRFC6455 sends bytes over a socket and looks at the bytes that come back. Whatever moves the bytes, it
// must pass: dial gives a connection on which the upgrade has just been asked for, with more behind it.
func TestRFC6455(t *testing.T) {
	onBoth(t, func(t *testing.T, portable bool) {
		f := start(t, portable, transport.Options{})
		testRFC6455(t, func(t *testing.T, behind []byte) *wire { return f.wire(t, behind) })
	})
}

// The opcodes of section 5.2, and the bit that ends a message.
const (
	fin    = 0x80
	more   = 0x0
	text   = 0x1
	binOp  = 0x2
	closes = 0x8
	ping   = 0x9
	pong   = 0xa
)

// wire is a client that says what it is told to, right or wrong, and reads strictly.
type wire struct {
	net.Conn
	in *bufio.Reader
}

// wire opens a connection. behind is sent in one piece with the request.
func (f *fixture) wire(t *testing.T, behind []byte) *wire {
	t.Helper()
	return f.wireWith(t, behind, "")
}

// wireWith is wire with more header lines.
func (f *fixture) wireWith(t *testing.T, behind []byte, lines string) *wire {
	t.Helper()
	address := strings.TrimPrefix(f.http.URL, "http://")
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(patience))
	request := "GET / HTTP/1.1\r\nHost: " + address + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" + lines + "\r\n"
	if _, err := conn.Write(append([]byte(request), behind...)); err != nil {
		t.Fatal(err)
	}
	w := &wire{conn, bufio.NewReader(conn)}
	response, err := http.ReadResponse(w.in, nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	// The key and its answer are those of section 1.3.
	if accept := response.Header.Get("Sec-WebSocket-Accept"); response.StatusCode != http.StatusSwitchingProtocols || accept != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" {
		t.Fatalf("the upgrade is answered with %s and the key with %q", response.Status, accept)
	}
	if hello := w.frame(t); !strings.Contains(hello, "connection_established") {
		t.Fatalf("the first frame is %q", hello)
	}
	return w
}

// raw sends a request as it is and gives what it is answered with.
func (f *fixture) raw(t *testing.T, request string) *http.Response {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(f.http.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(patience))
	if _, err := conn.Write([]byte(request)); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	return response
}

// descriptors counts the open descriptors of this process (proc(5)).
func descriptors(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

// frame reads one frame, as "opcode:payload", with the code of a close as a number; "end" after the last one.
func (w *wire) frame(t *testing.T) string {
	t.Helper()
	var header [2]byte
	if _, err := io.ReadFull(w.in, header[:]); err != nil {
		if err != io.EOF {
			t.Errorf("the connection ends with %v", err)
		}
		return "end"
	}
	if header[0]&0x70 != 0 || header[0]&fin == 0 || header[1]&0x80 != 0 {
		t.Errorf("a frame begins with %x: the server sends whole messages, unmasked, without extensions", header)
	}
	length := uint64(header[1])
	switch length {
	case 126:
		var b [2]byte
		_, _ = io.ReadFull(w.in, b[:])
		length = uint64(binary.BigEndian.Uint16(b[:]))
	case 127:
		var b [8]byte
		_, _ = io.ReadFull(w.in, b[:])
		length = binary.BigEndian.Uint64(b[:])
	}
	payload := make([]byte, length)
	if _, err := io.ReadFull(w.in, payload); err != nil {
		t.Errorf("a frame is cut off: %v", err)
	}
	op := header[0] & 0xf
	if op == closes && len(payload) >= 2 {
		return fmt.Sprintf("close:%d", binary.BigEndian.Uint16(payload))
	}
	return fmt.Sprintf("%x:%s", op, payload)
}

// sent builds a client's frame by hand, so that it can also be wrong.
func sent(first byte, payload string) []byte {
	frame := []byte{first}
	switch n := len(payload); {
	case n < 126:
		frame = append(frame, 0x80|byte(n))
	case n <= 0xffff:
		frame = binary.BigEndian.AppendUint16(append(frame, 0x80|126), uint16(n))
	default:
		frame = binary.BigEndian.AppendUint64(append(frame, 0x80|127), uint64(n))
	}
	mask := [4]byte{0xa1, 0x02, 0xc3, 0x04}
	frame = append(frame, mask[:]...)
	for i := range len(payload) {
		frame = append(frame, payload[i]^mask[i%4])
	}
	return frame
}

func all(frames ...[]byte) []byte { return bytes.Join(frames, nil) }

// asked is a message of exactly so many bytes that is answered with a pong.
func asked(length int) string {
	const begin, end = `{"type":"ping","x":"`, `"}`
	return begin + strings.Repeat("x", length-len(begin)-len(end)) + end
}

func testRFC6455(t *testing.T, dial func(t *testing.T, behind []byte) *wire) {
	const hello, answer = `{"type":"ping"}`, `1:{"type":"pong"}`
	barber := `{"type":"ping","x":"💈"}`
	cut := strings.Index(barber, "💈") + 2
	code := func(c uint16, reason string) string { return string(binary.BigEndian.AppendUint16(nil, c)) + reason }

	for name, test := range map[string]struct {
		in   []byte
		want []string // the frames that come back; after a close, the end
	}{
		"5.2 a message":                  {sent(fin|text, hello), []string{answer}},
		"5.2 two in one segment":         {all(sent(fin|text, hello), sent(fin|text, hello)), []string{answer, answer}},
		"5.2 length 125":                 {sent(fin|text, asked(125)), []string{answer}},
		"5.2 length 126":                 {sent(fin|text, asked(126)), []string{answer}},
		"5.2 length 65535":               {sent(fin|text, asked(65535)), []string{answer}},
		"5.2 length 65536":               {sent(fin|text, asked(65536)), []string{answer}},
		"5.2 longer than the bound":      {sent(fin|text, asked(65537)), []string{"close:1009"}},
		"5.2 a length of 64 bits":        {[]byte{fin | text, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, []string{"close:1009"}},
		"5.2 fragments over the bound":   {all(sent(text, asked(40_000)), sent(fin|more, asked(40_000))), []string{"close:1009"}},
		"5.2 reserved bits":              {sent(fin|0x10|text, hello), []string{"close:1002"}},
		"5.2 reserved opcode":            {sent(fin|0x7, ""), []string{"close:1002"}},
		"5.2 reserved control opcode":    {sent(fin|0xf, ""), []string{"close:1002"}},
		"5.1 not masked":                 {append([]byte{fin | text, byte(len(hello))}, hello...), []string{"close:1002"}},
		"5.4 fragments":                  {all(sent(text, hello[:3]), sent(more, hello[3:9]), sent(more, ""), sent(fin|more, hello[9:])), []string{answer}},
		"5.4 control between fragments":  {all(sent(text, hello[:3]), sent(fin|ping, "p"), sent(fin|pong, ""), sent(fin|more, hello[3:])), []string{"a:p", answer}},
		"5.4 close between fragments":    {all(sent(text, hello[:3]), sent(fin|closes, code(1000, ""))), []string{"close:1000"}},
		"5.4 message between fragments":  {all(sent(text, hello[:3]), sent(fin|text, hello)), []string{"close:1002"}},
		"5.4 continuation of nothing":    {sent(fin|more, hello), []string{"close:1002"}},
		"5.4 continuation after the end": {all(sent(fin|text, hello), sent(fin|more, hello)), []string{answer, "close:1002"}},
		"5.5 control too long":           {sent(fin|ping, strings.Repeat("x", 126)), []string{"close:1002"}},
		"5.5 control in fragments":       {sent(ping, "x"), []string{"close:1002"}},
		"5.5.1 close":                    {sent(fin|closes, ""), []string{"close:1000"}},
		"5.5.1 close with half a code":   {sent(fin|closes, "\x03"), []string{"close:1002"}},
		"5.5.1 close with a reason":      {sent(fin|closes, code(1001, strings.Repeat("é", 61))), []string{"close:1001"}},
		"5.5.1 reason not UTF-8":         {sent(fin|closes, code(1000, "\xff")), []string{"close:1007"}},
		"5.5.1 nothing after a close":    {all(sent(fin|closes, code(1000, "")), sent(fin|ping, "x"), sent(fin|text, hello)), []string{"close:1000"}},
		"5.5.2 ping":                     {sent(fin|ping, ""), []string{"a:"}},
		"5.5.2 ping of 125":              {sent(fin|ping, strings.Repeat("x", 125)), []string{"a:" + strings.Repeat("x", 125)}},
		"5.5.2 pings in order":           {all(sent(fin|ping, "1"), sent(fin|ping, "2"), sent(fin|ping, "3")), []string{"a:1", "a:2", "a:3"}},
		"5.5.3 pong nobody asked for":    {all(sent(fin|pong, "x"), sent(fin|text, hello)), []string{answer}},
		"5.6 binary":                     {sent(fin|binOp, hello), []string{"close:1003"}},
		"7.4 3000":                       {sent(fin|closes, code(3000, "")), []string{"close:3000"}},
		"7.4 4999":                       {sent(fin|closes, code(4999, "")), []string{"close:4999"}},
		"7.4 999":                        {sent(fin|closes, code(999, "")), []string{"close:1002"}},
		"7.4 1005":                       {sent(fin|closes, code(1005, "")), []string{"close:1002"}},
		"7.4 1006":                       {sent(fin|closes, code(1006, "")), []string{"close:1002"}},
		"7.4 2999":                       {sent(fin|closes, code(2999, "")), []string{"close:1002"}},
		"7.4 5000":                       {sent(fin|closes, code(5000, "")), []string{"close:1002"}},
		"8.1 UTF-8 over fragments":       {all(sent(text, barber[:cut]), sent(fin|ping, "p"), sent(fin|more, barber[cut:])), []string{"a:p", answer}},
		"8.1 not UTF-8":                  {sent(fin|text, "{\"type\":\"ping\",\"x\":\"\xc0\x80\"}"), []string{"close:1007"}},
		"8.1 not UTF-8 in the end":       {sent(fin|text, barber[:cut]), []string{"close:1007"}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, pieces := range []string{"whole", "byte by byte", "behind the request"} {
				if pieces == "byte by byte" && len(test.in) > 1000 {
					continue
				}
				var w *wire
				switch pieces {
				case "behind the request":
					w = dial(t, test.in[:min(len(test.in), 2048)]) // net/http may hand over only what its buffer holds
					_, _ = w.Write(test.in[min(len(test.in), 2048):])
				case "whole":
					w = dial(t, nil)
					_, _ = w.Write(test.in)
				default:
					w = dial(t, nil)
					for _, b := range test.in {
						if _, err := w.Write([]byte{b}); err != nil {
							break // it has heard enough
						}
					}
				}
				last := ""
				for _, want := range test.want {
					if last = w.frame(t); last != want {
						t.Fatalf("%s: read %.80q, want %.80q", pieces, last, want)
					}
				}
				if strings.HasPrefix(last, "close") {
					if got := w.frame(t); got != "end" {
						t.Errorf("%s: after the close came %.80q", pieces, got)
					}
				}
				_ = w.Close()
			}
		})
	}
}
