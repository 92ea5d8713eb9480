package fade

import (
	"cmp"
	"slices"
	"time"
)

// Date is a day of the calendar, in no time zone.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// ParseDate reads a date of the form "2026-11-23".
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	return DateOf(t), err
}

// DateOf gives the date on which an instant is in its time zone.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

func (d Date) midnight() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }

// String gives the form "2026-11-23".
func (d Date) String() string { return d.midnight().Format(time.DateOnly) }

// Weekday gives the day of the week.
func (d Date) Weekday() time.Weekday { return d.midnight().Weekday() }

// AddDays gives the date so many days later.
func (d Date) AddDays(n int) Date { return DateOf(d.midnight().AddDate(0, 0, n)) }

// After tells whether the date is later than another.
func (d Date) After(other Date) bool { return d.midnight().After(other.midnight()) }

// Interval is a stretch of time from Start until just before End.
type Interval struct {
	Start time.Time `json:"start_time"`
	End   time.Time `json:"end_time"`
}

// Overlaps tells whether the two have an instant in common.
func (i Interval) Overlaps(other Interval) bool {
	return i.Start.Before(other.End) && other.Start.Before(i.End)
}

// contains tells whether the other is wholly inside.
func (i Interval) contains(other Interval) bool {
	return !other.Start.Before(i.Start) && !other.End.After(i.End)
}

// Busy is time of a chair that is taken by a reservation, or held while somebody fills a form in.
type Busy struct {
	Chair string `json:"chair"`
	Interval
	State BusyState `json:"state"`
}

// BusyState is why a chair is busy, or that it no longer is.
type BusyState string

// The states of a chair's time.
const (
	BusyTaken BusyState = "taken"
	BusyHeld  BusyState = "held"
	BusyFree  BusyState = "free"
)

// Chair is what can be booked by one customer at a time: a member of staff, or a business that has none.
type Chair struct {
	ID      string
	Hours   *Week // nil for the business's
	Breaks  Week
	DaysOff []DaysOff
}

// Timetable says when a business is open.
type Timetable struct {
	Zone     *time.Location
	Hours    Week
	Holidays []DaysOff
}

// Open gives the stretches of a date on which the business is open, in order.
func (t Timetable) Open(date Date) []Interval {
	if off(t.Holidays, date) {
		return nil
	}
	return t.instants(date, t.Hours.On(date.Weekday()))
}

// Works gives the stretches of a date on which the chair works, in order: never while the business is closed.
func (t Timetable) Works(chair Chair, date Date) []Interval {
	return t.works(chair, date, t.Open(date))
}

// works is Works where it is known when the business is open, as for many chairs on one date.
func (t Timetable) works(chair Chair, date Date, open []Interval) []Interval {
	if off(chair.DaysOff, date) {
		return nil
	}
	if chair.Hours != nil {
		open = intersect(open, t.instants(date, chair.Hours.On(date.Weekday())))
	}
	return subtract(open, t.instants(date, chair.Breaks.On(date.Weekday())))
}

func off(days []DaysOff, date Date) bool {
	if len(days) == 0 {
		return false
	}
	text := date.String()
	return slices.ContainsFunc(days, func(d DaysOff) bool { return d.Covers(text) })
}

// instants gives the instants of a date at which the clock on the wall shows a time in the spans. Where clocks
// are put forward a span has less of them, and where they are put back more: an hour that comes twice is open
// twice.
func (t Timetable) instants(date Date, spans []Span) []Interval {
	if len(spans) == 0 {
		return nil
	}
	var found []Interval
	const most = 26 * time.Hour // from UTC, in any zone
	midnight := date.midnight()
	for at := midnight.Add(-most).In(t.Zone); at.Before(midnight.Add(24*time.Hour + most)); {
		// Between two changes of the clocks, local time is UTC and an offset.
		begins, ends := at.ZoneBounds()
		_, seconds := at.Zone()
		zero := midnight.Add(-time.Duration(seconds) * time.Second)
		for _, s := range spans {
			from, to, ok := s.clocks()
			if !ok {
				continue
			}
			i := Interval{zero.Add(from), zero.Add(to)}
			if !begins.IsZero() && i.Start.Before(begins) {
				i.Start = begins.UTC()
			}
			if !ends.IsZero() && i.End.After(ends) {
				i.End = ends.UTC()
			}
			if i.Start.Before(i.End) {
				found = append(found, i)
			}
		}
		if ends.IsZero() {
			break
		}
		at = ends
	}
	return merge(found)
}

// merge puts intervals in order and makes one of those that overlap or touch.
func merge(all []Interval) []Interval {
	slices.SortFunc(all, func(a, b Interval) int { return a.Start.Compare(b.Start) })
	merged := all[:0]
	for _, i := range all {
		if n := len(merged); n > 0 && !i.Start.After(merged[n-1].End) {
			if i.End.After(merged[n-1].End) {
				merged[n-1].End = i.End
			}
			continue
		}
		merged = append(merged, i)
	}
	return merged
}

// intersect gives what two ordered lists have in common.
func intersect(a, b []Interval) []Interval {
	var common []Interval
	for len(a) > 0 && len(b) > 0 {
		i := Interval{a[0].Start, a[0].End}
		if b[0].Start.After(i.Start) {
			i.Start = b[0].Start
		}
		if b[0].End.Before(i.End) {
			i.End = b[0].End
		}
		if i.Start.Before(i.End) {
			common = append(common, i)
		}
		if a[0].End.Before(b[0].End) {
			a = a[1:]
		} else {
			b = b[1:]
		}
	}
	return common
}

// subtract gives what an ordered list has and another has not.
func subtract(from, minus []Interval) []Interval {
	if len(minus) == 0 {
		return from
	}
	var left []Interval
	for _, i := range from {
		for _, m := range minus {
			if !i.Overlaps(m) {
				continue
			}
			if i.Start.Before(m.Start) {
				left = append(left, Interval{i.Start, m.Start})
			}
			i.Start = m.End
			if !i.Start.Before(i.End) {
				break
			}
		}
		if i.Start.Before(i.End) {
			left = append(left, i)
		}
	}
	return left
}

// Slot is a start that is offered, with the chairs that work then: those that are free for the whole of the
// appointment and its buffer, and those that are not.
type Slot struct {
	Interval
	Free  []string `json:"free"`
	Taken []string `json:"taken"`
}

// Availability finds slots. It is a pure function of the catalogue and of what is busy.
type Availability struct {
	timetable Timetable
	chairs    []Chair
	busy      map[string][]Interval // by chair: in order, none overlaps
	duration  time.Duration
	buffer    time.Duration
	step      time.Duration
	earliest  time.Time
	last      Date
}

// Wanted is what somebody looks for.
type Wanted struct {
	Service  string        // its id; "" for an appointment without one
	Staff    string        // the id of the one who is to do it; "" for anybody
	Duration time.Duration // where there is no service; 0 is [DefaultDuration]
	Earliest time.Time     // no slot starts before
	Last     Date          // no slot is after
}

// NewAvailability prepares to find slots. Busy time of a chair that is none (a member of staff who has left, or the
// time before there was any) keeps all chairs busy: whoever booked it will come.
func NewAvailability(c Catalogue, busy []Busy, w Wanted) Availability {
	a := Availability{timetable: c.Timetable(), step: c.Step(), duration: w.Duration, earliest: w.Earliest, last: w.Last}
	if service, ok := c.Service(w.Service); ok {
		a.duration, a.buffer = service.Duration(), service.Buffer()
	}
	if a.duration <= 0 {
		a.duration = DefaultDuration
	}
	a.chairs = slices.DeleteFunc(c.ChairsFor(w.Service), func(chair Chair) bool { return w.Staff != "" && chair.ID != w.Staff })
	a.busy = make(map[string][]Interval, len(a.chairs))
	known := map[string]bool{}
	for _, chair := range c.Chairs() {
		known[chair.ID] = true
	}
	for _, b := range busy {
		if known[b.Chair] {
			a.busy[b.Chair] = append(a.busy[b.Chair], b.Interval)
			continue
		}
		for id := range known {
			a.busy[id] = append(a.busy[id], b.Interval)
		}
	}
	for id, intervals := range a.busy {
		a.busy[id] = merge(intervals)
	}
	return a
}

// Duration gives how long the appointment lasts.
func (a Availability) Duration() time.Duration { return a.duration }

// Buffer gives how long its chair is kept after it.
func (a Availability) Buffer() time.Duration { return a.buffer }

// Slots gives the slots of a date in order, those without a free chair included.
func (a Availability) Slots(date Date) []Slot {
	var slots []Slot
	if date.After(a.last) {
		return slots
	}
	at := map[int64]int{} // the place of a start, in microseconds
	open := a.timetable.Open(date)
	for _, chair := range a.chairs {
		a.starts(chair, date, open, func(start time.Time, free bool) {
			i, known := at[start.UnixMicro()]
			if !known {
				i = len(slots)
				at[start.UnixMicro()] = i
				slots = append(slots, Slot{Interval: Interval{start, start.Add(a.duration)}, Free: make([]string, 0, len(a.chairs)), Taken: []string{}})
			}
			if free {
				slots[i].Free = append(slots[i].Free, chair.ID)
			} else {
				slots[i].Taken = append(slots[i].Taken, chair.ID)
			}
		})
	}
	slices.SortFunc(slots, func(a, b Slot) int { return a.Start.Compare(b.Start) })
	return slots
}

// Free counts the slots of a date that have a free chair.
func (a Availability) Free(date Date) int {
	if date.After(a.last) {
		return 0
	}
	var found []int64
	open := a.timetable.Open(date)
	for _, chair := range a.chairs {
		a.starts(chair, date, open, func(start time.Time, free bool) {
			if free {
				found = append(found, start.UnixMicro())
			}
		})
	}
	slices.Sort(found)
	return len(slices.Compact(found))
}

// starts calls each with the starts of a chair on a date. They are a step apart, from the moment at which the
// chair begins to work, or works again after a break.
func (a Availability) starts(chair Chair, date Date, open []Interval, each func(start time.Time, free bool)) {
	if len(open) == 0 {
		return
	}
	busy := a.busy[chair.ID]
	past, _ := slices.BinarySearchFunc(busy, open[0].Start, func(b Interval, at time.Time) int { return b.End.Compare(at) })
	busy = busy[past:]
	for _, works := range a.timetable.works(chair, date, open) {
		for start := works.Start; !start.Add(a.duration).After(works.End); start = start.Add(a.step) {
			if start.Before(a.earliest) {
				continue
			}
			for len(busy) > 0 && !busy[0].End.After(start) {
				busy = busy[1:]
			}
			each(start, len(busy) == 0 || !busy[0].Start.Before(start.Add(a.duration+a.buffer)))
		}
	}
}

// FreeChairs gives the chairs that work from the start to the end of an appointment and are not busy until the
// buffer after it is over: the start need not be one that is offered. The chair with the least to do, of what
// is known, comes first.
func (a Availability) FreeChairs(at Interval) []string {
	date := DateOf(at.Start.In(a.timetable.Zone))
	open := a.timetable.Open(date)
	kept := Interval{at.Start, at.End.Add(a.buffer)}
	type candidate struct {
		id   string
		load time.Duration
	}
	var free []candidate
	for _, chair := range a.chairs {
		works := a.timetable.works(chair, date, open)
		if !slices.ContainsFunc(works, func(w Interval) bool { return w.contains(at) }) || !a.IsFree(chair.ID, kept) {
			continue
		}
		c := candidate{id: chair.ID}
		for _, b := range a.busy[chair.ID] {
			c.load += b.End.Sub(b.Start)
		}
		free = append(free, c)
	}
	slices.SortStableFunc(free, func(a, b candidate) int { return cmp.Compare(a.load, b.load) })
	ids := make([]string, len(free))
	for i, c := range free {
		ids[i] = c.id
	}
	return ids
}

// Works tells whether any of the chairs works from the start to the end.
func (a Availability) Works(at Interval) bool {
	date := DateOf(at.Start.In(a.timetable.Zone))
	return slices.ContainsFunc(a.chairs, func(chair Chair) bool {
		return slices.ContainsFunc(a.timetable.Works(chair, date), func(w Interval) bool { return w.contains(at) })
	})
}

// IsFree tells whether a chair has nothing in an interval, whether it works then or not.
func (a Availability) IsFree(chair string, at Interval) bool {
	return !slices.ContainsFunc(a.busy[chair], at.Overlaps)
}

// FreeSlot is a start that can be had, and whose chair it would be; Staff is nil where the business has none.
type FreeSlot struct {
	Interval
	Staff *string `json:"staff"`
}

// How far nearest free slots are looked for, and how many are told.
const (
	nearestDays  = 7
	nearestSlots = 5
)

// Nearest gives the free slots that are nearest to an instant, in order of time.
func (a Availability) Nearest(to time.Time, businessID string) []FreeSlot {
	var found []FreeSlot
	date := DateOf(to.In(a.timetable.Zone))
	for day := -1; day <= nearestDays && (day < 2 || len(found) < nearestSlots); day++ {
		for _, slot := range a.Slots(date.AddDays(day)) {
			if len(slot.Free) == 0 {
				continue
			}
			free := FreeSlot{Interval: slot.Interval}
			if slot.Free[0] != businessID {
				free.Staff = &slot.Free[0]
			}
			found = append(found, free)
		}
	}
	slices.SortStableFunc(found, func(a, b FreeSlot) int {
		return cmp.Compare(a.Start.Sub(to).Abs(), b.Start.Sub(to).Abs())
	})
	found = found[:min(len(found), nearestSlots)]
	slices.SortFunc(found, func(a, b FreeSlot) int { return a.Start.Compare(b.Start) })
	return found
}
