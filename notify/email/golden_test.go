package email_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/notify"
	"github.com/fadedistrict/fade/notify/email"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var update = flag.Bool("update", false, "write testdata anew")

// written is when the samples are written: a Sunday in winter.
var written = time.Date(2026, 11, 22, 8, 15, 0, 0, time.UTC)

const publicURL = "https://fade.example"

func newMailer(t testing.TB, transport email.Transport) *email.Mailer {
	t.Helper()
	m, err := email.New(email.Options{From: notify.Address{Name: "Fade", Email: "no-reply@fade.example"}, Domain: "fade.example", Transport: transport})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func sample(t testing.TB, kind fade.DeliveryKind) notify.Letter {
	t.Helper()
	l, ok := email.Sample(kind, publicURL, written)
	if !ok {
		t.Fatalf("no sample of kind %q", kind)
	}
	if kind == fade.KindDigest || kind == fade.KindUnseen {
		l.Unsubscribe = publicURL + "/api/unsubscribe/sample/"
	}
	return l
}

func compose(t testing.TB, l notify.Letter) email.Message {
	t.Helper()
	m, err := newMailer(t, nil).Compose(l)
	if err != nil {
		t.Fatalf("Compose(%s): %v", l.Kind, err)
	}
	return m
}

// Every kind as people read it without pictures, and a few mails as they travel: `go test -update` writes them anew.
func TestMailer_Compose_golden(t *testing.T) {
	travelling := map[fade.DeliveryKind]bool{fade.KindConfirmation: true, fade.KindCancellation: true, fade.KindDigest: true}
	for _, template := range email.Templates() {
		t.Run(string(template.Kind), func(t *testing.T) {
			m := compose(t, sample(t, template.Kind))
			golden(t, string(template.Kind)+".txt", []byte("Subject: "+m.Subject+"\n\n"+m.Text))
			if !travelling[template.Kind] {
				return
			}
			raw, err := m.Raw()
			if err != nil {
				t.Fatal(err)
			}
			golden(t, string(template.Kind)+".eml", bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n")))
		})
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(string(got), "\n")); diff != "" {
		t.Errorf("%s (-want +got; -update writes it anew):\n%s", path, diff)
	}
}
