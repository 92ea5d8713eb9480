package testserver

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// Redis is one Redis server that belongs to one test. It keeps nothing on disk: after Stop and Start it is
// empty, which is the worst that can happen to a channel layer.
//
// Its methods may be called from several goroutines, but those that take a testing.TB fail the test with
// FailNow and so belong on the test's own goroutine.
type Redis struct {
	// URL is redis://127.0.0.1:PORT. It stays the same over Stop and Start.
	URL string
	// Addr is the same address as 127.0.0.1:PORT.
	Addr string

	binary string
	dir    *dir
	port   int

	mu      sync.Mutex
	process *process // nil while stopped
}

// StartRedis starts a Redis server, waits until it answers and stops it at the end of t.
func StartRedis(t testing.TB) *Redis {
	t.Helper()
	binary, err := redisBinary()
	if err != nil {
		t.Fatal(err)
	}
	dir, err := makeDir(nil)
	if err != nil {
		t.Fatalf("testserver: a folder for Redis: %v", err)
	}
	r := &Redis{binary: binary, dir: dir}
	t.Cleanup(func() {
		if err := r.kill(); err != nil {
			t.Errorf("testserver: stop Redis: %v", err)
		}
		if err := dir.remove(); err != nil {
			t.Errorf("testserver: remove the folder of Redis: %v", err)
		}
	})
	for range startAttempts {
		if r.port, err = freePort(); err != nil {
			break
		}
		if err = r.start(); err == nil {
			r.Addr = net.JoinHostPort("127.0.0.1", strconv.Itoa(r.port))
			r.URL = "redis://" + r.Addr
			return r
		}
	}
	t.Fatalf("testserver: start Redis: %v\n%s", err, logTail(r.logPath()))
	return nil
}

// Stop kills the server the hard way (SIGKILL), as a machine that loses power would. Clients see their
// connections reset and new ones refused until Start.
func (r *Redis) Stop(t testing.TB) {
	t.Helper()
	if err := r.kill(); err != nil {
		t.Fatalf("testserver: stop Redis: %v", err)
	}
}

// Start starts the server again after Stop: on the same port, empty.
func (r *Redis) Start(t testing.TB) {
	t.Helper()
	if err := r.start(); err != nil {
		t.Fatalf("testserver: start Redis again: %v\n%s", err, logTail(r.logPath()))
	}
}

// Pause freezes the server: connections stay open and are accepted, nothing is answered. This is the failure
// that only a deadline notices.
func (r *Redis) Pause(t testing.TB) {
	t.Helper()
	r.signal(t, sigPause)
}

// Resume ends a Pause. What clients sent in the meantime is answered now.
func (r *Redis) Resume(t testing.TB) {
	t.Helper()
	r.signal(t, sigResume)
}

func (r *Redis) signal(t testing.TB, sig signal) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.process == nil {
		t.Fatalf("testserver: Redis is stopped, there is nothing to send %v to", sig)
	}
	if err := r.process.os.Signal(sig); err != nil {
		t.Fatalf("testserver: send %v to Redis: %v", sig, err)
	}
}

func (r *Redis) start() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.process != nil {
		return errors.New("it is running")
	}
	log, err := os.OpenFile(r.logPath(), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer log.Close() // the child has its own descriptor

	cmd := exec.Command(r.binary,
		"--bind", "127.0.0.1", "--port", strconv.Itoa(r.port),
		"--save", "", "--appendonly", "no", "--dir", r.dir.path,
		"--daemonize", "no", "--loglevel", "notice")
	cmd.Dir, cmd.Stdout, cmd.Stderr = r.dir.path, log, log
	p, err := startProcess(cmd, sigKill, nil)
	if err != nil {
		return err
	}
	if err := p.await(func() error { return redisAnswers(r.port, p.os.Pid) }); err != nil {
		return errors.Join(err, p.stop(sigKill))
	}
	r.process = p
	return nil
}

func (r *Redis) kill() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.process == nil {
		return nil
	}
	err := r.process.stop(sigKill)
	r.process = nil
	return err
}

func (r *Redis) logPath() string { return filepath.Join(r.dir.path, "redis.log") }

// redisAnswers sends PING and asks for the process behind the port: a port that somebody else took between
// choosing it and starting Redis would answer PING as well.
func redisAnswers(port, pid int) error {
	conn, err := net.DialTimeout("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), time.Second)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(time.Second)); err != nil {
		return err
	}
	if _, err := io.WriteString(conn, "PING\r\nINFO server\r\n"); err != nil {
		return err
	}
	lines := bufio.NewScanner(conn)
	for lines.Scan() {
		// The first line answers PING; an error starts with a minus.
		if strings.HasPrefix(lines.Text(), "-") {
			return fmt.Errorf("it answered %q", lines.Text())
		}
		if id, ok := strings.CutPrefix(lines.Text(), "process_id:"); ok {
			if id != strconv.Itoa(pid) {
				return fmt.Errorf("port %d belongs to process %s, not to %d", port, id, pid)
			}
			return nil
		}
	}
	return errors.Join(errors.New("INFO told no process_id"), lines.Err())
}

func redisBinary() (string, error) {
	for _, name := range []string{"redis-server", "/usr/bin/redis-server", "valkey-server"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("redis-server is missing: apt-get install redis-server, or run make test as root")
}
