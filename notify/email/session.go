package email

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"github.com/fadedistrict/fade/notify"
)

// session is an open conversation with the server.
type session struct {
	*smtp.Client

	conn net.Conn
	end  *time.Timer // while it is idle
	used bool        // it has carried a mail before
}

// pool bounds how many sessions there are, and keeps those that are idle, the last used on top.
type pool struct {
	slots chan struct{} // taken by whoever sends
	idle  time.Duration

	mu     sync.Mutex
	kept   []*session
	closed bool
}

func newPool(size int, idle time.Duration) *pool {
	return &pool{slots: make(chan struct{}, size), idle: idle}
}

// enter waits for one of the pool's places.
func (p *pool) enter(ctx context.Context) error {
	select {
	case p.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *pool) leave() { <-p.slots }

// take gives the session that was used last; nil for none.
func (p *pool) take() *session {
	p.mu.Lock()
	defer p.mu.Unlock()
	last := len(p.kept) - 1
	if last < 0 {
		return nil
	}
	s := p.kept[last]
	p.kept = p.kept[:last]
	s.end.Stop()
	return s
}

// keep leaves a session for others, for a while. Whoever keeps one has a place, so there are never more than places.
func (p *pool) keep(s *session) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		go s.quit()
		return
	}
	s.used = true
	s.end = time.AfterFunc(p.idle, func() { p.expire(s) })
	p.kept = append(p.kept, s)
}

// expire ends a session that nobody has used since it was kept.
func (p *pool) expire(s *session) {
	p.mu.Lock()
	idle := false
	for i, kept := range p.kept {
		if kept == s {
			p.kept, idle = append(p.kept[:i], p.kept[i+1:]...), true
			break
		}
	}
	p.mu.Unlock()
	if idle {
		s.quit()
	}
}

func (p *pool) close() {
	p.mu.Lock()
	kept := p.kept
	p.kept, p.closed = nil, true
	p.mu.Unlock()
	var leaving sync.WaitGroup
	for _, s := range kept {
		s.end.Stop()
		leaving.Go(s.quit)
	}
	leaving.Wait()
}

// quit says farewell.
func (s *session) quit() {
	_ = s.conn.SetDeadline(time.Now().Add(quitTimeout)) // a connection that is gone needs no farewell
	_ = s.Quit()
	_ = s.conn.Close()
}

// Send implements [Transport]. What the server refuses for good (5xx) is permanent, but for a refusal to let us in,
// which is about the configuration and not about the mail.
func (s *SMTP) Send(ctx context.Context, m Message) error {
	raw, err := m.Raw()
	if err != nil {
		return err
	}
	if s.signer != nil {
		if raw, err = s.signer.sign(raw); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	if err := s.pool.enter(ctx); err != nil {
		return fmt.Errorf("all sessions with the mail server were busy: %w", err)
	}
	defer s.pool.leave()
	for open := s.pool.take(); open != nil; open = s.pool.take() {
		if stale, err := s.through(ctx, open, m, raw); !stale {
			return err
		} // the server hung up while the session was idle, and has nothing of the mail yet
	}
	open, err := s.dial(ctx, greeting(m.From))
	if err != nil {
		return s.told("the mail server cannot be reached", err)
	}
	_, err = s.through(ctx, open, m, raw)
	return err
}

// greeting gives the name that this machine greets servers with: its own, or the sender's domain where it has none that
// others could know. Some servers refuse whoever has none (RFC 5321, section 2.3.5).
func greeting(from notify.Address) string {
	if own, err := os.Hostname(); err == nil && strings.Contains(own, ".") {
		return own
	}
	_, domain, _ := strings.Cut(from.Email, "@")
	return domain
}

// Check opens a session and says farewell: whether the server answers, and lets us in.
func (s *SMTP) Check(ctx context.Context, from notify.Address) error {
	open, err := s.dial(ctx, greeting(from))
	if err != nil {
		return s.told("the mail server cannot be reached", err)
	}
	open.quit()
	return nil
}

// dial opens a session.
func (s *SMTP) dial(ctx context.Context, greeting string) (*session, error) {
	var conn net.Conn
	stop := func() bool { return true }
	dial := func(dialing context.Context, network, address string) (_ net.Conn, err error) {
		if s.implicit {
			conn, err = (&tls.Dialer{Config: s.tls}).DialContext(dialing, network, address)
		} else {
			conn, err = new(net.Dialer).DialContext(dialing, network, address)
		}
		if err == nil { // the library looks at the context only until here
			stop = context.AfterFunc(ctx, func() { _ = conn.Close() })
		}
		return conn, err
	}
	// The client is this session's own, because it writes down what the server can do.
	client, err := gomail.NewClient(s.name, append(slices.Clone(s.options), gomail.WithDialContextFunc(dial), gomail.WithHELO(greeting))...)
	if err != nil {
		return nil, err
	}
	open, err := client.DialToSMTPClientWithContext(ctx)
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		if conn != nil {
			_ = conn.Close()
		}
		return nil, err
	}
	return &session{Client: open, conn: conn}, nil
}

// through sends a message through a session, and keeps the session if it can be used again. A stale one had ended before
// the message.
func (s *SMTP) through(ctx context.Context, open *session, m Message, raw []byte) (stale bool, err error) {
	deadline, _ := ctx.Deadline()
	_ = open.conn.SetDeadline(deadline) // on a connection that is closed all else fails too
	stop := context.AfterFunc(ctx, func() { _ = open.conn.Close() })
	at, err := open.deliver(m, raw)
	reply, answered := errors.AsType[*textproto.Error](err)
	goesOn := err == nil || answered && reply.Code != codeClosing && open.Reset() == nil
	if stop() && goesOn {
		s.pool.keep(open)
	} else {
		_ = open.conn.Close()
	}
	switch {
	case err == nil:
		return false, nil
	case answered && reply.Code != codeClosing:
		err = s.told("the mail server refuses "+at, err)
		if permanent(reply.Code) {
			err = &notify.PermanentError{Err: err}
		}
		return false, err
	}
	return open.used && at == stepSender && ctx.Err() == nil, s.told("the conversation with the mail server broke off", err)
}

// The steps of a delivery, by what a server refuses in them.
const (
	stepSender    = "the sender"
	stepRecipient = "the recipient"
	stepMessage   = "the message"
)

// deliver speaks one mail transaction (RFC 5321, section 3.3), and says how far it came.
func (s *session) deliver(m Message, raw []byte) (at string, err error) {
	if err := s.Mail("<" + m.From.Email + ">"); err != nil {
		return stepSender, err
	}
	if err := s.Rcpt("<" + m.To.Email + ">"); err != nil {
		return stepRecipient, err
	}
	w, err := s.Data()
	if err != nil {
		return stepMessage, err
	}
	if _, err := w.Write(raw); err != nil {
		return stepMessage, err // and not closed: that would tell the server that the message is complete
	}
	return stepMessage, w.Close()
}

// codeClosing says that the server hangs up: RFC 5321, section 3.8.
const codeClosing = 421

// permanent tells a refusal of this mail for good from one of us, which whoever runs the server can mend: 530, 534, 535
// and 538 ask for a user, a password or encryption (RFC 4954, section 6).
func permanent(code int) bool {
	switch code {
	case 530, 534, 535, 538:
		return false
	}
	return code >= 500
}

// told gives an error as the ledger shows it: without secrets, on one line, of bounded length.
func (s *SMTP) told(what string, err error) error {
	if network, ok := errors.AsType[net.Error](err); ok && network.Timeout() || errors.Is(err, context.DeadlineExceeded) {
		what += ": it did not answer in time"
	}
	text := err.Error()
	for _, secret := range s.secrets {
		text = strings.ReplaceAll(text, secret, "…")
	}
	return errors.New(what + ": " + oneLine(text))
}

// secretsOf gives the forms in which a password could appear in what a server says.
func secretsOf(user, password string) []string {
	if password == "" {
		return nil
	}
	plain := "\x00" + user + "\x00" + password
	return []string{
		base64.StdEncoding.EncodeToString([]byte(plain)), base64.StdEncoding.EncodeToString([]byte(password)), url.QueryEscape(password), password,
	}
}
