package main

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fadedistrict/fade/internal/testserver"
)

// Ten thousand ask two servers of one database for one slot, two hundred at a time: one has it.
func TestServe_oneSlot(t *testing.T) {
	t.Parallel() // beside those that wait
	binary := build(t)
	for engine, database := range map[string]func(t *testing.T, data string) string{
		"sqlite":   func(_ *testing.T, data string) string { return "sqlite:" + data + "/fade.db" },
		"postgres": func(t *testing.T, _ string) string { return testserver.Postgres(t) },
	} {
		t.Run(engine, func(t *testing.T) {
			data := t.TempDir()
			dsn := database(t, data)
			createAdmin(t, dsn)
			servers := []*process{spawn(t, binary, serveArgs(dsn, data)...), spawn(t, binary, serveArgs(dsn, data)...)}
			h := client(t)
			h.Transport.(*http.Transport).MaxIdleConnsPerHost = 200
			admin := signedIn(t, h, servers[0].url, adminEmail, adminPassword)
			admin.shop(t, "alpha")

			const requests, parallel = 10_000, 200
			var booked, refused atomic.Int64
			var all sync.WaitGroup
			for worker := range parallel {
				public := api{http: h, url: servers[worker%2].url}
				all.Go(func() {
					for n := range requests / parallel {
						slot := reservation("alpha", 7)
						slot["customer_name"] = fmt.Sprintf("Customer %d of %d", n, worker)
						switch status, _, err := public.call(t.Context(), "POST", "/api/reservations/", slot, nil); status {
						case http.StatusCreated:
							booked.Add(1)
						case http.StatusConflict:
							refused.Add(1)
						default:
							t.Errorf("%d: %v", status, err)
							return
						}
					}
				})
			}
			all.Wait()
			if booked.Load() != 1 || refused.Load() != requests-1 {
				t.Errorf("%d booked and %d refused, want one and all others", booked.Load(), refused.Load())
			}
			var rows []object
			if admin.must(t, "GET", "/api/reservations/", nil, &rows); len(rows) != 1 {
				t.Errorf("%d reservations, want one", len(rows))
			}
		})
	}
}

// Ten thousand bookings are each sent three times with one key, to a server that is killed ten times: there are ten
// thousand reservations, and whoever asked again was told the same.
func TestCrash_keys(t *testing.T) {
	t.Parallel() // beside those that wait
	binary := build(t)
	data, database := dataDir(t)
	createAdmin(t, database)
	args := serveArgs(database, data)
	p := spawn(t, binary, args...)
	h := client(t)
	const shops, bookings, times, kills, workers = 20, 10_000, 3, 10, 32
	admin := signedIn(t, h, p.url, adminEmail, adminPassword)
	for n := range shops {
		admin.shop(t, fmt.Sprintf("shop%d", n))
	}
	var url atomic.Pointer[string]
	url.Store(&p.url)
	var sent, acknowledged atomic.Int64
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for n := sent.Add(1) - 1; n < bookings; n = sent.Add(1) - 1 {
				slot := reservation(fmt.Sprintf("shop%d", n%shops), int(n/shops))
				var first string
				for range times {
					id := persist(t, h, &url, fmt.Sprintf("key %d", n), slot)
					if first == "" {
						first = id
					}
					if id != first {
						t.Errorf("booking %d was answered %s and then %s", n, first, id)
						return
					}
					acknowledged.Add(1)
				}
			}
		})
	}
	for kill := range kills {
		want := int64(kill+1) * bookings * times / (kills + 2)
		eventually(t, "enough is acknowledged", func() bool { return acknowledged.Load() >= want || t.Failed() })
		p.kill()
		p = spawn(t, binary, args...)
		next := p.url
		url.Store(&next)
	}
	all.Wait()
	var stats struct {
		Total int `json:"total_reservations"`
	}
	admin.url = p.url
	admin.must(t, "GET", "/api/businesses/dashboard_stats/", nil, &stats)
	if stats.Total != bookings || acknowledged.Load() != bookings*times {
		t.Errorf("%d reservations after %d answers, want %d after %d", stats.Total, acknowledged.Load(), bookings, bookings*times)
	}
}

// persist sends a booking until it is acknowledged, wherever the server is, and gives the reservation's id.
func persist(t *testing.T, h *http.Client, url *atomic.Pointer[string], key string, slot object) string {
	deadline := time.Now().Add(patience)
	for {
		var made struct{ ID string }
		keyed := api{http: &http.Client{Transport: withHeader{h.Transport, "Idempotency-Key", key}, Timeout: patience}, url: *url.Load()}
		status, _, err := keyed.call(context.Background(), "POST", "/api/reservations/", slot, &made)
		if err == nil {
			return made.ID
		}
		if status != 0 && status < 500 || time.Now().After(deadline) {
			t.Errorf("%s: %d: %v", key, status, err)
			return ""
		}
		time.Sleep(20 * time.Millisecond) // it is being started again
	}
}

// withHeader adds a header to every request.
type withHeader struct {
	http.RoundTripper
	name, value string
}

// RoundTrip implements [http.RoundTripper].
func (w withHeader) RoundTrip(r *http.Request) (*http.Response, error) {
	changed := r.Clone(r.Context())
	changed.Header.Set(w.name, w.value)
	return w.RoundTripper.RoundTrip(changed)
}
