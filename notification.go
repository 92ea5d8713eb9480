package fade

import "time"

// Notification is one person's inbox entry about an event. Type is the event's type; Seq is the entry's
// sequence in the person's channel user:<id>.
type Notification struct {
	ID         string              `json:"id"`
	Type       EventType           `json:"type"`
	Message    string              `json:"message"`
	Payload    NotificationPayload `json:"payload"`
	EventID    string              `json:"event_id"` // what it is about: the same for everybody who is told
	CreatedAt  time.Time           `json:"created_at"`
	AckedAt    *time.Time          `json:"acked_at"` // when a client of the person had received it
	SeenAt     *time.Time          `json:"seen_at"`
	ReadAt     *time.Time          `json:"read_at"`
	ArchivedAt *time.Time          `json:"archived_at"`
	Seq        int64               `json:"seq"`
}

// NotificationPayload says what a notification is about, so that a client can link to it. Ids that do not
// apply are left out.
type NotificationPayload struct {
	BusinessID    string            `json:"business_id,omitempty"`
	BusinessName  string            `json:"business_name,omitempty"`
	ReservationID string            `json:"reservation_id,omitempty"`
	UserID        string            `json:"user_id,omitempty"`
	Conversation  string            `json:"conversation_id,omitempty"`
	MessageNumber int64             `json:"message_number,omitempty"`
	Status        ReservationStatus `json:"status,omitempty"`
	StartTime     *time.Time        `json:"start_time,omitempty"`
}

// State gives what became of the entry as a delivery.
func (n Notification) State() DeliveryState {
	switch {
	case n.ReadAt != nil:
		return DeliveryRead
	case n.SeenAt != nil:
		return DeliverySeen
	case n.AckedAt != nil:
		return DeliveryAcked
	}
	return DeliveryQueued
}
