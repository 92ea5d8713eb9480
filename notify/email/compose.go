package email

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"net/mail"
	"strings"
	text "text/template"
	"time"
	"unicode"
	"unicode/utf8"

	gomail "github.com/wneessen/go-mail"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/ics"
	"github.com/fadedistrict/fade/notify"
)

//go:embed mail.html.tmpl
var htmlSource string

//go:embed mail.txt.tmpl
var textSource string

//nolint:gochecknoglobals // parsed once, never changed
var (
	htmlTemplate = template.Must(template.New("html").Parse(htmlSource))
	textTemplate = text.Must(text.New("text").Funcs(text.FuncMap{"wrap": wrap, "quote": quote, "rule": rule}).Parse(textSource))
)

// Message is a mail, ready to leave.
type Message struct {
	ID       string // Message-ID, without the angle brackets
	From, To notify.Address
	ReplyTo  notify.Address // no address for none
	Subject  string
	Text     string
	HTML     string

	Date        time.Time
	Calendar    []byte // the appointment; nil for none
	Unsubscribe string
}

// Options say who sends.
type Options struct {
	From      notify.Address // the platform's own address: it may send for no other domain
	Domain    string         // right of the @ in Message-IDs
	Transport Transport
}

// Transport takes messages away. It may be used by several goroutines at once. Its errors are as those of
// [notify.Mailer].
type Transport interface {
	Send(ctx context.Context, m Message) error
}

// Mailer writes letters and sends them. It implements [notify.Mailer].
type Mailer struct{ o Options }

var errFrom = errors.New("email: the sender's address is not valid")

// New makes a mailer.
func New(o Options) (*Mailer, error) {
	if _, err := mail.ParseAddress(o.From.Email); err != nil || o.Domain == "" {
		return nil, errFrom
	}
	return &Mailer{o}, nil
}

// Mail implements [notify.Mailer].
func (m *Mailer) Mail(ctx context.Context, l notify.Letter) (messageID string, err error) {
	message, err := m.Compose(l)
	if err != nil {
		return "", &notify.PermanentError{Err: err}
	}
	return "<" + message.ID + ">", m.o.Transport.Send(ctx, message)
}

// Compose writes a letter. An error says that it can be sent to nobody, as it is.
func (m *Mailer) Compose(l notify.Letter) (Message, error) {
	c, err := contentOf(l)
	if err != nil {
		return Message{}, err
	}
	message := Message{
		ID: l.ID + "@" + m.o.Domain, From: m.o.From, To: notify.Address{Name: oneLine(l.To.Name), Email: l.To.Email},
		Subject: oneLine(c.Subject), Date: l.CreatedAt, Unsubscribe: l.Unsubscribe,
	}
	if b := l.Business; b != nil && l.Kind.ToCustomer() {
		message.From.Name = oneLine(first(b.EmailFromName, b.Name))
		message.ReplyTo = notify.Address{Name: message.From.Name, Email: first(b.EmailFromAddress, b.Email)}
	}
	if r := l.Reservation; r != nil && l.Kind == fade.KindNewReservation && r.CustomerEmail != "" {
		message.ReplyTo = notify.Address{Name: oneLine(r.CustomerName), Email: r.CustomerEmail}
	}
	if l.Reservation != nil && l.Kind.ToCustomer() && l.Kind != fade.KindReceived {
		message.Calendar = calendar(*l.Reservation, l)
	}
	var html, plain bytes.Buffer
	if err := errors.Join(htmlTemplate.Execute(&html, c), textTemplate.Execute(&plain, c)); err != nil {
		return Message{}, fmt.Errorf("email: write %s: %w", l.Kind, err)
	}
	message.HTML, message.Text = html.String(), plain.String()
	return message, nil
}

// calendar gives the appointment for the customer's calendar; a later one takes the place of an earlier one.
func calendar(r fade.Reservation, l notify.Letter) []byte {
	event := ics.Event{
		UID: r.ID + "@fade", Sequence: r.Version, Stamp: r.UpdatedAt, Start: r.StartTime, End: r.EndTime,
		Summary: strings.TrimSuffix(r.BusinessName+": "+r.ServiceName, ": "), URL: l.Link,
		Canceled: r.Status == fade.Canceled, Tentative: r.Status == fade.Pending,
	}
	return event.Calendar()
}

// mime gives the message in the form that go-mail sends.
func (m Message) mime() (*gomail.Msg, error) {
	out := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	from, err := address(m.From)
	if err != nil {
		return nil, err
	}
	to, err := address(m.To)
	if err != nil {
		return nil, err
	}
	out.FromMailAddress(from)
	out.ToMailAddress(to)
	if m.ReplyTo.Email != "" {
		if replyTo, err := address(m.ReplyTo); err == nil {
			out.ReplyToMailAddress(replyTo)
		}
	}
	out.Subject(m.Subject)
	out.SetMessageIDWithValue(m.ID)
	out.SetDateWithValue(m.Date)
	out.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: nobody's absence is announced to it
	if m.Unsubscribe != "" {
		out.SetGenHeaderPreformatted(gomail.HeaderListUnsubscribe, "<"+m.Unsubscribe+">")
		out.SetGenHeaderPreformatted(gomail.HeaderListUnsubscribePost, "List-Unsubscribe=One-Click") // RFC 8058
	}
	out.SetBodyString(gomail.TypeTextPlain, m.Text)
	out.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	if m.Calendar != nil {
		if err := out.AttachReader("appointment.ics", bytes.NewReader(m.Calendar), gomail.WithFileContentType(ics.ContentType)); err != nil {
			return nil, fmt.Errorf("email: attach calendar: %w", err)
		}
	}
	return out, nil
}

// ParseAddress reads an address as people write it, Name <email> or the email alone.
func ParseAddress(s string) (notify.Address, error) {
	a, err := mail.ParseAddress(s)
	if err != nil {
		return notify.Address{}, fmt.Errorf("email: %q is not an address: %w", s, err)
	}
	return notify.Address{Name: a.Name, Email: a.Address}, nil
}

// address reads a mailbox. The error is permanent: it is for whoever typed it to mend.
func address(a notify.Address) (*mail.Address, error) {
	parsed, err := mail.ParseAddress(a.Email)
	if err != nil || parsed.Name != "" || parsed.Address != a.Email || strings.ContainsFunc(a.Email, unicode.IsControl) {
		return nil, &notify.PermanentError{Err: fmt.Errorf("email: %q is not an address", a.Email)}
	}
	return &mail.Address{Name: a.Name, Address: a.Email}, nil
}

// maxLine bounds what goes into a header, in characters.
const maxLine = 200

// oneLine makes a text fit for a header: on one line, of bounded length, and without what a mail program would decode.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || r == utf8.RuneError {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, " "))
	s = strings.ReplaceAll(strings.Join(strings.Fields(s), " "), "=?", "= ?") // the beginning of an encoded word: RFC 2047
	if letters := []rune(s); len(letters) > maxLine {
		s = string(letters[:maxLine-1]) + "…"
	}
	return s
}

func first(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

// lineLength is where lines of text break, in characters: RFC 5322, section 2.1.1.
const lineLength = 76

func wrap(s string) string {
	var out strings.Builder
	length := 0
	for i, word := range strings.Fields(s) {
		size := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case length+1+size > lineLength:
			out.WriteByte('\n')
			length = -1
		default:
			out.WriteByte(' ')
		}
		out.WriteString(word)
		length += 1 + size
	}
	return out.String()
}

func quote(s string) string {
	var lines []string
	for line := range strings.SplitSeq(strings.ReplaceAll(s, "\r\n", "\n"), "\n") {
		lines = append(lines, "> "+strings.ReplaceAll(wrap(line), "\n", "\n> "))
	}
	return strings.Join(lines, "\n")
}

func rule(s string) string { return strings.Repeat("=", min(utf8.RuneCountInString(s), lineLength)) }
