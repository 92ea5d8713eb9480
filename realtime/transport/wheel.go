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
	at    int64     // the tick that was looked at last, since 1970
	next  time.Time // when the next one begins
}

func ticks(t time.Time) int64 { return t.UnixNano() / int64(tick) }

func (w *wheel) begin(now time.Time) {
	w.at = ticks(now)
	w.next = time.Unix(0, (w.at+1)*int64(tick))
}

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

// turn looks at the connections whose time has come.
func (w *wheel) turn(now time.Time, look func(*conn)) {
	for end := ticks(now); w.at < end; {
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
	w.next = time.Unix(0, (w.at+1)*int64(tick))
}
