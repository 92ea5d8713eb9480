package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fadedistrict/fade/accounts"
	"github.com/fadedistrict/fade/store"
)

// databaseFlags say where the data is.
type databaseFlags struct {
	Database string `env:"DATABASE_URL" placeholder:"URL" help:"sqlite:PATH or postgres://…; the default is a SQLite file in the data folder."`
	Data     string `env:"FADE_DATA" default:"./data" placeholder:"DIR" help:"The folder for the database, the secret key and mails."`
}

// dsn gives the database, and makes the data folder if it is in it.
func (f databaseFlags) dsn() (string, error) {
	if f.Database != "" {
		return f.Database, nil
	}
	if err := os.MkdirAll(f.Data, 0o700); err != nil {
		return "", fmt.Errorf("make the data folder: %w", err)
	}
	return "sqlite:" + filepath.Join(f.Data, "fade.db"), nil
}

// open opens the database and brings it to this version's schema.
func (f databaseFlags) open(ctx context.Context, o store.Options) (*store.Store, error) {
	dsn, err := f.dsn()
	if err != nil {
		return nil, err
	}
	db, err := store.Open(ctx, dsn, o)
	if err != nil {
		return nil, err
	}
	if err := db.Migrate(ctx); err != nil {
		return nil, errors.Join(err, closeStore(db))
	}
	return db, nil
}

// closeTimeout bounds how long a command waits for the last updates.
const closeTimeout = 10 * time.Second

func closeStore(db *store.Store) error {
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	return db.Close(ctx)
}

// secretFile is where the key that signs access tokens is kept if the environment does not give one.
const secretFile = "secret.key"

// knownSecret gives the key that was configured, or that of the data folder; [fs.ErrNotExist] if there is neither.
func knownSecret(configured, data string) ([]byte, error) {
	if configured == "" {
		return readSecret(filepath.Join(data, secretFile))
	}
	if len(configured) < accounts.MinSecret {
		return nil, fmt.Errorf("FADE_SECRET_KEY must have at least %d characters; make one with: openssl rand -hex 32", accounts.MinSecret)
	}
	return []byte(configured), nil
}

// secret gives the key that signs access tokens: the configured one, or one made on first need in the data
// folder, readable by its owner only. made tells that it was just made.
func secret(configured, data string) (key []byte, made bool, err error) {
	key, err = knownSecret(configured, data)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, false, err
	}
	path := filepath.Join(data, secretFile)
	if err := os.MkdirAll(data, 0o700); err != nil {
		return nil, false, fmt.Errorf("make the data folder: %w", err)
	}
	random := make([]byte, accounts.MinSecret)
	_, _ = rand.Read(random)
	text := hex.EncodeToString(random)
	// Whoever is first wins: two servers that start at once on one folder must end up with one key.
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		key, err = readSecret(path)
		return key, false, err
	}
	if err != nil {
		return nil, false, fmt.Errorf("keep the secret key: %w", err)
	}
	_, err = file.WriteString(text + "\n")
	err = errors.Join(err, file.Sync(), file.Close())
	return []byte(text), true, err
}

func readSecret(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the secret key: %w", err)
	}
	key := strings.TrimSpace(string(text))
	if len(key) < accounts.MinSecret {
		return nil, fmt.Errorf("the secret key in %s is shorter than %d characters: remove the file, and a new one is made (everybody has to sign in again)", path, accounts.MinSecret)
	}
	return []byte(key), nil
}

// newLogger logs as text to a terminal's reader, or as JSON for machines.
func newLogger(s streams, format string) *slog.Logger {
	if format == "json" {
		return slog.New(slog.NewJSONHandler(s.err, nil))
	}
	return slog.New(slog.NewTextHandler(s.err, nil))
}

// splitList reads a comma-separated list, without empty entries.
func splitList(text string) []string {
	var list []string
	for entry := range strings.SplitSeq(text, ",") {
		if entry = strings.TrimSpace(entry); entry != "" {
			list = append(list, entry)
		}
	}
	return list
}
