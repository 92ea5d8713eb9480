package main

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/fadedistrict/fade/internal/testserver"
)

// openSocket opens a socket and reads its first message.
func openSocket(t *testing.T, url, path, token string) *websocket.Conn {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, url+path, &websocket.DialOptions{HTTPHeader: http.Header{"Authorization": {"Bearer " + token}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.CloseNow() })
	if _, _, err := conn.Read(ctx); err != nil {
		t.Fatal(err)
	}
	return conn
}

// closesWith waits until the server closes a socket, and gives the types of the messages before that.
func closesWith(t *testing.T, what string, conn *websocket.Conn, want websocket.StatusCode) (types []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	begun := time.Now()
	for {
		_, text, err := conn.Read(ctx)
		if err != nil {
			if got := websocket.CloseStatus(err); got != want {
				t.Errorf("%s: closed with %d (%v), want %d", what, got, err, want)
			}
			t.Logf("%s: closed after %v", what, time.Since(begun).Round(time.Millisecond))
			return types
		}
		var m struct{ Type string }
		if err := json.Unmarshal(text, &m); err != nil {
			t.Error(err)
		}
		types = append(types, m.Type)
	}
}

// Rights that are taken away on one server end the sockets on the other, although Redis is down.
func TestRevocation_acrossServersWithoutRedis(t *testing.T) {
	t.Parallel() // it waits more than it works
	database := testserver.Postgres(t)
	redis := testserver.StartRedis(t)
	createAdmin(t, database)
	one := start(t, serveArgs(database, t.TempDir(), "--redis", redis.URL))
	two := start(t, serveArgs(database, t.TempDir(), "--redis", redis.URL))
	admin := one.admin(t)
	alpha := admin.shop(t, "alpha")
	beta := admin.shop(t, "beta")
	redis.Stop(t)

	owner := signedIn(t, one.http, one.url, "alpha@fade.test", adminPassword)
	var me struct{ ID string }
	owner.must(t, "GET", "/api/auth/me/", nil, &me)
	login := func() string { return signedIn(t, two.http, two.url, "alpha@fade.test", adminPassword).token }

	signedOut := openSocket(t, two.url, "/ws/notifications/", owner.token)
	owner.must(t, "POST", "/api/auth/logout/", nil, nil)
	closesWith(t, "sign out", signedOut, 4409)

	moved := openSocket(t, two.url, "/ws/business/"+alpha+"/", login())
	admin.must(t, "PATCH", "/api/users/"+me.ID+"/", object{"business": beta}, nil)
	closesWith(t, "another business", moved, 4403)

	gone := openSocket(t, two.url, "/ws/business/"+beta+"/", login())
	admin.must(t, "DELETE", "/api/users/"+me.ID+"/", nil, nil)
	closesWith(t, "deactivation", gone, 4409)
}

func TestExpiry(t *testing.T) {
	t.Parallel() // it waits more than it works
	data, database := dataDir(t)
	createAdmin(t, database)
	n := start(t, serveArgs(database, data, "--access-ttl", "2s"))
	conn := openSocket(t, n.url, "/ws/dashboard/", n.admin(t).token)
	closesWith(t, "expiry", conn, 4401)
}

// A server that stops says so to everybody, and sends the sockets elsewhere.
func TestDrain(t *testing.T) {
	t.Parallel() // it waits more than it works
	data, database := dataDir(t)
	createAdmin(t, database)
	n := start(t, serveArgs(database, data, "--drain", "1s"))
	admin := n.admin(t)
	var sockets []*websocket.Conn
	for range 10 {
		sockets = append(sockets, openSocket(t, n.url, "/ws/dashboard/", admin.token))
	}
	n.cancel()
	for _, conn := range sockets {
		types := closesWith(t, "drain", conn, 4451)
		types = slices.DeleteFunc(types, func(name string) bool { return name == "presence" }) // others come and go
		if len(types) != 1 || types[0] != "reconnect" {
			t.Errorf("before the close came %v", types)
		}
	}
	n.stop(t)
	if _, _, err := admin.call(t.Context(), "GET", "/readyz", nil, nil); err == nil {
		t.Error("a server that has stopped answers")
	}
}
