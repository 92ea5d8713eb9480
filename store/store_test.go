package store_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"github.com/fadedistrict/fade/internal/testserver"
	"github.com/fadedistrict/fade/store"
	"github.com/fadedistrict/fade/store/storetest"
)

func TestMain(m *testing.M) {
	code := testserver.Main(m)
	if err := goleak.Find(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func TestSQLite(t *testing.T) {
	storetest.Run(t, func(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "fade.db") })
}

func TestPostgres(t *testing.T) {
	storetest.Run(t, func(t testing.TB) string { return testserver.Postgres(t) })
}

// A reader whose context ends at the worst moment leaves nothing behind: the next one reads.
func TestSQLite_canceledSnapshots(t *testing.T) {
	s, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "fade.db"), store.Options{Readers: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close(context.Background()) }()
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i := range 20_000 {
		ctx, cancel := context.WithCancel(t.Context())
		go cancel()
		_ = s.Ping(ctx) // whatever comes of it
		if err := s.Ping(t.Context()); err != nil {
			t.Fatalf("after %d snapshots that were given up: %v", i+1, err)
		}
	}
}
