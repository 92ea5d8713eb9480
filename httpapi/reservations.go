package httpapi

import (
	"context"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/booking"
)

func (a *API) reservationRoutes() {
	const tag, list, item = "reservations", "/api/reservations/", "/api/reservations/{id}/"
	changes := []fade.Code{fade.CodeConflict}
	add(a, operation{id: "listReservations", method: http.MethodGet, path: list, access: signedIn, tag: tag,
		summary: "List reservations", errors: []fade.Code{fade.CodeNotFound},
		about: "All for a super admin, those of their business for an owner. Sorts: start_time, created_at, customer_name; -created_at by default."}, a.listReservations)
	add(a, operation{id: "createReservation", method: http.MethodPost, path: list, access: anybody, tag: tag,
		summary: "Book", status: http.StatusCreated, errors: []fade.Code{fade.CodeNotFound, fade.CodeConflict, fade.CodeRateLimited},
		about: "Anybody may. 409 slot_taken tells the nearest slots that are free. The business is named by subdomain in the body, by the header X-Subdomain or by the host, in this order; " +
			"a super admin may name it by business as well, and an owner who names none means their own."}, a.createReservation)
	add(a, operation{id: "lookupReservations", method: http.MethodPost, path: list + "lookup/", access: anybody, tag: tag,
		summary: "A customer's reservations at one business", errors: []fade.Code{fade.CodeNotFound, fade.CodeRateLimited},
		about: "The coming ones, by phone number: when and of what, but nobody's name, email or notes."}, a.lookupReservations)
	add(a, operation{id: "getReservation", method: http.MethodGet, path: item, access: signedIn, tag: tag,
		summary: "Read a reservation"}, a.getReservation)
	add(a, operation{id: "updateReservation", method: http.MethodPatch, path: item, access: signedIn, tag: tag, errors: changes,
		summary: "Change some fields of a reservation", about: "With a version, the change is refused if somebody else was faster."}, a.updateReservation)
	add(a, operation{id: "cancelReservation", method: http.MethodDelete, path: item, access: signedIn, tag: tag, errors: changes,
		summary: "Cancel a reservation", status: http.StatusNoContent}, a.cancelReservation)
}

// ReservationFields are what can be said about a reservation.
type ReservationFields struct {
	CustomerName  *string                 `json:"customer_name,omitempty" maxLength:"200"`
	CustomerEmail *string                 `json:"customer_email,omitempty" maxLength:"254"`
	CustomerPhone *string                 `json:"customer_phone,omitempty" maxLength:"40"`
	StartTime     *time.Time              `json:"start_time,omitempty"`
	EndTime       *time.Time              `json:"end_time,omitempty" doc:"If it is left out, after the length of the service, or 30 minutes. Of a service the public cannot choose it."`
	Status        *fade.ReservationStatus `json:"status,omitempty"`
	Price         *fade.Money             `json:"price,omitempty"`
	Notes         *string                 `json:"notes,omitempty" maxLength:"2000"`
	CancelReason  *string                 `json:"cancel_reason,omitempty" maxLength:"500"`
	Service       reference               `json:"service,omitempty" doc:"A service of the business; it gives the length and the price."`
	Staff         reference               `json:"staff,omitempty" doc:"Who is to do it; without, whoever is free."`
	Version       *int64                  `json:"version,omitempty" doc:"The version that was read."`
}

func (f ReservationFields) change() booking.Change {
	c := booking.Change{
		CustomerName: f.CustomerName, CustomerEmail: f.CustomerEmail, CustomerPhone: f.CustomerPhone,
		StartTime: f.StartTime, EndTime: f.EndTime, Status: f.Status, Price: f.Price, Notes: f.Notes,
		CancelReason: f.CancelReason, Version: f.Version,
	}
	if f.Service.id != "" {
		c.Service = &f.Service.id
	}
	if f.Staff.id != "" {
		c.Staff = &f.Staff.id
	}
	return c
}

// NewReservation is a reservation at a business.
type NewReservation struct {
	ReservationFields

	Business  reference `json:"business,omitempty" doc:"For super admins and owners."`
	Subdomain string    `json:"subdomain,omitempty"`
	Hold      reference `json:"hold,omitempty" doc:"A hold of the same Booking-Session, which the reservation takes the place of."`
}

// BookedReservation is a reservation that was just made.
type BookedReservation struct {
	fade.Reservation

	Token string `json:"token" doc:"Of the customer's link, by which they may see, move and cancel it."`
}

// TransformSchema implements [huma.SchemaTransformer].
func (NewReservation) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	s.Required = append(s.Required, "customer_name", "start_time")
	return s
}

// Lookup is what a customer is found by.
type Lookup struct {
	Phone     string `json:"phone"`
	Subdomain string `json:"subdomain,omitempty"`
}

type (
	listReservationsInput struct {
		ListParams
		Status   string `query:"status" enum:"pending,confirmed,completed,no_show,canceled"`
		Business string `query:"business" format:"uuid"`
		Staff    string `query:"staff" format:"uuid"`
		Phone    string `query:"phone" doc:"The customer's number, however it was typed."`
		From     string `query:"from" doc:"The first start, inclusive: an instant or a date (UTC)." example:"2026-11-22"`
		To       string `query:"to" doc:"The last start, exclusive: an instant, or a date, whose whole day (UTC) is included." example:"2026-11-29"`
	}
	reservationInput struct {
		ID string `path:"id"`
	}
	createReservationInput struct {
		Subdomain string `header:"X-Subdomain" doc:"Names the business, where the body does not."`
		Session   string `header:"Booking-Session" doc:"Whose hold it is."`
		Request   request
		Body      body[NewReservation]
	}
	lookupInput struct {
		Subdomain string `header:"X-Subdomain" doc:"Names the business, where the body does not."`
		Request   request
		Body      body[Lookup]
	}
	updateReservationInput struct {
		ID   string `path:"id"`
		Body body[ReservationFields]
	}
)

func (a *API) listReservations(ctx context.Context, in *listReservationsInput) (*page[fade.Reservation], error) {
	actor := actorOf(ctx)
	q := booking.Query{Page: in.page(), BusinessID: in.Business, Status: fade.ReservationStatus(in.Status), Staff: in.Staff, Phone: in.Phone}
	var v fade.Violations
	q.From = instantOrDay(&v, "from", in.From, 0)
	q.To = instantOrDay(&v, "to", in.To, 1)
	if err := v.Err(); err != nil {
		return nil, err
	}
	list, at, err := a.o.Booking.List(ctx, actor, feed(actor), q)
	if err != nil {
		return nil, err
	}
	return pageOf(in.ListParams, list, feed(actor), at), nil
}

// instantOrDay reads a bound in time: an instant, or a date, which is the start of its day and plusDays more.
func instantOrDay(v *fade.Violations, name, text string, plusDays int) *time.Time {
	if text == "" {
		return nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		if t, err = time.Parse(time.DateOnly, text); err == nil {
			t = t.AddDate(0, 0, plusDays)
		}
	}
	if err != nil {
		v.Add(name, "This must be a date, such as 2026-11-22, or a date and time, such as 2026-11-22T18:30:00Z.")
		return nil
	}
	v.Instant(name, t)
	return &t
}

// subdomainOf finds the business that a request names, in the order of the contract.
func (a *API) subdomainOf(inBody, inHeader, host string) string {
	if inBody != "" {
		return inBody
	}
	if inHeader != "" {
		return inHeader
	}
	if a.o.BaseDomain == "" {
		return ""
	}
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	subdomain, ok := strings.CutSuffix(strings.ToLower(host), "."+a.o.BaseDomain)
	if !ok {
		return ""
	}
	return subdomain
}

func (a *API) createReservation(ctx context.Context, in *createReservationInput) (*one[BookedReservation], error) {
	actor, n := actorOf(ctx), in.Body.value
	if !actor.SignedIn() {
		if wait := a.limits.bookAddress.take(in.Request.address); wait > 0 {
			return nil, tooMany(wait)
		}
	}
	place := booking.Place{BusinessID: n.Business.id, Subdomain: a.subdomainOf(n.Subdomain, in.Subdomain, in.Request.host)}
	if actor.SignedIn() && !actor.IsSuperAdmin() && n.Subdomain == "" && in.Subdomain == "" {
		place.Subdomain = "" // an owner who opened the pages at another business's host names nobody by that
	}
	change := n.change()
	change.Claim = booking.Claim{Hold: n.Hold.id, Session: in.Session}
	r, err := a.o.Booking.Create(ctx, actor, place, change)
	return &one[BookedReservation]{BookedReservation{r, a.o.Booking.Token(r)}}, err
}

// maxSubdomain is how long a subdomain can be (RFC 1035, section 2.3.4).
const maxSubdomain = 63

func (a *API) lookupReservations(ctx context.Context, in *lookupInput) (*one[[]fade.Reservation], error) {
	if wait := a.limits.lookupAddress.take(in.Request.address); wait > 0 {
		return nil, tooMany(wait)
	}
	wanted := in.Body.value
	place := booking.Place{Subdomain: strings.ToLower(a.subdomainOf(wanted.Subdomain, in.Subdomain, in.Request.host))}
	if len(place.Subdomain) > maxSubdomain {
		return nil, fade.NotFound("business")
	}
	wait := max(a.limits.missAddress.full(in.Request.address), a.limits.missBusiness.full(place.Subdomain))
	if wait > 0 {
		return nil, tooMany(wait)
	}
	found, err := a.o.Booking.Lookup(ctx, place, wanted.Phone)
	if len(found) == 0 {
		found = []fade.Reservation{}
		a.limits.missAddress.take(in.Request.address)
		a.limits.missBusiness.take(place.Subdomain)
	}
	return &one[[]fade.Reservation]{found}, err
}

func (a *API) getReservation(ctx context.Context, in *reservationInput) (*one[fade.Reservation], error) {
	r, err := a.o.Booking.Get(ctx, actorOf(ctx), in.ID)
	return &one[fade.Reservation]{r}, err
}

func (a *API) updateReservation(ctx context.Context, in *updateReservationInput) (*one[fade.Reservation], error) {
	r, err := a.o.Booking.Update(ctx, actorOf(ctx), in.ID, in.Body.value.change())
	return &one[fade.Reservation]{r}, err
}

func (a *API) cancelReservation(ctx context.Context, in *reservationInput) (*nothing, error) {
	_, err := a.o.Booking.Cancel(ctx, actorOf(ctx), in.ID)
	return nil, err
}
