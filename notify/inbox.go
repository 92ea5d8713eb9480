package notify

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/realtime/eventlog"
)

// InboxQuery asks for a part of a person's inbox, newest first.
type InboxQuery struct {
	UserID   string
	Unread   bool  // only entries that are not read
	Archived bool  // the archive instead of the inbox
	Before   int64 // only entries with a lower seq; 0 for the newest
	Search   string
	Limit    int
}

// Reader reads inboxes.
type Reader interface {
	// Notifications gives entries newest first.
	Notifications(q InboxQuery) ([]fade.Notification, error)

	// Notification gives one entry of the person's inbox; CodeNotFound if it is not theirs. In a Tx the
	// row stays locked until the transaction ends.
	Notification(userID, id string) (fade.Notification, error)

	// UnreadCount gives how many entries are neither read nor archived.
	UnreadCount(userID string) (int64, error)

	// Cursors gives up to which seq of their channel a person's entries were acked and seen. In a Tx they stay locked.
	Cursors(userID string) (acked, seen int64, err error)

	// UnseenCount gives how many entries in the inbox have a higher seq than seen.
	UnseenCount(userID string, seen int64) (int64, error)

	// Position gives where a channel's log stands in this snapshot.
	Position(channel string) (eventlog.Position, error)
}

// Tx changes inboxes inside one transaction.
type Tx interface {
	Reader
	fade.Memory

	// SetAcked notes that a client of the person has received all entries with a seq above after, up to upTo.
	SetAcked(userID string, after, upTo int64, at time.Time) error

	// SetSeen notes that the person has seen them.
	SetSeen(userID string, after, upTo int64, at time.Time) error

	// CancelUnlessSeen cancels the mails and pushes that waited for the person's entries of at most a seq to be seen.
	CancelUnlessSeen(userID string, upTo int64, reason string, at time.Time) error

	// CancelFallbacks cancels those about one entry.
	CancelFallbacks(userID, notificationID, reason string, at time.Time) error

	// SetNotificationRead sets or clears the time an entry was read.
	SetNotificationRead(userID, id string, at *time.Time) error

	// SetNotificationArchived puts an entry away.
	SetNotificationArchived(userID, id string, at time.Time) error

	// ReadAllNotifications marks all unread, unarchived entries of at most the seq upTo read and gives how
	// many they were.
	ReadAllNotifications(userID string, upTo int64, at time.Time) (int64, error)

	// ArchiveAllNotifications puts all entries of at most the seq upTo away and gives how many there were,
	// and how many of them were unread.
	ArchiveAllNotifications(userID string, upTo int64, at time.Time) (archived, unread int64, err error)

	// Record adds an event to the transaction.
	Record(event fade.Event)
}

// Store runs the verbs' transactions. Update's function may run more than once and must not do anything
// but use its Tx; what it returns decides between commit and rollback.
type Store interface {
	Update(ctx context.Context, do func(Tx) error) error
	View(ctx context.Context, do func(Reader) error) error
}

// Inbox is what a person can do with their notifications.
type Inbox struct {
	store Store
	now   func() time.Time
}

// NewInbox makes the verbs of the inbox.
func NewInbox(store Store, now func() time.Time) *Inbox { return &Inbox{store, now} }

// Page is a part of the inbox with its count and where the person's channel stood when it was read.
type Page struct {
	Items       []fade.Notification
	UnreadCount int64
	UnseenCount int64
	Seen        int64 // entries with a higher seq are new since the last look
	Position    eventlog.Position
}

// List gives a part of the actor's own inbox; the query's UserID is the actor's, whatever it says.
func (in *Inbox) List(ctx context.Context, actor fade.Actor, channel string, q InboxQuery) (page Page, err error) {
	if err := actor.RequireSignedIn(); err != nil {
		return Page{}, err
	}
	q.UserID = actor.User.ID
	q.Limit = fade.Page{Limit: q.Limit}.Size()
	err = in.store.View(ctx, func(r Reader) (err error) {
		if page.Items, err = r.Notifications(q); err != nil {
			return err
		}
		if page.UnreadCount, err = r.UnreadCount(q.UserID); err != nil {
			return err
		}
		if _, page.Seen, err = r.Cursors(q.UserID); err != nil {
			return err
		}
		if page.UnseenCount, err = r.UnseenCount(q.UserID, page.Seen); err != nil {
			return err
		}
		page.Position, err = r.Position(channel)
		return err
	})
	return page, err
}

// Ack notes that clients of users have received everything on their channels up to a seq, for many users at once; what
// waited for their entries to be seen is canceled. channel names a user's.
func (in *Inbox) Ack(ctx context.Context, upTo map[string]int64, channel func(userID string) string) error {
	return in.store.Update(ctx, func(tx Tx) error {
		for _, userID := range slices.Sorted(maps.Keys(upTo)) {
			if err := in.ack(tx, userID, channel(userID), upTo[userID]); err != nil {
				return err
			}
		}
		return nil
	})
}

func (in *Inbox) ack(tx Tx, userID, channel string, upTo int64) error {
	at, err := tx.Position(channel)
	if err != nil {
		return err
	}
	upTo = min(upTo, at.Seq) // nobody has received what is still to come
	acked, _, err := tx.Cursors(userID)
	if err != nil || upTo <= acked {
		return err
	}
	now := in.now()
	if err := tx.SetAcked(userID, acked, upTo, now); err != nil {
		return err
	}
	return tx.CancelUnlessSeen(userID, upTo, fade.ReasonAcked, now)
}

// Look is what the bell shows after a look.
type Look struct {
	UnreadCount int64 `json:"unread_count"`
	UnseenCount int64 `json:"unseen_count"`
}

// See notes that the actor has looked at the inbox, with entries up to a seq on the screen; 0 is all there are. Doing it
// again changes nothing and tells nobody.
func (in *Inbox) See(ctx context.Context, actor fade.Actor, channel string, upTo int64) (look Look, err error) {
	if err := actor.RequireSignedIn(); err != nil {
		return look, err
	}
	userID := actor.User.ID
	err = in.store.Update(ctx, func(tx Tx) (err error) {
		look, err = fade.Once(tx, func() (look Look, err error) {
			at, err := tx.Position(channel)
			if err != nil {
				return look, err
			}
			if upTo <= 0 || upTo > at.Seq {
				upTo = at.Seq
			}
			_, seen, err := tx.Cursors(userID)
			if err != nil {
				return look, err
			}
			if upTo > seen {
				now := in.now()
				if err := tx.SetSeen(userID, seen, upTo, now); err != nil {
					return look, err
				}
				if err := tx.CancelUnlessSeen(userID, upTo, fade.ReasonSeen, now); err != nil {
					return look, err
				}
				tx.Record(fade.NotificationSeen{UserID: userID, UpTo: upTo, SeenAt: now})
			}
			if look.UnreadCount, err = tx.UnreadCount(userID); err != nil {
				return look, err
			}
			look.UnseenCount, err = tx.UnseenCount(userID, max(seen, upTo))
			return look, err
		})
		return err
	})
	return look, err
}

// Mark sets an entry read or unread; doing it again changes nothing and tells nobody.
func (in *Inbox) Mark(ctx context.Context, actor fade.Actor, id string, read bool) (n fade.Notification, err error) {
	return in.change(ctx, actor, id, func(tx Tx, n *fade.Notification) error {
		if read == (n.ReadAt != nil) {
			return nil
		}
		unread := int64(1)
		var at *time.Time
		if read {
			now := in.now()
			at, unread = &now, -1
			if err := tx.CancelFallbacks(actor.User.ID, id, fade.ReasonRead, now); err != nil {
				return err
			}
		}
		if n.ArchivedAt != nil {
			unread = 0
		}
		n.ReadAt = at
		tx.Record(fade.NotificationRead{UserID: actor.User.ID, ID: id, ReadAt: at, Unread: unread})
		return tx.SetNotificationRead(actor.User.ID, id, at)
	})
}

// Archive puts an entry away; doing it again changes nothing and tells nobody.
func (in *Inbox) Archive(ctx context.Context, actor fade.Actor, id string) (fade.Notification, error) {
	return in.change(ctx, actor, id, func(tx Tx, n *fade.Notification) error {
		if n.ArchivedAt != nil {
			return nil
		}
		unread := int64(0)
		if n.ReadAt == nil {
			unread = -1
		}
		now := in.now()
		n.ArchivedAt = &now
		if err := tx.CancelFallbacks(actor.User.ID, id, fade.ReasonRead, now); err != nil {
			return err
		}
		tx.Record(fade.NotificationArchived{UserID: actor.User.ID, ID: id, ArchivedAt: now, Unread: unread})
		return tx.SetNotificationArchived(actor.User.ID, id, now)
	})
}

func (in *Inbox) change(ctx context.Context, actor fade.Actor, id string, do func(Tx, *fade.Notification) error) (n fade.Notification, err error) {
	if err := actor.RequireSignedIn(); err != nil {
		return n, err
	}
	err = in.store.Update(ctx, func(tx Tx) (err error) {
		n, err = fade.Once(tx, func() (fade.Notification, error) {
			n, err := tx.Notification(actor.User.ID, id)
			if err == nil {
				err = do(tx, &n)
			}
			return n, err
		})
		return err
	})
	return n, err
}

// ReadAll marks everything read and gives the count of unread entries after it.
func (in *Inbox) ReadAll(ctx context.Context, actor fade.Actor, channel string) (int64, error) {
	return in.all(ctx, actor, channel, func(tx Tx, upTo int64) (int64, error) {
		now := in.now()
		read, err := tx.ReadAllNotifications(actor.User.ID, upTo, now)
		if err == nil {
			err = tx.CancelUnlessSeen(actor.User.ID, upTo, fade.ReasonRead, now)
		}
		if err == nil && read > 0 {
			tx.Record(fade.NotificationRead{UserID: actor.User.ID, UpTo: upTo, ReadAt: &now, Unread: -read})
		}
		return read, err
	})
}

// Clear puts everything away and gives the count of unread entries after it.
func (in *Inbox) Clear(ctx context.Context, actor fade.Actor, channel string) (int64, error) {
	return in.all(ctx, actor, channel, func(tx Tx, upTo int64) (int64, error) {
		now := in.now()
		archived, unread, err := tx.ArchiveAllNotifications(actor.User.ID, upTo, now)
		if err == nil {
			err = tx.CancelUnlessSeen(actor.User.ID, upTo, fade.ReasonRead, now)
		}
		if err == nil && archived > 0 {
			tx.Record(fade.NotificationArchived{UserID: actor.User.ID, UpTo: upTo, ArchivedAt: now, Unread: -unread})
		}
		return unread, err
	})
}

// all does something to all entries; do tells how many unread ones it took. It gives how many are left.
func (in *Inbox) all(ctx context.Context, actor fade.Actor, channel string, do func(tx Tx, upTo int64) (int64, error)) (left int64, err error) {
	if err := actor.RequireSignedIn(); err != nil {
		return 0, err
	}
	err = in.store.Update(ctx, func(tx Tx) (err error) {
		left, err = fade.Once(tx, func() (int64, error) {
			at, err := tx.Position(channel)
			if err != nil {
				return 0, err
			}
			unread, err := tx.UnreadCount(actor.User.ID)
			if err != nil {
				return 0, err
			}
			taken, err := do(tx, at.Seq)
			return unread - taken, err
		})
		return err
	})
	return left, err
}

// UnreadCount gives the actor's count of unread entries.
func (in *Inbox) UnreadCount(ctx context.Context, actor fade.Actor) (n int64, err error) {
	if err := actor.RequireSignedIn(); err != nil {
		return 0, err
	}
	err = in.store.View(ctx, func(r Reader) (err error) {
		n, err = r.UnreadCount(actor.User.ID)
		return err
	})
	return n, err
}
