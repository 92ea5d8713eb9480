// Package journal keeps, in files of a folder, what a worker has sent and the ledger does not know of yet. A file is
// written with every mail, without waiting for the disk: what a killed process has written the system still has. A
// worker that starts reads what those before it have left.
//
// Each process has two files and a lock. It writes into one file while the ledger learns of what is in the other, which
// is then emptied, so that neither grows.
package journal

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/notify"
)

// Journal is one worker's. It implements [notify.Journal].
type Journal struct {
	folder, holder string
	lock           *os.File

	mu      sync.Mutex
	pages   [2]*os.File
	now     int            // the page that is written
	size    int            // bytes on it
	open    [2]int         // what is on each page and the ledger does not know
	written map[string]int // on which page it is, by the first of its deliveries
}

// pageSize is how many bytes are written before the other page is.
const pageSize = 64 << 10

const (
	lockSuffix = ".lock"
	pageSuffix = ".journal"
)

// Open makes the journal of a worker in a folder, which is made if it is not there.
func Open(folder, holder string) (*Journal, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("journal: make folder: %w", err)
	}
	j := &Journal{folder: folder, holder: holder, written: map[string]int{}}
	var err error
	if j.lock, err = os.OpenFile(filepath.Join(folder, holder+lockSuffix), os.O_CREATE|os.O_RDWR, 0o600); err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	if !tryLock(j.lock) {
		return nil, errors.Join(fmt.Errorf("journal: another worker is called %s", holder), j.lock.Close())
	}
	for i := range j.pages {
		if j.pages[i], err = os.OpenFile(j.page(holder, i), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600); err != nil {
			return nil, errors.Join(fmt.Errorf("journal: %w", err), j.Close())
		}
	}
	return j, nil
}

func (j *Journal) page(holder string, i int) string {
	return filepath.Join(j.folder, fmt.Sprintf("%s-%d%s", holder, i, pageSuffix))
}

// Close removes the journal, unless there is something in it that the ledger does not know: then whoever starts next
// finds it.
func (j *Journal) Close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	known := j.open[0]+j.open[1] == 0
	var err error
	for i, page := range j.pages {
		if page == nil {
			continue
		}
		if err = errors.Join(err, page.Close()); known {
			err = errors.Join(err, os.Remove(j.page(j.holder, i)))
		}
	}
	if known {
		err = errors.Join(err, os.Remove(j.lock.Name()))
	}
	return errors.Join(err, j.lock.Close())
}

// Sent implements [notify.Journal].
func (j *Journal) Sent(o notify.Outcome) error {
	line, err := json.Marshal(o)
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.size >= pageSize && j.open[1-j.now] == 0 {
		j.now, j.size = 1-j.now, 0
	}
	if _, err = j.pages[j.now].Write(append(line, '\n')); err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	j.size += len(line) + 1
	j.written[o.IDs[0]] = j.now
	j.open[j.now]++
	return nil
}

// Settled implements [notify.Journal].
func (j *Journal) Settled(outcomes []notify.Outcome) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, o := range outcomes {
		page, ok := j.written[o.IDs[0]]
		if !ok {
			continue
		}
		delete(j.written, o.IDs[0])
		if j.open[page]--; j.open[page] == 0 {
			_ = j.pages[page].Truncate(0) // what stays is told to the ledger again, which knows
			if page == j.now {
				j.size = 0
			}
		}
	}
}

// Left implements [notify.Journal]. Workers that live hold their locks.
func (j *Journal) Left() (left []notify.Leftover) {
	entries, err := os.ReadDir(j.folder)
	if err != nil {
		return nil
	}
	for _, entry := range entries {
		holder, is := strings.CutSuffix(entry.Name(), lockSuffix)
		if !is || holder == j.holder {
			continue
		}
		lock, err := os.OpenFile(filepath.Join(j.folder, entry.Name()), os.O_RDWR, 0o600)
		if err != nil {
			continue
		}
		if !tryLock(lock) {
			_ = lock.Close()
			continue
		}
		left = append(left, notify.Leftover{Holder: holder, Sent: j.read(holder), Forget: func() { j.forget(holder, lock) }})
	}
	return left
}

// read gives what a worker has noted. A last line that was not written to its end is of a mail that was not noted.
func (j *Journal) read(holder string) (sent []notify.Outcome) {
	for i := range j.pages {
		file, err := os.Open(j.page(holder, i))
		if err != nil {
			continue
		}
		lines := bufio.NewScanner(file)
		lines.Buffer(nil, maxLine)
		for lines.Scan() {
			var o notify.Outcome
			if json.Unmarshal(lines.Bytes(), &o) == nil && o.State == fade.DeliverySent {
				sent = append(sent, o)
			}
		}
		_ = file.Close()
	}
	return sent
}

// maxLine bounds a line: a bundle's ids and little more.
const maxLine = 1 << 20

func (j *Journal) forget(holder string, lock *os.File) {
	for i := range j.pages {
		if err := os.Remove(j.page(holder, i)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return // tried again by whoever starts next
		}
	}
	_ = os.Remove(lock.Name())
	_ = lock.Close()
}
