package email

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/notify"
)

var sunday = time.Date(2026, 11, 22, 8, 15, 0, 0, time.UTC)

func composed(t *testing.T, kind fade.DeliveryKind, change func(*notify.Letter)) Message {
	t.Helper()
	mailer, err := New(Options{From: notify.Address{Name: "Fade", Email: "no-reply@fade.example"}, Domain: "fade.example"})
	if err != nil {
		t.Fatal(err)
	}
	l, ok := Sample(kind, "https://fade.example", sunday)
	if !ok {
		t.Fatalf("no sample of %s", kind)
	}
	if change != nil {
		change(&l)
	}
	m, err := mailer.Compose(l)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func openFolder(t *testing.T) *Folder {
	t.Helper()
	f, err := NewFolder(filepath.Join(t.TempDir(), "mail"))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestFolder_Read(t *testing.T) {
	f := openFolder(t)
	m := composed(t, fade.KindConfirmation, func(l *notify.Letter) {
		l.To.Name, l.Business.EmailFromName = "Žofie Šťastná", `Ana "the best", B.`
	})
	for range 2 { // a repeat is there once
		if err := f.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	id, _, _ := strings.Cut(m.ID, "@")
	got, err := f.Read(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if got.Text != m.Text || got.HTML != m.HTML || got.Subject != m.Subject || !got.At.Equal(m.Date) || got.Size == 0 {
		t.Errorf("Read = %+v", got)
	}
	if want := "Žofie Šťastná <arta@example.com>"; got.To != want {
		t.Errorf("To = %s, want %s", got.To, want)
	}
	if len(got.Attachments) != 1 || got.Attachments[0].Name != "appointment.ics" || string(got.Attachments[0].Content) != string(m.Calendar) ||
		!strings.HasPrefix(got.Attachments[0].Type, "text/calendar") {
		t.Errorf("attachments %+v", got.Attachments)
	}
	if !slices.Contains(got.Headers, Header{"Message-Id", "<" + m.ID + ">"}) || !slices.Contains(got.Headers, Header{"Auto-Submitted", "auto-generated"}) {
		t.Errorf("headers %q", got.Headers)
	}
	if list, err := f.List(t.Context(), "", 10); err != nil || len(list) != 1 || list[0].ID != id || list[0].Text != "" {
		t.Errorf("List = %+v, %v", list, err)
	}
	for _, id := range []string{"", "none", "..", "../mail/" + id, id + ".eml", "a/b", "a\x00b", strings.Repeat("a", 200)} {
		if _, err := f.Read(t.Context(), id); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("Read(%q): %v", id, err)
		}
	}
}

// The list has what was written last first, whatever is in its name, and a page begins where the one before ended.
func TestFolder_List(t *testing.T) {
	f := openFolder(t)
	written := []string{"c", "a", "e", "b", "d"}
	for i, id := range written {
		if err := f.Send(t.Context(), composed(t, fade.KindNotice, func(l *notify.Letter) { l.ID = id })); err != nil {
			t.Fatal(err)
		}
		at := sunday.Add(time.Duration(i) * time.Minute)
		if err := os.Chtimes(f.path(id), at, at); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(f.path("nothing"), []byte("no mail"), 0o600); err != nil {
		t.Fatal(err)
	}
	var got []string
	for before := ""; ; {
		page, err := f.List(t.Context(), before, 2)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		for _, m := range page {
			got = append(got, m.ID)
		}
		before = page[len(page)-1].ID
	}
	if page, err := f.List(t.Context(), "gone", 2); err != nil || len(page) != 0 {
		t.Errorf("after one that is gone: %+v, %v", page, err)
	}
	slices.Reverse(written)
	if !slices.Equal(got, written) {
		t.Errorf("List gives %q, want %q", got, written)
	}
}

func TestFolder_keepsTheNewest(t *testing.T) {
	f := openFolder(t)
	f.keep = 20
	for i := range 50 {
		id := fmt.Sprintf("mail-%02d", i)
		if err := f.Send(t.Context(), composed(t, fade.KindNotice, func(l *notify.Letter) { l.ID = id })); err != nil {
			t.Fatal(err)
		}
		at := sunday.Add(time.Duration(i) * time.Minute)
		_ = os.Chtimes(f.path(id), at, at) // of one that was just removed
	}
	ids, err := f.ids()
	if err != nil || len(ids) < f.keep || len(ids) > f.keep+f.keep/10 {
		t.Errorf("%d mails are kept, want about %d: %v", len(ids), f.keep, err)
	}
	if ids[0] != "mail-49" {
		t.Errorf("the newest is %s", ids[0])
	}
}

func TestNewFolder_clears(t *testing.T) {
	f := openFolder(t)
	for name, age := range map[string]time.Duration{newPrefix + "left": 2 * writing, newPrefix + "written": 0} {
		path := filepath.Join(f.dir, name)
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		at := time.Now().Add(-age)
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := NewFolder(f.dir); err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(filepath.Join(f.dir, newPrefix+"*")); len(left) != 1 || filepath.Base(left[0]) != newPrefix+"written" {
		t.Errorf("left: %q", left)
	}
}

// Whatever is in a file, reading it ends, with an error at worst.
func FuzzFolder_Read(f *testing.F) {
	f.Add([]byte("From: a@b\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nhello\r\n--x--\r\n"))
	f.Add([]byte("Subject: =?utf-8?b?////?=\n\nx"))
	f.Add([]byte("Content-Type: multipart/mixed\n\n--\n--\n"))
	folder, err := NewFolder(f.TempDir())
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if err := os.WriteFile(folder.path("a"), raw, 0o600); err != nil {
			t.Fatal(err)
		}
		_, _ = folder.Read(context.Background(), "a")
		_, _ = folder.List(context.Background(), "", 1)
	})
}
