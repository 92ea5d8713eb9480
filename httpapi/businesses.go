package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/accounts"
	"github.com/fadedistrict/fade/live"
)

func (a *API) businessRoutes() {
	const tag, list, item = "businesses", "/api/businesses/", "/api/businesses/{id}/"
	changes := []fade.Code{fade.CodeConflict}
	add(a, operation{id: "listBusinesses", method: http.MethodGet, path: list, access: superAdmin, tag: tag,
		summary: "List businesses", about: "Sorts: name, created_at, reservation_count, user_count; -created_at by default."}, a.listBusinesses)
	add(a, operation{id: "createBusiness", method: http.MethodPost, path: list, access: superAdmin, tag: tag,
		summary: "Add a business with its owner", status: http.StatusCreated, errors: changes}, a.createBusiness)
	add(a, operation{id: "dashboardStats", method: http.MethodGet, path: "/api/businesses/dashboard_stats/", access: superAdmin, tag: tag,
		summary: "The platform's totals and newest businesses"}, a.dashboardStats)
	add(a, operation{id: "analytics", method: http.MethodGet, path: "/api/businesses/analytics/", access: superAdmin, tag: tag,
		summary: "The platform's charts"}, a.analytics)
	add(a, operation{id: "getBusiness", method: http.MethodGet, path: item, access: superAdmin, tag: tag,
		summary: "Read a business"}, a.getBusiness)
	add(a, operation{id: "replaceBusiness", method: http.MethodPut, path: item, access: superAdmin, tag: tag, errors: changes,
		summary: "Change a business", about: "name and subdomain are required; other fields that are left out stay as they are."}, a.putBusiness)
	add(a, operation{id: "updateBusiness", method: http.MethodPatch, path: item, access: superAdmin, tag: tag, errors: changes,
		summary: "Change some fields of a business", about: "With a version, the change is refused if somebody else was faster."}, a.patchBusiness)
	add(a, operation{id: "deleteBusiness", method: http.MethodDelete, path: item, access: superAdmin, tag: tag,
		summary: "Deactivate a business", about: "Its data stays.", status: http.StatusNoContent}, a.deleteBusiness)
	add(a, operation{id: "activateBusiness", method: http.MethodPost, path: item + "activate/", access: superAdmin, tag: tag,
		summary: "Switch a business on"}, a.switchBusiness(true))
	add(a, operation{id: "deactivateBusiness", method: http.MethodPost, path: item + "deactivate/", access: superAdmin, tag: tag,
		summary: "Switch a business off"}, a.switchBusiness(false))
	add(a, operation{id: "businessStats", method: http.MethodGet, path: item + "stats/", access: superAdmin, tag: tag,
		summary: "A business's totals"}, a.businessStats)
	add(a, operation{id: "ownStats", method: http.MethodGet, path: "/api/dashboard/stats/", access: signedIn, tag: tag,
		summary: "The totals of the owner's own business", errors: []fade.Code{fade.CodeForbidden}}, a.ownStats)
	add(a, operation{id: "ownAnalytics", method: http.MethodGet, path: "/api/dashboard/analytics/", access: signedIn, tag: tag,
		summary: "The owner's own figures, day by day", errors: []fade.Code{fade.CodeForbidden}}, a.ownAnalytics)
}

// BusinessFields are what can be said about a business.
type BusinessFields struct {
	Name                *string                  `json:"name,omitempty" maxLength:"200"`
	BusinessType        *fade.BusinessType       `json:"business_type,omitempty"`
	Subdomain           *string                  `json:"subdomain,omitempty" pattern:"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$" maxLength:"63"`
	Email               *string                  `json:"email,omitempty" maxLength:"254"`
	Phone               *string                  `json:"phone,omitempty" maxLength:"40"`
	BusinessHoursStart  *string                  `json:"business_hours_start,omitempty" doc:"Local time of day." example:"09:00"`
	BusinessHoursEnd    *string                  `json:"business_hours_end,omitempty" doc:"Local time of day." example:"18:00"`
	Timezone            *string                  `json:"timezone,omitempty" doc:"IANA time zone." example:"Europe/Belgrade"`
	EmailFromName       *string                  `json:"email_from_name,omitempty" maxLength:"200"`
	EmailFromAddress    *string                  `json:"email_from_address,omitempty" maxLength:"254"`
	AdminEmail          *string                  `json:"admin_email,omitempty" maxLength:"254"`
	PrimaryColor        *string                  `json:"primary_color,omitempty" pattern:"^#[0-9a-fA-F]{6}$" example:"#4f46e5"`
	LogoURL             *string                  `json:"logo_url,omitempty" maxLength:"2000"`
	IsActive            *bool                    `json:"is_active,omitempty"`
	SubscriptionStatus  *fade.SubscriptionStatus `json:"subscription_status,omitempty"`
	SubscriptionExpires optionalTime             `json:"subscription_expires,omitempty"`
	Version             *int64                   `json:"version,omitempty" doc:"The version that was read."`
}

func (f BusinessFields) change() accounts.BusinessChange {
	c := accounts.BusinessChange{
		Name: f.Name, BusinessType: f.BusinessType, Subdomain: f.Subdomain, Email: f.Email, Phone: f.Phone,
		BusinessHoursStart: f.BusinessHoursStart, BusinessHoursEnd: f.BusinessHoursEnd, Timezone: f.Timezone,
		EmailFromName: f.EmailFromName, EmailFromAddress: f.EmailFromAddress, AdminEmail: f.AdminEmail,
		PrimaryColor: f.PrimaryColor, LogoURL: f.LogoURL, IsActive: f.IsActive,
		SubscriptionStatus: f.SubscriptionStatus, Version: f.Version,
	}
	if f.SubscriptionExpires.given {
		c.SubscriptionExpires = &f.SubscriptionExpires.at
	}
	return c
}

// NewBusiness is a business with its first owner.
type NewBusiness struct {
	BusinessFields

	OwnerEmail     string `json:"owner_email" maxLength:"254"`
	OwnerPassword  string `json:"owner_password" minLength:"8" maxLength:"256" writeOnly:"true"`
	OwnerFirstName string `json:"owner_first_name,omitempty" maxLength:"200"`
	OwnerLastName  string `json:"owner_last_name,omitempty" maxLength:"200"`
}

// TransformSchema implements [huma.SchemaTransformer].
func (NewBusiness) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	s.Required = append(s.Required, "name", "subdomain")
	return s
}

// BusinessReplacement is a business as it should be.
type BusinessReplacement struct{ BusinessFields }

// TransformSchema implements [huma.SchemaTransformer].
func (BusinessReplacement) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	s.Required = append(s.Required, "name", "subdomain")
	return s
}

type (
	listBusinessesInput struct {
		ListParams
		Status string `query:"status" enum:"active,inactive" doc:"Whether it takes reservations."`
		Type   string `query:"business_type" enum:"barbershop,salon,clinic,other"`
	}
	createBusinessInput struct{ Body body[NewBusiness] }
	businessInput       struct {
		ID string `path:"id"`
	}
	putBusinessInput struct {
		ID   string `path:"id"`
		Body body[BusinessReplacement]
	}
	patchBusinessInput struct {
		ID   string `path:"id"`
		Body body[BusinessFields]
	}
)

func (a *API) listBusinesses(ctx context.Context, in *listBusinessesInput) (*page[fade.Business], error) {
	q := accounts.BusinessQuery{Page: in.page(), Type: fade.BusinessType(in.Type), Active: activeFilter(in.Status)}
	list, at, err := a.o.Accounts.Businesses(ctx, actorOf(ctx), live.Dashboard, q)
	if err != nil {
		return nil, err
	}
	return pageOf(in.ListParams, list, live.Dashboard, at), nil
}

// activeFilter reads the filter status=active|inactive.
func activeFilter(status string) *bool {
	if status == "" {
		return nil
	}
	active := status == "active"
	return &active
}

func (a *API) createBusiness(ctx context.Context, in *createBusinessInput) (*one[fade.Business], error) {
	n := in.Body.value
	b, err := a.o.Accounts.CreateBusiness(ctx, actorOf(ctx), n.change(), accounts.NewOwner{
		Email: n.OwnerEmail, Password: n.OwnerPassword, FirstName: n.OwnerFirstName, LastName: n.OwnerLastName,
	})
	return &one[fade.Business]{b}, err
}

func (a *API) getBusiness(ctx context.Context, in *businessInput) (*snapshot[fade.Business], error) {
	b, at, err := a.o.Accounts.Business(ctx, actorOf(ctx), live.Dashboard, in.ID)
	return &snapshot[fade.Business]{positionOf(live.Dashboard, at), b}, err
}

func (a *API) putBusiness(ctx context.Context, in *putBusinessInput) (*one[fade.Business], error) {
	var v fade.Violations
	for field, value := range map[string]*string{"name": in.Body.value.Name, "subdomain": in.Body.value.Subdomain} {
		if value == nil {
			v.Add(field, "This field is required.")
		}
	}
	if err := v.Err(); err != nil {
		return nil, err
	}
	return a.changeBusiness(ctx, in.ID, in.Body.value.change())
}

func (a *API) patchBusiness(ctx context.Context, in *patchBusinessInput) (*one[fade.Business], error) {
	return a.changeBusiness(ctx, in.ID, in.Body.value.change())
}

func (a *API) changeBusiness(ctx context.Context, id string, c accounts.BusinessChange) (*one[fade.Business], error) {
	b, err := a.o.Accounts.UpdateBusiness(ctx, actorOf(ctx), id, c)
	return &one[fade.Business]{b}, err
}

func (a *API) switchBusiness(on bool) func(context.Context, *businessInput) (*one[fade.Business], error) {
	return func(ctx context.Context, in *businessInput) (*one[fade.Business], error) {
		return a.changeBusiness(ctx, in.ID, accounts.BusinessChange{IsActive: &on})
	}
}

func (a *API) deleteBusiness(ctx context.Context, in *businessInput) (*nothing, error) {
	off := false
	_, err := a.changeBusiness(ctx, in.ID, accounts.BusinessChange{IsActive: &off})
	return nil, err
}

func (a *API) businessStats(ctx context.Context, in *businessInput) (*one[fade.BusinessTotals], error) {
	stats, err := a.o.Accounts.BusinessStats(ctx, actorOf(ctx), in.ID)
	return &one[fade.BusinessTotals]{stats}, err
}

func (a *API) dashboardStats(ctx context.Context, _ *struct{}) (*snapshot[fade.DashboardStats], error) {
	stats, at, err := a.o.Accounts.DashboardStats(ctx, actorOf(ctx), live.Dashboard)
	return &snapshot[fade.DashboardStats]{positionOf(live.Dashboard, at), stats}, err
}

func (a *API) analytics(ctx context.Context, _ *struct{}) (*snapshot[fade.Analytics], error) {
	analytics, at, err := a.o.Accounts.Analytics(ctx, actorOf(ctx), live.Dashboard)
	return &snapshot[fade.Analytics]{positionOf(live.Dashboard, at), analytics}, err
}

type ownAnalyticsInput struct {
	Days int `query:"days" default:"30" minimum:"1" maximum:"366" doc:"How many days, today (UTC) included."`
}

// OwnAnalytics are the charts of one business: a day is when reservations were made, not when they take place.
type OwnAnalytics struct {
	Days []fade.DayBooking `json:"days"`
}

func (a *API) ownAnalytics(ctx context.Context, in *ownAnalyticsInput) (*snapshot[OwnAnalytics], error) {
	actor := actorOf(ctx)
	days, at, err := a.o.Booking.Analytics(ctx, actor, feed(actor), in.Days)
	return &snapshot[OwnAnalytics]{positionOf(feed(actor), at), OwnAnalytics{days}}, err
}

func (a *API) ownStats(ctx context.Context, _ *struct{}) (*snapshot[fade.BusinessTotals], error) {
	actor := actorOf(ctx)
	stats, at, err := a.o.Booking.Totals(ctx, actor, feed(actor))
	return &snapshot[fade.BusinessTotals]{positionOf(feed(actor), at), stats}, err
}
