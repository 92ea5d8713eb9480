package transport

import "time"

// The wheel's measures: deadlines are seen at most a tick late, and those further away than the wheel reaches
// are looked at on the way.
const (
	tick       = time.Second / 4
	wheelSlots = 256
)

// wheel holds the deadlines of a loop's connections, coarsely: a slot for each tick to come. A connection is in
// one of them at most, for the earliest tick that something of it may be due.
type wheel struct {
	slots [wheelSlots][]*conn
	at    int64 // the tick that was looked at last
}

func (w *wheel) begin(now int64) { w.at = now / int64(tick) }

// next gives when the next tick begins.
func (w *wheel) next() time.Duration { return time.Duration(w.at+1) * tick }

// add makes sure that the connection is looked at soon after the time.
func (w *wheel) add(c *conn, due int64) {
	at := min(max(due/int64(tick)+1, w.at+1), w.at+wheelSlots-1)
	if c.due != 0 && c.due <= at {
		return
	}
	w.remove(c)
	slot := &w.slots[at%wheelSlots]
	c.due, c.place = at, int32(len(*slot))
	*slot = append(*slot, c)
}

// remove forgets a connection.
func (w *wheel) remove(c *conn) {
	if c.due == 0 {
		return
	}
	slot := &w.slots[c.due%wheelSlots]
	last := (*slot)[len(*slot)-1]
	(*slot)[c.place], last.place = last, c.place
	(*slot)[len(*slot)-1] = nil
	*slot = (*slot)[:len(*slot)-1]
	c.due = 0
}

// turn looks at the connections whose time has come. Times are nanoseconds since the server was made.
func (w *wheel) turn(now int64, look func(*conn)) {
	for end := now / int64(tick); w.at < end; {
		w.at++
		slot := &w.slots[w.at%wheelSlots]
		due := *slot
		*slot = nil
		for _, c := range due {
			c.due = 0
		}
		for _, c := range due {
			if !c.gone {
				look(c)
			}
		}
	}
}
