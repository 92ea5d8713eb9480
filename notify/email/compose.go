package email

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	text "text/template"
	"time"

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
	htmlTemplate = template.Must(template.New("html").Funcs(template.FuncMap{"outlook": outlook}).Parse(htmlSource))
	textTemplate = text.Must(text.New("text").Funcs(text.FuncMap{"wrap": wrap, "quote": quote, "rule": rule, "table": table}).Parse(textSource))
)

// outlook gives what only Outlook reads, which knows no widest width. It is a function because the template leaves out
// comments.
func outlook(end bool) template.HTML {
	if end {
		return `<!--[if mso]></td></tr></table><![endif]-->`
	}
	return `<!--[if mso]><table role="presentation" width="560" cellpadding="0" cellspacing="0" border="0"><tr><td><![endif]-->`
}

// Message is a mail, ready to leave.
type Message struct {
	ID       string // Message-ID, without the angle brackets
	From, To notify.Address
	ReplyTo  notify.Address // no address for none
	Subject  string
	Text     string
	HTML     string

	Date           time.Time
	Calendar       []byte // the appointment; nil for none
	CalendarMethod string // what a calendar is to do with it: RFC 5546
	Unsubscribe    string // where a POST stops mails like this one; "" for nowhere
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

// New makes a mailer. The error tells what is wrong with the sender.
func New(o Options) (*Mailer, error) {
	err := checkAddress(o.From.Email)
	if err == nil {
		o.Domain, err = messageDomain(o.Domain)
	}
	if err != nil {
		return nil, fmt.Errorf("send as %s: %w", o.From, err)
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
	if err = errors.Join(err, checkAddress(l.To.Email)); err != nil {
		return Message{}, err
	}
	message := Message{
		ID: l.ID + "@" + m.o.Domain, From: m.o.From, To: notify.Address{Name: oneLine(l.To.Name), Email: l.To.Email},
		Subject: oneLine(c.Subject), Date: dateOf(l).UTC(), Unsubscribe: l.Unsubscribe,
	}
	if b := l.Business; b != nil && l.Kind.ToCustomer() {
		message.From.Name = oneLine(first(b.EmailFromName, b.Name))
		message.ReplyTo = notify.Address{Name: message.From.Name, Email: first(b.EmailFromAddress, b.Email)}
	}
	if r := l.Reservation; r != nil && l.Kind == fade.KindNewReservation && r.CustomerEmail != "" {
		message.ReplyTo = notify.Address{Name: oneLine(r.CustomerName), Email: r.CustomerEmail}
	}
	if l.Reservation != nil && l.Kind.ToCustomer() && l.Kind != fade.KindReceived {
		event := calendar(l, message.ReplyTo)
		message.Calendar, message.CalendarMethod = event.Calendar(), event.Method()
	}
	var html, plain bytes.Buffer
	if err := errors.Join(htmlTemplate.Execute(&html, c), textTemplate.Execute(&plain, c)); err != nil {
		return Message{}, fmt.Errorf("email: write %s: %w", l.Kind, err)
	}
	message.HTML, message.Text = html.String(), plain.String()
	return message, nil
}

// dateOf gives a letter's date, which follows from the letter alone: when it became time to write it.
func dateOf(l notify.Letter) time.Time {
	date := l.CreatedAt
	if due := l.Before; l.Kind == fade.KindReminder && l.Reservation != nil && l.Reservation.StartTime.Add(-due).After(date) {
		date = l.Reservation.StartTime.Add(-due)
	}
	if len(l.Items) > 0 && l.Items[0].At.After(date) {
		date = l.Items[0].At
	}
	return date
}

// calendar gives the appointment for the customer's calendar; a later one takes the place of an earlier one.
func calendar(l notify.Letter, organizer notify.Address) ics.Event {
	r := *l.Reservation
	event := ics.Event{
		UID: r.ID + "@fade", Sequence: r.Version, Stamp: r.UpdatedAt, Start: r.StartTime, End: r.EndTime,
		Summary: r.BusinessName, Location: r.BusinessName, URL: l.Link,
		Canceled: r.Status == fade.Canceled, Tentative: r.Status == fade.Pending,
	}
	if r.ServiceName != "" {
		event.Summary = r.ServiceName + " – " + r.BusinessName
	}
	if r.StaffName != "" {
		event.Description = "With " + r.StaffName
	}
	if checkAddress(organizer.Email) == nil {
		event.OrganizerName, event.OrganizerEmail = organizer.Name, organizer.Email
	}
	return event
}
