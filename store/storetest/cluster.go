package storetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/cluster"
)

func testNodes(t *testing.T, f *fixture) {
	store := f.Cluster()
	update := func(do func(cluster.Tx) error) {
		t.Helper()
		if err := store.Update(f.ctx, do); err != nil {
			t.Fatalf("Update() = %v", err)
		}
	}
	nodes := func() (found []cluster.Node) {
		t.Helper()
		err := store.View(f.ctx, func(r cluster.Reader) (err error) {
			found, err = r.Nodes()
			return err
		})
		if err != nil {
			t.Fatalf("Nodes() = %v", err)
		}
		return found
	}
	if got := nodes(); len(got) != 0 {
		t.Errorf("Nodes() of a new database = %v", got)
	}

	now := f.clock.Now()
	user, business := f.user(t, "a@example.com", nil), f.business(t, "one")
	first := cluster.Node{
		ID: fade.NewID(now), Name: "ö", Address: "[::1]:8000", Version: "1", StartedAt: now, SeenAt: now,
		Figures: cluster.NodeFigures{
			Sockets: cluster.SocketFigures{Connections: 7, Closes: []cluster.CloseCount{{Code: 4450, Count: 2}}},
			Clients: []cluster.SlowClient{{UserID: user.ID, Channels: []string{"dashboard"}, OpenedAt: now, StuckFor: .5}},
		},
	}
	second := first
	second.ID, second.Name, second.SeenAt = fade.NewID(now), "a", now.Add(-time.Hour)
	update(func(tx cluster.Tx) error {
		if err := tx.PutNode(first); err != nil {
			return err
		}
		return tx.PutNode(second)
	})
	first.SeenAt, first.Figures.Sockets.Connections = now.Add(2*time.Second), 8
	update(func(tx cluster.Tx) error { return tx.PutNode(first) })
	if diff := cmp.Diff([]cluster.Node{second, first}, nodes()); diff != "" {
		t.Errorf("Nodes() differ (-want +got):\n%s", diff)
	}

	stranger := fade.NewID(now)
	err := store.View(f.ctx, func(r cluster.Reader) error {
		var many []string // more than one query asks for
		for range 100 {
			many = append(many, stranger)
		}
		people, err := r.People(append(many, user.ID))
		want := map[string]cluster.Person{user.ID: {Name: user.FullName(), Email: user.Email}}
		if diff := cmp.Diff(want, people); diff != "" || err != nil {
			t.Errorf("People() differ (-want +got), error %v:\n%s", err, diff)
		}
		names, err := r.BusinessNames([]string{business.ID, stranger})
		if diff := cmp.Diff(map[string]string{business.ID: business.Name}, names); diff != "" || err != nil {
			t.Errorf("BusinessNames() differ (-want +got), error %v:\n%s", err, diff)
		}
		if none, err := r.People(nil); err != nil || len(none) != 0 {
			t.Errorf("People() of nobody = %v, %v", none, err)
		}
		return nil
	})
	if err != nil {
		t.Errorf("View() = %v", err)
	}

	update(func(tx cluster.Tx) error { // a server that dies at every start
		for i := range 120 {
			dead := cluster.Node{ID: fade.NewID(now), Name: name(i), SeenAt: now.Add(-2 * time.Hour), StartedAt: now}
			if err := tx.PutNode(dead); err != nil {
				return err
			}
		}
		return nil
	})
	if got := nodes(); len(got) != 100 || got[0].ID != second.ID || got[99].ID != first.ID {
		t.Errorf("Nodes() gave %d of 122, from %s to %s; want the 100 renewed last", len(got), got[0].Name, got[len(got)-1].Name)
	}

	if n, err := f.PruneNodes(f.ctx, now.Add(-90*time.Minute)); n != 120 || err != nil {
		t.Errorf("PruneNodes() = %d, %v; want those of two hours ago", n, err)
	}
	if n, err := f.PruneNodes(f.ctx, now.Add(-time.Minute)); n != 1 || err != nil {
		t.Errorf("PruneNodes() = %d, %v; want the one that fell silent an hour ago", n, err)
	}
	for range 2 { // again, as a node whose row was pruned does
		update(func(tx cluster.Tx) error { return tx.DeleteNode(first.ID) })
	}
	if got := nodes(); len(got) != 0 {
		t.Errorf("Nodes() after DeleteNode() = %v", got)
	}
}
