package hub

import "slices"

// A Waker serves subscriptions: it is told when there may be something to pull, and pulls from one goroutine.
// Wakers are compared, so a pointer is one.
type Waker interface {
	// Wake says that the head of the group's channel moved. It is called from any goroutine and under a lock:
	// it must not block and not call the hub.
	Wake(g *Group)
}

// Group is the subscriptions of one channel that one Waker serves. It is told of them together, however many
// there are, so that a commit does not wait for those who watch.
type Group struct {
	// Woken is the Waker's own, for knowing the group again.
	Woken bool

	topic *topic
	waker Waker
	subs  []*Subscription // guarded by topic.mu
}

// Channel names the channel.
func (g *Group) Channel() string { return g.topic.name }

// Append appends the group's subscriptions to a slice.
func (g *Group) Append(to []*Subscription) []*Subscription {
	g.topic.mu.Lock()
	defer g.topic.mu.Unlock()
	return append(to, g.subs...)
}

// add puts a subscription into the group of its waker. The caller holds t.mu.
func (t *topic) add(s *Subscription, waker Waker) {
	i := slices.IndexFunc(t.groups, func(g *Group) bool { return g.waker == waker })
	if i < 0 {
		i = len(t.groups)
		t.groups = append(t.groups, &Group{topic: t, waker: waker})
	}
	s.group = t.groups[i]
	s.index = len(s.group.subs)
	s.group.subs = append(s.group.subs, s)
}

// remove takes a subscription out of its group; false if it was not in one any more. The caller holds t.mu.
func (t *topic) remove(s *Subscription) bool {
	g := s.group
	if s.index < 0 {
		return false
	}
	last := len(g.subs) - 1
	g.subs[s.index] = g.subs[last]
	g.subs[s.index].index = s.index
	g.subs[last] = nil
	g.subs = g.subs[:last]
	s.index = -1
	if last == 0 {
		t.groups = slices.DeleteFunc(t.groups, func(other *Group) bool { return other == g })
	}
	return true
}

// wake tells the subscribers that the head moved. The caller holds t.mu.
func (h *Hub) wake(t *topic) {
	for _, g := range t.groups {
		g.waker.Wake(g)
	}
}

func (h *Hub) wakeAll(t *topic) {
	t.mu.Lock()
	defer t.mu.Unlock()
	h.wake(t)
}

// call is a Waker of one subscription.
type call struct{ wake func() }

// Wake implements [Waker].
func (c *call) Wake(*Group) { c.wake() }
