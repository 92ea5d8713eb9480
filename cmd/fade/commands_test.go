package main

import (
	"context"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fadedistrict/fade/internal/testserver"
)

func TestVersion(t *testing.T) {
	if out := mustExecute(t, "", "version"); out != "fade "+version+"\n" {
		t.Errorf("version = %q", out)
	}
}

func TestOpenAPI(t *testing.T) {
	written, err := os.ReadFile("../../docs/openapi.json")
	if err != nil || mustExecute(t, "", "openapi") != string(written) {
		t.Errorf("fade openapi is not docs/openapi.json (%v)", err)
	}
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{{}, {"dance"}, {"serve", "--loud"}, {"serve", "--rate-limits", "maybe"}, {"createsuperadmin"}} {
		if status, _, err := execute(t, "", args...); status != 2 || err == "" {
			t.Errorf("fade %v = %d: %s", args, status, err)
		}
	}
	if status, out, _ := execute(t, "", "--help"); status != 0 || !strings.Contains(out, "createsuperadmin") {
		t.Errorf("fade --help = %d: %s", status, out)
	}
}

func TestCreateSuperAdmin(t *testing.T) {
	_, database := dataDir(t)
	create := func(password string, more ...string) (int, string) {
		status, out, err := execute(t, password, append([]string{
			"createsuperadmin", "--email", "Ada@Fade.test", "--first-name", "Ada", "--last-name", "Min", "--database", database,
		}, more...)...)
		return status, out + err
	}
	for _, test := range []struct {
		name, password string
		more           []string
		status         int
		says           string
	}{
		{"without a password", "", nil, 1, "--password-stdin"},
		{"a short password", "short\n", []string{"--password-stdin"}, 1, "at least 8 characters"},
		{"no email", "long enough\n", []string{"--password-stdin", "--email", "nobody"}, 1, "not an email address"},
		{"all well", "long enough\n", []string{"--password-stdin"}, 0, "ada@fade.test"},
		{"a second time", "long enough\n", []string{"--password-stdin"}, 1, "email"},
	} {
		status, said := create(test.password, test.more...)
		if status != test.status || !strings.Contains(said, test.says) || strings.Contains(said, "long enough") {
			t.Errorf("%s: %d: %s", test.name, status, said)
		}
	}
}

func TestMigrate(t *testing.T) {
	for _, database := range []string{"sqlite:" + filepath.Join(t.TempDir(), "fade.db"), testserver.Postgres(t)} {
		for range 2 {
			if out := mustExecute(t, "", "migrate", "--database", database); !strings.Contains(out, "version") {
				t.Errorf("migrate = %q", out)
			}
		}
	}
}

func TestSecret(t *testing.T) {
	data := t.TempDir()
	first, made, err := secret("", data)
	if err != nil || !made || len(first) < 32 {
		t.Fatalf("secret() = %d bytes, %v, %v", len(first), made, err)
	}
	if info, err := os.Stat(filepath.Join(data, secretFile)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key's file: %v, %v", info.Mode(), err)
	}
	second, made, err := secret("", data)
	if err != nil || made || string(second) != string(first) {
		t.Errorf("the key is not kept: %v, %v", made, err)
	}
	if _, _, err := secret("short", data); err == nil {
		t.Error("a short key is taken")
	}
}

func TestDoctor(t *testing.T) {
	t.Parallel() // it waits more than it works
	data, database := dataDir(t)
	redis := testserver.StartRedis(t)
	status, out, _ := execute(t, "", "doctor", "--data", data, "--database", database, "--listen", "127.0.0.1:1")
	if status != 1 || !strings.Contains(out, "FAIL  database") || !strings.Contains(out, "FAIL  server") || !strings.Contains(out, "fade serve") {
		t.Errorf("doctor before anything = %d:\n%s", status, out)
	}
	n := start(t, serveArgs(database, data, "--redis", redis.URL))
	args := []string{"doctor", "--data", data, "--database", database, "--redis", redis.URL, "--smtp", testserver.SMTP(t, nil).URL, "--listen", strings.TrimPrefix(n.url, "http://")}
	if out := mustExecute(t, "", args...); strings.Count(out, "ok  ") < 8 {
		t.Errorf("doctor with everything:\n%s", out)
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := free.Addr().String()
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
	status, out, _ = execute(t, "", append(args, "--redis", "redis://"+nobody, "--smtp", "smtp://"+nobody)...)
	if status != 1 || !strings.Contains(out, "FAIL  redis") || !strings.Contains(out, "FAIL  mail") {
		t.Errorf("doctor without Redis and a mail server = %d:\n%s", status, out)
	}
}

func TestHealthcheck(t *testing.T) {
	data, database := dataDir(t)
	n := start(t, serveArgs(database, data, "--allowed-hosts", "fade.example"))
	listen := strings.TrimPrefix(n.url, "http://")
	mustExecute(t, "", "healthcheck", "--listen", listen)
	n.stop(t)
	if status, _, _ := execute(t, "", "healthcheck", "--listen", listen); status != 1 {
		t.Errorf("healthcheck of a server that stopped = %d", status)
	}
}

func TestTail(t *testing.T) {
	t.Parallel() // it waits more than it works
	data, database := dataDir(t)
	createAdmin(t, database)
	n := start(t, serveArgs(database, data))
	out := &safeBuffer{}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan int, 1)
	go func() {
		done <- run(ctx, []string{"tail", "--url", n.url, "--email", adminEmail, "--password-stdin"}, streams{strings.NewReader(adminPassword + "\n"), out, io.Discard})
	}()
	eventually(t, "tail is connected", func() bool { return strings.Contains(out.String(), "Connected to dashboard updates") })
	n.admin(t).shop(t, "alpha")
	eventually(t, "tail shows the business", func() bool {
		return strings.Contains(out.String(), "business_created") && strings.Contains(out.String(), "Business alpha")
	})
	cancel()
	if status := <-done; status != 0 {
		t.Errorf("an interrupted tail = %d", status)
	}
	if status, _, err := execute(t, "wrong password\n", "tail", "--url", n.url, "--email", adminEmail, "--password-stdin"); status != 1 || !strings.Contains(err, "wrong") {
		t.Errorf("tail with a wrong password = %d: %s", status, err)
	}
}
