package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/booking"
	"github.com/fadedistrict/fade/ics"
)

func (a *API) appointmentRoutes() {
	const tag, item = "booking", "/api/appointments/{token}/"
	const link = "By the link that belongs to the reservation as it is scheduled: 410 once it was moved or canceled, 404 for a link that was not made here."
	errors := []fade.Code{fade.CodeStaleLink, fade.CodeRateLimited}
	changes := append([]fade.Code{fade.CodeConflict}, errors...)
	add(a, operation{id: "getAppointment", method: http.MethodGet, path: item, access: anybody, tag: tag, errors: errors,
		summary: "A customer's own reservation", about: link}, a.appointment)
	add(a, operation{id: "cancelAppointment", method: http.MethodPost, path: item + "cancel/", access: anybody, tag: tag, errors: changes,
		summary: "Cancel one's own reservation", about: link}, a.cancelAppointment)
	add(a, operation{id: "rescheduleAppointment", method: http.MethodPost, path: item + "reschedule/", access: anybody, tag: tag, errors: changes,
		summary: "Move one's own reservation", about: link + " The answer has the new link's token."}, a.rescheduleAppointment)
	add(a, operation{id: "getAppointmentCalendar", method: http.MethodGet, path: item + "calendar.ics/", access: anybody, tag: tag, errors: errors,
		summary: "One's own reservation for a calendar (RFC 5545)", about: link}, a.appointmentCalendar)
}

// Appointment is a reservation as its customer sees it.
type Appointment struct {
	Business    PublicBusiness `json:"business"`
	Reservation OwnReservation `json:"reservation"`
	MayChange   bool           `json:"may_change"`
	ChangeUntil time.Time      `json:"change_until"`
	Token       string         `json:"token" doc:"The link's token; another one after each change."`
}

// OwnReservation is what a customer sees of their reservation: not its notes, which the business writes too.
type OwnReservation struct {
	ID           string                 `json:"id"`
	Service      *string                `json:"service"`
	ServiceName  string                 `json:"service_name"`
	Staff        *string                `json:"staff"`
	StaffName    string                 `json:"staff_name"`
	StartTime    time.Time              `json:"start_time"`
	EndTime      time.Time              `json:"end_time"`
	Status       fade.ReservationStatus `json:"status"`
	Price        fade.Money             `json:"price"`
	Currency     string                 `json:"currency"`
	CustomerName string                 `json:"customer_name"`
	CancelReason string                 `json:"cancel_reason"`
}

func appointmentOf(a booking.Appointment) Appointment {
	r := a.Reservation
	return Appointment{
		Business: publicBusiness(a.Business), MayChange: a.MayChange, ChangeUntil: a.ChangeUntil, Token: a.Token,
		Reservation: OwnReservation{r.ID, r.Service, r.ServiceName, r.Staff, r.StaffName, r.StartTime, r.EndTime, r.Status, r.Price, r.Currency,
			r.CustomerName, r.CancelReason},
	}
}

// AppointmentParams name a reservation by its link.
type AppointmentParams struct {
	Token   string `path:"token"`
	Request request
}

func (a *API) ownAppointment(ctx context.Context, in *AppointmentParams) (booking.Appointment, error) {
	if wait := a.limits.linkAddress.take(in.Request.address); wait > 0 {
		return booking.Appointment{}, tooMany(wait)
	}
	return a.o.Booking.Appointment(ctx, in.Token)
}

func (a *API) appointment(ctx context.Context, in *AppointmentParams) (*one[Appointment], error) {
	found, err := a.ownAppointment(ctx, in)
	return &one[Appointment]{appointmentOf(found)}, err
}

// Cancellation is why a customer does not come.
type Cancellation struct {
	Reason string `json:"reason,omitempty" maxLength:"500"`
}

// NewTime is when a customer would rather come.
type NewTime struct {
	StartTime *time.Time `json:"start_time,omitempty"`
	Staff     reference  `json:"staff,omitempty" doc:"Nobody for the same, or whoever is free."`
	Hold      reference  `json:"hold,omitempty" doc:"A hold of the same session, which the reservation takes the place of."`
}

// TransformSchema implements [huma.SchemaTransformer].
func (NewTime) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	s.Required = append(s.Required, "start_time")
	return s
}

type (
	cancelAppointmentInput struct {
		AppointmentParams
		Body body[Cancellation]
	}
	rescheduleAppointmentInput struct {
		AppointmentParams
		Session string `header:"Booking-Session" doc:"Whose hold it is."`
		Body    body[NewTime]
	}
)

func (a *API) cancelAppointment(ctx context.Context, in *cancelAppointmentInput) (*one[Appointment], error) {
	if wait := a.limits.linkAddress.take(in.Request.address); wait > 0 {
		return nil, tooMany(wait)
	}
	found, err := a.o.Booking.CancelByLink(ctx, in.Token, in.Body.value.Reason)
	return &one[Appointment]{appointmentOf(found)}, err
}

func (a *API) rescheduleAppointment(ctx context.Context, in *rescheduleAppointmentInput) (*one[Appointment], error) {
	if wait := a.limits.linkAddress.take(in.Request.address); wait > 0 {
		return nil, tooMany(wait)
	}
	n := in.Body.value
	var start time.Time
	if n.StartTime != nil {
		start = *n.StartTime
	}
	var staff *string
	if n.Staff.id != "" {
		staff = &n.Staff.id
	}
	found, err := a.o.Booking.RescheduleByLink(ctx, in.Token, start, staff, booking.Claim{Hold: n.Hold.id, Session: in.Session})
	return &one[Appointment]{appointmentOf(found)}, err
}

// calendarFile is an answer that calendars read.
type calendarFile struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

func (a *API) appointmentCalendar(ctx context.Context, in *AppointmentParams) (*calendarFile, error) {
	found, err := a.ownAppointment(ctx, in)
	if err != nil {
		return nil, err
	}
	r, b := found.Reservation, found.Business
	summary := b.Name
	if r.ServiceName != "" {
		summary = r.ServiceName + " – " + b.Name
	}
	event := ics.Event{
		UID: r.ID + "@fade", Sequence: r.Version, Stamp: r.UpdatedAt, Start: r.StartTime, End: r.EndTime, Summary: summary, Location: b.Name,
		Description: withStaff(r), Canceled: r.Status == fade.Canceled, Tentative: r.Status == fade.Pending,
	}
	if a.o.PublicURL != "" {
		event.URL = a.o.PublicURL + "/appointment/" + found.Token
	}
	return &calendarFile{ics.ContentType, `attachment; filename="appointment.ics"`, event.Calendar()}, nil
}

func withStaff(r fade.Reservation) string {
	if r.StaffName == "" {
		return ""
	}
	return "With " + r.StaffName
}
