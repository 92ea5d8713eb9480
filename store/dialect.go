package store

import (
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/fadedistrict/fade"
)

// dialect is what differs between the engines in statements and errors.
type dialect struct {
	name string

	// lock is put behind a SELECT of one row in an update, before the row's table alias: it keeps the row
	// as it was read until the transaction ends. NO KEY, because keys never change: rows may still be
	// added that refer to the locked one. SQLite has one writer and needs none.
	lock string

	// skipLocked is put behind a SELECT of deliveries d that a worker wants for itself: those that another worker is
	// taking are not there.
	skipLocked string

	// unique tells whether the error says that a unique constraint was violated, and which, as
	// table_column.
	unique func(error) (constraint string, ok bool)

	// busy tells whether the error says that another process is writing; PostgreSQL waits by itself.
	busy func(error) bool

	// overlap tells whether the error says that a chair is taken at some of the time.
	overlap func(error) bool
}

// noOverlap names the rule that no two have one chair at one time, on both engines.
const noOverlap = "occupied_no_overlap"

func sqliteDialect() dialect {
	return dialect{name: "sqlite", unique: func(err error) (string, bool) {
		e, ok := errors.AsType[*sqlite.Error](err)
		if !ok || e.Code() != sqlite3.SQLITE_CONSTRAINT_UNIQUE {
			return "", false
		}
		_, column, _ := strings.Cut(e.Error(), "UNIQUE constraint failed: ")
		column, _, _ = strings.Cut(column, " ")
		return strings.ReplaceAll(column, ".", "_"), true
	}, busy: func(err error) bool {
		e, ok := errors.AsType[*sqlite.Error](err)
		return ok && e.Code()&0xff == sqlite3.SQLITE_BUSY
	}, overlap: func(err error) bool {
		e, ok := errors.AsType[*sqlite.Error](err)
		return ok && e.Code() == sqlite3.SQLITE_CONSTRAINT_TRIGGER && strings.Contains(e.Error(), noOverlap)
	}}
}

func postgresDialect() dialect {
	return dialect{name: "postgres", lock: " FOR NO KEY UPDATE OF ", skipLocked: " FOR UPDATE OF d SKIP LOCKED", unique: func(err error) (string, bool) {
		e, ok := errors.AsType[*pgconn.PgError](err)
		if !ok || e.Code != "23505" {
			return "", false
		}
		return e.ConstraintName, true
	}, overlap: func(err error) bool {
		e, ok := errors.AsType[*pgconn.PgError](err)
		return ok && e.Code == "23P01" && e.ConstraintName == noOverlap
	}}
}

// conflict turns a violated unique constraint into CodeConflict on its field, in words for people, an overlap into
// CodeSlotTaken, and leaves other errors as they are.
func (d dialect) conflict(err error) error {
	if err == nil {
		return nil
	}
	if d.overlap(err) {
		return &fade.Error{Code: fade.CodeSlotTaken, Message: "This time is no longer free.", Cause: err}
	}
	constraint, _ := d.unique(err)
	var taken *fade.Error
	switch constraint {
	case "businesses_subdomain":
		taken = fade.FieldErrorf(fade.CodeConflict, "subdomain", "This subdomain is taken.")
	case "users_email":
		taken = fade.FieldErrorf(fade.CodeConflict, "email", "A user with this email address exists already.")
	default:
		return err
	}
	taken.Cause = err
	return taken
}
