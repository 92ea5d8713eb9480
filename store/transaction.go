package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/fadedistrict/fade"
)

// database is what a transaction's statements run on: a *sql.Tx, or SQLite's prepared statements.
type database interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// transaction runs the statements of one transaction and remembers the first that failed: after it no
// statement runs and the transaction cannot be committed, as PostgreSQL has it, so that code tested on one
// engine works on the other.
type transaction struct {
	ctx    context.Context
	db     database
	failed error
}

func (t *transaction) fail(op string, err error) error {
	if err != nil {
		err = fmt.Errorf("store: %s: %w", op, err)
		if t.failed == nil {
			t.failed = err
		}
	}
	return err
}

// query runs a statement that gives rows and scans each with each.
func (t *transaction) query(op string, each func(row) error, text string, args ...any) error {
	if t.failed != nil {
		return t.failed
	}
	return t.fail(op, t.scan(each, text, args))
}

func (t *transaction) scan(each func(row) error, text string, args []any) error {
	rows, err := t.db.QueryContext(t.ctx, text, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // whatever it has to say, Err has said
	for rows.Next() {
		if err := each(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// exec runs a statement that gives no rows and tells how many it touched.
func (t *transaction) exec(op, text string, args ...any) (int64, error) {
	if t.failed != nil {
		return 0, t.failed
	}
	result, err := t.db.ExecContext(t.ctx, text, args...)
	if err != nil {
		return 0, t.fail(op, err)
	}
	n, err := result.RowsAffected()
	return n, t.fail(op, err)
}

// execOne runs a statement that must touch a row, and gives NotFound of the noun if there is none.
func (t *transaction) execOne(op, noun, text string, args ...any) error {
	n, err := t.exec(op, text, args...)
	if err == nil && n == 0 {
		return fade.NotFound(noun)
	}
	return err
}

// row is what a scan function reads from.
type row interface{ Scan(dest ...any) error }

// one reads one row; NotFound of the noun if there is none.
func one[T any](t *transaction, op, noun string, scan func(row) (T, error), text string, args ...any) (found T, err error) {
	n := 0
	err = t.query(op, func(r row) (err error) {
		n++
		found, err = scan(r)
		return err
	}, text, args...)
	if err == nil && n == 0 {
		err = fade.NotFound(noun)
	}
	return found, err
}

// all reads rows.
func all[T any](t *transaction, op string, scan func(row) (T, error), text string, args ...any) ([]T, error) {
	found := []T{}
	err := t.query(op, func(r row) error {
		value, err := scan(r)
		found = append(found, value)
		return err
	}, text, args...)
	return found, err
}

func scanInt(r row) (n int64, err error) { return n, r.Scan(&n) }

func scanText(r row) (s string, err error) { return s, r.Scan(&s) }

// bulk is an INSERT of any number of rows: at most bulkRows in one statement, which bounds both the
// length of a statement and how many texts of it are kept prepared.
type bulk struct {
	into      string // "INSERT INTO t (a, b) VALUES "
	columns   int    // that differ from row to row …
	constants string // … and before the end of each row ", 0, ''"
	tail      string // " ON CONFLICT … RETURNING …"
}

const bulkRows = 64

// run inserts the rows whose columns args holds one after another, and scans what RETURNING gives.
func (b bulk) run(t *transaction, op string, each func(row) error, args []any) error {
	for len(args) > 0 {
		n := min(len(args), bulkRows*b.columns)
		var err error
		if text := b.text(n); each == nil {
			_, err = t.exec(op, text, args[:n]...)
		} else {
			err = t.query(op, each, text, args[:n]...)
		}
		if err != nil {
			return err
		}
		args = args[n:]
	}
	return nil
}

func (b bulk) text(values int) string {
	var text strings.Builder
	text.Grow(len(b.into) + 6*values + len(b.tail))
	text.WriteString(b.into)
	for i := range values {
		switch {
		case i == 0:
			text.WriteString("($")
		case i%b.columns == 0:
			text.WriteString(b.constants)
			text.WriteString("), ($")
		default:
			text.WriteString(", $")
		}
		text.WriteString(strconv.Itoa(i + 1))
	}
	text.WriteString(b.constants)
	text.WriteByte(')')
	text.WriteString(b.tail)
	return text.String()
}

// micros gives an instant as the database keeps it.
func micros(t time.Time) int64 { return t.UnixMicro() }

// nullMicros does the same where there may be none.
func nullMicros(t *time.Time) sql.Null[int64] {
	if t == nil {
		return sql.Null[int64]{}
	}
	return sql.Null[int64]{V: t.UnixMicro(), Valid: true}
}

// instant reads what micros wrote.
func instant(n int64) time.Time { return time.UnixMicro(n).UTC() }

// nullInstant reads what nullMicros wrote.
func nullInstant(n sql.Null[int64]) *time.Time {
	if !n.Valid {
		return nil
	}
	t := instant(n.V)
	return &t
}
