package fade

import (
	"regexp"
	"time"
)

// Service is something that a business does for a customer. Of a member of staff, or of the business's one
// chair where it has no staff, an appointment takes its duration and, after it, the buffer.
type Service struct {
	ID              string    `json:"id"`
	BusinessID      string    `json:"business"`
	Name            string    `json:"name"`
	Description     string    `json:"description"`
	DurationMinutes int       `json:"duration_minutes"`
	BufferMinutes   int       `json:"buffer_minutes"`
	Price           Money     `json:"price"`
	Currency        string    `json:"currency"`
	IsActive        bool      `json:"is_active"`
	CreatedAt       time.Time `json:"created_at"`
	UpdatedAt       time.Time `json:"updated_at"`
	Version         int64     `json:"version"`
}

// The defaults of a service, and of an appointment without one.
const (
	DefaultDuration = 30 * time.Minute
	DefaultCurrency = "EUR"
)

// MaxBuffer bounds the time that a chair is kept after an appointment.
const MaxBuffer = 4 * time.Hour

var currencyForm = regexp.MustCompile(`^[A-Z]{3}$`)

// Validate gives CodeInvalid with every field that breaks a rule.
func (s Service) Validate() error {
	var v Violations
	v.Text("name", s.Name, 1, 200, false)
	v.Text("description", s.Description, 0, 2000, true)
	v.Minutes("duration_minutes", s.DurationMinutes, 1, int(maxReservation/time.Minute))
	v.Minutes("buffer_minutes", s.BufferMinutes, 0, int(MaxBuffer/time.Minute))
	v.Price("price", s.Price)
	if !currencyForm.MatchString(s.Currency) {
		v.Add("currency", "This must be a currency of ISO 4217, such as EUR.")
	}
	return v.Err()
}

// Duration is how long the service lasts.
func (s Service) Duration() time.Duration { return time.Duration(s.DurationMinutes) * time.Minute }

// Buffer is how long the chair is kept after it.
func (s Service) Buffer() time.Duration { return time.Duration(s.BufferMinutes) * time.Minute }

// Minutes checks a number of minutes.
func (v *Violations) Minutes(field string, n, least, most int) {
	if n < least || n > most {
		v.Add(field, "This must be a number of minutes from %d to %d.", least, most)
	}
}

// Price checks an amount that somebody is to pay.
func (v *Violations) Price(field string, m Money) {
	if m < 0 || m > 100_000_000_00 {
		v.Add(field, "This must be an amount between 0 and 100,000,000.")
	}
}
