package email

import (
	"bytes"
	"fmt"
	"os"

	"github.com/emersion/go-msgauth/dkim"
	gomail "github.com/wneessen/go-mail"
)

// DKIM says how mails are signed (RFC 6376): KeyFile holds a private key, RSA or Ed25519, in PEM, the public half of
// which the DNS has as a TXT record at Selector._domainkey.Domain.
type DKIM struct{ Domain, Selector, KeyFile string }

// signer signs messages.
type signer struct{ options dkim.SignOptions }

func newSigner(d DKIM) (*signer, error) {
	text, err := os.ReadFile(d.KeyFile)
	if err != nil {
		return nil, fmt.Errorf("email: read the DKIM key: %w", err)
	}
	key, err := gomail.PrivKeyFromPEM(text)
	if err != nil {
		return nil, fmt.Errorf("email: use the DKIM key in %s: %w", d.KeyFile, err)
	}
	s := &signer{dkim.SignOptions{
		Domain: d.Domain, Selector: d.Selector, Signer: key,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed,
		// Reply-To is signed too, and what takes mail programs to an address (RFC 8058, section 4). What people
		// and programs go by stands there once more than in the mail: nobody can put others beside it (RFC 6376, section
		// 8.15). The library that mails are written with signs as well, but folds so long a list inside of names.
		HeaderKeys: []string{
			"From", "From", "To", "To", "Reply-To", "Reply-To", "Subject", "Subject", "Date", "Message-ID", "MIME-Version",
			"Content-Type", "Content-Type", "Auto-Submitted", "List-Unsubscribe", "List-Unsubscribe", "List-Unsubscribe-Post",
			"List-Unsubscribe-Post",
		},
	}}
	_, err = s.sign([]byte("From: " + d.Selector + "@" + d.Domain + "\r\n\r\n")) // what is wrong shows at the start, not at the first mail
	return s, err
}

// sign gives the message with a signature before it.
func (s *signer) sign(raw []byte) ([]byte, error) {
	var signed bytes.Buffer
	options := s.options
	if err := dkim.Sign(&signed, bytes.NewReader(raw), &options); err != nil {
		return nil, fmt.Errorf("email: sign the message: %w", err)
	}
	return signed.Bytes(), nil
}
