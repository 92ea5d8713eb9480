package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/booking"
	"github.com/fadedistrict/fade/live"
)

func (a *API) bookRoutes() {
	const tag, page = "booking", "/api/book/{subdomain}/"
	limited := []fade.Code{fade.CodeRateLimited}
	add(a, operation{id: "getBookingPage", method: http.MethodGet, path: page, access: anybody, tag: tag, errors: limited,
		summary: "What the public may book at a business"}, a.bookingPage)
	add(a, operation{id: "getDays", method: http.MethodGet, path: page + "days/", access: anybody, tag: tag, errors: limited,
		summary: "How many slots are free, day by day"}, a.days)
	add(a, operation{id: "getSlots", method: http.MethodGet, path: page + "slots/", access: anybody, tag: tag, errors: limited,
		summary: "The slots of a day", about: "With what is taken and held, so that a page which follows slots:<business> from the position knows the day " +
			"without asking again. Who runs the business has neither lead time nor horizon."}, a.slots)
	add(a, operation{id: "hold", method: http.MethodPost, path: page + "holds/", access: anybody, tag: tag, status: http.StatusCreated,
		errors:  []fade.Code{fade.CodeSlotTaken, fade.CodeRateLimited},
		summary: "Hold a slot while the form is filled in", about: "A session has one hold: another takes its place."}, a.hold)
	add(a, operation{id: "releaseHold", method: http.MethodDelete, path: page + "holds/{id}/", access: anybody, tag: tag, status: http.StatusNoContent,
		errors: limited, summary: "Give a hold back"}, a.releaseHold)
}

// PublicBusiness is what a business tells its customers of itself.
type PublicBusiness struct {
	ID           string            `json:"id"`
	Name         string            `json:"name"`
	BusinessType fade.BusinessType `json:"business_type"`
	Subdomain    string            `json:"subdomain"`
	Timezone     string            `json:"timezone"`
	PrimaryColor string            `json:"primary_color"`
	LogoURL      string            `json:"logo_url"`
	Phone        string            `json:"phone"`
	Email        string            `json:"email"`
}

func publicBusiness(b fade.Business) PublicBusiness {
	return PublicBusiness{b.ID, b.Name, b.BusinessType, b.Subdomain, b.Timezone, b.PrimaryColor, b.LogoURL, b.Phone, b.Email}
}

// PublicService is a service as customers see it.
type PublicService struct {
	ID              string     `json:"id"`
	Name            string     `json:"name"`
	Description     string     `json:"description"`
	DurationMinutes int        `json:"duration_minutes"`
	BufferMinutes   int        `json:"buffer_minutes"`
	Price           fade.Money `json:"price"`
	Currency        string     `json:"currency"`
}

// PublicStaff is a member of staff as customers see them.
type PublicStaff struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Services []string `json:"services" doc:"Ids of the services they do; none is every service."`
}

// BookingPage is what the public may book at a business, and by which rules.
type BookingPage struct {
	Business           PublicBusiness  `json:"business"`
	Services           []PublicService `json:"services"`
	Staff              []PublicStaff   `json:"staff"`
	Hours              fade.Week       `json:"hours"`
	Holidays           []fade.DaysOff  `json:"holidays"`
	LeadMinutes        int             `json:"lead_minutes"`
	HorizonDays        int             `json:"horizon_days"`
	CancelUntilMinutes int             `json:"cancel_until_minutes"`
	NeedsConfirmation  bool            `json:"needs_confirmation"`
	SlotMinutes        int             `json:"slot_minutes"`
	HoldSeconds        int             `json:"hold_seconds"`
}

func bookingPage(c fade.Catalogue, holdFor time.Duration) BookingPage {
	p := BookingPage{
		Business: publicBusiness(c.Business), Services: []PublicService{}, Staff: []PublicStaff{}, Hours: c.Hours().Normalize(), Holidays: c.Settings.Holidays,
		LeadMinutes: c.Settings.LeadMinutes, HorizonDays: c.Settings.HorizonDays, CancelUntilMinutes: c.Settings.CancelUntilMinutes,
		NeedsConfirmation: c.Settings.NeedsConfirmation, SlotMinutes: c.Settings.SlotMinutes, HoldSeconds: int(holdFor.Seconds()),
	}
	for _, s := range c.Services {
		if s.IsActive {
			p.Services = append(p.Services, PublicService{s.ID, s.Name, s.Description, s.DurationMinutes, s.BufferMinutes, s.Price, s.Currency})
		}
	}
	for _, s := range c.Staff {
		if s.IsActive {
			p.Staff = append(p.Staff, PublicStaff{s.ID, s.Name, s.Services})
		}
	}
	return p
}

type bookingPageInput struct {
	Subdomain string `path:"subdomain"`
	Request   request
}

func (a *API) bookingPage(ctx context.Context, in *bookingPageInput) (*snapshot[BookingPage], error) {
	if wait := a.limits.lookAddress.take(in.Request.address); wait > 0 {
		return nil, tooMany(wait)
	}
	c, at, err := a.o.Booking.Offer(ctx, actorOf(ctx), in.Subdomain, live.Slots)
	if err != nil {
		return nil, err
	}
	return &snapshot[BookingPage]{positionOf(live.Slots(c.Business.ID), at), bookingPage(c, a.o.Booking.HoldFor())}, nil
}

// SearchParams say which slots somebody looks for.
type SearchParams struct {
	Subdomain string `path:"subdomain"`
	Service   string `query:"service" doc:"Its id; none for an appointment of 30 minutes."`
	Staff     string `query:"staff" doc:"Who is to do it; none for anybody."`
	Request   request
}

type (
	daysInput struct {
		SearchParams
		From string `query:"from" required:"true" doc:"The first day, in the business's time zone." example:"2026-11-01"`
		Days int    `query:"days" default:"31" minimum:"1" maximum:"62" doc:"How many days."`
	}
	slotsInput struct {
		SearchParams
		Date string `query:"date" required:"true" doc:"The day, in the business's time zone." example:"2026-11-24"`
	}
)

// FreeDay is how many slots of a day have a free chair.
type FreeDay struct {
	Date string `json:"date"`
	Free int    `json:"free"`
}

// Days are the free slots of some days, counted.
type Days struct {
	Timezone string    `json:"timezone"`
	Days     []FreeDay `json:"days"`
}

// Slots are the slots of one day. A slot keeps a chair for its time and the buffer after it; chairs are ids of staff or,
// where there is none, the business's.
type Slots struct {
	Timezone        string      `json:"timezone"`
	Date            string      `json:"date"`
	DurationMinutes int         `json:"duration_minutes"`
	BufferMinutes   int         `json:"buffer_minutes"`
	Slots           []fade.Slot `json:"slots"`
	Busy            []fade.Busy `json:"busy"`
}

func (a *API) search(ctx context.Context, in SearchParams, field, from string, days int) (booking.Found, fade.Date, error) {
	if wait := a.limits.lookAddress.take(in.Request.address); wait > 0 {
		return booking.Found{}, fade.Date{}, tooMany(wait)
	}
	first, err := fade.ParseDate(from)
	if err != nil || first.Year < 2000 || first.Year > 2200 {
		return booking.Found{}, first, fade.FieldErrorf(fade.CodeInvalid, field, "This must be a date, such as 2026-11-24.")
	}
	found, err := a.o.Booking.Availability(ctx, actorOf(ctx), booking.Search{
		Subdomain: in.Subdomain, Service: in.Service, Staff: in.Staff, From: first, Days: days,
	}, live.Slots)
	return found, first, err
}

func (a *API) days(ctx context.Context, in *daysInput) (*snapshot[Days], error) {
	found, first, err := a.search(ctx, in.SearchParams, "from", in.From, in.Days)
	if err != nil {
		return nil, err
	}
	business := found.Catalogue.Business
	days := Days{Timezone: business.Timezone, Days: make([]FreeDay, in.Days)}
	for i := range days.Days {
		date := first.AddDays(i)
		days.Days[i] = FreeDay{date.String(), found.Availability.Free(date)}
	}
	return &snapshot[Days]{positionOf(live.Slots(business.ID), found.Position), days}, nil
}

func (a *API) slots(ctx context.Context, in *slotsInput) (*snapshot[Slots], error) {
	found, date, err := a.search(ctx, in.SearchParams, "date", in.Date, 1)
	if err != nil {
		return nil, err
	}
	business := found.Catalogue.Business
	slots := Slots{
		Timezone: business.Timezone, Date: date.String(), Slots: found.Availability.Slots(date), Busy: found.Busy,
		DurationMinutes: int(found.Availability.Duration().Minutes()), BufferMinutes: int(found.Availability.Buffer().Minutes()),
	}
	if slots.Slots == nil {
		slots.Slots = []fade.Slot{}
	}
	if slots.Busy == nil {
		slots.Busy = []fade.Busy{}
	}
	return &snapshot[Slots]{positionOf(live.Slots(business.ID), found.Position), slots}, nil
}

// NewHold is the slot that a customer is about to book.
type NewHold struct {
	Service   reference  `json:"service,omitempty"`
	Staff     reference  `json:"staff,omitempty" doc:"Nobody for anybody."`
	StartTime *time.Time `json:"start_time,omitempty"`
}

// TransformSchema implements [huma.SchemaTransformer].
func (NewHold) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	s.Required = append(s.Required, "start_time")
	return s
}

type (
	holdInput struct {
		Subdomain string `path:"subdomain"`
		Session   string `header:"Booking-Session" doc:"16 to 64 random characters that the browser made and keeps to itself."`
		Request   request
		Body      body[NewHold]
	}
	releaseHoldInput struct {
		Subdomain string `path:"subdomain"`
		ID        string `path:"id"`
		Session   string `header:"Booking-Session"`
		Request   request
	}
)

func (a *API) hold(ctx context.Context, in *holdInput) (*one[fade.Hold], error) {
	if wait := a.limits.holdAddress.take(in.Request.address); wait > 0 {
		return nil, tooMany(wait)
	}
	n := in.Body.value
	wanted := booking.NewHold{Service: n.Service.id, Staff: n.Staff.id, Session: in.Session, Address: in.Request.address}
	if n.StartTime != nil {
		wanted.StartTime = *n.StartTime
	}
	h, err := a.o.Booking.Hold(ctx, actorOf(ctx), in.Subdomain, wanted)
	return &one[fade.Hold]{h}, err
}

func (a *API) releaseHold(ctx context.Context, in *releaseHoldInput) (*nothing, error) {
	if wait := a.limits.holdAddress.take(in.Request.address); wait > 0 {
		return nil, tooMany(wait)
	}
	return nil, a.o.Booking.Release(ctx, in.ID, in.Session)
}
