package simulate

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// What the API promises, as far as customers look at it; each answer says whether it holds.

type span struct {
	Start time.Time `json:"start_time"`
	End   time.Time `json:"end_time"`
}

func (s span) check() error {
	if !s.Start.Before(s.End) {
		return fmt.Errorf("a time from %v until %v", s.Start, s.End)
	}
	return nil
}

// page is a booking page.
type page struct {
	Business struct {
		ID       string `json:"id"`
		Timezone string `json:"timezone"`
	} `json:"business"`
	Services []struct {
		ID string `json:"id"`
	} `json:"services"`
	LeadMinutes int `json:"lead_minutes"`
	HorizonDays int `json:"horizon_days"`

	zone *time.Location
}

func (p *page) check() (err error) {
	if p.Business.ID == "" || p.HorizonDays < 1 {
		return errors.New("a booking page of no business")
	}
	p.zone, err = time.LoadLocation(p.Business.Timezone)
	return err
}

// days are how many slots are free.
type days struct {
	Days []struct {
		Date string `json:"date"`
		Free int    `json:"free"`
	} `json:"days"`
}

func (d *days) check() error {
	for i, day := range d.Days {
		if _, err := time.Parse(time.DateOnly, day.Date); err != nil || day.Free < 0 {
			return fmt.Errorf("%d free slots on %q", day.Free, day.Date)
		}
		if i > 0 && day.Date <= d.Days[i-1].Date {
			return errors.New("the days are not in order")
		}
	}
	return nil
}

type slot struct {
	span
	Free  []string `json:"free"`
	Taken []string `json:"taken"`
}

// slots are those of a day, with what keeps chairs busy.
type slots struct {
	BufferMinutes int    `json:"buffer_minutes"`
	Slots         []slot `json:"slots"`
	Busy          []struct {
		span
		Chair string `json:"chair"`
		State string `json:"state"`
	} `json:"busy"`
}

func (s *slots) check() error {
	for i, slot := range s.Slots {
		if err := slot.check(); err != nil {
			return err
		}
		if i > 0 && !slot.Start.After(s.Slots[i-1].Start) {
			return errors.New("the slots are not in order")
		}
		until := slot.End.Add(time.Duration(s.BufferMinutes) * time.Minute)
		for _, chair := range slot.Free {
			if slices.Contains(slot.Taken, chair) {
				return fmt.Errorf("at %v the chair %s is both free and taken", slot.Start, chair)
			}
			for _, busy := range s.Busy {
				if busy.Chair == chair && busy.Start.Before(until) && slot.Start.Before(busy.End) {
					return fmt.Errorf("at %v the chair %s is free, and %s from %v", slot.Start, chair, busy.State, busy.Start)
				}
			}
		}
	}
	for _, busy := range s.Busy {
		if busy.State != "taken" && busy.State != "held" {
			return fmt.Errorf("a chair that is busy because it is %q", busy.State)
		}
		if err := busy.check(); err != nil {
			return err
		}
	}
	return nil
}

// hold is a slot that is kept for a customer.
type hold struct {
	span
	ID        string    `json:"id"`
	Chair     string    `json:"chair"`
	Staff     *string   `json:"staff"`
	ExpiresAt time.Time `json:"expires_at"`
}

func (h *hold) check() error {
	if h.ID == "" || h.Chair == "" || h.ExpiresAt.IsZero() || h.Staff != nil && *h.Staff != h.Chair {
		return errors.New("a hold of nothing")
	}
	return h.span.check()
}

// staff gives who the hold is with, and "" where nobody has a name.
func (h *hold) staff() string {
	if h.Staff == nil {
		return ""
	}
	return *h.Staff
}

// reservation is what a customer gets for booking.
type reservation struct {
	span
	ID      string  `json:"id"`
	Service *string `json:"service"`
	Staff   *string `json:"staff"`
	Status  string  `json:"status"`
	Token   string  `json:"token"`
}

func (r *reservation) check() error {
	if r.ID == "" || r.Token == "" || r.Status != "pending" && r.Status != "confirmed" {
		return errors.New("a reservation of nothing")
	}
	return r.span.check()
}

// appointment is a reservation as its customer sees it by their link.
type appointment struct {
	Business struct {
		Subdomain string `json:"subdomain"`
	} `json:"business"`
	Reservation struct {
		span
		ID      string  `json:"id"`
		Service *string `json:"service"`
		Staff   *string `json:"staff"`
		Status  string  `json:"status"`
	} `json:"reservation"`
	MayChange bool   `json:"may_change"`
	Token     string `json:"token"`
}

func (a *appointment) check() error {
	if a.Reservation.ID == "" || a.Token == "" || a.Reservation.Status == "" {
		return errors.New("an appointment of nothing")
	}
	return a.Reservation.span.check()
}

// nothing is the answer to whoever does not look at it.
type nothing struct{}

func (nothing) check() error { return nil }
