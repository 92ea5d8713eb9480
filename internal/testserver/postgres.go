package testserver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// shared is the test binary's one PostgreSQL server. It is package state because tests of one binary have
// nothing else in common; everybody goes through its mutex.
var shared struct {
	sync.Mutex
	server    *postgres
	err       error // why the server could not be started: said to every test, tried once
	databases int
}

// Postgres returns the URL of a fresh, empty database on the PostgreSQL server of this test binary, which is
// started by the first call. The database is dropped at the end of t, with whatever connections are left.
//
// The server is PostgreSQL as it comes, fsync included, with 300 connections. Databases are UTF-8 with the
// C collation: text sorts by bytes, as it does in SQLite.
func Postgres(t testing.TB) string {
	t.Helper()
	server, name, err := nextDatabase()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.exec("CREATE DATABASE " + name); err != nil {
		t.Fatalf("testserver: create a database: %v\n%s", err, logTail(server.logPath()))
	}
	t.Cleanup(func() {
		if err := server.exec("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Errorf("testserver: drop database %s: %v", name, err)
		}
	})
	return server.url(name)
}

func nextDatabase() (*postgres, string, error) {
	shared.Lock()
	defer shared.Unlock()
	if shared.server == nil && shared.err == nil {
		shared.server, shared.err = startPostgres()
	}
	shared.databases++
	return shared.server, fmt.Sprintf("test_%d", shared.databases), shared.err
}

// Close stops the shared PostgreSQL server and removes its folder, if any test asked for it. It belongs after
// the last test; [Main] and [Closing] call it.
func Close() error {
	shared.Lock()
	defer shared.Unlock()
	if shared.server == nil {
		return nil
	}
	err := shared.server.close()
	shared.server = nil
	return err
}

// Main runs the tests of a package, closes what they shared and returns the exit code for os.Exit.
func Main(m *testing.M) int { return Closing(m).Run() }

// Closing wraps m so that Run closes what the tests shared before it returns, which is what
// goleak.VerifyTestMain needs: it looks for leaks right after Run.
func Closing(m *testing.M) *ClosingM { return &ClosingM{m} }

// ClosingM is a testing.M whose Run ends with [Close].
type ClosingM struct{ m *testing.M }

// Run runs the tests and closes what they shared. A server that cannot be stopped fails the run.
func (c *ClosingM) Run() int {
	code := c.m.Run()
	if err := Close(); err != nil {
		fmt.Fprintln(os.Stderr, "testserver: stop PostgreSQL:", err)
		code = max(code, 1)
	}
	return code
}

// postgres is a running PostgreSQL server with its data in dir.
type postgres struct {
	dir     *dir
	port    int
	process *process
}

func startPostgres() (_ *postgres, err error) {
	bin, err := postgresBinaries()
	if err != nil {
		return nil, err
	}
	as, err := postgresAccount()
	if err != nil {
		return nil, err
	}
	dir, err := makeDir(as)
	if err != nil {
		return nil, fmt.Errorf("testserver: a folder for PostgreSQL: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, dir.remove())
		}
	}()
	s := &postgres{dir: dir}
	// The data are thrown away at the end, so that initdb need not sync them; the server itself does.
	initdb := exec.Command(filepath.Join(bin, "initdb"), "--pgdata", s.dataDir(), "--auth", "trust",
		"--username", "postgres", "--encoding", "UTF8", "--no-locale", "--no-sync", "--no-instructions")
	if err := s.run(initdb, as); err != nil {
		return nil, fmt.Errorf("testserver: initdb: %w\n%s", err, logTail(s.logPath()))
	}
	for range startAttempts {
		if s.port, err = freePort(); err != nil {
			break
		}
		if err = s.start(bin, as); err == nil {
			return s, nil
		}
	}
	return nil, fmt.Errorf("testserver: start PostgreSQL: %w\n%s", err, logTail(s.logPath()))
}

func (s *postgres) start(bin string, as *account) error {
	cmd := exec.Command(filepath.Join(bin, "postgres"), "-D", s.dataDir(), "-p", strconv.Itoa(s.port),
		"-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_connections=300")
	// SIGQUIT is PostgreSQL's immediate shutdown: the postmaster ends its children and frees its shared
	// memory, which SIGKILL would leave behind.
	p, err := s.spawn(cmd, sigQuit, as)
	if err != nil {
		return err
	}
	s.process = p
	if err := p.await(s.answers); err != nil {
		return errors.Join(err, p.stop(sigQuit))
	}
	return nil
}

// answers also asks for the data folder: a port that somebody else took between choosing it and starting the
// server would let us in as well.
func (s *postgres) answers() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.url("postgres"))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	var dir string
	if err := conn.QueryRow(ctx, "SHOW data_directory").Scan(&dir); err != nil {
		return err
	}
	if dir != s.dataDir() {
		return fmt.Errorf("port %d belongs to the server of %s", s.port, dir)
	}
	return nil
}

func (s *postgres) exec(sql string) error {
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.url("postgres"))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, sql)
	return err
}

func (s *postgres) close() error {
	return errors.Join(s.process.stop(sigQuit), s.dir.remove())
}

func (s *postgres) url(database string) string {
	return fmt.Sprintf("postgres://postgres@%s/%s?sslmode=disable",
		net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)), database)
}

func (s *postgres) dataDir() string { return filepath.Join(s.dir.path, "data") }
func (s *postgres) logPath() string { return filepath.Join(s.dir.path, "postgres.log") }

// run runs a command to its end.
func (s *postgres) run(cmd *exec.Cmd, as *account) error {
	p, err := s.spawn(cmd, sigKill, as)
	if err != nil {
		return err
	}
	<-p.exited
	return p.err
}

func (s *postgres) spawn(cmd *exec.Cmd, death signal, as *account) (*process, error) {
	log, err := os.OpenFile(s.logPath(), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	defer log.Close() // the child has its own descriptor
	cmd.Dir, cmd.Stdout, cmd.Stderr = s.dir.path, log, log
	// PG* variables and the user's locale would change the server's answers from machine to machine.
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC"}
	return startProcess(cmd, death, as)
}

// postgresBinaries returns the folder of the newest installed PostgreSQL: Debian keeps each version in a
// folder of its own and puts no server on PATH.
func postgresBinaries() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil {
		return "", err
	}
	version := func(path string) int { // /usr/lib/postgresql/15/bin/initdb
		n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
		return n
	}
	slices.SortFunc(found, func(a, b string) int { return version(b) - version(a) })
	if path, err := exec.LookPath("initdb"); err == nil {
		found = append(found, path)
	}
	for _, path := range found {
		dir := filepath.Dir(path)
		if _, err := exec.LookPath(filepath.Join(dir, "postgres")); err == nil {
			return dir, nil
		}
	}
	return "", errors.New("the PostgreSQL server is missing: apt-get install postgresql, or run make test as root")
}

// postgresAccount tells whom to run the server as: nil for the current user, or the account postgres where
// the current one is root, because PostgreSQL refuses to run as root.
func postgresAccount() (*account, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("testserver: PostgreSQL does not run as root and there is no user postgres (%w): "+
			"apt-get install postgresql, or run the tests as another user", err)
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return nil, fmt.Errorf("testserver: user postgres: %w", err)
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		return nil, fmt.Errorf("testserver: user postgres: %w", err)
	}
	return &account{uid, gid}, nil
}
