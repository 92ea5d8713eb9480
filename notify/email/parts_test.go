package email_test

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"testing"
)

// walk visits the parts of a mail that are no groups of parts, decoded.
func walk(t testing.TB, contentType, encoding string, body io.Reader, visit func(kind string, content []byte)) {
	t.Helper()
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		t.Fatalf("content type %q: %v", contentType, err)
	}
	if kind != "multipart/mixed" && kind != "multipart/alternative" {
		content, err := io.ReadAll(decoder(encoding, body))
		if err != nil {
			t.Fatal(err)
		}
		visit(kind, content)
		return
	}
	parts := multipart.NewReader(body, params["boundary"])
	for {
		part, err := parts.NextPart() // which decodes quoted-printable
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		walk(t, part.Header.Get("Content-Type"), part.Header.Get("Content-Transfer-Encoding"), part, visit)
	}
}
