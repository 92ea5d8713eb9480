package booking

import (
	"context"
	"strings"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/realtime/eventlog"
	"github.com/fadedistrict/fade/totals"
)

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
		return mayRun(actor, r.BusinessID, "reservation")
	})
	if err != nil {
		r = fade.Reservation{}
	}
	return r, err
}

// lookupLimit is how many reservations a lookup tells.
const lookupLimit = 20

// Lookup gives a customer's coming reservations at one business by phone number: when they are and of what, but
// nobody's name, email or notes, for whoever asks may only know the number.
func (s *Service) Lookup(ctx context.Context, place Place, phone string) (found []fade.Reservation, err error) {
	phone = strings.TrimSpace(phone)
	switch digits := fade.PhoneDigits(phone); {
	case phone == "":
		return nil, fade.FieldErrorf(fade.CodeInvalid, "phone", "This field is required.")
	case len(digits) < 6:
		return nil, fade.FieldErrorf(fade.CodeInvalid, "phone", "Give the whole number.")
	}
	err = s.store.View(ctx, func(r Reader) error {
		c, err := r.CatalogueBySubdomain(strings.ToLower(place.Subdomain))
		if err != nil {
			return err
		}
		if !c.Business.IsActive {
			return fade.NotFound("business")
		}
		now := s.now()
		list, err := r.Reservations(Query{BusinessID: c.Business.ID, Phone: phone, From: &now, Page: fade.Page{Sort: "start_time", Limit: lookupLimit}})
		for _, reservation := range list.Items {
			reservation.CustomerName, reservation.CustomerEmail, reservation.CustomerPhone = "", "", phone
			reservation.Notes, reservation.CancelReason, reservation.UpdatedBy = "", "", ""
			found = append(found, reservation)
		}
		return err
	})
	return found, err
}

// Totals gives the owner's own totals with where the channel's log stood when they were read.
func (s *Service) Totals(ctx context.Context, actor fade.Actor, channel string) (t fade.BusinessTotals, at eventlog.Position, err error) {
	err = s.ownFigures(ctx, actor, channel, &at, func(r Reader, businessID string) (err error) {
		t, err = totals.ReadBusiness(r, businessID, s.now())
		return err
	})
	return t, at, err
}

// Analytics gives the owner's own figures day by day, with where the channel's log stood when they were read.
func (s *Service) Analytics(ctx context.Context, actor fade.Actor, channel string, days int) (list []fade.DayBooking, at eventlog.Position, err error) {
	err = s.ownFigures(ctx, actor, channel, &at, func(r Reader, businessID string) (err error) {
		list, err = totals.ReadDays(r, businessID, s.now(), days)
		return err
	})
	return list, at, err
}

func (s *Service) ownFigures(ctx context.Context, actor fade.Actor, channel string, at *eventlog.Position, read func(Reader, string) error) error {
	if err := actor.RequireSignedIn(); err != nil {
		return err
	}
	if actor.User.BusinessID == nil {
		return fade.Errorf(fade.CodeForbidden, "Only the owner of a business has a business's totals.")
	}
	return s.store.View(ctx, func(r Reader) (err error) {
		if err := read(r, *actor.User.BusinessID); err != nil {
			return err
		}
		*at, err = r.Position(channel)
		return err
	})
}
