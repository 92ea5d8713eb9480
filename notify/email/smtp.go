package email

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"time"

	gomail "github.com/wneessen/go-mail"

	"github.com/fadedistrict/fade/notify"
)

// DefaultSessions is how many sessions a transport has with its server at the same time, unless it is told otherwise.
const DefaultSessions = 8

const (
	smtpTimeout = 20 * time.Second // for one mail, or for opening a session
	quitTimeout = 2 * time.Second  // for a farewell
	idleFor     = 20 * time.Second // since a session was last used; servers hang up after five minutes (RFC 5321, section 4.5.3.2)
)

var errSMTPURL = errors.New("email: the mail server must be of the form smtp://[user:password@]host[:port][?starttls=required|optional|off] " +
	"or smtps://…; special characters in user and password must be percent-encoded")

// SMTP sends through a mail server (RFC 5321). It keeps sessions open, so that a thousand mails are not a thousand
// handshakes, and has never more than a few of them: who sends more at the same time waits. Nothing that it says or
// gives back contains the password.
type SMTP struct {
	host     string // with the port, as it was given
	name     string // without
	implicit bool   // TLS from the first byte: RFC 8314
	tls      *tls.Config
	options  []gomail.Option
	secrets  []string // never to be told

	signer  *signer
	pool    *pool
	timeout time.Duration
}

// NewSMTP makes a transport. It does not connect yet. STARTTLS is required where there is a user, or the password would
// travel in the open; without one it is used where the server offers it, unless starttls says otherwise. dkim may be nil.
func NewSMTP(address string, dkim *DKIM) (*SMTP, error) {
	at, err := url.Parse(address)
	if err != nil || at.Hostname() == "" || at.Scheme != "smtp" && at.Scheme != "smtps" ||
		at.Path != "" && at.Path != "/" || at.Fragment != "" || at.Opaque != "" {
		return nil, errSMTPURL // the cause would quote the password; so could a path, where a password has a slash
	}
	s := &SMTP{host: at.Host, name: at.Hostname(), implicit: at.Scheme == "smtps", timeout: smtpTimeout, pool: newPool(DefaultSessions, idleFor)}
	if err := s.configure(at); err != nil {
		return nil, err
	}
	if _, err := gomail.NewClient(s.name, s.options...); err != nil {
		return nil, fmt.Errorf("email: set up the mail server: %w", err)
	}
	if dkim != nil {
		if s.signer, err = newSigner(*dkim); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// configure reads how to speak with the server.
func (s *SMTP) configure(at *url.URL) error {
	query := at.Query()
	for name := range query {
		if name != "starttls" && name != "verify" {
			return errSMTPURL
		}
	}
	port, err := portOf(at)
	if err != nil {
		return err
	}
	policy, err := policyOf(at)
	if err != nil {
		return err
	}
	s.tls = &tls.Config{ServerName: s.name, MinVersion: tls.VersionTLS12}
	// No authority certifies the name localhost, and what is on this machine is trusted as the machine is.
	s.tls.InsecureSkipVerify = isLoopback(s.name) && at.User == nil
	switch query.Get("verify") {
	case "", "on":
	case "off":
		if !isLoopback(s.name) {
			return errors.New("email: verify=off is for a mail server on this machine")
		}
		s.tls.InsecureSkipVerify = true
	default:
		return errSMTPURL
	}
	s.options = []gomail.Option{
		gomail.WithPort(port), gomail.WithTimeout(s.timeout), gomail.WithTLSPolicy(policy), gomail.WithTLSConfig(s.tls), gomail.WithoutSMTPUTF8(),
	}
	if s.implicit {
		s.options = append(s.options, gomail.WithSSL())
	}
	if at.User != nil {
		password, _ := at.User.Password()
		s.secrets = secretsOf(at.User.Username(), password)
		s.options = append(s.options, s.mechanism(), gomail.WithUsername(at.User.Username()), gomail.WithPassword(password))
	}
	return nil
}

// mechanism says how a user proves who they are. The library finds the best way by itself, and none that shows the
// password on a connection in the open; but it does not see that one which this package dialed is encrypted.
func (s *SMTP) mechanism() gomail.Option {
	if !s.implicit {
		return gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover)
	}
	return gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256PLUS, gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthSCRAMSHA1PLUS,
		gomail.SMTPAuthSCRAMSHA1, gomail.SMTPAuthCramMD5, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin)
}

func portOf(at *url.URL) (int, error) {
	switch text := at.Port(); {
	case text != "":
		port, err := strconv.ParseUint(text, 10, 16)
		if err != nil || port == 0 {
			return 0, errSMTPURL
		}
		return int(port), nil
	case at.Scheme == "smtps":
		return 465, nil // RFC 8314, section 3.3
	case at.User != nil:
		return 587, nil // RFC 6409
	}
	return 25, nil
}

func policyOf(at *url.URL) (gomail.TLSPolicy, error) {
	asked := at.Query().Get("starttls")
	switch {
	case at.Scheme == "smtps":
		if asked != "" {
			return 0, errors.New("email: smtps:// is encrypted from the beginning: starttls is for smtp://")
		}
		return gomail.NoTLS, nil
	case asked == "required", asked == "" && at.User != nil:
		return gomail.TLSMandatory, nil
	case asked == "optional", asked == "":
		return gomail.TLSOpportunistic, nil
	case asked == "off":
		return gomail.NoTLS, nil
	}
	return 0, errSMTPURL
}

func isLoopback(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.IsLoopback()
}

// Host names the server.
func (s *SMTP) Host() string { return s.host }

// Close ends the sessions that are idle. Those in use end after what they are used for.
func (s *SMTP) Close() { s.pool.close() }

var _ interface {
	Transport
	Host() string
} = (*SMTP)(nil)

var _ notify.Mailer = (*Mailer)(nil)
