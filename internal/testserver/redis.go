package testserver

import (
	"bufio"
	"fmt"
	"net"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Redis is a Redis server that belongs to one test. It keeps nothing on disk.
type Redis struct {
	URL string // redis://127.0.0.1:PORT, the same over restarts

	port    int
	process *process
}

// StartRedis starts a Redis that ends with the test.
func StartRedis(t testing.TB) *Redis {
	t.Helper()
	port := freePort(t)
	r := &Redis{URL: fmt.Sprintf("redis://127.0.0.1:%d", port), port: port}
	r.Start(t)
	t.Cleanup(func() { r.Stop(t) })
	return r
}

// Start starts the server again, empty, on the same port.
func (r *Redis) Start(t testing.TB) {
	t.Helper()
	binary := find(t, "redis-server", "redis-server", "/usr/bin/redis-server")
	cmd := exec.Command(binary, "--port", strconv.Itoa(r.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--daemonize", "no", "--dir", t.TempDir()) //nolint:gosec // a binary of the system, our own arguments
	p, err := start(cmd, syscall.SIGKILL)
	if err == nil {
		err = p.await(r.ping)
	}
	if err != nil {
		t.Fatalf("start Redis: %v", err)
	}
	r.process = p
}

// Stop kills the server as kill -9 does; stopping it again does nothing.
func (r *Redis) Stop(t testing.TB) {
	t.Helper()
	if r.process != nil {
		r.process.stop(syscall.SIGKILL)
		r.process = nil
	}
}

func (r *Redis) ping() error {
	conn, err := net.DialTimeout("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(r.port)), time.Second)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(time.Second))
	if _, err := fmt.Fprint(conn, "PING\r\n"); err != nil {
		return err
	}
	answer, err := bufio.NewReader(conn).ReadString('\n')
	if err == nil && !strings.HasPrefix(answer, "+PONG") {
		err = fmt.Errorf("it answers %q", answer)
	}
	return err
}
