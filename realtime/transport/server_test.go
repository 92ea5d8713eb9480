package transport_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
	gobwas "github.com/gobwas/ws"
	"go.uber.org/goleak"

	"github.com/fadedistrict/fade/realtime/channel/memory"
	"github.com/fadedistrict/fade/realtime/eventlog"
	"github.com/fadedistrict/fade/realtime/eventlog/eventlogtest"
	"github.com/fadedistrict/fade/realtime/hub"
	"github.com/fadedistrict/fade/realtime/transport"
	"github.com/fadedistrict/fade/realtime/ws"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// session is an application's session as a test wants it.
type session struct {
	user    string
	expires time.Time
	mu      *sync.Mutex
	ended   *ws.CloseError  // what Renew says
	allowed map[string]bool // channels; nil for all
}

func newSession(user string) *session {
	return &session{user: user, expires: time.Now().Add(time.Hour), mu: &sync.Mutex{}}
}

func (s *session) ID() string         { return "session of " + s.user }
func (s *session) User() string       { return s.user }
func (s *session) Expires() time.Time { return s.expires }

func (s *session) MaySubscribe(channel string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.allowed != nil && !s.allowed[channel] {
		return &transport.Refusal{Code: "forbidden", Message: "no"}
	}
	return nil
}

func (s *session) Authenticate(_ context.Context, token string) (transport.Session, error) {
	if token != "fresh" {
		return nil, &transport.Refusal{Code: "invalid_token", Message: "no"}
	}
	renewed := *s
	renewed.expires = time.Now().Add(2 * time.Hour)
	return &renewed, nil
}

func (s *session) Renew(context.Context) (transport.Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended != nil {
		return nil, s.ended
	}
	return s, nil
}

func (s *session) Handle(_ context.Context, messageType string, _ json.RawMessage) error {
	switch messageType {
	case "ack":
		return nil
	case "panic":
		panic("a fault of ours")
	case "broken":
		return errors.New("the database is away")
	}
	return transport.ErrUnknownType
}

// fixture is a server with everything behind it.
type fixture struct {
	t      *testing.T
	log    *eventlogtest.Log
	hub    *hub.Hub
	server *transport.Server
	http   *httptest.Server
	next   atomic.Pointer[session] // of the next connection
	stop   context.CancelFunc
}

// onBoth runs a test on both kinds of sockets.
func onBoth(t *testing.T, test func(t *testing.T, portable bool)) {
	t.Run("epoll", func(t *testing.T) { test(t, false) })
	t.Run("goroutines", func(t *testing.T) { test(t, true) })
}

func start(t *testing.T, portable bool, o transport.Options) *fixture {
	t.Helper()
	f := &fixture{t: t, log: eventlogtest.New()}
	f.hub = hub.New(hub.Options{Log: f.log, Layer: memory.New(), RingEvents: 16})
	o.Hub, o.Portable = f.hub, portable
	var err error
	if f.server, err = transport.NewServer(o); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	f.stop = cancel
	var running sync.WaitGroup
	running.Go(func() { _ = f.hub.Run(ctx) })
	running.Go(func() { f.server.Run(ctx) })
	f.http = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		opening := transport.Opening{Channel: r.URL.Query().Get("channel"), Message: "Connected to a test"}
		if since := r.URL.Query().Get("since"); since != "" {
			at, err := eventlog.ParsePosition("epoch:" + since)
			if err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			opening.Since = &at
		}
		s := f.next.Load()
		if s == nil {
			s = newSession("user")
		}
		if r.URL.Path == "/stream" {
			_ = f.server.Stream(w, r, s, f.openings(w, r))
			return
		}
		_ = f.server.Serve(w, r, s, opening)
	}))
	t.Cleanup(func() {
		cancel()
		f.http.Close()
		running.Wait()
	})
	return f
}

func (f *fixture) publish(name string) { f.hub.Publish(f.log.Append(name)) }

// client is an independent implementation of the protocol at the other end.
type client struct {
	t    *testing.T
	conn *websocket.Conn
}

const patience = 20 * time.Second

func (f *fixture) dial(query string) *client {
	f.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, response, err := websocket.Dial(ctx, f.http.URL+"/?"+query, &websocket.DialOptions{Subprotocols: []string{"fade.v1", "bearer.secret"}})
	if err != nil {
		f.t.Fatalf("dial: %v", err)
	}
	if got := response.Header.Get("Sec-WebSocket-Protocol"); got != "fade.v1" {
		f.t.Errorf("the subprotocol is %q; the token must never come back", got)
	}
	conn.SetReadLimit(1 << 20)
	f.t.Cleanup(func() { _ = conn.CloseNow() })
	return &client{f.t, conn}
}

type message struct {
	Type      string          `json:"type"`
	Message   string          `json:"message"`
	Channel   string          `json:"channel"`
	Epoch     string          `json:"epoch"`
	Seq       int64           `json:"seq"`
	Head      int64           `json:"head"`
	Code      code            `json:"code"`
	Reason    string          `json:"reason"`
	AfterMS   int64           `json:"after_ms"`
	ExpiresAt time.Time       `json:"expires_at"`
	Payload   json.RawMessage `json:"payload"`
}

// code is that of an error message, a word, or that of a stream's end, a number.
type code string

// UnmarshalJSON implements [json.Unmarshaler].
func (c *code) UnmarshalJSON(text []byte) error {
	*c = code(strings.Trim(string(text), `"`))
	return nil
}

func (c *client) read() (m message, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_, text, err := c.conn.Read(ctx)
	if err == nil {
		err = json.Unmarshal(text, &m)
	}
	return m, err
}

func (c *client) expect(messageType string) message {
	c.t.Helper()
	m, err := c.read()
	if err != nil || m.Type != messageType {
		c.t.Fatalf("read %+v, %v; want a message of type %s", m, err, messageType)
	}
	return m
}

func (c *client) send(text string) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := c.conn.Write(ctx, websocket.MessageText, []byte(text)); err != nil {
		c.t.Fatalf("send: %v", err)
	}
}

// closed reads until the server has closed, and gives the code.
func (c *client) closed() websocket.StatusCode {
	c.t.Helper()
	for {
		if _, err := c.read(); err != nil {
			return websocket.CloseStatus(err)
		}
	}
}

func TestServer_liveAndResume(t *testing.T) { onBoth(t, serverLiveAndResume) }

func serverLiveAndResume(t *testing.T, portable bool) {
	f := start(t, portable, transport.Options{})
	for range 40 {
		f.publish("a")
	}
	live := f.dial("channel=a")
	hello := live.expect("connection_established")
	if hello.Seq != 40 || hello.Head != 40 || hello.Channel != "a" || hello.Epoch != "epoch" || hello.Message != "Connected to a test" || hello.ExpiresAt.IsZero() {
		t.Errorf("connection_established is %+v", hello)
	}
	f.publish("a")
	if m := live.expect("test"); m.Seq != 41 || m.Channel != "a" || string(m.Payload) != `{"n":41}` {
		t.Errorf("the event is %+v", m)
	}
	for _, since := range []int64{0, 20, 40, 41} { // from the log and from the ring
		c := f.dial(fmt.Sprintf("channel=a&since=%d", since))
		if hello := c.expect("connection_established"); hello.Seq != since || hello.Head != 41 {
			t.Errorf("resumed since %d from %d of %d", since, hello.Seq, hello.Head)
		}
		for seq := since + 1; seq <= 41; seq++ {
			if m := c.expect("test"); m.Seq != seq {
				t.Fatalf("since %d: read %d, want %d", since, m.Seq, seq)
			}
		}
	}
	ahead := f.dial("channel=a&since=99")
	ahead.expect("connection_established")
	if m := ahead.expect("reset"); m.Seq != 41 || m.Reason != "ahead" || m.Epoch != "epoch" {
		t.Errorf("the reset is %+v", m)
	}
}

func TestServer_messages(t *testing.T) { onBoth(t, serverMessages) }

func serverMessages(t *testing.T, portable bool) {
	f := start(t, portable, transport.Options{})
	s := newSession("user")
	s.allowed = map[string]bool{"a": true, "b": true}
	f.next.Store(s)
	c := f.dial("")
	if hello := c.expect("connection_established"); hello.Channel != "" || hello.Epoch != "epoch" {
		t.Errorf("without a channel it begins with %+v", hello)
	}
	for _, step := range []struct {
		send, wantType string
		wantCode       code
	}{
		{`{"type":"ping"}`, "pong", ""},
		{`{"type":"subscribe","channel":"a"}`, "subscribed", ""},
		{`{"type":"subscribe","channel":"a"}`, "error", "already_subscribed"},
		{`{"type":"subscribe","channel":"c"}`, "error", "forbidden"},
		{`{"type":"subscribe"}`, "error", "bad_request"},
		{`{"type":"subscribe","channel":"b","since":-1}`, "error", "bad_request"},
		{`{"type":"unsubscribe","channel":"b"}`, "error", "not_subscribed"},
	} {
		c.send(step.send)
		if m := c.expect(step.wantType); m.Code != step.wantCode {
			t.Errorf("%s is answered with %+v", step.send, m)
		}
	}
	f.publish("a")
	c.expect("test")
	c.send(`{"type":"unsubscribe","channel":"a"}`)
	c.expect("unsubscribed")
	f.publish("a")
	c.send(`{"type":"ack","channel":"a","seq":1}`) // has no answer
	c.send(`{"type":"dance"}`)
	if m := c.expect("error"); m.Code != "unknown_type" {
		t.Errorf("an unknown type is answered with %+v; nothing of an unsubscribed channel may come before", m)
	}
	c.send(`{"type":"broken"}`)
	if m := c.expect("error"); m.Code != "unavailable" || strings.Contains(m.Message, "database") {
		t.Errorf("an internal error is answered with %+v", m)
	}
	c.send(`{"type":"auth","token":"stale"}`)
	if m := c.expect("error"); m.Code != "invalid_token" {
		t.Errorf("a bad token is answered with %+v", m)
	}
	c.send(`{"type":"auth","token":"fresh"}`)
	if m := c.expect("authenticated"); time.Until(m.ExpiresAt) < 90*time.Minute {
		t.Errorf("a fresh token is answered with %+v", m)
	}
	c.send(`{"type":"subscribe","channel":"b","since":0,"epoch":"other"}`)
	c.expect("subscribed")
	if m := c.expect("reset"); m.Reason != "epoch" || m.Channel != "b" {
		t.Errorf("a position of another database is answered with %+v", m)
	}
	for _, malformed := range []string{`{`, `[]`, `"ping"`, `{"type":1}`, `{}`, ``, `{"type":"ping"}{"type":"ping"}`} {
		c := f.dial("")
		c.expect("connection_established")
		c.send(malformed)
		if code := c.closed(); code != 4400 {
			t.Errorf("%q closes with %d, want 4400", malformed, code)
		}
	}
}

func TestServer_closes(t *testing.T) { onBoth(t, serverCloses) }

func serverCloses(t *testing.T, portable bool) {
	f := start(t, portable, transport.Options{})
	t.Run("binary", func(t *testing.T) {
		c := f.dial("")
		c.t = t
		if err := c.conn.Write(context.Background(), websocket.MessageBinary, []byte("x")); err != nil {
			t.Fatal(err)
		}
		if code := c.closed(); code != websocket.StatusUnsupportedData {
			t.Errorf("closes with %d", code)
		}
	})
	t.Run("too long", func(t *testing.T) {
		c := f.dial("")
		c.t = t
		_ = c.conn.Write(context.Background(), websocket.MessageText, make([]byte, ws.MaxMessage+1))
		if code := c.closed(); code != websocket.StatusMessageTooBig {
			t.Errorf("closes with %d", code)
		}
	})
	t.Run("too many messages", func(t *testing.T) {
		c := f.dial("")
		c.t = t
		go func() {
			for range 1000 {
				if c.conn.Write(context.Background(), websocket.MessageText, []byte(`{"type":"ack"}`)) != nil {
					return
				}
			}
		}()
		if code := c.closed(); code != 4452 {
			t.Errorf("closes with %d", code)
		}
	})
	t.Run("the client's own", func(t *testing.T) {
		c := f.dial("channel=a")
		if err := c.conn.Close(4321, "bye"); err != nil {
			t.Errorf("the server does not answer a close: %v", err)
		}
	})
	t.Run("expiry", func(t *testing.T) {
		s := newSession("user")
		s.expires = time.Now().Add(300 * time.Millisecond)
		f.next.Store(s)
		defer f.next.Store(nil)
		c := f.dial("channel=a")
		c.t = t
		if code := c.closed(); code != 4401 {
			t.Errorf("closes with %d", code)
		}
	})
}

func TestServer_Recheck(t *testing.T) { onBoth(t, serverRecheck) }

func serverRecheck(t *testing.T, portable bool) {
	f := start(t, portable, transport.Options{})
	stays, revoked, narrowed := newSession("other"), newSession("user"), newSession("user")
	conns := map[*session]*client{}
	for _, s := range []*session{stays, revoked, narrowed} {
		f.next.Store(s)
		conns[s] = f.dial("channel=a")
		conns[s].expect("connection_established")
	}
	revoked.mu.Lock()
	revoked.ended = &ws.CloseError{Code: ws.CloseRevoked, Reason: "signed out"}
	revoked.mu.Unlock()
	narrowed.mu.Lock()
	narrowed.allowed = map[string]bool{}
	narrowed.mu.Unlock()
	f.server.Recheck("user")
	if code := conns[revoked].closed(); code != 4409 {
		t.Errorf("an ended session closes with %d", code)
	}
	if code := conns[narrowed].closed(); code != 4403 {
		t.Errorf("a lost right closes with %d", code)
	}
	f.publish("a")
	conns[stays].expect("test")
}

// TestServer_survives: a fault while one client is answered ends that client's connection and no other.
func TestServer_survives(t *testing.T) { onBoth(t, serverSurvives) }

func serverSurvives(t *testing.T, portable bool) {
	f := start(t, portable, transport.Options{})
	unlucky, other := f.dial(""), f.dial("channel=a")
	unlucky.expect("connection_established")
	other.expect("connection_established")
	unlucky.send(`{"type":"panic"}`)
	unlucky.closed()
	f.publish("a")
	other.expect("test")
}

func TestServer_RecheckAll(t *testing.T) { onBoth(t, serverRecheckAll) }

func serverRecheckAll(t *testing.T, portable bool) {
	f := start(t, portable, transport.Options{})
	for _, user := range []string{"a", "b"} {
		s := newSession(user)
		f.next.Store(s)
		c := f.dial("")
		c.expect("connection_established")
		s.mu.Lock()
		s.ended = &ws.CloseError{Code: ws.CloseRevoked, Reason: "signed out"}
		s.mu.Unlock()
		f.server.RecheckAll()
		if code := c.closed(); code != 4409 {
			t.Errorf("the socket of %s closes with %d", user, code)
		}
	}
}

// TestServer_lastFrame: what is published while a connection closes must not cut its close frame off, nor
// follow it.
func TestServer_lastFrame(t *testing.T) { onBoth(t, serverLastFrame) }

func serverLastFrame(t *testing.T, portable bool) {
	f := start(t, portable, transport.Options{})
	s := newSession("user")
	s.expires = time.Now().Add(200 * time.Millisecond)
	f.next.Store(s)
	conn, buffered, _, err := gobwas.Dial(context.Background(), "ws"+strings.TrimPrefix(f.http.URL, "http")+"/?channel=a")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	r := io.Reader(conn)
	if buffered != nil {
		r = io.MultiReader(buffered, conn)
	}
	closing := make(chan struct{})
	var publishing sync.WaitGroup
	publishing.Go(func() {
		for {
			select {
			case <-closing:
				return
			default:
				f.publish("a")
			}
		}
	})
	_ = conn.SetReadDeadline(time.Now().Add(patience))
	var last gobwas.OpCode
	for {
		header, err := gobwas.ReadHeader(r)
		if err != nil {
			break
		}
		if last == gobwas.OpClose {
			t.Fatalf("after the close frame came another: %v", header.OpCode)
		}
		last = header.OpCode
		if _, err := io.CopyN(io.Discard, r, header.Length); err != nil {
			t.Fatalf("a frame was cut off: %v", err)
		}
	}
	close(closing)
	publishing.Wait()
	if last != gobwas.OpClose {
		t.Errorf("the last frame has opcode %v, want a close", last)
	}
}

// TestServer_slowClient: a client that reads nothing ends, and costs the others neither events nor order.
func TestServer_slowClient(t *testing.T) { onBoth(t, serverSlowClient) }

func serverSlowClient(t *testing.T, portable bool) {
	f := start(t, portable, transport.Options{LagTimeout: time.Second})
	address := strings.TrimPrefix(f.http.URL, "http://")
	slow, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = slow.Close() }()
	_ = slow.(*net.TCPConn).SetReadBuffer(4096)
	_, _ = fmt.Fprintf(slow, "GET /?channel=a HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n", address)
	fast := f.dial("channel=a")
	fast.expect("connection_established")

	// The slow client's lag begins once the kernel's buffers between the two are full.
	for seq, deadline := int64(0), time.Now().Add(patience); f.server.Stats().TooSlow == 0 && time.Now().Before(deadline); {
		for range 100 {
			f.publish("a")
		}
		for range 100 {
			seq++
			if m := fast.expect("test"); m.Seq != seq {
				t.Fatalf("read %d, want %d", m.Seq, seq)
			}
		}
	}
	if f.server.Stats().TooSlow == 0 {
		t.Error("a client that never reads is kept")
	}
}

func TestServer_silentClient(t *testing.T) { onBoth(t, serverSilentClient) }

func serverSilentClient(t *testing.T, portable bool) {
	f := start(t, portable, transport.Options{PingEvery: 100 * time.Millisecond, SilentTimeout: time.Second})
	answering := f.dial("channel=a")
	answering.expect("connection_established")
	silent, err := net.Dial("tcp", strings.TrimPrefix(f.http.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = silent.Close() }()
	_, _ = fmt.Fprint(silent, "GET /?channel=a HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")
	go func() { // reading answers pings
		for f.server.Stats().Silent == 0 {
			time.Sleep(50 * time.Millisecond)
		}
		f.publish("a")
	}()
	answering.expect("test")
	if text, _ := io.ReadAll(silent); !strings.Contains(string(text), "\x89\x00") {
		t.Errorf("no ping before the end: %q", text)
	}
}

func TestServer_Drain(t *testing.T) { onBoth(t, serverDrain) }

func serverDrain(t *testing.T, portable bool) {
	f := start(t, portable, transport.Options{})
	const count = 20
	var clients []*client
	for range count {
		c := f.dial("channel=a")
		c.expect("connection_established")
		clients = append(clients, c)
	}
	go f.server.Drain(context.Background(), 100*time.Millisecond)
	for _, c := range clients {
		if m := c.expect("reconnect"); m.AfterMS < 0 || m.AfterMS > 100 {
			t.Errorf("told to reconnect after %d ms", m.AfterMS)
		}
		if code := c.closed(); code != 4451 {
			t.Errorf("closes with %d", code)
		}
	}
	_, err := f.server.Admit()
	if busy, ok := errors.AsType[*transport.BusyError](err); !ok || busy.Reason != "draining" || busy.RetryAfter < time.Second {
		t.Errorf("Admit() while draining = %v", err)
	}
}

// TestServer_twoBehind: the log is read for one subscription of a connection at a time, and none is forgotten.
func TestServer_twoBehind(t *testing.T) { onBoth(t, serverTwoBehind) }

func serverTwoBehind(t *testing.T, portable bool) {
	f := start(t, portable, transport.Options{})
	const long, short = 600, 100 // more than one page, and one
	for range long {
		f.publish("long")
	}
	for range short {
		f.publish("short")
	}
	for range 10 {
		c := f.dial("channel=long&since=0")
		c.send(`{"type":"subscribe","channel":"short","since":0}`)
		seen := map[string]int64{}
		for seen["long"] < long || seen["short"] < short {
			m, err := c.read()
			if err != nil {
				t.Fatalf("after %v: %v", seen, err)
			}
			if m.Type != "test" {
				continue
			}
			if seen[m.Channel]++; m.Seq != seen[m.Channel] {
				t.Fatalf("read %d of %s, want %d", m.Seq, m.Channel, seen[m.Channel])
			}
		}
		_ = c.conn.CloseNow()
	}
}
