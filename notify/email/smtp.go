package email

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"github.com/fadedistrict/fade/notify"
)

// SMTP sends through a mail server (RFC 5321). It keeps sessions open, so that a thousand mails are not a thousand
// handshakes.
type SMTP struct {
	client *gomail.Client
	host   string
	idle   chan *session
	signer *gomail.DKIMSigner
}

// session is an open connection to the server.
type session struct {
	*smtp.Client

	since time.Time
}

const (
	smtpTimeout = 20 * time.Second // for one step of the conversation
	idleAtMost  = 8                // sessions kept
	idleFor     = 20 * time.Second // since they were last used; servers hang up after five minutes (RFC 5321, section 4.5.3.2)
)

// DKIM says how mails are signed (RFC 6376): KeyFile holds a private key, RSA or Ed25519, in PEM.
type DKIM struct{ Domain, Selector, KeyFile string }

var errSMTPURL = errors.New("email: the mail server must be of the form smtp://[user:password@]host[:port][?starttls=required|optional|off] " +
	"or smtps://…; special characters in user and password must be percent-encoded")

// NewSMTP makes a transport. It does not connect yet. With a user STARTTLS is required, without one it is used where the
// server offers it, unless starttls says otherwise. dkim may be nil.
func NewSMTP(address string, dkim *DKIM) (*SMTP, error) {
	at, err := url.Parse(address)
	if err != nil || at.Hostname() == "" || at.Scheme != "smtp" && at.Scheme != "smtps" {
		return nil, errSMTPURL // the cause would quote the password
	}
	options, err := smtpOptions(at)
	if err != nil {
		return nil, err
	}
	client, err := gomail.NewClient(at.Hostname(), options...)
	if err != nil {
		return nil, fmt.Errorf("email: set up the mail server: %w", err)
	}
	s := &SMTP{client: client, host: at.Host, idle: make(chan *session, idleAtMost)}
	if dkim != nil {
		key, err := os.ReadFile(dkim.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("email: read the DKIM key: %w", err)
		}
		if s.signer, err = newSigner(*dkim, key); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func newSigner(d DKIM, key []byte) (*gomail.DKIMSigner, error) {
	private, err := gomail.PrivKeyFromPEM(key)
	if err != nil {
		return nil, fmt.Errorf("email: use the DKIM key: %w", err)
	}
	return gomail.NewDKIMSigner(d.Domain, d.Selector, private), nil
}

func smtpOptions(at *url.URL) ([]gomail.Option, error) {
	port := map[string]int{"smtp": 25, "smtps": 465}[at.Scheme]
	if at.User != nil && at.Scheme == "smtp" {
		port = 587 // message submission: RFC 6409
	}
	if text := at.Port(); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			return nil, errSMTPURL
		}
		port = n
	}
	options := []gomail.Option{gomail.WithPort(port), gomail.WithTimeout(smtpTimeout), gomail.WithoutNoop()}
	if at.Scheme == "smtps" {
		options = append(options, gomail.WithSSL())
	} else {
		policy := gomail.TLSOpportunistic
		if at.User != nil {
			policy = gomail.TLSMandatory
		}
		switch at.Query().Get("starttls") {
		case "":
		case "required":
			policy = gomail.TLSMandatory
		case "optional":
			policy = gomail.TLSOpportunistic
		case "off":
			policy = gomail.NoTLS
		default:
			return nil, errSMTPURL
		}
		options = append(options, gomail.WithTLSPolicy(policy))
	}
	config := &tls.Config{ServerName: at.Hostname(), MinVersion: tls.VersionTLS12}
	if at.Query().Get("verify") == "off" {
		if !isLoopback(at.Hostname()) {
			return nil, errors.New("email: verify=off is for a mail server on this machine")
		}
		config.InsecureSkipVerify = true //nolint:gosec // what is on this machine is trusted as the machine is
	}
	options = append(options, gomail.WithTLSConfig(config))
	if at.User != nil {
		password, _ := at.User.Password()
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(at.User.Username()), gomail.WithPassword(password))
	}
	return options, nil
}

func isLoopback(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.IsLoopback()
}

// Host names the server.
func (s *SMTP) Host() string { return s.host }

// Send implements [Transport]. What the server refuses for good (5xx) is permanent, but for a refusal to let us in,
// which is about the configuration and not about the mail.
func (s *SMTP) Send(ctx context.Context, m Message) error {
	message, err := m.mime()
	if err != nil {
		return err
	}
	if s.signer != nil {
		message.SetDKIM(s.signer)
	}
	open, err := s.session(ctx)
	if err != nil {
		return fmt.Errorf("connect to %s: %w", s.host, err)
	}
	stop := context.AfterFunc(ctx, func() { _ = open.UpdateDeadline(time.Nanosecond) })
	err = s.client.SendWithSMTPClient(open.Client, message)
	if stop() && (err == nil || refused(err)) {
		s.keep(open)
	} else {
		_ = open.Close()
	}
	switch {
	case err == nil || message.IsDelivered(): // what follows an acceptance changes nothing about it
		return nil
	case permanent(err):
		return &notify.PermanentError{Err: plain(err)}
	}
	return plain(err)
}

// session gives an open session, or opens one.
func (s *SMTP) session(ctx context.Context) (*session, error) {
	for {
		select {
		case open := <-s.idle:
			if time.Since(open.since) < idleFor {
				return open, nil
			}
			_ = open.Quit()
		default:
			client, err := s.client.DialToSMTPClientWithContext(ctx)
			if err != nil {
				return nil, err
			}
			return &session{client, time.Now()}, nil
		}
	}
}

func (s *SMTP) keep(open *session) {
	open.since = time.Now()
	select {
	case s.idle <- open:
	default:
		_ = open.Quit()
	}
}

// Close ends the sessions that are idle.
func (s *SMTP) Close() {
	for {
		select {
		case open := <-s.idle:
			_ = open.Quit()
		default:
			return
		}
	}
}

// refused tells an answer of the server from a broken connection: after one the session can go on.
func refused(err error) bool {
	e, ok := errors.AsType[*gomail.SendError](err)
	return ok && e.ErrorCode() >= 400 && e.Reason != gomail.ErrConnCheck && e.Reason != gomail.ErrSMTPReset && e.ErrorCode() != 421
}

// permanent tells a refusal of this mail for good.
func permanent(err error) bool {
	e, ok := errors.AsType[*gomail.SendError](err)
	if !ok || e.ErrorCode() < 500 {
		return false
	}
	switch e.Reason {
	case gomail.ErrSMTPMailFrom, gomail.ErrSMTPRcptTo, gomail.ErrSMTPData, gomail.ErrSMTPDataClose:
		return true
	}
	return false
}

// plain gives what the server said, for the ledger, without what the ledger knows.
func plain(err error) error {
	var network net.Error
	if errors.As(err, &network) && network.Timeout() {
		return fmt.Errorf("the mail server did not answer in time: %w", err)
	}
	said, _, _ := strings.Cut(err.Error(), ", affected ")
	return errors.New(said)
}
