// Package totals says what an event adds up to: by how much it moves the counters and the daily rollups,
// which the store applies in the event's own transaction. Reading a total is then reading a row, at any
// size of the platform, and every figure can be checked against a recount of the rows.
package totals

import (
	"slices"

	"github.com/fadedistrict/fade"
)

// Platform is the scope of figures over all businesses; the scope of one business is its id, and that of
// one person's inbox the user's id.
const Platform = "platform"

// Name names a figure.
type Name string

// The figures. Rollups hold the same names, split by the UTC day on which the row was created.
const (
	Businesses       Name = "businesses"
	ActiveBusinesses Name = "businesses_active" // counter only
	Users            Name = "users"
	Reservations     Name = "reservations"
	Revenue          Name = "revenue"         // hundredths; confirmed and completed reservations
	Unread           Name = "unread"          // counter only; scope is the user
	UnreadMessages   Name = "unread_messages" // likewise
)

// Type names the counter of the businesses of a type.
func Type(t fade.BusinessType) Name { return "type_" + Name(t) }

// Status names the counter and rollup of the reservations in a status.
func Status(s fade.ReservationStatus) Name { return "reservations_" + Name(s) }

// Delta is by how much a figure moves. HasDay tells a rollup, which moves on that Day, from a counter.
type Delta struct {
	Scope  string
	Name   Name
	HasDay bool
	Day    fade.Day
	By     int64
}

// deltas collects what one event adds up to.
type deltas []Delta

func (d *deltas) count(scope string, name Name, by int64) {
	if by != 0 {
		*d = append(*d, Delta{Scope: scope, Name: name, By: by})
	}
}

// daily moves a counter and its rollup together, so that they cannot disagree.
func (d *deltas) daily(scope string, name Name, day fade.Day, by int64) {
	if by != 0 {
		d.count(scope, name, by)
		*d = append(*d, Delta{Scope: scope, Name: name, HasDay: true, Day: day, By: by})
	}
}

// Of gives what an event adds up to.
func Of(event fade.Event) []Delta {
	var d deltas
	switch e := event.(type) {
	case fade.BusinessCreated:
		d.daily(Platform, Businesses, fade.DayOf(e.Business.CreatedAt), 1)
		d.count(Platform, Type(e.Business.BusinessType), 1)
		d.count(Platform, ActiveBusinesses, one(e.Business.IsActive))
	case fade.BusinessUpdated:
		if e.Business.BusinessType != e.Previous.BusinessType {
			d.count(Platform, Type(e.Previous.BusinessType), -1)
			d.count(Platform, Type(e.Business.BusinessType), 1)
		}
		d.count(Platform, ActiveBusinesses, one(e.Business.IsActive)-one(e.Previous.IsActive))
	case fade.UserCreated:
		d.user(e.User, 1)
	case fade.UserUpdated:
		if !sameBusiness(e.User, e.Previous) {
			d.user(e.Previous, -1)
			d.user(e.User, 1)
		}
	case fade.ReservationCreated:
		d.reservation(e.Reservation, 1)
	case fade.ReservationUpdated:
		d.reservation(e.Previous, -1)
		d.reservation(e.Reservation, 1)
	case fade.ReservationCanceled:
		d.reservation(e.Previous, -1)
		d.reservation(e.Reservation, 1)
	case fade.NotificationAdded:
		d.count(e.UserID, Unread, 1)
	case fade.NotificationRead:
		d.count(e.UserID, Unread, e.Unread)
	case fade.NotificationArchived:
		d.count(e.UserID, Unread, e.Unread)
	case fade.ConversationUpdated:
		d.count(e.UserID, UnreadMessages, e.Unread)
	}
	return d
}

func (d *deltas) user(u fade.User, by int64) {
	d.daily(Platform, Users, fade.DayOf(u.CreatedAt), by)
	if u.BusinessID != nil {
		d.count(*u.BusinessID, Users, by)
	}
}

func (d *deltas) reservation(r fade.Reservation, by int64) {
	day := fade.DayOf(r.CreatedAt)
	for _, scope := range [...]string{Platform, r.BusinessID} {
		d.daily(scope, Reservations, day, by)
		d.daily(scope, Status(r.Status), day, by)
		d.daily(scope, Revenue, day, by*int64(r.Earns()))
	}
}

// Sum adds up the deltas of several events, leaves out what cancels out, and sorts them: all
// transactions then lock the figures in one order, and none waits for another in a circle.
func Sum(all []Delta) []Delta {
	sorted := slices.Clone(all)
	slices.SortFunc(sorted, compare)
	summed := sorted[:0]
	for _, delta := range sorted {
		if n := len(summed); n > 0 && compare(summed[n-1], delta) == 0 {
			summed[n-1].By += delta.By
			continue
		}
		summed = append(summed, delta)
	}
	return slices.DeleteFunc(summed, func(delta Delta) bool { return delta.By == 0 })
}
