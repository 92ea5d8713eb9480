package store

import (
	"database/sql"
	"strings"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/accounts"
	"github.com/fadedistrict/fade/totals"
)

// The counts of a business are counters, joined.
const (
	businessColumns = `b.id, b.name, b.business_type, b.subdomain, b.email, b.phone, b.business_hours_start,
		b.business_hours_end, b.timezone, b.email_from_name, b.email_from_address, b.admin_email, b.primary_color,
		b.logo_url, b.is_active, b.subscription_status, b.subscription_expires, b.created_at, b.updated_at, b.version,
		COALESCE(cu.value, 0), COALESCE(cr.value, 0)`
	businessFrom = `businesses b
		LEFT JOIN counters cu ON cu.scope = b.id AND cu.name = '` + string(totals.Users) + `'
		LEFT JOIN counters cr ON cr.scope = b.id AND cr.name = '` + string(totals.Reservations) + `'`
)

func scanBusiness(r row) (b fade.Business, err error) {
	var expires sql.Null[int64]
	var created, updated int64
	err = r.Scan(&b.ID, &b.Name, &b.BusinessType, &b.Subdomain, &b.Email, &b.Phone, &b.BusinessHoursStart,
		&b.BusinessHoursEnd, &b.Timezone, &b.EmailFromName, &b.EmailFromAddress, &b.AdminEmail, &b.PrimaryColor,
		&b.LogoURL, &b.IsActive, &b.SubscriptionStatus, &expires, &created, &updated, &b.Version,
		&b.UserCount, &b.ReservationCount)
	b.SubscriptionExpires, b.CreatedAt, b.UpdatedAt = nullInstant(expires), instant(created), instant(updated)
	return b, err
}

// Business finds a business by id; CodeNotFound.
func (r *reader) Business(id string) (fade.Business, error) {
	if !fade.ValidID(id) {
		return fade.Business{}, fade.NotFound("business")
	}
	return one(r.transaction, "read business", "business", scanBusiness,
		r.locking(`SELECT `+businessColumns+` FROM `+businessFrom+` WHERE b.id = $1`, "b"), id)
}

// BusinessBySubdomain finds a business by its subdomain; CodeNotFound.
func (r *reader) BusinessBySubdomain(subdomain string) (fade.Business, error) {
	if !storable(subdomain) {
		return fade.Business{}, fade.NotFound("business")
	}
	return one(r.transaction, "read business by subdomain", "business", scanBusiness,
		r.locking(`SELECT `+businessColumns+` FROM `+businessFrom+` WHERE b.subdomain = $1`, "b"), subdomain)
}

func businessList() list[fade.Business] {
	return list[fade.Business]{
		op: "list businesses", columns: businessColumns, from: businessFrom, id: "b.id", sort: "-created_at", scan: scanBusiness,
		sorts: map[string]sortKey{
			"name":              {"b.name_key", true},
			"created_at":        {"b.created_at", false},
			"user_count":        {"COALESCE(cu.value, 0)", false},
			"reservation_count": {"COALESCE(cr.value, 0)", false},
		},
	}
}

// Businesses lists businesses; CodeMalformed for a cursor that is not ours, CodeInvalid for an unknown
// sort.
func (r *reader) Businesses(q accounts.BusinessQuery) (fade.List[fade.Business], error) {
	var where listing
	if q.Active != nil {
		where.is("b.is_active", *q.Active)
	}
	if q.Type != "" {
		where.is("b.business_type", string(q.Type))
	}
	if err := where.search(q.Search, "b.search"); err != nil {
		return fade.List[fade.Business]{}, err
	}
	return businessList().page(r.transaction, &where, q.Page)
}

// InsertBusiness adds a business; CodeConflict on the field subdomain if it is taken.
func (t *tx) InsertBusiness(b fade.Business) error {
	_, err := t.exec("insert business", `
		INSERT INTO businesses (id, name, business_type, subdomain, email, phone, business_hours_start,
			business_hours_end, timezone, email_from_name, email_from_address, admin_email, primary_color,
			logo_url, is_active, subscription_status, subscription_expires, created_at, updated_at, version,
			name_key, search)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)`,
		businessRow(b)...)
	return t.shared.dialect.conflict(err)
}

// UpdateBusiness writes all fields; CodeConflict on the field subdomain if it is taken.
func (t *tx) UpdateBusiness(b fade.Business) error {
	err := t.execOne("update business", "business", `
		UPDATE businesses SET name = $2, business_type = $3, subdomain = $4, email = $5, phone = $6,
			business_hours_start = $7, business_hours_end = $8, timezone = $9, email_from_name = $10,
			email_from_address = $11, admin_email = $12, primary_color = $13, logo_url = $14, is_active = $15,
			subscription_status = $16, subscription_expires = $17, created_at = $18, updated_at = $19, version = $20,
			name_key = $21, search = $22
		WHERE id = $1`, businessRow(b)...)
	return t.shared.dialect.conflict(err)
}

func businessRow(b fade.Business) []any {
	return []any{
		b.ID, b.Name, string(b.BusinessType), b.Subdomain, b.Email, b.Phone, b.BusinessHoursStart, b.BusinessHoursEnd,
		b.Timezone, b.EmailFromName, b.EmailFromAddress, b.AdminEmail, b.PrimaryColor, b.LogoURL, b.IsActive,
		string(b.SubscriptionStatus), nullMicros(b.SubscriptionExpires), micros(b.CreatedAt), micros(b.UpdatedAt), b.Version,
		strings.ToLower(b.Name), searchable(b.Name, b.Subdomain, b.Email, b.Phone),
	}
}
