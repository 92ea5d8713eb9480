package email

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Folder keeps mails as files instead of sending them: one .eml each, named by its Message-ID, so that a mail that is
// sent twice is there once.
type Folder struct{ dir string }

const (
	emlSuffix = ".eml"
	keepMails = 10_000   // the newest; older ones make room
	maxStored = 10 << 20 // bytes of a mail that is read back
)

// NewFolder makes the folder if it is not there.
func NewFolder(dir string) (*Folder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("email: make the mail folder: %w", err)
	}
	return &Folder{dir}, nil
}

// Send implements [Transport].
func (f *Folder) Send(_ context.Context, m Message) error {
	message, err := m.mime()
	if err != nil {
		return err
	}
	id, _, _ := strings.Cut(m.ID, "@")
	if !validName(id) {
		return fmt.Errorf("email: %q names no mail", m.ID)
	}
	file, err := os.CreateTemp(f.dir, ".new-*")
	if err != nil {
		return fmt.Errorf("email: keep the mail: %w", err)
	}
	_, err = message.WriteTo(file)
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), f.path(id))
	}
	if err != nil {
		return fmt.Errorf("email: keep the mail: %w", errors.Join(err, os.Remove(file.Name())))
	}
	return nil
}

func (f *Folder) path(id string) string { return filepath.Join(f.dir, id+emlSuffix) }

// validName tells an id from a path.
func validName(id string) bool {
	return id != "" && len(id) <= 100 && !strings.ContainsFunc(id, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '-' && r != '_'
	})
}

// Stored is a mail in the folder. Parts are there where it was read whole.
type Stored struct {
	ID                string
	At                time.Time
	From, To, Subject string
	Size              int64

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

// List gives the heads of mails, newest first, from before one of them down; "" for the newest.
func (f *Folder) List(ctx context.Context, before string, limit int) ([]Stored, error) {
	ids, err := f.ids()
	if err != nil {
		return nil, err
	}
	if before != "" {
		at, _ := slices.BinarySearchFunc(ids, before, func(id, before string) int { return strings.Compare(before, id) })
		for at < len(ids) && ids[at] >= before {
			at++
		}
		ids = ids[at:]
	}
	mails := []Stored{}
	for _, id := range ids[:min(limit, len(ids))] {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		head, err := f.read(id, false)
		if err != nil {
			continue // removed meanwhile
		}
		mails = append(mails, head)
	}
	return mails, nil
}

// ids gives the names of all mails, newest first: a delivery's id begins with its time.
func (f *Folder) ids() ([]string, error) {
	entries, err := os.ReadDir(f.dir)
	if err != nil {
		return nil, fmt.Errorf("email: read the mail folder: %w", err)
	}
	var ids []string
	for _, entry := range entries {
		if id, ok := strings.CutSuffix(entry.Name(), emlSuffix); ok && validName(id) {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b string) int { return strings.Compare(b, a) })
	return ids, nil
}

// Prune removes all but the newest mails.
func (f *Folder) Prune() error {
	ids, err := f.ids()
	if err != nil || len(ids) <= keepMails {
		return err
	}
	for _, id := range ids[keepMails:] {
		err = errors.Join(err, os.Remove(f.path(id)))
	}
	return err
}

// Read gives a mail; [fs.ErrNotExist] if it is not there.
func (f *Folder) Read(_ context.Context, id string) (Stored, error) {
	if !validName(id) {
		return Stored{}, fs.ErrNotExist
	}
	return f.read(id, true)
}

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
	s = Stored{ID: id, Size: info.Size(), From: decoded(message.Header.Get("From")), To: decoded(message.Header.Get("To")), Subject: decoded(message.Header.Get("Subject"))}
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
	err = s.part(message.Header.Get("Content-Type"), message.Header.Get("Content-Transfer-Encoding"), "", message.Body)
	return s, err
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
func (s *Stored) part(contentType, encoding, disposition string, body io.Reader) error {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		kind = "text/plain"
	}
	if strings.HasPrefix(kind, "multipart/") {
		parts := multipart.NewReader(body, params["boundary"])
		for {
			part, err := parts.NextRawPart()
			switch {
			case errors.Is(err, io.EOF):
				return nil
			case err != nil:
				return fmt.Errorf("email: read part: %w", err)
			}
			if err := s.part(part.Header.Get("Content-Type"), part.Header.Get("Content-Transfer-Encoding"), part.Header.Get("Content-Disposition"), part); err != nil {
				return err
			}
		}
	}
	switch strings.ToLower(encoding) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	content, err := io.ReadAll(io.LimitReader(body, maxStored))
	if err != nil {
		return fmt.Errorf("email: read part: %w", err)
	}
	placed, named, _ := mime.ParseMediaType(disposition)
	switch {
	case placed == "attachment":
		s.Attachments = append(s.Attachments, Attachment{first(named["filename"], "attachment"), kind, content})
	case kind == "text/html":
		s.HTML = string(content)
	default:
		s.Text += string(content)
	}
	return nil
}
