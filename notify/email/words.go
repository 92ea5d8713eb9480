package email

import (
	"fmt"
	"strings"
	"time"

	"github.com/fadedistrict/fade"
)

// words tells times as people do, in a zone. now is when the mail is written.
type words struct {
	zone *time.Location
	now  time.Time
}

// day gives a day, Tuesday, 24 November 2026.
func (w words) day(t time.Time) string { return t.In(w.zone).Format("Monday, 2 January 2006") }

// hour gives a time of day with its zone, 10:30 CET.
func (w words) hour(t time.Time) string {
	return t.In(w.zone).Format("15:04 ") + abbreviation(t.In(w.zone))
}

// moment gives a day and a time.
func (w words) moment(t time.Time) string { return w.day(t) + ", " + w.hour(t) }

// farYear is how far away a day must be for its year to be told in a subject.
const farYear = 180 * 24 * time.Hour

// brief gives a day and a time for where there is little room, Tue 24 Nov, 10:30.
func (w words) brief(t time.Time) string {
	if t.Sub(w.now).Abs() > farYear {
		return t.In(w.zone).Format("Mon 2 Jan 2006, 15:04")
	}
	return t.In(w.zone).Format("Mon 2 Jan, 15:04")
}

// span gives a time from start to end. The end has a day of its own where it is on another, and the start a zone of its
// own where clocks change in between. The hours of one day are to stay on one line.
func (w words) span(start, end time.Time) (day, hours string) {
	a, b := start.In(w.zone), end.In(w.zone)
	from, to := a.Format("15:04"), w.hour(b)
	if abbreviation(a) != abbreviation(b) {
		from = w.hour(a)
	}
	if a.YearDay() != b.YearDay() || a.Year() != b.Year() {
		return w.day(a) + ", " + from + " – " + w.moment(b), ""
	}
	return w.day(a) + ",", from + " – " + to
}

// abbreviation names the zone at a time, as CET; zones without a name are told by their distance, as UTC+03.
func abbreviation(t time.Time) string {
	name, _ := t.Zone()
	if strings.HasPrefix(name, "+") || strings.HasPrefix(name, "-") {
		return "UTC" + strings.Replace(name, "-", "−", 1)
	}
	return name
}

// amount gives money with its currency, 1 250.00 EUR, with narrow spaces that no line breaks at.
func amount(m fade.Money, currency string) string {
	whole, cents, _ := strings.Cut(m.String(), ".")
	var grouped strings.Builder
	for i, digit := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 && len(whole) > 4 {
			grouped.WriteRune('\u202f')
		}
		grouped.WriteRune(digit)
	}
	return strings.TrimSpace(grouped.String() + "." + cents + "\u00a0" + currency)
}

// count gives a number of things.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// join gives those of the texts that say something.
func join(texts ...string) string {
	var said []string
	for _, text := range texts {
		if text != "" {
			said = append(said, text)
		}
	}
	return strings.Join(said, " · ")
}
