package fade

import "time"

// The payloads of the events on the wire. Each carries the whole entity and the figures after the change,
// so that a client patches what it shows and never has to fetch again.

// BusinessPayload goes with business_created and business_updated. Stats is on the dashboard channel
// only: a business must not learn the platform's figures.
type BusinessPayload struct {
	Business Business        `json:"business"`
	Message  string          `json:"message"`
	Stats    *PlatformTotals `json:"stats,omitempty"`
}

// ReservationPayload goes with reservation_created, reservation_updated and reservation_canceled.
// BusinessStats are the figures of the reservation's business; Stats is on the dashboard channel only.
type ReservationPayload struct {
	Reservation   Reservation     `json:"reservation"`
	Message       string          `json:"message"`
	BusinessStats BusinessTotals  `json:"business_stats"`
	Stats         *PlatformTotals `json:"stats,omitempty"`
}

// ServicePayload goes with service_created and service_updated.
type ServicePayload struct {
	Service Service `json:"service"`
	Message string  `json:"message"`
}

// StaffPayload goes with staff_created and staff_updated.
type StaffPayload struct {
	Staff   Staff  `json:"staff"`
	Message string `json:"message"`
}

// SettingsPayload goes with settings_updated.
type SettingsPayload struct {
	Settings BookingSettings `json:"settings"`
	Message  string          `json:"message"`
}

// SlotsPayload goes with slots_changed. It is public and says nothing of anybody. Intervals of one chair never
// overlap, so that chair and start_time name one. Reload says that services, staff, hours or rules changed: read
// the slots again.
type SlotsPayload struct {
	Changes []Busy `json:"changes"`
	Reload  bool   `json:"reload,omitempty"`
}

// UserPayload goes with user_created and user_updated.
type UserPayload struct {
	User    User            `json:"user"`
	Message string          `json:"message"`
	Stats   *PlatformTotals `json:"stats,omitempty"`
}

// NotificationAddedPayload goes with notification.
type NotificationAddedPayload struct {
	Notification Notification `json:"notification"`
	UnreadCount  int64        `json:"unread_count"`
}

// NotificationReadPayload goes with notification_read: one entry by its id, or all whose seq is at most
// UpTo. ReadAt is null when the entry was marked unread.
type NotificationReadPayload struct {
	NotificationID string     `json:"notification_id,omitempty"`
	UpTo           int64      `json:"up_to,omitempty"`
	ReadAt         *time.Time `json:"read_at"`
	UnreadCount    int64      `json:"unread_count"`
}

// NotificationArchivedPayload goes with notification_archived: one entry by its id, or all whose seq is
// at most UpTo.
type NotificationArchivedPayload struct {
	NotificationID string    `json:"notification_id,omitempty"`
	UpTo           int64     `json:"up_to,omitempty"`
	ArchivedAt     time.Time `json:"archived_at"`
	UnreadCount    int64     `json:"unread_count"`
}

// NotificationSeenPayload goes with notification_seen: all entries whose seq is at most UpTo were seen.
type NotificationSeenPayload struct {
	UpTo        int64     `json:"up_to"`
	SeenAt      time.Time `json:"seen_at"`
	UnreadCount int64     `json:"unread_count"`
}

// MessagePayload goes with message_created, to all who take part.
type MessagePayload struct {
	Conversation Conversation `json:"conversation"`
	Message      ChatMessage  `json:"message"`
}

// ReceiptPayload goes with receipt_updated.
type ReceiptPayload struct {
	ConversationID string `json:"conversation"`
	Participant
}

// ConversationPayload goes with conversation_updated, to one of those who take part. UnreadCount is of all their
// conversations.
type ConversationPayload struct {
	Conversation Conversation `json:"conversation"`
	UnreadCount  int64        `json:"unread_count"`
}
