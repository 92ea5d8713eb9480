package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/accounts"
	"github.com/fadedistrict/fade/booking"
	"github.com/fadedistrict/fade/cluster"
	"github.com/fadedistrict/fade/live"
	"github.com/fadedistrict/fade/notify"
	"github.com/fadedistrict/fade/realtime/channel/memory"
	"github.com/fadedistrict/fade/realtime/eventlog"
	"github.com/fadedistrict/fade/realtime/hub"
	"github.com/fadedistrict/fade/realtime/transport"
	"github.com/fadedistrict/fade/store"
	"github.com/fadedistrict/fade/talk"
)

// password is everybody's.
const password = "correct horse battery"

// world is a served API on a real store, with two businesses in it.
type world struct {
	t        *testing.T
	url      string
	api      *API
	db       *store.Store
	accounts *accounts.Service
	log      *logBuffer
	slots    *atomic.Int64

	a, b           fade.Business
	admin          fade.User
	ownerA, ownerB fade.User
	adminToken     string
	ownerAToken    string
	ownerBToken    string
}

// logBuffer keeps what was logged.
type logBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

func newWorld(t *testing.T, change ...func(*Options)) *world {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	w := &world{t: t, log: &logBuffer{}, slots: &atomic.Int64{}}
	logger := slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	layer := memory.New()
	var h *hub.Hub
	var err error
	w.db, err = store.Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "fade.db"), store.Options{
		Publish: func(events ...eventlog.Event) { h.Publish(events...) },
	})
	w.must(err)
	w.must(w.db.Migrate(ctx))
	h = hub.New(hub.Options{Log: w.db, Layer: layer, Logger: logger, Urgent: []string{live.System}})
	sockets, err := transport.NewServer(transport.Options{Hub: h, Logger: logger})
	if err != nil {
		t.Fatal(err)
	}
	w.accounts = w.accountsAt(time.Now, 0)

	inbox := notify.NewInbox(w.db.Inbox(), time.Now)
	acks := notify.NewAcks(func(ctx context.Context, upTo map[string]int64) error { return inbox.Ack(ctx, upTo, live.User) }, logger)
	talking := talk.New(w.db.Talk(), time.Now)
	messageAcks := notify.NewAcks(DeliverMessages(talking), logger)
	o := Options{
		Version: "test", Logger: logger, Accounts: w.accounts, Booking: booking.New(w.db.Booking(), booking.Options{Now: time.Now}),
		Inbox: inbox, Ledger: notify.NewLedger(w.db.Ledger(), time.Now), Choices: notify.NewChoices(w.db.Choices(), []byte("secret"), time.Now),
		Acks: acks, Talk: talking, MessageAcks: messageAcks, Cluster: cluster.New(w.db.Cluster(), time.Now), Log: w.db, Database: w.db, Layer: layer, Hub: h, Sockets: sockets,
		Pages:      fstest.MapFS{"index.html": {Data: []byte("<title>Fade</title>")}, "assets/app-1a2b.js": {Data: []byte("go()")}},
		BaseDomain: "fade.test", AllowedOrigins: []string{"http://localhost:3000"},
	}
	for _, c := range change {
		c(&o)
	}
	w.api = New(o)
	server := httptest.NewServer(w.api)
	w.url = server.URL

	var running sync.WaitGroup
	running.Go(func() { _ = h.Run(ctx) })
	running.Go(func() { _ = w.api.Presence(ctx) })
	running.Go(func() { sockets.Run(ctx) })
	running.Go(func() { _ = w.api.Watch(ctx) })
	running.Go(func() { _ = acks.Run(ctx) })
	running.Go(func() { _ = messageAcks.Run(ctx) })
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
		stop()
		running.Wait()
		closing, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		w.must(w.db.Close(closing))
		http.DefaultClient.CloseIdleConnections()
	})
	w.populate(ctx)
	return w
}

// accountsAt gives the verbs of accounts with another clock, on the same store and key.
func (w *world) accountsAt(now func() time.Time, ttl time.Duration) *accounts.Service {
	w.t.Helper()
	s, err := accounts.New(w.db.Accounts(), accounts.Options{
		Secret: []byte(strings.Repeat("k", accounts.MinSecret)), Now: now, AccessTTL: ttl,
		BaseDomain: "fade.test", Hasher: accounts.NewCheapHasher(),
	})
	w.must(err)
	return s
}

func (w *world) populate(ctx context.Context) {
	w.t.Helper()
	var err error
	w.admin, err = w.accounts.CreateSuperAdmin(ctx, accounts.NewUser{Email: "admin@fade.test", Password: password, FirstName: "Ada", LastName: "Min"})
	w.must(err)
	w.adminToken = w.login("admin@fade.test")
	w.a, w.ownerA = w.business(ctx, "alpha")
	w.b, w.ownerB = w.business(ctx, "beta")
	w.ownerAToken, w.ownerBToken = w.login(w.ownerA.Email), w.login(w.ownerB.Email)
}

// business adds a business that is open around the clock, and gives it with its owner.
func (w *world) business(ctx context.Context, subdomain string) (fade.Business, fade.User) {
	w.t.Helper()
	opens, closes, name := "00:00", "23:59", "Business "+subdomain
	actor := fade.Actor{User: w.admin}
	b, err := w.accounts.CreateBusiness(ctx, actor, accounts.BusinessChange{
		Name: &name, Subdomain: &subdomain, BusinessHoursStart: &opens, BusinessHoursEnd: &closes,
	}, accounts.NewOwner{Email: subdomain + "@fade.test", Password: password, FirstName: "Owner", LastName: subdomain})
	w.must(err)
	users, _, err := w.accounts.Users(ctx, actor, live.Dashboard, accounts.UserQuery{BusinessID: b.ID})
	w.must(err)
	return b, users.Items[0]
}

func actorAdmin(w *world) fade.Actor { return fade.Actor{User: w.admin} }

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) login(email string) string {
	w.t.Helper()
	tokens, err := w.accounts.Login(w.t.Context(), email, password, "test")
	w.must(err)
	return tokens.Access
}

// booked adds a reservation at a business, tomorrow, at a time that nobody else has.
func (w *world) booked(b fade.Business) fade.Reservation {
	w.t.Helper()
	var r fade.Reservation
	w.do("POST", "/api/reservations/", w.adminToken, object{
		"business": b.ID, "customer_name": "Cleo", "customer_phone": "+38344111222", "start_time": w.slot(), "end_time": w.slot(),
	}).want(201).into(&r)
	return r
}

// slot gives another minute of tomorrow afternoon at each call (UTC).
func (w *world) slot() string {
	return time.Now().UTC().AddDate(0, 0, 1).Truncate(24 * time.Hour).Add(12*time.Hour + time.Duration(w.slots.Add(1))*time.Minute).Format(time.RFC3339)
}

// hour gives another hour at each call, on days after tomorrow (UTC).
func (w *world) hour() string {
	n := w.slots.Add(1)
	return time.Now().UTC().AddDate(0, 0, 2+int(n/20)).Truncate(24 * time.Hour).Add(time.Duration(n%20) * time.Hour).Format(time.RFC3339)
}

// held holds a slot at a business in the name of a session.
func (w *world) held(b fade.Business, session string) fade.Hold {
	w.t.Helper()
	var h fade.Hold
	w.do("POST", "/api/book/"+b.Subdomain+"/holds/", "", object{"start_time": w.hour()}, "Booking-Session", session).want(201).into(&h)
	return h
}

// tomorrow gives an instant of tomorrow (UTC).
func tomorrow(hour int) string {
	return time.Now().UTC().AddDate(0, 0, 1).Truncate(24 * time.Hour).Add(time.Duration(hour) * time.Hour).Format(time.RFC3339)
}

type object = map[string]any

// reply is the answer to a request.
type reply struct {
	t      *testing.T
	what   string
	status int
	header http.Header
	text   string
}

// eventually waits until something is so; what says what is wrong until then.
func (w *world) eventually(what string, is func() bool) {
	w.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			w.t.Fatal(what)
		}
	}
}

// do sends a request; a body that is no string goes as JSON. Headers follow as name and value.
func (w *world) do(method, path, token string, body any, headers ...string) reply {
	w.t.Helper()
	var content io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		content = strings.NewReader(b)
	default:
		text, err := json.Marshal(b)
		w.must(err)
		content = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(w.t.Context(), method, w.url+path, content)
	w.must(err)
	if content != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			request.Host = headers[i+1]
		}
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	w.must(err)
	text, err := io.ReadAll(response.Body)
	w.must(err)
	w.must(response.Body.Close())
	return reply{w.t, method + " " + path, response.StatusCode, response.Header, string(text)}
}

func (r reply) want(status int) reply {
	r.t.Helper()
	if r.status != status {
		r.t.Fatalf("%s = %d, want %d: %s", r.what, r.status, status, r.text)
	}
	return r
}

func (r reply) into(v any) reply {
	r.t.Helper()
	if err := json.Unmarshal([]byte(r.text), v); err != nil {
		r.t.Fatalf("%s: %v in %s", r.what, err, r.text)
	}
	return r
}

func (r reply) object() object {
	r.t.Helper()
	var o object
	r.into(&o)
	return o
}

// problem gives the answer as a problem, which it must be in every respect.
func (r reply) problem() Problem {
	r.t.Helper()
	var p Problem
	r.into(&p)
	if r.header.Get("Content-Type") != problemType || p.Status != r.status || p.Title == "" || p.Detail == "" || p.Code == "" || p.Type == "" {
		r.t.Errorf("%s is no whole problem: %s %s", r.what, r.header.Get("Content-Type"), r.text)
	}
	return p
}
