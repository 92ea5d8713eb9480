package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"runtime"
	"strings"
	"sync"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // registers the driver
)

// sqliteEngine is one file with one writing connection and a pool of reading ones.
type sqliteEngine struct {
	shared  *shared
	path    string
	writing *sql.DB
	reading *sql.DB
	writer  *writer
	all     []*prepared
	readers chan *prepared // those that are free; closed once all are gone
	closing sync.Once
}

// openSQLite opens the file, which it makes readable for its owner only where there is none.
func openSQLite(ctx context.Context, path string, s *shared, readers int) (*sqliteEngine, error) {
	s.dialect = sqliteDialect()
	if readers <= 0 {
		readers = max(4, 2*runtime.GOMAXPROCS(0))
	}
	if path == "" {
		return nil, errors.New("store: open: sqlite: needs the path of a file")
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("store: open: %w", err)
	}
	if err := file.Close(); err != nil {
		return nil, fmt.Errorf("store: open: %w", err)
	}
	e := &sqliteEngine{shared: s, path: path, readers: make(chan *prepared, readers)}
	if err := e.connect(ctx); err != nil {
		return nil, fmt.Errorf("store: open %s: %w", path, errors.Join(err, e.disconnect(ctx)))
	}
	return e, nil
}

func (e *sqliteEngine) connect(ctx context.Context) (err error) {
	if e.writing, err = sql.Open("sqlite", sqliteDSN(e.path)); err != nil {
		return err
	}
	conn, err := e.writing.Conn(ctx) // before the readers: it turns WAL on
	if err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, "PRAGMA busy_timeout = 40"); err != nil { // milliseconds: see writer.begin
		return err
	}
	e.writer = startWriter(e.prepare(conn), e.shared)
	if e.reading, err = sql.Open("sqlite", sqliteDSN(e.path, "query_only(1)")); err != nil {
		return err
	}
	for range cap(e.readers) {
		conn, err := e.reading.Conn(ctx)
		if err != nil {
			return err
		}
		e.readers <- e.prepare(conn)
	}
	return nil
}

func (e *sqliteEngine) prepare(conn *sql.Conn) *prepared {
	p := &prepared{conn, map[string]*sql.Stmt{}}
	e.all = append(e.all, p)
	return p
}

// sqliteDSN names a file for the driver. The write-ahead log with synchronous=FULL syncs at every commit:
// what was committed survives the loss of power.
func sqliteDSN(path string, pragmas ...string) string {
	literal := strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23")
	query := url.Values{"_pragma": append([]string{
		"busy_timeout(10000)", // another process, such as the command line, may be writing
		"journal_mode(WAL)",
		"synchronous(FULL)",
		"foreign_keys(1)",
		"temp_store(MEMORY)",
		"cache_size(-32768)",
		"wal_autocheckpoint(16000)", // pages; a checkpoint writes each changed page once, however often it changed
		"journal_size_limit(67108864)",
	}, pragmas...)}
	return "file:" + literal.Replace(path) + "?" + query.Encode()
}

func (e *sqliteEngine) update(ctx context.Context, do func(*tx) error) error {
	return e.writer.update(ctx, do)
}

// view runs a snapshot on a free reader: a deferred transaction takes its snapshot with its first
// statement and waits for no writer.
func (e *sqliteEngine) view(ctx context.Context, do func(*reader) error) (err error) {
	var p *prepared
	select {
	case p = <-e.readers:
	case <-ctx.Done():
		return fmt.Errorf("store: wait for a reader: %w", ctx.Err())
	}
	if p == nil {
		return errClosed
	}
	defer func() { e.readers <- p }()
	// Whether it has begun must be known: what was interrupted may have begun all the same. It waits for nothing.
	if err := p.do(context.WithoutCancel(ctx), "BEGIN"); err != nil {
		return fmt.Errorf("store: begin snapshot: %w", err)
	}
	defer func() {
		// Nothing was written, so nothing is lost by it; a context that has ended must not keep the
		// snapshot open.
		if ending := p.do(context.WithoutCancel(ctx), "ROLLBACK"); ending != nil && err == nil {
			err = fmt.Errorf("store: end snapshot: %w", ending)
		}
	}()
	return do(&reader{transaction: &transaction{ctx: ctx, db: p}, shared: e.shared})
}

func (e *sqliteEngine) migrate(ctx context.Context) error {
	return e.withProvider(func(p *goose.Provider) error { return up(ctx, p, e.shared) })
}

func (e *sqliteEngine) versions(ctx context.Context) (current, target int64, err error) {
	err = e.withProvider(func(p *goose.Provider) (err error) {
		current, target, err = p.GetVersions(ctx)
		return err
	})
	return current, target, err
}

// withProvider gives the migrations a connection of their own: the writer's belongs to the writer.
func (e *sqliteEngine) withProvider(do func(*goose.Provider) error) error {
	db, err := sql.Open("sqlite", sqliteDSN(e.path)+"&_txlock=immediate")
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1)
	p, err := provider(goose.DialectSQLite3, "sqlite", db, e.shared)
	if err != nil {
		return err
	}
	return do(p)
}

// close waits for the updates in the line and the snapshots that are open; the last connection to go moves
// the write-ahead log into the file.
func (e *sqliteEngine) close(ctx context.Context) error {
	if err := e.writer.close(ctx); err != nil {
		return err
	}
	err := errClosed
	e.closing.Do(func() {
		for range cap(e.readers) {
			select {
			case <-e.readers:
			case <-ctx.Done():
				err = fmt.Errorf("store: close: %w", ctx.Err())
				return
			}
		}
		close(e.readers)
		err = e.disconnect(ctx)
	})
	return err
}

// disconnect closes what connect has opened.
func (e *sqliteEngine) disconnect(ctx context.Context) error {
	var errs []error
	if e.writer != nil {
		errs = append(errs, e.writer.close(ctx))
	}
	for _, p := range e.all {
		errs = append(errs, p.conn.Close())
	}
	for _, db := range []*sql.DB{e.reading, e.writing} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}

// prepared is one connection with its prepared statements. One goroutine at a time may use it.
type prepared struct {
	conn       *sql.Conn
	statements map[string]*sql.Stmt
}

// maxPrepared bounds the statements kept for a connection; at the bound all are closed and begun anew.
// Only lists have texts that differ from call to call, and few of those.
const maxPrepared = 512

func (p *prepared) statement(ctx context.Context, text string) (*sql.Stmt, error) {
	if statement, ok := p.statements[text]; ok {
		return statement, nil
	}
	if len(p.statements) >= maxPrepared {
		for _, statement := range p.statements {
			_ = statement.Close()
		}
		clear(p.statements)
	}
	statement, err := p.conn.PrepareContext(ctx, text)
	if err == nil {
		p.statements[text] = statement
	}
	return statement, err
}

// QueryContext implements database.
func (p *prepared) QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	statement, err := p.statement(ctx, text) //nolint:sqlclosecheck // kept for the next time
	if err != nil {
		return nil, err
	}
	return statement.QueryContext(ctx, args...)
}

// ExecContext implements database.
func (p *prepared) ExecContext(ctx context.Context, text string, args ...any) (sql.Result, error) {
	statement, err := p.statement(ctx, text) //nolint:sqlclosecheck // kept for the next time
	if err != nil {
		return nil, err
	}
	return statement.ExecContext(ctx, args...)
}

// do runs a statement that controls the transaction.
func (p *prepared) do(ctx context.Context, text string) error {
	_, err := p.ExecContext(ctx, text)
	return err
}
