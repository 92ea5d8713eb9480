package fade

import (
	"slices"
	"time"
)

// Span is a stretch of a day on the clock on the wall, from Start until just before End, both "HH:MM"; End
// may be "24:00".
type Span struct {
	Start string `json:"start"`
	End   string `json:"end"`
}

// endOfDay is how a span says that it lasts until midnight.
const endOfDay = "24:00"

// clocks gives the span as durations since midnight, and false if it is none.
func (s Span) clocks() (start, end time.Duration, ok bool) {
	start, errStart := ParseClock(s.Start)
	end, errEnd := ParseClock(s.End)
	if s.End == endOfDay {
		end, errEnd = 24*time.Hour, nil
	}
	return start, end, errStart == nil && errEnd == nil && start < end
}

// Week is what is open on each weekday: spans in order, none of which touches another.
type Week struct {
	Monday    []Span `json:"monday"`
	Tuesday   []Span `json:"tuesday"`
	Wednesday []Span `json:"wednesday"`
	Thursday  []Span `json:"thursday"`
	Friday    []Span `json:"friday"`
	Saturday  []Span `json:"saturday"`
	Sunday    []Span `json:"sunday"`
}

// EveryDay gives the week that is the same on every day.
func EveryDay(spans ...Span) Week {
	return Week{spans, spans, spans, spans, spans, spans, spans}
}

// On gives the spans of a weekday.
func (w Week) On(day time.Weekday) []Span { return *w.days()[day] }

// days gives the days in the order of [time.Weekday].
func (w *Week) days() [7]*[]Span {
	return [7]*[]Span{&w.Sunday, &w.Monday, &w.Tuesday, &w.Wednesday, &w.Thursday, &w.Friday, &w.Saturday}
}

// maxSpans bounds a day's spans.
const maxSpans = 12

// Normalize gives the week with clocks in their shortest form, each day in order, and no day nil.
func (w Week) Normalize() Week {
	for _, day := range w.days() {
		spans := make([]Span, 0, len(*day))
		for _, s := range *day {
			spans = append(spans, Span{NormalizeClock(s.Start), NormalizeClock(s.End)})
		}
		slices.SortStableFunc(spans, func(a, b Span) int {
			from, _, _ := a.clocks()
			to, _, _ := b.clocks()
			return int(from - to)
		})
		*day = spans
	}
	return w
}

// Week checks a normalized week; a complaint names its day, as in "hours.monday".
func (v *Violations) Week(field string, w Week) {
	for weekday, day := range w.days() {
		name := field + "." + weekdays[weekday]
		if len(*day) > maxSpans {
			v.Add(name, "A day has at most %d spans.", maxSpans)
			continue
		}
		var before time.Duration = -1
		for _, s := range *day {
			start, end, ok := s.clocks()
			switch {
			case !ok:
				v.Add(name, "Each span needs a start before its end, such as 09:00 and 18:00.")
			case start%time.Minute != 0 || end%time.Minute != 0:
				v.Add(name, "Hours are whole minutes.")
			case start <= before:
				v.Add(name, "These spans overlap or touch: make one of them.")
			}
			before = end
		}
	}
}

// weekdays are the JSON names of the days, in the order of [time.Weekday].
var weekdays = [7]string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}

// DaysOff are days without work, from From to To, both inclusive: dates of the form "2026-12-24" in the
// business's time zone.
type DaysOff struct {
	From string `json:"from"`
	To   string `json:"to"`
	Note string `json:"note"`
}

// Covers tells whether a date, "2026-12-24", is one of the days.
func (d DaysOff) Covers(date string) bool { return d.From <= date && date <= d.To }

// maxDaysOff bounds a list of days off.
const maxDaysOff = 200

// DaysOff checks a list of days off.
func (v *Violations) DaysOff(field string, all []DaysOff) {
	if len(all) > maxDaysOff {
		v.Add(field, "This list has at most %d entries.", maxDaysOff)
		return
	}
	for _, d := range all {
		from, errFrom := time.Parse(time.DateOnly, d.From)
		to, errTo := time.Parse(time.DateOnly, d.To)
		switch {
		case errFrom != nil || errTo != nil:
			v.Add(field, "Each entry needs two dates, such as 2026-12-24.")
		case to.Before(from):
			v.Add(field, "The first day must not be after the last.")
		default:
			v.Instant(field, from)
			v.Instant(field, to)
			v.Text(field, d.Note, 0, 200, false)
		}
	}
}
