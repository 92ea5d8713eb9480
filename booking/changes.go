package booking

import (
	"context"
	"strings"
	"time"

	"github.com/fadedistrict/fade"
)

// Update changes a reservation. CodeConflict for a step its status does not allow, CodeStale, with the
// reservation as it is, if it was changed since it was read, and CodeSlotTaken, with the nearest free slots, if
// its new time is not free.
func (s *Service) Update(ctx context.Context, actor fade.Actor, id string, c Change) (r fade.Reservation, err error) {
	if err := actor.RequireSignedIn(); err != nil {
		return r, err
	}
	var wanted fade.Reservation
	err = s.store.Update(ctx, func(tx Tx) error {
		previous, err := tx.Reservation(id)
		if err != nil {
			return err
		}
		if err := mayRun(actor, previous.BusinessID, "reservation"); err != nil {
			return err
		}
		if c.Version != nil && *c.Version != previous.Version {
			return errStale(previous)
		}
		r, err = s.change(tx, actor, c, previous, &[]fade.Busy{})
		wanted = r
		return err
	})
	if err != nil {
		w := c.wanted(wanted)
		if wanted.Staff != nil {
			w.Staff = *wanted.Staff
		}
		return fade.Reservation{}, s.withNearest(ctx, err, wanted.BusinessID, id, false, w, wanted.StartTime)
	}
	return r, nil
}

func errStale(current fade.Reservation) error {
	by := current.UpdatedBy
	if by == "" {
		by = "somebody else"
	}
	e := fade.Errorf(fade.CodeStale, "%s%s changed this reservation since you opened it.", strings.ToUpper(by[:1]), by[1:])
	e.Current = &current
	return e
}

// Cancel cancels a reservation; canceling it again changes nothing.
func (s *Service) Cancel(ctx context.Context, actor fade.Actor, id string) (fade.Reservation, error) {
	canceled := fade.Canceled
	return s.Update(ctx, actor, id, Change{Status: &canceled})
}

// change writes a reservation's next state. With an error it gives that state as far as it came; freed is then the time
// of holds that were removed on the way, of which somebody has to tell if the transaction goes on.
func (s *Service) change(tx Tx, actor fade.Actor, c Change, previous fade.Reservation, freed *[]fade.Busy) (fade.Reservation, error) {
	r := c.apply(previous)
	if r.Same(previous) {
		return previous, nil
	}
	var v fade.Violations
	fade.OneOf(&v, "status", r.Status, fade.ReservationStatuses()...)
	if err := v.Err(); err != nil {
		return r, err
	}
	if !previous.Status.MayBecome(r.Status) {
		return r, fade.FieldErrorf(fade.CodeConflict, "status", "A %s reservation cannot become %s.", inWords(previous.Status), inWords(r.Status))
	}
	now := s.instant()
	if err := s.reschedule(tx, actor, c, &r, previous, now, freed); err != nil {
		return r, err
	}
	if err := r.Validate(); err != nil {
		return r, err
	}
	if r.Status == fade.Completed && previous.Status != fade.Completed && now.Before(r.BlockedUntil) {
		r.BlockedUntil = later(now, r.StartTime) // whoever says that it is over gives the chair back
	}
	return write(tx, r, previous, who{nameOf(actor), actor.User.ID}, now, *freed)
}

// who changes a reservation: as people are told, and the user where it is one.
type who struct{ name, userID string }

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func inWords(status fade.ReservationStatus) string {
	return strings.ReplaceAll(string(status), "_", "-")
}

// reschedule finds a chair for a reservation whose time, service or staff is to be another.
func (s *Service) reschedule(tx Tx, actor fade.Actor, c Change, r *fade.Reservation, previous fade.Reservation, now time.Time, freed *[]fade.Busy) error {
	moved := !r.StartTime.Equal(previous.StartTime) || !r.EndTime.Equal(previous.EndTime)
	others := !sameRef(r.Service, previous.Service) || !sameRef(r.Staff, previous.Staff)
	if !moved && !others {
		return nil
	}
	if !r.Status.Active() {
		return fade.FieldErrorf(fade.CodeConflict, "status", "A %s reservation cannot be moved.", inWords(r.Status))
	}
	catalogue, err := tx.Catalogue(r.BusinessID)
	if err != nil {
		return err
	}
	if err := claimMove(tx, catalogue, c, r, previous, freed); err != nil {
		return err
	}
	if !sameRef(r.Service, previous.Service) || !sameRef(r.Staff, previous.Staff) {
		if err := serve(r, catalogue, c, actor, previous); err != nil {
			return err
		}
	}
	if err := r.Validate(); err != nil {
		return err
	}
	if !r.StartTime.Equal(previous.StartTime) || !r.EndTime.Equal(previous.EndTime) {
		if err := validateTime(catalogue, fade.Interval{Start: r.StartTime, End: r.EndTime}, now, previous.StartTime); err != nil {
			return err
		}
	}
	return seatAt(tx, r, catalogue, now, r.ID, !actor.SignedIn(), freed)
}

func sameRef(a, b *string) bool { return a == b || a != nil && b != nil && *a == *b }

// write writes a reservation's next state and records what happened.
func write(tx Tx, r, previous fade.Reservation, by who, now time.Time, freed []fade.Busy) (fade.Reservation, error) {
	r.UpdatedAt, r.UpdatedBy, r.Version = now, by.name, previous.Version+1
	sameTime := r.StartTime.Equal(previous.StartTime) && r.EndTime.Equal(previous.EndTime)
	if !sameTime || !sameRef(r.Service, previous.Service) || !sameRef(r.Staff, previous.Staff) || r.Status == fade.Canceled && previous.Status != fade.Canceled {
		r.ScheduleVersion = r.Version
	}
	if err := tx.UpdateReservation(r); err != nil {
		return r, err
	}
	if r.Status == fade.Canceled && previous.Status != fade.Canceled {
		tx.Record(fade.ReservationCanceled{Reservation: r, Previous: previous, By: by.userID})
	} else {
		tx.Record(fade.ReservationUpdated{Reservation: r, Previous: previous, By: by.userID})
	}
	recordSlots(tx, &previous, &r, freed)
	return r, nil
}
