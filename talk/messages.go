package talk

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/fadedistrict/fade"
)

// Send adds the actor's message to a conversation; whoever writes has read what was there.
func (s *Service) Send(ctx context.Context, actor fade.Actor, conversationID, body string) (m fade.ChatMessage, err error) {
	if err := actor.RequireSignedIn(); err != nil {
		return m, err
	}
	err = s.store.Update(ctx, func(tx Tx) (err error) {
		m, err = fade.Once(tx, func() (fade.ChatMessage, error) { return s.send(tx, actor, conversationID, body) })
		return err
	})
	return m, err
}

func (s *Service) send(tx Tx, actor fade.Actor, conversationID, body string) (m fade.ChatMessage, err error) {
	c, err := open(tx, actor, conversationID)
	if err != nil {
		return m, err
	}
	now := s.instant()
	m = fade.ChatMessage{
		ID: fade.NewID(now), ConversationID: c.ID, Number: c.LastNumber + 1, Author: actor.User.ID, AuthorName: actor.User.FullName(),
		Body: strings.TrimSpace(body), CreatedAt: now,
	}
	if err := m.Validate(); err != nil {
		return m, err
	}
	if err := tx.InsertMessage(m); err != nil {
		return m, err
	}
	c.LastNumber, c.LastAt, c.LastText, c.LastAuthor, c.LastAuthorName = m.Number, now, m.Excerpt(), &m.Author, m.AuthorName
	c.Version++
	if err := tx.UpdateConversation(c); err != nil {
		return m, err
	}
	for i, p := range c.Participants {
		if p.UserID == actor.User.ID {
			err = s.advance(tx, &c, i, m.Number)
		} else {
			p.Unread++
			c.Participants[i] = p
			tx.Record(fade.ConversationUpdated{UserID: p.UserID, Conversation: seenBy(c, p), Unread: 1})
			err = tx.SaveReceipt(c.ID, p)
		}
		if err != nil {
			return m, err
		}
	}
	c.Unread = 0
	tx.Record(fade.MessageCreated{Conversation: c, Message: m})
	return m, nil
}

// seenBy gives a conversation as one of those who take part sees it.
func seenBy(c fade.Conversation, p fade.Participant) fade.Conversation {
	c.Unread = p.Unread
	c.Participants = []fade.Participant{}
	return c
}

// Read notes that the actor has read a conversation up to a message. It never goes back, and doing it again changes
// nothing and tells nobody.
func (s *Service) Read(ctx context.Context, actor fade.Actor, conversationID string, number int64) (c fade.Conversation, err error) {
	if err := actor.RequireSignedIn(); err != nil {
		return c, err
	}
	err = s.store.Update(ctx, func(tx Tx) (err error) {
		c, err = fade.Once(tx, func() (c fade.Conversation, err error) {
			if c, err = open(tx, actor, conversationID); err != nil {
				return c, err
			}
			i := slices.IndexFunc(c.Participants, func(p fade.Participant) bool { return p.UserID == actor.User.ID })
			if number = min(number, c.LastNumber); i < 0 || number <= c.Participants[i].ReadNumber {
				return c, nil
			}
			err = s.advance(tx, &c, i, number)
			c.Unread = c.Participants[i].Unread
			return c, err
		})
		return err
	})
	return c, err
}

// advance moves a participant's receipts to a message, and the inbox's entries about those up to it with them.
func (s *Service) advance(tx Tx, c *fade.Conversation, i int, number int64) error {
	p, now := c.Participants[i], s.instant()
	unread, err := tx.CountUnread(c.ID, p.UserID, number)
	if err != nil {
		return err
	}
	moved := unread - p.Unread
	p.Unread, p.ReadNumber, p.ReadAt = unread, number, &now
	if p.DeliveredNumber < number {
		p.DeliveredNumber, p.DeliveredAt = number, &now
	}
	c.Participants[i] = p
	if err := tx.SaveReceipt(c.ID, p); err != nil {
		return err
	}
	tx.Record(fade.ReceiptUpdated{ConversationID: c.ID, Participant: p})
	tx.Record(fade.ConversationUpdated{UserID: p.UserID, Conversation: seenBy(*c, p), Unread: moved})
	entries, err := tx.UnreadEntries(p.UserID, c.ID, number)
	if err != nil {
		return err
	}
	for _, id := range entries {
		if err := tx.SetNotificationRead(p.UserID, id, &now); err != nil {
			return err
		}
		if err := tx.CancelFallbacks(p.UserID, id, fade.ReasonRead, now); err != nil {
			return err
		}
		tx.Record(fade.NotificationRead{UserID: p.UserID, ID: id, ReadAt: &now, Unread: -1})
	}
	return nil
}

// Ack is what a client of a user has received of a conversation's channel: everything up to a sequence.
type Ack struct{ ConversationID, UserID string }

// Deliver notes what clients have received, for many at once. channel names a conversation's.
func (s *Service) Deliver(ctx context.Context, acks map[Ack]int64, channel func(conversationID string) string) error {
	order := slices.SortedFunc(maps.Keys(acks), func(a, b Ack) int {
		return strings.Compare(a.ConversationID+a.UserID, b.ConversationID+b.UserID) // all transactions lock in one order
	})
	return s.store.Update(ctx, func(tx Tx) error {
		for _, ack := range order {
			if err := s.deliver(tx, ack, channel(ack.ConversationID), acks[ack]); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Service) deliver(tx Tx, ack Ack, channel string, seq int64) error {
	c, err := tx.Conversation(ack.ConversationID)
	if err != nil {
		if fade.ErrorCode(err) == fade.CodeNotFound {
			return nil
		}
		return err
	}
	if c.Participants, err = tx.Participants(c); err != nil {
		return err
	}
	later, err := tx.MessagesAfter(channel, seq)
	if err != nil {
		return err
	}
	p := part(c, ack.UserID)
	if number := c.LastNumber - later; p.Name != "" && number > p.DeliveredNumber {
		now := s.instant()
		p.DeliveredNumber, p.DeliveredAt = number, &now
		tx.Record(fade.ReceiptUpdated{ConversationID: c.ID, Participant: p})
		return tx.SaveReceipt(c.ID, p)
	}
	return nil
}
