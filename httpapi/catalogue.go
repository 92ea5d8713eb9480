package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/booking"
	"github.com/fadedistrict/fade/live"
)

func (a *API) catalogueRoutes() {
	const tag = "catalogue"
	const services, service = "/api/services/", "/api/services/{id}/"
	const staff, member = "/api/staff/", "/api/staff/{id}/"
	const settings = "/api/booking_settings/"
	const whose = "An owner's own; a super admin names the business. "
	changes := []fade.Code{fade.CodeStale}

	add(a, operation{id: "listServices", method: http.MethodGet, path: services, access: signedIn, tag: tag, errors: []fade.Code{fade.CodeNotFound},
		summary: "List a business's services", about: whose + "All of them, active ones first."}, a.listServices)
	add(a, operation{id: "createService", method: http.MethodPost, path: services, access: signedIn, tag: tag, status: http.StatusCreated,
		summary: "Add a service", errors: []fade.Code{fade.CodeNotFound, fade.CodeConflict}}, a.createService)
	add(a, operation{id: "getService", method: http.MethodGet, path: service, access: signedIn, tag: tag, summary: "Read a service"}, a.getService)
	add(a, operation{id: "updateService", method: http.MethodPatch, path: service, access: signedIn, tag: tag, errors: changes,
		summary: "Change some fields of a service"}, a.updateService)
	add(a, operation{id: "deactivateService", method: http.MethodDelete, path: service, access: signedIn, tag: tag, status: http.StatusNoContent,
		summary: "Switch a service off", about: "Nobody books it any more; reservations of it stay."}, a.deactivateService)

	add(a, operation{id: "listStaff", method: http.MethodGet, path: staff, access: signedIn, tag: tag, errors: []fade.Code{fade.CodeNotFound},
		summary: "List a business's staff", about: whose + "All of them, active ones first."}, a.listStaff)
	add(a, operation{id: "createStaff", method: http.MethodPost, path: staff, access: signedIn, tag: tag, status: http.StatusCreated,
		summary: "Add a member of staff", errors: []fade.Code{fade.CodeNotFound, fade.CodeConflict}}, a.createStaff)
	add(a, operation{id: "getStaff", method: http.MethodGet, path: member, access: signedIn, tag: tag, summary: "Read a member of staff"}, a.getStaff)
	add(a, operation{id: "updateStaff", method: http.MethodPatch, path: member, access: signedIn, tag: tag, errors: changes,
		summary: "Change some fields of a member of staff"}, a.updateStaff)
	add(a, operation{id: "deactivateStaff", method: http.MethodDelete, path: member, access: signedIn, tag: tag, status: http.StatusNoContent,
		summary: "Take a member of staff off the calendar", about: "Nobody books them any more; their reservations stay."}, a.deactivateStaff)

	add(a, operation{id: "getBookingSettings", method: http.MethodGet, path: settings, access: signedIn, tag: tag, errors: []fade.Code{fade.CodeNotFound},
		summary: "Read a business's hours and booking rules", about: whose}, a.getSettings)
	add(a, operation{id: "updateBookingSettings", method: http.MethodPatch, path: settings, access: signedIn, tag: tag,
		errors: []fade.Code{fade.CodeNotFound, fade.CodeStale}, summary: "Change some of a business's hours and booking rules", about: whose}, a.updateSettings)
}

// optionalWeek is a week that can be taken away: null in JSON, which is not the same as left out.
type optionalWeek struct {
	given bool
	week  *fade.Week
}

// UnmarshalJSON reads a week or null.
func (o *optionalWeek) UnmarshalJSON(text []byte) error {
	o.given = true
	return json.Unmarshal(text, &o.week)
}

// Schema implements [huma.SchemaProvider].
func (optionalWeek) Schema(r huma.Registry) *huma.Schema {
	week := r.Schema(reflect.TypeFor[fade.Week](), true, "")
	return &huma.Schema{AnyOf: []*huma.Schema{week, {Type: "null"}}}
}

func (o optionalWeek) change() **fade.Week {
	if !o.given {
		return nil
	}
	return &o.week
}

// ServiceFields are what can be said about a service.
type ServiceFields struct {
	Name            *string     `json:"name,omitempty" maxLength:"200"`
	Description     *string     `json:"description,omitempty" maxLength:"2000"`
	DurationMinutes *int        `json:"duration_minutes,omitempty" minimum:"1" maximum:"1440"`
	BufferMinutes   *int        `json:"buffer_minutes,omitempty" minimum:"0" maximum:"240" doc:"For how long the chair is kept after it."`
	Price           *fade.Money `json:"price,omitempty"`
	Currency        *string     `json:"currency,omitempty" doc:"ISO 4217." example:"EUR"`
	IsActive        *bool       `json:"is_active,omitempty"`
	Version         *int64      `json:"version,omitempty" doc:"The version that was read."`
}

func (f ServiceFields) change() booking.ServiceChange { return booking.ServiceChange(f) }

// NewService is a service of a business.
type NewService struct {
	ServiceFields

	Business reference `json:"business,omitempty" doc:"For super admins."`
}

// TransformSchema implements [huma.SchemaTransformer].
func (NewService) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	s.Required = append(s.Required, "name")
	return s
}

// StaffFields are what can be said about a member of staff.
type StaffFields struct {
	Name     *string         `json:"name,omitempty" maxLength:"200"`
	Services *[]string       `json:"services,omitempty" doc:"Ids of the services they do; none is every service."`
	Hours    optionalWeek    `json:"hours,omitempty" doc:"null for those of the business."`
	Breaks   *fade.Week      `json:"breaks,omitempty"`
	DaysOff  *[]fade.DaysOff `json:"days_off,omitempty"`
	IsActive *bool           `json:"is_active,omitempty"`
	Version  *int64          `json:"version,omitempty" doc:"The version that was read."`
}

func (f StaffFields) change() booking.StaffChange {
	return booking.StaffChange{
		Name: f.Name, Services: f.Services, Hours: f.Hours.change(), Breaks: f.Breaks, DaysOff: f.DaysOff, IsActive: f.IsActive, Version: f.Version,
	}
}

// NewStaff is a member of staff of a business.
type NewStaff struct {
	StaffFields

	Business reference `json:"business,omitempty" doc:"For super admins."`
}

// TransformSchema implements [huma.SchemaTransformer].
func (NewStaff) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	s.Required = append(s.Required, "name")
	return s
}

// SettingsFields are what can be said about a business's hours and booking rules.
type SettingsFields struct {
	Hours              optionalWeek    `json:"hours,omitempty" doc:"null for business_hours_start to business_hours_end on every day."`
	Holidays           *[]fade.DaysOff `json:"holidays,omitempty"`
	LeadMinutes        *int            `json:"lead_minutes,omitempty" doc:"From now until the first start that the public may book."`
	HorizonDays        *int            `json:"horizon_days,omitempty" doc:"From today until the last day that the public may book."`
	CancelUntilMinutes *int            `json:"cancel_until_minutes,omitempty" doc:"Before the start, until when customers may move or cancel."`
	NeedsConfirmation  *bool           `json:"needs_confirmation,omitempty" doc:"Or the public's reservations are confirmed at once."`
	SlotMinutes        *int            `json:"slot_minutes,omitempty" doc:"Between two starts that are offered."`
	ReminderMinutes    *[]int          `json:"reminder_minutes,omitempty" doc:"Before the start, when customers who left an address are reminded."`
	Version            *int64          `json:"version,omitempty" doc:"The version that was read."`
}

func (f SettingsFields) change() booking.SettingsChange {
	return booking.SettingsChange{
		Hours: f.Hours.change(), Holidays: f.Holidays, LeadMinutes: f.LeadMinutes, HorizonDays: f.HorizonDays,
		CancelUntilMinutes: f.CancelUntilMinutes, NeedsConfirmation: f.NeedsConfirmation, SlotMinutes: f.SlotMinutes,
		ReminderMinutes: f.ReminderMinutes, Version: f.Version,
	}
}

// BusinessParams name the business that is meant.
type BusinessParams struct {
	Business string `query:"business" doc:"For super admins." format:"uuid"`
}

type (
	catalogueItemInput struct {
		ID string `path:"id"`
	}
	createServiceInput struct{ Body body[NewService] }
	updateServiceInput struct {
		ID   string `path:"id"`
		Body body[ServiceFields]
	}
	createStaffInput struct{ Body body[NewStaff] }
	updateStaffInput struct {
		ID   string `path:"id"`
		Body body[StaffFields]
	}
	updateSettingsInput struct {
		BusinessParams
		Body body[SettingsFields]
	}
)

func (a *API) listServices(ctx context.Context, in *BusinessParams) (*snapshot[[]fade.Service], error) {
	c, at, err := a.o.Booking.Catalogue(ctx, actorOf(ctx), in.Business, live.Business)
	return &snapshot[[]fade.Service]{positionOf(live.Business(c.Business.ID), at), c.Services}, err
}

func (a *API) createService(ctx context.Context, in *createServiceInput) (*one[fade.Service], error) {
	s, err := a.o.Booking.CreateService(ctx, actorOf(ctx), in.Body.value.Business.id, in.Body.value.change())
	return &one[fade.Service]{s}, err
}

func (a *API) getService(ctx context.Context, in *catalogueItemInput) (*one[fade.Service], error) {
	s, err := a.o.Booking.FindService(ctx, actorOf(ctx), in.ID)
	return &one[fade.Service]{s}, err
}

func (a *API) updateService(ctx context.Context, in *updateServiceInput) (*one[fade.Service], error) {
	s, err := a.o.Booking.UpdateService(ctx, actorOf(ctx), in.ID, in.Body.value.change())
	return &one[fade.Service]{s}, err
}

func (a *API) deactivateService(ctx context.Context, in *catalogueItemInput) (*nothing, error) {
	off := false
	_, err := a.o.Booking.UpdateService(ctx, actorOf(ctx), in.ID, booking.ServiceChange{IsActive: &off})
	return nil, err
}

func (a *API) listStaff(ctx context.Context, in *BusinessParams) (*snapshot[[]fade.Staff], error) {
	c, at, err := a.o.Booking.Catalogue(ctx, actorOf(ctx), in.Business, live.Business)
	return &snapshot[[]fade.Staff]{positionOf(live.Business(c.Business.ID), at), c.Staff}, err
}

func (a *API) createStaff(ctx context.Context, in *createStaffInput) (*one[fade.Staff], error) {
	s, err := a.o.Booking.CreateStaff(ctx, actorOf(ctx), in.Body.value.Business.id, in.Body.value.change())
	return &one[fade.Staff]{s}, err
}

func (a *API) getStaff(ctx context.Context, in *catalogueItemInput) (*one[fade.Staff], error) {
	s, err := a.o.Booking.FindStaff(ctx, actorOf(ctx), in.ID)
	return &one[fade.Staff]{s}, err
}

func (a *API) updateStaff(ctx context.Context, in *updateStaffInput) (*one[fade.Staff], error) {
	s, err := a.o.Booking.UpdateStaff(ctx, actorOf(ctx), in.ID, in.Body.value.change())
	return &one[fade.Staff]{s}, err
}

func (a *API) deactivateStaff(ctx context.Context, in *catalogueItemInput) (*nothing, error) {
	off := false
	_, err := a.o.Booking.UpdateStaff(ctx, actorOf(ctx), in.ID, booking.StaffChange{IsActive: &off})
	return nil, err
}

func (a *API) getSettings(ctx context.Context, in *BusinessParams) (*snapshot[fade.BookingSettings], error) {
	c, at, err := a.o.Booking.Catalogue(ctx, actorOf(ctx), in.Business, live.Business)
	return &snapshot[fade.BookingSettings]{positionOf(live.Business(c.Business.ID), at), c.Settings}, err
}

func (a *API) updateSettings(ctx context.Context, in *updateSettingsInput) (*one[fade.BookingSettings], error) {
	s, err := a.o.Booking.UpdateSettings(ctx, actorOf(ctx), in.Business, in.Body.value.change())
	return &one[fade.BookingSettings]{s}, err
}
