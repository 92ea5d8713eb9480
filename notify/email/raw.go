package email

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"mime"
	"net/mail"
	"strings"
	"unicode"

	gomail "github.com/wneessen/go-mail"

	"github.com/fadedistrict/fade/ics"
	"github.com/fadedistrict/fade/notify"
)

// Raw gives the message as it travels (RFC 5322), of ASCII alone and with lines that end in CR LF. The same message
// gives the same bytes. An error is a [*notify.PermanentError].
func (m Message) Raw() ([]byte, error) {
	out, err := m.mime()
	if err != nil {
		return nil, &notify.PermanentError{Err: err}
	}
	var b bytes.Buffer
	if _, err := out.WriteTo(&b); err != nil {
		return nil, &notify.PermanentError{Err: fmt.Errorf("email: write the message: %w", err)}
	}
	raw, err := steady(b.Bytes(), m.ID)
	if err != nil {
		return nil, &notify.PermanentError{Err: err}
	}
	return raw, nil
}

// mime gives the message in the form that go-mail writes.
func (m Message) mime() (*gomail.Msg, error) {
	if err := errors.Join(checkAddress(m.From.Email), checkAddress(m.To.Email)); err != nil {
		return nil, err
	}
	out := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	out.SetGenHeader("From", mailbox(m.From))
	out.SetGenHeader("To", mailbox(m.To))
	if m.ReplyTo.Email != "" && checkAddress(m.ReplyTo.Email) == nil { // a mail without it is better than none
		out.SetGenHeader(gomail.Header(gomail.HeaderReplyTo), mailbox(m.ReplyTo))
	}
	out.Subject(oneLine(m.Subject))
	out.SetMessageIDWithValue(m.ID)
	out.SetDateWithValue(m.Date.UTC())
	out.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: nobody's absence is announced to it
	if m.Unsubscribe != "" {
		out.SetGenHeader(gomail.HeaderListUnsubscribe, "<"+strings.Join(strings.Fields(m.Unsubscribe), "")+">")
		out.SetGenHeader(gomail.HeaderListUnsubscribePost, "List-Unsubscribe=One-Click") // RFC 8058
	}
	out.SetBodyString(gomail.TypeTextPlain, m.Text)
	out.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	if m.Calendar != nil {
		kind := ics.ContentType
		if m.CalendarMethod != "" {
			kind += "; method=" + m.CalendarMethod // RFC 6047, section 2.4
		}
		if err := out.AttachReader("appointment.ics", bytes.NewReader(m.Calendar), gomail.WithFileContentType(gomail.ContentType(kind))); err != nil {
			return nil, fmt.Errorf("email: attach the appointment: %w", err)
		}
	}
	return out, nil
}

// mailbox gives an address as headers have it, of ASCII alone.
func mailbox(a notify.Address) string {
	name := oneLine(a.Name)
	isASCII := !strings.ContainsFunc(name, func(r rune) bool { return r > unicode.MaxASCII })
	if isASCII || !strings.Contains(name, `\`) {
		return (&mail.Address{Name: name, Address: a.Email}).String()
	}
	// The standard library leaves a backslash as it is in an encoded word, where no reader takes it (RFC 2047, section 5).
	return mime.BEncoding.Encode("utf-8", name) + " <" + a.Email + ">"
}

// steady gives a message boundaries that follow from its ID, instead of those that were drawn for it by lot: nobody
// could know those, so nothing else in it is taken for one.
func steady(raw []byte, id string) ([]byte, error) {
	message, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("email: read the message: %w", err)
	}
	outer := boundary(message.Header.Get("Content-Type"))
	if outer == "" {
		return raw, nil
	}
	steadied := bytes.ReplaceAll(raw, []byte(outer), named(id, "outer"))
	_, body, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	start := []byte("--" + outer + "\r\nContent-Type: multipart/alternative;\r\n boundary=")
	if _, rest, nested := bytes.Cut(body, start); nested {
		inner, _, _ := bytes.Cut(rest, []byte("\r\n"))
		steadied = bytes.ReplaceAll(steadied, inner, named(id, "inner"))
	}
	return steadied, nil
}

func boundary(contentType string) string {
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return ""
	}
	return params["boundary"]
}

// named gives a boundary of the length of those that are drawn, so that no line becomes longer.
func named(id, which string) []byte {
	sum := sha256.Sum256([]byte(which + " " + id))
	return []byte(hex.EncodeToString(sum[:30]))
}
