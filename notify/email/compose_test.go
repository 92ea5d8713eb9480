package email

import (
	"bytes"
	"math"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/notify"
)

func TestWords_span(t *testing.T) {
	at := func(text string) time.Time {
		parsed, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return parsed
	}
	for _, test := range []struct{ zone, start, end, want string }{
		{"Europe/Belgrade", "2026-11-24T09:30:00Z", "2026-11-24T10:15:00Z", "Tuesday, 24 November 2026, 10:30 – 11:15 CET"},
		{"Europe/Belgrade", "2026-07-24T09:30:00Z", "2026-07-24T10:15:00Z", "Friday, 24 July 2026, 11:30 – 12:15 CEST"},
		{"UTC", "2026-11-24T23:30:00Z", "2026-11-25T00:15:00Z", "Tuesday, 24 November 2026, 23:30 – Wednesday, 25 November 2026, 00:15 UTC"},
		{"America/Sao_Paulo", "2026-11-24T12:00:00Z", "2026-11-24T12:30:00Z", "Tuesday, 24 November 2026, 09:00 – 09:30 UTC−03"},
		{"Asia/Kathmandu", "2026-11-24T12:00:00Z", "2026-11-24T12:30:00Z", "Tuesday, 24 November 2026, 17:45 – 18:15 UTC+0545"},
		{"Europe/Belgrade", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "Sunday, 25 October 2026, 02:30 CEST – 02:30 CET"},
		{"Nowhere/None", "2026-11-24T09:30:00Z", "2026-11-24T10:15:00Z", "Tuesday, 24 November 2026, 09:30 – 10:15 UTC"},
	} {
		w := words{zone: location(test.zone)}
		day, hours := w.span(at(test.start), at(test.end))
		if got := strings.TrimSpace(day + " " + hours); got != test.want {
			t.Errorf("%s: %q, want %q", test.zone, got, test.want)
		}
	}
	w := words{zone: time.UTC, now: sunday}
	if got := w.brief(sunday.AddDate(0, 0, 2)); got != "Tue 24 Nov, 08:15" {
		t.Errorf("brief, soon: %q", got)
	}
	if got := w.brief(sunday.AddDate(1, 0, 0)); got != "Mon 22 Nov 2027, 08:15" {
		t.Errorf("brief, next year: %q", got)
	}
}

func TestAmount(t *testing.T) {
	for m, want := range map[fade.Money]string{
		5: "0.05_EUR", 1250: "12.50_EUR", 123450: "1234.50_EUR", 1234500: "12'345.00_EUR", 123456789: "1'234'567.89_EUR",
	} {
		got := strings.NewReplacer("\u00a0", "_", "\u202f", "'").Replace(amount(m, "EUR"))
		if got != want {
			t.Errorf("%d: %s, want %s", m, got, want)
		}
	}
}

// Letters can be read on every colour a business may have: WCAG 2.2 asks for a contrast of 4.5.
func TestBrandOf_contrast(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		color := rapid.StringMatching(`#[0-9a-fA-F]{6}`).Draw(t, "color")
		brand := brandOf(&fade.Business{PrimaryColor: color})
		back, ok := luminance(brand.Color)
		ink, _ := luminance(brand.Ink)
		contrast := (math.Max(back, ink) + 0.05) / (math.Min(back, ink) + 0.05)
		if !ok || brand.Color != color || contrast < 4.5 {
			t.Errorf("%s on %s has a contrast of %.2f", brand.Ink, brand.Color, contrast)
		}
	})
	for _, color := range []string{"", "red", "#fff", "#gggggg", "#4f46e5;x:y", "#ÿÿÿ"} {
		if got := brandOf(&fade.Business{PrimaryColor: color}); got.Color != fade.DefaultPrimaryColor || got.Ink != "#ffffff" {
			t.Errorf("%q becomes %s on %s", color, got.Ink, got.Color)
		}
	}
	for logo, want := range map[string]string{"https://x.example/l.png": "https://x.example/l.png", "http://x.example/l.png": "", "javascript:alert(1)": "", "data:image/png;base64,": ""} {
		if got := brandOf(&fade.Business{LogoURL: logo}).Logo; got != want {
			t.Errorf("logo %q becomes %q", logo, got)
		}
	}
}

// Lines of text are at most as long as a mail's, unless a word is longer, and no word is lost.
func TestWrap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.RuneFrom([]rune("abcä花 \n\t"))).Draw(t, "text")
		indent := strings.Repeat(" ", rapid.IntRange(0, 12).Draw(t, "indent"))
		wrapped := wrap(indent, text)
		if got, want := strings.Fields(wrapped), strings.Fields(text); strings.Join(got, " ") != strings.Join(want, " ") {
			t.Fatalf("words %q, want %q", got, want)
		}
		for i, line := range strings.Split(wrapped, "\n") {
			if i == 0 {
				line = indent + line
			}
			if utf8.RuneCountInString(line) > lineLength && len(strings.Fields(line)) > 1 {
				t.Fatalf("a line of %d characters: %q", utf8.RuneCountInString(line), line)
			}
		}
	})
}

// The date follows from the letter: a reminder has that of its time, not of the booking weeks before.
func TestMailer_Compose_date(t *testing.T) {
	booked := sunday.AddDate(0, -1, 0)
	m := composed(t, fade.KindReminder, func(l *notify.Letter) { l.CreatedAt, l.Before = booked, 24*time.Hour })
	if want := sunday.AddDate(0, 0, 1).Add(75 * time.Minute); !m.Date.Equal(want) { // a day before
		t.Errorf("a reminder is of %s, want %s", m.Date, want)
	}
	if m := composed(t, fade.KindConfirmation, func(l *notify.Letter) { l.CreatedAt = booked }); !m.Date.Equal(booked) {
		t.Errorf("a confirmation is of %s", m.Date)
	}
	if m := composed(t, fade.KindDigest, func(l *notify.Letter) { l.CreatedAt = booked }); !m.Date.Equal(sunday.Add(-20 * time.Minute)) {
		t.Errorf("a digest is of %s, want the newest entry's time", m.Date)
	}
}

// Who hears from whom: the platform sends, and the answer goes to whoever it concerns.
func TestMailer_Compose_addresses(t *testing.T) {
	for _, test := range []struct {
		kind                fade.DeliveryKind
		change              func(*notify.Letter)
		from, replyTo       string
		calendar, tentative bool
	}{
		{kind: fade.KindNewReservation, from: "Fade", replyTo: "arta@example.com"},
		{kind: fade.KindNewReservation, change: func(l *notify.Letter) { l.Reservation.CustomerEmail = "" }, from: "Fade"},
		{kind: fade.KindReceived, from: "Fade Prishtina", replyTo: "info@prishtina.example"},
		{kind: fade.KindConfirmation, change: func(l *notify.Letter) { l.Business.EmailFromName, l.Business.EmailFromAddress = "", "hello@x.example" }, from: "Fade Prishtina", replyTo: "hello@x.example", calendar: true},
		{kind: fade.KindChange, change: func(l *notify.Letter) { l.Reservation.Status = fade.Pending }, from: "Fade Prishtina", replyTo: "info@prishtina.example", calendar: true, tentative: true},
		{kind: fade.KindCancellation, from: "Fade Prishtina", replyTo: "info@prishtina.example", calendar: true},
		{kind: fade.KindReminder, from: "Fade Prishtina", replyTo: "info@prishtina.example", calendar: true},
		{kind: fade.KindNotice, from: "Fade"}, {kind: fade.KindUnseen, from: "Fade"}, {kind: fade.KindDigest, from: "Fade"}, {kind: fade.KindTest, from: "Fade"},
	} {
		m := composed(t, test.kind, test.change)
		if m.From != (notify.Address{Name: test.from, Email: "no-reply@fade.example"}) || m.ReplyTo.Email != test.replyTo {
			t.Errorf("%s: from %s, reply to %s", test.kind, m.From, m.ReplyTo)
		}
		if (m.Calendar != nil) != test.calendar || bytes.Contains(m.Calendar, []byte("STATUS:TENTATIVE")) != test.tentative {
			t.Errorf("%s: calendar %q", test.kind, m.Calendar)
		}
		want := map[bool]string{true: "PUBLISH"}[test.calendar]
		if test.kind == fade.KindCancellation {
			want = "CANCEL"
		}
		if m.CalendarMethod != want || want != "" && !bytes.Contains(m.Calendar, []byte("METHOD:"+want+"\r\n")) {
			t.Errorf("%s: method %q, want %q\n%s", test.kind, m.CalendarMethod, want, m.Calendar)
		}
	}
}

func TestMailer_Compose_plurals(t *testing.T) {
	items := func(n int) []notify.Item {
		return make([]notify.Item, n)
	}
	for _, test := range []struct {
		kind          fade.DeliveryKind
		items, more   int
		subject, says string
	}{
		{fade.KindDigest, 1, 0, "Your digest: 1 notification", "What happened"},
		{fade.KindDigest, 2, 0, "Your digest: 2 notifications", "What happened"},
		{fade.KindDigest, 50, 1, "Your digest: 51 notifications", "… and 1 more."},
		{fade.KindUnseen, 3, 0, "3 notifications you have not seen yet", "You have not seen 3 notifications yet"},
	} {
		m := composed(t, test.kind, func(l *notify.Letter) { l.Items, l.More = items(test.items), test.more })
		if m.Subject != test.subject || !strings.Contains(m.Text, test.says) || !strings.Contains(m.HTML, test.says) {
			t.Errorf("%s of %d: %q\n%s", test.kind, test.items, m.Subject, m.Text)
		}
	}
}

// What can be written to nobody, or says nothing, is an error and no mail.
func TestMailer_Compose_refuses(t *testing.T) {
	mailer, err := New(Options{From: notify.Address{Email: "no-reply@fade.example"}, Domain: "fade.example"})
	if err != nil {
		t.Fatal(err)
	}
	for _, template := range Templates() {
		if template.Kind == fade.KindTest {
			continue
		}
		l, _ := Sample(template.Kind, "https://fade.example", sunday)
		l.Reservation, l.Items = nil, nil
		if _, err := mailer.Compose(l); err == nil {
			t.Errorf("%s about nothing is written", template.Kind)
		}
	}
	if _, err := mailer.Compose(notify.Letter{Kind: "other", To: notify.Address{Email: "a@b.example"}}); err == nil {
		t.Error("a letter of no kind is written")
	}
	if _, ok := Sample("other", "", sunday); ok {
		t.Error("there is a sample of no kind")
	}
}

// The HTML needs nothing from elsewhere, links where the text does, and has no scripts.
func TestMailer_Compose_html(t *testing.T) {
	resource := regexp.MustCompile(`(?i)<(script|link|iframe|object|img|form)|url\(|@import|@font-face`)
	for _, template := range Templates() {
		m := composed(t, template.Kind, nil)
		if found := resource.FindString(m.HTML); found != "" {
			t.Errorf("%s: the HTML has %s", template.Kind, found)
		}
		for _, part := range []string{`lang="en"`, `name="color-scheme"`, "prefers-color-scheme: dark", "<!--[if mso]>"} {
			if !strings.Contains(m.HTML, part) {
				t.Errorf("%s: the HTML lacks %s", template.Kind, part)
			}
		}
		for _, link := range regexp.MustCompile(`href="([^"]*)"`).FindAllStringSubmatch(m.HTML, -1) {
			if !strings.Contains(m.Text, link[1]) {
				t.Errorf("%s: the text lacks %s", template.Kind, link[1])
			}
		}
		if strings.Contains(m.HTML, "ZgotmplZ") {
			t.Errorf("%s: the template refused a value", template.Kind)
		}
	}
}
