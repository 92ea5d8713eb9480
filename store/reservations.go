package store

import (
	"database/sql"
	"strings"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/booking"
)

// The joins are outer ones so that the planner starts from the reservations, whose indexes give the order;
// every reservation has its business.
const (
	reservationColumns = `r.id, r.business_id, b.name, b.subdomain, r.service_id, COALESCE(s.name, ''), r.staff_id, COALESCE(w.name, ''),
		r.customer_name, r.customer_email, r.customer_phone, r.start_time, r.end_time, r.blocked_until, r.status, r.price, r.currency,
		r.notes, r.cancel_reason, r.updated_by, r.created_at, r.updated_at, r.version, r.schedule_version`
	reservationFrom = `reservations r LEFT JOIN businesses b ON b.id = r.business_id
		LEFT JOIN services s ON s.id = r.service_id LEFT JOIN staff w ON w.id = r.staff_id`
)

func scanReservation(row row) (r fade.Reservation, err error) {
	var service, staff sql.Null[string]
	var start, end, until, created, updated int64
	err = row.Scan(&r.ID, &r.BusinessID, &r.BusinessName, &r.BusinessSubdomain, &service, &r.ServiceName, &staff, &r.StaffName,
		&r.CustomerName, &r.CustomerEmail, &r.CustomerPhone, &start, &end, &until, &r.Status, &r.Price, &r.Currency,
		&r.Notes, &r.CancelReason, &r.UpdatedBy, &created, &updated, &r.Version, &r.ScheduleVersion)
	r.Service, r.Staff = textOrNil(service), textOrNil(staff)
	r.StartTime, r.EndTime, r.BlockedUntil = instant(start), instant(end), instant(until)
	r.CreatedAt, r.UpdatedAt = instant(created), instant(updated)
	return r, err
}

// Reservation finds a reservation by id; CodeNotFound.
func (r *reader) Reservation(id string) (fade.Reservation, error) {
	if !fade.ValidID(id) {
		return fade.Reservation{}, fade.NotFound("reservation")
	}
	return one(r.transaction, "read reservation", "reservation", scanReservation,
		r.locking(`SELECT `+reservationColumns+` FROM `+reservationFrom+` WHERE r.id = $1`, "r"), id)
}

func reservationList() list[fade.Reservation] {
	return list[fade.Reservation]{
		op: "list reservations", columns: reservationColumns, from: reservationFrom, id: "r.id", sort: "-created_at", scan: scanReservation,
		sorts: map[string]sortKey{
			"start_time":    {"r.start_time", false},
			"created_at":    {"r.created_at", false},
			"customer_name": {"r.name_key", true},
		},
	}
}

// Reservations lists reservations; CodeMalformed for a cursor that is not ours, CodeInvalid for an unknown
// sort. Over all businesses the search finds a business's name as well.
func (r *reader) Reservations(q booking.Query) (fade.List[fade.Reservation], error) {
	none := fade.List[fade.Reservation]{Items: []fade.Reservation{}}
	searched := []string{"r.search", "b.name_key"}
	var where listing
	if q.BusinessID != "" {
		if !fade.ValidID(q.BusinessID) {
			return none, nil
		}
		where.is("r.business_id", q.BusinessID)
		searched = searched[:1]
	}
	if q.Status != "" {
		where.is("r.status", string(q.Status))
	}
	if q.Staff != "" {
		where.is("r.staff_id", uuidOrNone(q.Staff))
	}
	if q.From != nil {
		where.where("r.start_time >= " + where.arg(micros(*q.From)))
	}
	if q.To != nil {
		where.where("r.start_time < " + where.arg(micros(*q.To)))
	}
	if q.Phone != "" {
		digits := fade.PhoneDigits(q.Phone)
		if digits == "" {
			return none, nil
		}
		where.is("r.phone_key", digits)
	}
	if err := where.search(q.Search, searched...); err != nil {
		return none, err
	}
	l := reservationList()
	if q.Phone != "" {
		// One customer's reservations are few: the plus keeps the planner from walking the index of the
		// order, past everybody else's, instead of the index of the phone numbers.
		for name, key := range l.sorts {
			if !key.text {
				l.sorts[name] = sortKey{"+" + key.expression, false}
			}
		}
	}
	return l.page(r.transaction, &where, q.Page)
}

// InsertReservation adds a reservation; CodeSlotTaken if its chair is taken or held.
func (t *tx) InsertReservation(r fade.Reservation) error {
	_, err := t.exec("insert reservation", `
		INSERT INTO reservations (id, business_id, service_id, staff_id, customer_name, customer_email, customer_phone, phone_key,
			start_time, end_time, blocked_until, status, price, currency, notes, cancel_reason, updated_by, created_at, updated_at,
			version, schedule_version, name_key, search)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)`, reservationRow(r)...)
	return t.shared.dialect.conflict(err)
}

// UpdateReservation writes all fields; CodeSlotTaken if its chair is taken or held.
func (t *tx) UpdateReservation(r fade.Reservation) error {
	return t.shared.dialect.conflict(t.execOne("update reservation", "reservation", `
		UPDATE reservations SET business_id = $2, service_id = $3, staff_id = $4, customer_name = $5, customer_email = $6,
			customer_phone = $7, phone_key = $8, start_time = $9, end_time = $10, blocked_until = $11, status = $12, price = $13,
			currency = $14, notes = $15, cancel_reason = $16, updated_by = $17, created_at = $18, updated_at = $19, version = $20,
			schedule_version = $21, name_key = $22, search = $23
		WHERE id = $1`, reservationRow(r)...))
}

func reservationRow(r fade.Reservation) []any {
	return []any{
		r.ID, r.BusinessID, nullText(r.Service), nullText(r.Staff), r.CustomerName, r.CustomerEmail, r.CustomerPhone,
		fade.PhoneDigits(r.CustomerPhone), micros(r.StartTime), micros(r.EndTime), micros(r.BlockedUntil), string(r.Status),
		int64(r.Price), r.Currency, r.Notes, r.CancelReason, r.UpdatedBy, micros(r.CreatedAt), micros(r.UpdatedAt), r.Version,
		r.ScheduleVersion, strings.ToLower(r.CustomerName), searchable(r.CustomerName, r.CustomerEmail, r.CustomerPhone),
	}
}
