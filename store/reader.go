package store

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/accounts"
	"github.com/fadedistrict/fade/booking"
	"github.com/fadedistrict/fade/notify"
	"github.com/fadedistrict/fade/realtime/eventlog"
	"github.com/fadedistrict/fade/totals"
)

// reader reads in one snapshot, or inside an update.
type reader struct {
	*transaction
	shared *shared
	lock   string // the dialect's in an update, none in a snapshot
}

// tx reads and writes in one update. asked is the context of whoever asked for it, which names the request;
// statements run in the transaction's own.
type tx struct {
	reader
	asked    context.Context //nolint:containedctx // one transaction, one request
	seen     *seen
	recorded []fade.Event
}

// Every package's interfaces are met by the same two types.
var (
	_ accounts.Reader = (*reader)(nil)
	_ booking.Reader  = (*reader)(nil)
	_ notify.Reader   = (*reader)(nil)
	_ accounts.Tx     = (*tx)(nil)
	_ booking.Tx      = (*tx)(nil)
	_ notify.Tx       = (*tx)(nil)
)

// locking adds the lock on the table's rows to a SELECT, where the transaction needs one.
func (r *reader) locking(text, alias string) string {
	if r.lock == "" {
		return text
	}
	return text + r.lock + alias
}

// Position gives where a channel's log stands in this snapshot.
func (r *reader) Position(channel string) (eventlog.Position, error) {
	seqs, err := all(r.transaction, "read position", scanInt, `SELECT seq FROM channels WHERE name = $1`, channel)
	at := eventlog.Position{Epoch: r.shared.epochName()}
	if len(seqs) > 0 {
		at.Seq = seqs[0]
	}
	return at, err
}

// Counters gives all counters of a scope.
func (r *reader) Counters(scope string) (map[totals.Name]int64, error) {
	counters := map[totals.Name]int64{}
	err := r.query("read counters", func(row row) error {
		var name totals.Name
		var value int64
		err := row.Scan(&name, &value)
		counters[name] = value
		return err
	}, `SELECT name, value FROM counters WHERE scope = $1`, scope)
	return counters, err
}

// Rollups gives the rollups of a scope for the named figures from a day on, day by day.
func (r *reader) Rollups(scope string, from fade.Day, names ...totals.Name) (map[totals.Name]map[fade.Day]int64, error) {
	rollups := make(map[totals.Name]map[fade.Day]int64, len(names))
	l := listing{}
	l.where("scope = " + l.arg(scope))
	l.where("day >= " + l.arg(int64(from)))
	texts := make([]string, 0, len(names))
	for _, name := range names {
		rollups[name] = map[fade.Day]int64{}
		texts = append(texts, string(name))
	}
	l.in("name", texts)
	err := r.query("read rollups", func(row row) error {
		var name totals.Name
		var day, value int64
		if err := row.Scan(&name, &day, &value); err != nil {
			return err
		}
		rollups[name][fade.Day(day)] = value
		return nil
	}, `SELECT name, day, value FROM rollups`+l.conditions(), l.args...)
	return rollups, err
}

// storable tells whether a text can be in the database at all: PostgreSQL refuses NUL and what is not
// UTF-8, and a lookup of such a text finds nothing.
func storable(text string) bool { return utf8.ValidString(text) && strings.IndexByte(text, 0) < 0 }
