package store

import (
	"context"
	"time"
)

// Lease gives a holder the right to do what a name stands for, alone, until a time; it tells whether the holder
// has it: it had it already, or nobody has it any more.
func (s *Store) Lease(ctx context.Context, name, holder string, length time.Duration) (held bool, err error) {
	now := s.shared.instant()
	err = s.engine.update(ctx, func(t *tx) error {
		n, err := t.exec("take lease", `INSERT INTO leases (name, holder, until) VALUES ($1, $2, $3)
			ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
			WHERE leases.holder = excluded.holder OR leases.until <= $4`,
			name, holder, micros(now.Add(length)), micros(now))
		held = n > 0
		return err
	})
	return held && err == nil, err
}
