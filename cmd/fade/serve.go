package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/fadedistrict/fade/accounts"
	"github.com/fadedistrict/fade/booking"
	"github.com/fadedistrict/fade/cluster"
	"github.com/fadedistrict/fade/httpapi"
	"github.com/fadedistrict/fade/live"
	"github.com/fadedistrict/fade/notify"
	"github.com/fadedistrict/fade/notify/webpush"
	"github.com/fadedistrict/fade/realtime/channel"
	"github.com/fadedistrict/fade/realtime/channel/memory"
	"github.com/fadedistrict/fade/realtime/channel/redis"
	"github.com/fadedistrict/fade/realtime/eventlog"
	"github.com/fadedistrict/fade/realtime/hub"
	"github.com/fadedistrict/fade/realtime/transport"
	"github.com/fadedistrict/fade/store"
	"github.com/fadedistrict/fade/talk"
	"github.com/fadedistrict/fade/web"
)

type serveCommand struct {
	databaseFlags
	deliveryFlags
	Listen         string        `env:"FADE_LISTEN" default:"127.0.0.1:8000" placeholder:"HOST:PORT" help:"Where to listen; port 0 takes a free one."`
	Redis          string        `env:"REDIS_URL" placeholder:"URL" help:"redis://… connects several servers; without it this one is alone."`
	Demo           bool          `env:"FADE_DEMO" help:"Fill an empty database with demo data and print the passwords."`
	SecretKey      string        `env:"FADE_SECRET_KEY" placeholder:"KEY" help:"Signs access tokens, 32 characters or more; by default one is made and kept in the data folder."`
	PublicURL      string        `env:"FADE_PUBLIC_URL" placeholder:"URL" help:"Where people find this server; businesses are at its subdomains. By default http://localhost and the port."`
	AllowedHosts   string        `env:"FADE_ALLOWED_HOSTS" placeholder:"HOSTS" help:"Host names served, with commas between; .example.com is all below it. By default any."`
	AllowedOrigins string        `env:"FADE_ALLOWED_ORIGINS" default:"http://localhost:3000,http://127.0.0.1:3000" placeholder:"URLS" help:"Other pages that may use the API and the sockets."`
	TrustedProxies string        `env:"FADE_TRUSTED_PROXIES" placeholder:"CIDRS" help:"Proxies whose X-Forwarded-For is believed."`
	RateLimits     string        `env:"FADE_RATE_LIMITS" default:"on" enum:"on,off" help:"Whether tries of strangers are limited: on or off."`
	AccessTTL      time.Duration `env:"FADE_ACCESS_TTL" default:"1h" help:"How long an access token lives."`
	RefreshTTL     time.Duration `env:"FADE_REFRESH_TTL" default:"720h" help:"How long a session lives without use."`
	Retention      time.Duration `env:"FADE_RETENTION" default:"720h" help:"How long events are kept for clients that come back."`
	Drain          time.Duration `env:"FADE_DRAIN" default:"2s" help:"Over how long open sockets are sent away when the server stops."`
	MaxSockets     int           `env:"FADE_MAX_SOCKETS" default:"0" placeholder:"N" help:"Sockets and event streams at most; 0 for as many as the descriptor limit allows."`
	Handshakes     int           `env:"FADE_HANDSHAKES" default:"1500" placeholder:"N" help:"New connections a second that are let in; others are told when to come back. 0 for no bound."`
	Compression    string        `env:"FADE_COMPRESSION" default:"off" enum:"on,off" help:"permessage-deflate for clients that offer it: on or off."`
	EventLoop      string        `env:"FADE_EVENT_LOOP" default:"on" enum:"on,off" help:"off moves every connection with goroutines, as on systems without epoll."`
	Hold           time.Duration `env:"FADE_HOLD" default:"5m" help:"How long a chosen time is kept for whoever fills the booking form in."`
	CompleteAfter  time.Duration `env:"FADE_COMPLETE_AFTER" default:"35m" help:"How long after its start a confirmed reservation completes by itself; below 0 never."`
	LogFormat      string        `env:"FADE_LOG_FORMAT" default:"text" enum:"text,json" help:"text or json."`
}

// Run serves until the context ends, and then drains.
func (c *serveCommand) Run(ctx context.Context, s streams) error {
	return c.run(ctx, s, func(srv *server) (http.Handler, error) { return srv.api, nil })
}

// run serves what the handler answers.
func (c *serveCommand) run(ctx context.Context, s streams, handler func(*server) (http.Handler, error)) error {
	logger := newLogger(s, c.LogFormat)
	if c.Demo {
		if _, err := seedDemo(ctx, c.databaseFlags, s.out); err != nil {
			return err
		}
	}
	srv, err := c.build(ctx, logger)
	if err != nil {
		return err
	}
	if srv.handler, err = handler(srv); err != nil {
		return errors.Join(err, closeStore(srv.store))
	}
	if empty, err := isEmpty(ctx, srv.store); err == nil && empty {
		logger.Warn("nobody can sign in yet: fade createsuperadmin adds the first user")
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Listen)
	if err != nil {
		return errors.Join(fmt.Errorf("listen on %s: %w", c.Listen, err), closeStore(srv.store))
	}
	if _, err := fmt.Fprintf(s.err, "Starting fade %s server at http://%s\n", version, listener.Addr()); err != nil {
		return err
	}
	return srv.serve(ctx, listener)
}

// server is everything that runs in one process.
type server struct {
	logger  *slog.Logger
	store   *store.Store
	layer   channel.Layer
	hub     *hub.Hub
	sockets *transport.Server
	api     *httpapi.API
	handler http.Handler // api, or what stands before it
	house   housekeeping
	chores  chores
	acks    *notify.Acks

	messageAcks *notify.Acks
	post        *post // nil where only fade worker sends
	drain       time.Duration
}

// build puts the packages together, from the bottom up.
func (c *serveCommand) build(ctx context.Context, logger *slog.Logger) (*server, error) {
	key, made, err := secret(c.SecretKey, c.Data)
	if err != nil {
		return nil, err
	}
	if made {
		logger.Info("a secret key was made and kept in the data folder", "file", secretFile)
	}
	public, err := publicURL(c.PublicURL, c.Listen)
	if err != nil {
		return nil, err
	}
	proxies, err := prefixes(c.TrustedProxies)
	if err != nil {
		return nil, err
	}
	srv := &server{logger: logger, layer: memory.New(), drain: c.Drain}
	if c.Redis != "" {
		if srv.layer, err = redis.New(c.Redis, logger); err != nil {
			return nil, err
		}
	}
	// The store tells the hub of commits, and the hub reads the store: whoever comes second is set later.
	var publish atomic.Pointer[hub.Hub]
	srv.store, err = c.open(ctx, store.Options{Logger: logger, Publish: func(events ...eventlog.Event) {
		if h := publish.Load(); h != nil {
			h.Publish(events...)
		}
		logEvents(ctx, logger, events)
	}})
	if err != nil {
		return nil, err
	}
	srv.house = housekeeping{srv.store, c.Retention, logger}
	srv.hub = hub.New(hub.Options{Log: srv.store, Layer: srv.layer, Logger: logger, Urgent: []string{live.System}})
	publish.Store(srv.hub)
	room := socketRoom(c.MaxSockets)
	srv.sockets, err = transport.NewServer(transport.Options{
		Hub: srv.hub, Logger: logger, MaxConns: room, Handshakes: c.Handshakes, Compression: c.Compression == "on", Portable: c.EventLoop == "off",
	})
	if err != nil {
		return nil, errors.Join(err, closeStore(srv.store))
	}

	verbs, err := accounts.New(srv.store.Accounts(), accounts.Options{
		Secret: key, AccessTTL: c.AccessTTL, RefreshTTL: c.RefreshTTL, BaseDomain: public.Host,
	})
	if err != nil {
		return nil, errors.Join(err, closeStore(srv.store))
	}
	bookings := booking.New(srv.store.Booking(), booking.Options{Secret: key, HoldFor: c.Hold, CompleteAfter: c.CompleteAfter})
	srv.chores = newChores(srv.store, bookings, logger)
	inbox := notify.NewInbox(srv.store.Inbox(), time.Now)
	srv.acks = notify.NewAcks(func(ctx context.Context, upTo map[string]int64) error { return inbox.Ack(ctx, upTo, live.User) }, logger)
	talking := talk.New(srv.store.Talk(), time.Now)
	srv.messageAcks = notify.NewAcks(httpapi.DeliverMessages(talking), logger)
	choices := notify.NewChoices(srv.store.Choices(), key, time.Now)
	post, err := c.openPost(ctx, srv.store, c.Data, public, bookings, choices, logger)
	if err != nil {
		return nil, errors.Join(err, closeStore(srv.store))
	}
	delivered := post.worker.Counts
	if srv.post = post; c.Deliveries == "off" {
		srv.post, delivered = nil, nil
	}
	srv.api = httpapi.New(httpapi.Options{
		Version: version, Logger: logger, Accounts: verbs, Booking: bookings,
		Inbox: inbox, Ledger: notify.NewLedger(srv.store.Ledger(), time.Now), Choices: choices, Acks: srv.acks, Talk: talking, MessageAcks: srv.messageAcks,
		MailTemplates: post, Delivered: delivered, MailFolder: post.stored(), MailRoad: post.road(), PushKey: post.pushKey, PushEndpoint: webpush.ValidEndpoint,
		Cluster: cluster.New(srv.store.Cluster(), time.Now), Log: srv.store, Database: srv.store, Layer: srv.layer,
		Hub: srv.hub, Sockets: srv.sockets, Pages: web.Files(), BaseDomain: public.Hostname(),
		Secret: key, PublicURL: strings.TrimSuffix(public.String(), "/"),
		AllowedHosts: splitList(c.AllowedHosts), AllowedOrigins: splitList(c.AllowedOrigins), TrustedProxies: proxies,
		RateLimits: c.RateLimits == "on", MaxVisitors: room - room/4, // a quarter stays for those who sign in
	})
	return srv, nil
}

// logEvents writes one line for each event of the platform, for whoever looks in the log whether events
// happen at all.
func logEvents(ctx context.Context, logger *slog.Logger, events []eventlog.Event) {
	for _, event := range events {
		if event.Channel == live.Dashboard {
			logger.LogAttrs(ctx, slog.LevelInfo, event.Type, slog.Int64("seq", event.Seq), slog.String("id", event.ID))
		}
	}
}

// publicURL gives the address that people use.
func publicURL(text, listen string) (*url.URL, error) {
	if text == "" {
		_, port, err := net.SplitHostPort(listen)
		if err != nil {
			return nil, fmt.Errorf("--listen must be of the form HOST:PORT: %w", err)
		}
		text = "http://localhost:" + port
	}
	public, err := url.Parse(text)
	if err != nil || public.Host == "" || public.Scheme != "http" && public.Scheme != "https" {
		return nil, fmt.Errorf("FADE_PUBLIC_URL must be of the form https://example.com, not %q", text)
	}
	return public, nil
}

func prefixes(list string) ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, text := range splitList(list) {
		if !strings.Contains(text, "/") {
			if address, err := netip.ParseAddr(text); err == nil {
				all = append(all, netip.PrefixFrom(address, address.BitLen()))
				continue
			}
		}
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("FADE_TRUSTED_PROXIES: %w", err)
		}
		all = append(all, prefix)
	}
	return all, nil
}

// The bounds of a request and of stopping.
const (
	headerTimeout  = 10 * time.Second
	requestTimeout = 60 * time.Second // to read a request whole, and to write its answer
	idleTimeout    = 2 * time.Minute
	maxHeaders     = 32 << 10
	stopTimeout    = 10 * time.Second // for requests that are under way
)

// serve answers until the context ends. Then it stops in the order that loses nothing: no new sockets, no
// new requests, those under way finish, sockets are sent away, and the engine and the database stop last.
func (s *server) serve(ctx context.Context, listener net.Listener) error {
	engine, stopEngine := context.WithCancel(context.Background())
	defer stopEngine()
	var running sync.WaitGroup
	failed := make(chan error, 8) // one for each that can fail: none waits to be heard
	background := func(name string, run func(context.Context) error) {
		running.Go(func() {
			if err := run(engine); err != nil && engine.Err() == nil {
				failed <- fmt.Errorf("%s: %w", name, err)
			}
		})
	}
	background("hub", s.hub.Run)
	background("sockets", func(ctx context.Context) error { s.sockets.Run(ctx); return nil })
	background("sessions", s.api.Watch)
	background("presence", s.api.Presence)
	background("housekeeping", s.house.run)
	background("chores", s.chores.run)
	background("acks", s.acks.Run)
	background("message acks", s.messageAcks.Run)
	if s.post != nil {
		background("deliveries", s.post.run)
	}
	background("memory", s.giveBack)
	background("node", s.reporter(listener.Addr()).Run)

	web := &http.Server{
		Handler: s.handler, ReadHeaderTimeout: headerTimeout, ReadTimeout: requestTimeout, WriteTimeout: requestTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: maxHeaders, ErrorLog: slog.NewLogLogger(s.logger.Handler(), slog.LevelWarn),
	}
	running.Go(func() {
		if err := web.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			failed <- err
		}
	})
	var err error
	select {
	case <-ctx.Done():
		s.logger.Info("stopping", "sockets", s.sockets.Stats().Connections)
	case err = <-failed:
	}

	s.api.Drain()
	stopping, cancel := context.WithTimeout(context.Background(), stopTimeout+s.drain)
	defer cancel()
	s.sockets.Drain(stopping, s.drain)
	err = errors.Join(err, web.Shutdown(stopping))
	stopEngine()
	running.Wait()
	return errors.Join(err, closeStore(s.store))
}
