package email

import (
	"bytes"
	"crypto"
	"fmt"
	"os"

	gomail "github.com/wneessen/go-mail"
)

// DKIM says how mails are signed (RFC 6376): KeyFile holds a private key, RSA or Ed25519, in PEM, the public half of
// which the DNS has as a TXT record at Selector._domainkey.Domain.
type DKIM struct{ Domain, Selector, KeyFile string }

// signer signs messages.
type signer struct {
	domain, selector string
	key              crypto.Signer
}

func newSigner(d DKIM) (*signer, error) {
	text, err := os.ReadFile(d.KeyFile)
	if err != nil {
		return nil, fmt.Errorf("email: read the DKIM key: %w", err)
	}
	key, err := gomail.PrivKeyFromPEM(text)
	if err != nil {
		return nil, fmt.Errorf("email: use the DKIM key in %s: %w", d.KeyFile, err)
	}
	if err := gomail.NewDKIMSigner(d.Domain, d.Selector, key).ValidateConfig(); err != nil {
		return nil, fmt.Errorf("email: sign mails: %w", err)
	}
	return &signer{d.Domain, d.Selector, key}, nil
}

// sign gives the message with a signature before it.
func (s *signer) sign(raw []byte) ([]byte, error) {
	head, body, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	one := gomail.NewDKIMSigner(s.domain, s.selector, s.key) // of its own, because signing writes to it
	// Reply-To and what takes mail programs to an address are signed too (RFC 8058, section 4). From and Subject stand
	// there twice: nobody can put others beside them (RFC 6376, section 8.15).
	one.SignHeaders("From", "To", "Reply-To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "Auto-Submitted",
		"List-Unsubscribe", "List-Unsubscribe-Post")
	one.OversignHeaders("From", "Subject")
	signature, err := one.Sign(head, body)
	if err != nil {
		return nil, fmt.Errorf("email: sign the message: %w", err)
	}
	return append([]byte(signature), raw...), nil
}
