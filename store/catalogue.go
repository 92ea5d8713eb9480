package store

import (
	"encoding/json"
	"math/rand/v2"
	"sync"

	"github.com/fadedistrict/fade"
)

// catalogues keeps what was read of businesses, by the tag that every change of a catalogue makes anew. A tag is
// random: one that is rolled back is never seen again, and what was read of it neither. It is safe for concurrent
// use.
type catalogues struct {
	mu    sync.Mutex
	known map[string]tagged // by business
}

type tagged struct {
	tag       int64
	catalogue fade.Catalogue
}

// maxCatalogues bounds what is kept; at the bound all is forgotten and read again. A catalogue has at most 200
// services and 100 members of staff, and most have ten.
const maxCatalogues = 5_000

func (c *catalogues) get(businessID string, tag int64) (fade.Catalogue, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	known, ok := c.known[businessID]
	return known.catalogue, ok && known.tag == tag
}

func (c *catalogues) put(businessID string, tag int64, catalogue fade.Catalogue) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.known) >= maxCatalogues || c.known == nil {
		c.known = map[string]tagged{}
	}
	c.known[businessID] = tagged{tag, catalogue}
}

// taggedBusiness is a business with the tag of its catalogue.
type taggedBusiness struct {
	fade.Business
	tag int64
}

func scanTaggedBusiness(r row) (b taggedBusiness, err error) {
	b.Business, err = scanBusiness(preceded{r, &b.tag})
	return b, err
}

// preceded is a row that begins with a value of its own.
type preceded struct {
	row
	first any
}

func (p preceded) Scan(dest ...any) error { return p.row.Scan(append([]any{p.first}, dest...)...) }

// Catalogue finds a business by id, with all that can be booked there; CodeNotFound.
func (r *reader) Catalogue(businessID string) (fade.Catalogue, error) {
	if !fade.ValidID(businessID) {
		return fade.Catalogue{}, fade.NotFound("business")
	}
	return r.catalogue("b.id", businessID)
}

// CatalogueBySubdomain does the same by subdomain; CodeNotFound.
func (r *reader) CatalogueBySubdomain(subdomain string) (fade.Catalogue, error) {
	if !storable(subdomain) {
		return fade.Catalogue{}, fade.NotFound("business")
	}
	return r.catalogue("b.subdomain", subdomain)
}

func (r *reader) catalogue(column, value string) (c fade.Catalogue, err error) {
	b, err := one(r.transaction, "read catalogue", "business", scanTaggedBusiness,
		r.locking(`SELECT b.catalogue_tag, `+businessColumns+` FROM `+businessFrom+` WHERE `+column+` = $1`, "b"), value)
	if err != nil {
		return c, err
	}
	c, known := r.shared.catalogues.get(b.ID, b.tag)
	if !known {
		if c, err = r.readCatalogue(b.ID); err != nil {
			return c, err
		}
		r.shared.catalogues.put(b.ID, b.tag, c)
	}
	c.Business = b.Business
	return c, nil
}

// readCatalogue reads a business's services, staff and settings.
func (r *reader) readCatalogue(businessID string) (c fade.Catalogue, err error) {
	if c.Services, err = all(r.transaction, "read services", scanService,
		`SELECT `+serviceColumns+` FROM services WHERE business_id = $1 ORDER BY is_active DESC, name, id`, businessID); err != nil {
		return c, err
	}
	if c.Staff, err = all(r.transaction, "read staff", scanStaff,
		`SELECT `+staffColumns+` FROM staff WHERE business_id = $1 ORDER BY is_active DESC, name, id`, businessID); err != nil {
		return c, err
	}
	settings, err := all(r.transaction, "read booking settings", scanSettings,
		`SELECT `+settingsColumns+` FROM booking_settings WHERE business_id = $1`, businessID)
	c.Settings = fade.DefaultSettings(businessID)
	if len(settings) > 0 {
		c.Settings = settings[0]
	}
	return c, err
}

const (
	serviceColumns = `id, business_id, name, description, duration_minutes, buffer_minutes, price, currency, is_active,
		created_at, updated_at, version`
	staffColumns    = `id, business_id, name, services, hours, breaks, days_off, is_active, created_at, updated_at, version`
	settingsColumns = `business_id, hours, holidays, lead_minutes, horizon_days, cancel_until_minutes, needs_confirmation,
		slot_minutes, reminder_minutes, updated_at, version`
)

func scanService(r row) (s fade.Service, err error) {
	var created, updated int64
	err = r.Scan(&s.ID, &s.BusinessID, &s.Name, &s.Description, &s.DurationMinutes, &s.BufferMinutes, &s.Price, &s.Currency,
		&s.IsActive, &created, &updated, &s.Version)
	s.CreatedAt, s.UpdatedAt = instant(created), instant(updated)
	return s, err
}

func scanStaff(r row) (s fade.Staff, err error) {
	var created, updated int64
	err = r.Scan(&s.ID, &s.BusinessID, &s.Name, asJSON(&s.Services), asJSON(&s.Hours), asJSON(&s.Breaks), asJSON(&s.DaysOff),
		&s.IsActive, &created, &updated, &s.Version)
	s.CreatedAt, s.UpdatedAt = instant(created), instant(updated)
	return s, err
}

func scanSettings(r row) (s fade.BookingSettings, err error) {
	var updated int64
	s.ReminderMinutes = fade.DefaultSettings("").ReminderMinutes
	err = r.Scan(&s.BusinessID, asJSON(&s.Hours), asJSON(&s.Holidays), &s.LeadMinutes, &s.HorizonDays, &s.CancelUntilMinutes,
		&s.NeedsConfirmation, &s.SlotMinutes, asJSON(&s.ReminderMinutes), &updated, &s.Version)
	s.UpdatedAt = instant(updated)
	return s, err
}

// Service finds a service by id; CodeNotFound.
func (r *reader) Service(id string) (fade.Service, error) {
	return one(r.transaction, "read service", "service", scanService,
		r.locking(`SELECT `+serviceColumns+` FROM services WHERE id = $1`, "services"), uuidOrNone(id))
}

// Member finds a member of staff by id; CodeNotFound.
func (r *reader) Member(id string) (fade.Staff, error) {
	return one(r.transaction, "read member of staff", "member of staff", scanStaff,
		r.locking(`SELECT `+staffColumns+` FROM staff WHERE id = $1`, "staff"), uuidOrNone(id))
}

// uuidOrNone gives an id that can be looked for: "" for what is none, which finds nothing.
func uuidOrNone(id string) string {
	if !fade.ValidID(id) {
		return ""
	}
	return id
}

// InsertService adds a service.
func (t *tx) InsertService(s fade.Service) error {
	_, err := t.exec("insert service", `INSERT INTO services (`+serviceColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`, serviceRow(s)...)
	return t.retag(s.BusinessID, err)
}

// UpdateService writes all fields.
func (t *tx) UpdateService(s fade.Service) error {
	return t.retag(s.BusinessID, t.execOne("update service", "service", `
		UPDATE services SET business_id = $2, name = $3, description = $4, duration_minutes = $5, buffer_minutes = $6,
			price = $7, currency = $8, is_active = $9, created_at = $10, updated_at = $11, version = $12
		WHERE id = $1`, serviceRow(s)...))
}

func serviceRow(s fade.Service) []any {
	return []any{
		s.ID, s.BusinessID, s.Name, s.Description, s.DurationMinutes, s.BufferMinutes, int64(s.Price), s.Currency, s.IsActive,
		micros(s.CreatedAt), micros(s.UpdatedAt), s.Version,
	}
}

// InsertStaff adds a member of staff.
func (t *tx) InsertStaff(s fade.Staff) error {
	_, err := t.exec("insert staff", `INSERT INTO staff (`+staffColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, staffRow(s)...)
	return t.retag(s.BusinessID, err)
}

// UpdateStaff writes all fields.
func (t *tx) UpdateStaff(s fade.Staff) error {
	return t.retag(s.BusinessID, t.execOne("update staff", "member of staff", `
		UPDATE staff SET business_id = $2, name = $3, services = $4, hours = $5, breaks = $6, days_off = $7, is_active = $8,
			created_at = $9, updated_at = $10, version = $11
		WHERE id = $1`, staffRow(s)...))
}

func staffRow(s fade.Staff) []any {
	return []any{
		s.ID, s.BusinessID, s.Name, jsonText(s.Services), jsonOrNull(s.Hours), jsonText(s.Breaks), jsonText(s.DaysOff), s.IsActive,
		micros(s.CreatedAt), micros(s.UpdatedAt), s.Version,
	}
}

// SaveSettings writes a business's booking settings.
func (t *tx) SaveSettings(s fade.BookingSettings) error {
	_, err := t.exec("save booking settings", `INSERT INTO booking_settings (`+settingsColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		ON CONFLICT (business_id) DO UPDATE SET hours = excluded.hours, holidays = excluded.holidays,
			lead_minutes = excluded.lead_minutes, horizon_days = excluded.horizon_days,
			cancel_until_minutes = excluded.cancel_until_minutes, needs_confirmation = excluded.needs_confirmation,
			slot_minutes = excluded.slot_minutes, reminder_minutes = excluded.reminder_minutes, updated_at = excluded.updated_at, version = excluded.version`,
		s.BusinessID, jsonOrNull(s.Hours), jsonText(s.Holidays), s.LeadMinutes, s.HorizonDays, s.CancelUntilMinutes,
		s.NeedsConfirmation, s.SlotMinutes, jsonText(s.ReminderMinutes), micros(s.UpdatedAt), s.Version)
	return t.retag(s.BusinessID, err)
}

// retag gives the catalogue of a business another tag, unless the change of it failed.
func (t *tx) retag(businessID string, err error) error {
	if err != nil {
		return err
	}
	return t.execOne("retag catalogue", "business", `UPDATE businesses SET catalogue_tag = $2 WHERE id = $1`, businessID, rand.Int64()) //nolint:gosec // tells versions apart, guards nothing
}

// jsonText gives what the database keeps of a value without columns of its own.
func jsonText[T []string | []int | fade.Week | []fade.DaysOff](value T) string {
	text, _ := json.Marshal(value) // strings and numbers: cannot fail
	return string(text)
}

func jsonOrNull(week *fade.Week) any {
	if week == nil {
		return nil
	}
	return jsonText(*week)
}

// asJSON scans what jsonText wrote; NULL leaves the value as it is.
func asJSON(value any) *jsonScanner { return &jsonScanner{value} }

type jsonScanner struct{ into any }

// Scan implements [sql.Scanner].
func (s *jsonScanner) Scan(from any) error {
	switch text := from.(type) {
	case string:
		return json.Unmarshal([]byte(text), s.into)
	case []byte:
		return json.Unmarshal(text, s.into)
	}
	return nil
}
