package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/fadedistrict/fade/internal/testserver"
)

func TestMain(m *testing.M) {
	// What the machine's environment configures is not for these tests, which may run beside each other.
	for _, entry := range os.Environ() {
		name, _, _ := strings.Cut(entry, "=")
		if strings.HasPrefix(name, "FADE_") && !strings.HasPrefix(name, "FADE_TEST_") || name == "DATABASE_URL" || name == "REDIS_URL" || name == "SMTP_URL" {
			if err := os.Unsetenv(name); err != nil {
				panic(err)
			}
		}
	}
	goleak.VerifyTestMain(testserver.Closing(m))
}

// patience bounds what should take a moment, on a machine that is busy with other tests.
const patience = 60 * time.Second

// The super admin of every test.
const (
	adminEmail    = "admin@fade.test"
	adminPassword = "correct horse battery"
)

// client speaks with servers; its connections end with the test.
func client(t testing.TB) *http.Client {
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: patience}
}

// execute runs a command to its end, as main would.
func execute(t *testing.T, input string, args ...string) (status int, out, err string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	status = run(t.Context(), args, streams{strings.NewReader(input), &stdout, &stderr})
	return status, stdout.String(), stderr.String()
}

// mustExecute runs a command that succeeds.
func mustExecute(t *testing.T, input string, args ...string) string {
	t.Helper()
	status, out, err := execute(t, input, args...)
	if status != 0 {
		t.Fatalf("fade %s = %d: %s%s", strings.Join(args, " "), status, out, err)
	}
	return out
}

// createAdmin adds the super admin.
func createAdmin(t *testing.T, database string) {
	t.Helper()
	mustExecute(t, adminPassword+"\n", "createsuperadmin", "--email", adminEmail, "--first-name", "Ada", "--last-name", "Min",
		"--password-stdin", "--database", database)
}

// node is a server in this process.
type node struct {
	url  string
	http *http.Client
	out  *safeBuffer

	cancel context.CancelFunc
	status chan int
	once   sync.Once
}

// safeBuffer keeps what is written to it, from any goroutine.
type safeBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// serveArgs are the arguments of a server on a free port, whose secret all nodes share.
func serveArgs(database, data string, more ...string) []string {
	return append([]string{
		"serve", "--listen", "127.0.0.1:0", "--database", database, "--data", data, "--rate-limits", "off",
		"--secret-key", strings.Repeat("k", 32), "--drain", "100ms",
	}, more...)
}

// start starts a server and waits until it listens. It is stopped at the end of the test.
func start(t *testing.T, args []string) *node {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	n := &node{http: client(t), out: &safeBuffer{}, cancel: cancel, status: make(chan int, 1)}
	reader, writer := io.Pipe()
	go func() {
		defer func() { _ = writer.Close() }()
		n.status <- run(ctx, args, streams{strings.NewReader(""), n.out, writer})
	}()
	url, log := listening(reader)
	t.Cleanup(func() { n.stop(t) })
	select {
	case n.url = <-url:
	case status := <-n.status:
		t.Fatalf("the server ended with %d: %s", status, log)
	case <-time.After(patience):
		t.Fatalf("the server does not listen: %s", log)
	}
	return n
}

// listening reads a server's log, and gives the address from the line that says so.
func listening(r io.Reader) (<-chan string, *safeBuffer) {
	url, log := make(chan string, 1), &safeBuffer{}
	go func() {
		lines := bufio.NewScanner(r)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			_, _ = fmt.Fprintln(log, lines.Text())
			if _, address, ok := strings.Cut(lines.Text(), " server at "); ok && strings.HasPrefix(lines.Text(), "Starting fade ") {
				url <- address
			}
		}
	}()
	return url, log
}

// stop ends the server as SIGTERM would, and waits for it.
func (n *node) stop(t *testing.T) {
	n.once.Do(func() {
		n.cancel()
		select {
		case status := <-n.status:
			if status != 0 {
				t.Errorf("the server ended with %d", status)
			}
		case <-time.After(patience):
			t.Error("the server does not end")
		}
	})
}

// api is a user of the API of a server.
type api struct {
	http  *http.Client
	url   string
	token string
}

// call sends a request with a JSON body and reads the answer into result. It gives the status.
func (a api) call(ctx context.Context, method, path string, body, result any) (int, http.Header, error) {
	var content io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return 0, nil, err
		}
		content = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(ctx, method, a.url+path, content)
	if err != nil {
		return 0, nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	if a.token != "" {
		request.Header.Set("Authorization", "Bearer "+a.token)
	}
	response, err := a.http.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	switch {
	case err != nil:
		return response.StatusCode, response.Header, err
	case response.StatusCode >= http.StatusBadRequest:
		return response.StatusCode, response.Header, fmt.Errorf("%s %s: %s: %s", method, path, response.Status, text)
	case result == nil:
		return response.StatusCode, response.Header, nil
	}
	return response.StatusCode, response.Header, json.Unmarshal(text, result)
}

// must sends a request that succeeds.
func (a api) must(t *testing.T, method, path string, body, result any) http.Header {
	t.Helper()
	_, header, err := a.call(t.Context(), method, path, body, result)
	if err != nil {
		t.Fatal(err)
	}
	return header
}

type object = map[string]any

// signedIn gives the API as a user sees it.
func signedIn(t *testing.T, h *http.Client, url, email, password string) api {
	t.Helper()
	var tokens struct{ Access string }
	api{http: h, url: url}.must(t, "POST", "/api/auth/login/", object{"email": email, "password": password}, &tokens)
	return api{http: h, url: url, token: tokens.Access}
}

func (n *node) admin(t *testing.T) api {
	t.Helper()
	return signedIn(t, n.http, n.url, adminEmail, adminPassword)
}

// shop adds a business that is open around the clock, with its owner <subdomain>@fade.test.
func (a api) shop(t *testing.T, subdomain string) (id string) {
	t.Helper()
	var made struct{ ID string }
	a.must(t, "POST", "/api/businesses/", object{
		"name": "Business " + subdomain, "subdomain": subdomain, "business_hours_start": "00:00", "business_hours_end": "23:59",
		"owner_email": subdomain + "@fade.test", "owner_password": adminPassword,
	}, &made)
	return made.ID
}

// reservation is what the public sends to book the n-th slot.
func reservation(subdomain string, n int) object {
	day := time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, 1+n/1400)
	at := day.Add(time.Duration(n%1400) * time.Minute)
	return object{
		"subdomain": subdomain, "customer_name": fmt.Sprintf("Customer %d", n), "customer_phone": "+38344111222",
		"start_time": at.Format(time.RFC3339), "end_time": at.Add(time.Minute).Format(time.RFC3339),
	}
}

// eventually waits until a condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for !holds() {
		if time.Now().After(deadline) {
			t.Fatalf("not in time: %s", what)
		}
		time.Sleep(10 * time.Millisecond) // another process, or another node, has to do it
	}
}

// dataDir gives a folder for a server's data and the URL of a SQLite database in it.
func dataDir(t *testing.T) (dir, database string) {
	t.Helper()
	dir = t.TempDir()
	return dir, "sqlite:" + dir + "/fade.db"
}
