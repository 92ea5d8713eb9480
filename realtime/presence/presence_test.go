package presence_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/fadedistrict/fade/realtime/presence"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// cluster is a number of trackers that hear each other, but for those that are cut off.
type cluster struct {
	mu       sync.Mutex
	trackers []*presence.Tracker
	deaf     map[int]bool // neither heard nor hearing
	sent     int          // bytes
	largest  int
}

func (c *cluster) announce(from int) func([]byte) {
	return func(text []byte) {
		c.mu.Lock()
		hearing := []*presence.Tracker{}
		for i, t := range c.trackers {
			if i != from && !c.deaf[i] && !c.deaf[from] {
				hearing = append(hearing, t)
			}
		}
		c.sent += len(text)
		c.largest = max(c.largest, len(text))
		c.mu.Unlock()
		for _, t := range hearing {
			t.Hear(text)
		}
	}
}

// node is one tracker that runs.
type node struct {
	*presence.Tracker

	stop func() // in order

	mu      sync.Mutex
	changes []string
}

func (c *cluster) join(t *testing.T) *node {
	t.Helper()
	n := &node{}
	c.mu.Lock()
	i := len(c.trackers)
	c.mu.Unlock()
	n.Tracker = presence.New(presence.Options{Announce: c.announce(i), OnChange: func(changes []presence.Change) {
		n.mu.Lock()
		defer n.mu.Unlock()
		for _, change := range changes {
			n.changes = append(n.changes, fmt.Sprintf("%s %v", change.Key, change.Online))
		}
	}})
	c.mu.Lock()
	c.trackers = append(c.trackers, n.Tracker)
	c.mu.Unlock()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = n.Run(ctx)
	}()
	n.stop = func() { cancel(); <-done }
	t.Cleanup(n.stop)
	return n
}

func (n *node) told() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	told := n.changes
	n.changes = nil
	return told
}

// after lets time pass until all have done what they do in it.
func after(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func want(t *testing.T, what string, n *node, changes ...string) {
	t.Helper()
	if got := n.told(); !slices.Equal(got, changes) {
		t.Errorf("%s one is told %q, want %q", what, got, changes)
	}
}

func TestTracker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &cluster{deaf: map[int]bool{}}
		one, two := c.join(t), c.join(t)
		synctest.Wait()

		two.Enter("ana")
		two.Enter("ana") // another tab
		after(300 * time.Millisecond)
		want(t, "when somebody comes", one, "ana true")
		one.Enter("ana") // and on another node
		two.Leave("ana")
		two.Leave("ana")
		after(2 * presence.Grace)
		want(t, "while one tab of three is open", one)
		one.Leave("ana")
		after(time.Second)
		one.Enter("ana") // the page was loaded again
		after(2 * presence.Grace)
		want(t, "after a reload", one)
		one.Leave("ana")
		after(presence.Grace + 2*time.Second)
		want(t, "when the last tab is closed", one, "ana false")
		if online := two.Online(); len(online) != 0 {
			t.Errorf("another node knows %v", online)
		}

		two.Enter("ben")
		after(time.Second)
		late := c.join(t)
		after(300 * time.Millisecond)
		if _, there := late.Online()["ben"]; !there {
			t.Error("a node that joins does not learn who is there")
		}
		want(t, "when somebody comes", one, "ben true")
		two.stop()
		after(300 * time.Millisecond)
		want(t, "when a node says goodbye", one, "ben false")
	})
}

// What a node held that died without a word is gone when its lease has ended, and not before: a node that is only
// cut off for a while loses nobody.
func TestTracker_death(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &cluster{deaf: map[int]bool{}}
		one, two := c.join(t), c.join(t)
		two.Enter("ana")
		after(300 * time.Millisecond)
		want(t, "when somebody comes", one, "ana true")
		cut := func(deaf bool) {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.deaf[1] = deaf
		}
		cut(true)
		after(8 * time.Second)
		cut(false)
		after(8 * time.Second)
		want(t, "after eight seconds without a word", one)
		cut(true)
		died := time.Now()
		for len(one.Online()) > 0 {
			after(100 * time.Millisecond)
			if time.Since(died) > presence.Staleness+gather {
				t.Fatalf("%v after its node died, somebody is still online", time.Since(died))
			}
		}
		want(t, "when the lease has ended", one, "ana false")
	})
}

const gather = 200 * time.Millisecond

// Twenty thousand people are announced in pieces that fit.
func TestTracker_many(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &cluster{deaf: map[int]bool{}}
		one, two := c.join(t), c.join(t)
		const people = 20_000
		for i := range people {
			two.Enter(fmt.Sprintf("01a202b2-c505-7e10-ba39-%012d/01a202b2-c501-7876-aff1-840a3ee4d960", i))
		}
		after(time.Second)
		if n := len(one.Online()); n != people {
			t.Errorf("%d of %d are online", n, people)
		}
		if c.largest > 32<<10 {
			t.Errorf("an announcement has %d bytes", c.largest)
		}
		c.mu.Lock()
		c.sent = 0
		c.mu.Unlock()
		after(20 * time.Second)
		t.Logf("%d people cost %d bytes a second between two nodes", people, c.sent/20)
		if n := len(one.Online()); n != people {
			t.Errorf("after a while %d are online", n)
		}
	})
}
