package notify

import (
	"context"
	"time"

	"github.com/fadedistrict/fade"
)

// LedgerQuery asks for a part of the ledger, newest first. Empty fields ask for all.
type LedgerQuery struct {
	fade.Page

	BusinessID, ReservationID, UserID, EventID string
	State                                      fade.DeliveryState
	Route                                      fade.Route
	Kind                                       fade.DeliveryKind
	Due                                        bool // only those that wait although their time has come
}

// DeliveryFigures say how the deliveries are doing.
type DeliveryFigures struct {
	Queued      int64      `json:"queued"`
	Due         int64      `json:"due"`           // of which could leave now
	OldestDueAt *time.Time `json:"oldest_due_at"` // since when the first of them could
	Failed      int64      `json:"failed"`
	Sent24h     int64      `json:"sent_24h"`
	Canceled24h int64      `json:"canceled_24h"`
}

// Told is a person who was told of an event, by whatever routes.
type Told struct {
	UserID       string             `json:"user"`
	Name         string             `json:"name"`
	Email        string             `json:"email"`
	Role         fade.UserType      `json:"role"`
	Notification string             `json:"notification"`
	State        fade.DeliveryState `json:"state"`
	AckedAt      *time.Time         `json:"acked_at"`
	SeenAt       *time.Time         `json:"seen_at"`
	ReadAt       *time.Time         `json:"read_at"`
	ArchivedAt   *time.Time         `json:"archived_at"`
	Deliveries   []fade.Delivery    `json:"deliveries"`
}

// EventStory says what became of an event: who was told, how, and whether it reached them.
type EventStory struct {
	ID      string          `json:"id"`
	Type    fade.EventType  `json:"type"`
	At      time.Time       `json:"at"`
	Message string          `json:"message"`
	People  []Told          `json:"people"`
	Others  []fade.Delivery `json:"others"` // to those who have no inbox
}

// DeliveryStory is a delivery with its tries that failed, first to last.
type DeliveryStory struct {
	fade.Delivery

	Attempts []fade.DeliveryAttempt `json:"attempts"`
}

// LedgerReader reads the ledger.
type LedgerReader interface {
	// Deliveries gives mails and pushes, newest first.
	Deliveries(q LedgerQuery) (fade.List[fade.Delivery], error)

	// Delivery finds one; CodeNotFound. In a LedgerTx it stays locked until the transaction ends.
	Delivery(id string) (fade.Delivery, error)

	// DeliveryAttempts gives the tries of one that failed.
	DeliveryAttempts(id string) ([]fade.DeliveryAttempt, error)

	// DeliveryFigures counts, all or those of one business.
	DeliveryFigures(businessID string, now time.Time) (DeliveryFigures, error)

	// EventStory tells what became of an event; CodeNotFound if nobody was told of it. businessID limits what it tells to
	// what concerns that business.
	EventStory(eventID, businessID string) (EventStory, error)
}

// LedgerTx changes the ledger inside one transaction.
type LedgerTx interface {
	LedgerReader
	fade.Memory

	// Requeue makes a failed delivery wait for its turn again.
	Requeue(id string, at time.Time) error

	// RequeueFailed does so for all that failed, at most limit, and tells how many they were.
	RequeueFailed(at time.Time, limit int) (int64, error)

	// AddDeliveries adds deliveries that no event called for.
	AddDeliveries(deliveries ...fade.Delivery) error
}

// LedgerStore runs the transactions; see [Store].
type LedgerStore interface {
	UpdateLedger(ctx context.Context, do func(LedgerTx) error) error
	ViewLedger(ctx context.Context, do func(LedgerReader) error) error
}

// Ledger answers what became of every mail and push, and lets operators send again what failed.
type Ledger struct {
	store LedgerStore
	now   func() time.Time
}

// NewLedger makes the verbs of the ledger.
func NewLedger(store LedgerStore, now func() time.Time) *Ledger { return &Ledger{store, now} }

// scope gives the business that an actor's questions are limited to: an owner's own, and none for super admins.
func scope(actor fade.Actor) (businessID string, err error) {
	if err := actor.RequireSignedIn(); err != nil {
		return "", err
	}
	if actor.IsSuperAdmin() {
		return "", nil
	}
	if actor.User.BusinessID == nil {
		return "", fade.Errorf(fade.CodeForbidden, "Only a business's owner may see its deliveries.")
	}
	return *actor.User.BusinessID, nil
}

// List gives deliveries: all to super admins, and to owners those of their business.
func (l *Ledger) List(ctx context.Context, actor fade.Actor, q LedgerQuery) (list fade.List[fade.Delivery], err error) {
	own, err := scope(actor)
	if err != nil {
		return list, err
	}
	if own != "" {
		q.BusinessID = own
	}
	err = l.store.ViewLedger(ctx, func(r LedgerReader) (err error) {
		list, err = r.Deliveries(q)
		return err
	})
	return list, err
}

// Get gives a delivery with its failed tries; CodeNotFound, also for those of other businesses.
func (l *Ledger) Get(ctx context.Context, actor fade.Actor, id string) (story DeliveryStory, err error) {
	own, err := scope(actor)
	if err != nil {
		return story, err
	}
	err = l.store.ViewLedger(ctx, func(r LedgerReader) (err error) {
		if story.Delivery, err = r.Delivery(id); err != nil {
			return err
		}
		if own != "" && (story.BusinessID == nil || *story.BusinessID != own) {
			return fade.NotFound("delivery")
		}
		story.Attempts, err = r.DeliveryAttempts(id)
		return err
	})
	return story, err
}

// Figures counts, for super admins all and for owners their business's.
func (l *Ledger) Figures(ctx context.Context, actor fade.Actor) (f DeliveryFigures, err error) {
	own, err := scope(actor)
	if err != nil {
		return f, err
	}
	err = l.store.ViewLedger(ctx, func(r LedgerReader) (err error) {
		f, err = r.DeliveryFigures(own, l.now())
		return err
	})
	return f, err
}

// Depth counts all deliveries, for whoever watches the servers and not for a person.
func (l *Ledger) Depth(ctx context.Context) (f DeliveryFigures, err error) {
	err = l.store.ViewLedger(ctx, func(r LedgerReader) (err error) {
		f, err = r.DeliveryFigures("", l.now())
		return err
	})
	return f, err
}

// OfEvent tells what became of an event; CodeNotFound. Owners hear of what concerns their business, and not who of
// the platform was told.
func (l *Ledger) OfEvent(ctx context.Context, actor fade.Actor, eventID string) (story EventStory, err error) {
	own, err := scope(actor)
	if err != nil {
		return story, err
	}
	err = l.store.ViewLedger(ctx, func(r LedgerReader) (err error) {
		story, err = r.EventStory(eventID, own)
		return err
	})
	return story, err
}

// Retry sends a failed delivery again; CodeConflict if it did not fail.
func (l *Ledger) Retry(ctx context.Context, actor fade.Actor, id string) (d fade.Delivery, err error) {
	if err := actor.RequireSuperAdmin(); err != nil {
		return d, err
	}
	err = l.store.UpdateLedger(ctx, func(tx LedgerTx) (err error) {
		d, err = fade.Once(tx, func() (fade.Delivery, error) {
			d, err := tx.Delivery(id)
			switch {
			case err != nil:
				return d, err
			case d.State != fade.DeliveryFailed:
				return d, fade.Errorf(fade.CodeConflict, "Only what failed can be sent again: this delivery is %s.", d.State)
			}
			if err := tx.Requeue(id, l.now()); err != nil {
				return d, err
			}
			return tx.Delivery(id)
		})
		return err
	})
	return d, err
}

// maxRetries bounds how many deliveries one request sends again.
const maxRetries = 100_000

// RetryFailed sends all that failed again, and tells how many they are.
func (l *Ledger) RetryFailed(ctx context.Context, actor fade.Actor) (n int64, err error) {
	if err := actor.RequireSuperAdmin(); err != nil {
		return 0, err
	}
	err = l.store.UpdateLedger(ctx, func(tx LedgerTx) (err error) {
		n, err = fade.Once(tx, func() (int64, error) { return tx.RequeueFailed(l.now(), maxRetries) })
		return err
	})
	return n, err
}

// Test sends a mail of a template to the super admin who asks: a delivery as any other.
func (l *Ledger) Test(ctx context.Context, actor fade.Actor, kind fade.DeliveryKind) (d fade.Delivery, err error) {
	if err := actor.RequireSuperAdmin(); err != nil {
		return d, err
	}
	now := l.now().UTC().Truncate(time.Microsecond)
	d = fade.Delivery{
		ID: fade.NewID(now), UserID: &actor.User.ID, Route: fade.RouteEmail, Kind: kind, Address: actor.User.Email,
		State: fade.DeliveryQueued, Cause: fade.CauseTest, NextAttemptAt: &now, CreatedAt: now,
	}
	err = l.store.UpdateLedger(ctx, func(tx LedgerTx) (err error) {
		d, err = fade.Once(tx, func() (fade.Delivery, error) {
			if err := tx.AddDeliveries(d); err != nil {
				return d, err
			}
			return tx.Delivery(d.ID)
		})
		return err
	})
	return d, err
}

// Person gives the entry of the story about whoever a delivery is for, and adds one for somebody whose inbox has none.
func (s *EventStory) Person(d fade.Delivery) *Told {
	for i := range s.People {
		if s.People[i].UserID == *d.UserID {
			return &s.People[i]
		}
	}
	s.People = append(s.People, Told{UserID: *d.UserID, Name: d.UserName, Email: d.UserEmail, Deliveries: []fade.Delivery{}})
	return &s.People[len(s.People)-1]
}
