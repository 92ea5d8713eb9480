package testserver

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const dirPrefix = "fade-testserver-"

// dir is a server's temporary folder. It is locked for as long as this process lives, so that the next test
// binary can tell a folder in use from one that a killed binary left behind.
type dir struct {
	path string
	lock *os.File
}

// makeDir makes a folder owned by whom the server runs as.
func makeDir(as *account) (_ *dir, err error) {
	parent := os.TempDir()
	if as != nil && !openToAll(parent) {
		parent = "/tmp" // root's own temporary folder; the server's account could not enter it
	}
	removeAbandoned(parent)
	d := &dir{}
	if d.path, err = os.MkdirTemp(parent, dirPrefix); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.remove())
		}
	}()
	if d.lock, err = os.Create(filepath.Join(d.path, "lock")); err != nil {
		return nil, err
	}
	_ = lock(d.lock) // without it, only the sweeping of abandoned folders is lost
	if as != nil {
		if err := os.Chown(d.path, as.uid, as.gid); err != nil {
			return nil, err
		}
	}
	// PostgreSQL tells its folder with links resolved, and answers compares the two.
	d.path, err = filepath.EvalSymlinks(d.path)
	return d, err
}

func (d *dir) remove() error {
	if d.lock != nil {
		_ = d.lock.Close()
	}
	return os.RemoveAll(d.path)
}

// removeAbandoned removes the folders of test binaries that were killed: those whose lock is free. A folder
// younger than a minute may not have its lock yet, or have a server that is still going down.
func removeAbandoned(parent string) {
	entries, err := os.ReadDir(parent)
	if err != nil {
		return
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil || !strings.HasPrefix(entry.Name(), dirPrefix) || time.Since(info.ModTime()) < time.Minute {
			continue
		}
		path := filepath.Join(parent, entry.Name())
		f, err := os.Open(filepath.Join(path, "lock"))
		if err != nil {
			continue
		}
		if lock(f) == nil {
			_ = os.RemoveAll(path)
		}
		_ = f.Close()
	}
}

// openToAll tells whether every user may pass through dir and the folders above it.
func openToAll(dir string) bool {
	for {
		info, err := os.Stat(dir)
		if err != nil || info.Mode().Perm()&0o001 == 0 {
			return false
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return true
		}
		dir = parent
	}
}
