package webpush

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/url"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// tokenLife is for how long a token says who we are. RFC 8292, section 2, allows 24 hours; clocks differ.
const tokenLife = 12 * time.Hour

// Keys are the pair by which push services know the platform. Browsers tie a subscription to the public one: with
// others, nobody who subscribed before is reached.
type Keys struct {
	Public  string // base64url, an uncompressed point on P-256: what browsers call applicationServerKey
	Private string // base64url, 32 bytes
}

// NewKeys makes a pair.
func NewKeys() (Keys, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return Keys{}, fmt.Errorf("webpush: make keys: %w", err)
	}
	public, err := key.PublicKey.Bytes()
	if err != nil {
		return Keys{}, fmt.Errorf("webpush: encode key: %w", err)
	}
	private, err := key.Bytes()
	if err != nil {
		return Keys{}, fmt.Errorf("webpush: encode key: %w", err)
	}
	return Keys{base64.RawURLEncoding.EncodeToString(public), base64.RawURLEncoding.EncodeToString(private)}, nil
}

// parse reads a pair. Its errors have nothing of the private key in them.
func (k Keys) parse() (*ecdsa.PrivateKey, error) {
	raw, err := base64.RawURLEncoding.DecodeString(k.Private)
	if err != nil {
		return nil, errors.New("webpush: the private key is not base64url")
	}
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), raw)
	if err != nil {
		return nil, errors.New("webpush: the private key is not one of P-256")
	}
	public, err := key.PublicKey.Bytes()
	if err != nil || base64.RawURLEncoding.EncodeToString(public) != k.Public {
		return nil, errors.New("webpush: the public key is not the private key's")
	}
	return key, nil
}

// token tells the push service at an address whose message it is: RFC 8292, section 2.
func (p *Pusher) token(at *url.URL) (string, error) {
	token, err := jwt.NewWithClaims(jwt.SigningMethodES256, jwt.MapClaims{
		"aud": originOf(at), "exp": p.now().Add(tokenLife).Unix(), "sub": p.subject,
	}).SignedString(p.key)
	if err != nil {
		return "", fmt.Errorf("webpush: sign: %w", err)
	}
	return token, nil
}

// originOf gives the origin of an https address, without the port that goes without saying: RFC 6454, section 6.2.
func originOf(at *url.URL) string {
	if at.Port() != httpsPort {
		return "https://" + at.Host
	}
	host, _, err := net.SplitHostPort(at.Host)
	if err != nil {
		return "https://" + at.Host
	}
	return "https://" + host
}
