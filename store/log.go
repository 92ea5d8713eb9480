package store

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/realtime/eventlog"
)

// Epoch names this database: see [eventlog.Log]. It is empty before [Store.Migrate].
func (s *Store) Epoch() string { return s.shared.epochName() }

func (s *shared) epochName() string {
	if epoch := s.epoch.Load(); epoch != nil {
		return *epoch
	}
	return ""
}

// headNames is how many channels one query of Heads asks for at most.
const headNames = 512

// Heads gives the newest sequence of each of the named channels: see [eventlog.Log]. More than 512 names
// take several queries, of one snapshot.
func (s *Store) Heads(ctx context.Context, channels []string) (map[string]int64, error) {
	heads := make(map[string]int64, len(channels))
	err := s.engine.view(ctx, func(r *reader) error {
		for len(channels) > 0 {
			n := min(len(channels), headNames)
			if err := r.heads(channels[:n], heads); err != nil {
				return err
			}
			channels = channels[n:]
		}
		return nil
	})
	return heads, err
}

func (r *reader) heads(channels []string, heads map[string]int64) error {
	// Padded to a power of two, so that few texts of the statement are kept prepared.
	size := 1
	for size < len(channels) {
		size *= 2
	}
	names := make([]string, size)
	for i := range names {
		names[i] = channels[min(i, len(channels)-1)]
	}
	var where listing
	where.in("name", names)
	return r.query("read heads", func(row row) error {
		var name string
		var seq int64
		err := row.Scan(&name, &seq)
		heads[name] = seq
		return err
	}, `SELECT name, seq FROM channels`+where.conditions(), where.args...)
}

const eventColumns = `channel, seq, id, type, at, payload`

func scanEvent(r row) (e eventlog.Event, err error) {
	var at int64
	var payload []byte
	err = r.Scan(&e.Channel, &e.Seq, &e.ID, &e.Type, &at, &payload)
	e.At, e.Payload = instant(at), json.RawMessage(payload)
	return e, err
}

// Read gives the channel's events after a sequence: see [eventlog.Log].
func (s *Store) Read(ctx context.Context, channel string, after int64, limit int) ([]eventlog.Event, error) {
	return s.History(ctx, eventlog.HistoryQuery{Channel: channel, Since: &after, Limit: limit})
}

// History gives a part of a channel's log: see [eventlog.History].
func (s *Store) History(ctx context.Context, q eventlog.HistoryQuery) (events []eventlog.Event, err error) {
	var where listing
	where.is("channel", q.Channel)
	where.in("type", q.Types)
	direction := "DESC"
	switch {
	case q.Since != nil:
		where.where("seq > " + where.arg(*q.Since))
		direction = "ASC"
	case q.Before > 0:
		where.where("seq < " + where.arg(q.Before))
	}
	text := `SELECT ` + eventColumns + ` FROM events` + where.conditions() + ` ORDER BY seq ` + direction + ` LIMIT ` + where.arg(max(q.Limit, 0))
	err = s.engine.view(ctx, func(r *reader) error {
		if q.Since != nil {
			pruned, err := r.prunedSeq(q.Channel)
			if err != nil {
				return err
			}
			if *q.Since < pruned {
				return eventlog.ErrPruned
			}
		}
		events, err = all(r.transaction, "read events", scanEvent, text, where.args...)
		return err
	})
	return events, err
}

// prunedSeq gives the newest sequence of a channel that is past the retention; 0 for none.
func (r *reader) prunedSeq(channel string) (int64, error) {
	seq, err := one(r.transaction, "read retention", "channel", scanInt, `SELECT pruned_seq FROM channels WHERE name = $1`, channel)
	if _, missing := errors.AsType[*fade.Error](err); missing {
		return 0, nil
	}
	return seq, err
}

// Prune removes events older than the time, on all channels and at most batch in this call, and gives how
// many there were: call it until it gives less than batch. What is left of a channel is still contiguous,
// and readers of what is gone get [eventlog.ErrPruned].
func (s *Store) Prune(ctx context.Context, before time.Time, batch int) (removed int64, err error) {
	var channels []string
	err = s.engine.view(ctx, func(r *reader) (err error) {
		channels, err = all(r.transaction, "find old events", scanText, `
			SELECT c.name FROM channels c JOIN events e ON e.channel = c.name AND e.seq = c.pruned_seq + 1
			WHERE e.at < $1 ORDER BY c.name LIMIT $2`, micros(before), batch)
		return err
	})
	for _, channel := range channels {
		if err != nil || removed >= int64(batch) {
			break
		}
		var n int64
		err = s.engine.update(ctx, func(t *tx) (err error) {
			n, err = t.prune(channel, before, int64(batch)-removed)
			return err
		})
		removed += n
	}
	return removed, err
}

// prune removes at most limit of a channel's oldest events, up to the first that is not older than the
// time.
func (t *tx) prune(channel string, before time.Time, limit int64) (int64, error) {
	pruned, err := one(t.transaction, "read retention", "channel", scanInt,
		t.locking(`SELECT c.pruned_seq FROM channels c WHERE c.name = $1`, "c"), channel)
	if err != nil {
		return 0, err
	}
	type entry struct{ seq, at int64 }
	oldest, err := all(t.transaction, "find old events", func(r row) (e entry, err error) { return e, r.Scan(&e.seq, &e.at) },
		`SELECT seq, at FROM events WHERE channel = $1 AND seq > $2 ORDER BY seq LIMIT $3`, channel, pruned, limit)
	if err != nil {
		return 0, err
	}
	upTo := pruned
	for _, e := range oldest {
		if e.at >= micros(before) {
			break
		}
		upTo = e.seq
	}
	if upTo == pruned {
		return 0, nil
	}
	if _, err := t.exec("move retention", `UPDATE channels SET pruned_seq = $2 WHERE name = $1`, channel, upTo); err != nil {
		return 0, err
	}
	return t.exec("prune events", `DELETE FROM events WHERE channel = $1 AND seq <= $2`, channel, upTo)
}
