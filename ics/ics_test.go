package ics_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/fadedistrict/fade/ics"
)

func TestEvent_Calendar(t *testing.T) {
	at := time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC)
	got := string(ics.Event{
		UID: "0193@fade.test", Sequence: 3, Stamp: at, Start: at, End: at.Add(45 * time.Minute), Summary: "Cut, wash; and\nshave",
		URL: "https://fade.test/appointment/abc", Tentative: true,
	}.Calendar())
	want := "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Fade//Fade//EN\r\nCALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\nBEGIN:VEVENT\r\n" +
		"UID:0193@fade.test\r\nSEQUENCE:3\r\nDTSTAMP:20261124T093000Z\r\nDTSTART:20261124T093000Z\r\nDTEND:20261124T101500Z\r\n" +
		"SUMMARY:Cut\\, wash\\; and\\nshave\r\nURL:https://fade.test/appointment/abc\r\nSTATUS:TENTATIVE\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	if got != want {
		t.Errorf("Calendar() =\n%s\nwant\n%s", got, want)
	}
}

func TestEvent_Calendar_canceled(t *testing.T) {
	got := string(ics.Event{UID: "1", Canceled: true, OrganizerName: "Ana's \"best\", cuts: \r\nX:1", OrganizerEmail: "ana@fade.test"}.Calendar())
	for _, want := range []string{
		"METHOD:CANCEL\r\n", "STATUS:CANCELLED\r\n", `ORGANIZER;CN="Ana's best, cuts: X:1":mailto:ana@fade.test` + "\r\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("Calendar() =\n%s\nwithout %s", got, want)
		}
	}
}

// Whatever a name is made of, it stays one property, and no line is too long.
func TestEvent_Calendar_anyText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text") + "\r\nATTENDEE:evil"
		calendar := ics.Event{UID: "1", Summary: text, Description: text, Location: text, URL: "https://x/" + text, OrganizerName: text, OrganizerEmail: "a@x" + text}.Calendar()
		lines := strings.Split(strings.TrimSuffix(string(calendar), "\r\n"), "\r\n")
		for _, line := range lines {
			if len(line) > 75 || !utf8.ValidString(line) || strings.ContainsAny(line, "\r\n") {
				t.Fatalf("line %q of %d octets", line, len(line))
			}
			if strings.HasPrefix(line, "ATTENDEE") {
				t.Fatalf("a text became a property: %q", line)
			}
		}
	})
}
