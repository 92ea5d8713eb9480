package transport

import (
	"context"
	"encoding/json"
	"time"
)

// Session is what the application knows of the client behind a connection. Its methods are called from
// one goroutine at a time, and may block on the database.
type Session interface {
	// User names whose session it is; [Server.Recheck] finds connections by it.
	User() string

	// ID names the session itself: one sign-in, whatever tokens it has had since.
	ID() string

	// Expires is when the token ends. Without a fresh one the connection then closes with 4401.
	Expires() time.Time

	// MaySubscribe gives nil if the client may follow the channel, and a *[Refusal] if not. Any other error
	// says that it could not be found out: the client may ask again.
	MaySubscribe(channel string) error

	// Authenticate gives the session of a fresh token of the same user, and a *[Refusal] if it is none.
	Authenticate(ctx context.Context, token string) (Session, error)

	// Renew gives the session as it is now, with the rights it has now, and a *[ws.CloseError] if it has
	// ended.
	Renew(ctx context.Context) (Session, error)

	// Handle takes a message of the application's own: "ack", "mark_read". A *[Refusal] is answered with
	// an error message; ErrUnknownType says that there is no such type.
	Handle(ctx context.Context, messageType string, message json.RawMessage) error
}

// Refusal is an error that the client is told: a code for machines and a message for people.
type Refusal struct {
	Code    string
	Message string
}

// Error gives both.
func (r *Refusal) Error() string { return r.Code + ": " + r.Message }

// The refusals of the protocol itself.
var (
	ErrUnknownType       = &Refusal{"unknown_type", "This type of message is not known here."}
	errAlreadySubscribed = &Refusal{"already_subscribed", "This connection follows the channel already."}
	errNotSubscribed     = &Refusal{"not_subscribed", "This connection does not follow the channel."}
	errTooMany           = &Refusal{"too_many_subscriptions", "A connection follows at most 100 channels."}
	errBadRequest        = &Refusal{"bad_request", "The message lacks something that its type needs."}
	errUnavailable       = &Refusal{"unavailable", "This cannot be done at the moment. Try again."}
)

// Leaver is a Session that wants to know when its connection has ended.
type Leaver interface {
	// Left says that it has: once, for the session that the connection had last.
	Left()
}
