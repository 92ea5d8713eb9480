package fade

import (
	"fmt"
	"net/mail"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Violations collects what is wrong with an input, field by field, so that a form shows everything at
// once and not the first complaint only.
type Violations []FieldError

// Add records one complaint.
func (v *Violations) Add(field, format string, args ...any) {
	*v = append(*v, FieldError{field, fmt.Sprintf(format, args...)})
}

// Err gives CodeInvalid with all complaints, or nil if there are none.
func (v Violations) Err() error {
	if len(v) == 0 {
		return nil
	}
	return &Error{Code: CodeInvalid, Message: "Some fields need another look.", Fields: v}
}

// Text checks a text field: valid UTF-8, no control characters (newlines only where lines is set) and
// between least and most characters (code points) long.
func (v *Violations) Text(field, s string, least, most int, lines bool) {
	n := utf8.RuneCountInString(s)
	switch {
	case !utf8.ValidString(s):
		v.Add(field, "This is not valid UTF-8 text.")
	case strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && !(lines && (r == '\n' || r == '\t' || r == '\r')) }):
		v.Add(field, "This contains control characters.")
	case strings.TrimSpace(s) == "" && least > 0:
		v.Add(field, "This field is required.")
	case n < least:
		v.Add(field, "This must have at least %d characters.", least)
	case n > most:
		v.Add(field, "This must have at most %d characters; it has %d.", most, n)
	}
}

// Email checks an address of the form local@domain (RFC 5321 without display name); empty passes unless
// required.
func (v *Violations) Email(field, s string, required bool) {
	if s == "" && !required {
		return
	}
	before := len(*v)
	v.Text(field, s, 1, 254, false)
	if len(*v) > before {
		return
	}
	address, err := mail.ParseAddress(s)
	if err != nil || address.Address != s || !strings.Contains(s[strings.LastIndexByte(s, '@')+1:], ".") {
		v.Add(field, "This is not an email address, such as name@example.com.")
	}
}

// URL checks an absolute http or https address; empty passes.
func (v *Violations) URL(field, s string) {
	if s == "" {
		return
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || len(s) > 2000 {
		v.Add(field, "This is not a web address, such as https://example.com/logo.png.")
	}
}

// OneOf checks that s is one of the allowed values.
func OneOf[T ~string](v *Violations, field string, s T, allowed ...T) {
	for _, a := range allowed {
		if s == a {
			return
		}
	}
	names := make([]string, len(allowed))
	for i, a := range allowed {
		names[i] = string(a)
	}
	v.Add(field, "This must be one of: %s.", strings.Join(names, ", "))
}

// TimeZone checks an IANA time zone name, such as Europe/Belgrade.
func (v *Violations) TimeZone(field, s string) {
	if _, err := LoadLocation(s); err != nil {
		v.Add(field, "This is not a time zone of the IANA list, such as Europe/Belgrade.")
	}
}

// LoadLocation loads an IANA time zone. Unlike [time.LoadLocation] it refuses "" and "Local", whose
// meaning would depend on the machine.
func LoadLocation(name string) (*time.Location, error) {
	if name == "" || strings.EqualFold(name, "local") {
		return nil, fmt.Errorf("fade: %q is not an IANA time zone", name)
	}
	return time.LoadLocation(name)
}
