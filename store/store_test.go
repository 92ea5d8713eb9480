package store_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"github.com/fadedistrict/fade/internal/testserver"
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
