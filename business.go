package fade

import (
	"regexp"
	"time"
)

// BusinessType is the trade of a business.
type BusinessType string

// The business types.
const (
	Barbershop BusinessType = "barbershop"
	Salon      BusinessType = "salon"
	Clinic     BusinessType = "clinic"
	OtherTrade BusinessType = "other"
)

// BusinessTypes lists them in the order they are shown.
func BusinessTypes() []BusinessType { return []BusinessType{Barbershop, Salon, Clinic, OtherTrade} }

// SubscriptionStatus is how a business stands with the platform.
type SubscriptionStatus string

// The subscription statuses.
const (
	SubscriptionTrial     SubscriptionStatus = "trial"
	SubscriptionActive    SubscriptionStatus = "active"
	SubscriptionSuspended SubscriptionStatus = "suspended"
	SubscriptionCancelled SubscriptionStatus = "cancelled"
)

// Business is a tenant of the platform. Hours are local wall-clock times "HH:MM" in Timezone, the same on
// every day unless its [BookingSettings] say more; the counts come from the counters and are read-only.
type Business struct {
	ID                  string             `json:"id"`
	Name                string             `json:"name"`
	BusinessType        BusinessType       `json:"business_type"`
	Subdomain           string             `json:"subdomain"`
	FullDomain          string             `json:"full_domain"`
	Email               string             `json:"email"`
	Phone               string             `json:"phone"`
	BusinessHoursStart  string             `json:"business_hours_start"`
	BusinessHoursEnd    string             `json:"business_hours_end"`
	Timezone            string             `json:"timezone"`
	EmailFromName       string             `json:"email_from_name"`
	EmailFromAddress    string             `json:"email_from_address"`
	AdminEmail          string             `json:"admin_email"`
	PrimaryColor        string             `json:"primary_color"`
	LogoURL             string             `json:"logo_url"`
	IsActive            bool               `json:"is_active"`
	SubscriptionStatus  SubscriptionStatus `json:"subscription_status"`
	SubscriptionExpires *time.Time         `json:"subscription_expires"`
	CreatedAt           time.Time          `json:"created_at"`
	UpdatedAt           time.Time          `json:"updated_at"`
	UserCount           int64              `json:"user_count"`
	ReservationCount    int64              `json:"reservation_count"`
	Version             int64              `json:"version"`
}

// The defaults of a new business.
const (
	DefaultHoursStart   = "09:00"
	DefaultHoursEnd     = "18:00"
	DefaultTimezone     = "UTC"
	DefaultPrimaryColor = "#4f46e5"
)

var (
	subdomainForm = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?$`)
	colorForm     = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)
)

// Validate gives CodeInvalid with every field that breaks a rule.
func (b Business) Validate() error {
	var v Violations
	v.Text("name", b.Name, 1, 200, false)
	OneOf(&v, "business_type", b.BusinessType, BusinessTypes()...)
	if len(b.Subdomain) > 63 || !subdomainForm.MatchString(b.Subdomain) {
		v.Add("subdomain", "Use 1 to 63 lower-case letters, digits and hyphens, with no hyphen at either end.")
	}
	v.Email("email", b.Email, false)
	v.Text("phone", b.Phone, 0, 40, false)
	v.Email("email_from_address", b.EmailFromAddress, false)
	v.Text("email_from_name", b.EmailFromName, 0, 200, false)
	v.Email("admin_email", b.AdminEmail, false)
	v.URL("logo_url", b.LogoURL)
	v.TimeZone("timezone", b.Timezone)
	if !colorForm.MatchString(b.PrimaryColor) {
		v.Add("primary_color", "This must be a colour of the form #rrggbb.")
	}
	OneOf(&v, "subscription_status", b.SubscriptionStatus, SubscriptionTrial, SubscriptionActive, SubscriptionSuspended, SubscriptionCancelled)
	opens, errStart := ParseClock(b.BusinessHoursStart)
	closes, errEnd := ParseClock(b.BusinessHoursEnd)
	if errStart != nil {
		v.Add("business_hours_start", "This must be a time of day, such as 09:00.")
	}
	if errEnd != nil {
		v.Add("business_hours_end", "This must be a time of day, such as 18:00.")
	}
	if errStart == nil && errEnd == nil && opens >= closes {
		v.Add("business_hours_end", "Closing must be after opening.")
	}
	if b.SubscriptionExpires != nil {
		v.Instant("subscription_expires", *b.SubscriptionExpires)
	}
	return v.Err()
}

// Location gives the business's time zone, and UTC if its name is unknown to this machine.
func (b Business) Location() *time.Location {
	zone, err := LoadLocation(b.Timezone)
	if err != nil {
		return time.UTC
	}
	return zone
}

// wallClock gives the time of day as the clock on the wall shows it, whatever daylight saving did to the
// day's length.
func wallClock(t time.Time) time.Duration {
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute +
		time.Duration(t.Second())*time.Second + time.Duration(t.Nanosecond())
}
