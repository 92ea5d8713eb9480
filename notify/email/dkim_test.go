package email_test

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/emersion/go-msgauth/dkim"
	"golang.org/x/sync/errgroup"

	"github.com/fadedistrict/fade/notify/email"
)

// signing writes a private key, and gives the record that the DNS would have of its public half.
func signing(t *testing.T, key crypto.Signer, kind, block string) (*email.DKIM, func(name string) ([]string, error)) {
	t.Helper()
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if rsaKey, ok := key.(*rsa.PrivateKey); ok && block == "RSA PRIVATE KEY" {
		private, err = x509.MarshalPKCS1PrivateKey(rsaKey), nil
	}
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "dkim.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: block, Bytes: private}), 0o600); err != nil {
		t.Fatal(err)
	}
	public, ok := key.Public().(ed25519.PublicKey)
	if !ok {
		if public, err = x509.MarshalPKIXPublicKey(key.Public()); err != nil {
			t.Fatal(err)
		}
	}
	record := "v=DKIM1; k=" + kind + "; p=" + base64.StdEncoding.EncodeToString(public)
	return &email.DKIM{Domain: "fade.example", Selector: "fade2026", KeyFile: file}, func(name string) ([]string, error) {
		if name != "fade2026._domainkey.fade.example" {
			return nil, errors.New("no such record: " + name)
		}
		return []string{record}, nil
	}
}

// Mails are signed so that a verifier that shares no code with the signer agrees, also many at the same time; whoever
// changes what was signed, or adds to it, is found out.
func TestSMTP_Send_signed(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name        string
		key         crypto.Signer
		kind, block string
	}{
		{"RSA", rsaKey, "rsa", "PRIVATE KEY"}, {"RSA in PKCS 1", rsaKey, "rsa", "RSA PRIVATE KEY"}, {"Ed25519", edKey, "ed25519", "PRIVATE KEY"},
	} {
		t.Run(test.name, func(t *testing.T) {
			sign, lookup := signing(t, test.key, test.kind, test.block)
			s := serve(t, &server{}, nil, false)
			transport := connect(t, s.address("smtp", ""), sign)
			var g errgroup.Group
			for _, template := range email.Templates() {
				m := compose(t, sample(t, template.Kind))
				g.Go(func() error { return transport.Send(t.Context(), m) })
			}
			if err := g.Wait(); err != nil {
				t.Fatal(err)
			}
			for _, got := range s.all() {
				verify(t, got.raw, lookup, true)
				verifyByHand(t, got.raw, test.key.Public())
			}
			i := slices.IndexFunc(s.all(), func(r received) bool { return bytes.Contains(r.raw, []byte("\nList-Unsubscribe:")) })
			raw := s.all()[i].raw
			verify(t, bytes.Replace(raw, []byte("=3D"), []byte("=3d"), 1), lookup, false)
			verify(t, bytes.Replace(raw, []byte("\r\nSubject: "), []byte("\r\nSubject: Not "), 1), lookup, false)
			verify(t, append([]byte("Subject: Another\r\n"), raw...), lookup, false)
			verify(t, append([]byte("From: evil@example.com\r\n"), raw...), lookup, false)
			verify(t, append([]byte("List-Unsubscribe: <https://evil.example>\r\n"), raw...), lookup, false)
		})
	}
}

func verify(t *testing.T, raw []byte, lookup func(string) ([]string, error), want bool) {
	t.Helper()
	found, err := dkim.VerifyWithOptions(bytes.NewReader(raw), &dkim.VerifyOptions{LookupTXT: lookup})
	if err != nil || len(found) != 1 {
		t.Fatalf("%d signatures: %v", len(found), err)
	}
	if (found[0].Err == nil) != want || found[0].Domain != "fade.example" {
		t.Errorf("signature of %s: %v, want valid: %t\n%.600s", found[0].Domain, found[0].Err, want, raw)
	}
	for _, header := range []string{"From", "To", "Subject", "Date", "Message-ID", "List-Unsubscribe", "List-Unsubscribe-Post"} {
		if !slices.Contains(found[0].HeaderKeys, header) {
			t.Errorf("%s is not signed: %q", header, found[0].HeaderKeys)
		}
	}
}

// verifyByHand reads RFC 6376 anew, sections 3.4.2, 3.4.4 and 3.7, so that a mistake that signer and verifier share is
// seen; and RFC 8463 for Ed25519.
func verifyByHand(t *testing.T, raw []byte, key crypto.PublicKey) {
	t.Helper()
	head, body, _ := strings.Cut(string(raw), "\r\n\r\n")
	var fields []string
	for line := range strings.SplitSeq(head, "\r\n") {
		if strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t") {
			fields[len(fields)-1] += line
			continue
		}
		fields = append(fields, line)
	}
	relaxed := func(field string) string {
		name, value, _ := strings.Cut(field, ":")
		return strings.ToLower(strings.TrimSpace(name)) + ":" + strings.TrimSpace(regexp.MustCompile(`[ \t]+`).ReplaceAllString(value, " "))
	}
	tags := map[string]string{}
	for tag := range strings.SplitSeq(strings.TrimPrefix(relaxed(fields[0]), "dkim-signature:"), ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(tag), "=")
		tags[name] = strings.ReplaceAll(value, " ", "")
	}
	body = regexp.MustCompile(`[ \t]+\r\n`).ReplaceAllString(regexp.MustCompile(`[ \t]+`).ReplaceAllString(body, " "), "\r\n")
	body = strings.TrimRight(body, "\r\n") + "\r\n"
	if sum := sha256.Sum256([]byte(body)); base64.StdEncoding.EncodeToString(sum[:]) != tags["bh"] {
		t.Errorf("the body's hash is not %s", tags["bh"])
	}
	var signed strings.Builder
	rest := fields[1:]
	for name := range strings.SplitSeq(tags["h"], ":") {
		for i := len(rest) - 1; i >= 0; i-- { // from below, each once
			if strings.HasPrefix(strings.ToLower(rest[i]), strings.ToLower(name)+":") {
				signed.WriteString(relaxed(rest[i]) + "\r\n")
				rest = slices.Delete(slices.Clone(rest), i, i+1)
				break
			}
		}
	}
	signed.WriteString(regexp.MustCompile(`( b=)[^;]*`).ReplaceAllString(relaxed(fields[0]), "$1"))
	sum := sha256.Sum256([]byte(signed.String()))
	signature, err := base64.StdEncoding.DecodeString(tags["b"])
	if err != nil {
		t.Fatal(err)
	}
	switch key := key.(type) {
	case *rsa.PublicKey:
		err = rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], signature)
	case ed25519.PublicKey:
		if !ed25519.Verify(key, sum[:], signature) {
			err = errors.New("ed25519: not valid")
		}
	}
	if err != nil {
		t.Errorf("by hand: %v\n%s", err, signed.String())
	}
}

func TestNewSMTP_refusesKeys(t *testing.T) {
	good, _ := signing(t, ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)), "ed25519", "PRIVATE KEY")
	broken := filepath.Join(t.TempDir(), "broken.pem")
	if err := os.WriteFile(broken, []byte("no key"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, d := range map[string]email.DKIM{
		"no file":     {Domain: "fade.example", Selector: "a", KeyFile: filepath.Join(t.TempDir(), "none")},
		"no key":      {Domain: "fade.example", Selector: "a", KeyFile: broken},
		"no domain":   {Selector: "a", KeyFile: good.KeyFile},
		"no selector": {Domain: "fade.example", KeyFile: good.KeyFile},
	} {
		if _, err := email.NewSMTP("smtp://mail.example", &d); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if _, err := email.NewSMTP("smtp://mail.example", good); err != nil {
		t.Error(err)
	}
}
