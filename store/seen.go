package store

import (
	"strings"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/notify"
	"github.com/fadedistrict/fade/totals"
)

// seen is what the updates of one database transaction have read and nobody else can change before its
// commit: on SQLite, because there is one writer; on PostgreSQL, because the locked channel rows come
// first. In a group commit the totals are so read once and not for every update.
type seen struct {
	counters   map[string]map[totals.Name]int64
	rollups    map[window]map[totals.Name]map[fade.Day]int64
	unread     map[string]int64 // by user, as the last move of the counter left it
	recipients map[notify.Audience][]notify.Recipient
}

// window is one question to the rollups; names are joined by commas.
type window struct {
	scope string
	from  fade.Day
	names string
}

func newSeen() *seen {
	s := &seen{}
	s.forget()
	return s
}

// forget is for after a rollback.
func (s *seen) forget() {
	s.counters = map[string]map[totals.Name]int64{}
	s.rollups = map[window]map[totals.Name]map[fade.Day]int64{}
	s.unread = map[string]int64{}
	s.forgetRecipients()
}

func (s *seen) forgetRecipients() { s.recipients = map[notify.Audience][]notify.Recipient{} }

// moved keeps what was read of a figure true after it moved.
func (s *seen) moved(d totals.Delta) {
	if !d.HasDay {
		if counters, ok := s.counters[d.Scope]; ok {
			counters[d.Name] += d.By
		}
		return
	}
	for w, rollups := range s.rollups {
		if days, ok := rollups[d.Name]; ok && w.scope == d.Scope && d.Day >= w.from {
			days[d.Day] += d.By
		}
	}
}

// figures reads totals through what was seen. Callers must not change the maps.
type figures struct {
	reader *reader
	seen   *seen
}

func (f figures) Counters(scope string) (map[totals.Name]int64, error) {
	if counters, ok := f.seen.counters[scope]; ok {
		return counters, nil
	}
	counters, err := f.reader.Counters(scope)
	if err == nil {
		f.seen.counters[scope] = counters
	}
	return counters, err
}

func (f figures) Rollups(scope string, from fade.Day, names ...totals.Name) (map[totals.Name]map[fade.Day]int64, error) {
	texts := make([]string, len(names))
	for i, name := range names {
		texts[i] = string(name)
	}
	w := window{scope, from, strings.Join(texts, ",")}
	if rollups, ok := f.seen.rollups[w]; ok {
		return rollups, nil
	}
	rollups, err := f.reader.Rollups(scope, from, names...)
	if err == nil {
		f.seen.rollups[w] = rollups
	}
	return rollups, err
}
