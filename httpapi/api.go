package httpapi

import (
	"context"
	"crypto/rand"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"github.com/fadedistrict/fade/accounts"
	"github.com/fadedistrict/fade/booking"
	"github.com/fadedistrict/fade/cluster"
	"github.com/fadedistrict/fade/notify"
	"github.com/fadedistrict/fade/realtime/channel"
	"github.com/fadedistrict/fade/realtime/eventlog"
	"github.com/fadedistrict/fade/realtime/hub"
	"github.com/fadedistrict/fade/realtime/presence"
	"github.com/fadedistrict/fade/realtime/transport"
	"github.com/fadedistrict/fade/talk"
)

// Log is the durable log: its heads for positions, its history for people.
type Log interface {
	eventlog.Log
	eventlog.History
}

// Database tells whether the database answers.
type Database interface {
	Ping(ctx context.Context) error
}

// Options are what the API works with and how it is set up.
type Options struct {
	Version  string
	Logger   *slog.Logger
	Accounts *accounts.Service
	Booking  *booking.Service
	Inbox    *notify.Inbox
	Ledger   *notify.Ledger
	Choices  *notify.Choices
	Cluster  *cluster.Service
	Log      Log
	Database Database
	Layer    channel.Layer
	Hub      *hub.Hub
	Sockets  *transport.Server
	Pages    fs.FS // the browser application; nil for none

	Talk          *talk.Service
	Acks          *notify.Acks                  // what clients have received, on its way into the ledger …
	MessageAcks   *notify.Acks                  // … and of conversations, by "<conversation>/<user>"
	PushKey       string                        // that browsers subscribe with
	PushEndpoint  func(string) error            // says what is wrong with one; nil takes all
	Delivered     func() map[notify.Count]int64 // what this process's worker has done; nil where it has none
	MailTemplates MailTemplates
	MailFolder    MailFolder // nil where mails leave by SMTP
	MailRoad      MailRoad

	PublicURL      string         // where people find the pages, without a slash at the end; "" for nowhere
	Secret         []byte         // keys what is kept of requests; by default it does not outlive the process
	BaseDomain     string         // businesses are at <subdomain>.<BaseDomain>; "" for nowhere
	AllowedHosts   []string       // host names served, .example.com for all below it; empty for any
	AllowedOrigins []string       // of other pages that may use the API and the sockets
	TrustedProxies []netip.Prefix // whose X-Forwarded-For is believed
	RateLimits     bool
	MaxVisitors    int              // open streams of those who have no token; 0 for no bound
	Now            func() time.Time // nil is time.Now
}

// API is Fade over HTTP.
type API struct {
	o       Options
	router  *chi.Mux
	huma    huma.API
	handler http.Handler
	pages   http.Handler
	limits  limits
	visits  *visits
	metrics *metrics
	spec    []byte
	started time.Time

	handshakes chan struct{} // slots for connections that are being opened

	presence   *presence.Tracker
	businesses businesses // of conversations

	draining atomic.Bool
	revoked  atomic.Int64 // counts what the watch has seen; see socket.go
}

// handshakeSlots is how many connections are opened at the same time, for each processor.
const handshakeSlots = 2

// New makes the API. [API.Watch] must run beside it.
func New(o Options) *API {
	useProblems()
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if len(o.Secret) == 0 {
		o.Secret = []byte(rand.Text())
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.MailTemplates == nil {
		o.MailTemplates = noTemplates{}
	}
	a := &API{o: o, router: chi.NewMux(), limits: newLimits(o.RateLimits, o.Now), started: o.Now()}
	a.visits = &visits{room: o.MaxVisitors, from: map[string]int{}}
	if o.RateLimits {
		a.visits.perAddress = maxVisits
	}
	a.handshakes = make(chan struct{}, handshakeSlots*runtime.GOMAXPROCS(0))
	a.presence = a.newPresence()
	a.metrics = newMetrics(a)
	a.huma = humachi.New(a.router, humaConfig())
	a.router.Use(middleware.GetHead)
	a.router.NotFound(a.notFound)
	a.router.MethodNotAllowed(a.methodNotAllowed)

	a.authRoutes()
	a.businessRoutes()
	a.reservationRoutes()
	a.catalogueRoutes()
	a.bookRoutes()
	a.appointmentRoutes()
	a.userRoutes()
	a.notificationRoutes()
	a.talkRoutes()
	a.preferenceRoutes()
	a.pushRoutes()
	a.deliveryRoutes()
	a.mailRoutes()
	a.eventRoutes()
	a.systemRoutes()
	a.healthRoutes()
	a.socketRoutes()
	a.presenceRoutes()
	a.documentRoutes()
	a.pages = middleware.Compress(pageCompression, "text/html", "text/css", "text/javascript", "image/svg+xml")(http.HandlerFunc(a.page))
	a.handler = a.middleware(a.router)
	return a
}

// ServeHTTP implements [http.Handler].
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.handler.ServeHTTP(w, r) }

// Drain makes /readyz fail, so that a proxy looks elsewhere. Everything else works on.
func (a *API) Drain() { a.draining.Store(true) }
