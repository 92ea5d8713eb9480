package main

import (
	"slices"
	"testing"

	"github.com/fadedistrict/fade/cluster"
	"github.com/fadedistrict/fade/internal/testserver"
)

// Any server tells of all, and ends a sign-in whose socket another one holds.
func TestNodes_twoServers(t *testing.T) {
	t.Parallel() // it waits more than it works
	database := testserver.Postgres(t)
	createAdmin(t, database)
	one := start(t, serveArgs(database, t.TempDir()))
	two := start(t, serveArgs(database, t.TempDir()))
	admin := one.admin(t)
	admin.shop(t, "alpha")
	owner := signedIn(t, two.http, two.url, "alpha@fade.test", adminPassword)
	conn := openSocket(t, two.url, "/ws/notifications/", owner.token)
	view := func() (v cluster.SystemView) {
		admin.must(t, "GET", "/api/system/", nil, &v)
		return v
	}

	var client cluster.SlowClient
	eventually(t, "the other server's connection is seen", func() bool {
		for _, n := range view().Nodes {
			if "http://"+n.Address == two.url && len(n.Figures.Clients) == 1 && n.Figures.Sockets.Connections == 1 {
				client = n.Figures.Clients[0]
			}
		}
		return client.ID != 0
	})
	if client.UserEmail != "alpha@fade.test" || client.Kind != "websocket" || len(client.Channels) != 1 || client.Own {
		t.Errorf("the connection: %+v", client)
	}
	nodes := view().Nodes
	if len(nodes) != 2 {
		t.Fatalf("%d nodes, want 2", len(nodes))
	}
	for _, n := range nodes {
		f := n.Figures
		if n.Gone || n.Version == "" || n.Name == "" || f.Process.Goroutines == 0 || f.Process.HeapBytes == 0 || f.Process.RSSBytes == 0 ||
			f.Process.Descriptors < 3 || f.Process.MaxDescriptors < f.Process.Descriptors || f.Layer.Kind != "memory" || !f.Layer.Connected ||
			len(f.Sockets.LastWrite.Buckets) == 0 || len(f.Channels) == 0 {
			t.Errorf("what a node says of itself: %+v", n)
		}
	}

	inbox := slices.ContainsFunc(slices.Concat(nodes[0].Figures.Channels, nodes[1].Figures.Channels), func(c cluster.ChannelHead) bool {
		return c.Name == client.Channels[0] && c.UserID == client.UserID && c.About == client.UserName && c.Subscribers == 1
	})
	if !inbox {
		t.Errorf("the inbox that is followed is not among the channels: %+v", nodes)
	}

	admin.must(t, "POST", "/api/system/sessions/"+client.SessionID+"/disconnect/", nil, nil)
	closesWith(t, "disconnect", conn, 4409)

	two.stop(t)
	if left := view().Nodes; len(left) != 1 || "http://"+left[0].Address != one.url {
		t.Errorf("after the other has stopped: %+v", left)
	}
}
