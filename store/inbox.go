package store

import (
	"database/sql"
	"encoding/json"
	"time"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/notify"
	"github.com/fadedistrict/fade/totals"
)

const notificationColumns = `n.id, n.type, n.message, n.payload, n.event_id, n.created_at, n.acked_at, n.seen_at, n.read_at, n.archived_at, n.seq`

func scanNotification(r row) (n fade.Notification, err error) {
	var payload []byte
	var created int64
	var acked, seen, read, archived sql.Null[int64]
	if err = r.Scan(&n.ID, &n.Type, &n.Message, &payload, &n.EventID, &created, &acked, &seen, &read, &archived, &n.Seq); err != nil {
		return n, err
	}
	n.CreatedAt, n.AckedAt, n.SeenAt, n.ReadAt, n.ArchivedAt = instant(created), nullInstant(acked), nullInstant(seen), nullInstant(read), nullInstant(archived)
	return n, json.Unmarshal(payload, &n.Payload)
}

// Notifications gives entries newest first.
func (r *reader) Notifications(q notify.InboxQuery) ([]fade.Notification, error) {
	var where listing
	where.is("n.user_id", q.UserID)
	if q.Archived {
		where.where("n.archived_at IS NOT NULL")
	} else {
		where.where("n.archived_at IS NULL")
	}
	if q.Unread {
		where.where("n.read_at IS NULL")
	}
	if q.Before > 0 {
		where.where("n.seq < " + where.arg(q.Before))
	}
	if err := where.search(q.Search, "LOWER(n.message)"); err != nil {
		return nil, err
	}
	text := `SELECT ` + notificationColumns + ` FROM notifications n` + where.conditions() + ` ORDER BY n.seq DESC LIMIT ` + where.arg(fade.Page{Limit: q.Limit}.Size())
	return all(r.transaction, "list notifications", scanNotification, text, where.args...)
}

// Notification gives one entry of the person's inbox; CodeNotFound if it is not theirs.
func (r *reader) Notification(userID, id string) (fade.Notification, error) {
	if !fade.ValidID(id) {
		return fade.Notification{}, fade.NotFound("notification")
	}
	return one(r.transaction, "read notification", "notification", scanNotification,
		r.locking(`SELECT `+notificationColumns+` FROM notifications n WHERE n.id = $1 AND n.user_id = $2`, "n"), id, userID)
}

// UnreadCount gives how many entries are neither read nor archived: the counter, not a recount.
func (r *reader) UnreadCount(userID string) (int64, error) {
	counters, err := r.Counters(userID)
	return counters[totals.Unread], err
}

// Cursors gives up to which seq of their channel a person's entries were acked and seen.
func (r *reader) Cursors(userID string) (acked, seen int64, err error) {
	err = r.query("read cursors", func(row row) error { return row.Scan(&acked, &seen) },
		r.locking(`SELECT c.acked, c.seen FROM inbox_cursors c WHERE c.user_id = $1`, "c"), userID)
	return acked, seen, err
}

// UnseenCount gives how many entries in the inbox came after the last look at it.
func (r *reader) UnseenCount(userID string, seen int64) (int64, error) {
	return one(r.transaction, "count unseen", "count", scanInt,
		`SELECT COUNT(*) FROM notifications WHERE user_id = $1 AND seq > $2 AND archived_at IS NULL`, userID, seen)
}

// SetAcked notes that a client of the person has received all entries after one seq up to another.
func (t *tx) SetAcked(userID string, after, upTo int64, at time.Time) error {
	_, err := t.exec("ack notifications",
		`UPDATE notifications SET acked_at = $4 WHERE user_id = $1 AND seq > $2 AND seq <= $3 AND acked_at IS NULL`,
		userID, after, upTo, micros(at))
	if err != nil {
		return err
	}
	_, err = t.exec("move cursor", `INSERT INTO inbox_cursors (user_id, acked, seen) VALUES ($1, $2, 0)
		ON CONFLICT (user_id) DO UPDATE SET acked = excluded.acked WHERE inbox_cursors.acked < excluded.acked`, userID, upTo)
	return err
}

// SetSeen notes that the person has seen all entries after one seq up to another.
func (t *tx) SetSeen(userID string, after, upTo int64, at time.Time) error {
	_, err := t.exec("see notifications", `UPDATE notifications SET seen_at = $4, acked_at = COALESCE(acked_at, $4)
		WHERE user_id = $1 AND seq > $2 AND seq <= $3 AND seen_at IS NULL`, userID, after, upTo, micros(at))
	if err != nil {
		return err
	}
	_, err = t.exec("move cursor", `INSERT INTO inbox_cursors (user_id, acked, seen) VALUES ($1, $2, $2)
		ON CONFLICT (user_id) DO UPDATE SET seen = excluded.seen WHERE inbox_cursors.seen < excluded.seen`, userID, upTo)
	return err
}

// SetNotificationRead sets or clears the time an entry was read.
func (t *tx) SetNotificationRead(userID, id string, at *time.Time) error {
	return t.execOne("mark notification", "notification",
		`UPDATE notifications SET read_at = $3 WHERE id = $1 AND user_id = $2`, id, userID, nullMicros(at))
}

// SetNotificationArchived puts an entry away.
func (t *tx) SetNotificationArchived(userID, id string, at time.Time) error {
	return t.execOne("archive notification", "notification",
		`UPDATE notifications SET archived_at = $3 WHERE id = $1 AND user_id = $2`, id, userID, micros(at))
}

// ReadAllNotifications marks all unread, unarchived entries of at most the seq upTo read and gives how
// many they were.
func (t *tx) ReadAllNotifications(userID string, upTo int64, at time.Time) (int64, error) {
	return t.exec("read all notifications", `
		UPDATE notifications SET read_at = $3
		WHERE user_id = $1 AND seq <= $2 AND read_at IS NULL AND archived_at IS NULL`, userID, upTo, micros(at))
}

// ArchiveAllNotifications puts all entries of at most the seq upTo away and gives how many there were, and
// how many of them were unread. One statement counts both: between two, an entry could be read.
func (t *tx) ArchiveAllNotifications(userID string, upTo int64, at time.Time) (archived, unread int64, err error) {
	err = t.query("archive all notifications", func(r row) error {
		var read sql.Null[int64]
		err := r.Scan(&read)
		archived++
		if !read.Valid {
			unread++
		}
		return err
	}, `UPDATE notifications SET archived_at = $3 WHERE user_id = $1 AND seq <= $2 AND archived_at IS NULL RETURNING read_at`,
		userID, upTo, micros(at))
	return archived, unread, err
}
