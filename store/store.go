package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/accounts"
	"github.com/fadedistrict/fade/booking"
	"github.com/fadedistrict/fade/notify"
	"github.com/fadedistrict/fade/realtime/eventlog"
)

// Options are what a store needs besides its database. All fields may be left out.
type Options struct {
	// Now is the clock of events and totals; nil is time.Now.
	Now func() time.Time

	// Publish is told of every commit's events, in the order of their sequences, once they are on disk. On
	// SQLite the next commit waits for it, on PostgreSQL this process's later commits do: it must not wait
	// for anything itself. nil publishes nothing: other nodes then find the events in the log.
	Publish func(events ...eventlog.Event)

	// Logger hears of applied migrations and of trouble that no caller can be told of; nil discards.
	Logger *slog.Logger

	// Readers bounds the SQLite connections that read at once, and MaxConns the PostgreSQL connections;
	// at the bound, callers wait for their turn or the end of their context. 0 is a sensible default.
	Readers  int
	MaxConns int
}

// Store is one database. It is safe for concurrent use.
type Store struct {
	engine engine
	shared *shared
}

// shared is what every transaction of a store needs to know.
type shared struct {
	dialect dialect
	now     func() time.Time
	publish func(events ...eventlog.Event)
	logger  *slog.Logger
	epoch   atomic.Pointer[string]

	catalogues catalogues
}

// instant gives the time in the precision that the database keeps.
func (s *shared) instant() time.Time { return s.now().UTC().Truncate(time.Microsecond) }

// engine is what differs between the databases in running transactions.
type engine interface {
	update(ctx context.Context, do func(*tx) error) error
	view(ctx context.Context, do func(*reader) error) error
	migrate(ctx context.Context) error
	versions(ctx context.Context) (current, target int64, err error)
	close(ctx context.Context) error
}

var errClosed = errors.New("store: closed")

// Open connects to the database that dsn names: "sqlite:PATH" or "postgres://…". Call [Store.Migrate]
// before anything else.
func Open(ctx context.Context, dsn string, o Options) (*Store, error) {
	s := &shared{now: o.Now, publish: o.Publish, logger: o.Logger}
	if s.now == nil {
		s.now = time.Now
	}
	if s.publish == nil {
		s.publish = func(...eventlog.Event) {}
	}
	if s.logger == nil {
		s.logger = slog.New(slog.DiscardHandler)
	}
	scheme, path, _ := strings.Cut(dsn, ":")
	var e engine
	var err error
	switch scheme {
	case "sqlite":
		e, err = openSQLite(ctx, strings.TrimPrefix(path, "//"), s, o.Readers)
	case "postgres", "postgresql":
		e, err = openPostgres(ctx, dsn, s, o.MaxConns)
	default:
		return nil, fmt.Errorf("store: open: the database must be sqlite:PATH or postgres://…, not %q", scheme+":…")
	}
	if err != nil {
		return nil, err
	}
	return &Store{e, s}, nil
}

// Close waits for the updates that have begun, refuses new ones, and disconnects. If the context ends
// first it returns the context's error, and the rest goes on in the background.
func (s *Store) Close(ctx context.Context) error { return s.engine.close(ctx) }

// Ping makes sure that the database answers.
func (s *Store) Ping(ctx context.Context) error {
	return s.engine.view(ctx, func(r *reader) error {
		_, err := one(r.transaction, "ping", "row", scanInt, `SELECT 1`)
		return err
	})
}

// Record commits events that no verb caused, with all that follows from them: for measuring.
func (s *Store) Record(ctx context.Context, events ...fade.Event) error {
	return s.engine.update(ctx, func(t *tx) error {
		for _, event := range events {
			t.Record(event)
		}
		return nil
	})
}

// Accounts gives the store of package accounts.
func (s *Store) Accounts() accounts.Store { return accountsStore{s.engine} }

// Booking gives the store of package booking.
func (s *Store) Booking() booking.Store { return bookingStore{s.engine} }

// Inbox gives the store of package notify.
func (s *Store) Inbox() notify.Store { return inboxStore{s.engine} }

// The adapters give one transaction type to three packages, each of which sees only its own methods.
type (
	accountsStore struct{ engine engine }
	bookingStore  struct{ engine engine }
	inboxStore    struct{ engine engine }
)

// updateAsked runs a verb's update for the request that the context names.
func updateAsked(ctx context.Context, e engine, do func(*tx) error) error {
	return e.update(ctx, func(t *tx) error {
		t.asked = ctx
		return do(t)
	})
}

func (s accountsStore) Update(ctx context.Context, do func(accounts.Tx) error) error {
	return updateAsked(ctx, s.engine, func(t *tx) error { return do(t) })
}

func (s accountsStore) View(ctx context.Context, do func(accounts.Reader) error) error {
	return s.engine.view(ctx, func(r *reader) error { return do(r) })
}

func (s bookingStore) Update(ctx context.Context, do func(booking.Tx) error) error {
	return updateAsked(ctx, s.engine, func(t *tx) error { return do(t) })
}

func (s bookingStore) View(ctx context.Context, do func(booking.Reader) error) error {
	return s.engine.view(ctx, func(r *reader) error { return do(r) })
}

func (s inboxStore) Update(ctx context.Context, do func(notify.Tx) error) error {
	return updateAsked(ctx, s.engine, func(t *tx) error { return do(t) })
}

func (s inboxStore) View(ctx context.Context, do func(notify.Reader) error) error {
	return s.engine.view(ctx, func(r *reader) error { return do(r) })
}

var (
	_ eventlog.Log     = (*Store)(nil)
	_ eventlog.History = (*Store)(nil)
)
