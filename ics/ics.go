// Package ics writes an appointment in the format of calendars (RFC 5545), so that it can be put into one with a
// click, and sent with a mail.
package ics

import (
	"bytes"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// ContentType is the media type of a calendar.
const ContentType = "text/calendar; charset=utf-8"

// Event is one appointment. A calendar replaces what it has under a UID by what has a higher Sequence.
type Event struct {
	UID         string
	Sequence    int64
	Stamp       time.Time // when it was last changed
	Start, End  time.Time
	Summary     string
	Description string
	Location    string
	URL         string
	Canceled    bool
	Tentative   bool // nobody has confirmed it yet

	OrganizerName, OrganizerEmail string // whose appointment it is; "" where that is not told
}

// Method says what a calendar is to do with the event (RFC 5546, section 1.4): PUBLISH, or CANCEL for one that will not
// take place.
func (e Event) Method() string {
	if e.Canceled {
		return "CANCEL"
	}
	return "PUBLISH"
}

// Calendar gives a calendar with the event in it, as a file: what was booked, for whoever opens it.
func (e Event) Calendar() []byte {
	var c content
	c.line("BEGIN", "VCALENDAR")
	c.line("VERSION", "2.0")
	c.line("PRODID", "-//Fade//Fade//EN")
	c.line("CALSCALE", "GREGORIAN")
	c.line("METHOD", e.Method())
	c.line("BEGIN", "VEVENT")
	c.line("UID", text(e.UID))
	c.line("SEQUENCE", strconv.FormatInt(e.Sequence, 10))
	c.line("DTSTAMP", instant(e.Stamp))
	c.line("DTSTART", instant(e.Start))
	c.line("DTEND", instant(e.End))
	c.line("SUMMARY", text(e.Summary))
	c.optional("DESCRIPTION", text(e.Description))
	c.optional("LOCATION", text(e.Location))
	c.optional("URL", strings.Join(strings.Fields(e.URL), ""))
	if e.OrganizerEmail != "" {
		c.line("ORGANIZER"+parameter("CN", e.OrganizerName), "mailto:"+strings.Join(strings.Fields(e.OrganizerEmail), ""))
	}
	c.line("STATUS", e.status())
	c.line("END", "VEVENT")
	c.line("END", "VCALENDAR")
	return c.b.Bytes()
}

func (e Event) status() string {
	switch {
	case e.Canceled:
		return "CANCELLED"
	case e.Tentative:
		return "TENTATIVE"
	}
	return "CONFIRMED"
}

// content is the lines of a calendar.
type content struct{ b bytes.Buffer }

// lineOctets is how long a line may be, its end not counted (RFC 5545, section 3.1).
const lineOctets = 75

// line writes a line, folded between characters where it is too long.
func (c *content) line(name, value string) {
	rest := name + ":" + value
	for room := lineOctets; len(rest) > room; room = lineOctets - 1 { // the space of a folded line counts
		cut := room
		for !utf8.RuneStart(rest[cut]) {
			cut--
		}
		c.b.WriteString(rest[:cut] + "\r\n ")
		rest = rest[cut:]
	}
	c.b.WriteString(rest + "\r\n")
}

func (c *content) optional(name, value string) {
	if value != "" {
		c.line(name, value)
	}
}

func instant(t time.Time) string { return t.UTC().Format("20060102T150405Z") }

// parameter writes a parameter of a property, quoted, which has no way to write a quote or a control (section 3.2).
func parameter(name, value string) string {
	value = strings.Map(func(r rune) rune {
		if r < ' ' || r == '"' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(value, "\uFFFD"))
	if value == "" {
		return ""
	}
	return ";" + name + `="` + value + `"`
}

// text writes a value of the type TEXT (section 3.3.11). Control characters have no place in one.
func text(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f {
			return -1
		}
		return r
	}, s)
	return strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`).Replace(s)
}
