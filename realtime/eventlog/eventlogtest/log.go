// Package eventlogtest is a log in memory, which tests of the engine drive into states that a database
// reaches only by chance: broken, pruned, ahead of every hint.
package eventlogtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/fadedistrict/fade/realtime/eventlog"
)

// Log is a log in memory. It is safe for concurrent use.
type Log struct {
	mu     sync.Mutex
	events map[string][]eventlog.Event
	pruned map[string]int64
	broken bool
	Reads  atomic.Int64 // calls of Read so far
}

// New makes an empty log.
func New() *Log {
	return &Log{events: map[string][]eventlog.Event{}, pruned: map[string]int64{}}
}

var errBroken = errors.New("the log is broken")

// Append commits the next event of a channel.
func (l *Log) Append(name string) eventlog.Event {
	l.mu.Lock()
	defer l.mu.Unlock()
	seq := int64(len(l.events[name])) + 1
	event := eventlog.Event{
		Channel: name, Seq: seq, ID: fmt.Sprint(seq), Type: "test", At: time.Unix(1, 0),
		Payload: json.RawMessage(fmt.Sprintf(`{"n":%d}`, seq)),
	}
	l.events[name] = append(l.events[name], event)
	return event
}

// Prune forgets the events up to a sequence.
func (l *Log) Prune(name string, upTo int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pruned[name] = upTo
}

// Rewind loses the events above a sequence, as a failover to a replica that was behind does.
func (l *Log) Rewind(name string, to int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.events[name] = l.events[name][:to:to]
}

// SetBroken makes reading fail, or work again.
func (l *Log) SetBroken(broken bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.broken = broken
}

// Epoch implements [eventlog.Log].
func (l *Log) Epoch() string { return "epoch" }

// Heads implements [eventlog.Log].
func (l *Log) Heads(_ context.Context, channels []string) (map[string]int64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.broken {
		return nil, errBroken
	}
	heads := map[string]int64{}
	for _, name := range channels {
		heads[name] = int64(len(l.events[name]))
	}
	return heads, nil
}

// Read implements [eventlog.Log].
func (l *Log) Read(_ context.Context, name string, after int64, limit int) ([]eventlog.Event, error) {
	l.Reads.Add(1)
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.broken:
		return nil, errBroken
	case after < l.pruned[name]:
		return nil, eventlog.ErrPruned
	}
	all := l.events[name]
	after = min(after, int64(len(all)))
	return append([]eventlog.Event(nil), all[after:min(after+int64(limit), int64(len(all)))]...), nil
}
