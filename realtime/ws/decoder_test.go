package ws

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	"github.com/gobwas/ws"
	"pgregory.net/rapid"
)

// clientFrame builds a client's frame by hand, so that it can also be wrong.
func clientFrame(first byte, payload []byte) []byte {
	frame := []byte{first}
	switch n := len(payload); {
	case n < 126:
		frame = append(frame, 0x80|byte(n))
	case n <= 0xffff:
		frame = binary.BigEndian.AppendUint16(append(frame, 0x80|126), uint16(n))
	default:
		frame = binary.BigEndian.AppendUint64(append(frame, 0x80|127), uint64(n))
	}
	mask := [4]byte{1, 2, 3, 4}
	masked := append([]byte(nil), payload...)
	ws.Cipher(masked, mask, 0)
	return append(append(frame, mask[:]...), masked...)
}

const (
	fin          = 0x80
	continuation = 0x0
	text         = 0x1
	binaryOp     = 0x2
	closeOp      = 0x8
	ping         = 0x9
	pong         = 0xa
)

func join(frames ...[]byte) []byte { return bytes.Join(frames, nil) }

// TestDecoder is RFC 6455 from section 5 on, as bytes and what they mean: the messages in order, and the
// close code that ends it, if one does. Each is fed whole, and byte by byte.
func TestDecoder(t *testing.T) {
	emoji := []byte("💈")
	for name, test := range map[string]struct {
		in   []byte
		want []string // opcode and payload, "T:hello"
		code Code
	}{
		"text":                               {clientFrame(fin|text, []byte("hello")), []string{"T:hello"}, 0},
		"empty text":                         {clientFrame(fin|text, nil), []string{"T:"}, 0},
		"two messages at once":               {join(clientFrame(fin|text, []byte("a")), clientFrame(fin|text, []byte("b"))), []string{"T:a", "T:b"}, 0},
		"length 125":                         {clientFrame(fin|text, bytes.Repeat([]byte("x"), 125)), []string{"T:" + strings.Repeat("x", 125)}, 0},
		"length 126":                         {clientFrame(fin|text, bytes.Repeat([]byte("x"), 126)), []string{"T:" + strings.Repeat("x", 126)}, 0},
		"length 65535":                       {clientFrame(fin|text, bytes.Repeat([]byte("x"), 65535)), []string{"T:" + strings.Repeat("x", 65535)}, 0},
		"length 65536, the longest":          {clientFrame(fin|text, bytes.Repeat([]byte("x"), 65536)), []string{"T:" + strings.Repeat("x", 65536)}, 0},
		"one byte longer":                    {clientFrame(fin|text, bytes.Repeat([]byte("x"), 65537)), nil, CloseTooBig},
		"a length that would overflow":       {append([]byte{fin | text, 0x80 | 127}, bytes.Repeat([]byte{0xff}, 8)...), nil, CloseTooBig},
		"a length that would wrap around":    {join(clientFrame(text, []byte("hello")), []byte{fin | continuation, 0x80 | 127}, bytes.Repeat([]byte{0xff}, 8), make([]byte, 16)), nil, CloseTooBig},
		"fragments":                          {join(clientFrame(text, []byte("a")), clientFrame(continuation, []byte("b")), clientFrame(fin|continuation, []byte("c"))), []string{"T:abc"}, 0},
		"control frames between fragments":   {join(clientFrame(text, []byte("a")), clientFrame(fin|ping, []byte("p")), clientFrame(fin|pong, nil), clientFrame(fin|continuation, []byte("b"))), []string{"9:p", "10:", "T:ab"}, 0},
		"fragments that are too long":        {join(clientFrame(text, make([]byte, 40_000)), clientFrame(fin|continuation, make([]byte, 40_000))), nil, CloseTooBig},
		"UTF-8 cut by a fragment":            {join(clientFrame(text, emoji[:2]), clientFrame(fin|continuation, emoji[2:])), []string{"T:💈"}, 0},
		"UTF-8 that ends too early":          {clientFrame(fin|text, emoji[:3]), nil, CloseInvalidPayload},
		"UTF-8 surrogate":                    {clientFrame(fin|text, []byte("\xed\xa0\x80")), nil, CloseInvalidPayload},
		"binary":                             {clientFrame(fin|binaryOp, []byte("x")), nil, CloseUnsupported},
		"reserved bit":                       {clientFrame(fin|0x40|text, []byte("x")), nil, CloseProtocol},
		"unknown opcode":                     {clientFrame(fin|0x3, nil), nil, CloseProtocol},
		"unknown control opcode":             {clientFrame(fin|0xb, nil), nil, CloseProtocol},
		"no mask":                            {[]byte{fin | text, 1, 'x'}, nil, CloseProtocol},
		"continuation of nothing":            {clientFrame(fin|continuation, []byte("x")), nil, CloseProtocol},
		"message inside a fragmented one":    {join(clientFrame(text, []byte("a")), clientFrame(fin|text, []byte("b"))), nil, CloseProtocol},
		"fragmented ping":                    {clientFrame(ping, nil), nil, CloseProtocol},
		"ping of 125":                        {clientFrame(fin|ping, make([]byte, 125)), []string{"9:" + string(make([]byte, 125))}, 0},
		"ping of 126":                        {clientFrame(fin|ping, make([]byte, 126)), nil, CloseProtocol},
		"good messages before a bad one":     {join(clientFrame(fin|text, []byte("a")), clientFrame(fin|binaryOp, nil)), []string{"T:a"}, CloseUnsupported},
		"close":                              {clientFrame(fin|closeOp, nil), []string{"8:"}, 0},
		"a frame that has not all come":      {clientFrame(fin|text, []byte("hello"))[:8], nil, 0},
		"empty fragments without end":        {bytes.Repeat(join(clientFrame(text, nil), bytes.Repeat(clientFrame(continuation, nil), MaxMessage))[:6*(MaxMessage+1)], 1), nil, CloseTooBig},
		"a message that has not all come":    {clientFrame(text, []byte("hello")), nil, 0},
		"a header that has not all come":     {clientFrame(fin|text, make([]byte, 300))[:3], nil, 0},
		"refused before its length has come": {[]byte{fin | binaryOp, 0x80 | 127}, nil, CloseUnsupported},
	} {
		t.Run(name, func(t *testing.T) {
			for _, step := range []int{len(test.in), 1, 7} {
				got, code := decode(test.in, step)
				if strings.Join(got, "|") != strings.Join(test.want, "|") || code != test.code {
					t.Errorf("in steps of %d: %.80q and code %d, want %.80q and %d", step, got, code, test.want, test.code)
				}
			}
		})
	}
}

func decode(in []byte, step int) (got []string, code Code) {
	var d Decoder
	in = append([]byte(nil), in...)
	for len(in) > 0 {
		n := min(step, len(in))
		err := d.Feed(in[:n], func(op ws.OpCode, payload []byte) error {
			name := "T"
			if op != ws.OpText {
				name = string([]byte("0123456789")[op%10])
				if op == ws.OpPong {
					name = "10"
				}
			}
			got = append(got, name+":"+string(payload))
			return nil
		})
		if closing, ok := errors.AsType[*CloseError](err); ok {
			return got, closing.Code
		}
		in = in[n:]
	}
	return got, 0
}

// TestDecoder_anyPieces: however the bytes arrive, the messages are the same.
func TestDecoder_anyPieces(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var in []byte
		var want []string
		for range rapid.IntRange(1, 6).Draw(t, "messages") {
			message := rapid.StringN(0, 200, 400).Draw(t, "message")
			want = append(want, "T:"+message)
			rest := []byte(message)
			first := byte(text)
			for len(rest) > 0 && rapid.Bool().Draw(t, "cut") {
				n := rapid.IntRange(0, len(rest)).Draw(t, "at")
				in = append(in, clientFrame(first, rest[:n])...)
				rest, first = rest[n:], continuation
			}
			in = append(in, clientFrame(fin|first, rest)...)
		}
		got, code := decode(in, rapid.IntRange(1, len(in)).Draw(t, "step"))
		if code != 0 || strings.Join(got, "|") != strings.Join(want, "|") {
			t.Fatalf("got %q and code %d, want %q", got, code, want)
		}
	})
}

func FuzzDecoder(f *testing.F) {
	f.Add(clientFrame(fin|text, []byte(`{"type":"ping"}`)), 3)
	f.Add(join(clientFrame(text, []byte("a")), clientFrame(fin|ping, nil), clientFrame(fin|continuation, []byte("b"))), 1)
	f.Add([]byte{fin | text, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, 2)
	f.Add(join(clientFrame(text, []byte("a")), []byte{continuation, 0xff}, bytes.Repeat([]byte{0xff}, 8), make([]byte, 16)), 5)
	f.Fuzz(func(t *testing.T, in []byte, step int) {
		whole, code := decode(in, max(1, len(in)))
		pieces, codeOfPieces := decode(in, max(1, step%64))
		if code != codeOfPieces || strings.Join(whole, "|") != strings.Join(pieces, "|") {
			t.Errorf("whole: %q %d; in pieces: %q %d", whole, code, pieces, codeOfPieces)
		}
	})
}

func TestAnswerClose(t *testing.T) {
	payload := func(code uint16, reason string) []byte {
		return append(binary.BigEndian.AppendUint16(nil, code), reason...)
	}
	for name, test := range map[string]struct {
		in   []byte
		want Code
	}{
		"none":           {nil, CloseNormal},
		"half a code":    {[]byte{3}, CloseProtocol},
		"normal":         {payload(1000, "bye"), CloseNormal},
		"going away":     {payload(1001, ""), CloseGoingAway},
		"application":    {payload(4321, ""), 4321},
		"registered":     {payload(3000, ""), 3000},
		"below":          {payload(999, ""), CloseProtocol},
		"undefined":      {payload(1004, ""), CloseProtocol},
		"no status":      {payload(1005, ""), CloseProtocol},
		"abnormal":       {payload(1006, ""), CloseProtocol},
		"TLS":            {payload(1015, ""), CloseProtocol},
		"not registered": {payload(2999, ""), CloseProtocol},
		"above":          {payload(5000, ""), CloseProtocol},
		"bad reason":     {payload(1000, "\xff"), CloseInvalidPayload},
	} {
		if got := AnswerClose(test.in); got.Code != test.want {
			t.Errorf("%s: closes with %d, want %d", name, got.Code, test.want)
		}
	}
	long := (&CloseError{CloseProtocol, strings.Repeat("é", 100)}).Frame()
	if len(long) > 2+maxControl || !bytes.HasSuffix(long, []byte("é")) {
		t.Errorf("a long reason makes a frame of %d bytes", len(long))
	}
}

// TestInflate is RFC 7692, section 7.2.3: the forms that a client may give to one text.
func TestInflate(t *testing.T) {
	var twice bytes.Buffer // a final block, padded, and another after it
	w, err := flate.NewWriter(&twice, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = w.Write([]byte("Hel"))
	_ = w.Close()
	w.Reset(&twice)
	_, _ = w.Write([]byte("lo"))
	_ = w.Flush()
	for name, payload := range map[string][]byte{
		"7.2.3.1 one block":            {0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00},
		"7.2.3.3 no compression":       {0x00, 0x05, 0x00, 0xfa, 0xff, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x00},
		"7.2.3.4 a final block":        {0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00},
		"7.2.3.5 two blocks":           {0xf2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xff, 0xff, 0xca, 0xc9, 0xc9, 0x07, 0x00},
		"7.2.1 more after a final one": bytes.TrimSuffix(twice.Bytes(), tail),
	} {
		if text, err := inflate(payload); err != nil || string(text) != "Hello" {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
	if text, err := inflate([]byte{0x00}); err != nil || len(text) != 0 {
		t.Errorf("nothing: %q, %v", text, err)
	}
	if text, err := inflate([]byte{0xf2, 0x48, 0xcd}); err == nil {
		t.Errorf("what was cut off gives %q", text)
	}
}

func FuzzInflate(f *testing.F) {
	f.Add([]byte{0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00})
	f.Fuzz(func(t *testing.T, payload []byte) {
		if text, err := inflate(payload); err == nil && len(text) > MaxMessage {
			t.Errorf("%d bytes", len(text))
		}
		if frame := AppendCompressed(nil, payload); len(payload) < 100 {
			text, err := inflate(frame[2:])
			if err != nil || !bytes.Equal(text, payload) {
				t.Errorf("%q comes back as %q, %v", payload, text, err)
			}
		}
	})
}
