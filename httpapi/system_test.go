package httpapi

import (
	"strings"
	"testing"
	"time"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/cluster"
)

// sessionOf gives the session that a token names.
func (w *world) sessionOf(token string) string {
	w.t.Helper()
	actor, err := w.accounts.Authenticate(w.t.Context(), token)
	w.must(err)
	return actor.SessionID
}

// node writes a node's row.
func (w *world) node(name string, seen time.Time, figures cluster.NodeFigures) cluster.Node {
	w.t.Helper()
	n := cluster.Node{
		ID: fade.NewID(seen), Name: name, Address: "127.0.0.1:8000", Version: "test", Figures: figures,
		StartedAt: seen.UTC().Truncate(time.Microsecond), SeenAt: seen.UTC().Truncate(time.Microsecond),
	}
	w.must(w.db.Cluster().Update(w.t.Context(), func(tx cluster.Tx) error { return tx.PutNode(n) }))
	return n
}

func TestSystem_nodes(t *testing.T) {
	w := newWorld(t)
	var empty cluster.SystemView
	if got := w.do("GET", "/api/system/", w.adminToken, nil).want(200).into(&empty); !strings.Contains(got.text, `"nodes":[]`) || empty.Now.IsZero() {
		t.Errorf("without nodes: %s", got.text)
	}

	w.node("b", time.Now(), cluster.NodeFigures{
		Sockets: cluster.SocketFigures{Connections: 3},
		Clients: []cluster.SlowClient{
			{ID: 1, UserID: w.ownerA.ID, SessionID: w.sessionOf(w.ownerAToken)},
			{ID: 2, UserID: w.admin.ID, SessionID: w.sessionOf(w.adminToken)},
			{ID: 3, UserID: fade.NewID(time.Now()), SessionID: fade.NewID(time.Now())},
		},
		Channels: []cluster.ChannelHead{{Name: "1"}, {Name: "2", BusinessID: w.a.ID}, {Name: "3", UserID: w.admin.ID}, {Name: "4", BusinessID: "x"}},
	})
	w.node("a", time.Now().Add(-time.Minute), cluster.NodeFigures{})
	got := w.do("GET", "/api/system/", w.adminToken, nil).want(200)
	if strings.Contains(got.text, "null") {
		t.Errorf("null where a list or a map is expected: %s", got.text)
	}
	var view cluster.SystemView
	got.into(&view)
	if len(view.Nodes) != 2 || view.Nodes[0].Name != "a" || !view.Nodes[0].Gone || view.Nodes[1].Gone || view.Nodes[1].Figures.Sockets.Connections != 3 {
		t.Fatalf("nodes: %s", got.text)
	}
	clients := view.Nodes[1].Figures.Clients
	if c := clients[0]; c.UserName != "Owner alpha" || c.UserEmail != w.ownerA.Email || c.Own {
		t.Errorf("the owner's connection: %+v", c)
	}
	if c := clients[1]; c.UserName != "Ada Min" || !c.Own {
		t.Errorf("one's own connection: %+v", c)
	}
	for i, want := range []string{"", w.a.Name, "Ada Min", ""} {
		if c := view.Nodes[1].Figures.Channels[i]; c.About != want {
			t.Errorf("%s is about %q, want %q", c.Name, c.About, want)
		}
	}
	if c := clients[2]; c.UserName != "" || c.Own {
		t.Errorf("a stranger's connection: %+v", c)
	}
}

func TestSystem_disconnect(t *testing.T) {
	w := newWorld(t)
	const path = "/api/system/sessions/"
	again := w.login(w.ownerA.Email)
	s, _ := w.open("/ws/notifications/", w.ownerAToken)
	other, _ := w.open("/ws/notifications/", again)
	ended := path + w.sessionOf(w.ownerAToken) + "/disconnect/"

	w.do("POST", ended, "", nil).want(401)
	w.do("POST", ended, w.ownerAToken, nil).want(403)
	w.do("POST", ended, w.ownerBToken, nil).want(403)
	s.send(object{"type": "ping"})
	s.next("pong")

	w.do("POST", ended, w.adminToken, nil).want(204)
	s.closes(4409)
	w.do("GET", "/api/auth/me/", w.ownerAToken, nil).want(401)
	w.do("POST", ended, w.adminToken, nil).want(204) // again, for sockets that may have outlived it
	other.send(object{"type": "ping"})
	other.next("pong") // another sign-in of the same person lives on
	w.do("GET", "/api/auth/me/", again, nil).want(200)
	if log := w.log.String(); !strings.Contains(log, "ended somebody's sign-in") || !strings.Contains(log, "by="+w.admin.ID+" user="+w.ownerA.ID) {
		t.Errorf("the log does not say who ended whose sign-in: %s", log)
	}

	for _, id := range []string{fade.NewID(time.Now()), "nonsense"} {
		w.do("POST", path+id+"/disconnect/", w.adminToken, nil).want(404)
	}
	own := w.do("POST", path+w.sessionOf(w.adminToken)+"/disconnect/", w.adminToken, nil).want(409).problem()
	if !strings.Contains(own.Detail, "sign out") {
		t.Errorf("one's own sign-in: %q", own.Detail)
	}
	w.do("GET", "/api/auth/me/", w.adminToken, nil).want(200)
}
