package testserver_test

import (
	"context"
	"errors"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"go.uber.org/goleak"

	"github.com/fadedistrict/fade/internal/testserver"
)

// reportTo makes this test binary start one server of each kind, write what it started into the named file
// and wait to be killed: see TestServers_dieWithTheTestBinary.
const reportTo = "FADE_TESTSERVER_REPORT"

func TestMain(m *testing.M) { goleak.VerifyTestMain(testserver.Closing(m)) }

func TestRedis_Restart(t *testing.T) {
	r := testserver.StartRedis(t)
	if got := redis(t, r, "SET key value"); got != "+OK" {
		t.Fatalf("SET answered %q", got)
	}

	r.Stop(t)
	if conn, err := net.Dial("tcp", r.Addr); err == nil {
		_ = conn.Close()
		t.Fatal("a stopped server took a connection")
	}

	r.Start(t)
	if got := redis(t, r, "EXISTS key"); got != ":0" {
		t.Errorf("after a restart EXISTS answered %q, want an empty server", got)
	}
}

func TestRedis_Pause(t *testing.T) {
	r := testserver.StartRedis(t)
	r.Pause(t)
	conn, err := net.Dial("tcp", r.Addr)
	if err != nil {
		t.Fatalf("a paused server must take connections: %v", err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte("PING\r\n")); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 16)
	_ = conn.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	if n, err := conn.Read(buf); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("a paused server answered %q, %v", buf[:n], err)
	}
	r.Resume(t)
	_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	if n, err := conn.Read(buf); string(buf[:n]) != "+PONG\r\n" {
		t.Fatalf("after Resume it answered %q, %v", buf[:n], err)
	}
}

func TestRedis_TwoAtOnce(t *testing.T) {
	a, b := testserver.StartRedis(t), testserver.StartRedis(t)
	redis(t, a, "SET key value")
	if got := redis(t, b, "EXISTS key"); got != ":0" {
		t.Errorf("two servers share their data: EXISTS answered %q", got)
	}
}

func TestPostgres(t *testing.T) {
	var first string
	t.Run("is writable", func(t *testing.T) {
		first = testserver.Postgres(t)
		exec1(t, first, "CREATE TABLE once (id int PRIMARY KEY)")
	})
	t.Run("is fresh for each test", func(t *testing.T) {
		second := testserver.Postgres(t)
		if second == first {
			t.Fatalf("two tests were given %s", first)
		}
		exec1(t, second, "CREATE TABLE once (id int PRIMARY KEY)")
	})
	t.Run("is dropped after its test", func(t *testing.T) {
		testserver.Postgres(t)
		if conn, err := pgx.Connect(t.Context(), first); err == nil {
			_ = conn.Close(t.Context())
			t.Errorf("%s still exists", first)
		}
	})
	t.Run("is dropped though a connection is open", func(t *testing.T) {
		var conn *pgx.Conn
		t.Run("leave one open", func(t *testing.T) {
			var err error
			if conn, err = pgx.Connect(t.Context(), testserver.Postgres(t)); err != nil {
				t.Fatal(err)
			}
		})
		_ = conn.Close(t.Context())
	})
	t.Run("sorts by bytes and syncs", func(t *testing.T) {
		url := testserver.Postgres(t)
		if got := query(t, url, "SELECT ('a' > 'B')::text"); got != "true" {
			t.Errorf("'a' > 'B' is %s, want the order of SQLite", got)
		}
		if got := query(t, url, "SHOW fsync"); got != "on" {
			t.Errorf("fsync is %s: what is measured and crashed here must be what runs", got)
		}
	})
}

// The promise that no server outlives its tests, tried the hard way: a second test binary starts both kinds
// and is killed without any chance to clean up.
func TestServers_dieWithTheTestBinary(t *testing.T) {
	if path := os.Getenv(reportTo); path != "" {
		r, db := testserver.StartRedis(t), testserver.Postgres(t)
		if err := os.WriteFile(path+".part", []byte(r.URL+"\n"+db+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(path+".part", path); err != nil {
			t.Fatal(err)
		}
		select {}
	}

	report := filepath.Join(t.TempDir(), "report")
	cmd := exec.Command(os.Args[0], "-test.run=^TestServers_dieWithTheTestBinary$")
	cmd.Env = append(os.Environ(), reportTo+"="+report)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var urls []string
	wait(t, "the second test binary to start its servers", func() bool {
		b, err := os.ReadFile(report)
		urls = strings.Fields(string(b))
		return err == nil
	})
	dir := query(t, urls[1], "SHOW data_directory")
	pid := postmaster(t, dir)

	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()

	for _, u := range urls {
		parsed, err := url.Parse(u)
		if err != nil {
			t.Fatal(err)
		}
		wait(t, u+" to be gone", func() bool {
			conn, err := net.Dial("tcp", parsed.Host)
			if err == nil {
				_ = conn.Close()
			}
			return err != nil
		})
	}
	wait(t, "PostgreSQL's processes to be gone", func() bool {
		return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH)
	})
	if err := os.RemoveAll(filepath.Dir(dir)); err != nil { // a later run would do it
		t.Error(err)
	}
}

// postmaster returns the process id of the server of a data folder.
func postmaster(t *testing.T, dir string) int {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	line, _, _ := strings.Cut(string(b), "\n")
	pid, err := strconv.Atoi(line)
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

func wait(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(60 * time.Second); !done(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// redis sends one command and returns the first line of the answer.
func redis(t *testing.T, r *testserver.Redis, command string) string {
	t.Helper()
	conn, err := net.Dial("tcp", r.Addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte(command + "\r\n")); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 256)
	n, err := conn.Read(buf)
	if err != nil {
		t.Fatal(err)
	}
	line, _, _ := strings.Cut(string(buf[:n]), "\r\n")
	return line
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func exec1(t *testing.T, url, sql string) {
	t.Helper()
	if _, err := connect(t, url).Exec(t.Context(), sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func query(t *testing.T, url, sql string) (answer string) {
	t.Helper()
	if err := connect(t, url).QueryRow(t.Context(), sql).Scan(&answer); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return answer
}
