package store_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/fadedistrict/fade/internal/testserver"
	"github.com/fadedistrict/fade/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(testserver.Main(m)) }

func TestSQLite(t *testing.T) {
	storetest.Run(t, func(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "fade.db") })
}

func TestPostgres(t *testing.T) {
	storetest.Run(t, func(t testing.TB) string { return testserver.Postgres(t) })
}
