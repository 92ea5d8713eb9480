package email_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"golang.org/x/sync/errgroup"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/notify"
	"github.com/fadedistrict/fade/notify/email"
)

// server is a mail server of a test.
type server struct {
	addr string

	refuse         func(mails int, to string) error // at the recipient
	refuseMessage  func() error
	user, password string

	mu       sync.Mutex
	greeting string
	sessions int
	open     int
	most     int // sessions at the same time
	mails    []received
}

type received struct {
	from, to  string
	encrypted bool
	user      string
	raw       []byte
}

// serve starts a server that ends with the test. With a certificate it offers STARTTLS, or is encrypted from the first
// byte if implicit.
func serve(t testing.TB, s *server, certificate *tls.Certificate, implicit bool) *server {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.addr = listener.Addr().String()
	backend := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.sessions++
		s.open++
		s.most = max(s.most, s.open)
		return &conversation{server: s, conn: c}, nil
	}))
	backend.Domain = "localhost"
	backend.ErrorLog = quiet{}
	backend.AllowInsecureAuth = true
	if certificate != nil {
		backend.TLSConfig = &tls.Config{Certificates: []tls.Certificate{*certificate}}
		if implicit {
			listener = tls.NewListener(listener, backend.TLSConfig)
		}
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = backend.Serve(listener)
	}()
	t.Cleanup(func() {
		_ = backend.Close()
		<-done
	})
	return s
}

func (s *server) all() []received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]received(nil), s.mails...)
}

func (s *server) counts() (sessions, most int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sessions, s.most
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

// conversation is a session as the server sees it.
type conversation struct {
	server   *server
	conn     *smtp.Conn
	from, to string
	user     string
}

func (c *conversation) AuthMechanisms() []string {
	if c.server.user == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (c *conversation) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != c.server.user || password != c.server.password {
			// A server that repeats what it was told.
			return &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "password " + password + " of " + user + " is wrong"}
		}
		c.user = user
		return nil
	}), nil
}

func (c *conversation) Mail(from string, _ *smtp.MailOptions) error {
	if c.server.user != "" && c.user == "" {
		return smtp.ErrAuthRequired
	}
	c.from = from
	return nil
}

func (c *conversation) Rcpt(to string, _ *smtp.RcptOptions) error {
	c.to = to
	if c.server.refuse != nil {
		return c.server.refuse(len(c.server.all()), to)
	}
	return nil
}

func (c *conversation) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if c.server.refuseMessage != nil {
		if err := c.server.refuseMessage(); err != nil {
			return err
		}
	}
	_, encrypted := c.conn.TLSConnectionState()
	greeting := c.conn.Hostname()
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	c.server.greeting = greeting
	c.server.mails = append(c.server.mails, received{c.from, c.to, encrypted, c.user, raw})
	return nil
}

func (c *conversation) Reset() { c.from, c.to = "", "" }

func (c *conversation) Logout() error {
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	c.server.open--
	return nil
}

// selfSigned makes a certificate that nobody vouches for.
func selfSigned(t testing.TB) *tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"mail.example"},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func connect(t testing.TB, address string, dkim *email.DKIM) *email.SMTP {
	t.Helper()
	transport, err := email.NewSMTP(address, dkim)
	if err != nil {
		t.Fatalf("NewSMTP: %v", err)
	}
	t.Cleanup(transport.Close)
	return transport
}

const password = "p:a/s?s#w@o%r d"

// address gives a server's URL, with a user if it knows one.
func (s *server) address(scheme, query string) string {
	u := url.URL{Scheme: scheme, Host: s.addr, RawQuery: query}
	if s.user != "" {
		u.User = url.UserPassword(s.user, s.password)
	}
	return u.String()
}

func TestSMTP_Send_encryption(t *testing.T) {
	certificate := selfSigned(t)
	for _, test := range []struct {
		name, scheme, query string
		offers, auth        bool
		encrypted           bool
		fails               string // what the error contains
	}{
		{name: "used where it is offered, on this machine with any certificate", scheme: "smtp", offers: true, encrypted: true},
		{name: "not needed without a user", scheme: "smtp"},
		{name: "switched off", scheme: "smtp", query: "starttls=off", offers: true},
		{name: "required and not offered", scheme: "smtp", query: "starttls=required", fails: "STARTTLS"},
		{name: "required with a user", scheme: "smtp", auth: true, fails: "STARTTLS"},
		{name: "no password to a server that cannot be known", scheme: "smtp", auth: true, offers: true, fails: "certificate"},
		{name: "no password in the open", scheme: "smtp", query: "starttls=off", auth: true, fails: "auth"},
		{name: "with a user", scheme: "smtp", query: "verify=off", auth: true, offers: true, encrypted: true},
		{name: "from the first byte", scheme: "smtps", query: "verify=off", auth: true, offers: true, encrypted: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := &server{}
			if test.auth {
				s.user, s.password = "fade@mail.example", password
			}
			offered := certificate
			if !test.offers {
				offered = nil
			}
			serve(t, s, offered, test.scheme == "smtps")
			err := connect(t, s.address(test.scheme, test.query), nil).Send(t.Context(), compose(t, sample(t, fade.KindNotice)))
			if test.fails != "" {
				if err == nil || !strings.Contains(strings.ToLower(err.Error()), strings.ToLower(test.fails)) {
					t.Fatalf("Send: %v, want an error that names %s", err, test.fails)
				}
				if _, permanent := errors.AsType[*notify.PermanentError](err); permanent {
					t.Errorf("%v is permanent: whoever runs the server can mend it", err)
				}
				noSecret(t, err.Error())
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			got := s.all()
			if len(got) != 1 || got[0].encrypted != test.encrypted || got[0].user != s.user {
				t.Errorf("received %d mails, %+v", len(got), got)
			}
		})
	}
}

func noSecret(t *testing.T, text string) {
	t.Helper()
	for _, secret := range []string{password, url.QueryEscape(password), url.PathEscape(password)} {
		if strings.Contains(text, secret) {
			t.Errorf("%q contains the password", text)
		}
	}
}

func TestSMTP_Send_wrongPassword(t *testing.T) {
	s := serve(t, &server{user: "fade", password: "another"}, selfSigned(t), false)
	at := url.URL{Scheme: "smtp", Host: s.addr, User: url.UserPassword("fade", password), RawQuery: "verify=off"}
	err := connect(t, at.String(), nil).Send(t.Context(), compose(t, sample(t, fade.KindNotice)))
	if err == nil || !strings.Contains(err.Error(), "535") {
		t.Fatalf("Send: %v, want what the server says", err)
	}
	noSecret(t, err.Error())
	if _, permanent := errors.AsType[*notify.PermanentError](err); permanent {
		t.Error("a wrong password is permanent: every mail would be a dead letter")
	}
}

func TestNewSMTP_refuses(t *testing.T) {
	for _, address := range []string{
		"", "mail.example", "http://mail.example", "smtp://", "smtp://mail.example:port", "smtp://mail.example:0", "smtp://mail.example:70000",
		"smtp://user:" + password + "@mail.example", "smtp://user:12/" + password + "@mail.example", "smtp://user:12?" + password + "@mail.example",
		"smtp://user:12#" + password + "@mail.example", "smtp://mail.example?starttls=maybe", "smtp://mail.example?tls=off",
		"smtp://mail.example?verify=off", "smtps://mail.example?starttls=off", "smtp:mail.example",
	} {
		transport, err := email.NewSMTP(address, nil)
		if err == nil {
			t.Errorf("NewSMTP(%q) takes it, for host %s", address, transport.Host())
			continue
		}
		noSecret(t, err.Error())
	}
}

func TestSMTP_Send_refusals(t *testing.T) {
	refusal := func(code int) error {
		return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 1, 1}, Message: "no such mailbox\r\nhere"}
	}
	for _, test := range []struct {
		code      int
		message   bool // refused after the message, not at the recipient
		permanent bool
	}{
		{code: 550, permanent: true}, {code: 554, message: true, permanent: true}, {code: 450}, {code: 452, message: true}, {code: 421}, {code: 530}, {code: 538},
	} {
		t.Run(fmt.Sprint(test.code), func(t *testing.T) {
			failing := true
			s := &server{}
			refuse := func() error {
				if failing {
					return refusal(test.code)
				}
				return nil
			}
			if test.message {
				s.refuseMessage = refuse
			} else {
				s.refuse = func(int, string) error { return refuse() }
			}
			serve(t, s, nil, false)
			transport := connect(t, s.address("smtp", ""), nil)
			m := compose(t, sample(t, fade.KindConfirmation))
			err := transport.Send(t.Context(), m)
			if err == nil || !strings.Contains(err.Error(), fmt.Sprint(test.code)) || strings.ContainsAny(err.Error(), "\r\n") {
				t.Fatalf("Send: %q", err)
			}
			if _, permanent := errors.AsType[*notify.PermanentError](err); permanent != test.permanent {
				t.Errorf("permanent is %t: %v", permanent, err)
			}
			failing = false
			if err := transport.Send(t.Context(), m); err != nil || len(s.all()) != 1 {
				t.Errorf("the next mail: %v", err)
			}
			sessions, _ := s.counts()
			if want := map[bool]int{true: 2, false: 1}[test.code == 421]; sessions != want {
				t.Errorf("%d sessions, want %d: one goes on after a refusal, unless the server hangs up", sessions, want)
			}
		})
	}
}

// Many mails take few sessions.
func TestSMTP_Send_reusesSessions(t *testing.T) {
	s := serve(t, &server{}, nil, false)
	transport := connect(t, s.address("smtp", ""), nil)
	const mails, together = 300, 32
	m := compose(t, sample(t, fade.KindReminder))
	var g errgroup.Group
	g.SetLimit(together)
	for range mails {
		g.Go(func() error { return transport.Send(t.Context(), m) })
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(s.greeting, ".") {
		t.Errorf("the server is greeted by %q, which names no machine", s.greeting)
	}
	sessions, most := s.counts()
	if len(s.all()) != mails || sessions > email.DefaultSessions || most > email.DefaultSessions {
		t.Errorf("%d mails in %d sessions, %d at the same time; want %d in at most %d", len(s.all()), sessions, most, mails, email.DefaultSessions)
	}
	want, err := m.Raw()
	if err != nil {
		t.Fatal(err)
	}
	for _, got := range s.all() {
		if !bytes.Equal(got.raw, want) {
			t.Fatalf("a repeat has other bytes:\n%s", got.raw)
		}
	}
}

// A server that was started anew has hung up on all idle sessions: the next mail does not fail for that.
func TestSMTP_Send_afterHangUp(t *testing.T) {
	s := &server{}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.addr = listener.Addr().String()
	defer listener.Close()
	// Speaks just enough SMTP for one mail, and hangs up.
	var serving sync.WaitGroup
	defer serving.Wait()
	serving.Go(func() {
		for range 2 {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			oneMail(conn)
		}
	})
	transport := connect(t, s.address("smtp", ""), nil)
	m := compose(t, sample(t, fade.KindNotice))
	for i := range 2 {
		if err := transport.Send(t.Context(), m); err != nil {
			t.Fatalf("mail %d: %v", i+1, err)
		}
	}
}

// oneMail takes one mail from a connection and closes it.
func oneMail(conn net.Conn) {
	defer conn.Close()
	say := func(line string) { _, _ = io.WriteString(conn, line+"\r\n") }
	say("220 here")
	var text []byte
	buffer := make([]byte, 4096)
	body := false
	for {
		n, err := conn.Read(buffer)
		if err != nil {
			return
		}
		text = append(text, buffer[:n]...)
		switch {
		case body && bytes.HasSuffix(text, []byte("\r\n.\r\n")):
			say("250 taken")
			return
		case body || !bytes.HasSuffix(text, []byte("\r\n")):
			continue
		case bytes.HasPrefix(text, []byte("DATA")):
			body = true
			say("354 go on")
		default:
			say("250 yes")
		}
		text = nil
	}
}

// A server that says nothing costs a mail its time, and no more.
func TestSMTP_Send_canceled(t *testing.T) {
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		cancel()
		_, _ = io.Copy(io.Discard, conn) // until the client hangs up
	}()
	err = connect(t, "smtp://"+listener.Addr().String(), nil).Send(ctx, compose(t, sample(t, fade.KindNotice)))
	if err == nil {
		t.Fatal("Send: no error")
	}
	if _, permanent := errors.AsType[*notify.PermanentError](err); permanent {
		t.Errorf("%v is permanent", err)
	}
}
