package store

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/cluster"
)

// Cluster gives the store of package cluster.
func (s *Store) Cluster() cluster.Store { return clusterStore{s.engine} }

type clusterStore struct{ engine engine }

func (s clusterStore) Update(ctx context.Context, do func(cluster.Tx) error) error {
	return s.engine.update(ctx, func(t *tx) error { return do(t) })
}

func (s clusterStore) View(ctx context.Context, do func(cluster.Reader) error) error {
	return s.engine.view(ctx, func(r *reader) error { return do(r) })
}

// maxNodes is how many rows Nodes gives at most.
const maxNodes = 100

// Nodes gives the rows that were renewed last, at most so many, by name and start.
func (r *reader) Nodes() ([]cluster.Node, error) {
	nodes, err := all(r.transaction, "read nodes", func(row row) (n cluster.Node, err error) {
		var started, seen int64
		var figures []byte
		if err := row.Scan(&n.ID, &n.Name, &n.Address, &n.Version, &started, &seen, &figures); err != nil {
			return n, err
		}
		n.StartedAt, n.SeenAt = instant(started), instant(seen)
		return n, json.Unmarshal(figures, &n.Figures)
	}, `SELECT id, name, address, version, started_at, seen_at, figures FROM node ORDER BY seen_at DESC, id LIMIT $1`, maxNodes)
	slices.SortFunc(nodes, func(a, b cluster.Node) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), a.StartedAt.Compare(b.StartedAt), cmp.Compare(a.ID, b.ID))
	})
	return nodes, err
}

// People gives those of the users that exist, by id.
func (r *reader) People(userIDs []string) (map[string]cluster.Person, error) {
	people := make(map[string]cluster.Person, len(userIDs))
	err := r.byID("read people", `SELECT id, email, first_name, last_name FROM users`, userIDs, func(row row) error {
		var u fade.User
		err := row.Scan(&u.ID, &u.Email, &u.FirstName, &u.LastName)
		people[u.ID] = cluster.Person{Name: u.FullName(), Email: u.Email}
		return err
	})
	return people, err
}

// BusinessNames gives those of the businesses that exist, by id.
func (r *reader) BusinessNames(ids []string) (map[string]string, error) {
	names := make(map[string]string, len(ids))
	err := r.byID("read business names", `SELECT id, name FROM businesses`, ids, func(row row) error {
		var id, name string
		err := row.Scan(&id, &name)
		names[id] = name
		return err
	})
	return names, err
}

// byID scans the rows of the ids, some in each query.
func (r *reader) byID(op, text string, ids []string, each func(row) error) error {
	for some := range slices.Chunk(ids, bulkRows) {
		var where listing
		where.in("id", some)
		if err := r.query(op, each, text+where.conditions(), where.args...); err != nil {
			return err
		}
	}
	return nil
}

// PutNode writes a node's row, whether or not there is one.
func (t *tx) PutNode(n cluster.Node) error {
	figures, err := json.Marshal(n.Figures)
	if err != nil {
		return t.fail("write node", err)
	}
	_, err = t.exec("write node", `
		INSERT INTO node (id, name, address, version, started_at, seen_at, figures) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at, figures = excluded.figures`,
		n.ID, n.Name, n.Address, n.Version, micros(n.StartedAt), micros(n.SeenAt), string(figures))
	return err
}

// DeleteNode takes a node's row away; without one it changes nothing.
func (t *tx) DeleteNode(id string) error {
	_, err := t.exec("delete node", `DELETE FROM node WHERE id = $1`, id)
	return err
}

// PruneNodes removes the rows of nodes that fell silent before the time, and gives how many there were.
func (s *Store) PruneNodes(ctx context.Context, before time.Time) (removed int64, err error) {
	err = s.engine.update(ctx, func(t *tx) (err error) {
		removed, err = t.exec("prune nodes", `DELETE FROM node WHERE seen_at < $1`, micros(before))
		return err
	})
	return removed, err
}

var (
	_ cluster.Reader = (*reader)(nil)
	_ cluster.Tx     = (*tx)(nil)
)
