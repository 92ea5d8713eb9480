package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"embed"
	"encoding/base32"
	"fmt"
	"io/fs"
	"strings"

	"github.com/pressly/goose/v3"
)

//go:embed migration/sqlite/*.sql migration/postgres/*.sql
var migrations embed.FS

// Migrate brings the schema up to date and names the epoch of a new database. It does nothing where
// nothing is to be done, and of several processes that start at once one works and the others wait.
func (s *Store) Migrate(ctx context.Context) error {
	if err := s.engine.migrate(ctx); err != nil {
		return fmt.Errorf("store: migrate: %w", err)
	}
	return s.engine.update(ctx, func(t *tx) error {
		_, err := t.exec("name epoch", `INSERT INTO meta (key, value) VALUES ('epoch', $1) ON CONFLICT (key) DO NOTHING`, newEpoch())
		if err != nil {
			return err
		}
		epoch, err := one(t.transaction, "read epoch", "epoch", scanText, `SELECT value FROM meta WHERE key = 'epoch'`)
		if err == nil {
			t.shared.epoch.Store(&epoch)
		}
		return err
	})
}

// Versions gives the schema's version in the database and the one that this program needs; they differ
// while [Store.Migrate] has something to do.
func (s *Store) Versions(ctx context.Context) (current, target int64, err error) {
	if current, target, err = s.engine.versions(ctx); err != nil {
		err = fmt.Errorf("store: read schema version: %w", err)
	}
	return current, target, err
}

// newEpoch gives a random name of 8 letters and digits.
func newEpoch() string {
	var b [5]byte
	_, _ = rand.Read(b[:]) // never fails: see crypto/rand.Read
	return strings.ToLower(base32.StdEncoding.EncodeToString(b[:]))
}

// provider makes goose see one engine's migrations, and nothing that is registered globally.
func provider(d goose.Dialect, folder string, db *sql.DB, s *shared, more ...goose.ProviderOption) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migration/"+folder)
	if err != nil {
		return nil, err
	}
	options := append([]goose.ProviderOption{goose.WithDisableGlobalRegistry(true), goose.WithSlog(s.logger)}, more...)
	return goose.NewProvider(d, db, files, options...)
}

// up applies what is missing.
func up(ctx context.Context, p *goose.Provider, s *shared) error {
	applied, err := p.Up(ctx)
	for _, m := range applied {
		s.logger.InfoContext(ctx, "migration applied", "version", m.Source.Version, "took", m.Duration)
	}
	return err
}
