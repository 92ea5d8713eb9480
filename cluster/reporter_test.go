package cluster

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// rows is a store of rows that may be away.
type rows struct {
	mu   sync.Mutex
	rows map[string]Node
	puts int
	away error
}

func (r *rows) Update(_ context.Context, do func(Tx) error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.away != nil {
		return r.away
	}
	return do(r)
}

func (r *rows) View(_ context.Context, do func(Reader) error) error { return do(r) }

func (r *rows) Nodes() ([]Node, error)                            { return nil, nil }
func (r *rows) People([]string) (map[string]Person, error)        { return nil, nil }
func (r *rows) BusinessNames([]string) (map[string]string, error) { return nil, nil }
func (r *rows) DeleteNode(id string) error                        { delete(r.rows, id); return nil }
func (r *rows) PutNode(n Node) error                              { r.rows[n.ID] = n; r.puts++; return nil }
func (r *rows) node(id string) (n Node, there bool, puts int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	n, there = r.rows[id]
	return n, there, r.puts
}

func (r *rows) goAway(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.away = err
}

func TestReporter_Run(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, log := &rows{rows: map[string]Node{}}, &bytes.Buffer{}
		asked := 0
		r := Reporter{
			Store: store, Node: Node{ID: "n", Name: "host"}, Now: time.Now, Logger: slog.New(slog.NewTextHandler(log, nil)),
			Figures: func() NodeFigures {
				asked++
				return NodeFigures{Process: ProcessFigures{Goroutines: asked}}
			},
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- r.Run(ctx) }()

		synctest.Wait()
		if n, there, _ := store.node("n"); !there || n.Name != "host" || !n.SeenAt.Equal(time.Now()) {
			t.Errorf("at once: %+v", n)
		}
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if n, _, puts := store.node("n"); puts != 3 || n.Figures.Process.Goroutines != 3 || time.Since(n.SeenAt) != time.Second {
			t.Errorf("after five seconds it was written %d times, last %v ago", puts, time.Since(n.SeenAt))
		}

		store.goAway(errors.New("no database"))
		time.Sleep(10 * time.Second)
		store.goAway(nil)
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if n, _, _ := store.node("n"); time.Since(n.SeenAt) > reportEvery {
			t.Error("it did not go on when the database was back")
		}
		if said := strings.Count(log.String(), "cannot be written"); said != 1 {
			t.Errorf("the trouble was said %d times", said)
		}

		stop()
		if err := <-ended; err != nil {
			t.Errorf("Run() = %v", err)
		}
		if _, there, _ := store.node("n"); there {
			t.Error("the row outlived its node")
		}
	})
}

func TestQuantile(t *testing.T) {
	buckets := []LatencyBucket{{.001, 50}, {.010, 90}, {.1, 100}}
	for _, test := range []struct {
		name    string
		buckets []LatencyBucket
		count   uint64
		part    float64
		want    float64
	}{
		{"of nothing", buckets[:0], 0, .5, 0},
		{"of empty buckets", []LatencyBucket{{.001, 0}, {.01, 0}}, 0, .99, 0},
		{"at a bucket's end", buckets, 100, .5, .001},
		{"within a bucket", buckets, 100, .7, .0055},
		{"within the last", buckets, 100, .95, .055},
		{"past the last", buckets, 1000, .99, .1},
		{"below an empty bucket", []LatencyBucket{{.001, 0}, {.01, 10}}, 10, .5, .0055},
	} {
		if got := Quantile(test.buckets, test.count, test.part); got < test.want-1e-9 || got > test.want+1e-9 {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}
