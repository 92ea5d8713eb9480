// Package notify decides who is told of what and by which route, and keeps each person's inbox.
package notify

import "github.com/fadedistrict/fade"

// Audience names the people who must know of an event. The store turns it into users when it records the
// event, in the same transaction.
type Audience struct {
	SuperAdmins bool
	OwnersOf    string // a business; empty for none
	Except      string // a user who did it and so needs no telling; empty for nobody
}

// Notice is what an audience is told: it becomes one inbox entry per person.
type Notice struct {
	Audience Audience
	Type     fade.EventType
	Message  string
	Payload  fade.NotificationPayload
}

// Route gives the notice that an event calls for, and false for events that call for none. Super admins
// are told of new businesses and reservations, and of businesses that are switched on or off,
// their own doing included: it is what the bell of the operator's other tabs counts. Owners are told of
// the reservations of their business, except of those changes they made themselves. Of a message hears whoever takes part
// in its conversation and did not write it.
func Route(event fade.Event) (Notice, bool) {
	notice := Notice{Type: event.Type(), Message: fade.Message(event)}
	switch e := event.(type) {
	case fade.BusinessCreated:
		notice.Audience = Audience{SuperAdmins: true}
		notice.Payload = fade.NotificationPayload{BusinessID: e.Business.ID, BusinessName: e.Business.Name}
	case fade.BusinessUpdated:
		if e.Business.IsActive == e.Previous.IsActive {
			return Notice{}, false
		}
		notice.Audience = Audience{SuperAdmins: true, OwnersOf: e.Business.ID}
		notice.Payload = fade.NotificationPayload{BusinessID: e.Business.ID, BusinessName: e.Business.Name}
	case fade.ReservationCreated:
		notice.Audience = Audience{SuperAdmins: true, OwnersOf: e.Reservation.BusinessID}
		notice.Payload = aboutReservation(e.Reservation)
	case fade.ReservationUpdated:
		if e.Reservation.UpdatedBy == fade.ByFade {
			return Notice{}, false // what happens by itself every day is no news
		}
		notice.Audience = Audience{OwnersOf: e.Reservation.BusinessID, Except: e.By}
		notice.Payload = aboutReservation(e.Reservation)
	case fade.ReservationCanceled:
		notice.Audience = Audience{OwnersOf: e.Reservation.BusinessID, Except: e.By}
		notice.Payload = aboutReservation(e.Reservation)
	case fade.MessageCreated:
		notice.Audience = Audience{SuperAdmins: true, OwnersOf: e.Conversation.BusinessID, Except: e.Message.Author}
		notice.Payload = fade.NotificationPayload{
			BusinessID: e.Conversation.BusinessID, BusinessName: e.Conversation.BusinessName,
			Conversation: e.Conversation.ID, MessageNumber: e.Message.Number,
		}
	default:
		return Notice{}, false
	}
	return notice, true
}

func aboutReservation(r fade.Reservation) fade.NotificationPayload {
	return fade.NotificationPayload{
		BusinessID: r.BusinessID, BusinessName: r.BusinessName,
		ReservationID: r.ID, Status: r.Status, StartTime: &r.StartTime,
	}
}
