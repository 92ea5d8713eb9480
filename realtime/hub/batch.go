package hub

// Batch is a run of a channel's events in an encoding: what follows a position. Everybody at that position
// is given the same one, and nobody changes it.
type Batch struct {
	frames []*Frame
	as     Encoding
	wire   [][]byte
	size   int
}

// newBatch makes a batch of the first of the frames, of at most about maxBytes but of one at least.
func newBatch(frames []*Frame, as Encoding, maxBytes int) *Batch {
	b := &Batch{as: as}
	var last *Frame
	for i, f := range frames {
		wire := f.Wire(as)
		if i > 0 && b.size+len(wire) > maxBytes {
			frames = frames[:i]
			break
		}
		b.size += len(wire)
		if as == WebSocket && last != nil && last.chunk == f.chunk && last.at+len(last.plain) == f.at {
			joined := &b.wire[len(b.wire)-1]
			begin := f.at - len(*joined)
			*joined = f.chunk.data[begin : f.at+len(wire) : f.at+len(wire)]
		} else {
			b.wire = append(b.wire, wire)
		}
		last = f
	}
	b.frames = frames
	return b
}

// Frames gives the events, one at least.
func (b *Batch) Frames() []*Frame { return b.frames }

// Wire gives the bytes of all of them, in as few pieces as there are in memory.
func (b *Batch) Wire() [][]byte { return b.wire }

// Size gives the number of these bytes.
func (b *Batch) Size() int { return b.size }

// Before gives the position that the batch follows.
func (b *Batch) Before() int64 { return b.frames[0].seq - 1 }

// Last gives the position after it.
func (b *Batch) Last() int64 { return b.frames[len(b.frames)-1].seq }

// Cut gives the position after the first n of its bytes, counting an event that is there in part, and what
// is missing of that event.
func (b *Batch) Cut(n int) (seq int64, rest []byte) {
	seq = b.Before()
	for _, f := range b.frames {
		if n <= 0 {
			break
		}
		wire := f.Wire(b.as)
		seq, rest = f.seq, wire[min(n, len(wire)):]
		n -= len(wire)
	}
	return seq, rest
}

// share gives a batch to whoever else is at its position, if it ends where the ring does.
func (t *topic) share(b *Batch) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if n := len(t.ring); n > 0 && t.ring[n-1] == b.frames[len(b.frames)-1] {
		t.latest[b.as].Store(b)
	}
}
