package webpush

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/fadedistrict/fade/notify"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// secret stands in every endpoint of these tests, where a push service has its capability.
const secret = "c4p4b1l1ty"

// now is when these tests happen.
var now = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// browser holds the private side of a subscription.
type browser struct {
	key  *ecdh.PrivateKey
	auth []byte
}

func newBrowser(t *testing.T) browser {
	t.Helper()
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	auth := make([]byte, authSize)
	_, _ = rand.Read(auth)
	return browser{key, auth}
}

func (b browser) message(endpoint, payload string) notify.Push {
	return notify.Push{
		ID: "1", Endpoint: endpoint, P256DH: encode(b.key.PublicKey().Bytes()), Auth: encode(b.auth), Payload: []byte(payload),
		TTL: time.Hour, Urgency: "high", Topic: "0192f3a1c0de",
	}
}

func encode(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

// decrypt is RFC 8291, section 3.4, and RFC 8188, section 2, as a browser reads them; written apart from the sender.
func (b browser) decrypt(body []byte) (string, error) {
	if len(body) < 21 || len(body) < 21+int(body[20]) {
		return "", errors.New("no header")
	}
	salt, size, id, text := body[:16], binary.BigEndian.Uint32(body[16:20]), body[21:21+body[20]], body[21+body[20]:]
	if len(text) > int(size) {
		return "", errors.New("more than one record")
	}
	sender, err := ecdh.P256().NewPublicKey(id)
	if err != nil {
		return "", err
	}
	shared, err := b.key.ECDH(sender)
	if err != nil {
		return "", err
	}
	derive := func(secret, salt []byte, info string, size int) []byte {
		prk, _ := hkdf.Extract(sha256.New, secret, salt)
		key, _ := hkdf.Expand(sha256.New, prk, info, size)
		return key
	}
	info := bytes.Join([][]byte{[]byte("WebPush: info\x00"), b.key.PublicKey().Bytes(), id}, nil)
	ikm := derive(shared, b.auth, string(info), 32)
	block, _ := aes.NewCipher(derive(ikm, salt, "Content-Encoding: aes128gcm\x00", 16))
	gcm, _ := cipher.NewGCM(block)
	record, err := gcm.Open(nil, derive(ikm, salt, "Content-Encoding: nonce\x00", 12), text, nil)
	if err != nil {
		return "", err
	}
	record = bytes.TrimRight(record, "\x00")
	if len(record) == 0 || record[len(record)-1] != 2 {
		return "", errors.New("not the last record")
	}
	return string(record[:len(record)-1]), nil
}

// service is a push service: it believes nobody, and tells a browser what it was sent.
type service struct {
	*httptest.Server
	t       *testing.T
	key     string // that the browser subscribed with
	browser browser
	answer  func(http.ResponseWriter) // nil for 201

	mu      sync.Mutex
	read    []string
	headers []http.Header
}

func serve(t *testing.T, keys Keys, answer func(http.ResponseWriter)) *service {
	t.Helper()
	s := &service{t: t, key: keys.Public, browser: newBrowser(t), answer: answer}
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(s.take))
	s.EnableHTTP2 = true
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // of clients that do not trust it
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

func (s *service) endpoint() string { return s.URL + "/push/" + secret }

func (s *service) roots() *x509.CertPool {
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	return roots
}

// pusher gives one that may send to this service.
func (s *service) pusher(keys Keys) *Pusher {
	s.t.Helper()
	p, err := New(Options{
		Keys: keys, Subject: "mailto:ops@fade.test", Now: func() time.Time { return now }, RootCAs: s.roots(), InsecureAllowPrivate: true,
	})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(p.Close)
	return p
}

func (s *service) take(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 4097))
	if err == nil && len(body) > 4096 {
		err = errors.New("more than 4096 bytes")
	}
	if err == nil {
		err = s.verify(r)
	}
	var text string
	if err == nil {
		text, err = s.browser.decrypt(body)
	}
	if err != nil {
		s.t.Errorf("the push service refuses a message: %v", err)
		w.WriteHeader(http.StatusForbidden)
		return
	}
	s.mu.Lock()
	s.read, s.headers = append(s.read, text), append(s.headers, r.Header)
	s.mu.Unlock()
	if s.answer != nil {
		s.answer(w)
		return
	}
	w.WriteHeader(http.StatusCreated)
}

// verify wants a message to be whose key the browser subscribed with: RFC 8292, sections 2 to 4.
func (s *service) verify(r *http.Request) error {
	if r.Method != http.MethodPost || r.Header.Get("Content-Encoding") != "aes128gcm" || r.Header.Get("TTL") == "" {
		return fmt.Errorf("not a push: %s %v", r.Method, r.Header)
	}
	said, ok := strings.CutPrefix(r.Header.Get("Authorization"), "vapid t=")
	token, key, found := strings.Cut(said, ", k=")
	parts := strings.Split(token, ".")
	if !ok || !found || len(parts) != 3 || key != s.key {
		return errors.New("no VAPID of the key that was subscribed with")
	}
	raw, err := decode(key)
	if err != nil {
		return err
	}
	public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), raw)
	if err != nil {
		return err
	}
	signature, err := decode(parts[2])
	if err != nil || len(signature) != 64 {
		return fmt.Errorf("a signature of %d bytes: %w", len(signature), err)
	}
	digest := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if !ecdsa.Verify(public, digest[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])) {
		return errors.New("the signature is somebody else's")
	}
	return s.verifyClaims(parts[0], parts[1])
}

func (s *service) verifyClaims(header, claims string) error {
	var h struct{ Alg, Typ string }
	var c struct {
		Aud, Sub string
		Exp      int64
	}
	for text, into := range map[string]any{header: &h, claims: &c} {
		raw, err := decode(text)
		if err != nil {
			return err
		}
		if err := json.Unmarshal(raw, into); err != nil {
			return err
		}
	}
	life := time.Unix(c.Exp, 0).Sub(now)
	if h.Alg != "ES256" || h.Typ != "JWT" || c.Aud != s.URL || c.Sub != "mailto:ops@fade.test" || life <= 0 || life > 24*time.Hour {
		return fmt.Errorf("the token says %+v %+v, for %s", h, c, life)
	}
	return nil
}

func newKeys(t *testing.T) Keys {
	t.Helper()
	keys, err := NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	return keys
}
