package fade_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/fadedistrict/fade"
)

// changes are dates on which the clocks of a zone change, or a day is left out, and one on which nothing happens.
var changes = []struct{ zone, date string }{
	{"Europe/Belgrade", "2026-03-29"}, {"Europe/Belgrade", "2026-10-25"}, {"Europe/Belgrade", "2026-11-24"},
	{"America/New_York", "2026-03-08"}, {"America/New_York", "2026-11-01"},
	{"Australia/Lord_Howe", "2026-04-05"}, {"Australia/Lord_Howe", "2026-10-04"}, // half an hour
	{"America/Sao_Paulo", "2018-11-04"}, {"America/Sao_Paulo", "2018-02-18"}, // at midnight
	{"Pacific/Apia", "2011-12-30"}, {"Pacific/Apia", "2011-12-31"}, // a day that never was
	{"Asia/Kathmandu", "2026-06-01"}, {"Pacific/Kiritimati", "2026-06-01"},
}

// The slots are those of a model that looks at every minute and knows no arithmetic of time zones.
func TestAvailability_Slots_model(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.SampledFrom(changes).Draw(t, "at")
		date, err := fade.ParseDate(at.date)
		if err != nil {
			t.Fatal(err)
		}
		date = date.AddDays(rapid.IntRange(-1, 1).Draw(t, "day"))
		c := drawCatalogue(t, at.zone, date)
		busy := drawBusy(t, c, date)
		w := fade.Wanted{Last: date.AddDays(rapid.IntRange(-1, 1).Draw(t, "last"))}
		if rapid.Bool().Draw(t, "of a service") {
			w.Service = c.Services[0].ID
		} else {
			w.Duration = time.Duration(rapid.IntRange(1, 180).Draw(t, "duration")) * time.Minute
		}
		if rapid.Bool().Draw(t, "of somebody") && len(c.Staff) > 0 {
			w.Staff = c.Staff[0].ID
		}
		if rapid.Bool().Draw(t, "soon") {
			w.Earliest = noon(c, date).Add(time.Duration(rapid.IntRange(-900, 900).Draw(t, "earliest")) * time.Minute)
		}
		a := fade.NewAvailability(c, busy, w)
		want := slowSlots(c, busy, w, a.Duration(), a.Buffer(), date)
		got := a.Slots(date)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("slots of %s in %s, by the model (-) and found (+):\n%s", date, at.zone, diff)
		}
		free := 0
		for _, slot := range got {
			if len(slot.Free) > 0 {
				free++
			}
			// What is told to be free can be had, and nothing else of what is offered then: others may be free at a
			// time that is none of their starts.
			chairs := slices.DeleteFunc(a.FreeChairs(slot.Interval), func(id string) bool {
				return !slices.Contains(slot.Free, id) && !slices.Contains(slot.Taken, id)
			})
			if !sameChairs(chairs, slot.Free) {
				t.Fatalf("FreeChairs(%v) = %v, but its slot says %v", slot.Interval, chairs, slot.Free)
			}
		}
		if counted := a.Free(date); counted != free {
			t.Fatalf("Free() = %d, but %d slots have a free chair", counted, free)
		}
	})
}

func sameChairs(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

func noon(c fade.Catalogue, date fade.Date) time.Time {
	return time.Date(date.Year, date.Month, date.Day, 12, 0, 0, 0, c.Business.Location())
}

func drawSpans(t *rapid.T, name string, most int) []fade.Span {
	clocks := rapid.SliceOfNDistinct(rapid.IntRange(0, 24*12), 0, 2*most, rapid.ID).Draw(t, name)
	slices.Sort(clocks)
	spans := []fade.Span{}
	for i := 0; i+1 < len(clocks); i += 2 {
		spans = append(spans, fade.Span{Start: clock(clocks[i]), End: clock(clocks[i+1])})
	}
	return spans
}

// clock gives the time of day that is so many five minutes after midnight.
func clock(fives int) string { return fmt.Sprintf("%02d:%02d", fives/12, fives%12*5) }

func drawCatalogue(t *rapid.T, zone string, date fade.Date) fade.Catalogue {
	hours := fade.EveryDay(drawSpans(t, "hours", 2)...)
	c := fade.Catalogue{
		Business: fade.Business{ID: "business", Timezone: zone},
		Settings: fade.BookingSettings{Hours: &hours, SlotMinutes: rapid.SampledFrom([]int{5, 15, 20, 60}).Draw(t, "step")},
		Services: []fade.Service{{ID: "service", DurationMinutes: rapid.IntRange(1, 120).Draw(t, "length"), BufferMinutes: rapid.IntRange(0, 30).Draw(t, "buffer")}},
	}
	if rapid.IntRange(0, 9).Draw(t, "holiday") == 0 {
		c.Settings.Holidays = []fade.DaysOff{{From: date.AddDays(-1).String(), To: date.String()}}
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "staff") {
		s := fade.Staff{ID: fmt.Sprintf("staff%d", i), IsActive: rapid.IntRange(0, 4).Draw(t, "active") > 0, Breaks: fade.EveryDay(drawSpans(t, "breaks", 2)...)}
		if rapid.Bool().Draw(t, "own hours") {
			own := fade.EveryDay(drawSpans(t, "own hours", 2)...)
			s.Hours = &own
		}
		if rapid.IntRange(0, 5).Draw(t, "off") == 0 {
			s.DaysOff = []fade.DaysOff{{From: date.String(), To: date.String()}}
		}
		if rapid.IntRange(0, 3).Draw(t, "other services") == 0 {
			s.Services = []string{"another"}
		}
		c.Staff = append(c.Staff, s)
	}
	return c
}

// drawBusy gives busy time of chairs, some of which are none.
func drawBusy(t *rapid.T, c fade.Catalogue, date fade.Date) []fade.Busy {
	var busy []fade.Busy
	for range rapid.IntRange(0, 6).Draw(t, "busy") {
		chair := rapid.SampledFrom([]string{"business", "staff0", "staff1", "gone"}).Draw(t, "chair")
		start := noon(c, date).Add(time.Duration(rapid.IntRange(-900, 900).Draw(t, "start")) * time.Minute).UTC()
		end := start.Add(time.Duration(rapid.IntRange(1, 240).Draw(t, "for")) * time.Minute)
		busy = append(busy, fade.Busy{Chair: chair, Interval: fade.Interval{Start: start, End: end}, State: fade.BusyTaken})
	}
	return busy
}

// slowSlots is the model: minute by minute, by what the clock on the wall shows.
func slowSlots(c fade.Catalogue, busy []fade.Busy, w fade.Wanted, duration, buffer time.Duration, date fade.Date) []fade.Slot {
	if date.After(w.Last) {
		return nil
	}
	var found []fade.Slot
	from := time.Date(date.Year, date.Month, date.Day, 0, 0, 0, 0, time.UTC).Add(-30 * time.Hour)
	for _, chair := range c.Chairs() {
		if w.Staff != "" && chair.ID != w.Staff {
			continue
		}
		if s, ok := c.Member(chair.ID); ok && !s.Does(w.Service) {
			continue
		}
		begun := time.Time{}
		for m := from; m.Before(from.Add(84 * time.Hour)); m = m.Add(time.Minute) {
			if !worksAt(c, chair, date, m) {
				begun = time.Time{}
				continue
			}
			if begun.IsZero() {
				begun = m
			}
			step := c.Step()
			if m.Sub(begun)%step != 0 || m.Before(w.Earliest) || !worksThroughout(c, chair, date, m, duration) {
				continue
			}
			found = addSlot(found, chair.ID, fade.Interval{Start: m, End: m.Add(duration)}, isFree(c, busy, chair.ID, m, m.Add(duration+buffer)))
		}
	}
	slices.SortFunc(found, func(a, b fade.Slot) int { return a.Start.Compare(b.Start) })
	return found
}

func addSlot(all []fade.Slot, chair string, at fade.Interval, free bool) []fade.Slot {
	i := slices.IndexFunc(all, func(s fade.Slot) bool { return s.Start.Equal(at.Start) })
	if i < 0 {
		i = len(all)
		all = append(all, fade.Slot{Interval: at, Free: []string{}, Taken: []string{}})
	}
	if free {
		all[i].Free = append(all[i].Free, chair)
	} else {
		all[i].Taken = append(all[i].Taken, chair)
	}
	return all
}

func worksThroughout(c fade.Catalogue, chair fade.Chair, date fade.Date, from time.Time, duration time.Duration) bool {
	for m := from; m.Before(from.Add(duration)); m = m.Add(time.Minute) {
		if !worksAt(c, chair, date, m) {
			return false
		}
	}
	return true
}

func worksAt(c fade.Catalogue, chair fade.Chair, date fade.Date, m time.Time) bool {
	local := m.In(c.Business.Location())
	if fade.DateOf(local) != date {
		return false
	}
	shows := local.Format("15:04")
	within := func(spans []fade.Span) bool {
		return slices.ContainsFunc(spans, func(s fade.Span) bool { return s.Start <= shows && shows < s.End })
	}
	off := func(days []fade.DaysOff) bool {
		return slices.ContainsFunc(days, func(d fade.DaysOff) bool { return d.Covers(local.Format(time.DateOnly)) })
	}
	day := local.Weekday()
	own := chair.Hours == nil || within(chair.Hours.On(day))
	return within(c.Hours().On(day)) && own && !within(chair.Breaks.On(day)) && !off(c.Settings.Holidays) && !off(chair.DaysOff)
}

func isFree(c fade.Catalogue, busy []fade.Busy, chair string, from, to time.Time) bool {
	chairs := c.Chairs()
	return !slices.ContainsFunc(busy, func(b fade.Busy) bool {
		isChair := slices.ContainsFunc(chairs, func(c fade.Chair) bool { return c.ID == b.Chair })
		return (b.Chair == chair || !isChair) && b.Start.Before(to) && from.Before(b.End)
	})
}

// An hour that comes twice can be booked twice, and one that does not come cannot.
func TestAvailability_Slots_daylightSaving(t *testing.T) {
	night := fade.EveryDay(fade.Span{Start: "01:00", End: "04:00"})
	c := fade.Catalogue{
		Business: fade.Business{ID: "business", Timezone: "Europe/Belgrade"},
		Settings: fade.BookingSettings{Hours: &night, SlotMinutes: 60},
	}
	for date, want := range map[string][]string{
		"2026-03-29": {"01:00 CET", "03:00 CEST"},
		"2026-10-25": {"01:00 CEST", "02:00 CEST", "02:00 CET", "03:00 CET"},
		"2026-11-24": {"01:00 CET", "02:00 CET", "03:00 CET"},
	} {
		day, err := fade.ParseDate(date)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, slot := range fade.NewAvailability(c, nil, fade.Wanted{Duration: time.Hour, Last: day}).Slots(day) {
			got = append(got, slot.Start.In(c.Business.Location()).Format("15:04 MST"))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s, want (-) and got (+):\n%s", date, diff)
		}
	}
}

func TestAvailability_Nearest(t *testing.T) {
	hours := fade.EveryDay(fade.Span{Start: "09:00", End: "11:00"})
	c := fade.Catalogue{
		Business: fade.Business{ID: "business", Timezone: "UTC"},
		Settings: fade.BookingSettings{Hours: &hours, SlotMinutes: 30},
	}
	at := func(text string) time.Time {
		parsed, err := time.Parse("2006-01-02 15:04", text)
		if err != nil {
			t.Fatal(err)
		}
		return parsed
	}
	busy := []fade.Busy{{Chair: "business", Interval: fade.Interval{Start: at("2026-11-24 09:30"), End: at("2026-11-24 10:30")}}}
	w := fade.Wanted{Earliest: at("2026-11-24 00:00"), Last: fade.Date{Year: 2026, Month: 12, Day: 31}}
	var got []string
	for _, slot := range fade.NewAvailability(c, busy, w).Nearest(at("2026-11-24 10:00"), "business") {
		if slot.Staff != nil {
			t.Errorf("%v is said to be of %s, but there is no staff", slot.Interval, *slot.Staff)
		}
		got = append(got, slot.Start.Format("02 15:04"))
	}
	want := []string{"24 09:00", "24 10:30", "25 09:00", "25 09:30", "25 10:00"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("nearest, want (-) and got (+):\n%s", diff)
	}
}

func TestViolations_Week(t *testing.T) {
	for name, test := range map[string]struct {
		spans []fade.Span
		good  bool
	}{
		"two spans":      {[]fade.Span{{Start: "09:00", End: "12:00"}, {Start: "13:00", End: "24:00"}}, true},
		"closed":         {nil, true},
		"out of order":   {[]fade.Span{{Start: "13:00", End: "18:00"}, {Start: "9:00:00", End: "12:00"}}, false},
		"sorted":         {[]fade.Span{{Start: "13:00", End: "18:00"}, {Start: "09:00:00", End: "12:00"}}, true},
		"overlap":        {[]fade.Span{{Start: "09:00", End: "12:00"}, {Start: "11:00", End: "18:00"}}, false},
		"touch":          {[]fade.Span{{Start: "09:00", End: "12:00"}, {Start: "12:00", End: "18:00"}}, false},
		"backwards":      {[]fade.Span{{Start: "12:00", End: "09:00"}}, false},
		"with seconds":   {[]fade.Span{{Start: "09:00:30", End: "12:00"}}, false},
		"after midnight": {[]fade.Span{{Start: "09:00", End: "25:00"}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			var v fade.Violations
			v.Week("hours", fade.Week{Monday: test.spans}.Normalize())
			if good := len(v) == 0; good != test.good {
				t.Errorf("complaints: %v", v)
			}
			if !test.good && v[0].Field != "hours.monday" {
				t.Errorf("the complaint is about %s", v[0].Field)
			}
		})
	}
}

// A month of twenty members of staff with eight appointments a day each, as a booking page's calendar asks for it.
func BenchmarkAvailability_month(b *testing.B) {
	hours := fade.EveryDay(fade.Span{Start: "09:00", End: "19:00"})
	c := fade.Catalogue{
		Business: fade.Business{ID: "business", Timezone: "Europe/Belgrade"},
		Settings: fade.BookingSettings{Hours: &hours, SlotMinutes: 15},
	}
	first := fade.Date{Year: 2026, Month: 3, Day: 1}
	var busy []fade.Busy
	for i := range 20 {
		id := fmt.Sprintf("staff%d", i)
		c.Staff = append(c.Staff, fade.Staff{ID: id, IsActive: true, Breaks: fade.EveryDay(fade.Span{Start: "13:00", End: "13:30"})})
		for day := range 31 {
			for n := range 8 {
				start := noon(c, first.AddDays(day)).Add(time.Duration(n*45-120) * time.Minute)
				busy = append(busy, fade.Busy{Chair: id, Interval: fade.Interval{Start: start, End: start.Add(35 * time.Minute)}})
			}
		}
	}
	for b.Loop() {
		a := fade.NewAvailability(c, slices.Clone(busy), fade.Wanted{Last: first.AddDays(60)})
		for day := range 31 {
			a.Free(first.AddDays(day))
		}
	}
}
