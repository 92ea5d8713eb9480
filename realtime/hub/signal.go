package hub

import (
	"bytes"
	"crypto/rand"
	"slices"
)

// MaxSignal bounds a signal, in bytes.
const MaxSignal = 32 << 10

// Signal is a message that nobody needs later, such as that somebody is typing: it has no sequence, is in no log, and
// is the first to be dropped. It is encoded once for each wire and shared by all who receive it.
type Signal struct{ frame *Frame }

// Wire gives the signal in an encoding: it has no position, so that a stream's client keeps the one it has.
func (s *Signal) Wire(as Encoding) []byte {
	if as == Stream {
		as = StreamData
	}
	return s.frame.Wire(as)
}

// Signaller is a [Waker] that takes signals as well.
type Signaller interface {
	// Signal brings a signal for the group's subscriptions. The rules of [Waker.Wake] apply.
	Signal(g *Group, s *Signal)
}

// Signal brings a message to the subscribers of a channel on this node and, as far as the layer carries it, on others.
// It does not block, and does not make a channel active. text is the JSON that clients read; more than MaxSignal of it
// is dropped.
func (h *Hub) Signal(channel string, text []byte) {
	if len(text) > MaxSignal {
		h.counters.signalsDropped.Add(1)
		return
	}
	h.counters.signals.Add(1)
	h.signalHere(channel, text)
	hint := make([]byte, 0, len(signalMark)+len(h.epoch)+1+len(h.node)+1+len(text))
	hint = append(append(append(hint, signalMark...), h.epoch...), ' ')
	hint = append(append(append(hint, h.node...), ' '), text...)
	h.o.Layer.Publish(channel, hint)
}

// OnSignal has a function hear the signals of other nodes on a channel between nodes, from one goroutine at a time. It
// is to be called before [Hub.Run], once for each channel, and heard must not block.
func (h *Hub) OnSignal(channel string, heard func(text []byte)) {
	h.listeners[channel] = heard
	h.o.Layer.Subscribe(channel)
}

// signalMark begins what the layer carries of a signal. No hint of an event begins so: that begins with an epoch.
const signalMark = "~"

// newNode names a hub among others, so that it knows its own signals when the layer brings them back.
func newNode() string { return rand.Text()[:12] }

// SignalHere brings a message to the subscribers of a channel on this node alone.
func (h *Hub) SignalHere(channel string, text []byte) {
	h.counters.signals.Add(1)
	h.signalHere(channel, text)
}

func (h *Hub) signalHere(channel string, text []byte) {
	t := h.active(channel)
	if t == nil {
		return
	}
	s := &Signal{frameOf(h.epoch, 0, text)}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, g := range t.groups {
		if taker, ok := g.waker.(Signaller); ok {
			taker.Signal(g, s)
		}
	}
}

// signalled takes what the layer has brought, if it is a signal: those of other databases and its own are nobody's.
func (h *Hub) signalled(channel string, hint []byte) bool {
	rest, ok := bytes.CutPrefix(hint, []byte(signalMark))
	if !ok {
		return false
	}
	epoch, rest, _ := bytes.Cut(rest, []byte{' '})
	node, text, ok := bytes.Cut(rest, []byte{' '})
	if !ok || string(epoch) != h.epoch || string(node) == h.node || len(text) == 0 {
		return true
	}
	if heard := h.listeners[channel]; heard != nil {
		heard(text)
		return true
	}
	if len(text) <= MaxSignal {
		h.signalHere(channel, slices.Clone(text))
	}
	return true
}
