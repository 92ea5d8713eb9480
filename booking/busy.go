package booking

import (
	"sync"
	"time"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/realtime/eventlog"
)

// busyTimes keeps what was read of a month's taken and held time, by where the channel of the business's times stood:
// whatever changes that time is an event there in the same transaction, so that what was read at a position is
// true at it. It is safe for concurrent use.
type busyTimes struct {
	mu    sync.Mutex
	known map[string]busyTime // by business
	kept  int                 // intervals
}

// busyTime is what keeps the chairs of a business busy within an interval.
type busyTime struct {
	at     eventlog.Position
	within fade.Interval
	taken  []fade.Busy
	holds  []fade.Hold
}

// maxBusy bounds what is kept, in intervals of about 100 bytes; at the bound all is forgotten and read again.
const maxBusy = 200_000

// read gives what is busy within an interval, which callers must not change. It is kept if it is worth it.
func (b *busyTimes) read(r Reader, businessID string, within fade.Interval, at eventlog.Position, keep bool) (busyTime, error) {
	b.mu.Lock()
	known, ok := b.known[businessID]
	b.mu.Unlock()
	if ok && known.at == at && !known.within.Start.After(within.Start) && !known.within.End.Before(within.End) {
		return known, nil
	}
	found, err := readBusy(r, businessID, within, "")
	if found.at = at; err == nil && keep {
		b.keep(businessID, found)
	}
	return found, err
}

// readBusy reads what is busy within an interval, but for the reservation with the id except.
func readBusy(r Reader, businessID string, within fade.Interval, except string) (t busyTime, err error) {
	t.within = within
	if t.taken, err = r.Taken(businessID, within, except); err != nil {
		return t, err
	}
	t.holds, err = r.Holds(businessID, within)
	return t, err
}

func (b *busyTimes) keep(businessID string, found busyTime) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.kept += found.size() - b.known[businessID].size()
	if b.kept > maxBusy || b.known == nil {
		b.known, b.kept = map[string]busyTime{}, found.size()
	}
	b.known[businessID] = found
}

func (t busyTime) size() int { return 1 + len(t.taken) + len(t.holds) }

// overlapping gives what of it overlaps an interval; holds that have expired keep nothing.
func (t busyTime) overlapping(within fade.Interval, now time.Time) []fade.Busy {
	var busy []fade.Busy
	for _, b := range t.taken {
		if b.Overlaps(within) {
			busy = append(busy, b)
		}
	}
	for _, h := range t.holds {
		if b := h.Blocks(fade.BusyHeld); h.ExpiresAt.After(now) && b.Overlaps(within) {
			busy = append(busy, b)
		}
	}
	return busy
}
