package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"github.com/fadedistrict/fade"
)

// answersFor is how long what a request with a key was answered is remembered.
const answersFor = 24 * time.Hour

// Recall reads the answer of the transaction's request, if it had one; CodeInvalid if its key was used for another
// request. It takes the key first, so that of two requests with one key the second waits for the first's end.
func (t *tx) Recall(answer any) (known bool, err error) {
	request, ok := fade.RequestOf(t.asked)
	if !ok {
		return false, nil
	}
	now := t.shared.instant()
	taken, err := t.exec("take key", `INSERT INTO answers (key, fingerprint, created_at) VALUES ($1, $2, $3)
		ON CONFLICT (key) DO UPDATE SET fingerprint = excluded.fingerprint, answer = NULL, created_at = excluded.created_at
		WHERE answers.created_at <= $4`,
		answerKey(request), request.Fingerprint, micros(now), micros(now.Add(-answersFor)))
	if err != nil || taken > 0 {
		return false, err
	}
	var fingerprint string
	var text sql.Null[string]
	if err := t.query("recall answer", func(r row) error { return r.Scan(&fingerprint, &text) },
		`SELECT fingerprint, answer FROM answers WHERE key = $1`, answerKey(request)); err != nil {
		return false, err
	}
	if fingerprint != request.Fingerprint {
		return false, fade.Errorf(fade.CodeInvalid, "This Idempotency-Key was used for another request.")
	}
	return true, t.fail("decode answer", json.Unmarshal([]byte(text.V), answer))
}

// Remember keeps the answer of the transaction's request.
func (t *tx) Remember(answer any) error {
	request, ok := fade.RequestOf(t.asked)
	if !ok {
		return nil
	}
	text, err := json.Marshal(answer)
	if err != nil {
		return t.fail("encode answer", err)
	}
	_, err = t.exec("keep answer", `UPDATE answers SET answer = $2 WHERE key = $1`, answerKey(request), string(text))
	return err
}

// answerKey keeps the keys of different people apart.
func answerKey(r fade.Request) string { return r.Scope + "\n" + r.Key }

// PruneAnswers forgets answers that are remembered no longer, at most limit of them, and tells how many.
func (s *Store) PruneAnswers(ctx context.Context, now time.Time, limit int) (removed int64, err error) {
	err = s.engine.update(ctx, func(t *tx) (err error) {
		removed, err = t.exec("prune answers", `DELETE FROM answers WHERE key IN
			(SELECT key FROM answers WHERE created_at <= $1 ORDER BY created_at LIMIT $2)`, micros(now.Add(-answersFor)), limit)
		return err
	})
	return removed, err
}
