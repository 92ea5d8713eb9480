package booking

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/fadedistrict/fade"
)

// pastGrace is how late a reservation may be entered: whoever books "now" should not be told that now is
// over.
const pastGrace = time.Minute

// seat is the time that somebody wants a chair for. The public gets only those who do the service, and only
// while they work; a business may ask more of its people.
type seat struct {
	at      fade.Interval
	service string
	staff   string // "" for anybody
	moves   string // the reservation that moves: its own time is no obstacle
	public  bool
}

// found is a chair for a seat.
type found struct {
	staff *string // nil for the business itself
	until time.Time
}

// errTaken is the verbs' own refusal; the database's has a cause.
func errTaken() *fade.Error {
	return fade.Errorf(fade.CodeSlotTaken, "This time is no longer free.")
}

// margin is how far before a seat other appointments count when the least busy chair is chosen; after it, it is the
// longest buffer, which has to be looked at anyway.
const margin = 3 * time.Hour

// find chooses a chair; CodeSlotTaken if there is none that is free, CodeInvalid if nobody works then.
// Holds that have expired are removed, and their time is added to freed.
func find(tx Tx, c fade.Catalogue, w seat, now time.Time, freed *[]fade.Busy) (f found, err error) {
	within := fade.Interval{Start: w.at.Start, End: w.at.End.Add(fade.MaxBuffer)}
	if w.staff == "" && len(c.Chairs()) > 1 {
		within.Start = w.at.Start.Add(-margin)
	}
	busy, err := tx.Taken(c.Business.ID, within, w.moves)
	if err != nil {
		return f, err
	}
	holds, err := tx.Holds(c.Business.ID, within)
	if err != nil {
		return f, err
	}
	for _, h := range holds {
		if h.ExpiresAt.After(now) {
			busy = append(busy, h.Blocks(fade.BusyHeld))
			continue
		}
		switch err := tx.DeleteHold(h.ID); {
		case fade.ErrorCode(err) == fade.CodeNotFound:
			continue // whoever sweeps was faster
		case err != nil:
			return f, err
		}
		*freed = append(*freed, h.Blocks(fade.BusyFree))
	}
	a := fade.NewAvailability(c, busy, fade.Wanted{Service: w.service, Staff: w.staff})
	chair, err := choose(a, c, w, busy)
	if err != nil {
		return f, err
	}
	if chair != c.Business.ID {
		f.staff = &chair
	}
	f.until = w.at.End.Add(a.Buffer())
	return f, nil
}

// choose chooses a chair. A business that names one may have it if it is free itself: time that was booked on a chair
// which is none any more must not keep it from being given to somebody.
func choose(a fade.Availability, c fade.Catalogue, w seat, busy []fade.Busy) (string, error) {
	if w.staff != "" && !w.public {
		kept := fade.Interval{Start: w.at.Start, End: w.at.End.Add(a.Buffer())}
		if slices.ContainsFunc(busy, func(b fade.Busy) bool { return b.Chair == w.staff && b.Overlaps(kept) }) {
			return "", errTaken()
		}
		return w.staff, nil
	}
	if free := a.FreeChairs(w.at); len(free) > 0 {
		return free[0], nil
	}
	if !a.Works(w.at) {
		return "", fade.FieldErrorf(fade.CodeInvalid, "start_time", "Nobody at %s works at this time.", c.Business.Name)
	}
	return "", errTaken()
}

// validateTime checks a time against the clock and the business's hours, which bind everyone. What has begun may be
// made longer or shorter: begun is then the start that it has.
func validateTime(c fade.Catalogue, at fade.Interval, now, begun time.Time) error {
	var v fade.Violations
	timetable := c.Timetable()
	date := fade.DateOf(at.Start.In(timetable.Zone))
	open := timetable.Open(date)
	switch {
	case at.Start.Before(now.Add(-pastGrace)) && !at.Start.Equal(begun):
		v.Add("start_time", "This time is already over.")
	case len(open) == 0:
		v.Add("start_time", "%s is closed on %s.", c.Business.Name, date)
	case !slices.ContainsFunc(open, func(o fade.Interval) bool { return !at.Start.Before(o.Start) && !at.End.After(o.End) }):
		v.Add("start_time", "%s is open from %s (%s).", c.Business.Name, hoursInWords(c.Hours().On(date.Weekday())), c.Business.Timezone)
	}
	return v.Err()
}

func hoursInWords(spans []fade.Span) string {
	words := make([]string, len(spans))
	for i, s := range spans {
		words[i] = s.Start + " to " + s.End
	}
	return strings.Join(words, " and ")
}

// bounds gives from when until when an actor may book. Lead time and horizon bind the public only.
func bounds(c fade.Catalogue, public bool, now time.Time) (earliest time.Time, last fade.Date) {
	today := fade.DateOf(now.In(c.Business.Location()))
	if !public {
		return now.Add(-pastGrace), today.AddDays(farDays)
	}
	return now.Add(time.Duration(c.Settings.LeadMinutes)*time.Minute - pastGrace), today.AddDays(c.Settings.HorizonDays)
}

// farDays is how far ahead a business looks for its own free times.
const farDays = 3 * 366

// validateBounds checks a time against the bounds of the public.
func validateBounds(c fade.Catalogue, start, now time.Time) error {
	var v fade.Violations
	earliest, last := bounds(c, true, now)
	switch {
	case start.Before(earliest):
		v.Add("start_time", "%s takes reservations until %s before they start.", c.Business.Name, minutesInWords(c.Settings.LeadMinutes))
	case fade.DateOf(start.In(c.Business.Location())).After(last):
		v.Add("start_time", "%s takes reservations for the next %d days.", c.Business.Name, c.Settings.HorizonDays)
	}
	return v.Err()
}

func minutesInWords(n int) string {
	return strings.TrimSuffix(strings.TrimSuffix((time.Duration(n)*time.Minute).String(), "0s"), "0m")
}

// withNearest tells, in a refusal because a chair is taken, what is free nearby; the time of the reservation that
// moves is free for it. Other errors pass through.
func (s *Service) withNearest(ctx context.Context, refused error, businessID, moves string, public bool, w fade.Wanted, start time.Time) error {
	if fade.ErrorCode(refused) != fade.CodeSlotTaken || businessID == "" {
		return refused
	}
	told := errTaken()
	told.Cause = refused
	err := s.store.View(ctx, func(r Reader) error {
		c, err := r.Catalogue(businessID)
		if err != nil {
			return err
		}
		now := s.now()
		const days = 24 * time.Hour
		within := fade.Interval{Start: start.Add(-3 * days), End: start.Add(10 * days)}
		busy, err := readBusy(r, businessID, within, moves)
		if err != nil {
			return err
		}
		w.Earliest, w.Last = bounds(c, public, now)
		told.Nearest = fade.NewAvailability(c, busy.overlapping(within, now), w).Nearest(start, businessID)
		return nil
	})
	if err != nil {
		return refused
	}
	return told
}

// recordSlots tells open booking pages what a reservation gave back and what it takes. Nothing is told of a change
// that leaves both as they are.
func recordSlots(tx Tx, before, after *fade.Reservation, freed []fade.Busy) {
	changes := freed
	businessID := ""
	var was, is fade.Busy
	var wasBusy, isBusy bool
	if before != nil {
		businessID = before.BusinessID
		was, wasBusy = before.Blocks()
	}
	if after != nil {
		businessID = after.BusinessID
		is, isBusy = after.Blocks()
	}
	if !wasBusy || !isBusy || was != is {
		if wasBusy {
			was.State = fade.BusyFree
			changes = append(changes, was)
		}
		if isBusy {
			changes = append(changes, is)
		}
	}
	if len(changes) > 0 {
		tx.Record(fade.SlotsChanged{BusinessID: businessID, Changes: changes})
	}
}
