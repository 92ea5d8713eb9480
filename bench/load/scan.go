package load

import "bytes"

// needle finds a number in JSON text by the key before it. Texts of a stream resemble each other, so it looks
// first where it found the last one.
type needle struct {
	key  []byte // with the quotes and the colon
	hint int
}

func newNeedle(key string) needle { return needle{key: []byte(key)} }

// find gives the whole number after the first occurrence of the key, or after the one where the last was.
func (n *needle) find(text []byte) (int64, bool) {
	end := n.hint + len(n.key)
	if end > len(text) || !bytes.Equal(text[n.hint:end], n.key) {
		i := bytes.Index(text, n.key)
		if i < 0 {
			return 0, false
		}
		n.hint, end = i, i+len(n.key)
	}
	return leadingNumber(text[end:])
}

// leadingNumber reads the digits that b begins with.
func leadingNumber(b []byte) (int64, bool) {
	var value int64
	for i, c := range b {
		if c -= '0'; c > 9 {
			return value, i > 0
		}
		value = value*10 + int64(c)
	}
	return value, len(b) > 0
}

// Fade's events end with their sequence and their identifier, a UUID.
const (
	idKey   = `,"id":"`
	seqKey  = `"seq":`
	tailLen = len(idKey) + 36 + len(`"}`)
)

// fadeSeq gives the sequence of one of Fade's events, and false for any other message. A payload may hold a
// "seq" of its own, so it reads from the end.
func fadeSeq(text []byte) (int64, bool) {
	end := len(text) - tailLen
	if end < len(seqKey) || string(text[end:end+len(idKey)]) != idKey {
		return 0, false
	}
	begin := end
	var value, unit int64 = 0, 1
	for ; begin > len(seqKey) && text[begin-1]-'0' <= 9; begin-- {
		value += int64(text[begin-1]-'0') * unit
		unit *= 10
	}
	return value, begin < end && string(text[begin-len(seqKey):begin]) == seqKey
}

// order says how a sequence follows another.
type order int

const (
	inOrder order = iota
	gap           // something between them is missing
	again         // it was here before, or comes too late
)

// unknown is the sequence of a client that has had none: whichever comes first is right.
const unknown = -1

func orderOf(last, next int64) order {
	switch {
	case next == last+1 || last == unknown:
		return inOrder
	case next > last:
		return gap
	}
	return again
}
