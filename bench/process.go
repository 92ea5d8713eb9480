package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// process is a server under measurement, and what it needs to run.
type process struct {
	cmd    *exec.Cmd
	url    string     // http://127.0.0.1:PORT
	needs  []*process // counted with it, and stopped after it
	exited chan struct{}

	mu   sync.Mutex
	last []string // lines of its output
}

// server gives a command whose process lives on: it is ended by [process.kill], not with a context.
func server(name string, args ...string) *exec.Cmd {
	return exec.Command(name, args...) //nolint:gosec,noctx // what is run, and for how long, is the caller's to say
}

// startProcess starts a command and waits until a line of its output, standard or error, tells its address.
// It ends with this process, however that ends.
func startProcess(cmd *exec.Cmd, address func(line string) (url string, ok bool)) (*process, error) {
	p := &process{cmd: cmd, exited: make(chan struct{})}
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	cmd.Stdout, cmd.Stderr = write, write
	err = cmd.Start()
	_ = write.Close()
	if err != nil {
		return nil, errors.Join(err, read.Close())
	}
	found := make(chan string, 1)
	go func() {
		defer close(p.exited)
		p.follow(read, func(line string) {
			if url, ok := address(line); ok {
				select {
				case found <- url:
				default:
				}
			}
		})
		_ = cmd.Wait()
	}()
	select {
	case p.url = <-found:
		return p, nil
	case <-p.exited:
	case <-time.After(20 * time.Second):
	}
	p.kill()
	return nil, fmt.Errorf("%s does not say that it listens: %s", cmd.Path, p.words())
}

// follow reads the output until it ends, and keeps the last lines.
func (p *process) follow(output io.ReadCloser, each func(line string)) {
	defer func() { _ = output.Close() }()
	lines := bufio.NewScanner(output)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		p.mu.Lock()
		p.last = append(p.last[max(0, len(p.last)-19):], lines.Text())
		p.mu.Unlock()
		each(lines.Text())
	}
	_, _ = io.Copy(io.Discard, output)
}

// words gives the last lines of the output.
func (p *process) words() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.last, "\n")
}

// address gives 127.0.0.1:PORT.
func (p *process) address() string { return strings.TrimPrefix(p.url, "http://") }

func (p *process) all() []*process { return append([]*process{p}, p.needs...) }

// cpu gives the processor time that the process and its needs have taken so far, of all their threads, in the
// program and in the kernel for it (clock_getcpuclockid(3): the clock of a process that is not one's own).
func (p *process) cpu() (time.Duration, error) {
	const schedClock = 2
	var total time.Duration
	for _, one := range p.all() {
		var spent unix.Timespec
		if err := unix.ClockGettime(int32(^one.cmd.Process.Pid<<3|schedClock), &spent); err != nil {
			return 0, fmt.Errorf("processor time of %s: %w", one.cmd.Path, err)
		}
		total += time.Duration(spent.Nano())
	}
	return total, nil
}

// ownCPU gives the processor time that this process has taken so far.
func ownCPU() time.Duration {
	var spent unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &spent); err != nil {
		return 0
	}
	return time.Duration(spent.Nano())
}

// residentKB gives the resident memory of the process and its needs in KiB (proc(5), VmRSS).
func (p *process) residentKB() (int64, error) {
	var total int64
	for _, one := range p.all() {
		kb, err := procField(fmt.Sprintf("/proc/%d/status", one.cmd.Process.Pid), "VmRSS:")
		if err != nil {
			return 0, err
		}
		total += kb
	}
	return total, nil
}

// procField gives the first number of the line of a file of /proc that begins so.
func procField(path, begin string) (int64, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, begin); ok {
			return strconv.ParseInt(strings.Fields(value)[0], 10, 64)
		}
	}
	return 0, fmt.Errorf("no %s in %s", begin, path)
}

// settledKB waits until the resident memory no longer shrinks, and gives it in KiB.
func (p *process) settledKB(ctx context.Context) (int64, error) {
	const step, calm = time.Second, 3
	least, err := p.residentKB()
	for quiet := 0; err == nil && quiet < calm; quiet++ {
		if err := pause(ctx, step); err != nil {
			return 0, err
		}
		var now int64
		if now, err = p.residentKB(); now < least-least/100 {
			least, quiet = now, 0
		}
	}
	return least, err
}

// signal sends a signal to the process alone.
func (p *process) signal(s os.Signal) error { return p.cmd.Process.Signal(s) }

// wait returns when the process has ended.
func (p *process) wait(ctx context.Context) error {
	select {
	case <-p.exited:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%s does not end: %w", p.cmd.Path, ctx.Err())
	}
}

// kill ends the process and its needs, and waits for that.
func (p *process) kill() {
	for _, one := range p.all() {
		_ = one.cmd.Process.Kill()
		<-one.exited
	}
}

// pause waits for so long, or until the context ends.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
