// Package eventlog names the durable, ordered log that every channel is.
//
// A channel is a contiguous sequence 1, 2, 3, … of events. Sequences are assigned inside the transaction
// that caused the event, so commit order and sequence order are the same thing, and a reader that has
// seen n has seen everything up to n. The package holds only the vocabulary; package store keeps the log
// in SQL, and package hub serves it to subscribers.
package eventlog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ErrPruned says that events after the asked position are past the retention: the reader has a gap
// that the log can no longer fill and must be told so with a reset.
var ErrPruned = errors.New("eventlog: events past the retention")

// Position is a place in a channel's log: Seq counts from 1 (0 is before the first event), Epoch names
// the database that counted it. Positions of different epochs cannot be compared: a database restored
// from a backup gets a new epoch, and every client of the old one a reset.
type Position struct {
	Epoch string
	Seq   int64
}

// String gives the form "<epoch>:<seq>" that the header Fade-Position carries.
func (p Position) String() string { return p.Epoch + ":" + strconv.FormatInt(p.Seq, 10) }

// ParsePosition reads the form that [Position.String] writes.
func ParsePosition(s string) (Position, error) {
	epoch, digits, ok := strings.Cut(s, ":")
	seq, err := strconv.ParseInt(digits, 10, 64)
	if !ok || epoch == "" || err != nil || seq < 0 {
		return Position{}, fmt.Errorf("eventlog: %q is not a position of the form <epoch>:<seq>", s)
	}
	return Position{Epoch: epoch, Seq: seq}, nil
}

// Event is one entry of a channel's log. Payload is JSON, written once by the transaction that recorded
// the event and never changed.
type Event struct {
	Channel string
	Seq     int64
	ID      string // UUIDv7; the same domain event has the same ID on every channel it reached
	Type    string
	At      time.Time
	Payload json.RawMessage
}

// envelope is the event as a client sees it; see docs/protocol.md.
type envelope struct {
	Type      string          `json:"type"`
	Payload   json.RawMessage `json:"payload"`
	Timestamp time.Time       `json:"timestamp"`
	Channel   string          `json:"channel"`
	Seq       int64           `json:"seq"`
	ID        string          `json:"id"`
}

// Encode gives the JSON text that goes into a WebSocket text frame, an SSE data field and the channel
// layer: one encoding per event, whoever reads it.
func (e Event) Encode() ([]byte, error) {
	return json.Marshal(envelope{e.Type, e.Payload, e.At.UTC(), e.Channel, e.Seq, e.ID})
}

// Decode reads what [Event.Encode] wrote.
func Decode(text []byte) (Event, error) {
	var e envelope
	if err := json.Unmarshal(text, &e); err != nil {
		return Event{}, fmt.Errorf("eventlog: decode event: %w", err)
	}
	if e.Channel == "" || e.Seq < 1 || e.Type == "" {
		return Event{}, fmt.Errorf("eventlog: decode event: channel, seq or type is missing")
	}
	return Event{e.Channel, e.Seq, e.ID, e.Type, e.Timestamp, e.Payload}, nil
}

// Log reads the durable log. It is safe for concurrent use.
type Log interface {
	// Epoch names this database; it never changes while the database lives.
	Epoch() string

	// Heads gives the newest sequence of each of the named channels in one query. A channel that has
	// had no event is absent from the map, which means 0. It asks the database that events are written
	// to, not a replica that may be behind: a head that falls tells readers that events were lost.
	Heads(ctx context.Context, channels []string) (map[string]int64, error)

	// Read gives at most limit events of the channel with a sequence above after, in order and without
	// a gap; none means that after is the head. ErrPruned if events after that position are gone.
	Read(ctx context.Context, channel string, after int64, limit int) ([]Event, error)
}
