package accounts

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/fadedistrict/fade"
)

func TestSigner_verify(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	secret := []byte(strings.Repeat("s", MinSecret))
	s := newSigner(secret, func() time.Time { return now })
	token, err := s.sign("user", "session", now, now.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if c, err := s.verify(token); err != nil || c.Subject != "user" || c.SessionID != "session" {
		t.Fatalf("verify() = %+v, %v", c, err)
	}

	good := func() claims {
		return claims{RegisteredClaims: jwt.RegisteredClaims{
			Issuer: issuer, Audience: jwt.ClaimStrings{issuer}, Subject: "user",
			IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(time.Hour)),
		}, SessionID: "session"}
	}
	signed := func(method jwt.SigningMethod, key any, change func(*claims)) string {
		c := good()
		change(&c)
		text, err := jwt.NewWithClaims(method, c).SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	keep := func(*claims) {}
	for name, forged := range map[string]string{
		"empty":              "",
		"noise":              "a.b.c",
		"no algorithm":       signed(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, keep),
		"another algorithm":  signed(jwt.SigningMethodHS512, secret, keep),
		"another key":        signed(jwt.SigningMethodHS256, []byte(strings.Repeat("x", MinSecret)), keep),
		"expired":            signed(jwt.SigningMethodHS256, secret, func(c *claims) { c.ExpiresAt = jwt.NewNumericDate(now.Add(-time.Second)) }),
		"without expiry":     signed(jwt.SigningMethodHS256, secret, func(c *claims) { c.ExpiresAt = nil }),
		"another issuer":     signed(jwt.SigningMethodHS256, secret, func(c *claims) { c.Issuer = "other" }),
		"another audience":   signed(jwt.SigningMethodHS256, secret, func(c *claims) { c.Audience = jwt.ClaimStrings{"other"} }),
		"without a session":  signed(jwt.SigningMethodHS256, secret, func(c *claims) { c.SessionID = "" }),
		"without a subject":  signed(jwt.SigningMethodHS256, secret, func(c *claims) { c.Subject = "" }),
		"issued in future":   signed(jwt.SigningMethodHS256, secret, func(c *claims) { c.IssuedAt = jwt.NewNumericDate(now.Add(time.Hour)) }),
		"signature cut off":  token[:strings.LastIndexByte(token, '.')+1],
		"payload tampered":   tamper(token),
		"with a byte behind": token + "A",
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := s.verify(forged); fade.ErrorCode(err) != fade.CodeUnauthorized || err == nil {
				t.Errorf("verify() = %v, want unauthorized", err)
			}
		})
	}
}

func tamper(token string) string {
	parts := strings.Split(token, ".")
	parts[1] = parts[1][:len(parts[1])-2] + "AA"
	return strings.Join(parts, ".")
}

func TestHasher(t *testing.T) {
	ctx := context.Background()
	h := NewCheapHasher()
	phc, err := h.Hash(ctx, "correct horse")
	if err != nil || !strings.HasPrefix(phc, "$argon2id$v=19$m=64,t=1,p=1$") {
		t.Fatalf("Hash() = %q, %v", phc, err)
	}
	if again, _ := h.Hash(ctx, "correct horse"); again == phc {
		t.Error("two hashes of one password share their salt")
	}
	for password, want := range map[string]bool{
		"correct horse": true, "Correct horse": false, "": false, strings.Repeat("x", 2*maxPassword): false,
	} {
		if got, err := NewHasher().Verify(ctx, password, phc); got != want || err != nil {
			t.Errorf("Verify(%.20q) = %v, %v: the parameters must come from the hash", password, got, err)
		}
	}
	if ok, err := h.Verify(ctx, "anything", ""); ok || err != nil {
		t.Errorf("Verify() for a user that does not exist = %v, %v", ok, err)
	}
	if _, err := h.Verify(ctx, "x", "$2b$12$bcrypt"); err == nil {
		t.Error("Verify() takes a hash of another kind")
	}
}
