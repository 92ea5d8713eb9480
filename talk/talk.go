// Package talk holds the verbs of conversations: between the owners of a business and the super admins of the platform,
// about a reservation or about anything.
//
// Who may read a conversation may write in it: super admins in all, owners in those of their business. A message has a
// number, one more than the one before it. Receipts are numbers too: up to which message somebody has received, and
// read. How many a person has not read is kept with their receipt and added up in a counter, both moved by the
// transaction that changes them.
package talk

import (
	"context"
	"strings"
	"time"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/realtime/eventlog"
)

// Query asks for conversations, newest activity first.
type Query struct {
	fade.Page

	UserID     string // whose unread counts are wanted
	BusinessID string // empty for all
}

// MessageQuery asks for messages, newest first.
type MessageQuery struct {
	ConversationID string
	Before         int64 // only those with a lower number; 0 for the newest
	Search         string
	Limit          int
}

// Reader reads in one snapshot, or inside the transaction. In a Tx the methods that give one row lock it.
type Reader interface {
	// Business finds a business by id; CodeNotFound.
	Business(id string) (fade.Business, error)

	// Reservation finds a reservation by id; CodeNotFound.
	Reservation(id string) (fade.Reservation, error)

	// Conversation finds a conversation by id, without its participants; CodeNotFound.
	Conversation(id string) (fade.Conversation, error)

	// ConversationAbout finds that about a reservation or, if there is none, the general one of a business; CodeNotFound.
	ConversationAbout(businessID string, reservationID *string) (fade.Conversation, error)

	// Conversations lists conversations; CodeMalformed for a cursor that is not ours.
	Conversations(q Query) (fade.List[fade.Conversation], error)

	// Messages gives messages, newest first.
	Messages(q MessageQuery) ([]fade.ChatMessage, error)

	// MessagesAfter counts the messages that the log of a channel tells of after a sequence.
	MessagesAfter(channel string, seq int64) (int64, error)

	// Participants gives who takes part now, with their receipts.
	Participants(c fade.Conversation) ([]fade.Participant, error)

	// UnreadMessages gives how many messages a person has not read, over all conversations.
	UnreadMessages(userID string) (int64, error)

	// Position gives where a channel's log stands in this snapshot.
	Position(channel string) (eventlog.Position, error)
}

// Tx changes conversations inside one transaction.
type Tx interface {
	Reader
	fade.Memory

	// InsertConversation adds a conversation.
	InsertConversation(c fade.Conversation, by string) error

	// UpdateConversation writes what its newest message says.
	UpdateConversation(c fade.Conversation) error

	// InsertMessage adds a message.
	InsertMessage(m fade.ChatMessage) error

	// SaveReceipt writes how far a participant is.
	SaveReceipt(conversationID string, p fade.Participant) error

	// CountUnread counts the messages after a number that others than a person have written.
	CountUnread(conversationID, userID string, after int64) (int64, error)

	// UnreadEntries gives the ids of a person's unread inbox entries about messages of a conversation, up to a number.
	UnreadEntries(userID, conversationID string, upTo int64) ([]string, error)

	// SetNotificationRead sets the time an entry was read.
	SetNotificationRead(userID, id string, at *time.Time) error

	// CancelFallbacks cancels the mails and pushes that waited for an entry to be seen.
	CancelFallbacks(userID, notificationID, reason string, at time.Time) error

	// Record adds an event to the transaction.
	Record(event fade.Event)
}

// Store runs the verbs' transactions; Update's function may run more than once.
type Store interface {
	Update(ctx context.Context, do func(Tx) error) error
	View(ctx context.Context, do func(Reader) error) error
}

// Service is the verbs.
type Service struct {
	store Store
	now   func() time.Time
}

// New makes the verbs.
func New(store Store, now func() time.Time) *Service { return &Service{store, now} }

func (s *Service) instant() time.Time { return s.now().UTC().Truncate(time.Microsecond) }

// mayTalk gives nil if the actor takes part in the conversations of a business; for others they do not exist.
func mayTalk(actor fade.Actor, businessID, noun string) error {
	if err := actor.RequireSignedIn(); err != nil {
		return err
	}
	if !actor.IsSuperAdmin() && !actor.User.Owns(businessID) {
		return fade.NotFound(noun)
	}
	return nil
}

// BusinessOf gives the business that a conversation is with; CodeNotFound.
func (s *Service) BusinessOf(ctx context.Context, conversationID string) (businessID string, err error) {
	err = s.store.View(ctx, func(r Reader) error {
		c, err := r.Conversation(conversationID)
		businessID = c.BusinessID
		return err
	})
	return businessID, err
}

// Conversations are some of them, with where the channel of who asked stood when they were read.
type Conversations struct {
	fade.List[fade.Conversation]

	Position eventlog.Position
}

// List gives conversations with the actor's unread counts: all to super admins, to owners those of their business.
// channel names the actor's.
func (s *Service) List(ctx context.Context, actor fade.Actor, channel string, q Query) (found Conversations, err error) {
	if err := actor.RequireSignedIn(); err != nil {
		return found, err
	}
	if !actor.IsSuperAdmin() {
		if actor.User.BusinessID == nil {
			return found, fade.NotFound("business")
		}
		q.BusinessID = *actor.User.BusinessID
	}
	q.UserID = actor.User.ID
	err = s.store.View(ctx, func(r Reader) (err error) {
		if found.List, err = r.Conversations(q); err != nil {
			return err
		}
		found.Position, err = r.Position(channel)
		return err
	})
	return found, err
}

// State is a conversation, with where its channel stood when it was read.
type State struct {
	fade.Conversation

	Position eventlog.Position
}

// Get gives a conversation with its participants. channel names the conversation's.
func (s *Service) Get(ctx context.Context, actor fade.Actor, channel, id string) (found State, err error) {
	err = s.store.View(ctx, func(r Reader) (err error) {
		if found.Conversation, err = open(r, actor, id); err != nil {
			return err
		}
		found.Position, err = r.Position(channel)
		return err
	})
	return found, err
}

// open reads a conversation for somebody who takes part in it.
func open(r Reader, actor fade.Actor, id string) (fade.Conversation, error) {
	if err := actor.RequireSignedIn(); err != nil {
		return fade.Conversation{}, err
	}
	c, err := r.Conversation(id)
	if err == nil {
		err = mayTalk(actor, c.BusinessID, "conversation")
	}
	if err == nil {
		c.Participants, err = r.Participants(c)
	}
	if err != nil {
		return fade.Conversation{}, err
	}
	c.Unread = part(c, actor.User.ID).Unread
	return c, nil
}

// part gives somebody's part in a conversation.
func part(c fade.Conversation, userID string) fade.Participant {
	for _, p := range c.Participants {
		if p.UserID == userID {
			return p
		}
	}
	return fade.Participant{UserID: userID}
}

// History is a part of a conversation, with where its channel stood when it was read.
type History struct {
	Messages []fade.ChatMessage
	Position eventlog.Position
}

// Messages gives messages of a conversation, newest first.
func (s *Service) Messages(ctx context.Context, actor fade.Actor, channel string, q MessageQuery) (h History, err error) {
	q.Limit = fade.Page{Limit: q.Limit}.Size()
	err = s.store.View(ctx, func(r Reader) (err error) {
		if _, err = open(r, actor, q.ConversationID); err != nil {
			return err
		}
		if h.Messages, err = r.Messages(q); err != nil {
			return err
		}
		h.Position, err = r.Position(channel)
		return err
	})
	return h, err
}

// Count is how many messages somebody has not read, with where their channel stood when they were counted.
type Count struct {
	Unread   int64
	Position eventlog.Position
}

// UnreadCount gives how many messages the actor has not read, over all conversations. channel names the actor's.
func (s *Service) UnreadCount(ctx context.Context, actor fade.Actor, channel string) (n Count, err error) {
	if err := actor.RequireSignedIn(); err != nil {
		return n, err
	}
	err = s.store.View(ctx, func(r Reader) (err error) {
		if n.Unread, err = r.UnreadMessages(actor.User.ID); err != nil {
			return err
		}
		n.Position, err = r.Position(channel)
		return err
	})
	return n, err
}

// Topic is what a conversation is to be about: a reservation, or a business; an owner's own if neither is named.
type Topic struct{ BusinessID, ReservationID string }

// Started is a conversation that was asked for.
type Started struct {
	Conversation fade.Conversation
	New          bool // or it was there already
}

// Start gives the conversation about a topic, and makes it if there is none. With a body it also sends a message.
func (s *Service) Start(ctx context.Context, actor fade.Actor, topic Topic, body string) (started Started, err error) {
	if err := actor.RequireSignedIn(); err != nil {
		return started, err
	}
	err = s.store.Update(ctx, func(tx Tx) (err error) {
		started, err = fade.Once(tx, func() (started Started, err error) {
			c, isNew, err := s.start(tx, actor, topic)
			if err != nil {
				return started, err
			}
			started.New = isNew
			if strings.TrimSpace(body) != "" {
				if _, err = s.send(tx, actor, c.ID, body); err != nil {
					return started, err
				}
			}
			started.Conversation, err = open(tx, actor, c.ID)
			return started, err
		})
		return err
	})
	return started, err
}

// start gives the conversation about a topic, and whether it has made it.
func (s *Service) start(tx Tx, actor fade.Actor, topic Topic) (c fade.Conversation, isNew bool, err error) {
	subject, about := "General", (*string)(nil)
	business := topic.BusinessID
	switch {
	case topic.ReservationID != "":
		r, err := tx.Reservation(topic.ReservationID)
		if err != nil {
			return c, false, err
		}
		if err := mayTalk(actor, r.BusinessID, "reservation"); err != nil {
			return c, false, err
		}
		business, about = r.BusinessID, &r.ID
		subject = "Reservation of " + r.CustomerName
	case business == "" && actor.User.BusinessID != nil:
		business = *actor.User.BusinessID
	case business == "":
		return c, false, fade.FieldErrorf(fade.CodeInvalid, "business", "Name the business to talk to.")
	}
	b, err := tx.Business(business)
	if err != nil {
		return c, false, err
	}
	if err := mayTalk(actor, b.ID, "business"); err != nil {
		return c, false, err
	}
	c, err = tx.ConversationAbout(b.ID, about)
	if fade.ErrorCode(err) != fade.CodeNotFound {
		return c, false, err
	}
	now := s.instant()
	c = fade.Conversation{
		ID: fade.NewID(now), BusinessID: b.ID, BusinessName: b.Name, ReservationID: about, Subject: subject, CreatedAt: now, LastAt: now, Version: 1,
	}
	return c, true, tx.InsertConversation(c, actor.User.ID)
}
