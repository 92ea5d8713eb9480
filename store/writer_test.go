package store

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/realtime/eventlog"
)

var errOnPurpose = errors.New("on purpose")

// held is a store whose writer is held up, so that a test decides who shares a transaction.
type held struct {
	*Store
	publishes [][]string // the users of each call of Publish
	line      chan *job
	release   chan struct{}
	first     sync.WaitGroup
	firstErr  error
}

func hold(t *testing.T) *held {
	t.Helper()
	h := &held{release: make(chan struct{})}
	ctx := context.Background()
	s, err := Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "fade.db"), Options{Publish: func(events ...eventlog.Event) {
		var users []string
		for _, e := range events {
			_, user, _ := strings.Cut(string(e.Payload), `"session_id":"`)
			user, _, _ = strings.Cut(user, `"`)
			users = append(users, user)
		}
		h.publishes = append(h.publishes, users)
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(context.Background()) })
	if err := s.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	h.Store, h.line = s, s.engine.(*sqliteEngine).writer.line
	running := make(chan struct{})
	h.first.Go(func() {
		h.firstErr = s.engine.update(ctx, func(t *tx) error {
			close(running)
			<-h.release
			return say(t, "first")
		})
	})
	<-running
	return h
}

// say records something that a reader of the log can tell.
func say(t *tx, what string) error {
	t.Record(fade.AccessChanged{UserID: "u", SessionID: what})
	return nil
}

// join runs an update once the ones before it stand in the line.
func (h *held) join(all *sync.WaitGroup, ctx context.Context, do func(*tx) error) *error { //nolint:revive // the group is the test's, the context the update's
	before := len(h.line)
	outcome := new(error)
	all.Go(func() {
		defer func() {
			if recovered := recover(); recovered != nil {
				*outcome = fmt.Errorf("panic: %v", recovered)
			}
		}()
		*outcome = h.engine.update(ctx, do)
	})
	for len(h.line) == before {
		runtime.Gosched()
	}
	return outcome
}

func TestWriter_Group(t *testing.T) {
	h := hold(t)
	var all sync.WaitGroup
	ctx := context.Background()
	impatient, leave := context.WithCancel(ctx)
	good1 := h.join(&all, ctx, func(t *tx) error { return say(t, "good 1") })
	failed := h.join(&all, ctx, func(t *tx) error { return errors.Join(say(t, "failed"), errOnPurpose) })
	panicked := h.join(&all, ctx, func(t *tx) error { _ = say(t, "panicked"); panic("on purpose") })
	statement := h.join(&all, ctx, func(t *tx) error {
		_, _ = t.exec("break", "INSERT INTO nowhere VALUES (1)")
		return say(t, "statement")
	})
	var left sync.WaitGroup
	late := h.join(&left, impatient, func(t *tx) error { return say(t, "late") })
	good2 := h.join(&all, ctx, func(t *tx) error { return say(t, "good 2") })
	leave()
	left.Wait() // before its turn, though the writer is held up
	close(h.release)
	all.Wait()
	h.first.Wait()

	if err := errors.Join(h.firstErr, *good1, *good2); err != nil {
		t.Errorf("the good ones got %v", err)
	}
	if !errors.Is(*failed, errOnPurpose) || *statement == nil || !errors.Is(*late, context.Canceled) || *panicked == nil || (*panicked).Error() != "panic: on purpose" {
		t.Errorf("the others got %v; %v; %v; %v", *failed, *statement, *late, *panicked)
	}
	last := h.publishes[len(h.publishes)-1]
	if !slices.Equal(last, []string{"first", "good 1", "good 2"}) {
		t.Errorf("published %q, want the three good ones in one commit", last)
	}
	if heads, err := h.Heads(ctx, []string{"system"}); heads["system"] != 3 || err != nil {
		t.Errorf("Heads() = %v, %v; want 3 without a gap", heads, err)
	}
}

func TestWriter_CommitFails(t *testing.T) {
	ctx := context.Background()
	for name, breakIt := range map[string]func(*tx) error{
		"the commit itself": func(t *tx) error {
			if _, err := t.exec("defer", "PRAGMA defer_foreign_keys = ON"); err != nil {
				return err
			}
			_, err := t.exec("break", "INSERT INTO sessions VALUES ('s', 'nobody', '', 0, 0, NULL)")
			return err
		},
		"the engine rolls back": func(t *tx) error {
			_, err := t.exec("break", "ROLLBACK")
			return errors.Join(err, errOnPurpose)
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := hold(t)
			var all sync.WaitGroup
			before := h.join(&all, ctx, func(t *tx) error { return say(t, "before") })
			broken := h.join(&all, ctx, breakIt)
			close(h.release)
			all.Wait()
			h.first.Wait()
			if h.firstErr == nil || *before == nil || *broken == nil {
				t.Errorf("errors are %v, %v, %v; all shared the transaction that was not committed", h.firstErr, *before, *broken)
			}
			if len(h.publishes) != 0 {
				t.Errorf("published %q, which is not on disk", h.publishes)
			}
			if err := h.engine.update(ctx, func(t *tx) error { return say(t, "after") }); err != nil {
				t.Errorf("the next update got %v", err)
			}
			if heads, err := h.Heads(ctx, []string{"system"}); heads["system"] != 1 || err != nil {
				t.Errorf("Heads() = %v, %v; want 1", heads, err)
			}
		})
	}
}

func TestWriter_Close(t *testing.T) {
	h := hold(t)
	var all sync.WaitGroup
	ctx := context.Background()
	waiting := h.join(&all, ctx, func(t *tx) error { return say(t, "waiting") })
	ended, end := context.WithCancel(ctx)
	end()
	if err := h.Close(ended); !errors.Is(err, context.Canceled) {
		t.Errorf("Close() of a busy store = %v, want the end of its context", err)
	}
	if err := h.engine.update(ctx, func(*tx) error { return nil }); !errors.Is(err, errClosed) {
		t.Errorf("an update after Close() got %v", err)
	}
	close(h.release)
	all.Wait()
	h.first.Wait()
	if err := errors.Join(h.firstErr, *waiting, h.Close(ctx)); err != nil {
		t.Errorf("those who waited got %v", err)
	}
}

func FuzzDecodeCursor(f *testing.F) {
	f.Add(cursor{Sort: "-name", Text: "ana", ID: fade.NewID(time.UnixMilli(0))}.encode(), "-name")
	f.Add("e30", "name")
	f.Fuzz(func(t *testing.T, text, sort string) {
		c, err := decodeCursor(text, sort)
		if err != nil {
			if fade.ErrorCode(err) != fade.CodeMalformed {
				t.Errorf("error is %v", err)
			}
			return
		}
		if again, err := decodeCursor(c.encode(), sort); err != nil || again != c {
			t.Errorf("%+v encoded and decoded is %+v, %v", c, again, err)
		}
	})
}
