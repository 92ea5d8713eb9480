package accounts

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/fadedistrict/fade"
)

// MinSecret is the least length of the key that signs access tokens, in bytes: that of the hash
// (RFC 7518, section 3.2).
const MinSecret = 32

const issuer = "fade"

// claims are what an access token says: who (sub), in which session (sid), for how long. The role is not
// in it, because it may change while the token lives.
type claims struct {
	jwt.RegisteredClaims
	SessionID string `json:"sid"`
}

// signer makes and checks access tokens: JWT (RFC 7519) with HS256 and nothing else, so that a token
// cannot choose its algorithm.
type signer struct {
	secret []byte
	parser *jwt.Parser
}

func newSigner(secret []byte, now func() time.Time) *signer {
	return &signer{secret: secret, parser: jwt.NewParser(
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}),
		jwt.WithIssuer(issuer), jwt.WithAudience(issuer), jwt.WithExpirationRequired(), jwt.WithIssuedAt(),
		jwt.WithTimeFunc(now),
	)}
}

func (s *signer) sign(userID, sessionID string, now, expires time.Time) (string, error) {
	return jwt.NewWithClaims(jwt.SigningMethodHS256, claims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: issuer, Audience: jwt.ClaimStrings{issuer}, Subject: userID,
			IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(expires),
		},
		SessionID: sessionID,
	}).SignedString(s.secret)
}

// verify gives the claims of a token that is ours and has not expired, and CodeUnauthorized otherwise.
func (s *signer) verify(token string) (claims, error) {
	var c claims
	if _, err := s.parser.ParseWithClaims(token, &c, func(*jwt.Token) (any, error) { return s.secret, nil }); err != nil {
		return claims{}, errToken(err)
	}
	if c.Subject == "" || c.SessionID == "" {
		return claims{}, errToken(nil)
	}
	return c, nil
}

func errToken(cause error) *fade.Error {
	return &fade.Error{Code: fade.CodeUnauthorized, Message: "The access token is not valid or has expired. Sign in again.", Cause: cause}
}

// newRefreshToken gives a random text of 128 bits or more, and the hash it is kept as: who reads the
// database cannot use it.
func newRefreshToken() (text, hash string) {
	text = rand.Text() + rand.Text()
	return text, hashToken(text)
}

func hashToken(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
