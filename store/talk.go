package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/talk"
	"github.com/fadedistrict/fade/totals"
)

const (
	conversationColumns = `c.id, c.business_id, b.name, c.reservation_id, c.subject, c.created_at, c.last_number, c.last_at, c.last_text,
		c.last_author, COALESCE(a.first_name, ''), COALESCE(a.last_name, ''), COALESCE(a.email, ''), c.version`
	conversationFrom = `conversations c LEFT JOIN businesses b ON b.id = c.business_id LEFT JOIN users a ON a.id = c.last_author`
)

func scanConversation(r row) (fade.Conversation, error) { return scanConversationAnd(r) }

func scanConversationAnd(r row, more ...any) (c fade.Conversation, err error) {
	var reservation, author sql.Null[string]
	var by fade.User
	var created, last int64
	err = r.Scan(append([]any{
		&c.ID, &c.BusinessID, &c.BusinessName, &reservation, &c.Subject, &created, &c.LastNumber, &last, &c.LastText,
		&author, &by.FirstName, &by.LastName, &by.Email, &c.Version,
	}, more...)...)
	c.ReservationID, c.LastAuthor, c.LastAuthorName = textOrNil(reservation), textOrNil(author), by.FullName()
	c.CreatedAt, c.LastAt, c.Participants = instant(created), instant(last), []fade.Participant{}
	return c, err
}

// Conversation finds a conversation by id, without its participants; CodeNotFound.
func (r *reader) Conversation(id string) (fade.Conversation, error) {
	return one(r.transaction, "read conversation", "conversation", scanConversation,
		r.locking(`SELECT `+conversationColumns+` FROM `+conversationFrom+` WHERE c.id = $1`, "c"), uuidOrNone(id))
}

// ConversationAbout finds that about a reservation or, if there is none, the general one of a business; CodeNotFound.
func (r *reader) ConversationAbout(businessID string, reservationID *string) (fade.Conversation, error) {
	condition, value := `c.business_id = $1 AND c.reservation_id IS NULL`, businessID
	if reservationID != nil {
		condition, value = `c.reservation_id = $1`, *reservationID
	}
	return one(r.transaction, "find conversation", "conversation", scanConversation,
		r.locking(`SELECT `+conversationColumns+` FROM `+conversationFrom+` WHERE `+condition, "c"), value)
}

// Conversations lists conversations with a person's unread counts, newest activity first.
func (r *reader) Conversations(q talk.Query) (fade.List[fade.Conversation], error) {
	none := fade.List[fade.Conversation]{Items: []fade.Conversation{}}
	var where listing
	from := conversationFrom + ` LEFT JOIN receipts e ON e.conversation_id = c.id AND e.user_id = ` + where.arg(q.UserID)
	if q.BusinessID != "" {
		if !fade.ValidID(q.BusinessID) {
			return none, nil
		}
		where.is("c.business_id", q.BusinessID)
	}
	if err := where.search(q.Search, "c.search", "b.name_key", "LOWER(c.last_text)"); err != nil {
		return none, err
	}
	l := list[fade.Conversation]{
		op: "list conversations", columns: conversationColumns + `, COALESCE(e.unread, 0)`, from: from, id: "c.id", sort: "-last_at",
		sorts: map[string]sortKey{"last_at": {"c.last_at", false}},
		scan: func(row row) (fade.Conversation, error) {
			var unread int64
			c, err := scanConversationAnd(row, &unread)
			c.Unread = unread
			return c, err
		},
	}
	return l.page(r.transaction, &where, q.Page)
}

// Messages gives messages of a conversation, newest first.
func (r *reader) Messages(q talk.MessageQuery) ([]fade.ChatMessage, error) {
	var where listing
	where.is("m.conversation_id", uuidOrNone(q.ConversationID))
	if q.Before > 0 {
		where.where("m.number < " + where.arg(q.Before))
	}
	if err := where.search(q.Search, "m.search"); err != nil {
		return nil, err
	}
	text := `SELECT m.id, m.conversation_id, m.number, m.author_id, u.first_name, u.last_name, u.email, m.body, m.created_at
		FROM messages m JOIN users u ON u.id = m.author_id` + where.conditions() + ` ORDER BY m.number DESC LIMIT ` + where.arg(q.Limit)
	return all(r.transaction, "list messages", func(row row) (m fade.ChatMessage, err error) {
		var author fade.User
		var created int64
		err = row.Scan(&m.ID, &m.ConversationID, &m.Number, &m.Author, &author.FirstName, &author.LastName, &author.Email, &m.Body, &created)
		m.AuthorName, m.CreatedAt = author.FullName(), instant(created)
		return m, err
	}, text, where.args...)
}

// MessagesAfter counts the messages that the log of a channel tells of after a sequence.
func (r *reader) MessagesAfter(channel string, seq int64) (int64, error) {
	return one(r.transaction, "count messages", "count", scanInt,
		`SELECT COUNT(*) FROM events WHERE channel = $1 AND type = $2 AND seq > $3`, channel, string(fade.TypeMessageCreated), seq)
}

// Participants gives who takes part in a conversation now, with their receipts.
func (r *reader) Participants(c fade.Conversation) ([]fade.Participant, error) {
	return all(r.transaction, "read participants", func(row row) (p fade.Participant, err error) {
		var u fade.User
		var delivered, read sql.Null[int64]
		err = row.Scan(&u.ID, &u.FirstName, &u.LastName, &u.Email, &p.Role, &p.DeliveredNumber, &delivered, &p.ReadNumber, &read, &p.Unread)
		p.UserID, p.Name, p.DeliveredAt, p.ReadAt = u.ID, u.FullName(), nullInstant(delivered), nullInstant(read)
		return p, err
	}, `
		SELECT u.id, u.first_name, u.last_name, u.email, u.user_type, COALESCE(e.delivered_number, 0), e.delivered_at,
			COALESCE(e.read_number, 0), e.read_at, COALESCE(e.unread, 0)
		FROM (SELECT id FROM users WHERE user_type = 'super_admin' AND is_active
			UNION
			SELECT id FROM users WHERE business_id = $1 AND user_type = 'business_owner' AND is_active) t
		JOIN users u ON u.id = t.id LEFT JOIN receipts e ON e.conversation_id = $2 AND e.user_id = u.id
		ORDER BY u.user_type, u.id`, c.BusinessID, c.ID)
}

// UnreadMessages gives how many messages a person has not read: the counter, not a recount.
func (r *reader) UnreadMessages(userID string) (int64, error) {
	counters, err := r.Counters(userID)
	return counters[totals.UnreadMessages], err
}

// CountUnread counts the messages after a number that others than a person have written.
func (r *reader) CountUnread(conversationID, userID string, after int64) (int64, error) {
	return one(r.transaction, "count unread messages", "count", scanInt,
		`SELECT COUNT(*) FROM messages WHERE conversation_id = $1 AND number > $2 AND author_id <> $3`, conversationID, after, userID)
}

// unreadEntries bounds how many entries one reading of a conversation marks; the rest is marked with the next.
const unreadEntries = 500

// UnreadEntries gives the ids of a person's unread inbox entries about messages of a conversation, up to a number.
func (r *reader) UnreadEntries(userID, conversationID string, upTo int64) (ids []string, err error) {
	err = r.query("find entries about messages", func(row row) error {
		var id string
		var text []byte
		if err := row.Scan(&id, &text); err != nil {
			return err
		}
		var about fade.NotificationPayload
		if err := json.Unmarshal(text, &about); err != nil {
			return err
		}
		if about.Conversation == conversationID && about.MessageNumber <= upTo {
			ids = append(ids, id)
		}
		return nil
	}, `SELECT id, payload FROM notifications
		WHERE user_id = $1 AND read_at IS NULL AND archived_at IS NULL AND type = $2 AND payload LIKE $3 ORDER BY seq DESC LIMIT $4`,
		userID, string(fade.TypeMessageCreated), `%"`+conversationID+`"%`, unreadEntries)
	return ids, err
}

// InsertConversation adds a conversation; CodeConflict if somebody else has just begun it.
func (t *tx) InsertConversation(c fade.Conversation, by string) error {
	n, err := t.exec("insert conversation", `
		INSERT INTO conversations (id, business_id, reservation_id, subject, created_by, created_at, last_number, last_at, last_text, last_author, version, search)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING`,
		c.ID, c.BusinessID, nullText(c.ReservationID), c.Subject, by, micros(c.CreatedAt), c.LastNumber, micros(c.LastAt), c.LastText,
		nullText(c.LastAuthor), c.Version, searchable(c.Subject))
	if err == nil && n == 0 {
		return fade.Errorf(fade.CodeConflict, "Somebody else has just begun this conversation. Try again.")
	}
	return err
}

// UpdateConversation writes what its newest message says.
func (t *tx) UpdateConversation(c fade.Conversation) error {
	return t.execOne("update conversation", "conversation", `
		UPDATE conversations SET last_number = $2, last_at = $3, last_text = $4, last_author = $5, version = $6 WHERE id = $1`,
		c.ID, c.LastNumber, micros(c.LastAt), c.LastText, nullText(c.LastAuthor), c.Version)
}

// InsertMessage adds a message.
func (t *tx) InsertMessage(m fade.ChatMessage) error {
	_, err := t.exec("insert message", `INSERT INTO messages (id, conversation_id, number, author_id, body, created_at, search)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`, m.ID, m.ConversationID, m.Number, m.Author, m.Body, micros(m.CreatedAt), strings.ToLower(m.Body))
	return err
}

// SaveReceipt writes how far a participant is.
func (t *tx) SaveReceipt(conversationID string, p fade.Participant) error {
	_, err := t.exec("save receipt", `
		INSERT INTO receipts (conversation_id, user_id, delivered_number, delivered_at, read_number, read_at, unread)
		VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (conversation_id, user_id) DO UPDATE SET delivered_number = excluded.delivered_number,
			delivered_at = excluded.delivered_at, read_number = excluded.read_number, read_at = excluded.read_at, unread = excluded.unread`,
		conversationID, p.UserID, p.DeliveredNumber, nullMicros(p.DeliveredAt), p.ReadNumber, nullMicros(p.ReadAt), p.Unread)
	return err
}

// talkStore gives a transaction to package talk.
type talkStore struct{ engine engine }

// Talk gives the store of package talk.
func (s *Store) Talk() talk.Store { return talkStore{s.engine} }

// Update implements [talk.Store].
func (s talkStore) Update(ctx context.Context, do func(talk.Tx) error) error {
	return updateAsked(ctx, s.engine, func(t *tx) error { return do(t) })
}

// View implements [talk.Store].
func (s talkStore) View(ctx context.Context, do func(talk.Reader) error) error {
	return s.engine.view(ctx, func(r *reader) error { return do(r) })
}
