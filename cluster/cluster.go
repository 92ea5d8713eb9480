// Package cluster knows the nodes: the serve processes that share one database. Each keeps a row with its
// figures, which it renews every two seconds and takes away when it stops; so whoever asks one node hears of
// all, and a node that fell silent is seen to be gone. Only a super admin may ask.
package cluster

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/fadedistrict/fade"
)

// How long a node may be silent before it counts as gone, and how long the row of such a node is kept. A node
// that stops takes its row away: what is left of one says that the process died.
const (
	GoneAfter = 10 * time.Second
	KeepFor   = 24 * time.Hour
)

// Node is one serve process, from its start to its end.
type Node struct {
	ID        string      `json:"id" format:"uuid" doc:"Another one after every start."`
	Name      string      `json:"name" doc:"The host's name."`
	Address   string      `json:"address" doc:"Where it listens." example:"127.0.0.1:8000"`
	Version   string      `json:"version"`
	StartedAt time.Time   `json:"started_at"`
	SeenAt    time.Time   `json:"seen_at" doc:"When it gave its figures, by its own clock. Rates come of two answers with different times."`
	Gone      bool        `json:"gone" doc:"Whether it fell silent more than 10 seconds ago, without having stopped."`
	Figures   NodeFigures `json:"figures"`
}

// Person is whose connection it is.
type Person struct {
	Name  string
	Email string
}

// Reader reads what the nodes said.
type Reader interface {
	// Nodes gives the rows that were renewed last, 100 at most, by name and start: a server that dies at every
	// start leaves a row each time. Gone is not set.
	Nodes() ([]Node, error)

	// People gives those of the users that exist, by id.
	People(userIDs []string) (map[string]Person, error)

	// BusinessNames gives those of the businesses that exist, by id.
	BusinessNames(ids []string) (map[string]string, error)
}

// Tx changes a node's row.
type Tx interface {
	Reader

	// PutNode writes a node's row, whether or not there is one.
	PutNode(n Node) error

	// DeleteNode takes a node's row away; without one it changes nothing.
	DeleteNode(id string) error
}

// Store runs the transactions. Update's function may run more than once and must not do anything but use its
// Tx; what it returns decides between commit and rollback. View's function sees one snapshot.
type Store interface {
	Update(ctx context.Context, do func(Tx) error) error
	View(ctx context.Context, do func(Reader) error) error
}

// Service is what can be asked about the nodes. It is safe for concurrent use.
type Service struct {
	store Store
	now   func() time.Time
}

// New makes the service.
func New(store Store, now func() time.Time) *Service { return &Service{store, now} }

// SystemView is all nodes at one moment.
type SystemView struct {
	Nodes []Node    `json:"nodes" doc:"By name and start; those that are gone are kept for a day. 100 at most."`
	Now   time.Time `json:"now" doc:"When this was read."`
}

// View gives all nodes with what they last said of themselves, and the names of the people whose connections
// are in it.
func (s *Service) View(ctx context.Context, actor fade.Actor) (SystemView, error) {
	if err := actor.RequireSuperAdmin(); err != nil {
		return SystemView{}, err
	}
	v := SystemView{Now: s.now().UTC().Truncate(time.Millisecond)}
	var named names
	err := s.store.View(ctx, func(r Reader) (err error) {
		if v.Nodes, err = r.Nodes(); err != nil {
			return err
		}
		named, err = namesIn(r, v.Nodes)
		return err
	})
	for i := range v.Nodes {
		n := &v.Nodes[i]
		n.Gone = v.Now.Sub(n.SeenAt) > GoneAfter
		n.Figures.complete()
		for j := range n.Figures.Clients {
			c := &n.Figures.Clients[j]
			c.UserName, c.UserEmail = named.people[c.UserID].Name, named.people[c.UserID].Email
			c.Own = c.SessionID == actor.SessionID
		}
		for j := range n.Figures.Channels {
			n.Figures.Channels[j].About = named.about(n.Figures.Channels[j])
		}
	}
	return v, err
}

// names are of what the nodes told by its id alone.
type names struct {
	people     map[string]Person
	businesses map[string]string
}

// namesIn reads the names of the people and businesses that the nodes told of.
func namesIn(r Reader, nodes []Node) (named names, err error) {
	users, businesses := map[string]bool{}, map[string]bool{}
	for _, n := range nodes {
		for _, c := range n.Figures.Clients {
			users[c.UserID] = true
		}
		for _, c := range n.Figures.Channels {
			if c.UserID != "" {
				users[c.UserID] = true
			}
			if c.BusinessID != "" {
				businesses[c.BusinessID] = true
			}
		}
	}
	if named.people, err = r.People(slices.Sorted(maps.Keys(users))); err != nil {
		return named, err
	}
	named.businesses, err = r.BusinessNames(slices.Sorted(maps.Keys(businesses)))
	return named, err
}

// about gives whose channel it is, if it is somebody's.
func (n names) about(c ChannelHead) string {
	if c.UserID != "" {
		return n.people[c.UserID].Name
	}
	return n.businesses[c.BusinessID]
}
