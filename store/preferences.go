package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"github.com/fadedistrict/fade"
)

const preferenceColumns = `p.timezone, p.quiet_start, p.quiet_end, p.digest, p.digest_at, p.rules, p.updated_at, p.version`

// preferenceRow is a row of preferences, or of none where a join found none.
type preferenceRow struct {
	zone, start, end, digest, digestAt, rules sql.Null[string]
	updated, version                          sql.Null[int64]
}

func (p *preferenceRow) dest() []any {
	return []any{&p.zone, &p.start, &p.end, &p.digest, &p.digestAt, &p.rules, &p.updated, &p.version}
}

// of gives the preferences of a user in whose business's zone, if they have one, times are told by default.
func (p *preferenceRow) of(userID, zone string) (fade.Preferences, error) {
	known := fade.DefaultPreferences(userID, zone)
	if !p.version.Valid {
		return known, nil
	}
	known.Timezone, known.Digest, known.DigestAt = p.zone.V, p.digest.V, p.digestAt.V
	known.QuietStart, known.QuietEnd = textOrNil(p.start), textOrNil(p.end)
	known.UpdatedAt, known.Version = instant(p.updated.V), p.version.V
	return known, json.Unmarshal([]byte(p.rules.V), &known.Rules)
}

// Preferences gives how a user wants to hear of events.
func (r *reader) Preferences(u fade.User) (fade.Preferences, error) {
	var found preferenceRow
	err := r.query("read preferences", func(row row) error { return row.Scan(found.dest()...) },
		r.locking(`SELECT `+preferenceColumns+` FROM preferences p WHERE p.user_id = $1`, "p"), u.ID)
	if err != nil {
		return fade.Preferences{}, err
	}
	zone := ""
	if u.BusinessDetails != nil {
		zone = u.BusinessDetails.Timezone
	}
	known, err := found.of(u.ID, zone)
	return known, r.fail("decode preferences", err)
}

// SavePreferences writes them.
func (t *tx) SavePreferences(p fade.Preferences) error {
	rules, err := json.Marshal(p.Rules)
	if err != nil {
		return t.fail("encode preferences", err)
	}
	t.seen.forgetRecipients()
	_, err = t.exec("save preferences", `
		INSERT INTO preferences (user_id, timezone, quiet_start, quiet_end, digest, digest_at, rules, updated_at, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (user_id) DO UPDATE SET timezone = excluded.timezone, quiet_start = excluded.quiet_start,
			quiet_end = excluded.quiet_end, digest = excluded.digest, digest_at = excluded.digest_at, rules = excluded.rules,
			updated_at = excluded.updated_at, version = excluded.version`,
		p.UserID, p.Timezone, nullText(p.QuietStart), nullText(p.QuietEnd), p.Digest, p.DigestAt, string(rules), micros(p.UpdatedAt), p.Version)
	return err
}

// CancelKind cancels a person's waiting mails of a kind.
func (t *tx) CancelKind(userID string, kind fade.DeliveryKind, reason string, at time.Time) error {
	_, err := t.exec("cancel mails", `UPDATE deliveries SET state = 'canceled', reason = $3, settled_at = $4, lease_holder = ''
		WHERE user_id = $1 AND kind = $2 AND route = 'email' AND state = 'queued'`, userID, string(kind), reason, micros(at))
	return err
}

const deviceColumns = `d.id, d.user_id, d.label, d.endpoint, d.p256dh, d.auth, d.created_at, d.used_at`

func scanDevice(r row) (d fade.PushDevice, err error) {
	var created int64
	var used sql.Null[int64]
	err = r.Scan(&d.ID, &d.UserID, &d.Label, &d.Endpoint, &d.P256DH, &d.Auth, &created, &used)
	d.CreatedAt, d.UsedAt = instant(created), nullInstant(used)
	return d, err
}

// PushDevices gives a user's devices, newest first.
func (r *reader) PushDevices(userID string) ([]fade.PushDevice, error) {
	return all(r.transaction, "list devices", scanDevice,
		`SELECT `+deviceColumns+` FROM push_devices d WHERE d.user_id = $1 ORDER BY d.id DESC`, userID)
}

func (r *reader) device(id string) (fade.PushDevice, error) {
	return one(r.transaction, "read device", "device", scanDevice, `SELECT `+deviceColumns+` FROM push_devices d WHERE d.id = $1`, id)
}

// SavePushDevice adds a device. An endpoint that is known is the same device, whoever's it was: whoever has the browser
// in hand has it now.
func (t *tx) SavePushDevice(d fade.PushDevice) (saved fade.PushDevice, err error) {
	t.seen.forgetRecipients()
	_, err = t.exec("save device", `INSERT INTO push_devices (id, user_id, label, endpoint, p256dh, auth, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (endpoint) DO UPDATE SET user_id = excluded.user_id, label = excluded.label, p256dh = excluded.p256dh, auth = excluded.auth`,
		d.ID, d.UserID, d.Label, d.Endpoint, d.P256DH, d.Auth, micros(d.CreatedAt))
	if err != nil {
		return saved, err
	}
	return one(t.transaction, "read device", "device", scanDevice,
		`SELECT `+deviceColumns+` FROM push_devices d WHERE d.endpoint = $1`, d.Endpoint)
}

// DeletePushDevice forgets a user's device; CodeNotFound.
func (t *tx) DeletePushDevice(userID, id string) error {
	d, err := t.device(uuidOrNone(id))
	if err == nil && d.UserID != userID {
		err = fade.NotFound("device")
	}
	if err != nil {
		return err
	}
	return t.deleteDevice(id)
}

// deleteDevice forgets a device and cancels what waits for it.
func (t *tx) deleteDevice(id string) error {
	t.seen.forgetRecipients()
	if _, err := t.exec("delete device", `DELETE FROM push_devices WHERE id = $1`, id); err != nil {
		return err
	}
	_, err := t.exec("cancel pushes", `UPDATE deliveries SET state = 'canceled', reason = $2, settled_at = $3, lease_holder = ''
		WHERE route = 'push' AND state = 'queued' AND device_id = $1`, id, fade.ReasonNoDevice, micros(t.shared.instant()))
	return err
}

// PushKeys gives the key pair by which push services know this platform, made on first need and kept: devices that
// subscribed with it would not hear of another.
func (s *Store) PushKeys(ctx context.Context, create func() (public, private string, err error)) (public, private string, err error) {
	err = s.engine.update(ctx, func(t *tx) error {
		read := func() error {
			return t.query("read push keys", func(row row) error {
				var key, value string
				err := row.Scan(&key, &value)
				if key == "push_public" {
					public = value
				} else {
					private = value
				}
				return err
			}, `SELECT key, value FROM meta WHERE key IN ('push_public', 'push_private')`)
		}
		if err := read(); err != nil || public != "" {
			return err
		}
		newPublic, newPrivate, err := create()
		if err != nil {
			return err
		}
		// Whoever is first wins: public is written first, and waits for another's.
		for _, kept := range [][2]string{{"push_public", newPublic}, {"push_private", newPrivate}} {
			if _, err := t.exec("keep push keys", `INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING`, kept[0], kept[1]); err != nil {
				return err
			}
		}
		return read()
	})
	return public, private, err
}
