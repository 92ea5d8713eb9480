package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/accounts"
	"github.com/fadedistrict/fade/notify"
	"github.com/fadedistrict/fade/realtime/ws"
)

// benchCommand is serve with more roads for super admins: POST /bench/publish commits and publishes events that
// carry the time, POST /bench/users makes users who are signed in, POST /bench/deliveries has mails wait, POST /bench/gc
// collects garbage. The program in
// bench/ uses it.
type benchCommand struct{ serveCommand }

// Run serves until the context ends.
func (c *benchCommand) Run(ctx context.Context, s streams) error {
	return c.run(ctx, s, func(srv *server) (http.Handler, error) {
		key, _, err := secret(c.SecretKey, c.Data)
		if err != nil {
			return nil, err
		}
		// Thousands of users share the machine with what is measured: their passwords need not be safe.
		cheap, err := accounts.New(srv.store.Accounts(), accounts.Options{Secret: key, AccessTTL: c.AccessTTL, Hasher: accounts.NewCheapHasher()})
		if err != nil {
			return nil, err
		}
		b := &bench{server: srv, accounts: cheap}
		mux := http.NewServeMux()
		mux.HandleFunc("POST /bench/publish", b.publish)
		mux.HandleFunc("POST /bench/users", b.users)
		mux.HandleFunc("POST /bench/deliveries", b.queue)
		mux.HandleFunc("POST /bench/gc", b.collect)
		mux.Handle("/", srv.api)
		return mux, nil
	})
}

// bench answers what serve does not.
type bench struct {
	*server
	accounts *accounts.Service
}

// The bounds of what one request may ask for.
const (
	maxBenchEvents = 100_000
	maxBenchBytes  = 16 << 10
	benchEnvelope  = 205 // bytes of an event beside its padding, about
	benchWriters   = 32
	benchPassword  = "bench-password"
	benchPortion   = 1_000 // deliveries added together
)

// publish commits events on the dashboards' channel: ?events=200&bytes=330, together, or so many a second
// with ?hz=20, each alone. It answers when all have been published.
func (b *bench) publish(w http.ResponseWriter, r *http.Request) {
	if _, err := b.admin(r); err != nil {
		http.Error(w, err.Error(), http.StatusForbidden)
		return
	}
	events, bytes := number(r, "events", 1, maxBenchEvents), number(r, "bytes", 330, maxBenchBytes)
	hz, _ := strconv.ParseFloat(r.URL.Query().Get("hz"), 64)
	padding := strings.Repeat("x", max(0, bytes-benchEnvelope))
	_ = http.NewResponseController(w).SetWriteDeadline(time.Time{}) // a paced run takes as long as it takes
	started := time.Now()
	batch := events
	if hz > 0 {
		batch = 1
	}
	for n := 0; n < events; n += batch {
		if hz > 0 {
			time.Sleep(time.Until(started.Add(time.Duration(float64(n) / hz * float64(time.Second)))))
		}
		some := make([]fade.Event, batch)
		at := time.Now().UnixNano()
		for i := range some {
			some[i] = fade.Measured{At: at, Padding: padding}
		}
		if err := b.store.Record(r.Context(), some...); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
	}
	answerJSON(w, map[string]int64{"started": started.UnixNano()})
}

// users makes ?n=15000 users of a business of their own and gives an access token of each.
func (b *bench) users(w http.ResponseWriter, r *http.Request) {
	actor, err := b.admin(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusForbidden)
		return
	}
	_ = http.NewResponseController(w).SetWriteDeadline(time.Time{})
	name := "bench-" + strconv.FormatInt(time.Now().UnixNano(), 36)
	business, err := b.accounts.CreateBusiness(r.Context(), actor, accounts.BusinessChange{Name: &name, Subdomain: &name},
		accounts.NewOwner{Email: name + "@bench.example", Password: benchPassword, FirstName: "Bench", LastName: "Mark"})
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	tokens := make([]string, number(r, "n", 1, maxBenchEvents))
	group, ctx := errgroup.WithContext(r.Context())
	group.SetLimit(benchWriters)
	for i := range tokens {
		group.Go(func() (err error) {
			tokens[i], err = b.user(ctx, actor, business.ID)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	answerJSON(w, map[string][]string{"tokens": tokens})
}

// user makes an owner of the business and signs them in.
func (b *bench) user(ctx context.Context, actor fade.Actor, business string) (token string, err error) {
	n := accounts.NewUser{Email: fade.NewID(time.Now()) + "@bench.example", Password: benchPassword, FirstName: "Bench", LastName: "Mark", UserType: fade.BusinessOwner, BusinessID: &business}
	if _, err := b.accounts.CreateUser(ctx, actor, n); err != nil {
		return "", err
	}
	tokens, err := b.accounts.Login(ctx, n.Email, n.Password, "bench")
	return tokens.Access, err
}

// queue has ?n=100000 mails to the super admin who asks wait for a worker.
func (b *bench) queue(w http.ResponseWriter, r *http.Request) {
	actor, err := b.admin(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusForbidden)
		return
	}
	_ = http.NewResponseController(w).SetWriteDeadline(time.Time{})
	now := time.Now()
	for n := number(r, "n", 1, maxBenchEvents); n > 0; n -= benchPortion {
		deliveries := make([]fade.Delivery, min(n, benchPortion))
		for i := range deliveries {
			deliveries[i] = fade.Delivery{
				ID: fade.NewID(now), UserID: &actor.User.ID, Route: fade.RouteEmail, Kind: fade.KindReminder, Address: actor.User.Email,
				State: fade.DeliveryQueued, Cause: fade.CauseTest, NextAttemptAt: &now, CreatedAt: now,
			}
		}
		err := b.store.Ledger().UpdateLedger(r.Context(), func(tx notify.LedgerTx) error { return tx.AddDeliveries(deliveries...) })
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
	}
	w.WriteHeader(http.StatusNoContent)
}

// collect gives back to the system what nothing holds any more, so that what is left can be measured.
func (b *bench) collect(w http.ResponseWriter, r *http.Request) {
	if _, err := b.admin(r); err != nil {
		http.Error(w, err.Error(), http.StatusForbidden)
		return
	}
	debug.FreeOSMemory()
}

// admin gives who asks, if they are a super admin.
func (b *bench) admin(r *http.Request) (fade.Actor, error) {
	actor, err := b.accounts.Authenticate(r.Context(), ws.Token(r))
	return actor, errors.Join(err, actor.RequireSuperAdmin())
}

// number reads a parameter, between 1 and most.
func number(r *http.Request, name string, otherwise, most int) int {
	n, err := strconv.Atoi(r.URL.Query().Get(name))
	if err != nil {
		n = otherwise
	}
	return max(1, min(n, most))
}

func answerJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(v); err != nil {
		_, _ = fmt.Fprintln(w, err)
	}
}
