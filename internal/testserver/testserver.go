// Package testserver starts real servers for tests: Redis and PostgreSQL from the machine's own packages,
// on free loopback ports, with their data in a temporary folder. A test never touches a server that is
// already there, and never runs without one: a missing binary fails the test with what to install.
//
// The servers die with the test process, however it ends: the kernel signals them when the thread that
// started them is gone (prctl(2), PR_SET_PDEATHSIG).
package testserver

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sort"
	"syscall"
	"testing"
	"time"
)

// startTimeout is how long a server may take until it answers, on a machine busy with other tests.
const startTimeout = 60 * time.Second

// find gives the path of a server's binary: from PATH, or the newest of the patterns.
func find(t testing.TB, binary, pkg string, patterns ...string) string {
	t.Helper()
	var found []string
	for _, pattern := range patterns {
		matches, _ := filepath.Glob(pattern)
		found = append(found, matches...)
	}
	sort.Strings(found)
	if len(found) > 0 {
		return found[len(found)-1]
	}
	if path, err := exec.LookPath(binary); err == nil {
		return path
	}
	t.Fatalf("%s is missing, and this test runs on the real server: install the Debian package %s, or run make test as root, which does", binary, pkg)
	return ""
}

// freePort gives a loopback port that nothing listens on now.
func freePort(t testing.TB) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("find a free port: %v", err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().(*net.TCPAddr).Port
}

// process is a server that this test process started.
type process struct {
	cmd  *exec.Cmd
	done chan struct{} // closed once the process has ended
}

// start runs a command that the kernel ends with sig when this process dies. PR_SET_PDEATHSIG follows the
// thread that forked, not the process, so the fork happens on a thread that stays locked and parked until
// the child has ended: Go would otherwise retire the thread, and the server with it, at any time.
func start(cmd *exec.Cmd, sig syscall.Signal) (*process, error) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Pdeathsig = sig
	p := &process{cmd: cmd, done: make(chan struct{})}
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait()
		}
		close(p.done)
	}()
	return p, <-started
}

// stop signals the process and waits until it has ended, killing it if it does not.
func (p *process) stop(sig syscall.Signal) {
	_ = p.cmd.Process.Signal(sig)
	select {
	case <-p.done:
	case <-time.After(startTimeout):
		_ = p.cmd.Process.Kill()
		<-p.done
	}
}

// await tries until ready gives nil, the process ends or the time is over.
func (p *process) await(ready func() error) error {
	deadline := time.Now().Add(startTimeout)
	for {
		err := ready()
		if err == nil {
			return nil
		}
		select {
		case <-p.done:
			return fmt.Errorf("%s ended while starting: %w", filepath.Base(p.cmd.Path), err)
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%s does not answer after %v: %w", filepath.Base(p.cmd.Path), startTimeout, err)
		}
	}
}

// tempDir makes a folder of its own below the system's temporary folder, which every user can enter.
func tempDir() (string, error) {
	dir, err := os.MkdirTemp("", "fade-test-")
	if err != nil {
		return "", err
	}
	return dir, os.Chmod(dir, 0o755) //nolint:gosec // PostgreSQL's user must pass through
}
