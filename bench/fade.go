package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"time"

	"github.com/fadedistrict/fade/bench/load"
)

// The super admin and the business that every scenario works with.
const (
	adminEmail    = "bench@example.com"
	adminPassword = "bench-password-1"
	subdomain     = "bench"
)

// fade is a Fade process on a database of its own.
type fade struct {
	*process
	*api
	binary  string
	command string // serve, or bench: the same and a route that publishes
	env     []string
	dir     string
	booked  atomic.Int64
}

// anyPace lets clients in as fast as they come, where it is not their coming that is measured.
const anyPace = "FADE_HANDSHAKES=0"

// startFade starts Fade on a new database in a temporary folder and prepares it.
func startFade(ctx context.Context, binary, command string, env ...string) (*fade, error) {
	dir, err := os.MkdirTemp("", "fade-bench-")
	if err != nil {
		return nil, err
	}
	f := &fade{api: newAPI(), binary: binary, command: command, dir: dir, env: append([]string{"FADE_RATE_LIMITS=off"}, env...)}
	create := exec.CommandContext(ctx, binary, //nolint:gosec // G204: the binary to measure is named on the command line
		"createsuperadmin", "--email", adminEmail, "--first-name", "Bench", "--last-name", "Mark", "--password-stdin", "--database", f.database())
	create.Stdin = strings.NewReader(adminPassword + "\n")
	if out, err := create.CombinedOutput(); err != nil {
		return nil, errors.Join(fmt.Errorf("createsuperadmin: %w: %s", err, out), f.stop())
	}
	if err := f.launch("127.0.0.1:0"); err != nil {
		return nil, errors.Join(err, f.stop())
	}
	if err := f.prepare(ctx); err != nil {
		return nil, errors.Join(err, f.stop())
	}
	// A process that has checked no password, which takes far more memory than all that is measured.
	f.kill()
	if err := f.launch("127.0.0.1:0"); err != nil {
		return nil, errors.Join(err, f.stop())
	}
	return f, nil
}

func (f *fade) database() string { return "sqlite:" + f.dir + "/fade.db" }

// launch starts the process. After one that has ended, it takes over its database.
func (f *fade) launch(listen string) error {
	cmd := server(f.binary, f.command, "--listen", listen, "--database", f.database(), "--data", f.dir)
	cmd.Env = append(os.Environ(), f.env...)
	p, err := startProcess(cmd, func(line string) (string, bool) {
		_, rest, ok := strings.Cut(line, " server at ")
		if !ok || !strings.Contains(line, "Starting fade") {
			return "", false
		}
		return strings.Fields(rest)[0], true
	})
	if err == nil {
		f.process, f.base = p, p.url
	}
	return err
}

// prepare signs in and makes the business that takes the reservations, open all day.
func (f *fade) prepare(ctx context.Context) error {
	if err := f.login(ctx, adminEmail, adminPassword); err != nil {
		return err
	}
	return f.post(ctx, "/api/businesses/", map[string]string{
		"name": "Bench", "subdomain": subdomain, "timezone": "UTC",
		"business_hours_start": "00:00", "business_hours_end": "23:59",
		"owner_email": "owner@example.com", "owner_password": adminPassword, "owner_first_name": "O", "owner_last_name": "W",
	}, nil)
}

// bookedDays is over how many days reservations are spread, so that no day is fuller than a shop's.
const bookedDays = 300

// book makes a public reservation whose customer is named name. Each call takes a time of its own.
func (f *fade) book(ctx context.Context, name string) error {
	n := int(f.booked.Add(1))
	day := time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, 1+n%bookedDays)
	start := day.Add(time.Duration(n/bookedDays) * time.Minute)
	return f.post(ctx, "/api/reservations/", map[string]string{
		"subdomain": subdomain, "customer_name": name, "customer_phone": "+38344123456",
		"start_time": start.Format(time.RFC3339), "end_time": start.Add(time.Minute).Format(time.RFC3339),
	}, nil)
}

// dashboards says how to watch the whole platform.
func (f *fade) dashboards() load.Config {
	return load.Config{Address: f.address(), Path: "/ws/dashboard/", Protocol: load.Fade, Header: f.authorization}
}

// publish makes the server commit and send so many events, at once or so many a second, and returns when it has.
func (f *fade) publish(ctx context.Context, events int, hz float64) error {
	return f.post(ctx, fmt.Sprintf("/bench/publish?events=%d&hz=%.0f&bytes=%d", events, hz, eventBytes), nil, nil)
}

// publishAlone makes the server commit and send so many events one after the other, as fast as it can.
func (f *fade) publishAlone(ctx context.Context, events int) error {
	const noPause = 1_000_000 // a second
	return f.publish(ctx, events, noPause)
}

// collect makes the server collect its garbage: where it has no road for that, by giving it work that leaves
// garbage, until it has collected twice.
func (f *fade) collect(ctx context.Context) error {
	err := f.post(ctx, "/bench/gc", nil, nil)
	if status, ok := errors.AsType[*statusError](err); !ok || status.code != http.StatusNotFound && status.code != http.StatusMethodNotAllowed {
		return err
	}
	const collections, most = "go_gc_duration_seconds_count", 2000
	first, err := f.metrics(ctx)
	for range most {
		if err != nil {
			return err
		}
		var now map[string]float64
		if now, err = f.metrics(ctx); now[collections] >= first[collections]+2 {
			return err
		}
	}
	return err
}

// clients says how those who receive what is published connect.
func (f *fade) clients() load.Config { return f.dashboards() }

// stop ends the process and removes its data.
func (f *fade) stop() error {
	if f.process != nil {
		f.kill()
	}
	return os.RemoveAll(f.dir)
}
