package store

import (
	"database/sql"
	"time"

	"github.com/fadedistrict/fade"
)

// What overlaps an instant cannot have begun longer before than a reservation keeps a chair at most, which the
// migrations check. Those that keep one for longer than usual are few, and have an index of their own.
const (
	longestBlock = 28 * time.Hour
	usualBlock   = 4 * time.Hour
)

// Taken gives the time that reservations keep chairs of a business, where it overlaps an interval; that of
// the reservation with the id except is left out.
func (r *reader) Taken(businessID string, within fade.Interval, except string) ([]fade.Busy, error) {
	return all(r.transaction, "read taken time", func(row row) (fade.Busy, error) {
		b := fade.Busy{State: fade.BusyTaken}
		var start, end int64
		err := row.Scan(&b.Chair, &start, &end)
		b.Start, b.End = instant(start), instant(end)
		return b, err
	}, `SELECT COALESCE(staff_id, business_id), start_time, blocked_until FROM reservations
		WHERE business_id = $1 AND start_time > $2 AND start_time < $3 AND blocked_until > $4
			AND status IN ('pending', 'confirmed', 'completed') AND start_time < blocked_until AND id <> $5
		UNION ALL
		SELECT COALESCE(staff_id, business_id), start_time, blocked_until FROM reservations
		WHERE business_id = $1 AND start_time > $6 AND start_time <= $2 AND blocked_until > $4
			AND status IN ('pending', 'confirmed', 'completed') AND blocked_until - start_time > 14400000000 AND id <> $5
		ORDER BY 2, 1`,
		businessID, micros(within.Start.Add(-usualBlock)), micros(within.End), micros(within.Start), except,
		micros(within.Start.Add(-longestBlock)))
}

const holdColumns = `id, business_id, service_id, staff_id, chair, start_time, end_time, blocked_until, expires_at, created_at, session, address`

func scanHold(r row) (h fade.Hold, err error) {
	var service, staff sql.Null[string]
	var start, end, until, expires, created int64
	err = r.Scan(&h.ID, &h.BusinessID, &service, &staff, &h.Chair, &start, &end, &until, &expires, &created, &h.Session, &h.Address)
	h.Service, h.Staff = textOrNil(service), textOrNil(staff)
	h.StartTime, h.EndTime, h.BlockedUntil, h.ExpiresAt, h.CreatedAt = instant(start), instant(end), instant(until), instant(expires), instant(created)
	return h, err
}

// Holds gives the holds at a business whose time overlaps an interval, those that have expired included.
func (r *reader) Holds(businessID string, within fade.Interval) ([]fade.Hold, error) {
	return all(r.transaction, "read holds", scanHold, `SELECT `+holdColumns+` FROM holds
		WHERE business_id = $1 AND start_time < $2 AND blocked_until > $3 ORDER BY start_time, id`,
		businessID, micros(within.End), micros(within.Start))
}

// Hold finds a hold by id; CodeNotFound.
func (r *reader) Hold(id string) (fade.Hold, error) {
	return one(r.transaction, "read hold", "hold", scanHold, r.locking(`SELECT `+holdColumns+` FROM holds WHERE id = $1`, "holds"), uuidOrNone(id))
}

// HoldOf finds the hold of a session, wherever it is; CodeNotFound.
func (r *reader) HoldOf(session string) (fade.Hold, error) {
	return one(r.transaction, "read hold of session", "hold", scanHold,
		r.locking(`SELECT `+holdColumns+` FROM holds WHERE session = $1`, "holds"), session)
}

// HoldsFrom counts the holds of an address that have not expired.
func (r *reader) HoldsFrom(address string, now time.Time) (int64, error) {
	return one(r.transaction, "count holds", "hold", scanInt,
		`SELECT COUNT(*) FROM holds WHERE address = $1 AND expires_at > $2`, address, micros(now))
}

// ExpiredHolds gives holds that have expired, the oldest first.
func (r *reader) ExpiredHolds(now time.Time, limit int) ([]fade.Hold, error) {
	return all(r.transaction, "read expired holds", scanHold,
		`SELECT `+holdColumns+` FROM holds WHERE expires_at <= $1 ORDER BY expires_at, id LIMIT $2`, micros(now), limit)
}

// InsertHold adds a hold; CodeSlotTaken if its chair is taken or held.
func (t *tx) InsertHold(h fade.Hold) error {
	_, err := t.exec("insert hold", `INSERT INTO holds (`+holdColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		h.ID, h.BusinessID, nullText(h.Service), nullText(h.Staff), h.Chair, micros(h.StartTime), micros(h.EndTime),
		micros(h.BlockedUntil), micros(h.ExpiresAt), micros(h.CreatedAt), h.Session, h.Address)
	return t.shared.dialect.conflict(err)
}

// DeleteHold removes a hold; CodeNotFound if it is gone.
func (t *tx) DeleteHold(id string) error {
	return t.execOne("delete hold", "hold", `DELETE FROM holds WHERE id = $1`, id)
}

// Due gives the ids of confirmed reservations that started before an instant, the oldest first.
func (r *reader) Due(startedBefore time.Time, limit int) ([]string, error) {
	return all(r.transaction, "read due reservations", scanText, `SELECT id FROM reservations
		WHERE status = 'confirmed' AND start_time <= $1 ORDER BY start_time LIMIT $2`, micros(startedBefore), limit)
}

func nullText(s *string) any {
	if s == nil {
		return nil
	}
	return *s
}

func textOrNil(s sql.Null[string]) *string {
	if !s.Valid {
		return nil
	}
	return &s.V
}
