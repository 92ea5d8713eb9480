package email

import (
	"errors"
	"fmt"
	"net/mail"
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/fadedistrict/fade/notify"
)

// ParseAddress reads an address as people write it, Name <email> or the email alone.
func ParseAddress(s string) (notify.Address, error) {
	a, err := mail.ParseAddress(s)
	if err != nil {
		return notify.Address{}, fmt.Errorf("email: %q is not an address: %w", s, err)
	}
	return notify.Address{Name: a.Name, Email: a.Address}, nil
}

// maxAddress is how long a mailbox may be, so that its path fits into a command: RFC 5321, section 4.5.3.1.3.
const maxAddress = 254

var errBeyondASCII = errors.New("has letters beyond ASCII, which few mail servers take (SMTPUTF8); the ASCII form of a domain begins with xn--")

// checkAddress tells why mail cannot go to a mailbox. Addresses beyond ASCII are refused although RFC 6531 has them:
// a server on the way that does not take them would return the mail to nobody.
func checkAddress(email string) error {
	parsed, err := mail.ParseAddress(email)
	switch {
	case err != nil || parsed.Name != "" || parsed.Address != email || strings.ContainsFunc(email, isHidden) || len(email) > maxAddress:
		return fmt.Errorf("email: %q is not an address", shortened(email, maxAddress))
	case strings.ContainsFunc(email, func(r rune) bool { return r > unicode.MaxASCII }):
		return fmt.Errorf("email: %q %w", email, errBeyondASCII)
	}
	return nil
}

// messageDomain gives the right side of a Message-ID for a host: addresses stand in brackets (RFC 5322, section 3.6.4).
func messageDomain(host string) (string, error) {
	if address, err := netip.ParseAddr(host); err == nil {
		if address.Is6() {
			return "[IPv6:" + address.WithZone("").String() + "]", nil
		}
		return "[" + address.String() + "]", nil
	}
	if host == "" || strings.ContainsFunc(host, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '-' && r != '.' && r != '_'
	}) {
		return "", fmt.Errorf("email: %q is not the name of a host", host)
	}
	return host, nil
}

// maxLine bounds what goes into a header, in characters.
const maxLine = 200

// oneLine makes a text fit for a header: valid, on one line, of bounded length, without what a mail program would decode
// and without what turns the direction of all that follows.
func oneLine(s string) string {
	s = strings.Join(strings.Fields(visible(s)), " ")
	return shortened(strings.ReplaceAll(s, "=?", "= ?"), maxLine) // the beginning of an encoded word: RFC 2047
}

// visible gives a text with blanks in the place of what nobody sees, but for the ends of its lines.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if isHidden(r) && r != '\n' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(strings.ReplaceAll(s, "\r\n", "\n"), " "))
}

// isHidden tells characters that nobody sees but that change what others see: controls, line ends of Unicode, those that
// override the direction of text (UAX #9, section 2), and the one that stands for what could not be read.
func isHidden(r rune) bool {
	switch {
	case unicode.IsControl(r), r == '\u2028', r == '\u2029', r == utf8.RuneError, r == '\ufeff':
		return true
	}
	return r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
}

// shortened gives at most so many characters of a text.
func shortened(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most-1]) + "…"
}

func first(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}
