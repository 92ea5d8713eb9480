package booking

import (
	"context"
	"time"

	"github.com/fadedistrict/fade"
)

// Appointment is a reservation as its customer sees it, by their link.
type Appointment struct {
	Reservation fade.Reservation
	Business    fade.Business
	MayChange   bool
	ChangeUntil time.Time
	Token       string
}

// Token gives the token of the customer's link to a reservation as it is scheduled now.
func (s *Service) Token(r fade.Reservation) string { return s.links.token(r) }

// Appointment gives the reservation of a link; CodeNotFound for a link that was not made here, CodeStaleLink for
// one whose reservation was moved or canceled since.
func (s *Service) Appointment(ctx context.Context, token string) (a Appointment, err error) {
	err = s.store.View(ctx, func(r Reader) error {
		_, a, err = s.byLink(r, token)
		return err
	})
	return a, err
}

func (s *Service) byLink(r Reader, token string) (c fade.Catalogue, a Appointment, err error) {
	id, version, err := s.links.read(token)
	if err != nil {
		return c, a, err
	}
	reservation, err := r.Reservation(id)
	if err != nil {
		return c, a, err
	}
	if reservation.ScheduleVersion != version {
		return c, a, fade.Errorf(fade.CodeStaleLink, "This link is out of date: the appointment was changed since it was made. Use the newest link.")
	}
	if c, err = r.Catalogue(reservation.BusinessID); err != nil {
		return c, a, err
	}
	return c, s.appointment(c, reservation), nil
}

func (s *Service) appointment(c fade.Catalogue, r fade.Reservation) Appointment {
	until := r.StartTime.Add(-time.Duration(c.Settings.CancelUntilMinutes) * time.Minute)
	return Appointment{
		Reservation: r, Business: c.Business, ChangeUntil: until, Token: s.links.token(r),
		MayChange: r.Status.Active() && s.now().Before(until),
	}
}

// CancelByLink cancels the reservation of a link, and gives it with its new link; CodeConflict if it is too late.
func (s *Service) CancelByLink(ctx context.Context, token, reason string) (Appointment, error) {
	canceled := fade.Canceled
	return s.changeByLink(ctx, token, Change{Status: &canceled, CancelReason: &reason})
}

// RescheduleByLink moves the reservation of a link, and gives it with its new link. It stays with the member of
// staff unless that one is busy or away and nobody else was named. CodeConflict if it is too late, CodeSlotTaken with the
// nearest free slots.
func (s *Service) RescheduleByLink(ctx context.Context, token string, start time.Time, staff *string, hold Claim) (Appointment, error) {
	if start.IsZero() {
		return Appointment{}, fade.FieldErrorf(fade.CodeInvalid, "start_time", "This field is required.")
	}
	return s.changeByLink(ctx, token, Change{StartTime: &start, Staff: staff, Claim: hold})
}

func (s *Service) changeByLink(ctx context.Context, token string, change Change) (a Appointment, err error) {
	var catalogue fade.Catalogue
	var previous, r fade.Reservation
	err = s.store.Update(ctx, func(tx Tx) (err error) {
		r, err = fade.Once(tx, func() (fade.Reservation, error) {
			var a Appointment
			if catalogue, a, err = s.byLink(tx, token); err != nil {
				return r, err
			}
			previous = a.Reservation
			if !a.MayChange {
				return r, tooLate(a)
			}
			return s.customerChange(tx, catalogue, change, previous)
		})
		if err == nil && catalogue.Business.ID == "" { // remembered: the rest is read again
			catalogue, err = tx.Catalogue(r.BusinessID)
		}
		return err
	})
	if err != nil {
		w := change.wanted(previous)
		start := previous.StartTime
		if change.StartTime != nil {
			start = *change.StartTime
		}
		return a, s.withNearest(ctx, err, previous.BusinessID, previous.ID, true, w, start)
	}
	return s.appointment(catalogue, r), nil
}

func tooLate(a Appointment) error {
	if !a.Reservation.Status.Active() {
		return fade.Errorf(fade.CodeConflict, "This appointment is %s and cannot be changed.", inWords(a.Reservation.Status))
	}
	return fade.Errorf(fade.CodeConflict, "It is too late to change this appointment here. Call %s.", a.Business.Name)
}

// customerChange changes a reservation for its customer, by the rules of the public.
func (s *Service) customerChange(tx Tx, c fade.Catalogue, change Change, previous fade.Reservation) (fade.Reservation, error) {
	public, freed := fade.Actor{}, []fade.Busy{}
	if change.StartTime == nil {
		return s.change(tx, public, change, previous, &freed)
	}
	if !c.Business.IsActive {
		return previous, fade.Errorf(fade.CodeConflict, "%s takes no reservations at the moment.", c.Business.Name)
	}
	if err := validateBounds(c, *change.StartTime, s.now()); err != nil {
		return previous, err
	}
	r, err := s.change(tx, public, change, previous, &freed)
	busy := fade.ErrorCode(err) == fade.CodeSlotTaken && !refusedByDatabase(err)
	away := fade.ErrorCode(err) == fade.CodeInvalid // or has left
	if change.Staff != nil || previous.Staff == nil || !busy && !away {
		return r, err
	}
	return s.moveToAnybody(tx, c, change, previous, freed)
}

// moveToAnybody moves a reservation whose member of staff is busy to whoever is free.
func (s *Service) moveToAnybody(tx Tx, c fade.Catalogue, change Change, previous fade.Reservation, freed []fade.Busy) (fade.Reservation, error) {
	anybody := previous
	anybody.Staff = nil
	r, now := change.apply(anybody), s.instant()
	if err := seatAt(tx, &r, c, now, r.ID, true, &freed); err != nil {
		return r, err
	}
	return write(tx, r, previous, who{name: fade.ByCustomer}, now, freed)
}
