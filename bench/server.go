package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// The super admin and the business that every scenario works with.
const (
	adminEmail    = "bench@example.com"
	adminPassword = "bench-password-1"
	subdomain     = "bench"
)

// server is a Fade process on a database of its own.
type server struct {
	cmd    *exec.Cmd
	dir    string
	url    string // http://127.0.0.1:PORT
	token  string // of the super admin
	client *http.Client
	booked atomic.Int64
}

func startServer(ctx context.Context, binary string) (*server, error) {
	dir, err := os.MkdirTemp("", "fade-bench-")
	if err != nil {
		return nil, err
	}
	s := &server{dir: dir, client: &http.Client{
		Timeout:   time.Minute,
		Transport: &http.Transport{MaxIdleConnsPerHost: 256, MaxConnsPerHost: 256},
	}}
	database := "sqlite:" + dir + "/fade.db"
	create := exec.CommandContext(ctx, binary, "createsuperadmin", "--email", adminEmail, "--first-name", "Bench",
		"--last-name", "Mark", "--password-stdin", "--database", database)
	create.Stdin = strings.NewReader(adminPassword + "\n")
	if out, err := create.CombinedOutput(); err != nil {
		return nil, errors.Join(fmt.Errorf("createsuperadmin: %w: %s", err, out), os.RemoveAll(dir))
	}
	s.cmd = exec.Command(binary, "serve", "--listen", "127.0.0.1:0", "--database", database, "--data", dir)
	s.cmd.Env = append(os.Environ(), "FADE_RATE_LIMITS=off")
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := s.listen(); err != nil {
		return nil, errors.Join(err, s.stop())
	}
	if err := s.prepare(ctx); err != nil {
		return nil, errors.Join(err, s.stop())
	}
	return s, nil
}

// listen starts the process and reads its address from the line that says it listens.
func (s *server) listen() error {
	read, write := io.Pipe()
	s.cmd.Stdout, s.cmd.Stderr = write, write
	if err := s.cmd.Start(); err != nil {
		return err
	}
	address := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(read)
		for lines.Scan() {
			if _, url, ok := strings.Cut(lines.Text(), " server at "); ok && strings.Contains(lines.Text(), "Starting fade") {
				address <- strings.Fields(url)[0]
			}
		}
		_, _ = io.Copy(io.Discard, read)
	}()
	select {
	case s.url = <-address:
		return nil
	case <-time.After(20 * time.Second):
		return errors.New("the server does not say that it listens")
	}
}

// prepare signs in and makes the business that takes the reservations, open all day.
func (s *server) prepare(ctx context.Context) error {
	var tokens struct {
		Access string `json:"access"`
	}
	if err := s.post(ctx, "/api/auth/login/", map[string]string{"email": adminEmail, "password": adminPassword}, &tokens); err != nil {
		return err
	}
	s.token = tokens.Access
	return s.post(ctx, "/api/businesses/", map[string]string{
		"name": "Bench", "subdomain": subdomain, "timezone": "UTC",
		"business_hours_start": "00:00", "business_hours_end": "23:59",
		"owner_email": "owner@example.com", "owner_password": adminPassword, "owner_first_name": "O", "owner_last_name": "W",
	}, nil)
}

// book makes a public reservation whose customer is named name. Each call takes a slot of its own.
func (s *server) book(ctx context.Context, name string) error {
	n := s.booked.Add(1)
	day := time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, 1+int(n/1400))
	start := day.Add(time.Duration(n%1400) * time.Minute)
	return s.post(ctx, "/api/reservations/", map[string]string{
		"subdomain": subdomain, "customer_name": name, "customer_phone": "+38344123456",
		"start_time": start.Format(time.RFC3339), "end_time": start.Add(time.Minute).Format(time.RFC3339),
	}, nil)
}

// post sends JSON and reads the answer into result, if there is one to read into.
func (s *server) post(ctx context.Context, path string, body, result any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+path, bytes.NewReader(text))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	if s.token != "" && path != "/api/reservations/" {
		request.Header.Set("Authorization", "Bearer "+s.token)
	}
	response, err := s.client.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	switch {
	case err != nil:
		return err
	case response.StatusCode/100 != 2:
		return fmt.Errorf("POST %s: %s: %s", path, response.Status, answer)
	case result == nil:
		return nil
	}
	return json.Unmarshal(answer, result)
}

// residentKB gives the server's resident memory in KiB (proc(5), VmRSS).
func (s *server) residentKB() (int64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			return strconv.ParseInt(strings.Fields(value)[0], 10, 64)
		}
	}
	return 0, errors.New("no VmRSS in /proc")
}

// settledKB waits until the resident memory no longer shrinks, and gives it in KiB.
func (s *server) settledKB(ctx context.Context) (int64, error) {
	const step, calm = 2 * time.Second, 4
	least, err := s.residentKB()
	for quiet := 0; err == nil && quiet < calm; quiet++ {
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-time.After(step):
		}
		var now int64
		if now, err = s.residentKB(); now < least-least/100 {
			least, quiet = now, 0
		}
	}
	return least, err
}

// stop ends the process and removes its data.
func (s *server) stop() error {
	if s.cmd != nil && s.cmd.Process != nil {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
	}
	return os.RemoveAll(s.dir)
}
