package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/accounts"
)

// Session finds a session by id; CodeNotFound.
func (r *reader) Session(id string) (accounts.Session, error) {
	if !fade.ValidID(id) {
		return accounts.Session{}, fade.NotFound("session")
	}
	return one(r.transaction, "read session", "session", func(row row) (s accounts.Session, err error) {
		var created, expires int64
		var revoked sql.Null[int64]
		err = row.Scan(&s.ID, &s.UserID, &s.UserAgent, &created, &expires, &revoked)
		s.CreatedAt, s.ExpiresAt, s.RevokedAt = instant(created), instant(expires), nullInstant(revoked)
		return s, err
	}, r.locking(`SELECT s.id, s.user_id, s.user_agent, s.created_at, s.expires_at, s.revoked_at FROM sessions s WHERE s.id = $1`, "s"), id)
}

// InsertSession adds a session.
func (t *tx) InsertSession(s accounts.Session) error {
	_, err := t.exec("insert session", `
		INSERT INTO sessions (id, user_id, user_agent, created_at, expires_at, revoked_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		s.ID, s.UserID, s.UserAgent, micros(s.CreatedAt), micros(s.ExpiresAt), nullMicros(s.RevokedAt))
	return err
}

// ExtendSession moves a session's end.
func (t *tx) ExtendSession(id string, until time.Time) error {
	return t.execOne("extend session", "session", `UPDATE sessions SET expires_at = $2 WHERE id = $1`, id, micros(until))
}

// RevokeSession ends a session; ending it again changes nothing.
func (t *tx) RevokeSession(id string, at time.Time) error {
	_, err := t.exec("revoke session", `UPDATE sessions SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL`, id, micros(at))
	return err
}

// RevokeUserSessions ends all sessions of a user.
func (t *tx) RevokeUserSessions(userID string, at time.Time) error {
	_, err := t.exec("revoke sessions of user", `UPDATE sessions SET revoked_at = $2 WHERE user_id = $1 AND revoked_at IS NULL`, userID, micros(at))
	return err
}

// RefreshToken finds a refresh token by its hash; CodeNotFound.
func (r *reader) RefreshToken(hash string) (accounts.RefreshToken, error) {
	if !storable(hash) {
		return accounts.RefreshToken{}, fade.NotFound("refresh token")
	}
	return one(r.transaction, "read refresh token", "refresh token", func(row row) (t accounts.RefreshToken, err error) {
		var created int64
		var used sql.Null[int64]
		err = row.Scan(&t.Hash, &t.SessionID, &created, &used)
		t.CreatedAt, t.UsedAt = instant(created), nullInstant(used)
		return t, err
	}, r.locking(`SELECT t.hash, t.session_id, t.created_at, t.used_at FROM refresh_tokens t WHERE t.hash = $1`, "t"), hash)
}

// InsertRefreshToken adds a member to a session's family.
func (t *tx) InsertRefreshToken(token accounts.RefreshToken) error {
	_, err := t.exec("insert refresh token", `
		INSERT INTO refresh_tokens (hash, session_id, created_at, used_at) VALUES ($1, $2, $3, $4)`,
		token.Hash, token.SessionID, micros(token.CreatedAt), nullMicros(token.UsedAt))
	return err
}

// UseRefreshToken marks a token as exchanged.
func (t *tx) UseRefreshToken(hash string, at time.Time) error {
	return t.execOne("use refresh token", "refresh token", `UPDATE refresh_tokens SET used_at = $2 WHERE hash = $1`, hash, micros(at))
}

// pruneSessions is how many sessions one transaction of PruneSessions removes at most.
const pruneSessions = 500

// PruneSessions removes the sessions that expired before the time, with their refresh tokens, and gives
// how many there were. A session that was revoked stays until it would have expired, so that the reuse of
// one of its tokens is still known for what it is.
func (s *Store) PruneSessions(ctx context.Context, before time.Time) (removed int64, err error) {
	for {
		var n int64
		err = s.engine.update(ctx, func(t *tx) (err error) {
			n, err = t.exec("prune sessions", `
				DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)`,
				micros(before), pruneSessions)
			return err
		})
		if removed += n; err != nil || n < pruneSessions {
			return removed, err
		}
	}
}
