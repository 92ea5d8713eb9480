package main

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/fadedistrict/fade/internal/testserver"
	"github.com/fadedistrict/fade/realtime/presence"
)

// said is a message as a test needs it.
type said struct {
	Type    string `json:"type"`
	Channel string `json:"channel"`
	Payload struct {
		User    string `json:"user"`
		Changes []struct {
			User   string `json:"user"`
			Online bool   `json:"online"`
		} `json:"changes"`
	} `json:"payload"`
}

// hear reads until a message is what a test waits for; false if it does not come in time.
func hear(t *testing.T, conn *websocket.Conn, within time.Duration, is func(said) bool) bool {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	for {
		_, text, err := conn.Read(ctx)
		if err != nil {
			return false
		}
		var m said
		if json.Unmarshal(text, &m) == nil && is(m) {
			return true
		}
	}
}

// Two people on two servers: one sees that the other types and is there; and when the other's server dies without a
// word, that nobody is there any more, within the time that presence promises.
func TestSignals_acrossServers(t *testing.T) {
	t.Parallel() // it waits more than it works
	binary := build(t)
	data, database := dataDir(t)
	createAdmin(t, database)
	redis := testserver.StartRedis(t).URL
	here := spawn(t, binary, serveArgs(database, data, "--redis", redis)...)
	there := spawn(t, binary, serveArgs(database, data, "--redis", redis)...)
	h := client(t)
	admin := signedIn(t, h, here.url, adminEmail, adminPassword)
	business := admin.shop(t, "alpha")
	owner := signedIn(t, h, there.url, "alpha@fade.test", adminPassword)
	var me struct{ ID string }
	owner.must(t, "GET", "/api/auth/me/", nil, &me)
	var conversation struct{ ID string }
	admin.must(t, "POST", "/api/conversations/", object{"business": business, "body": "Welcome"}, &conversation)
	channel := "conversation:" + conversation.ID

	platform := openSocket(t, here.url, "/ws/dashboard/", admin.token)
	write := func(conn *websocket.Conn, message object) {
		t.Helper()
		text, err := json.Marshal(message)
		if err == nil {
			err = conn.Write(t.Context(), websocket.MessageText, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	write(platform, object{"type": "subscribe", "channel": channel})
	owners := openSocket(t, there.url, "/ws/", owner.token)
	isOnline := func(online bool) func(said) bool {
		return func(m said) bool {
			for _, change := range m.Payload.Changes {
				if m.Type == "presence" && change.User == me.ID && change.Online == online {
					return true
				}
			}
			return false
		}
	}
	if !hear(t, platform, patience, isOnline(true)) {
		t.Fatal("nobody is told that the owner came")
	}
	// The first may come before the other server has heard that somebody here follows the conversation.
	typed := make(chan struct{})
	go func() {
		defer close(typed)
		for range 10 {
			if owners.Write(t.Context(), websocket.MessageText, []byte(`{"type":"typing","channel":"`+channel+`"}`)) != nil {
				return
			}
			select {
			case <-t.Context().Done():
				return
			case <-time.After(1100 * time.Millisecond):
			}
		}
	}()
	if !hear(t, platform, patience, func(m said) bool { return m.Type == "typing" && m.Channel == channel && m.Payload.User == me.ID }) {
		t.Fatal("nobody is told that the owner types")
	}
	there.kill()
	<-typed
	died := time.Now()
	if !hear(t, platform, presence.Staleness+patience, isOnline(false)) {
		t.Fatalf("%v after its server died, the owner still seems to be there", time.Since(died))
	}
	var online struct {
		Online []struct{ User string } `json:"online"`
		Stale  int                     `json:"stale_after_seconds"`
	}
	admin.must(t, "GET", "/api/presence/", nil, &online)
	for _, who := range online.Online {
		if who.User == me.ID {
			t.Errorf("the list still has the owner: %+v", online)
		}
	}
	if online.Stale != int(presence.Staleness.Seconds()) {
		t.Errorf("what is said of staleness is %d s", online.Stale)
	}
}
