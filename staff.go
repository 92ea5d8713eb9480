package fade

import (
	"slices"
	"time"
)

// Staff is a person who works at a business, and so a chair that can be booked.
type Staff struct {
	ID         string    `json:"id"`
	BusinessID string    `json:"business"`
	Name       string    `json:"name"`
	Services   []string  `json:"services"` // ids; empty for every service
	Hours      *Week     `json:"hours"`    // nil for the business's
	Breaks     Week      `json:"breaks"`
	DaysOff    []DaysOff `json:"days_off"`
	IsActive   bool      `json:"is_active"`
	CreatedAt  time.Time `json:"created_at"`
	UpdatedAt  time.Time `json:"updated_at"`
	Version    int64     `json:"version"`
}

// The bounds of a catalogue. They keep its size, and so what a booking page reads, within reason.
const (
	MaxServices = 200
	MaxStaff    = 100
)

// Validate gives CodeInvalid with every field that breaks a rule which needs no other row to check.
func (s Staff) Validate() error {
	var v Violations
	v.Text("name", s.Name, 1, 200, false)
	if len(s.Services) > MaxServices {
		v.Add("services", "This list has at most %d entries.", MaxServices)
	}
	if s.Hours != nil {
		v.Week("hours", *s.Hours)
	}
	v.Week("breaks", s.Breaks)
	v.DaysOff("days_off", s.DaysOff)
	return v.Err()
}

// Does tells whether the person does a service; an appointment without one, whose service is "", anybody does.
func (s Staff) Does(service string) bool {
	return service == "" || len(s.Services) == 0 || slices.Contains(s.Services, service)
}
