package hub

import (
	"cmp"
	"slices"
)

// ChannelState is an active channel as an operator sees it.
type ChannelState struct {
	Name        string
	Head        int64 // the newest sequence this node knows
	RingEvents  int   // events in memory
	RingBytes   int   // and their size
	Subscribers int
}

// Channels gives those active channels that most follow, at most so many; among equals the longer one first.
func (h *Hub) Channels(limit int) []ChannelState {
	h.mu.RLock()
	topics := make([]*topic, 0, len(h.topics))
	for _, t := range h.topics {
		topics = append(topics, t)
	}
	h.mu.RUnlock()
	states := make([]ChannelState, len(topics))
	for i, t := range topics {
		states[i] = t.state()
	}
	slices.SortFunc(states, func(a, b ChannelState) int {
		return cmp.Or(cmp.Compare(b.Subscribers, a.Subscribers), cmp.Compare(b.Head, a.Head), cmp.Compare(a.Name, b.Name))
	})
	return states[:min(limit, len(states))]
}

func (t *topic) state() ChannelState {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := ChannelState{Name: t.name, Head: t.head.Load(), RingEvents: len(t.ring), RingBytes: t.bytes}
	for _, g := range t.groups {
		s.Subscribers += len(g.subs)
	}
	return s
}
