package store

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/notify"
)

// The ledger shows of a mail to a business where it would go now, until it has gone somewhere.
const (
	deliveryColumns = rawDeliveryColumns + `, COALESCE(u.email, ''), COALESCE(u.first_name, ''), COALESCE(u.last_name, ''), COALESCE(b.name, ''),
		CASE WHEN d.kind <> 'new_reservation' THEN '' WHEN b.email_from_address <> '' THEN b.email_from_address ELSE COALESCE(b.email, '') END,
		COALESCE(v.label, '')`
	deliveryFrom = `deliveries d LEFT JOIN users u ON u.id = d.user_id LEFT JOIN businesses b ON b.id = d.business_id
		LEFT JOIN push_devices v ON v.id = d.device_id`
)

func scanLedgerDelivery(r row) (fade.Delivery, error) {
	var u fade.User
	var business, address, label string
	d, err := scanDeliveryAnd(r, &u.Email, &u.FirstName, &u.LastName, &business, &address, &label)
	d.UserEmail, d.BusinessName = u.Email, business
	if u.Email != "" {
		d.UserName = u.FullName()
	}
	if d.Address == "" {
		d.Address = address + label // one of them
	}
	return d, err
}

func deliveryList() list[fade.Delivery] {
	return list[fade.Delivery]{
		op: "list deliveries", columns: deliveryColumns, from: deliveryFrom, id: "d.id", sort: "-created_at", scan: scanLedgerDelivery,
		sorts: map[string]sortKey{"created_at": {"d.id", true}}, // an id begins with its time
	}
}

// Deliveries gives mails and pushes, newest first; CodeMalformed for a cursor that is not ours.
func (r *reader) Deliveries(q notify.LedgerQuery) (fade.List[fade.Delivery], error) {
	none := fade.List[fade.Delivery]{Items: []fade.Delivery{}}
	var where listing
	for column, id := range map[string]string{"d.business_id": q.BusinessID, "d.reservation_id": q.ReservationID, "d.user_id": q.UserID, "d.event_id": q.EventID} {
		if id == "" {
			continue
		}
		if !fade.ValidID(id) {
			return none, nil
		}
		where.is(column, id)
		if column == "d.event_id" {
			where.sameMoment("d.id", id)
		}
	}
	if q.State != "" {
		if !slices.Contains(fade.DeliveryStates(), q.State) {
			return none, nil
		}
		where.where("d.state = '" + string(q.State) + "'") // a constant: indices are of one state each
	}
	if q.Route != "" {
		where.is("d.route", string(q.Route))
	}
	if q.Kind != "" {
		where.is("d.kind", string(q.Kind))
	}
	if q.Due {
		where.where("d.state = 'queued'")
		where.where("d.next_attempt_at <= " + where.arg(micros(r.shared.instant())))
	}
	if err := where.search(q.Search, "LOWER(d.address)", "LOWER(COALESCE(u.email, ''))", "LOWER(COALESCE(b.name, ''))", "d.kind"); err != nil {
		return none, err
	}
	return deliveryList().page(r.transaction, &where, q.Page)
}

// Delivery finds one; CodeNotFound.
func (r *reader) Delivery(id string) (fade.Delivery, error) {
	return one(r.transaction, "read delivery", "delivery", scanLedgerDelivery,
		r.locking(`SELECT `+deliveryColumns+` FROM `+deliveryFrom+` WHERE d.id = $1`, "d"), uuidOrNone(id))
}

// DeliveryAttempts gives the tries that failed, first to last.
func (r *reader) DeliveryAttempts(id string) ([]fade.DeliveryAttempt, error) {
	return all(r.transaction, "read attempts", func(row row) (a fade.DeliveryAttempt, err error) {
		var at int64
		err = row.Scan(&a.Attempt, &at, &a.Error, &a.Permanent)
		a.At = instant(at)
		return a, err
	}, `SELECT attempt, at, error, permanent FROM delivery_attempts WHERE delivery_id = $1 ORDER BY at, attempt`, uuidOrNone(id))
}

// DeliveryFigures counts, all or those of one business.
func (r *reader) DeliveryFigures(businessID string, now time.Time) (f notify.DeliveryFigures, err error) {
	of := ""
	args := []any{micros(now), micros(now.Add(-24 * time.Hour))}
	if businessID != "" {
		of, args = " AND business_id = $3", append(args, businessID)
	}
	var oldest sql.Null[int64]
	err = r.query("count deliveries", func(row row) error {
		return row.Scan(&f.Queued, &f.Due, &oldest, &f.Failed, &f.Sent24h, &f.Canceled24h)
	}, `SELECT
		(SELECT COUNT(*) FROM deliveries WHERE state = 'queued'`+of+`),
		(SELECT COUNT(*) FROM deliveries WHERE state = 'queued' AND next_attempt_at <= $1`+of+`),
		(SELECT MIN(next_attempt_at) FROM deliveries WHERE state = 'queued' AND next_attempt_at <= $1`+of+`),
		(SELECT COUNT(*) FROM deliveries WHERE state = 'failed'`+of+`),
		(SELECT COUNT(*) FROM deliveries WHERE state = 'sent' AND settled_at > $2`+of+`),
		(SELECT COUNT(*) FROM deliveries WHERE state = 'canceled' AND settled_at > $2`+of+`)`, args...)
	f.OldestDueAt = nullInstant(oldest)
	return f, err
}

// EventStory tells what became of an event; CodeNotFound if nobody was told of it.
func (r *reader) EventStory(eventID, businessID string) (story notify.EventStory, err error) {
	story = notify.EventStory{ID: eventID, People: []notify.Told{}, Others: []fade.Delivery{}}
	if !fade.ValidID(eventID) {
		return story, fade.NotFound("event")
	}
	if err := r.told(&story, businessID); err != nil {
		return story, err
	}
	deliveries, err := r.deliveriesOf(eventID, businessID)
	if err != nil {
		return story, err
	}
	for _, d := range deliveries {
		if story.Type == "" {
			story.Type, story.At = d.EventType, d.CreatedAt
		}
		if d.UserID == nil {
			story.Others = append(story.Others, d)
			continue
		}
		told := story.Person(d)
		told.Deliveries = append(told.Deliveries, d)
	}
	if story.Type == "" {
		return story, fade.NotFound("event")
	}
	return story, nil
}

// told reads whose inboxes have an entry about the event.
func (r *reader) told(story *notify.EventStory, businessID string) error {
	var where listing
	where.is("n.event_id", story.ID)
	where.sameMoment("n.id", story.ID)
	if businessID != "" {
		where.is("u.business_id", businessID)
	}
	return r.query("read who was told", func(row row) error {
		var entry fade.Notification
		var u fade.User
		entry, err := scanNotification(followed{row, []any{&u.ID, &u.Email, &u.FirstName, &u.LastName, &u.UserType}})
		story.Type, story.At, story.Message = entry.Type, entry.CreatedAt, entry.Message
		story.People = append(story.People, notify.Told{
			UserID: u.ID, Name: u.FullName(), Email: u.Email, Role: u.UserType, Notification: entry.ID, State: entry.State(),
			AckedAt: entry.AckedAt, SeenAt: entry.SeenAt, ReadAt: entry.ReadAt, ArchivedAt: entry.ArchivedAt, Deliveries: []fade.Delivery{},
		})
		return err
	}, `SELECT `+notificationColumns+`, u.id, u.email, u.first_name, u.last_name, u.user_type
		FROM notifications n JOIN users u ON u.id = n.user_id`+where.conditions()+` ORDER BY u.user_type, u.email LIMIT 500`, where.args...)
}

func (r *reader) deliveriesOf(eventID, businessID string) ([]fade.Delivery, error) {
	var where listing
	where.is("d.event_id", eventID)
	where.sameMoment("d.id", eventID)
	if businessID != "" {
		where.is("d.business_id", businessID)
	}
	return all(r.transaction, "read what became of it", scanLedgerDelivery,
		`SELECT `+deliveryColumns+` FROM `+deliveryFrom+where.conditions()+` ORDER BY d.id LIMIT 1000`, where.args...)
}

// sameMoment adds the condition that a row's id is of the same millisecond as an event's: what a transaction adds has ids
// of one time (UUIDv7, RFC 9562, section 5.7), so that it is found by them.
func (l *listing) sameMoment(column, id string) {
	const prefix = len("01234567-89ab")
	l.where(column + " >= " + l.arg(id[:prefix]) + " AND " + column + " < " + l.arg(id[:prefix]+"~"))
}

// followed is a row that ends with values of its own.
type followed struct {
	row
	last []any
}

func (f followed) Scan(dest ...any) error { return f.row.Scan(append(dest, f.last...)...) }

// Requeue makes a failed delivery wait for its turn again.
func (t *tx) Requeue(id string, at time.Time) error {
	return t.execOne("requeue delivery", "delivery", `
		UPDATE deliveries SET state = 'queued', attempt = 0, next_attempt_at = $2, settled_at = NULL
		WHERE id = $1 AND state = 'failed'`, id, micros(at))
}

// RequeueFailed does so for all that failed, at most limit.
func (t *tx) RequeueFailed(at time.Time, limit int) (int64, error) {
	return t.exec("requeue deliveries", `
		UPDATE deliveries SET state = 'queued', attempt = 0, next_attempt_at = $1, settled_at = NULL
		WHERE id IN (SELECT id FROM deliveries WHERE state = 'failed' ORDER BY id LIMIT $2)`, micros(at), limit)
}

// UpdateLedger implements [notify.LedgerStore].
func (s inboxStore) UpdateLedger(ctx context.Context, do func(notify.LedgerTx) error) error {
	return updateAsked(ctx, s.engine, func(t *tx) error { return do(t) })
}

// ViewLedger implements [notify.LedgerStore].
func (s inboxStore) ViewLedger(ctx context.Context, do func(notify.LedgerReader) error) error {
	return s.engine.view(ctx, func(r *reader) error { return do(r) })
}

// UpdateChoices implements [notify.ChoicesStore].
func (s inboxStore) UpdateChoices(ctx context.Context, do func(notify.ChoicesTx) error) error {
	return updateAsked(ctx, s.engine, func(t *tx) error { return do(t) })
}

// ViewChoices implements [notify.ChoicesStore].
func (s inboxStore) ViewChoices(ctx context.Context, do func(notify.ChoicesReader) error) error {
	return s.engine.view(ctx, func(r *reader) error { return do(r) })
}

// Ledger gives the store of the ledger.
func (s *Store) Ledger() notify.LedgerStore { return inboxStore{s.engine} }

// Choices gives the store of how people want to hear of events.
func (s *Store) Choices() notify.ChoicesStore { return inboxStore{s.engine} }
