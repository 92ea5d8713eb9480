package email

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/fadedistrict/fade/notify"
)

// Stored is a mail in the folder. Headers, texts and attachments are there where it was read whole.
type Stored struct {
	ID                string
	At                time.Time // its Date
	From, To, Subject string
	Size              int64 // bytes

	Text, HTML  string
	Headers     []Header
	Attachments []Attachment
}

// Header is a line of a mail's head, decoded.
type Header struct{ Name, Value string }

// Attachment is a file in a mail.
type Attachment struct {
	Name, Type string
	Content    []byte
}

const (
	maxStored = 10 << 20 // bytes of a mail that is read back; the rest is left out
	maxDepth  = 8        // of parts in parts
)

func (f *Folder) read(id string, whole bool) (s Stored, err error) {
	file, err := os.Open(f.path(id))
	if err != nil {
		return s, err
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return s, err
	}
	message, err := mail.ReadMessage(io.LimitReader(file, maxStored))
	if err != nil {
		return s, fmt.Errorf("email: read %s: %w", id, err)
	}
	s = Stored{ID: id, Size: info.Size(), From: person(message.Header.Get("From")), To: person(message.Header.Get("To")), Subject: decoded(message.Header.Get("Subject"))}
	if s.At, err = message.Header.Date(); err != nil {
		s.At = info.ModTime()
	}
	s.At = s.At.UTC()
	if !whole {
		return s, nil
	}
	for name, values := range message.Header {
		for _, value := range values {
			s.Headers = append(s.Headers, Header{name, decoded(value)})
		}
	}
	slices.SortFunc(s.Headers, func(a, b Header) int { return strings.Compare(a.Name, b.Name) })
	return s, s.part(textproto.MIMEHeader(message.Header), message.Body, 0)
}

// person gives a header with an address as people read it.
func person(value string) string {
	a, err := mail.ParseAddress(value)
	if err != nil {
		return decoded(value)
	}
	return notify.Address{Name: a.Name, Email: a.Address}.String()
}

// decoded gives a header as people read it (RFC 2047).
func decoded(value string) string {
	text, err := new(mime.WordDecoder).DecodeHeader(value)
	if err != nil {
		return value
	}
	return text
}

// part reads a part and those in it.
func (s *Stored) part(head textproto.MIMEHeader, body io.Reader, depth int) error {
	kind, params, err := mime.ParseMediaType(head.Get("Content-Type"))
	if err != nil {
		kind = "text/plain" // RFC 2045, section 5.2
	}
	if strings.HasPrefix(kind, "multipart/") && depth < maxDepth {
		return s.parts(multipart.NewReader(body, params["boundary"]), depth+1)
	}
	switch strings.ToLower(head.Get("Content-Transfer-Encoding")) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	content, err := io.ReadAll(body)
	if err != nil {
		return fmt.Errorf("email: read part: %w", err)
	}
	placed, named, err := mime.ParseMediaType(head.Get("Content-Disposition"))
	switch {
	case err == nil && placed == "attachment", !strings.HasPrefix(kind, "text/"):
		s.Attachments = append(s.Attachments, Attachment{first(named["filename"], "attachment"), first(head.Get("Content-Type"), kind), content})
	case kind == "text/html":
		s.HTML += unixLines(content)
	default:
		s.Text += unixLines(content)
	}
	return nil
}

func (s *Stored) parts(parts *multipart.Reader, depth int) error {
	for {
		part, err := parts.NextRawPart()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("email: read part: %w", err)
		}
		if err := s.part(part.Header, part, depth); err != nil {
			return err
		}
	}
}

// unixLines gives a text with the line ends it had before it travelled.
func unixLines(text []byte) string { return strings.ReplaceAll(string(text), "\r\n", "\n") }
