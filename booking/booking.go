// Package booking holds the verbs of reservations and of the catalogue: who may book what, when, and what may
// become of it. That no two have one chair at one time is the database's rule; the verbs choose chairs, and turn
// its refusal into what could be had instead.
package booking

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/realtime/eventlog"
	"github.com/fadedistrict/fade/totals"
)

// Query asks for reservations. Sorts: start_time, created_at, customer_name; the default is -created_at.
type Query struct {
	fade.Page
	BusinessID string                 // empty for all
	Status     fade.ReservationStatus // empty for all
	Staff      string                 // empty for all
	From, To   *time.Time             // bounds of start_time: from inclusive, to exclusive
	Phone      string                 // the same digits; empty for all
}

// Reader reads in one snapshot, or inside the transaction. In a Tx the methods that give one row lock it until
// the transaction ends.
type Reader interface {
	// Catalogue finds a business by id, with all that can be booked there; CodeNotFound.
	Catalogue(businessID string) (fade.Catalogue, error)

	// CatalogueBySubdomain does the same by subdomain; CodeNotFound.
	CatalogueBySubdomain(subdomain string) (fade.Catalogue, error)

	// Service finds a service by id; CodeNotFound.
	Service(id string) (fade.Service, error)

	// Member finds a member of staff by id; CodeNotFound.
	Member(id string) (fade.Staff, error)

	// Reservation finds a reservation by id; CodeNotFound.
	Reservation(id string) (fade.Reservation, error)

	// Reservations lists reservations; CodeMalformed for a cursor that is not ours, CodeInvalid for an
	// unknown sort.
	Reservations(q Query) (fade.List[fade.Reservation], error)

	// Taken gives the time that reservations keep chairs of a business, where it overlaps an interval; that of
	// the reservation with the id except is left out.
	Taken(businessID string, within fade.Interval, except string) ([]fade.Busy, error)

	// Holds gives the holds at a business whose time overlaps an interval, those that have expired included.
	Holds(businessID string, within fade.Interval) ([]fade.Hold, error)

	// Hold finds a hold by id; CodeNotFound.
	Hold(id string) (fade.Hold, error)

	// HoldOf finds the hold of a session, wherever it is; CodeNotFound.
	HoldOf(session string) (fade.Hold, error)

	// HoldsFrom counts the holds of an address that have not expired.
	HoldsFrom(address string, now time.Time) (int64, error)

	// ExpiredHolds gives holds that have expired, the oldest first.
	ExpiredHolds(now time.Time, limit int) ([]fade.Hold, error)

	// Due gives the ids of confirmed reservations that started before an instant, the oldest first.
	Due(startedBefore time.Time, limit int) ([]string, error)

	// Position gives where a channel's log stands in this snapshot.
	Position(channel string) (eventlog.Position, error)

	totals.Reader
}

// Tx changes reservations and the catalogue inside one transaction.
type Tx interface {
	Reader
	fade.Memory

	// InsertReservation adds a reservation; CodeSlotTaken if its chair is taken or held.
	InsertReservation(r fade.Reservation) error

	// UpdateReservation writes all fields; CodeSlotTaken if its chair is taken or held.
	UpdateReservation(r fade.Reservation) error

	// InsertHold adds a hold; CodeSlotTaken if its chair is taken or held.
	InsertHold(h fade.Hold) error

	// DeleteHold removes a hold; CodeNotFound if it is gone.
	DeleteHold(id string) error

	// InsertService, UpdateService, InsertStaff, UpdateStaff and SaveSettings write all fields.
	InsertService(s fade.Service) error
	UpdateService(s fade.Service) error
	InsertStaff(s fade.Staff) error
	UpdateStaff(s fade.Staff) error
	SaveSettings(s fade.BookingSettings) error

	// Record adds an event to the transaction.
	Record(event fade.Event)
}

// Store runs the verbs' transactions. Update's function may run more than once and must not do anything
// but use its Tx; what it returns decides between commit and rollback. View's function sees one snapshot.
type Store interface {
	Update(ctx context.Context, do func(Tx) error) error
	View(ctx context.Context, do func(Reader) error) error
}

// Options are how the verbs are set up. All fields may be left out.
type Options struct {
	Now           func() time.Time // nil is time.Now
	Secret        []byte           // signs customers' links; by default they do not outlive the process
	HoldFor       time.Duration    // how long a hold lasts; 5 minutes
	CompleteAfter time.Duration    // the start of a confirmed reservation it completes by itself; 35 minutes; below 0 never
}

// Service is the verbs. It is safe for concurrent use.
type Service struct {
	store         Store
	now           func() time.Time
	links         links
	holdFor       time.Duration
	completeAfter time.Duration
	busy          busyTimes
}

// The defaults of [Options].
const (
	DefaultHold          = 5 * time.Minute
	DefaultCompleteAfter = 35 * time.Minute
)

// New makes the verbs.
func New(store Store, o Options) *Service {
	if o.Now == nil {
		o.Now = time.Now
	}
	if len(o.Secret) == 0 {
		o.Secret = []byte(rand.Text())
	}
	if o.HoldFor <= 0 {
		o.HoldFor = DefaultHold
	}
	if o.CompleteAfter == 0 {
		o.CompleteAfter = DefaultCompleteAfter
	}
	return &Service{store: store, now: o.Now, links: newLinks(o.Secret), holdFor: o.HoldFor, completeAfter: o.CompleteAfter}
}

func (s *Service) instant() time.Time { return s.now().UTC().Truncate(time.Microsecond) }

// Place names the business of a new reservation: by id, which is for users, or by subdomain.
type Place struct {
	BusinessID string
	Subdomain  string
}

// Change is what a reservation should be; nil fields stay as they are, or take their default in a new
// one. Version, where given, must be the one the reservation has now. Claim names a hold to take the place of.
type Change struct {
	CustomerName  *string
	CustomerEmail *string
	CustomerPhone *string
	StartTime     *time.Time
	EndTime       *time.Time
	Status        *fade.ReservationStatus
	Price         *fade.Money
	Notes         *string
	CancelReason  *string
	Service       *string
	Staff         *string
	Version       *int64
	Claim         Claim
}

// Claim names a hold, and the session whose it is.
type Claim struct{ Hold, Session string }
