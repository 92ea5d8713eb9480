package eventlog

import "context"

// HistoryQuery asks for a part of a channel's log. With Since it reads forwards: the events above it,
// oldest first. Without, it reads backwards from Before, or from the newest event where Before is 0.
type HistoryQuery struct {
	Channel string
	Since   *int64
	Before  int64
	Types   []string // only events of these types; empty for all
	Limit   int
}

// History reads the log for people, who page and filter, where [Log] reads it for subscribers. It is safe
// for concurrent use.
type History interface {
	// History gives at most Limit events. ErrPruned if Since is past the retention; reading backwards just
	// ends there.
	History(ctx context.Context, q HistoryQuery) ([]Event, error)
}
