package email

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// Folder keeps mails as files instead of sending them: one .eml each, named by its Message-ID, so that a mail that is
// sent twice is there once. It keeps the newest [KeepMails].
type Folder struct {
	dir  string
	keep int

	mu    sync.Mutex
	since int // mails written since the folder was last looked through
}

// KeepMails is how many mails a folder keeps, give or take a tenth; older ones make room.
const KeepMails = 10_000

const (
	emlSuffix = ".eml"
	newPrefix = ".new-" // of a file that is being written
)

// NewFolder makes the folder if it is not there.
func NewFolder(dir string) (*Folder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("email: make the mail folder: %w", err)
	}
	f := &Folder{dir: dir, keep: KeepMails}
	if err := errors.Join(f.clear(), f.prune()); err != nil {
		return nil, fmt.Errorf("email: clear the mail folder: %w", err)
	}
	return f, nil
}

// writing is how long a file can be taken to be still written, by another process.
const writing = time.Hour

// clear removes what somebody who died was writing.
func (f *Folder) clear() error {
	left, err := filepath.Glob(filepath.Join(f.dir, newPrefix+"*"))
	for _, name := range left {
		if info, statErr := os.Stat(name); statErr == nil && time.Since(info.ModTime()) > writing {
			err = errors.Join(err, os.Remove(name))
		}
	}
	return err
}

// Send implements [Transport].
func (f *Folder) Send(_ context.Context, m Message) error {
	raw, err := m.Raw()
	if err != nil {
		return err
	}
	id, _, _ := strings.Cut(m.ID, "@")
	if !validName(id) {
		return fmt.Errorf("email: %q names no mail", m.ID)
	}
	if err := f.write(id, raw); err != nil {
		return fmt.Errorf("email: keep the mail: %w", err)
	}
	f.mu.Lock()
	f.since++
	full := f.since >= max(f.keep/10, 1)
	if full {
		f.since = 0
	}
	f.mu.Unlock()
	if full {
		return f.prune()
	}
	return nil
}

// write puts a mail into its place, whole or not at all.
func (f *Folder) write(id string, raw []byte) error {
	file, err := os.CreateTemp(f.dir, newPrefix+"*")
	if err != nil {
		return err
	}
	_, err = file.Write(raw)
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), f.path(id))
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
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

// List gives the heads of mails, the last written first, from before one of them down; "" for the newest.
func (f *Folder) List(ctx context.Context, before string, limit int) ([]Stored, error) {
	ids, err := f.ids()
	if err != nil {
		return nil, err
	}
	if before != "" {
		at := slices.Index(ids, before)
		if at < 0 {
			return []Stored{}, nil // it was among the oldest, and is removed
		}
		ids = ids[at+1:]
	}
	mails := []Stored{}
	for _, id := range ids {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if len(mails) >= limit {
			break
		}
		if head, err := f.read(id, false); err == nil { // or else it was removed meanwhile, or is no mail
			mails = append(mails, head)
		}
	}
	return mails, nil
}

// ids gives the names of all mails, the last written first. Their own dates would not do: a reminder's name has the time
// of the booking.
func (f *Folder) ids() ([]string, error) {
	entries, err := os.ReadDir(f.dir)
	if err != nil {
		return nil, fmt.Errorf("email: read the mail folder: %w", err)
	}
	type written struct {
		id string
		at int64
	}
	var found []written
	for _, entry := range entries {
		id, ok := strings.CutSuffix(entry.Name(), emlSuffix)
		if !ok || !validName(id) {
			continue
		}
		if info, err := entry.Info(); err == nil {
			found = append(found, written{id, info.ModTime().UnixNano()})
		}
	}
	slices.SortFunc(found, func(a, b written) int {
		return cmp.Or(cmp.Compare(b.at, a.at), strings.Compare(b.id, a.id))
	})
	ids := make([]string, len(found))
	for i, mail := range found {
		ids[i] = mail.id
	}
	return ids, nil
}

// prune removes all but the newest mails.
func (f *Folder) prune() error {
	ids, err := f.ids()
	if err != nil || len(ids) <= f.keep {
		return err
	}
	for _, id := range ids[f.keep:] {
		if removed := os.Remove(f.path(id)); !errors.Is(removed, fs.ErrNotExist) {
			err = errors.Join(err, removed)
		}
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
