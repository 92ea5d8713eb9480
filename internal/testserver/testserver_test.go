package testserver_test

import (
	"context"
	"database/sql"
	"net"
	"os"
	"strings"
	"testing"

	"github.com/fadedistrict/fade/internal/testserver"
)

func TestMain(m *testing.M) { os.Exit(testserver.Main(m)) }

func TestRedis_restart(t *testing.T) {
	r := testserver.StartRedis(t)
	address := strings.TrimPrefix(r.URL, "redis://")
	r.Stop(t)
	if conn, err := net.Dial("tcp", address); err == nil {
		_ = conn.Close()
		t.Fatal("a stopped Redis still takes connections")
	}
	r.Start(t)
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatalf("after Start: %v", err)
	}
	_ = conn.Close()
}

func TestPostgres_freshDatabases(t *testing.T) {
	open := func() *sql.DB {
		db, err := sql.Open("pgx", testserver.Postgres(t))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		return db
	}
	for range 2 { // the second database must not have the first one's table
		if _, err := open().ExecContext(context.Background(), "CREATE TABLE once (id INT)"); err != nil {
			t.Fatal(err)
		}
	}
}
