package main

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/fadedistrict/fade/internal/testserver"
)

// headOf gives the head of the dashboard's log, as the server tells it.
func headOf(t *testing.T, a api) int64 {
	t.Helper()
	header := a.must(t, "GET", "/api/businesses/dashboard_stats/", nil, nil)
	_, digits, _ := strings.Cut(header.Get("Fade-Position"), ":")
	head, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		t.Fatalf("Fade-Position: %s", header.Get("Fade-Position"))
	}
	return head
}

// Two servers on one PostgreSQL and one Redis that is killed twice: no request fails, and every socket on
// either server sees every event once and in order.
func TestDelivery_twoServersAndADyingRedis(t *testing.T) {
	t.Parallel() // it waits more than it works
	database := testserver.Postgres(t)
	redis := testserver.StartRedis(t)
	createAdmin(t, database)
	one := start(t, serveArgs(database, t.TempDir(), "--redis", redis.URL))
	two := start(t, serveArgs(database, t.TempDir(), "--redis", redis.URL))
	admin := one.admin(t)
	admin.shop(t, "alpha")

	var followers []*follower
	for i, n := range []*node{one, two, one, two} {
		followers = append(followers, follow(t, fmt.Sprintf("follower %d", i), admin.token, func() string { return n.url }))
	}
	w := book(t.Context(), 32, 20, false,
		func() api { return api{http: one.http, url: one.url} }, func() api { return api{http: two.http, url: two.url} })
	for _, at := range []int{120, 380} {
		w.reach(t, at)
		redis.Stop(t)
		w.reach(t, at+120)
		redis.Start(t)
	}
	acknowledged := w.wait(t)
	if len(acknowledged) != 32*20 {
		t.Errorf("%d of %d reservations were acknowledged", len(acknowledged), 32*20)
	}
	head := headOf(t, admin)
	for _, f := range followers {
		f.check(t, head, acknowledged)
	}
}

// The same promise of one server on SQLite, with sockets that come and go.
func TestDelivery_oneServer(t *testing.T) {
	t.Parallel() // it waits more than it works
	data, database := dataDir(t)
	createAdmin(t, database)
	n := start(t, serveArgs(database, data))
	admin := n.admin(t)
	admin.shop(t, "alpha")
	url := func() string { return n.url }
	followers := []*follower{follow(t, "from the start", admin.token, url)}
	w := book(t.Context(), 32, 20, false, func() api { return api{http: n.http, url: n.url} })
	w.reach(t, 300)
	followers = append(followers, follow(t, "late", admin.token, url))
	acknowledged := w.wait(t)
	followers = append(followers, follow(t, "after", admin.token, url))
	for _, f := range followers {
		f.check(t, headOf(t, admin), acknowledged)
	}
}
