package storetest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/live"
	"github.com/fadedistrict/fade/notify"
)

func (f *fixture) notifications(t testing.TB, q notify.InboxQuery) (found []fade.Notification) {
	t.Helper()
	err := f.Inbox().View(f.ctx, func(r notify.Reader) (err error) {
		found, err = r.Notifications(q)
		return err
	})
	if err != nil {
		t.Fatalf("Notifications() = %v", err)
	}
	return found
}

func testInbox(t *testing.T, f *fixture) {
	owner := f.user(t, "admin@example.com", nil)
	stranger := f.user(t, "stranger@example.com", nil)
	b := f.business(t, "one")
	for range 5 {
		if _, err := f.book(f.ctx, b, "Ana"); err != nil {
			t.Fatal(err)
		}
	}
	all := f.notifications(t, notify.InboxQuery{UserID: owner.ID})
	var seqs []int64
	for _, n := range all {
		seqs = append(seqs, n.Seq)
	}
	if diff := cmp.Diff([]int64{6, 5, 4, 3, 2, 1}, seqs); diff != "" {
		t.Fatalf("the inbox, newest first (-want +got):\n%s", diff)
	}
	if n := all[0]; n.Payload.BusinessID != b.ID || n.Payload.StartTime == nil || n.Type != fade.TypeReservationCreated || n.Message == "" || n.ReadAt != nil {
		t.Errorf("the newest entry is %+v", n)
	}
	if got := f.notifications(t, notify.InboxQuery{UserID: owner.ID, Before: 4, Limit: 2}); len(got) != 2 || got[0].Seq != 3 {
		t.Errorf("two before 4 are %+v", got)
	}
	at := f.clock.Now().UTC()
	err := f.Inbox().Update(f.ctx, func(tx notify.Tx) error {
		if err := tx.SetNotificationRead(owner.ID, all[0].ID, &at); err != nil {
			return err
		}
		if err := tx.SetNotificationArchived(owner.ID, all[1].ID, at); err != nil {
			return err
		}
		got, err := tx.Notification(owner.ID, all[0].ID)
		if err != nil || got.ReadAt == nil || !got.ReadAt.Equal(at) {
			t.Errorf("Notification() = %+v, %v", got, err)
		}
		return tx.SetNotificationRead(owner.ID, all[0].ID, nil)
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := f.notifications(t, notify.InboxQuery{UserID: owner.ID, Archived: true}); len(got) != 1 || got[0].ID != all[1].ID {
		t.Errorf("the archive is %+v", got)
	}
	for what, do := range map[string]func(notify.Tx) error{
		"Notification":            func(tx notify.Tx) error { _, err := tx.Notification(stranger.ID, all[0].ID); return err },
		"SetNotificationRead":     func(tx notify.Tx) error { return tx.SetNotificationRead(stranger.ID, all[0].ID, &at) },
		"SetNotificationArchived": func(tx notify.Tx) error { return tx.SetNotificationArchived(stranger.ID, all[0].ID, at) },
		"Notification of no id":   func(tx notify.Tx) error { _, err := tx.Notification(owner.ID, "x\x00"); return err },
	} {
		wantCode(t, what+"() of somebody else's", f.Inbox().Update(f.ctx, do), fade.CodeNotFound, "")
	}
	err = f.Inbox().Update(f.ctx, func(tx notify.Tx) error {
		read, err := tx.ReadAllNotifications(owner.ID, 3, at)
		if read != 3 || err != nil {
			t.Errorf("ReadAllNotifications() = %d, %v; want 3", read, err)
		}
		archived, unread, err := tx.ArchiveAllNotifications(owner.ID, 4, at)
		if archived != 4 || unread != 1 || err != nil {
			t.Errorf("ArchiveAllNotifications() = %d, %d, %v; want 4 of which 1 was unread", archived, unread, err)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := f.notifications(t, notify.InboxQuery{UserID: owner.ID, Unread: true}); len(got) != 1 || got[0].Seq != 6 {
		t.Errorf("unread are %+v, want the newest", got)
	}
}

// testInboxCounts changes one inbox from everywhere at once: the counter of unread entries never drifts
// from the rows, and the last event's count is the last count.
func testInboxCounts(t *testing.T, f *fixture) {
	admin := f.user(t, "admin@example.com", nil)
	b := f.business(t, "one")
	actor, channel := fade.Actor{User: admin}, live.User(admin.ID)
	errs := parallel(12, func(i int) error {
		for n := range 12 {
			var err error
			switch newest := f.notifications(t, notify.InboxQuery{UserID: admin.ID, Limit: 5}); {
			case i < 4:
				_, err = f.book(f.ctx, b, "Ana")
			case n == 7 && i == 4:
				_, err = f.inbox.ReadAll(f.ctx, actor, channel)
			case n == 9 && i == 5:
				_, err = f.inbox.Clear(f.ctx, actor, channel)
			case len(newest) == 0:
			case i%4 == 0:
				_, err = f.inbox.Archive(f.ctx, actor, newest[n%len(newest)].ID)
			default:
				_, err = f.inbox.Mark(f.ctx, actor, newest[n%len(newest)].ID, i%3 != 0)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
	rows := f.notifications(t, notify.InboxQuery{UserID: admin.ID, Unread: true, Limit: fade.MaxLimit})
	count, err := f.inbox.UnreadCount(f.ctx, actor)
	if int64(len(rows)) != count || err != nil {
		t.Errorf("UnreadCount() = %d, %v; the rows say %d", count, err, len(rows))
	}
	events := f.publishedAfter(0)
	for i := len(events) - 1; i >= 0; i-- {
		if events[i].Channel == channel {
			if last := decode[struct {
				UnreadCount int64 `json:"unread_count"`
			}](t, events[i]); last.UnreadCount != count {
				t.Errorf("the last event counts %d, want %d", last.UnreadCount, count)
			}
			break
		}
	}
}
