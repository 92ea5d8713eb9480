package transport

import "time"

// The wheel's measures: deadlines are seen at most a tick late, and those further away than the wheel reaches
// are looked at on the way.
const (
	tick       = time.Second / 4
	wheelSlots = 256
)

// wheel holds the deadlines of a loop's connections, coarsely: a slot for each tick to come. A connection is in
// it once for the earliest tick that something of it may be due, and stale entries are skipped when their time
// comes, so nothing is ever taken out.
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
	if c.due > w.at && c.due <= at {
		return
	}
	c.due = at
	slot := &w.slots[at%wheelSlots]
	*slot = append(*slot, c)
}

// turn looks at the connections whose time has come.
func (w *wheel) turn(now time.Time, look func(*conn)) {
	for end := ticks(now); w.at < end; {
		w.at++
		slot := &w.slots[w.at%wheelSlots]
		due := *slot
		*slot = nil
		for _, c := range due {
			if c.due == w.at && !c.gone {
				look(c)
			}
		}
	}
	w.next = time.Unix(0, (w.at+1)*int64(tick))
}
