package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/fadedistrict/fade/bench/load"
)

// peer is another server that does the same.
type peer struct {
	*process
	protocol load.Protocol
	path     string
}

// peerKinds are the servers that Fade is compared with, by name; most is the greatest number of connections
// that makes sense, 0 for any.
var peerKinds = []struct {
	name  string
	most  int
	start func(ctx context.Context, folder string) (*peer, error)
}{
	{"daphne", 1000, startDaphne},
	{"socket.io", 0, func(ctx context.Context, folder string) (*peer, error) {
		return startNode(ctx, folder, "socketio.mjs", load.SocketIO, "/socket.io/?EIO=4&transport=websocket")
	}},
	{"ws", 0, func(ctx context.Context, folder string) (*peer, error) {
		return startNode(ctx, folder, "ws.mjs", load.Plain, "/ws")
	}},
	{"centrifuge", 0, func(ctx context.Context, folder string) (*peer, error) {
		return startGo(ctx, folder, "centrifuge", load.Centrifuge)
	}},
	{"gws", 0, func(ctx context.Context, folder string) (*peer, error) {
		return startGo(ctx, folder, "gws", load.Plain)
	}},
}

// startGo builds and starts a peer of the module in peers/.
func startGo(ctx context.Context, folder, name string, protocol load.Protocol) (*peer, error) {
	binaries, err := os.MkdirTemp("", "fade-bench-peer-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(binaries) }() // what runs keeps its file
	binary := filepath.Join(binaries, name)
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", binary, "./"+name) //nolint:gosec // G204: a name of this file's
	build.Dir = folder
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build %s: %w: %s", name, err, out)
	}
	p, err := startProcess(server(binary, "-listen", "127.0.0.1:0"), listeningLine)
	if err != nil {
		return nil, err
	}
	return &peer{p, protocol, "/ws"}, nil
}

// startNode installs the packages, if that was not done, and starts a script.
func startNode(ctx context.Context, folder, script string, protocol load.Protocol, path string) (*peer, error) {
	folder = filepath.Join(folder, "node")
	if _, err := os.Stat(filepath.Join(folder, "node_modules")); err != nil {
		install := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
		install.Dir = folder
		if out, err := install.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("npm ci: %w: %s", err, out)
		}
	}
	cmd := server("node", "--expose-gc", script, "--listen", "127.0.0.1:0")
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "NODE_ENV=production")
	p, err := startProcess(cmd, listeningLine)
	if err != nil {
		return nil, err
	}
	return &peer{p, protocol, path}, nil
}

var twistedLine = regexp.MustCompile(`Listening on TCP address (127\.0\.0\.1:\d+)`)

// startDaphne starts Daphne with Django Channels, and a Redis for it, all of Debian.
func startDaphne(ctx context.Context, folder string) (*peer, error) {
	const python = "/usr/bin/python3" // Debian's, whatever else there is
	if out, err := exec.CommandContext(ctx, python, "-c", "import channels, channels_redis, daphne").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("install daphne, python3-django-channels and python3-channels-redis: %w: %s", err, bytes.TrimSpace(out))
	}
	port, err := freePort(ctx)
	if err != nil {
		return nil, err
	}
	redis, err := startProcess(server("redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"),
		func(line string) (string, bool) { return "", strings.Contains(line, "Ready to accept connections") })
	if err != nil {
		return nil, fmt.Errorf("install redis-server: %w", err)
	}
	cmd := server(python, "-m", "daphne", "-b", "127.0.0.1", "-p", "0", "--access-log", os.DevNull, "peer:application")
	cmd.Dir = filepath.Join(folder, "daphne")
	cmd.Env = append(os.Environ(), "REDIS_PORT="+port, "PYTHONDONTWRITEBYTECODE=1")
	p, err := startProcess(cmd, func(line string) (string, bool) {
		match := twistedLine.FindStringSubmatch(line)
		if match == nil {
			return "", false
		}
		return "http://" + match[1], true
	})
	if err != nil {
		redis.kill()
		return nil, err
	}
	p.needs = []*process{redis}
	return &peer{p, load.Plain, "/ws"}, nil
}

func freePort(ctx context.Context) (string, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp4", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	_, port, err := net.SplitHostPort(listener.Addr().String())
	return port, errors.Join(err, listener.Close())
}

func listeningLine(line string) (string, bool) { return strings.CutPrefix(line, "listening at ") }

// clients says how those who receive what is published connect.
func (p *peer) clients() load.Config {
	return load.Config{Address: p.address(), Path: p.path, Protocol: p.protocol}
}

// publish makes the server send so many events, at once or so many a second, and returns when it has.
func (p *peer) publish(ctx context.Context, events int, hz float64) error {
	const around = len(`{"n":1234,"t":1764000000000000000,"b":""}`)
	return p.post(ctx, fmt.Sprintf("/publish?m=%d&hz=%g", events, hz), fmt.Sprintf(`{"b":%q}`, strings.Repeat("x", eventBytes-around)))
}

// collect makes the server collect its garbage.
func (p *peer) collect(ctx context.Context) error { return p.post(ctx, "/gc", "") }

func (p *peer) post(ctx context.Context, path, body string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("POST %s: %s: %s", path, response.Status, answer)
	}
	return err
}

func (p *peer) stop() error {
	p.kill()
	return nil
}
