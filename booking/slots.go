package booking

import (
	"context"
	"strings"
	"time"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/realtime/eventlog"
)

// Offer gives what the public may book at a business, with where the log of its times stood; CodeNotFound for a
// business that is switched off.
func (s *Service) Offer(ctx context.Context, actor fade.Actor, subdomain string, channel func(businessID string) string) (c fade.Catalogue, at eventlog.Position, err error) {
	err = s.store.View(ctx, func(r Reader) (err error) {
		if c, err = businessAt(r, asVisitor(actor), Place{Subdomain: subdomain}); err != nil {
			return err
		}
		at, err = r.Position(channel(c.Business.ID))
		return err
	})
	return c, at, err
}

// asVisitor looks at a booking page as the public does, also for whoever owns another business.
func asVisitor(actor fade.Actor) fade.Actor {
	if actor.IsSuperAdmin() {
		return actor
	}
	return fade.Actor{}
}

// Search says which slots somebody looks for.
type Search struct {
	Subdomain string
	Service   string // "" for an appointment without one
	Staff     string // "" for anybody
	From      fade.Date
	Days      int
}

// MaxDays bounds a search.
const MaxDays = 62

// Found is what can be had: for each day its slots, or only how many of them are free.
type Found struct {
	Catalogue    fade.Catalogue
	Availability fade.Availability
	Busy         []fade.Busy
	Position     eventlog.Position
}

// Availability reads what is needed to tell slots, with where the log of the business's times stood.
func (s *Service) Availability(ctx context.Context, actor fade.Actor, q Search, channel func(businessID string) string) (f Found, err error) {
	if q.Days < 1 || q.Days > MaxDays {
		return f, fade.FieldErrorf(fade.CodeInvalid, "days", "This must be a number of days from 1 to %d.", MaxDays)
	}
	err = s.store.View(ctx, func(r Reader) (err error) {
		if f.Catalogue, err = r.CatalogueBySubdomain(strings.ToLower(q.Subdomain)); err != nil {
			return err
		}
		c := f.Catalogue
		runs := mayRun(actor, c.Business.ID, "business") == nil
		if !c.Business.IsActive && !runs {
			return fade.NotFound("business")
		}
		w := fade.Wanted{Service: q.Service, Staff: q.Staff}
		if err := known(c, w); err != nil {
			return err
		}
		now := s.now()
		w.Earliest, w.Last = bounds(c, !runs, now)
		noon := time.Date(q.From.Year, q.From.Month, q.From.Day, 12, 0, 0, 0, c.Business.Location())
		const half = 13 * time.Hour // of the longest day
		lastNoon := noon.AddDate(0, 0, q.Days-1)
		within := fade.Interval{Start: noon.Add(-half), End: lastNoon.Add(half + fade.MaxBuffer)}
		if f.Position, err = r.Position(channel(c.Business.ID)); err != nil {
			return err
		}
		busy, err := s.busy.read(r, c.Business.ID, within, f.Position, q.Days > 1)
		if err != nil {
			return err
		}
		f.Busy = busy.overlapping(within, now)
		f.Availability = fade.NewAvailability(c, f.Busy, w)
		return nil
	})
	return f, err
}

// known complains of a service that the business never had, or a member of staff who is not there. Of a service that is
// not offered any more there may be appointments, whose customers look for another time.
func known(c fade.Catalogue, w fade.Wanted) error {
	var v fade.Violations
	if _, ok := c.Service(w.Service); w.Service != "" && !ok {
		v.Add("service", "This service does not exist.")
	}
	if member, ok := c.Member(w.Staff); w.Staff != "" && (!ok || !member.IsActive) {
		v.Add("staff", "This member of staff does not exist.")
	}
	return v.Err()
}
