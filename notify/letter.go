package notify

import (
	"context"
	"errors"
	"time"

	"github.com/fadedistrict/fade"
)

// Address is a mailbox and whose it is.
type Address struct{ Name, Email string }

// String gives the address as people write it, Name <email>.
func (a Address) String() string {
	if a.Name == "" {
		return a.Email
	}
	return a.Name + " <" + a.Email + ">"
}

// Letter is a mail to be written; what it says follows from its kind. The same letter may be written again, after a
// crash: ID and CreatedAt, from which Message-ID and Date follow, are then the same, so that whoever gets both can tell.
type Letter struct {
	ID          string // the delivery's; of several that leave together, the first's
	Kind        fade.DeliveryKind
	To          Address
	Business    *fade.Business // whose name, colour and logo it has; nil for mails of the platform itself
	Reservation *fade.Reservation
	Link        string        // absolute: the customer's page of the appointment, or of what a user is told of; "" for none
	Before      time.Duration // of a reminder
	Items       []Item        // of a notice, of what was not seen, and of a digest, newest first
	More        int           // how many there are besides
	Timezone    string        // IANA: in which times are told
	Unsubscribe string        // absolute: takes a one-click POST (RFC 8058); "" for mails that nobody can unsubscribe from
	Leave       string        // absolute: the page for people that does the same
	Preferences string        // absolute: the page where users choose; "" for customers and businesses
	CreatedAt   time.Time
}

// Item is one thing that a user is told of.
type Item struct {
	Type    fade.EventType
	Message string
	At      time.Time
	Link    string
}

// Mailer sends letters. It may be used by several goroutines at once. A [*PermanentError] says that no retry will
// help, a [*RetryAfterError] that one will not before a time; any other error passes.
type Mailer interface {
	// Mail gives the Message-ID under which the letter was accepted.
	Mail(ctx context.Context, l Letter) (messageID string, err error)
}

// Push is a message for one device.
type Push struct {
	ID                     string // the delivery's
	Endpoint, P256DH, Auth string // the subscription, as the browser gave it
	Payload                []byte // JSON, at most 3 KiB
	TTL                    time.Duration
	Urgency                string // very-low, low, normal or high: RFC 8030, section 5.3
	Topic                  string // at most 32 base64url characters; replaces one that was not delivered yet: RFC 8030, section 5.4
}

// Pusher sends push messages. Its errors are as those of [Mailer], and ErrGone.
type Pusher interface {
	Push(ctx context.Context, p Push) error
}

// ErrGone says that a push service does not know the subscription any more: it is to be removed.
var ErrGone = errors.New("notify: the push subscription is gone")

// PermanentError is a failure that trying again will not mend. Its text is shown to operators.
type PermanentError struct{ Err error }

// Error gives the cause's text.
func (e *PermanentError) Error() string { return e.Err.Error() }

// Unwrap gives the cause.
func (e *PermanentError) Unwrap() error { return e.Err }

// RetryAfterError is a failure of somebody who said when to come back.
type RetryAfterError struct {
	After time.Duration
	Err   error
}

// Error gives the cause's text.
func (e *RetryAfterError) Error() string { return e.Err.Error() }

// Unwrap gives the cause.
func (e *RetryAfterError) Unwrap() error { return e.Err }
