package fade

import "time"

// BookingSettings say when a business is open and what customers may book. Lead time and horizon bind the
// public only.
type BookingSettings struct {
	BusinessID         string    `json:"business"`
	Hours              *Week     `json:"hours"` // nil for the business's two clocks on every day
	Holidays           []DaysOff `json:"holidays"`
	LeadMinutes        int       `json:"lead_minutes"`         // from now until the first start
	HorizonDays        int       `json:"horizon_days"`         // from today until the last day
	CancelUntilMinutes int       `json:"cancel_until_minutes"` // before the start, until when customers may move or cancel
	NeedsConfirmation  bool      `json:"needs_confirmation"`   // or the public's reservations are confirmed at once
	SlotMinutes        int       `json:"slot_minutes"`         // between two starts
	ReminderMinutes    []int     `json:"reminder_minutes"`     // before the start, when customers are reminded by mail
	UpdatedAt          time.Time `json:"updated_at"`
	Version            int64     `json:"version"` // 0 until they are first changed
}

// maxHorizon bounds how far ahead the public may book: ten years, in days.
const maxHorizon = 3650

// maxReminders bounds how often a customer is reminded of one appointment.
const maxReminders = 5

// DefaultSettings are those of a business that has never changed them: customers may book at once, and as far ahead as
// anybody plans.
func DefaultSettings(businessID string) BookingSettings {
	return BookingSettings{
		BusinessID: businessID, Holidays: []DaysOff{}, HorizonDays: 5 * 365, NeedsConfirmation: true, SlotMinutes: 15,
		ReminderMinutes: []int{24 * 60, 2 * 60},
	}
}

// Validate gives CodeInvalid with every field that breaks a rule.
func (s BookingSettings) Validate() error {
	var v Violations
	if s.Hours != nil {
		v.Week("hours", *s.Hours)
	}
	v.DaysOff("holidays", s.Holidays)
	v.Minutes("lead_minutes", s.LeadMinutes, 0, 60*24*60)
	if s.HorizonDays < 1 || s.HorizonDays > maxHorizon {
		v.Add("horizon_days", "This must be a number of days from 1 to %d.", maxHorizon)
	}
	v.Minutes("cancel_until_minutes", s.CancelUntilMinutes, 0, 60*24*60)
	v.Minutes("slot_minutes", s.SlotMinutes, 5, 240)
	if len(s.ReminderMinutes) > maxReminders {
		v.Add("reminder_minutes", "At most %d reminders.", maxReminders)
	}
	for _, minutes := range s.ReminderMinutes {
		v.Minutes("reminder_minutes", minutes, 5, 30*24*60)
	}
	return v.Err()
}
