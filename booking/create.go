package booking

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/fadedistrict/fade"
)

// maxTries bounds how often a chair is chosen again after the database has refused one: another process was
// faster, and the next look sees what it did.
const maxTries = 5

// Create books. Anybody may; the public's reservation costs what the service costs and is confirmed as the
// business has it, whatever it says. CodeSlotTaken, with the nearest free slots, if no chair is free.
func (s *Service) Create(ctx context.Context, actor fade.Actor, place Place, c Change) (r fade.Reservation, err error) {
	if !actor.SignedIn() {
		c.Price, c.Status = nil, nil
	}
	var wanted fade.Reservation // as far as it came
	for try := 1; ; try++ {
		err = s.store.Update(ctx, func(tx Tx) (err error) {
			r, err = fade.Once(tx, func() (fade.Reservation, error) { return s.create(tx, actor, place, c) })
			wanted = r
			return err
		})
		if !refusedByDatabase(err) || c.Staff != nil || try == maxTries {
			break
		}
	}
	if err != nil {
		return fade.Reservation{}, s.withNearest(ctx, err, wanted.BusinessID, "", !actor.SignedIn(), c.wanted(wanted), wanted.StartTime)
	}
	return r, nil
}

// refusedByDatabase tells the database's refusal of a chair from the verbs' own.
func refusedByDatabase(err error) bool {
	e, ok := errors.AsType[*fade.Error](err)
	return ok && e.Code == fade.CodeSlotTaken && e.Cause != nil
}

// wanted gives what the nearest free slots of a refused reservation must be like.
func (c Change) wanted(r fade.Reservation) fade.Wanted {
	w := fade.Wanted{Duration: r.EndTime.Sub(r.StartTime)}
	if r.Service != nil {
		w.Service = *r.Service
	}
	if c.Staff != nil {
		w.Staff = *c.Staff
	}
	return w
}

// create books inside the transaction. With an error it gives the reservation as far as it came.
func (s *Service) create(tx Tx, actor fade.Actor, place Place, c Change) (r fade.Reservation, err error) {
	catalogue, err := businessAt(tx, actor, place)
	if err != nil {
		return r, err
	}
	b, now := catalogue.Business, s.instant()
	status := fade.Pending
	if !actor.SignedIn() && !catalogue.Settings.NeedsConfirmation {
		status = fade.Confirmed
	}
	r = c.apply(fade.Reservation{
		ID: fade.NewID(now), BusinessID: b.ID, BusinessName: b.Name, BusinessSubdomain: b.Subdomain, Status: status,
		UpdatedBy: nameOf(actor), CreatedAt: now, UpdatedAt: now, Version: 1, ScheduleVersion: 1,
	})
	var freed []fade.Busy
	if err := claim(tx, catalogue, c.Claim, &r, &freed); err != nil {
		return r, err
	}
	if err := serve(&r, catalogue, c, actor, fade.Reservation{}); err != nil {
		return r, err
	}
	if err := validateNew(r, catalogue, now, !actor.SignedIn()); err != nil {
		return r, err
	}
	if err := seatAt(tx, &r, catalogue, now, "", !actor.SignedIn(), &freed); err != nil {
		return r, err
	}
	if err := tx.InsertReservation(r); err != nil {
		return r, err
	}
	tx.Record(fade.ReservationCreated{Reservation: r, By: actor.User.ID})
	recordSlots(tx, nil, &r, freed)
	return r, nil
}

// seatAt finds the reservation a chair: that of its member of staff, or any.
func seatAt(tx Tx, r *fade.Reservation, c fade.Catalogue, now time.Time, moves string, public bool, freed *[]fade.Busy) error {
	w := seat{at: fade.Interval{Start: r.StartTime, End: r.EndTime}, moves: moves, public: public}
	if r.Service != nil {
		w.service = *r.Service
	}
	if r.Staff != nil {
		w.staff = *r.Staff
	}
	f, err := find(tx, c, w, now, freed)
	if err != nil {
		return err
	}
	r.Staff, r.BlockedUntil, r.StaffName = f.staff, f.until, ""
	if f.staff != nil {
		member, _ := c.Member(*f.staff)
		r.StaffName = member.Name
	}
	return nil
}

// claim takes a hold of the same session for the reservation: its chair and start, where the reservation names
// none. A hold that is gone is none: the time may still be free.
func claim(tx Tx, catalogue fade.Catalogue, c Claim, r *fade.Reservation, freed *[]fade.Busy) error {
	if c.Hold == "" {
		return nil
	}
	h, err := tx.Hold(c.Hold)
	switch {
	case fade.ErrorCode(err) == fade.CodeNotFound:
		return nil
	case err != nil:
		return err
	case h.Session != sessionKey(c.Session) || h.BusinessID != r.BusinessID:
		return nil
	}
	if r.StartTime.IsZero() {
		r.StartTime = h.StartTime
	}
	if r.Service == nil {
		r.Service = h.Service
	}
	if r.Staff == nil && h.Staff != nil && r.StartTime.Equal(h.StartTime) {
		if member, _ := catalogue.Member(*h.Staff); member.IsActive { // or whoever is still there
			r.Staff = h.Staff
		}
	}
	*freed = append(*freed, h.Blocks(fade.BusyFree))
	return tx.DeleteHold(h.ID)
}

// claimMove takes a hold for a reservation that moves. Where nobody is named, the hold says who does it: the customer
// saw whose time it is.
func claimMove(tx Tx, catalogue fade.Catalogue, c Change, r *fade.Reservation, previous fade.Reservation, freed *[]fade.Busy) error {
	if c.Staff == nil && c.Claim.Hold != "" {
		r.Staff = nil
	}
	service := r.Service
	err := claim(tx, catalogue, c.Claim, r, freed)
	r.Service = service // to move is not to have something else done
	if r.Staff == nil {
		r.Staff = previous.Staff
	}
	return err
}

// serve fills in what follows from the service: how long it takes and what it costs. The public gets no other
// length of a service than the business offers. What is not offered any more stays with what was booked before.
func serve(r *fade.Reservation, c fade.Catalogue, change Change, actor fade.Actor, previous fade.Reservation) error {
	duration := fade.DefaultDuration
	r.ServiceName = ""
	another := previous.ID == "" || !sameRef(r.Service, previous.Service)
	if r.Service != nil {
		service, known := c.Service(*r.Service)
		if !known || !service.IsActive && !sameRef(r.Service, previous.Service) {
			return fade.FieldErrorf(fade.CodeInvalid, "service", "This service does not exist.")
		}
		duration = service.Duration()
		r.ServiceName = service.Name
		if another {
			r.Currency = service.Currency
			if change.Price == nil || !actor.SignedIn() {
				r.Price = service.Price
			}
		}
	}
	if r.Staff != nil {
		if member, known := c.Member(*r.Staff); !known || !member.IsActive && !sameRef(r.Staff, previous.Staff) {
			return fade.FieldErrorf(fade.CodeInvalid, "staff", "This member of staff does not exist.")
		}
	}
	ownLength := change.EndTime != nil && (actor.SignedIn() || r.Service == nil)
	if longest := longestOffered(c); ownLength && !actor.SignedIn() && r.EndTime.Sub(r.StartTime) > longest {
		return fade.FieldErrorf(fade.CodeInvalid, "end_time", "An appointment here lasts at most %s.", minutesInWords(int(longest.Minutes())))
	}
	if !ownLength && !r.StartTime.IsZero() && (change.EndTime != nil || r.EndTime.IsZero() || change.Service != nil) {
		r.EndTime = r.StartTime.Add(duration)
	}
	return nil
}

// longestOffered gives how long an appointment of the public may last that names no service: no longer than the longest
// service or, where a business has none, four hours.
func longestOffered(c fade.Catalogue) time.Duration {
	longest := time.Duration(0)
	for _, s := range c.Services {
		if s.IsActive {
			longest = max(longest, s.Duration(), fade.DefaultDuration)
		}
	}
	if longest == 0 {
		return 4 * time.Hour
	}
	return longest
}

// businessAt finds the business to book at: the named one, or an owner's own; an owner who names another
// must not book at their own by mistake. A business that is switched
// off takes no reservations and, for the public, does not exist.
func businessAt(r Reader, actor fade.Actor, place Place) (c fade.Catalogue, err error) {
	switch {
	case actor.SignedIn() && place.BusinessID != "":
		c, err = r.Catalogue(place.BusinessID)
	case place.Subdomain != "":
		c, err = r.CatalogueBySubdomain(strings.ToLower(place.Subdomain))
	case actor.SignedIn() && actor.User.BusinessID != nil:
		c, err = r.Catalogue(*actor.User.BusinessID)
	default:
		return c, fade.FieldErrorf(fade.CodeInvalid, "subdomain", "Name the business by its subdomain.")
	}
	switch {
	case err != nil:
		return c, err
	case actor.SignedIn() && !actor.IsSuperAdmin() && !actor.User.Owns(c.Business.ID):
		return fade.Catalogue{}, fade.NotFound("business")
	case !c.Business.IsActive && !actor.SignedIn():
		return fade.Catalogue{}, fade.NotFound("business")
	case !c.Business.IsActive:
		return fade.Catalogue{}, fade.Errorf(fade.CodeConflict, "This business is switched off and takes no reservations.")
	}
	return c, nil
}

func validateNew(r fade.Reservation, c fade.Catalogue, now time.Time, public bool) error {
	var v fade.Violations
	if r.StartTime.IsZero() {
		return validateSchedule(r, c, now, public)
	}
	if !r.Status.Active() {
		v.Add("status", "A new reservation is pending or confirmed.")
	}
	if invalid := (*fade.Error)(nil); errors.As(r.Validate(), &invalid) {
		v = append(v, invalid.Fields...)
	}
	if err := v.Err(); err != nil {
		return err
	}
	return validateSchedule(r, c, now, public)
}

// validateSchedule checks a new reservation's time.
func validateSchedule(r fade.Reservation, c fade.Catalogue, now time.Time, public bool) error {
	if r.StartTime.IsZero() {
		return fade.FieldErrorf(fade.CodeInvalid, "start_time", "This field is required.")
	}
	if err := validateTime(c, fade.Interval{Start: r.StartTime, End: r.EndTime}, now, time.Time{}); err != nil || !public {
		return err
	}
	return validateBounds(c, r.StartTime, now)
}

func (c Change) apply(r fade.Reservation) fade.Reservation {
	trim(&r.CustomerName, c.CustomerName)
	trim(&r.CustomerEmail, c.CustomerEmail)
	trim(&r.CustomerPhone, c.CustomerPhone)
	trim(&r.Notes, c.Notes)
	trim(&r.CancelReason, c.CancelReason)
	if c.StartTime != nil {
		length := r.EndTime.Sub(r.StartTime)
		r.StartTime = c.StartTime.UTC().Truncate(time.Microsecond)
		if !r.EndTime.IsZero() {
			r.EndTime = r.StartTime.Add(length) // to move is not to shorten
		}
	}
	if c.EndTime != nil {
		r.EndTime = c.EndTime.UTC().Truncate(time.Microsecond)
	}
	set(&r.Status, c.Status)
	set(&r.Price, c.Price)
	if c.Service != nil && *c.Service != "" {
		r.Service = c.Service
	}
	if c.Staff != nil && *c.Staff != "" {
		r.Staff = c.Staff
	}
	return r
}

// nameOf says who changes a reservation, for people.
func nameOf(actor fade.Actor) string {
	if !actor.SignedIn() {
		return fade.ByCustomer
	}
	return actor.User.FullName()
}
