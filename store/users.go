package store

import (
	"database/sql"
	"strings"
	"time"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/accounts"
)

const (
	userColumns = `u.id, u.email, u.first_name, u.last_name, u.phone, u.user_type, u.business_id, b.name, b.subdomain, b.timezone,
		u.is_active, u.created_at, u.updated_at, u.last_login, u.version`
	userFrom = `users u LEFT JOIN businesses b ON b.id = u.business_id`
)

func scanUser(r row) (u fade.User, err error) { return scanUserAnd(r) }

// scanUserAnd scans a user and the columns after it.
func scanUserAnd(r row, more ...any) (u fade.User, err error) {
	var business, name, subdomain, zone sql.Null[string]
	var created, updated int64
	var lastLogin sql.Null[int64]
	err = r.Scan(append([]any{
		&u.ID, &u.Email, &u.FirstName, &u.LastName, &u.Phone, &u.UserType, &business, &name, &subdomain, &zone,
		&u.IsActive, &created, &updated, &lastLogin, &u.Version,
	}, more...)...)
	u.CreatedAt, u.UpdatedAt, u.LastLogin = instant(created), instant(updated), nullInstant(lastLogin)
	u.IsSuperAdmin, u.IsBusinessOwner = u.UserType == fade.SuperAdmin, u.UserType == fade.BusinessOwner
	if business.Valid {
		u.BusinessID = &business.V
		u.BusinessDetails = &fade.BusinessRef{ID: business.V, Name: name.V, Subdomain: subdomain.V, Timezone: zone.V}
	}
	return u, err
}

// Credentials finds a user by email, whatever its case; CodeNotFound.
func (r *reader) Credentials(email string) (accounts.Credentials, error) {
	if !storable(email) {
		return accounts.Credentials{}, fade.NotFound("user")
	}
	return one(r.transaction, "read credentials", "user", func(row row) (c accounts.Credentials, err error) {
		c.User, err = scanUserAnd(row, &c.PasswordHash)
		return c, err
	}, r.locking(`SELECT `+userColumns+`, u.password_hash FROM `+userFrom+` WHERE u.email = $1`, "u"), emailKey(email))
}

// emailKey gives the form of an address that is stored and compared.
func emailKey(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

// User finds a user by id; CodeNotFound.
func (r *reader) User(id string) (fade.User, error) {
	if !fade.ValidID(id) {
		return fade.User{}, fade.NotFound("user")
	}
	return one(r.transaction, "read user", "user", scanUser,
		r.locking(`SELECT `+userColumns+` FROM `+userFrom+` WHERE u.id = $1`, "u"), id)
}

func userList() list[fade.User] {
	return list[fade.User]{
		op: "list users", columns: userColumns, from: userFrom, id: "u.id", sort: "-created_at", scan: scanUser,
		sorts: map[string]sortKey{
			"email":      {"u.email", true},
			"name":       {"u.name_key", true},
			"created_at": {"u.created_at", false},
			"last_login": {"COALESCE(u.last_login, 0)", false},
		},
	}
}

// Users lists users; CodeMalformed for a cursor that is not ours, CodeInvalid for an unknown sort. A user
// who never signed in sorts as the one whose last login is longest ago.
func (r *reader) Users(q accounts.UserQuery) (fade.List[fade.User], error) {
	var where listing
	if q.Type != "" {
		where.is("u.user_type", string(q.Type))
	}
	if q.Active != nil {
		where.is("u.is_active", *q.Active)
	}
	if q.BusinessID != "" {
		if !fade.ValidID(q.BusinessID) {
			return fade.List[fade.User]{Items: []fade.User{}}, nil
		}
		where.is("u.business_id", q.BusinessID)
	}
	if err := where.search(q.Search, "u.search", "b.name_key"); err != nil {
		return fade.List[fade.User]{}, err
	}
	return userList().page(r.transaction, &where, q.Page)
}

// CountActiveSuperAdmins gives how many super admins can sign in. In an update it locks them: of two
// super admins who deactivate each other at the same moment one must see the other's change.
func (r *reader) CountActiveSuperAdmins() (int64, error) {
	admins, err := all(r.transaction, "count super admins", scanText,
		r.locking(`SELECT u.id FROM users u WHERE u.user_type = 'super_admin' AND u.is_active ORDER BY u.id`, "u"))
	return int64(len(admins)), err
}

// InsertUser adds a user; CodeConflict on the field email if it is taken.
func (t *tx) InsertUser(u fade.User, passwordHash string) error {
	t.seen.forgetRecipients()
	_, err := t.exec("insert user", `
		INSERT INTO users (id, email, first_name, last_name, phone, user_type, business_id, is_active, created_at,
			updated_at, last_login, version, name_key, search, password_hash)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`, append(userRow(u), passwordHash)...)
	return t.shared.dialect.conflict(err)
}

// UpdateUser writes all fields but the password; CodeConflict on the field email if it is taken.
func (t *tx) UpdateUser(u fade.User) error {
	t.seen.forgetRecipients()
	err := t.execOne("update user", "user", `
		UPDATE users SET email = $2, first_name = $3, last_name = $4, phone = $5, user_type = $6, business_id = $7,
			is_active = $8, created_at = $9, updated_at = $10, last_login = $11, version = $12, name_key = $13, search = $14
		WHERE id = $1`, userRow(u)...)
	return t.shared.dialect.conflict(err)
}

func userRow(u fade.User) []any {
	business := sql.Null[string]{}
	if u.BusinessID != nil {
		business = sql.Null[string]{V: *u.BusinessID, Valid: true}
	}
	return []any{
		u.ID, emailKey(u.Email), u.FirstName, u.LastName, u.Phone, string(u.UserType), business, u.IsActive,
		micros(u.CreatedAt), micros(u.UpdatedAt), nullMicros(u.LastLogin), u.Version,
		strings.ToLower(u.FullName()), searchable(u.FirstName, u.LastName, u.FullName(), u.Email, u.Phone),
	}
}

// SetPassword replaces the password's PHC string.
func (t *tx) SetPassword(userID, passwordHash string) error {
	return t.execOne("set password", "user", `UPDATE users SET password_hash = $2 WHERE id = $1`, userID, passwordHash)
}

// SetLastLogin notes a sign-in.
func (t *tx) SetLastLogin(userID string, at time.Time) error {
	return t.execOne("set last login", "user", `UPDATE users SET last_login = $2 WHERE id = $1`, userID, micros(at))
}
