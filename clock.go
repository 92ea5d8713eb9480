package fade

import (
	"fmt"
	"time"
)

// ParseClock reads a time of day, "HH:MM" or "HH:MM:SS", as the duration since midnight.
func ParseClock(s string) (time.Duration, error) {
	for _, layout := range []string{"15:04", "15:04:05"} {
		if t, err := time.Parse(layout, s); err == nil && len(s) == len(layout) {
			return wallClock(t), nil
		}
	}
	return 0, fmt.Errorf("fade: %q is not a time of day", s)
}

// NormalizeClock gives a time of day in its shortest form, "09:00" for "09:00:00", and what it cannot
// read unchanged, for validation to complain about.
func NormalizeClock(s string) string {
	if d, err := ParseClock(s); err == nil && d%time.Minute == 0 {
		return time.Time{}.Add(d).Format("15:04")
	}
	return s
}

// Instant checks that a time is within the years that every database, browser and calendar can hold.
func (v *Violations) Instant(field string, t time.Time) {
	if y := t.UTC().Year(); y < 2000 || y > 2200 {
		v.Add(field, "This date must be between the years 2000 and 2200.")
	}
}
