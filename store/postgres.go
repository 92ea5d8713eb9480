package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"github.com/fadedistrict/fade/realtime/eventlog"
)

// postgresEngine is a pool of connections to one PostgreSQL database.
type postgresEngine struct {
	shared *shared
	config *pgx.ConnConfig
	db     *sql.DB
	order  turnstile
	places chan struct{} // taken by the updates that run
}

const (
	defaultMaxConns = 16

	// maxUpdates is how many updates run at once; others wait in line, without a connection. Almost all
	// of them need the dashboard's channel row in the end, one after another: more of them in the database
	// would only wait there, hold connections that reads could use, and cost a third of the throughput.
	maxUpdates = 4

	statementTimeout = 15 * time.Second // for one statement, waiting for locks included
	idleTimeout      = 30 * time.Second // for a transaction whose program says nothing

	maxTries   = 8 // of an update that met a deadlock or a serialization failure
	firstPause = 5 * time.Millisecond
)

func openPostgres(ctx context.Context, dsn string, s *shared, maxConns int) (*postgresEngine, error) {
	s.dialect = postgresDialect()
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("store: open: %w", err) // pgx keeps the password out of it
	}
	for name, value := range map[string]string{
		"application_name":                    "fade",
		"statement_timeout":                   strconv.FormatInt(statementTimeout.Milliseconds(), 10),
		"idle_in_transaction_session_timeout": strconv.FormatInt(idleTimeout.Milliseconds(), 10),
	} {
		if _, given := config.RuntimeParams[name]; !given {
			config.RuntimeParams[name] = value
		}
	}
	if maxConns <= 0 {
		maxConns = defaultMaxConns
	}
	db := stdlib.OpenDB(*config)
	db.SetMaxOpenConns(maxConns)
	db.SetMaxIdleConns(maxConns)
	db.SetConnMaxIdleTime(5 * time.Minute)
	if err := db.PingContext(ctx); err != nil {
		return nil, fmt.Errorf("store: open %s:%d/%s: %w", config.Host, config.Port, config.Database, errors.Join(err, db.Close()))
	}
	return &postgresEngine{shared: s, config: config, db: db, places: make(chan struct{}, maxUpdates)}, nil
}

// update runs the update, again from its start after a deadlock or serialization failure.
func (e *postgresEngine) update(ctx context.Context, do func(*tx) error) error {
	for try := 1; ; try++ {
		err := e.try(ctx, do)
		if err == nil || try == maxTries || !repeatable(err) {
			return err
		}
		select {
		case <-time.After(rand.N(firstPause << try)): //nolint:gosec // spreads retries, guards nothing
		case <-ctx.Done():
			return err
		}
	}
}

// repeatable tells whether the database gave up this transaction for the sake of another one: also of another hold of
// one session, which the next try sees and ends.
func repeatable(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (e.Code == "40001" || e.Code == "40P01" || e.Code == "23505" && e.ConstraintName == "holds_session")
}

// try runs the update once and publishes when its turn has come, with its connection given back: waiting
// for others must not keep them from the pool.
func (e *postgresEngine) try(ctx context.Context, do func(*tx) error) error {
	events, pass, err := e.commit(ctx, do)
	if pass != nil {
		pass(func() {
			if err == nil {
				e.shared.publish(events...)
			}
		})
	}
	return err
}

// commit runs the update in a transaction. pass is not nil if the transaction came as far as its commit
// with events to publish.
func (e *postgresEngine) commit(ctx context.Context, do func(*tx) error) (events []eventlog.Event, pass func(do func()), err error) {
	select {
	case e.places <- struct{}{}:
		defer func() { <-e.places }()
	case <-ctx.Done():
		return nil, nil, fmt.Errorf("store: wait to write: %w", ctx.Err())
	}
	conn, err := e.db.Conn(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("store: wait to write: %w", err)
	}
	defer func() { _ = conn.Close() }()
	ctx = context.WithoutCancel(ctx) // from here on it ends as a whole; statement_timeout bounds it
	running, err := conn.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelReadCommitted})
	if err != nil {
		return nil, nil, fmt.Errorf("store: begin: %w", err)
	}
	defer func() { _ = running.Rollback() }() // does nothing after the commit; also when the update panics
	t := &tx{
		reader: reader{transaction: &transaction{ctx: ctx, db: running}, shared: e.shared, lock: e.shared.dialect.lock},
		seen:   newSeen(),
	}
	if events, err = t.run(do); err != nil {
		return nil, nil, err
	}
	if len(events) > 0 {
		pass = e.order.take()
	}
	if err = running.Commit(); err != nil {
		err = fmt.Errorf("store: commit: %w", err)
	}
	return events, pass, err
}

// view runs a snapshot.
func (e *postgresEngine) view(ctx context.Context, do func(*reader) error) error {
	running, err := e.db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return fmt.Errorf("store: begin snapshot: %w", err)
	}
	defer func() { _ = running.Rollback() }() // nothing was written, so nothing is lost by it
	return do(&reader{transaction: &transaction{ctx: ctx, db: running}, shared: e.shared})
}

func (e *postgresEngine) migrate(ctx context.Context) error {
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return err
	}
	return e.withProvider(func(p *goose.Provider) error { return up(ctx, p, e.shared) }, goose.WithSessionLocker(locker))
}

func (e *postgresEngine) versions(ctx context.Context) (current, target int64, err error) {
	err = e.withProvider(func(p *goose.Provider) (err error) {
		current, target, err = p.GetVersions(ctx)
		return err
	})
	return current, target, err
}

// withProvider gives the migrations connections of their own, on which a statement may take its time.
func (e *postgresEngine) withProvider(do func(*goose.Provider) error, options ...goose.ProviderOption) error {
	config := e.config.Copy()
	config.RuntimeParams["statement_timeout"] = "0"
	config.RuntimeParams["idle_in_transaction_session_timeout"] = "0"
	db := stdlib.OpenDB(*config)
	defer func() { _ = db.Close() }()
	p, err := provider(goose.DialectPostgres, "postgres", db, e.shared, options...)
	if err != nil {
		return err
	}
	return do(p)
}

// close waits for the transactions that run.
func (e *postgresEngine) close(ctx context.Context) error {
	closed := make(chan error, 1)
	go func() { closed <- e.db.Close() }()
	select {
	case err := <-closed:
		return err
	case <-ctx.Done():
		return fmt.Errorf("store: close: %w", ctx.Err())
	}
}

// turnstile lets this process's commits publish in the order in which they hold the channels' locks.
// Without it a commit could overtake the one before it on the way from the database to the publisher, and
// every subscriber would take the later event for a gap and read the log. A ticket is taken just before
// the commit, while the locks are held, and nothing is locked while its holder waits for the one before.
type turnstile struct {
	mu   sync.Mutex
	last chan struct{}
}

// take takes a ticket. What it gives must be called after the commit: it waits for the tickets before,
// runs do and lets the next pass.
func (t *turnstile) take() (pass func(do func())) {
	mine := make(chan struct{})
	t.mu.Lock()
	before := t.last
	t.last = mine
	t.mu.Unlock()
	return func(do func()) {
		defer close(mine)
		if before != nil {
			<-before
		}
		do()
	}
}
