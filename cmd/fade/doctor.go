package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gobwas/ws/wsutil"
	"golang.org/x/sys/unix"

	"github.com/fadedistrict/fade/notify"
	"github.com/fadedistrict/fade/notify/email"
	"github.com/fadedistrict/fade/realtime/channel/redis"
	"github.com/fadedistrict/fade/store"
)

type doctorCommand struct {
	databaseFlags
	Listen    string `env:"FADE_LISTEN" default:"127.0.0.1:8000" placeholder:"HOST:PORT" help:"Where the server listens."`
	Redis     string `env:"REDIS_URL" placeholder:"URL" help:"The channel layer, if there is one."`
	SMTP      string `name:"smtp" env:"SMTP_URL" placeholder:"URL" help:"The mail server, if there is one."`
	SecretKey string `env:"FADE_SECRET_KEY" placeholder:"KEY" help:"The key that signs access tokens."`

	Email         string `help:"A super admin, to open a socket with …"`
	PasswordStdin bool   `help:"… and the password on the first line of standard input."`
}

// finding is what a check found: what is so, or what is wrong and what to do about it.
type finding struct {
	name, detail string
	err          error
}

// checkTimeout bounds each check.
const checkTimeout = 10 * time.Second

// Run checks the installation, one line a check.
func (c *doctorCommand) Run(ctx context.Context, s streams) error {
	socket := c.checkRefusal
	if c.Email != "" {
		password, err := firstLine(s.in)
		if err != nil {
			return fmt.Errorf("read the password from standard input: %w", err)
		}
		socket = func(ctx context.Context) finding { return c.checkSocket(ctx, password) }
	}
	failed := 0
	for _, check := range []func(context.Context) finding{
		c.checkDatabase, c.checkRedis, c.checkMail, c.checkSecret, c.checkServer, socket, c.checkDisk, c.checkDescriptors,
	} {
		limited, cancel := context.WithTimeout(ctx, checkTimeout)
		f := check(limited)
		cancel()
		verdict, text := "ok  ", f.detail
		if f.err != nil {
			verdict, text = "FAIL", f.err.Error()
			failed++
		}
		if _, err := fmt.Fprintf(s.out, "%s  %-12s %s\n", verdict, f.name, text); err != nil {
			return err
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d checks failed", failed)
	}
	return nil
}

func (c *doctorCommand) checkDatabase(ctx context.Context) finding {
	f := finding{name: "database", detail: "answers, with this program's schema"}
	if c.Database == "" {
		if _, err := os.Stat(filepath.Join(c.Data, "fade.db")); err != nil {
			f.err = fmt.Errorf("there is no database in %s yet: fade serve makes one, or name another with --database", c.Data)
			return f
		}
	}
	f.err = c.checkSchema(ctx)
	return f
}

// checkRedis sends a message through Redis and waits for it to come back.
func (c *doctorCommand) checkRedis(ctx context.Context) finding {
	f := finding{name: "redis", detail: "not configured; one server needs none"}
	if c.Redis == "" {
		return f
	}
	layer, err := redis.New(c.Redis, slog.New(slog.DiscardHandler))
	if err != nil {
		f.err = err
		return f
	}
	trip := &roundTrip{layer: layer, arrived: make(chan struct{}, 1)}
	running, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() { defer close(done); _ = layer.Run(running, trip) }()
	defer func() { stop(); <-done }()
	start := time.Now()
	layer.Subscribe("doctor")
	select {
	case <-trip.arrived:
		f.detail = fmt.Sprintf("a message went there and back in %v", time.Since(start).Round(100*time.Microsecond))
	case <-ctx.Done():
		f.err = errors.New("no message came back: is it running, and is REDIS_URL right? Requests work without it; live updates between servers come late")
	}
	return f
}

// checkMail greets the mail server, and signs in if it is to.
func (c *doctorCommand) checkMail(ctx context.Context) finding {
	f := finding{name: "mail", detail: "not configured; mails are files in the data folder"}
	if c.SMTP == "" {
		return f
	}
	server, err := email.NewSMTP(c.SMTP, nil)
	if err == nil {
		f.detail = server.Host() + " answers"
		err = server.Check(ctx, notify.Address{Email: "no-reply@localhost"})
	}
	f.err = err
	return f
}

// roundTrip publishes once it is subscribed, and tells when the message has come back.
type roundTrip struct {
	layer   *redis.Layer
	arrived chan struct{}
}

// Message implements channel.Receiver.
func (t *roundTrip) Message(string, []byte) {
	select {
	case t.arrived <- struct{}{}:
	default:
	}
}

// Gap implements channel.Receiver.
func (t *roundTrip) Gap([]string) { t.layer.Publish("doctor", []byte("ping")) }

func (c *doctorCommand) checkSecret(context.Context) finding {
	f := finding{name: "secret key", detail: "from the environment"}
	if c.SecretKey != "" {
		_, _, f.err = secret(c.SecretKey, c.Data)
		return f
	}
	path := filepath.Join(c.Data, secretFile)
	info, err := os.Stat(path)
	switch {
	case err != nil:
		f.detail = "none yet; fade serve makes one"
	case info.Mode().Perm()&0o077 != 0:
		f.err = fmt.Errorf("others on this machine can read %s: chmod 600 %s", path, path)
	default:
		_, f.err = readSecret(path)
		f.detail = "kept in " + path
	}
	return f
}

// local gives the server's address as seen from this machine.
func local(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil || host == "" || host == "0.0.0.0" || host == "::" {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

// ready asks a server whether it is ready.
func ready(ctx context.Context, listen string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+local(listen)+"/readyz", nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("it answers %s", response.Status)
	}
	return nil
}

func (c *doctorCommand) checkServer(ctx context.Context) finding {
	f := finding{name: "server", detail: "ready at http://" + local(c.Listen)}
	if err := ready(ctx, c.Listen); err != nil {
		f.err = fmt.Errorf("no server is ready at %s: fade serve, or name its address with --listen: %w", local(c.Listen), err)
	}
	return f
}

// checkSocket signs in, opens a socket on the dashboard and waits for its first message.
func (c *doctorCommand) checkSocket(ctx context.Context, password string) finding {
	f := finding{name: "websocket", detail: "opened, and the server says hello"}
	server := "http://" + local(c.Listen)
	token, err := signIn(ctx, server, c.Email, password)
	if err != nil {
		f.err = err
		return f
	}
	conn, r, err := dialDashboard(ctx, server, token)
	if err != nil {
		f.err = fmt.Errorf("%w: does a proxy in between pass upgrades on, and is this a super admin?", err)
		return f
	}
	defer func() { _ = conn.Close() }()
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	text, err := wsutil.ReadServerText(readWriter{r, conn})
	if err != nil || !strings.Contains(string(text), "connection_established") {
		f.err = fmt.Errorf("the socket opened, but began with %q: %w", text, err)
	}
	return f
}

// checkRefusal makes a handshake without a token: that it is refused shows that somebody looks.
func (c *doctorCommand) checkRefusal(ctx context.Context) finding {
	f := finding{name: "websocket", detail: "a handshake without a token is refused; --email opens one for real"}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+local(c.Listen)+"/ws/dashboard/", nil)
	if err != nil {
		f.err = err
		return f
	}
	for name, value := range map[string]string{
		"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "ZmFkZS1kb2N0b3ItY2hlY2s9PQ==",
	} {
		request.Header.Set(name, value)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		f.err = fmt.Errorf("the handshake failed: %w", err)
		return f
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusUnauthorized {
		f.err = fmt.Errorf("a handshake without a token got %s instead of 401: does a proxy in between pass upgrades on?", response.Status)
	}
	return f
}

// The least that a server should have.
const (
	leastDisk        = 1 << 30
	leastDescriptors = 4096
)

func (c *doctorCommand) checkDisk(context.Context) finding {
	f := finding{name: "disk"}
	var stat unix.Statfs_t
	if err := unix.Statfs(c.Data, &stat); err != nil {
		f.detail = "there is no data folder yet"
		return f
	}
	free := stat.Bavail * uint64(stat.Bsize)
	f.detail = fmt.Sprintf("%d MiB free", free>>20)
	if free < leastDisk {
		f.err = fmt.Errorf("only %d MiB free where the data is: make room", free>>20)
	}
	return f
}

func (c *doctorCommand) checkDescriptors(context.Context) finding {
	f := finding{name: "descriptors"}
	var limit unix.Rlimit
	if f.err = unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); f.err != nil {
		return f
	}
	f.detail = fmt.Sprintf("%d per process; each open socket takes one", limit.Cur)
	if limit.Cur < leastDescriptors {
		f.err = fmt.Errorf("%d per process, so few sockets: ulimit -n 65536, or LimitNOFILE= in the service", limit.Cur)
	}
	return f
}

type healthcheckCommand struct {
	databaseFlags
	Listen string `env:"FADE_LISTEN" default:"127.0.0.1:8000" placeholder:"HOST:PORT" help:"Where the server listens."`
	Worker bool   `help:"Ask the database instead: a worker does not listen."`
}

// Run fails unless the server, or a worker's database, is ready.
func (c *healthcheckCommand) Run(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	if !c.Worker {
		return ready(ctx, c.Listen)
	}
	return c.checkSchema(ctx)
}

// checkSchema fails unless the database answers and is of this program's schema.
func (f databaseFlags) checkSchema(ctx context.Context) (err error) {
	dsn, err := f.dsn()
	if err != nil {
		return err
	}
	db, err := store.Open(ctx, dsn, store.Options{})
	if err != nil {
		return fmt.Errorf("%w; is it running, and is DATABASE_URL right?", err)
	}
	defer func() { err = errors.Join(err, closeStore(db)) }()
	current, target, err := db.Versions(ctx)
	if err == nil && current != target {
		err = fmt.Errorf("the schema is at version %d, this program needs %d: fade migrate", current, target)
	}
	return err
}
