package fade

import (
	"time"
	"unicode/utf8"
)

// Conversation is a thread between a business's owners and the platform's super admins, about a reservation or about
// anything. Unread belongs to whoever asks: it is 0 where a conversation is told to all who take part.
type Conversation struct {
	ID             string        `json:"id"`
	BusinessID     string        `json:"business"`
	BusinessName   string        `json:"business_name"`
	ReservationID  *string       `json:"reservation"` // nil for the general one, of which a business has one
	Subject        string        `json:"subject"`
	CreatedAt      time.Time     `json:"created_at"`
	LastNumber     int64         `json:"last_number"` // of the newest message; 0 for none
	LastAt         time.Time     `json:"last_at"`
	LastText       string        `json:"last_text"`
	LastAuthor     *string       `json:"last_author"`
	LastAuthorName string        `json:"last_author_name"`
	Unread         int64         `json:"unread"`
	Participants   []Participant `json:"participants"` // who may read it now; empty in lists
	Version        int64         `json:"version"`
}

// Participant is somebody who takes part in a conversation, and how far they are: messages up to DeliveredNumber have
// reached a device of theirs, those up to ReadNumber were read.
type Participant struct {
	UserID          string     `json:"user"`
	Name            string     `json:"name"`
	Role            UserType   `json:"role"`
	DeliveredNumber int64      `json:"delivered_number"`
	DeliveredAt     *time.Time `json:"delivered_at"`
	ReadNumber      int64      `json:"read_number"`
	ReadAt          *time.Time `json:"read_at"`
	Unread          int64      `json:"-"`
}

// ChatMessage is what somebody wrote. Numbers count from 1 in each conversation, without gaps.
type ChatMessage struct {
	ID             string    `json:"id"`
	ConversationID string    `json:"conversation"`
	Number         int64     `json:"number"`
	Author         string    `json:"author"`
	AuthorName     string    `json:"author_name"`
	Body           string    `json:"body"`
	CreatedAt      time.Time `json:"created_at"`
}

// maxMessage bounds a message, in characters.
const maxMessage = 4_000

// Validate gives CodeInvalid for what is no message.
func (m ChatMessage) Validate() error {
	var v Violations
	v.Text("body", m.Body, 1, maxMessage, true)
	return v.Err()
}

// maxExcerpt bounds how much of a message is shown in a list, in characters.
const maxExcerpt = 140

// Excerpt gives the beginning of a message.
func (m ChatMessage) Excerpt() string {
	if utf8.RuneCountInString(m.Body) <= maxExcerpt {
		return m.Body
	}
	return string([]rune(m.Body)[:maxExcerpt-1]) + "…"
}
