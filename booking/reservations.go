package booking

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/realtime/eventlog"
	"github.com/fadedistrict/fade/totals"
)

// Create books. Anybody may; the public's reservation is pending and has no price, whatever it says.
func (s *Service) Create(ctx context.Context, actor fade.Actor, place Place, c Change) (r fade.Reservation, err error) {
	if !actor.SignedIn() {
		c.Price, c.Status = nil, nil
	}
	err = s.store.Update(ctx, func(tx Tx) error {
		b, err := businessAt(tx, actor, place)
		if err != nil {
			return err
		}
		now := s.instant()
		r = c.apply(fade.Reservation{
			ID: fade.NewID(now), BusinessID: b.ID, BusinessName: b.Name, BusinessSubdomain: b.Subdomain,
			Status: fade.Pending, CreatedAt: now, UpdatedAt: now, Version: 1,
		})
		if r.EndTime.IsZero() && !r.StartTime.IsZero() {
			r.EndTime = r.StartTime.Add(defaultDuration)
		}
		if err := validateNew(r, b, now); err != nil {
			return err
		}
		if err := tx.InsertReservation(r); err != nil {
			return err
		}
		tx.Record(fade.ReservationCreated{Reservation: r, By: actor.User.ID})
		return nil
	})
	return r, err
}

// businessAt finds the business to book at: the named one, or an owner's own; an owner who names another
// must not book at their own by mistake. A business that is switched
// off takes no reservations and, for the public, does not exist.
func businessAt(tx Tx, actor fade.Actor, place Place) (b fade.Business, err error) {
	switch {
	case actor.SignedIn() && place.BusinessID != "":
		b, err = tx.Business(place.BusinessID)
	case place.Subdomain != "":
		b, err = tx.BusinessBySubdomain(strings.ToLower(place.Subdomain))
	case actor.SignedIn() && actor.User.BusinessID != nil:
		b, err = tx.Business(*actor.User.BusinessID)
	default:
		return b, fade.FieldErrorf(fade.CodeInvalid, "subdomain", "Name the business by its subdomain.")
	}
	switch {
	case err != nil:
		return b, err
	case actor.SignedIn() && !actor.IsSuperAdmin() && !actor.User.Owns(b.ID):
		return b, fade.NotFound("business")
	case !b.IsActive && !actor.SignedIn():
		return b, fade.NotFound("business")
	case !b.IsActive:
		return b, fade.Errorf(fade.CodeConflict, "This business is switched off and takes no reservations.")
	}
	return b, nil
}

// pastGrace is how late a reservation may be entered: whoever books "now" should not be told that now is
// over.
const pastGrace = time.Minute

func validateNew(r fade.Reservation, b fade.Business, now time.Time) error {
	var v fade.Violations
	if r.StartTime.IsZero() {
		v.Add("start_time", "This field is required.")
		return v.Err()
	}
	if r.Status != fade.Pending && r.Status != fade.Confirmed {
		v.Add("status", "A new reservation is pending or confirmed.")
	}
	if invalid := (*fade.Error)(nil); errors.As(r.Validate(), &invalid) {
		v = append(v, invalid.Fields...)
	}
	if err := v.Err(); err != nil {
		return err
	}
	return validateTime(r, b, now)
}

// validateTime checks a reservation's time against the clock and the business's hours.
func validateTime(r fade.Reservation, b fade.Business, now time.Time) error {
	var v fade.Violations
	if r.StartTime.Before(now.Add(-pastGrace)) {
		v.Add("start_time", "This time is already over.")
	} else if !b.Open(r.StartTime, r.EndTime) {
		v.Add("start_time", "%s is open from %s to %s (%s).", b.Name, b.BusinessHoursStart, b.BusinessHoursEnd, b.Timezone)
	}
	return v.Err()
}

func (c Change) apply(r fade.Reservation) fade.Reservation {
	trimmed := func(value *string, to *string) {
		if to != nil {
			*value = strings.TrimSpace(*to)
		}
	}
	trimmed(&r.CustomerName, c.CustomerName)
	trimmed(&r.CustomerEmail, c.CustomerEmail)
	trimmed(&r.CustomerPhone, c.CustomerPhone)
	trimmed(&r.Notes, c.Notes)
	if c.StartTime != nil {
		r.StartTime = c.StartTime.UTC().Truncate(time.Microsecond)
	}
	if c.EndTime != nil {
		r.EndTime = c.EndTime.UTC().Truncate(time.Microsecond)
	}
	if c.Status != nil {
		r.Status = *c.Status
	}
	if c.Price != nil {
		r.Price = *c.Price
	}
	if c.Service != nil && *c.Service != "" {
		r.Service = c.Service
	}
	if c.Staff != nil && *c.Staff != "" {
		r.Staff = c.Staff
	}
	return r
}

// mayManage gives nil if the actor may see and change the reservations of the business; CodeNotFound for
// somebody else's.
func mayManage(actor fade.Actor, businessID string) error {
	if err := actor.RequireSignedIn(); err != nil {
		return err
	}
	if !actor.IsSuperAdmin() && !actor.User.Owns(businessID) {
		return fade.NotFound("reservation")
	}
	return nil
}

// List lists reservations: all for a super admin, those of their business for an owner, whatever the query
// says. The position is that of the channel, where the list was read.
func (s *Service) List(ctx context.Context, actor fade.Actor, channel string, q Query) (list fade.List[fade.Reservation], at eventlog.Position, err error) {
	if err := actor.RequireSignedIn(); err != nil {
		return list, at, err
	}
	if !actor.IsSuperAdmin() {
		if actor.User.BusinessID == nil || q.BusinessID != "" && q.BusinessID != *actor.User.BusinessID {
			return list, at, fade.NotFound("business")
		}
		q.BusinessID = *actor.User.BusinessID
	}
	err = s.store.View(ctx, func(r Reader) (err error) {
		if list, err = r.Reservations(q); err != nil {
			return err
		}
		at, err = r.Position(channel)
		return err
	})
	return list, at, err
}

// Get gives one reservation.
func (s *Service) Get(ctx context.Context, actor fade.Actor, id string) (r fade.Reservation, err error) {
	if err := actor.RequireSignedIn(); err != nil {
		return r, err
	}
	err = s.store.View(ctx, func(tx Reader) (err error) {
		if r, err = tx.Reservation(id); err != nil {
			return err
		}
		return mayManage(actor, r.BusinessID)
	})
	if err != nil {
		r = fade.Reservation{}
	}
	return r, err
}

// Update changes a reservation. CodeConflict for a step its status does not allow, CodeStale if it was
// changed since it was read.
func (s *Service) Update(ctx context.Context, actor fade.Actor, id string, c Change) (r fade.Reservation, err error) {
	if err := actor.RequireSignedIn(); err != nil {
		return r, err
	}
	err = s.store.Update(ctx, func(tx Tx) error {
		previous, err := tx.Reservation(id)
		if err != nil {
			return err
		}
		if err := mayManage(actor, previous.BusinessID); err != nil {
			return err
		}
		if c.Version != nil && *c.Version != previous.Version {
			return fade.Errorf(fade.CodeStale, "This reservation was changed by somebody else since you opened it. Load it again.")
		}
		r, err = s.change(tx, actor, c, previous)
		return err
	})
	if err != nil {
		r = fade.Reservation{}
	}
	return r, err
}

// Cancel cancels a reservation; canceling it again changes nothing.
func (s *Service) Cancel(ctx context.Context, actor fade.Actor, id string) (fade.Reservation, error) {
	canceled := fade.Canceled
	return s.Update(ctx, actor, id, Change{Status: &canceled})
}

func (s *Service) change(tx Tx, actor fade.Actor, c Change, previous fade.Reservation) (fade.Reservation, error) {
	r := c.apply(previous)
	if r == previous {
		return r, nil
	}
	if err := r.Validate(); err != nil {
		return r, err
	}
	if !previous.Status.MayBecome(r.Status) {
		return r, fade.FieldErrorf(fade.CodeConflict, "status", "A %s reservation cannot become %s.", previous.Status, r.Status)
	}
	if !r.StartTime.Equal(previous.StartTime) || !r.EndTime.Equal(previous.EndTime) {
		b, err := tx.Business(r.BusinessID)
		if err != nil {
			return r, err
		}
		if err := validateTime(r, b, s.now()); err != nil {
			return r, err
		}
	}
	r.UpdatedAt, r.Version = s.instant(), previous.Version+1
	if err := tx.UpdateReservation(r); err != nil {
		return r, err
	}
	if r.Status == fade.Canceled && previous.Status != fade.Canceled {
		tx.Record(fade.ReservationCanceled{Reservation: r, Previous: previous, By: actor.User.ID})
	} else {
		tx.Record(fade.ReservationUpdated{Reservation: r, Previous: previous, By: actor.User.ID})
	}
	return r, nil
}

// Lookup gives a customer's reservations at one business by phone number, without what only the business
// should know.
func (s *Service) Lookup(ctx context.Context, place Place, phone string) (found []fade.Reservation, err error) {
	phone = strings.TrimSpace(phone)
	if phone == "" {
		return nil, fade.FieldErrorf(fade.CodeInvalid, "phone", "This field is required.")
	}
	err = s.store.View(ctx, func(r Reader) error {
		b, err := r.BusinessBySubdomain(strings.ToLower(place.Subdomain))
		if err != nil {
			return err
		}
		if !b.IsActive {
			return fade.NotFound("business")
		}
		list, err := r.Reservations(Query{BusinessID: b.ID, Phone: phone, Page: fade.Page{Sort: "-start_time"}})
		for _, reservation := range list.Items {
			reservation.Notes, reservation.CustomerEmail = "", ""
			found = append(found, reservation)
		}
		return err
	})
	return found, err
}

// Totals gives the owner's own totals with where the channel's log stood when they were read.
func (s *Service) Totals(ctx context.Context, actor fade.Actor, channel string) (t fade.BusinessTotals, at eventlog.Position, err error) {
	if err := actor.RequireSignedIn(); err != nil {
		return t, at, err
	}
	if actor.User.BusinessID == nil {
		return t, at, fade.Errorf(fade.CodeForbidden, "Only the owner of a business has a business's totals.")
	}
	err = s.store.View(ctx, func(r Reader) (err error) {
		if t, err = totals.ReadBusiness(r, *actor.User.BusinessID, s.now()); err != nil {
			return err
		}
		at, err = r.Position(channel)
		return err
	})
	return t, at, err
}
