package email_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/mail"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/notify"
	"github.com/fadedistrict/fade/notify/email"
)

// hostile gives names as nobody is called but somebody will type: more than 300.
func hostile() []string {
	texts := []string{
		" ", "Ana", "O'Brien", `ä\b`, `\ä`, `ä"b"`, "ä, b", "ä (b)", "ä@b", "ä <b>", "ä.b", "ä;:b", `"Ana" Berisha`, `Ana "the \"best\"" B.`, `back\slash`, `ends with \`, "a, b, c", "Ana; Ilir", "Ana <ana@evil.example>",
		"<ana@evil.example>", "ana@evil.example", "(comment)", "Ana (from work)", "[brackets]", ":colon:", "a:b;", "undisclosed-recipients:;",
		"Žofie Šťastná", "Ñandú Ümlaut", "Ελένη", "Анна Каренина", "東京 花子", "دانا شمس", "שרה לוי", "नेहा", "สมชาย", "Đặng Thị", "👩🏽‍🦱 Ana 💇", "🇽🇰🇦🇱",
		"e\u0301 combining", "ﷺ", "zero\u200bwidth", "soft\u00adhyphen", "nbsp\u00a0here", "\ufeffBOM", "\u202eevil\u202c", "a\u2066b\u2069c", "x\u2028y\u2029z",
		"=?utf-8?q?=42cc:_evil@example.com?=", "=?UTF-8?B?QmNjOiBldmlsQGV4YW1wbGUuY29t?=", "=?utf-8?q?a?= =?utf-8?q?b?=", "=?broken", "?==?=", "=?x?y?z?=",
		"a\tb", "\ttab first", "vertical\vtab", "form\ffeed", "bell\a", "escape\x1b[31mred", "delete\x7f", "nul\x00byte", "\x00", "\x01\x02\x03",
		"invalid \xff\xfe", "\xc3\x28", "\xed\xa0\x80", "cut \xe2\x82", "overlong \xc0\xaf", "\xf4\x90\x80\x80",
		"--", "-- ", ".", "..", "\r\n.\r\n", "boundary=x", strings.Repeat("a", 60), "From ", "From: Ana", "%s%d%n", "{{.Link}}", "<script>alert(1)</script>",
		"</td></tr></table><h1>", `" onmouseover="x`, "&lt;b&gt;", "${x}", "$(x)", "`x`", "'; DROP TABLE users; --", "NULL", "null", "0",
	}
	for _, end := range []string{"\r\n", "\n", "\r", "\r\n\r\n", "\n\n", "\r\n ", "\r\n\t", "\n ", "\v", "\f", "\u0085", "\u2028", "\x00\r\n", "=0D=0A", "%0D%0A", `\r\n`} {
		for _, header := range []string{
			"Bcc: evil@example.com", "X-Evil: 1", "Content-Type: text/html", "From: evil@example.com", "DATA", ".", "RCPT TO:<evil@example.com>", "<html>",
			"Subject: other", "MIME-Version: 2.0", "List-Unsubscribe: <https://evil.example>",
		} {
			texts = append(texts, "Ana"+end+header)
		}
	}
	for _, unit := range []string{"a", "a ", "ä", "ä ", "花", "👩🏽‍🦱", "\"", "\\", ",", "=?", "\r\n", "\x00", "\u202e", "a\u0301", "\xff", "<", "@"} {
		for _, n := range []int{74, 75, 76, 77, 199, 200, 201, 998, 5000} {
			texts = append(texts, strings.Repeat(unit, n))
		}
	}
	return texts
}

// expected is what a text is to arrive as, by rules written down apart from the code: no character that is not seen, one
// blank where there were several, no beginning of an encoded word, and at most 200 characters.
func expected(s string) string {
	var b strings.Builder
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		s = s[size:]
		if r == utf8.RuneError || unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp) || strings.ContainsRune("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff", r) {
			r = ' '
		}
		b.WriteRune(r)
	}
	text := strings.ReplaceAll(strings.Join(strings.Fields(b.String()), " "), "=?", "= ?")
	if letters := []rune(text); len(letters) > 200 {
		return string(letters[:199]) + "…"
	}
	return text
}

// Whatever names are made of, a mail server finds the headers that a mail has, each once, and what was meant in them.
func TestMailer_Mail_hostileNames(t *testing.T) {
	s := serve(t, &server{}, nil, false)
	mailer := newMailer(t, connect(t, s.address("smtp", ""), nil))
	texts := hostile()
	if len(texts) < 200 {
		t.Fatalf("only %d names", len(texts))
	}
	for i, text := range texts {
		l := sample(t, fade.KindConfirmation)
		l.ID = fmt.Sprintf("id-%d", i)
		l.To.Name = text
		l.Business.Name, l.Business.EmailFromName = text, text
		l.Reservation.BusinessName, l.Reservation.CustomerName, l.Reservation.ServiceName, l.Reservation.StaffName = text, text, text, text
		l.Unsubscribe = publicURL + "/api/unsubscribe/x/"
		if _, err := mailer.Mail(t.Context(), l); err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		got := s.all()
		checkHostile(t, text, l, got[len(got)-1])
	}
	if got := len(s.all()); got != len(texts) {
		t.Errorf("%d mails arrived, want %d", got, len(texts))
	}
}

func checkHostile(t *testing.T, text string, l notify.Letter, got received) {
	t.Helper()
	if got.from != "no-reply@fade.example" || got.to != "arta@example.com" {
		t.Errorf("%q: envelope from %s to %s", text, got.from, got.to)
	}
	for line := range bytes.SplitSeq(got.raw, []byte("\r\n")) {
		if len(line) > 998 || bytes.ContainsAny(line, "\r\n\x00") || bytes.ContainsFunc(line, func(r rune) bool { return r > unicode.MaxASCII }) {
			t.Errorf("%q: a line that may not travel: %q", text, line)
		}
	}
	message, err := mail.ReadMessage(bytes.NewReader(got.raw))
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	wantHeaders := []string{
		"Auto-Submitted", "Content-Type", "Date", "From", "List-Unsubscribe", "List-Unsubscribe-Post", "Message-Id", "Mime-Version", "Reply-To", "Subject", "To",
	}
	if names := slices.Sorted(maps.Keys(message.Header)); !slices.Equal(names, wantHeaders) {
		t.Errorf("%q: headers %q, want %q", text, names, wantHeaders)
	}
	for name, values := range message.Header {
		if len(values) != 1 {
			t.Errorf("%q: %s stands there %d times", text, name, len(values))
		}
	}
	name := expected(text)
	for header, want := range map[string]mail.Address{
		"To":       {Name: name, Address: "arta@example.com"},
		"Reply-To": {Name: name, Address: "info@prishtina.example"},
		"From":     {Name: name, Address: "no-reply@fade.example"},
	} {
		list, err := message.Header.AddressList(header)
		if err != nil || len(list) != 1 {
			t.Errorf("%q: %s is %q: %v", text, header, message.Header.Get(header), err)
		} else if header == "To" && *list[0] != want || list[0].Address != want.Address || list[0].Name != want.Name {
			t.Errorf("%q: %s is %q, want %q", text, header, *list[0], want)
		}
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(message.Header.Get("Subject"))
	if want := expected("Confirmed: " + text + ", Tue 24 Nov, 10:30"); err != nil || subject != want {
		t.Errorf("%q: subject %q, want %q: %v", text, subject, want, err)
	}
	if id := message.Header.Get("Message-Id"); id != "<"+l.ID+"@fade.example>" {
		t.Errorf("%q: Message-ID %s", text, id)
	}
	checkParts(t, text, message)
}

// checkParts wants the parts that a confirmation has, and no tag in the HTML that came from a name.
func checkParts(t *testing.T, text string, message *mail.Message) {
	t.Helper()
	var kinds []string
	var html string
	walk(t, message.Header.Get("Content-Type"), message.Header.Get("Content-Transfer-Encoding"), message.Body, func(kind string, content []byte) {
		kinds = append(kinds, kind)
		if kind == "text/html" {
			html = string(content)
		}
		if kind == "text/calendar" && !bytes.HasSuffix(content, []byte("END:VCALENDAR\r\n")) {
			t.Errorf("%q: calendar %q", text, content)
		}
	})
	if want := []string{"text/plain", "text/html", "text/calendar"}; !slices.Equal(kinds, want) {
		t.Errorf("%q: parts %q, want %q", text, kinds, want)
	}
	for _, tag := range []string{"<script", "onmouseover=\"", "<h1>", "<html>"} {
		if strings.Contains(html, tag) {
			t.Errorf("%q: the HTML has %s", text, tag)
		}
	}
}

// An address is where a mail goes: one that says more than that goes nowhere.
func TestMailer_Mail_hostileAddresses(t *testing.T) {
	s := serve(t, &server{}, nil, false)
	mailer := newMailer(t, connect(t, s.address("smtp", ""), nil))
	for _, address := range []string{
		"", "ana", "@", "ana@", "@example.com", "ana@example.com\r\nBcc: evil@example.com", "ana@example.com\nRCPT TO:<evil@example.com>",
		"ana@example.com>\r\nDATA", "ana@example.com, evil@example.com", "Ana <ana@example.com>", "<ana@example.com>", "ana@example.com ", " ana@example.com",
		"ana@@example.com", "a na@example.com", "ana\x00@example.com", "ana@example.com\x00", "ana@exa\tmple.com", "\"a\r\n\"@example.com", "jürgen@example.com",
		"ana@exämple.com", "ana@例え.jp", "ana@example.com\u202e", "ana\xff@example.com", strings.Repeat("a", 250) + "@example.com", "ana@example.com> BODY=8BITMIME",
	} {
		l := sample(t, fade.KindConfirmation)
		l.To.Email = address
		_, err := mailer.Mail(t.Context(), l)
		if _, permanent := errors.AsType[*notify.PermanentError](err); !permanent {
			t.Errorf("%q: %v, want a permanent error", address, err)
		}
		// A business that left such an address loses the answers, not the mails.
		l = sample(t, fade.KindConfirmation)
		l.Business.Email = address
		m := compose(t, l)
		raw, err := m.Raw()
		if err != nil || bytes.Contains(raw, []byte("\nReply-To:")) {
			t.Errorf("%q as Reply-To: %v\n%.400s", address, err, raw)
		}
	}
	if got := s.all(); len(got) != 0 {
		t.Errorf("%d mails arrived, the first to %q", len(got), got[0].to)
	}
	if _, err := email.New(email.Options{From: notify.Address{Email: "no-reply@exämple.com"}, Domain: "fade.example"}); err == nil {
		t.Error("New takes a sender beyond ASCII")
	}
}

func TestNew_domains(t *testing.T) {
	for domain, want := range map[string]string{
		"fade.example": "1@fade.example", "localhost": "1@localhost", "127.0.0.1": "1@[127.0.0.1]", "::1": "1@[IPv6:::1]", "fade.example\r\nBcc: x": "", "": "", "a b": "",
	} {
		m, err := email.New(email.Options{From: notify.Address{Email: "no-reply@fade.example"}, Domain: domain})
		if err != nil || want == "" {
			if (err == nil) != (want != "") {
				t.Errorf("New for %q: %v", domain, err)
			}
			continue
		}
		l := sample(t, fade.KindTest)
		l.ID = "1"
		message, err := m.Compose(l)
		if err != nil || message.ID != want {
			t.Errorf("Message-ID %q, want %q: %v", message.ID, want, err)
		}
	}
}

func decoder(encoding string, r io.Reader) io.Reader {
	if encoding == "base64" {
		return base64.NewDecoder(base64.StdEncoding, r)
	}
	return r
}
