package testserver

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // registers the driver that creates the databases
)

// The one PostgreSQL server of this test process: initdb takes seconds, a database in it milliseconds.
var (
	postgres     postgresServer
	postgresOnce sync.Once
	postgresErr  error
)

type postgresServer struct {
	process   *process
	dir       string
	port      int
	databases atomic.Int64
}

// Postgres gives the URL of a fresh, empty database for this test. The server behind it is shared by the
// tests of the process; packages that use it call [Main] or [Close] so that its data is removed.
func Postgres(t testing.TB) string {
	t.Helper()
	bin := filepath.Dir(find(t, "postgres", "postgresql", "/usr/lib/postgresql/*/bin/postgres"))
	port := freePort(t)
	postgresOnce.Do(func() { postgresErr = postgres.start(bin, port) })
	if postgresErr != nil {
		t.Fatalf("start PostgreSQL: %v", postgresErr)
	}
	name := fmt.Sprintf("test_%d", postgres.databases.Add(1))
	if err := postgres.exec("CREATE DATABASE " + name); err != nil {
		t.Fatalf("create a database for the test: %v", err)
	}
	return postgres.url(name)
}

// Close stops the shared PostgreSQL server, if a test started it, and removes its data.
func Close() {
	if postgres.process != nil {
		postgres.process.stop(syscall.SIGQUIT)
		postgres.process = nil
	}
	if postgres.dir != "" {
		_ = os.RemoveAll(postgres.dir)
	}
}

// Main runs a package's tests and then stops what they started: func TestMain(m *testing.M) {
// os.Exit(testserver.Main(m)) }.
func Main(m *testing.M) int {
	defer Close()
	return m.Run()
}

func (s *postgresServer) url(database string) string {
	return fmt.Sprintf("postgres://postgres@127.0.0.1:%d/%s?sslmode=disable", s.port, database)
}

func (s *postgresServer) exec(statement string) error {
	db, err := sql.Open("pgx", s.url("postgres"))
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	_, err = db.ExecContext(context.Background(), statement)
	return err
}

// start makes a cluster and runs it. The server's fsync is off: what a test loses with the machine's
// power is a test.
func (s *postgresServer) start(bin string, port int) (err error) {
	if s.dir, err = tempDir(); err != nil {
		return err
	}
	s.port = port
	attr, err := ownUser(s.dir)
	if err != nil {
		return err
	}
	data := filepath.Join(s.dir, "data")
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync") //nolint:gosec // as above
	initdb.SysProcAttr, initdb.Dir = attr, s.dir
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	var log bytes.Buffer
	server := exec.Command(filepath.Join(bin, "postgres"), "-D", data, "-p", strconv.Itoa(port), "-h", "127.0.0.1", //nolint:gosec // as above
		"-c", "unix_socket_directories="+s.dir, "-c", "fsync=off", "-c", "max_connections=300", "-c", "log_min_messages=fatal")
	copied := *attr
	server.SysProcAttr, server.Dir, server.Stderr = &copied, s.dir, &log
	// SIGQUIT is PostgreSQL's immediate shutdown: it takes the server's own children along.
	if s.process, err = start(server, syscall.SIGQUIT); err != nil {
		return err
	}
	if err := s.process.await(func() error { return s.exec("SELECT 1") }); err != nil {
		return fmt.Errorf("%w: %s", err, log.Bytes())
	}
	return nil
}

// ownUser lets the server run as the user postgres where the tests run as root, which it refuses, and
// gives that user the folder.
func ownUser(dir string) (*syscall.SysProcAttr, error) {
	if os.Getuid() != 0 {
		return &syscall.SysProcAttr{}, nil
	}
	owner, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("PostgreSQL refuses to run as root, and there is no user postgres to run it as: install the Debian package postgresql: %w", err)
	}
	uid, err := strconv.ParseUint(owner.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(owner.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	credential := &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return &syscall.SysProcAttr{Credential: credential}, os.Chown(dir, int(uid), int(gid))
}
