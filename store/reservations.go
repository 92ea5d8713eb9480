package store

import (
	"strings"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/booking"
)

// The join is an outer one so that the planner starts from the reservations, whose indexes give the order;
// every reservation has its business.
const (
	reservationColumns = `r.id, r.business_id, b.name, b.subdomain, r.customer_name, r.customer_email, r.customer_phone,
		r.start_time, r.end_time, r.status, r.price, r.notes, r.created_at, r.updated_at, r.version`
	reservationFrom = `reservations r LEFT JOIN businesses b ON b.id = r.business_id`
)

func scanReservation(row row) (r fade.Reservation, err error) {
	var start, end, created, updated int64
	err = row.Scan(&r.ID, &r.BusinessID, &r.BusinessName, &r.BusinessSubdomain, &r.CustomerName, &r.CustomerEmail,
		&r.CustomerPhone, &start, &end, &r.Status, &r.Price, &r.Notes, &created, &updated, &r.Version)
	r.StartTime, r.EndTime, r.CreatedAt, r.UpdatedAt = instant(start), instant(end), instant(created), instant(updated)
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
	if q.From != nil {
		where.where("r.start_time >= " + where.arg(micros(*q.From)))
	}
	if q.To != nil {
		where.where("r.start_time < " + where.arg(micros(*q.To)))
	}
	if q.Phone != "" {
		if !storable(q.Phone) {
			return none, nil
		}
		where.is("r.customer_phone", q.Phone)
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

// InsertReservation adds a reservation.
func (t *tx) InsertReservation(r fade.Reservation) error {
	_, err := t.exec("insert reservation", `
		INSERT INTO reservations (id, business_id, customer_name, customer_email, customer_phone, start_time, end_time,
			status, price, notes, created_at, updated_at, version, name_key, search)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`, reservationRow(r)...)
	return err
}

// UpdateReservation writes all fields.
func (t *tx) UpdateReservation(r fade.Reservation) error {
	return t.execOne("update reservation", "reservation", `
		UPDATE reservations SET business_id = $2, customer_name = $3, customer_email = $4, customer_phone = $5,
			start_time = $6, end_time = $7, status = $8, price = $9, notes = $10, created_at = $11, updated_at = $12,
			version = $13, name_key = $14, search = $15
		WHERE id = $1`, reservationRow(r)...)
}

func reservationRow(r fade.Reservation) []any {
	return []any{
		r.ID, r.BusinessID, r.CustomerName, r.CustomerEmail, r.CustomerPhone, micros(r.StartTime), micros(r.EndTime),
		string(r.Status), int64(r.Price), r.Notes, micros(r.CreatedAt), micros(r.UpdatedAt), r.Version,
		strings.ToLower(r.CustomerName), searchable(r.CustomerName, r.CustomerEmail, r.CustomerPhone),
	}
}
