package testserver

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/mail"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"
)

// Mailbox is a mail server that keeps what it accepts.
type Mailbox struct {
	URL string // smtp://…, without encryption

	refuse func(recipient string) error
	mu     sync.Mutex
	mails  []Mail
}

// Mail is a mail as a server accepted it.
type Mail struct {
	From, To  string // of the envelope
	MessageID string
	Raw       []byte
}

// SMTP starts a mail server that ends with the test. refuse says what it refuses, by the recipient: a *[smtp.SMTPError]
// is what the client reads; nil refuses nothing.
func SMTP(t testing.TB, refuse func(recipient string) error) *Mailbox {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m := &Mailbox{URL: "smtp://" + listener.Addr().String() + "?starttls=off", refuse: refuse}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &smtpSession{box: m}, nil }))
	server.Domain = "localhost"
	server.ErrorLog = quiet{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(listener) // the error of being closed
	}()
	t.Cleanup(func() {
		_ = server.Close()
		<-done
	})
	return m
}

// Mails gives what was accepted, first to last.
func (m *Mailbox) Mails() []Mail {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]Mail(nil), m.mails...)
}

// Len gives how many were accepted.
func (m *Mailbox) Len() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.mails)
}

// quiet is a log for the hang-ups of clients that are killed on purpose.
type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

type smtpSession struct {
	box      *Mailbox
	from, to string
}

// Mail implements [smtp.Session].
func (s *smtpSession) Mail(from string, _ *smtp.MailOptions) error {
	s.from = from
	return nil
}

// Rcpt implements [smtp.Session].
func (s *smtpSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = to
	if s.box.refuse != nil {
		return s.box.refuse(to)
	}
	return nil
}

// Data implements [smtp.Session].
func (s *smtpSession) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	head, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return &smtp.SMTPError{Code: 554, Message: err.Error()}
	}
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	s.box.mails = append(s.box.mails, Mail{s.from, s.to, head.Header.Get("Message-ID"), raw})
	return nil
}

// Reset implements [smtp.Session].
func (s *smtpSession) Reset() { s.from, s.to = "", "" }

// Logout implements [smtp.Session].
func (s *smtpSession) Logout() error { return nil }
