// Package live says which channels an event reaches, what it says there, and who may listen. It is the
// only place that decides any of the three.
package live

import (
	"strings"

	"github.com/fadedistrict/fade"
)

// The channels with fixed names.
const (
	Dashboard = "dashboard" // the whole platform, for super admins
	Support   = "support"   // which of the platform's people are there, for whoever signs in; it has no events
	System    = "system"    // between nodes, never for a client
	Presence  = "presence"  // likewise: who is online
)

// The prefixes of the channels that belong to one business or one user.
const (
	businessPrefix = "business:"
	userPrefix     = "user:"
	slotsPrefix    = "slots:"

	conversationPrefix = "conversation:"
)

// Business names the channel of a business: what its owners and staff see.
func Business(id string) string { return businessPrefix + id }

// User names the channel of a user: their inbox on all their devices.
func User(id string) string { return userPrefix + id }

// Conversation names the channel of a conversation.
func Conversation(id string) string { return conversationPrefix + id }

// ConversationOf gives the conversation whose channel it is, if it is one.
func ConversationOf(channel string) (id string, ok bool) {
	return strings.CutPrefix(channel, conversationPrefix)
}

// Slots names the public channel of a business's free and taken times.
func Slots(businessID string) string { return slotsPrefix + businessID }

// SlotsOf gives the business whose channel of times it is, if it is one.
func SlotsOf(channel string) (businessID string, ok bool) {
	return strings.CutPrefix(channel, slotsPrefix)
}

// BusinessOf gives the business whose channel it is, if it is one.
func BusinessOf(channel string) (id string, ok bool) {
	return strings.CutPrefix(channel, businessPrefix)
}

// UserOf gives the user whose channel it is, if it is one.
func UserOf(channel string) (id string, ok bool) { return strings.CutPrefix(channel, userPrefix) }

// Channels gives the channels that an event reaches.
func Channels(event fade.Event) []string {
	switch e := event.(type) {
	case fade.BusinessCreated:
		return []string{Dashboard, Business(e.Business.ID)}
	case fade.BusinessUpdated:
		return []string{Dashboard, Business(e.Business.ID)}
	case fade.ReservationCreated:
		return []string{Dashboard, Business(e.Reservation.BusinessID)}
	case fade.ReservationUpdated:
		return []string{Dashboard, Business(e.Reservation.BusinessID)}
	case fade.ReservationCanceled:
		return []string{Dashboard, Business(e.Reservation.BusinessID)}
	case fade.ServiceCreated:
		return []string{Business(e.Service.BusinessID)}
	case fade.ServiceUpdated:
		return []string{Business(e.Service.BusinessID)}
	case fade.StaffCreated:
		return []string{Business(e.Staff.BusinessID)}
	case fade.StaffUpdated:
		return []string{Business(e.Staff.BusinessID)}
	case fade.SettingsUpdated:
		return []string{Business(e.Settings.BusinessID)}
	case fade.SlotsChanged:
		return []string{Slots(e.BusinessID)}
	case fade.UserCreated, fade.UserUpdated, fade.Measured:
		return []string{Dashboard}
	case fade.NotificationAdded:
		return []string{User(e.UserID)}
	case fade.NotificationRead:
		return []string{User(e.UserID)}
	case fade.NotificationArchived:
		return []string{User(e.UserID)}
	case fade.NotificationSeen:
		return []string{User(e.UserID)}
	case fade.MessageCreated:
		return []string{Conversation(e.Conversation.ID)}
	case fade.ReceiptUpdated:
		return []string{Conversation(e.ConversationID)}
	case fade.ConversationUpdated:
		return []string{User(e.UserID)}
	case fade.AccessChanged:
		return []string{System}
	}
	return nil
}

// After holds the figures as they are after the transaction, for the events that carry them.
type After struct {
	Platform func() (fade.PlatformTotals, error)
	Business func(id string) (fade.BusinessTotals, error)
	Unread   func(userID string) (int64, error)
	Messages func(userID string) (int64, error) // that are unread
}

// Payload gives what an event says on a channel. Platform totals go to the dashboard and nowhere else.
func Payload(event fade.Event, channel string, after After) (any, error) {
	var stats *fade.PlatformTotals
	if channel == Dashboard {
		totals, err := after.Platform()
		if err != nil {
			return nil, err
		}
		stats = &totals
	}
	message := fade.Message(event)
	switch e := event.(type) {
	case fade.BusinessCreated:
		return fade.BusinessPayload{Business: e.Business, Message: message, Stats: stats}, nil
	case fade.BusinessUpdated:
		return fade.BusinessPayload{Business: e.Business, Message: message, Stats: stats}, nil
	case fade.ReservationCreated:
		return reservationPayload(e.Reservation, message, stats, after)
	case fade.ReservationUpdated:
		return reservationPayload(e.Reservation, message, stats, after)
	case fade.ReservationCanceled:
		return reservationPayload(e.Reservation, message, stats, after)
	case fade.ServiceCreated:
		return fade.ServicePayload{Service: e.Service, Message: message}, nil
	case fade.ServiceUpdated:
		return fade.ServicePayload{Service: e.Service, Message: message}, nil
	case fade.StaffCreated:
		return fade.StaffPayload{Staff: e.Staff, Message: message}, nil
	case fade.StaffUpdated:
		return fade.StaffPayload{Staff: e.Staff, Message: message}, nil
	case fade.SettingsUpdated:
		return fade.SettingsPayload{Settings: e.Settings, Message: message}, nil
	case fade.SlotsChanged:
		return fade.SlotsPayload{Changes: e.Changes, Reload: e.Reload}, nil
	case fade.UserCreated:
		return fade.UserPayload{User: e.User, Message: message, Stats: stats}, nil
	case fade.UserUpdated:
		return fade.UserPayload{User: e.User, Message: message, Stats: stats}, nil
	case fade.NotificationAdded:
		unread, err := after.Unread(e.UserID)
		return fade.NotificationAddedPayload{Notification: e.Notification, UnreadCount: unread}, err
	case fade.NotificationRead:
		unread, err := after.Unread(e.UserID)
		return fade.NotificationReadPayload{NotificationID: e.ID, UpTo: e.UpTo, ReadAt: e.ReadAt, UnreadCount: unread}, err
	case fade.NotificationArchived:
		unread, err := after.Unread(e.UserID)
		return fade.NotificationArchivedPayload{NotificationID: e.ID, UpTo: e.UpTo, ArchivedAt: e.ArchivedAt, UnreadCount: unread}, err
	case fade.NotificationSeen:
		unread, err := after.Unread(e.UserID)
		return fade.NotificationSeenPayload{UpTo: e.UpTo, SeenAt: e.SeenAt, UnreadCount: unread}, err
	case fade.MessageCreated:
		return fade.MessagePayload(e), nil
	case fade.ReceiptUpdated:
		return fade.ReceiptPayload{ConversationID: e.ConversationID, Participant: e.Participant}, nil
	case fade.ConversationUpdated:
		unread, err := after.Messages(e.UserID)
		return fade.ConversationPayload{Conversation: e.Conversation, UnreadCount: unread}, err
	}
	return event, nil
}

func reservationPayload(r fade.Reservation, message string, stats *fade.PlatformTotals, after After) (any, error) {
	business, err := after.Business(r.BusinessID)
	return fade.ReservationPayload{Reservation: r, Message: message, BusinessStats: business, Stats: stats}, err
}

// MaySubscribe gives nil if the actor may follow the channel and read its log, CodeUnauthorized for the
// public and CodeForbidden otherwise: the same for a channel of somebody else and for one that does not
// exist, so that nobody can find out by asking. Times are public: they say nothing of anybody.
//
// businessOf gives the business that a conversation is with, and CodeNotFound; any other error of it is passed on.
func MaySubscribe(actor fade.Actor, channel string, businessOf func(conversationID string) (businessID string, err error)) error {
	if id, ok := SlotsOf(channel); ok && fade.ValidID(id) {
		return nil
	}
	if err := actor.RequireSignedIn(); err != nil {
		return err
	}
	if channel == Dashboard {
		return actor.RequireSuperAdmin()
	}
	if channel == Support {
		return nil
	}
	if id, ok := ConversationOf(channel); ok && fade.ValidID(id) {
		business, err := businessOf(id)
		if fade.ErrorCode(err) != fade.CodeNotFound {
			if err != nil {
				return err
			}
			channel = Business(business) // whoever may follow it takes part
		}
	}
	if id, ok := BusinessOf(channel); ok && fade.ValidID(id) && (actor.IsSuperAdmin() || actor.User.Owns(id)) {
		return nil
	}
	if id, ok := UserOf(channel); ok && id == actor.User.ID {
		return nil
	}
	return fade.Errorf(fade.CodeForbidden, "You may not follow this channel.")
}

// Welcome is what a client reads when its subscription begins.
func Welcome(channel string) string {
	if _, ok := BusinessOf(channel); ok {
		return "Connected to business updates"
	}
	if _, ok := UserOf(channel); ok {
		return "Connected to notifications"
	}
	if _, ok := SlotsOf(channel); ok {
		return "Connected to free times"
	}
	if _, ok := ConversationOf(channel); ok {
		return "Connected to the conversation"
	}
	if channel == Dashboard {
		return "Connected to dashboard updates"
	}
	return "Connected"
}
