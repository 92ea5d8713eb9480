package fade

import (
	"slices"
	"strings"
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
	NoShow    ReservationStatus = "no_show"
)

// ReservationStatuses lists them in the order of a reservation's life.
func ReservationStatuses() []ReservationStatus {
	return []ReservationStatus{Pending, Confirmed, Completed, NoShow, Canceled}
}

// next is the state machine: what each status may become. Completed, no_show and canceled are ends.
var next = map[ReservationStatus][]ReservationStatus{
	Pending:   {Confirmed, Canceled},
	Confirmed: {Completed, NoShow, Canceled},
}

// MayBecome tells whether a reservation of status s may go to status to; staying is always allowed.
func (s ReservationStatus) MayBecome(to ReservationStatus) bool {
	return s == to || slices.Contains(next[s], to)
}

// Active tells whether the customer is still expected.
func (s ReservationStatus) Active() bool { return s == Pending || s == Confirmed }

// Reservation is a customer's appointment at a business, from StartTime until just before EndTime. Its chair is
// kept until BlockedUntil. UpdatedBy is who changed it last, as people are told. ScheduleVersion is the version
// that the last change of its time, service, staff or place in the calendar made: the customer's link and
// reminders belong to it.
type Reservation struct {
	ID                string            `json:"id"`
	BusinessID        string            `json:"business"`
	BusinessName      string            `json:"business_name"`
	BusinessSubdomain string            `json:"business_subdomain"`
	Service           *string           `json:"service"`
	ServiceName       string            `json:"service_name"`
	Staff             *string           `json:"staff"`
	StaffName         string            `json:"staff_name"`
	CustomerName      string            `json:"customer_name"`
	CustomerEmail     string            `json:"customer_email"`
	CustomerPhone     string            `json:"customer_phone"`
	StartTime         time.Time         `json:"start_time"`
	EndTime           time.Time         `json:"end_time"`
	BlockedUntil      time.Time         `json:"blocked_until"`
	Status            ReservationStatus `json:"status"`
	Price             Money             `json:"price"`
	Currency          string            `json:"currency"`
	Notes             string            `json:"notes"`
	CancelReason      string            `json:"cancel_reason"`
	UpdatedBy         string            `json:"updated_by"`
	CreatedAt         time.Time         `json:"created_at"`
	UpdatedAt         time.Time         `json:"updated_at"`
	Version           int64             `json:"version"`
	ScheduleVersion   int64             `json:"schedule_version"`
}

// Who changes reservations besides users.
const (
	ByCustomer = "the customer"
	ByFade     = "Fade" // by itself, as when an appointment is over
)

// Chair gives what the reservation takes: its member of staff or, where it has none, its business.
func (r Reservation) Chair() string {
	if r.Staff != nil {
		return *r.Staff
	}
	return r.BusinessID
}

// Blocks gives the time for which the reservation keeps its chair, and false if it keeps it for none. One that is
// completed keeps it until its end: it may have completed by itself, long before.
func (r Reservation) Blocks() (Busy, bool) {
	b := Busy{r.Chair(), Interval{r.StartTime, r.BlockedUntil}, BusyTaken}
	return b, (r.Status.Active() || r.Status == Completed) && r.StartTime.Before(r.BlockedUntil)
}

// Same tells whether two states of a reservation say the same.
func (r Reservation) Same(other Reservation) bool {
	sameRef := func(a, b *string) bool { return a == b || a != nil && b != nil && *a == *b }
	if !sameRef(r.Service, other.Service) || !sameRef(r.Staff, other.Staff) {
		return false
	}
	other.Service, other.Staff = r.Service, r.Staff
	return r == other
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
	v.Text("cancel_reason", r.CancelReason, 0, 500, true)
	v.Price("price", r.Price)
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

// PhoneDigits gives the digits of a phone number, by which it is found however it was typed; 00 before them is the
// plus of an international number.
func PhoneDigits(phone string) string {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, phone)
	return strings.TrimPrefix(digits, "00")
}
