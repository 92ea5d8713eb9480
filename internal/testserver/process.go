package testserver

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"time"
)

const (
	// startTimeout bounds the wait for a server's first answer. It is far above what a start takes,
	// because the race detector and a second test binary may be using both cores.
	startTimeout = 60 * time.Second
	// stopTimeout is how long a server may take to stop by itself before it is killed.
	stopTimeout = 20 * time.Second
	// startAttempts is how many ports are tried when somebody takes the one that was free a moment ago.
	startAttempts = 5
)

// process is a running server. exited is closed after the process has been reaped; err is valid from then.
type process struct {
	os     *os.Process
	exited chan struct{}
	err    error
}

// startProcess starts cmd and arranges for death to be sent to it when this test binary dies, even by
// SIGKILL.
//
// Linux sends a parent-death signal when the thread that forked the child ends, not when its process does,
// and the Go runtime ends threads as it likes. The fork therefore happens on a goroutine that is locked to
// its thread and waits there until the child is gone: the thread ends after the child, or with the binary.
func startProcess(cmd *exec.Cmd, death signal, as *account) (*process, error) {
	cmd.SysProcAttr = sysProcAttr(death, as)
	p := &process{exited: make(chan struct{})}
	started := make(chan error)
	go func() {
		runtime.LockOSThread() // and no Unlock: this thread must not run anything else
		err := cmd.Start()
		p.os = cmd.Process
		started <- err
		if err != nil {
			return
		}
		p.err = cmd.Wait()
		close(p.exited)
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	return p, nil
}

// stop sends sig and returns when the process is gone; a process that ignores sig is killed.
func (p *process) stop(sig os.Signal) error {
	if err := p.os.Signal(sig); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-p.exited:
		return nil
	case <-time.After(stopTimeout):
	}
	_ = p.os.Kill()
	<-p.exited
	return fmt.Errorf("process %d ignored %v for %v and was killed", p.os.Pid, sig, stopTimeout)
}

// await calls ready until it returns nil. It gives up when the process exits or after startTimeout.
func (p *process) await(ready func() error) error {
	deadline := time.Now().Add(startTimeout)
	for {
		err := ready()
		if err == nil {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("no answer within %v: %w", startTimeout, err)
		}
		select {
		case <-p.exited:
			return errors.Join(errors.New("it exited"), p.err, err)
		case <-time.After(10 * time.Millisecond): // a real process in real time: there is nothing to wait on
		}
	}
}

// freePort returns a loopback port nobody listens on. It stays below the range from which systems take the
// local ports of outgoing connections, so that a server which was stopped gets its port back.
func freePort() (int, error) {
	const first, last = 15_000, 31_999
	for range 100 {
		port := first + rand.IntN(last-first+1)
		l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err != nil {
			continue
		}
		return port, l.Close()
	}
	return 0, fmt.Errorf("no free port between %d and %d on 127.0.0.1", first, last)
}

// logTail returns the end of a server's log, for a failure message.
func logTail(path string) string {
	b, err := os.ReadFile(path)
	if err != nil {
		return "(no log: " + err.Error() + ")"
	}
	const enough = 2000
	if len(b) > enough {
		b = b[len(b)-enough:]
	}
	return string(b)
}
