package main

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// build makes the program as it is shipped, but for its pages.
func build(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "fade")
	command := exec.CommandContext(t.Context(), "go", "build", "-o", binary, ".")
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v: %s", err, out)
	}
	return binary
}

// process is a server in a process of its own.
type process struct {
	command *exec.Cmd
	url     string
	out     *safeBuffer
	log     *safeBuffer
	done    chan struct{}
}

// spawn starts a server. The kernel kills it with the test binary, if need be.
func spawn(t *testing.T, binary string, args ...string) *process {
	t.Helper()
	p := &process{command: exec.Command(binary, args...), out: &safeBuffer{}, done: make(chan struct{})}
	p.command.Stdout = p.out
	p.command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	stderr, err := p.command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	started := make(chan error)
	go func() {
		runtime.LockOSThread() // the death signal comes when the thread that forked ends: keep it
		err := p.command.Start()
		started <- err
		if err == nil {
			<-p.done
			runtime.UnlockOSThread()
		}
	}()
	if err := <-started; err != nil {
		t.Fatal(err)
	}
	url, log := listening(stderr)
	p.log = log
	t.Cleanup(func() { p.kill() })
	select {
	case p.url = <-url:
	case <-time.After(patience):
		t.Fatalf("the server does not listen: %s", log)
	}
	return p
}

// kill is what a machine that loses power does to a process.
func (p *process) kill() {
	if p.command.ProcessState == nil {
		_ = p.command.Process.Kill()
		_ = p.command.Wait()
		close(p.done)
	}
}

// What was acknowledged is there after a crash, and whoever comes back sees every event once and in order.
func TestCrash(t *testing.T) {
	t.Parallel() // beside those that wait
	binary := build(t)
	data, database := dataDir(t)
	createAdmin(t, database)
	args := serveArgs(database, data)
	p := spawn(t, binary, args...)
	h := client(t)
	admin := signedIn(t, h, p.url, adminEmail, adminPassword)
	admin.shop(t, "alpha")
	var url atomic.Pointer[string]
	url.Store(&p.url)
	at := func() string { return *url.Load() }

	followers := []*follower{follow(t, "one", admin.token, at), follow(t, "two", admin.token, at)}
	w := book(t.Context(), 16, 200, true, func() api { return api{http: h, url: at()} })
	for _, n := range []int{100, 250, 400} {
		w.reach(t, n)
		p.kill()
		p = spawn(t, binary, args...)
		next := p.url
		url.Store(&next)
	}
	acknowledged := w.wait(t)
	admin.url = p.url
	head := headOf(t, admin)
	for _, f := range followers {
		f.check(t, head, acknowledged)
		if f.dials < 4 {
			t.Errorf("%s connected %d times: nothing was torn", f.name, f.dials)
		}
	}
	t.Logf("%d acknowledged, head %d", len(acknowledged), head)
	stored := map[string]bool{}
	for path := "/api/reservations/?limit=500"; path != ""; {
		var rows []struct{ ID string }
		header := admin.must(t, "GET", path, nil, &rows)
		for _, row := range rows {
			stored[row.ID] = true
		}
		path, _, _ = strings.Cut(strings.TrimPrefix(header.Get("Link"), "<"), ">")
	}
	for _, id := range acknowledged {
		if !stored[id] {
			t.Errorf("the acknowledged reservation %s is lost", id)
		}
	}
	var stats struct {
		Total int `json:"total_reservations"`
	}
	admin.must(t, "GET", "/api/businesses/dashboard_stats/", nil, &stats)
	if stats.Total != len(stored) {
		t.Errorf("the totals say %d reservations, there are %d", stats.Total, len(stored))
	}
}

// A second start keeps the data and tells no password again; SIGTERM ends with 0, soon.
func TestServe_demoAndTerm(t *testing.T) {
	t.Parallel() // it waits more than it works
	binary := build(t)
	data, database := dataDir(t)
	args := append(serveArgs(database, data), "--demo")
	first := spawn(t, binary, args...)
	out := first.out.String()
	var email, password string
	for line := range strings.Lines(out) {
		if fields := strings.Fields(line); len(fields) == 4 && fields[0] == "super" {
			email, password = fields[2], fields[3]
		}
	}
	if email == "" || !strings.Contains(out, "business owner") {
		t.Fatalf("the first start tells no password: %s", out)
	}
	h := client(t)
	admin := signedIn(t, h, first.url, email, password)
	var analytics struct {
		ReservationTrends []struct{ Completed, Confirmed int }
		TotalReservations int
	}
	admin.must(t, "GET", "/api/businesses/analytics/", nil, &analytics)
	if analytics.TotalReservations < 300 || len(analytics.ReservationTrends) != 6 {
		t.Errorf("the demo has %+v", analytics)
	}
	for i, month := range analytics.ReservationTrends {
		if month.Completed == 0 {
			t.Errorf("nothing was completed in the demo's month %d", i)
		}
	}
	if strings.Contains(first.log.String(), password) {
		t.Error("the log holds the password")
	}

	begun := time.Now()
	if err := first.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	err := first.command.Wait()
	close(first.done)
	if err != nil {
		t.Errorf("SIGTERM: %v: %s", err, first.log)
	}
	if took := time.Since(begun); took > 30*time.Second {
		t.Errorf("SIGTERM took %v", took)
	}

	second := spawn(t, binary, args...)
	if out := second.out.String(); out != "" {
		t.Errorf("the second start says %q", out)
	}
	admin.url = second.url
	admin.must(t, "GET", "/api/auth/me/", nil, nil)
	if out := mustExecute(t, "", "seed", "--data", data, "--database", database); !strings.Contains(out, "not empty") {
		t.Errorf("seed beside data says %q", out)
	}
}

// Several children at once, each on its own data, keep out of each other's way.
func TestServe_freePort(t *testing.T) {
	var nodes []*node
	for range 2 {
		data, database := dataDir(t)
		nodes = append(nodes, start(t, serveArgs(database, data)))
	}
	if nodes[0].url == nodes[1].url {
		t.Error("two servers have one address")
	}
	var asking sync.WaitGroup
	for _, n := range nodes {
		asking.Go(func() {
			if status, _, err := (api{http: n.http, url: n.url}).call(context.Background(), "GET", "/readyz", nil, nil); err != nil || status != 200 {
				t.Errorf("%s is not ready: %v", n.url, err)
			}
		})
	}
	asking.Wait()
	if got := fmt.Sprint(nodes[0].out); got != "" {
		t.Errorf("a plain start prints %q", got)
	}
}
