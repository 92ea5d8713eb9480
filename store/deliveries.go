package store

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/notify"
)

const rawDeliveryColumns = `d.id, d.event_id, d.event_type, d.notification_id, d.user_id, d.business_id, d.reservation_id,
	d.schedule_version, d.route, d.kind, d.address, d.device_id, d.unless_seen, d.state, d.cause, d.reason, d.attempt,
	d.next_attempt_at, d.last_error, d.message_id, d.created_at, d.settled_at`

func scanDelivery(r row) (fade.Delivery, error) { return scanDeliveryAnd(r) }

func scanDeliveryAnd(r row, more ...any) (d fade.Delivery, err error) {
	var notification, user, business, reservation sql.Null[string]
	var next, created int64
	var settled sql.Null[int64]
	err = r.Scan(append([]any{
		&d.ID, &d.EventID, &d.EventType, &notification, &user, &business, &reservation, &d.ScheduleVersion, &d.Route, &d.Kind,
		&d.Address, &d.DeviceID, &d.UnlessSeen, &d.State, &d.Cause, &d.Reason, &d.Attempt, &next, &d.LastError, &d.MessageID,
		&created, &settled,
	}, more...)...)
	d.NotificationID, d.UserID, d.BusinessID, d.ReservationID = textOrNil(notification), textOrNil(user), textOrNil(business), textOrNil(reservation)
	d.CreatedAt, d.SettledAt, d.MaxAttempts = instant(created), nullInstant(settled), notify.MaxAttempts
	if d.State == fade.DeliveryQueued {
		at := instant(next)
		d.NextAttemptAt = &at
	}
	return d, err
}

// AddDeliveries adds deliveries, which wait for their time.
func (t *tx) AddDeliveries(deliveries ...fade.Delivery) error {
	args := make([]any, 0, 16*len(deliveries))
	for _, d := range deliveries {
		args = append(args, d.ID, d.EventID, string(d.EventType), nullText(d.NotificationID), nullText(d.UserID), nullText(d.BusinessID),
			nullText(d.ReservationID), d.ScheduleVersion, string(d.Route), string(d.Kind), d.Address, d.DeviceID, d.UnlessSeen,
			d.Cause, micros(*d.NextAttemptAt), micros(d.CreatedAt))
	}
	return bulk{
		into: `INSERT INTO deliveries (id, event_id, event_type, notification_id, user_id, business_id, reservation_id, schedule_version,
			route, kind, address, device_id, unless_seen, cause, next_attempt_at, created_at, state, lease_holder,
			reason, attempt, last_error, message_id) VALUES `,
		columns: 16, constants: `, 'queued', '', '', 0, '', ''`,
	}.run(t.transaction, "add deliveries", nil, args)
}

// cancelOvertaken cancels the waiting mails to a reservation's customer.
func (t *tx) cancelOvertaken(reservationID, reason string, at time.Time) error {
	_, err := t.exec("cancel overtaken mails", `
		UPDATE deliveries SET state = 'canceled', reason = $2, settled_at = $3, lease_holder = ''
		WHERE reservation_id = $1 AND state = 'queued' AND kind IN ('received', 'confirmation', 'change', 'reminder')`,
		reservationID, reason, micros(at))
	return err
}

// CancelUnlessSeen cancels what waited for a person's entries to be seen, of which the seq is at most upTo.
func (t *tx) CancelUnlessSeen(userID string, upTo int64, reason string, at time.Time) error {
	_, err := t.exec("cancel fallbacks", `
		UPDATE deliveries SET state = 'canceled', reason = $3, settled_at = $4, lease_holder = ''
		WHERE user_id = $1 AND state = 'queued' AND unless_seen
			AND EXISTS (SELECT 1 FROM notifications n WHERE n.id = deliveries.notification_id AND n.seq <= $2)`,
		userID, upTo, reason, micros(at))
	return err
}

// CancelFallbacks cancels what waited for one entry of a person to be seen.
func (t *tx) CancelFallbacks(userID, notificationID, reason string, at time.Time) error {
	_, err := t.exec("cancel fallbacks", `
		UPDATE deliveries SET state = 'canceled', reason = $3, settled_at = $4, lease_holder = ''
		WHERE user_id = $1 AND state = 'queued' AND unless_seen AND notification_id = $2`,
		userID, notificationID, reason, micros(at))
	return err
}

// queue implements [notify.Queue].
type queue struct{ engine engine }

// Queue gives the deliveries as workers use them.
func (s *Store) Queue() notify.Queue { return queue{s.engine} }

// Waits tells whether deliveries of a route could leave now.
func (q queue) Waits(ctx context.Context, route fade.Route, now time.Time) (waits bool, err error) {
	err = q.engine.view(ctx, func(r *reader) error {
		found, err := all(r.transaction, "look for deliveries", scanText,
			`SELECT id FROM deliveries WHERE route = $1 AND state = 'queued' AND next_attempt_at <= $2 LIMIT 1`, string(route), micros(now))
		waits = len(found) > 0
		return err
	})
	return waits, err
}

// bundleRows bounds how many deliveries leave as one message; the rest of them leaves with the next.
const bundleRows = 500

// Claim leases deliveries to a worker. Of those that leave together, the ones whose time comes soon wait for as long as
// the first did: nobody gets more messages than that.
func (q queue) Claim(ctx context.Context, c notify.Claim) (jobs []notify.Job, err error) {
	err = q.engine.update(ctx, func(t *tx) error {
		jobs = nil
		due, err := all(t.transaction, "find due deliveries", scanDelivery, `
			SELECT `+rawDeliveryColumns+` FROM deliveries d
			WHERE d.route = $1 AND d.state = 'queued' AND d.next_attempt_at <= $2
			ORDER BY d.next_attempt_at, d.id LIMIT $3`+t.shared.dialect.skipLocked, string(c.Route), micros(c.Now), c.Limit)
		if err != nil {
			return err
		}
		var known []string
		for _, d := range due {
			switch {
			case d.UserID == nil || !d.Bundles():
				jobs = append(jobs, notify.Job{d})
			case !slices.Contains(known, *d.UserID+string(d.Kind)):
				known = append(known, *d.UserID+string(d.Kind))
				bundled, err := t.bundle(d, c.Now)
				if err != nil {
					return err
				}
				jobs = append(jobs, bundled)
			}
		}
		return t.lease(jobs, c)
	})
	return jobs, err
}

// bundle gives the due deliveries that leave together with one of them, and makes the others wait.
func (t *tx) bundle(first fade.Delivery, now time.Time) (notify.Job, error) {
	job, err := all(t.transaction, "find bundle", scanDelivery, `
		SELECT `+rawDeliveryColumns+` FROM deliveries d
		WHERE d.user_id = $1 AND d.kind = $2 AND d.route = 'email' AND d.state = 'queued' AND d.next_attempt_at <= $3
		ORDER BY d.id LIMIT $4`+t.shared.dialect.skipLocked,
		*first.UserID, string(first.Kind), micros(now), bundleRows)
	if err != nil || len(job) == 0 {
		return notify.Job{first}, err
	}
	if first.Kind == fade.KindUnseen {
		soon := now.Add(time.Duration(first.Minutes()) * time.Minute)
		_, err = t.exec("make bundle wait", `
			UPDATE deliveries SET next_attempt_at = $4
			WHERE user_id = $1 AND kind = $2 AND route = 'email' AND state = 'queued' AND next_attempt_at > $3 AND next_attempt_at < $4`,
			*first.UserID, string(first.Kind), micros(now), micros(soon))
	}
	return job, err
}

// lease makes the jobs the holder's.
func (t *tx) lease(jobs []notify.Job, c notify.Claim) error {
	var ids []string
	for _, j := range jobs {
		for i := range j {
			j[i].Attempt++
			ids = append(ids, j[i].ID)
		}
	}
	for portion := range slices.Chunk(ids, bulkRows) {
		var where listing
		set := `UPDATE deliveries SET attempt = attempt + 1, lease_holder = ` + where.arg(c.Holder) + `, next_attempt_at = ` + where.arg(micros(c.Until))
		where.in("id", portion)
		if _, err := t.exec("lease deliveries", set+where.conditions(), where.args...); err != nil {
			return err
		}
	}
	return nil
}

// Settle writes outcomes down. A mail that was canceled while it left has left.
func (q queue) Settle(ctx context.Context, outcomes []notify.Outcome) error {
	return q.engine.update(ctx, func(t *tx) error {
		for _, o := range outcomes {
			for _, id := range o.IDs {
				if err := t.settle(id, o); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func (t *tx) settle(id string, o notify.Outcome) error {
	over := "state = 'queued'"
	if o.State == fade.DeliverySent {
		over = "state IN ('queued', 'canceled', 'failed')"
	}
	settled, next := nullMicros(&o.At), o.At
	if o.State == fade.DeliveryQueued {
		settled, next = nullMicros(nil), o.Next
	}
	n, err := t.exec("settle delivery", `
		UPDATE deliveries SET state = $2, settled_at = $3, next_attempt_at = $4, message_id = $5, reason = $6, last_error = $7,
			lease_holder = '', address = CASE WHEN $8 = '' THEN address ELSE $8 END
		WHERE id = $1 AND `+over,
		id, string(o.State), settled, micros(next), o.MessageID, o.Reason, o.Error, o.Address)
	if err == nil && o.State == fade.DeliverySent && o.Device != "" {
		_, err = t.exec("note use of device", `UPDATE push_devices SET used_at = $2 WHERE id = $1`, o.Device, micros(o.At))
	}
	if err != nil || n == 0 || o.Error == "" {
		return err
	}
	_, err = t.exec("note attempt", `INSERT INTO delivery_attempts (delivery_id, at, attempt, error, permanent)
		VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`, id, micros(o.At), o.Attempt, o.Error, o.Permanent)
	return err
}

// Release gives back what a holder has leased and not sent.
func (q queue) Release(ctx context.Context, holder string, now time.Time) (released int64, err error) {
	err = q.engine.update(ctx, func(t *tx) (err error) {
		released, err = t.exec("release deliveries", `
			UPDATE deliveries SET next_attempt_at = $2, attempt = attempt - 1, lease_holder = ''
			WHERE lease_holder = $1 AND state = 'queued' AND lease_holder <> ''`, holder, micros(now))
		return err
	})
	return released, err
}

// RemoveDevice forgets a device and cancels what waits for it.
func (q queue) RemoveDevice(ctx context.Context, id string) error {
	return q.engine.update(ctx, func(t *tx) error { return t.deleteDevice(id) })
}

// Material reads what the job's message is made of, in one snapshot.
func (q queue) Material(ctx context.Context, j notify.Job) (m notify.Material, err error) {
	err = q.engine.view(ctx, func(r *reader) (err error) {
		m, err = r.material(j)
		return err
	})
	return m, err
}

func (r *reader) material(j notify.Job) (m notify.Material, err error) {
	var entries []string
	m.Live, entries, err = r.live(j)
	if err != nil || len(m.Live) == 0 {
		return m, err
	}
	first := j[0]
	if m.Reservation, err = optional(r.Reservation, first.ReservationID); err != nil {
		return m, err
	}
	if m.Business, err = optional(r.Business, first.BusinessID); err != nil {
		return m, err
	}
	if m.User, err = optional(r.User, first.UserID); err != nil {
		return m, err
	}
	if m.User != nil {
		if m.Preferences, err = r.Preferences(*m.User); err != nil {
			return m, err
		}
	}
	if first.DeviceID != "" {
		if m.Device, err = optional(r.device, &first.DeviceID); err != nil {
			return m, err
		}
	}
	for portion := range slices.Chunk(entries, bulkRows) {
		var where listing
		where.in("n.id", portion)
		read, err := all(r.transaction, "read entries", scanNotification,
			`SELECT `+notificationColumns+` FROM notifications n`+where.conditions(), where.args...)
		if err != nil {
			return m, err
		}
		m.Entries = append(m.Entries, read...)
	}
	slices.SortFunc(m.Entries, func(a, b fade.Notification) int { return int(b.Seq - a.Seq) })
	return m, nil
}

// live gives the ids of the job's deliveries that still wait, and of the entries that they are about.
func (r *reader) live(j notify.Job) (ids, entries []string, err error) {
	for portion := range slices.Chunk(j, bulkRows) {
		var where listing
		asked := make([]string, len(portion))
		for i, d := range portion {
			asked[i] = d.ID
		}
		where.in("id", asked)
		where.where("state = 'queued'")
		err = r.query("look at deliveries again", func(row row) error {
			var id string
			var entry sql.Null[string]
			err := row.Scan(&id, &entry)
			ids = append(ids, id)
			if entry.Valid {
				entries = append(entries, entry.V)
			}
			return err
		}, `SELECT id, notification_id FROM deliveries`+where.conditions(), where.args...)
		if err != nil {
			return nil, nil, err
		}
	}
	return ids, entries, nil
}

// optional reads what an id names; nil for no id and for what is not there any more.
func optional[T any](read func(id string) (T, error), id *string) (*T, error) {
	if id == nil {
		return nil, nil
	}
	value, err := read(*id)
	switch {
	case fade.ErrorCode(err) == fade.CodeNotFound:
		return nil, nil
	case err != nil:
		return nil, err
	}
	return &value, nil
}

// PruneDeliveries forgets what was settled before a time, at most limit of it, and tells how many there were.
func (s *Store) PruneDeliveries(ctx context.Context, before time.Time, limit int) (removed int64, err error) {
	err = s.engine.update(ctx, func(t *tx) (err error) {
		removed, err = t.exec("prune deliveries", `DELETE FROM deliveries WHERE id IN
			(SELECT id FROM deliveries WHERE settled_at < $1 ORDER BY settled_at LIMIT $2)`, micros(before), limit)
		return err
	})
	return removed, err
}
