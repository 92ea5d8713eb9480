// Package webpush sends push messages to browsers: RFC 8030 says how, RFC 8291 how they are encrypted so that the push
// service in between cannot read them, and RFC 8292 (VAPID) how it knows whose they are.
//
// The address that a message goes to is one that somebody's browser gave, or somebody who is no browser. It is a
// capability, so only its host is ever told, in errors as elsewhere; and it may be chosen to reach what only this server
// reaches. ValidEndpoint refuses what no push service has. What counts is the check of each address at the moment it is
// dialled, after names were resolved: a name that means something else a second later gains nothing. No redirect is
// followed and no proxy asked.
package webpush

import (
	"bytes"
	"context"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/fadedistrict/fade/notify"
)

const (
	// maxPayload is what every push service takes when it is encrypted and padded: RFC 8030, section 7.2, wants 4096 bytes.
	maxPayload = 3 << 10

	// maxTTL is the longest that services keep a message; some refuse more.
	maxTTL = 28 * 24 * time.Hour

	// maxRetryAfter bounds for how long a service can put us off.
	maxRetryAfter = 24 * time.Hour

	// maxAnswer is how much of an answer's body is read, so that its connection can be used again.
	maxAnswer = 4 << 10

	defaultTimeout = 15 * time.Second
)

// Options say as whom messages are sent.
type Options struct {
	Keys    Keys   // by which push services know the platform
	Subject string // whom they may ask about it: mailto: or https: (RFC 8292, section 2.1)

	// Timeout bounds one message, from name resolution to the answer; 15 s by default.
	Timeout time.Duration

	// Now is the clock; time.Now by default.
	Now func() time.Time

	// RootCAs are those whose word is taken for who a push service is; nil for the system's.
	RootCAs *x509.CertPool

	// InsecureAllowPrivate lets endpoints be on any port of any address, those of this machine and its neighbours included.
	// With it whoever registers a device chooses what this server connects to: for tests alone.
	InsecureAllowPrivate bool

	resolver *net.Resolver // a test's; nil for the system's
}

// Pusher implements [notify.Pusher].
type Pusher struct {
	key     *ecdsa.PrivateKey
	public  string
	subject string
	now     func() time.Time
	private bool
	client  *http.Client
}

// New makes a pusher. Its errors are mistakes in the options.
func New(o Options) (*Pusher, error) {
	key, err := o.Keys.parse()
	if err != nil {
		return nil, err
	}
	contact, err := url.Parse(o.Subject)
	if err != nil || (contact.Scheme != "mailto" || contact.Opaque == "") && (contact.Scheme != "https" || contact.Host == "") {
		return nil, fmt.Errorf("webpush: the subject %q is neither a mailto: nor an https: address", o.Subject)
	}
	if o.Timeout == 0 {
		o.Timeout = defaultTimeout
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Pusher{key, o.Keys.Public, o.Subject, o.Now, o.InsecureAllowPrivate, newClient(o)}, nil
}

// Close ends the connections that wait for another message.
func (p *Pusher) Close() { p.client.CloseIdleConnections() }

// Push implements [notify.Pusher].
func (p *Pusher) Push(ctx context.Context, m notify.Push) error {
	r, err := p.request(ctx, m)
	if err != nil {
		return &notify.PermanentError{Err: err}
	}
	answer, err := p.client.Do(r)
	if err != nil {
		return failure(err, r.URL.Hostname())
	}
	defer answer.Body.Close()
	_, _ = io.CopyN(io.Discard, answer.Body, maxAnswer)
	return verdict(answer, p.now())
}

// request writes a message as RFC 8030, section 5, has it. Its errors say nothing of the address but its host.
func (p *Pusher) request(ctx context.Context, m notify.Push) (*http.Request, error) {
	at, err := parseEndpoint(m.Endpoint, p.private)
	if err != nil {
		return nil, err
	}
	if len(m.Payload) > maxPayload {
		return nil, fmt.Errorf("webpush: %d bytes are too many: at most %d", len(m.Payload), maxPayload)
	}
	to, err := parseSubscription(m.P256DH, m.Auth)
	if err != nil {
		return nil, err
	}
	body, err := encrypt(m.Payload, to)
	if err != nil {
		return nil, err
	}
	token, err := p.token(at)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, at.String(), bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("webpush: the endpoint at %s cannot be asked", at.Hostname()) // its own text has the address
	}
	ttl := min(max(m.TTL, 0), maxTTL)
	r.Header.Set("Authorization", "vapid t="+token+", k="+p.public)
	r.Header.Set("Content-Encoding", "aes128gcm")
	r.Header.Set("Content-Type", "application/octet-stream")
	r.Header.Set("TTL", strconv.FormatInt(int64(ttl/time.Second), 10))
	switch m.Urgency {
	case "":
	case "very-low", "low", "normal", "high":
		r.Header.Set("Urgency", m.Urgency)
	default:
		return nil, fmt.Errorf("webpush: no such urgency: %q", m.Urgency)
	}
	if m.Topic != "" {
		if len(m.Topic) > 32 || strings.ContainsFunc(m.Topic, notBase64URL) {
			return nil, errors.New("webpush: a topic has at most 32 characters of base64url")
		}
		r.Header.Set("Topic", m.Topic)
	}
	return r, nil
}

func notBase64URL(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_'
}

// failure says what came of a request without an answer.
func failure(err error, host string) error {
	if errors.Is(err, errNotPublic) {
		return &notify.PermanentError{Err: fmt.Errorf("webpush: %s: %w", host, errNotPublic)}
	}
	if asked, ok := errors.AsType[*url.Error](err); ok {
		err = asked.Err // what stands around it is the whole address
	}
	return fmt.Errorf("webpush: %s: %w", host, err)
}

// verdict says what an answer means for the message: RFC 8030, sections 5, 7.3 and 8.4, and what services do besides.
func verdict(answer *http.Response, now time.Time) error {
	host, status := answer.Request.URL.Hostname(), answer.StatusCode
	err := fmt.Errorf("webpush: %s answered %d %s", host, status, http.StatusText(status))
	switch {
	case status/100 == 2:
		return nil
	case status == http.StatusNotFound || status == http.StatusGone:
		return fmt.Errorf("%w: %s answered %d", notify.ErrGone, host, status)
	case status == http.StatusTooManyRequests, status == http.StatusRequestTimeout, status/100 == 5:
		if after, ok := retryAfter(answer.Header.Get("Retry-After"), now); ok {
			return &notify.RetryAfterError{After: after, Err: err}
		}
		return err
	case status/100 == 3:
		err = fmt.Errorf("webpush: %s answered %d: push services do not redirect", host, status)
	}
	return &notify.PermanentError{Err: err}
}

// retryAfter reads seconds or a date: RFC 9110, section 10.2.3.
func retryAfter(text string, now time.Time) (time.Duration, bool) {
	if seconds, err := strconv.ParseUint(text, 10, 32); err == nil {
		return min(time.Duration(seconds)*time.Second, maxRetryAfter), true
	}
	at, err := http.ParseTime(text)
	if err != nil {
		return 0, false
	}
	return min(max(at.Sub(now), 0), maxRetryAfter), true
}

// decode reads base64url with or without its padding: browsers differ.
func decode(text string) ([]byte, error) {
	return base64.RawURLEncoding.DecodeString(strings.TrimRight(text, "="))
}

// encrypt makes the body of a message with a key pair and a salt that are used this once.
func encrypt(payload []byte, to subscription) ([]byte, error) {
	once, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("webpush: make a key: %w", err)
	}
	var salt [saltSize]byte
	if _, err := rand.Read(salt[:]); err != nil {
		return nil, fmt.Errorf("webpush: make a salt: %w", err)
	}
	return seal(pad(payload), to, once, salt)
}
