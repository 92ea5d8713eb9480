package fade

import (
	"slices"
	"time"
)

// ReservationStatus is where a reservation stands.
type ReservationStatus string

// The reservation statuses.
const (
	Pending   ReservationStatus = "pending"
	Confirmed ReservationStatus = "confirmed"
	Canceled  ReservationStatus = "canceled"
	Completed ReservationStatus = "completed"
)

// ReservationStatuses lists them in the order of a reservation's life.
func ReservationStatuses() []ReservationStatus {
	return []ReservationStatus{Pending, Confirmed, Completed, Canceled}
}

// next is the state machine: what each status may become. Completed and canceled are ends.
var next = map[ReservationStatus][]ReservationStatus{
	Pending:   {Confirmed, Canceled},
	Confirmed: {Completed, Canceled},
}

// MayBecome tells whether a reservation of status s may go to status to; staying is always allowed.
func (s ReservationStatus) MayBecome(to ReservationStatus) bool {
	return s == to || slices.Contains(next[s], to)
}

// Reservation is a customer's appointment at a business, from StartTime until just before EndTime.
type Reservation struct {
	ID                string            `json:"id"`
	BusinessID        string            `json:"business"`
	BusinessName      string            `json:"business_name"`
	BusinessSubdomain string            `json:"business_subdomain"`
	Service           *string           `json:"service"`
	Staff             *string           `json:"staff"`
	CustomerName      string            `json:"customer_name"`
	CustomerEmail     string            `json:"customer_email"`
	CustomerPhone     string            `json:"customer_phone"`
	StartTime         time.Time         `json:"start_time"`
	EndTime           time.Time         `json:"end_time"`
	Status            ReservationStatus `json:"status"`
	Price             Money             `json:"price"`
	Notes             string            `json:"notes"`
	CreatedAt         time.Time         `json:"created_at"`
	UpdatedAt         time.Time         `json:"updated_at"`
	Version           int64             `json:"version"`
}

// maxReservation is the longest appointment that a form can mean.
const maxReservation = 24 * time.Hour

// Validate gives CodeInvalid with every field that breaks a rule which needs no other row to check.
func (r Reservation) Validate() error {
	var v Violations
	v.Text("customer_name", r.CustomerName, 1, 200, false)
	v.Email("customer_email", r.CustomerEmail, false)
	v.Text("customer_phone", r.CustomerPhone, 0, 40, false)
	v.Text("notes", r.Notes, 0, 2000, true)
	OneOf(&v, "status", r.Status, ReservationStatuses()...)
	if r.Price < 0 || r.Price > 100_000_000_00 {
		v.Add("price", "This must be an amount between 0 and 100,000,000.")
	}
	if r.Service != nil && *r.Service != "" {
		v.Add("service", "This service does not exist.")
	}
	if r.Staff != nil && *r.Staff != "" {
		v.Add("staff", "This member of staff does not exist.")
	}
	v.Instant("start_time", r.StartTime)
	v.Instant("end_time", r.EndTime)
	switch d := r.EndTime.Sub(r.StartTime); {
	case d <= 0:
		v.Add("end_time", "The end must be after the start.")
	case d > maxReservation:
		v.Add("end_time", "A reservation lasts at most 24 hours.")
	}
	return v.Err()
}

// Earns gives what the reservation adds to revenue: its price once it is confirmed or completed.
func (r Reservation) Earns() Money {
	if r.Status == Confirmed || r.Status == Completed {
		return r.Price
	}
	return 0
}
