package notify

import (
	"context"
	"time"

	"github.com/fadedistrict/fade"
)

// Claim asks for deliveries of a route whose time has come. They are the holder's until a time; after it, others may
// have them.
type Claim struct {
	Route  fade.Route
	Holder string
	Now    time.Time
	Until  time.Time
	Limit  int // messages at most
}

// Job is what leaves as one message: a delivery or a bundle of them, first to last.
type Job []fade.Delivery

// Outcome is what became of a try. State is sent, failed, canceled, or queued with the time of the next try.
type Outcome struct {
	IDs       []string
	State     fade.DeliveryState
	At        time.Time
	Next      time.Time // of queued
	Address   string    // where it went, if that was not known before
	MessageID string
	Reason    string // of canceled
	Error     string // of failed, and of queued
	Permanent bool
	Attempt   int
	Device    string // that took it, of a push that was sent
}

// Material is what a message is made of, as it is just before it leaves.
type Material struct {
	Live        []string // ids of the job's deliveries that still wait; the others were canceled meanwhile
	Reservation *fade.Reservation
	Business    *fade.Business
	User        *fade.User
	Preferences fade.Preferences // the user's
	Entries     []fade.Notification
	Device      *fade.PushDevice
}

// Queue is the ledger as workers use it.
type Queue interface {
	// Waits tells whether deliveries of a route could leave now.
	Waits(ctx context.Context, route fade.Route, now time.Time) (bool, error)

	// Claim leases deliveries to a worker, and counts the try.
	Claim(ctx context.Context, c Claim) ([]Job, error)

	// Material reads what the job's message is made of.
	Material(ctx context.Context, j Job) (Material, error)

	// Settle writes outcomes down. What was settled before stays as it is, but that what was sent is sent.
	Settle(ctx context.Context, outcomes []Outcome) error

	// Release gives back what a holder has leased and not sent, and tells how many they were.
	Release(ctx context.Context, holder string, now time.Time) (int64, error)

	// RemoveDevice forgets a device that its push service does not know any more.
	RemoveDevice(ctx context.Context, id string) error
}
