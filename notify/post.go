package notify

import (
	"slices"
	"time"

	"github.com/fadedistrict/fade"
)

// Post is a mail about a reservation to somebody who has no inbox: the business's address, or the customer.
type Post struct {
	Kind        fade.DeliveryKind
	Cause       string
	Due         time.Time
	Address     string // "" for the business's, as it is when the mail leaves
	Reservation fade.Reservation
}

// Posts gives the mails that an event calls for. A new reservation always mails its business; customers who left an
// address hear of what becomes of their appointment, and are reminded of it as reminders says, in minutes before the
// start. What is over is no news.
func Posts(event fade.Event, now time.Time, reminders func(businessID string) ([]int, error)) ([]Post, error) {
	var r, previous fade.Reservation
	var posts []Post
	switch e := event.(type) {
	case fade.ReservationCreated:
		r = e.Reservation
		posts = append(posts, Post{Kind: fade.KindNewReservation, Cause: fade.CauseBusiness, Due: now, Reservation: r})
	case fade.ReservationUpdated:
		r, previous = e.Reservation, e.Previous
	case fade.ReservationCanceled:
		r, previous = e.Reservation, e.Previous
	default:
		return nil, nil
	}
	if r.CustomerEmail == "" || !r.StartTime.After(now) {
		return posts, nil
	}
	kind, tells := toCustomer(r, previous)
	if !tells {
		return posts, nil
	}
	posts = append(posts, Post{Kind: kind, Cause: fade.CauseCustomer, Due: now, Address: r.CustomerEmail, Reservation: r})
	if r.Status != fade.Confirmed {
		return posts, nil
	}
	before, err := reminders(r.BusinessID)
	if err != nil {
		return nil, err
	}
	return append(posts, remind(r, before, now)...), nil
}

// toCustomer gives what a customer is told after a change of their reservation.
func toCustomer(r, previous fade.Reservation) (kind fade.DeliveryKind, tells bool) {
	isNew := previous.ID == ""
	switch {
	case r.Status == fade.Canceled:
		return fade.KindCancellation, !isNew && previous.Status != fade.Canceled
	case !r.Status.Active():
		return "", false
	case r.Status == fade.Confirmed && previous.Status != fade.Confirmed:
		return fade.KindConfirmation, true
	case isNew:
		return fade.KindReceived, true
	}
	// Somebody who has just left an address, or another one, has heard of nothing yet.
	return fade.KindChange, r.ScheduleVersion != previous.ScheduleVersion || r.CustomerEmail != previous.CustomerEmail
}

// remind gives the reminders of a confirmed reservation that still lie ahead, each minute once.
func remind(r fade.Reservation, before []int, now time.Time) (posts []Post) {
	sorted := slices.Clone(before)
	slices.Sort(sorted)
	for _, minutes := range slices.Compact(sorted) {
		due := r.StartTime.Add(-time.Duration(minutes) * time.Minute)
		if due.After(now) {
			posts = append(posts, Post{
				Kind: fade.KindReminder, Cause: fade.CauseOf(fade.CauseReminder, minutes), Due: due, Address: r.CustomerEmail, Reservation: r,
			})
		}
	}
	return posts
}

// Overtakes tells which reservation's waiting mails to its customer an event makes pointless, and why: they speak of
// what is no more.
func Overtakes(event fade.Event) (reservationID, reason string, ok bool) {
	switch e := event.(type) {
	case fade.ReservationUpdated:
		switch {
		case !e.Reservation.Status.Active():
			return e.Reservation.ID, fade.ReasonPast, true
		case e.Reservation.Status != e.Previous.Status, e.Reservation.ScheduleVersion != e.Previous.ScheduleVersion,
			e.Reservation.CustomerEmail != e.Previous.CustomerEmail:
			return e.Reservation.ID, fade.ReasonMoved, true
		}
	case fade.ReservationCanceled:
		return e.Reservation.ID, fade.ReasonCanceled, true
	}
	return "", "", false
}

// Outdated tells whether a waiting mail about a reservation is no longer true of it, and why.
func Outdated(d fade.Delivery, r fade.Reservation, now time.Time) (reason string, outdated bool) {
	switch {
	case !d.Kind.ToCustomer():
		return "", false
	case r.Status == fade.Canceled && d.Kind != fade.KindCancellation:
		return fade.ReasonCanceled, true
	case d.Kind == fade.KindCancellation:
		return fade.ReasonMoved, r.Status != fade.Canceled
	case r.ScheduleVersion != d.ScheduleVersion:
		return fade.ReasonMoved, true
	case d.Kind == fade.KindReminder && (r.Status != fade.Confirmed || !r.StartTime.After(now)):
		return fade.ReasonPast, true
	}
	return "", false
}
