// Package booking holds the verbs of reservations: who may book what, when, and what may become of it.
package booking

import (
	"context"
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
	From, To   *time.Time             // bounds of start_time: from inclusive, to exclusive
	Phone      string                 // exact; empty for all
}

// Reader reads reservations in one snapshot, or inside the transaction. In a Tx the methods that give one
// row lock it until the transaction ends.
type Reader interface {
	// Business finds a business by id; CodeNotFound.
	Business(id string) (fade.Business, error)

	// BusinessBySubdomain finds a business by its subdomain; CodeNotFound.
	BusinessBySubdomain(subdomain string) (fade.Business, error)

	// Reservation finds a reservation by id; CodeNotFound.
	Reservation(id string) (fade.Reservation, error)

	// Reservations lists reservations; CodeMalformed for a cursor that is not ours, CodeInvalid for an
	// unknown sort.
	Reservations(q Query) (fade.List[fade.Reservation], error)

	// Position gives where a channel's log stands in this snapshot.
	Position(channel string) (eventlog.Position, error)

	totals.Reader
}

// Tx changes reservations inside one transaction.
type Tx interface {
	Reader

	// InsertReservation adds a reservation.
	InsertReservation(r fade.Reservation) error

	// UpdateReservation writes all fields.
	UpdateReservation(r fade.Reservation) error

	// Record adds an event to the transaction.
	Record(event fade.Event)
}

// Store runs the verbs' transactions. Update's function may run more than once and must not do anything
// but use its Tx; what it returns decides between commit and rollback. View's function sees one snapshot.
type Store interface {
	Update(ctx context.Context, do func(Tx) error) error
	View(ctx context.Context, do func(Reader) error) error
}

// Service is the verbs. It is safe for concurrent use.
type Service struct {
	store Store
	now   func() time.Time
}

// New makes the verbs.
func New(store Store, now func() time.Time) *Service { return &Service{store, now} }

func (s *Service) instant() time.Time { return s.now().UTC().Truncate(time.Microsecond) }

// Place names the business of a new reservation: by id, which is for users, or by subdomain.
type Place struct {
	BusinessID string
	Subdomain  string
}

// Change is what a reservation should be; nil fields stay as they are, or take their default in a new
// one. Version, where given, must be the one the reservation has now.
type Change struct {
	CustomerName  *string
	CustomerEmail *string
	CustomerPhone *string
	StartTime     *time.Time
	EndTime       *time.Time
	Status        *fade.ReservationStatus
	Price         *fade.Money
	Notes         *string
	Service       *string
	Staff         *string
	Version       *int64
}

// defaultDuration is how long a reservation lasts whose end nobody said.
const defaultDuration = 30 * time.Minute
