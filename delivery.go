package fade

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Route is a way by which people are told of what happens.
type Route string

// The routes.
const (
	RouteInApp Route = "in_app" // the inbox, live on all open pages
	RouteEmail Route = "email"
	RoutePush  Route = "push" // a browser's or a phone's notification
)

// DeliveryState is what became of a delivery. An entry of an inbox is a delivery too, by the route in_app: it is
// acked once a client of the person has received it, seen once the bell was opened, and read once it was read.
type DeliveryState string

// The delivery states.
const (
	DeliveryQueued   DeliveryState = "queued"
	DeliverySent     DeliveryState = "sent"  // accepted by the mail server or the push service
	DeliveryAcked    DeliveryState = "acked" // in_app from here …
	DeliverySeen     DeliveryState = "seen"
	DeliveryRead     DeliveryState = "read"   // … to here
	DeliveryFailed   DeliveryState = "failed" // a dead letter: nobody tries again by themselves
	DeliveryCanceled DeliveryState = "canceled"
)

// DeliveryStates lists those of mails and pushes.
func DeliveryStates() []DeliveryState {
	return []DeliveryState{DeliveryQueued, DeliverySent, DeliveryFailed, DeliveryCanceled}
}

// DeliveryKind is what a mail or push says.
type DeliveryKind string

// The delivery kinds.
const (
	KindNewReservation DeliveryKind = "new_reservation" // to the business
	KindReceived       DeliveryKind = "received"        // to the customer, from here: it waits for the business
	KindConfirmation   DeliveryKind = "confirmation"
	KindChange         DeliveryKind = "change" // another time, service or person
	KindCancellation   DeliveryKind = "cancellation"
	KindReminder       DeliveryKind = "reminder"
	KindNotice         DeliveryKind = "notice" // to a user, from here: one event
	KindUnseen         DeliveryKind = "unseen" // what they have not seen in time
	KindDigest         DeliveryKind = "digest" // what happened in the last hour or day
	KindTest           DeliveryKind = "test"
)

// DeliveryKinds lists them.
func DeliveryKinds() []DeliveryKind {
	return []DeliveryKind{
		KindNewReservation, KindReceived, KindConfirmation, KindChange, KindCancellation, KindReminder,
		KindNotice, KindUnseen, KindDigest, KindTest,
	}
}

// ToCustomer tells the kinds that a customer gets. A newer one of the same reservation makes an older one pointless.
func (k DeliveryKind) ToCustomer() bool {
	switch k {
	case KindReceived, KindConfirmation, KindChange, KindCancellation, KindReminder:
		return true
	}
	return false
}

// Why a delivery exists: its cause is one of these, with a parameter after a colon where one is named.
const (
	CauseBusiness = "business" // a new reservation always mails the business
	CauseCustomer = "customer" // who left an address hears of changes
	CauseReminder = "reminder" // :minutes before the start
	CauseAlways   = "always"   // the person wants to hear of each
	CauseUnseen   = "unseen"   // :minutes for which the entry was not seen
	CauseDigest   = "digest"   // :hourly or daily
	CauseTest     = "test"
)

// Why a delivery was canceled.
const (
	ReasonAcked        = "acked" // it arrived at an open page …
	ReasonSeen         = "seen"  // … or was seen
	ReasonRead         = "read"
	ReasonMoved        = "moved" // the reservation has another time, service or person
	ReasonCanceled     = "canceled"
	ReasonPast         = "past"       // the appointment has begun
	ReasonNoAddress    = "no_address" // nobody left one
	ReasonNoDevice     = "no_device"  // the device was removed
	ReasonSwitchedOff  = "switched_off"
	ReasonUnsubscribed = "unsubscribed"
)

// Delivery is one mail or push, and what became of it.
type Delivery struct {
	ID              string        `json:"id"`
	EventID         string        `json:"event_id"` // empty for reminders and tests, which no event but time makes
	EventType       EventType     `json:"event_type"`
	NotificationID  *string       `json:"notification"`
	UserID          *string       `json:"user"`
	UserEmail       string        `json:"user_email"`
	UserName        string        `json:"user_name"`
	BusinessID      *string       `json:"business"`
	BusinessName    string        `json:"business_name"`
	ReservationID   *string       `json:"reservation"`
	ScheduleVersion int64         `json:"-"` // of the reservation, which the delivery belongs to
	Route           Route         `json:"route"`
	Kind            DeliveryKind  `json:"kind"`
	Address         string        `json:"address"` // the mailbox; of a push the device's label
	DeviceID        string        `json:"-"`
	UnlessSeen      bool          `json:"-"` // the notification's being acked, seen or read cancels it
	State           DeliveryState `json:"state"`
	Cause           string        `json:"cause"`
	Reason          string        `json:"reason"`
	Attempt         int           `json:"attempt"`
	MaxAttempts     int           `json:"max_attempts"`
	NextAttemptAt   *time.Time    `json:"next_attempt_at"`
	LastError       string        `json:"last_error"`
	MessageID       string        `json:"message_id"`
	CreatedAt       time.Time     `json:"created_at"`
	SettledAt       *time.Time    `json:"settled_at"`
}

// DeliveryAttempt is a try that failed.
type DeliveryAttempt struct {
	Attempt   int       `json:"attempt"`
	At        time.Time `json:"at"`
	Error     string    `json:"error"`
	Permanent bool      `json:"permanent"`
}

// CauseOf gives a cause with its parameter.
func CauseOf(cause string, parameter any) string { return fmt.Sprintf("%s:%v", cause, parameter) }

// Bundles tells whether what is due of the same kind for the same user leaves as one mail.
func (d Delivery) Bundles() bool {
	return d.Route == RouteEmail && (d.Kind == KindUnseen || d.Kind == KindDigest)
}

// Minutes gives the parameter of a cause that has minutes; 0 for none.
func (d Delivery) Minutes() int {
	_, text, _ := strings.Cut(d.Cause, ":")
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0
	}
	return n
}

// PushDevice is a browser that shows notifications. Its endpoint is a capability and its keys are secrets: they
// leave the server for the push service alone.
type PushDevice struct {
	ID        string     `json:"id"`
	Label     string     `json:"label"`
	CreatedAt time.Time  `json:"created_at"`
	UsedAt    *time.Time `json:"used_at"` // when a push was last accepted
	UserID    string     `json:"-"`
	Endpoint  string     `json:"-"`
	P256DH    string     `json:"-"` // base64url, an uncompressed point on P-256
	Auth      string     `json:"-"` // base64url, 16 bytes
}
