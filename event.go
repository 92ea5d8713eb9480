package fade

import (
	"fmt"
	"time"
)

// EventType names an event on the wire.
type EventType string

// The event types.
const (
	TypeBusinessCreated      EventType = "business_created"
	TypeBusinessUpdated      EventType = "business_updated"
	TypeReservationCreated   EventType = "reservation_created"
	TypeReservationUpdated   EventType = "reservation_updated"
	TypeReservationCanceled  EventType = "reservation_canceled"
	TypeUserCreated          EventType = "user_created"
	TypeUserUpdated          EventType = "user_updated"
	TypeNotification         EventType = "notification"
	TypeNotificationRead     EventType = "notification_read"
	TypeNotificationArchived EventType = "notification_archived"
	TypeNotificationSeen     EventType = "notification_seen"
	TypeMessageCreated       EventType = "message_created"
	TypeReceiptUpdated       EventType = "receipt_updated"
	TypeConversationUpdated  EventType = "conversation_updated"
	TypeServiceCreated       EventType = "service_created"
	TypeServiceUpdated       EventType = "service_updated"
	TypeStaffCreated         EventType = "staff_created"
	TypeStaffUpdated         EventType = "staff_updated"
	TypeSettingsUpdated      EventType = "settings_updated"
	TypeSlotsChanged         EventType = "slots_changed"
	TypeAccessChanged        EventType = "access_changed" // between nodes only, never to a client
	TypeMeasured             EventType = "measured"       // only when a server is measured: see fade bench
)

// EventTypes lists the types that clients see.
func EventTypes() []EventType {
	return []EventType{
		TypeBusinessCreated, TypeBusinessUpdated, TypeReservationCreated, TypeReservationUpdated,
		TypeReservationCanceled, TypeUserCreated, TypeUserUpdated, TypeNotification, TypeNotificationRead,
		TypeNotificationArchived, TypeNotificationSeen, TypeServiceCreated, TypeServiceUpdated, TypeStaffCreated, TypeStaffUpdated,
		TypeSettingsUpdated, TypeSlotsChanged, TypeMessageCreated, TypeReceiptUpdated, TypeConversationUpdated,
	}
}

// Event is something that happened, recorded by the transaction that made it happen. It carries the rows
// after the change, and before it where somebody needs the difference. Packages live, notify and totals
// say where each event goes, who is told of it and what it adds up to.
type Event interface {
	Type() EventType
}

// BusinessCreated says that a business joined.
type BusinessCreated struct{ Business Business }

// BusinessUpdated says that a business changed; activation and deactivation are changes too.
type BusinessUpdated struct{ Business, Previous Business }

// ReservationCreated says that somebody booked. By is the user who entered it, empty for the public.
type ReservationCreated struct {
	Reservation Reservation
	By          string
}

// ReservationUpdated says that a reservation changed, other than by being canceled.
type ReservationUpdated struct {
	Reservation, Previous Reservation
	By                    string
}

// ReservationCanceled says that a reservation will not take place.
type ReservationCanceled struct {
	Reservation, Previous Reservation
	By                    string
}

// ServiceCreated says that a business offers something new.
type ServiceCreated struct{ Service Service }

// ServiceUpdated says that a service changed; being switched off and on are changes too.
type ServiceUpdated struct{ Service Service }

// StaffCreated says that somebody new works at a business.
type StaffCreated struct{ Staff Staff }

// StaffUpdated says that a member of staff changed; leaving and coming back are changes too.
type StaffUpdated struct{ Staff Staff }

// SettingsUpdated says that a business is open at other times, or may be booked by other rules.
type SettingsUpdated struct{ Settings BookingSettings }

// SlotsChanged says what time of a business's chairs was taken, held or given back, and of nobody for whom. The
// changes are one: a reservation that moves gives one interval back and takes another. Reload says that what can be
// booked, or when, is another.
type SlotsChanged struct {
	BusinessID string
	Changes    []Busy
	Reload     bool
}

// UserCreated says that somebody may sign in.
type UserCreated struct{ User User }

// UserUpdated says that a user changed.
type UserUpdated struct{ User, Previous User }

// NotificationAdded says that a person's inbox has a new entry. The store records it for every recipient
// that package notify names.
type NotificationAdded struct {
	UserID       string
	Notification Notification
}

// NotificationRead says that inbox entries were marked read, or unread where ReadAt is nil. ID is empty
// when it was all of them up to UpTo, a sequence in the person's channel. Unread is by how much the count
// of unread entries changes.
type NotificationRead struct {
	UserID string
	ID     string
	UpTo   int64
	ReadAt *time.Time
	Unread int64
}

// NotificationArchived says that inbox entries were put away; the fields are those of NotificationRead.
type NotificationArchived struct {
	UserID     string
	ID         string
	UpTo       int64
	ArchivedAt time.Time
	Unread     int64
}

// NotificationSeen says that the person has looked at the inbox: all entries of at most the sequence UpTo were seen.
type NotificationSeen struct {
	UserID string
	UpTo   int64
	SeenAt time.Time
}

// MessageCreated says that somebody wrote something in a conversation, which is as it is after it.
type MessageCreated struct {
	Conversation Conversation
	Message      ChatMessage
}

// ReceiptUpdated says that somebody has received, or read, more of a conversation.
type ReceiptUpdated struct {
	ConversationID string
	Participant    Participant
}

// ConversationUpdated tells a person that a conversation of theirs has changed: there is a message, or they have read
// some. Unread is by how much the count of their unread messages changes.
type ConversationUpdated struct {
	UserID       string
	Conversation Conversation
	Unread       int64
}

// AccessChanged tells every node to look again at what a user's sockets may do: a session ended, the user
// was deactivated, or the role changed. SessionID is empty when all of the user's sessions are meant.
type AccessChanged struct {
	UserID    string `json:"user_id"`
	SessionID string `json:"session_id,omitempty"`
}

// Measured is an event without a cause, for measuring how fast one travels: At is when it was asked for, in
// nanoseconds since 1970, and Padding gives it its size.
type Measured struct {
	At      int64  `json:"t"`
	Padding string `json:"b"`
}

// The types of the events.
func (BusinessCreated) Type() EventType      { return TypeBusinessCreated }
func (BusinessUpdated) Type() EventType      { return TypeBusinessUpdated }
func (ReservationCreated) Type() EventType   { return TypeReservationCreated }
func (ReservationUpdated) Type() EventType   { return TypeReservationUpdated }
func (ReservationCanceled) Type() EventType  { return TypeReservationCanceled }
func (UserCreated) Type() EventType          { return TypeUserCreated }
func (UserUpdated) Type() EventType          { return TypeUserUpdated }
func (NotificationAdded) Type() EventType    { return TypeNotification }
func (NotificationRead) Type() EventType     { return TypeNotificationRead }
func (NotificationArchived) Type() EventType { return TypeNotificationArchived }
func (NotificationSeen) Type() EventType     { return TypeNotificationSeen }
func (MessageCreated) Type() EventType       { return TypeMessageCreated }
func (ReceiptUpdated) Type() EventType       { return TypeReceiptUpdated }
func (ConversationUpdated) Type() EventType  { return TypeConversationUpdated }
func (ServiceCreated) Type() EventType       { return TypeServiceCreated }
func (ServiceUpdated) Type() EventType       { return TypeServiceUpdated }
func (StaffCreated) Type() EventType         { return TypeStaffCreated }
func (StaffUpdated) Type() EventType         { return TypeStaffUpdated }
func (SettingsUpdated) Type() EventType      { return TypeSettingsUpdated }
func (SlotsChanged) Type() EventType         { return TypeSlotsChanged }
func (AccessChanged) Type() EventType        { return TypeAccessChanged }
func (Measured) Type() EventType             { return TypeMeasured }

// Message tells an event to a person, in one sentence; it is empty for events that nobody is told of.
func Message(event Event) string {
	switch e := event.(type) {
	case BusinessCreated:
		return fmt.Sprintf("New business %q created", e.Business.Name)
	case BusinessUpdated:
		switch {
		case e.Business.IsActive && !e.Previous.IsActive:
			return fmt.Sprintf("Business %q activated", e.Business.Name)
		case !e.Business.IsActive && e.Previous.IsActive:
			return fmt.Sprintf("Business %q deactivated", e.Business.Name)
		}
		return fmt.Sprintf("Business %q updated", e.Business.Name)
	case ReservationCreated:
		return fmt.Sprintf("New reservation for %s at %s", e.Reservation.CustomerName, e.Reservation.BusinessName)
	case ReservationUpdated:
		if e.Reservation.Status != e.Previous.Status {
			return fmt.Sprintf("Reservation of %s at %s is now %s", e.Reservation.CustomerName, e.Reservation.BusinessName, e.Reservation.Status)
		}
		return fmt.Sprintf("Reservation of %s at %s changed", e.Reservation.CustomerName, e.Reservation.BusinessName)
	case ReservationCanceled:
		return fmt.Sprintf("Reservation of %s at %s was canceled", e.Reservation.CustomerName, e.Reservation.BusinessName)
	case ServiceCreated:
		return fmt.Sprintf("New service %q", e.Service.Name)
	case ServiceUpdated:
		return fmt.Sprintf("Service %q updated", e.Service.Name)
	case StaffCreated:
		return fmt.Sprintf("%s joined the staff", e.Staff.Name)
	case StaffUpdated:
		return fmt.Sprintf("Staff member %s updated", e.Staff.Name)
	case SettingsUpdated:
		return "Opening hours and booking rules updated"
	case MessageCreated:
		return fmt.Sprintf("Message from %s: %s", e.Message.AuthorName, e.Message.Excerpt())
	case UserCreated:
		return fmt.Sprintf("New user %s", e.User.FullName())
	case UserUpdated:
		return fmt.Sprintf("User %s updated", e.User.FullName())
	}
	return ""
}
