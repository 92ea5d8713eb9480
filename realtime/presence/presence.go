// Package presence knows who is online, over all nodes, by leases that nodes announce to each other.
//
// A key, which is a user to whoever uses the package, is online while a connection of any node holds it. Every node tells the
// others which keys it holds: what changes within a tenth of a second, and everything again every few seconds. What
// it says is a lease: a node that dies says nothing more, and what it held is gone when the lease ends, at worst
// [Staleness] later. Nothing is stored anywhere, so there is nothing to clean up.
//
// Announcements go where signals go: they may be lost, which costs time and is mended by the next. A key that is
// released stays online for [Grace], so that whoever loads a page again does not blink.
package presence

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"log/slog"
	"maps"
	"sync"
	"time"
)

// The times of presence.
const (
	Lease         = 15 * time.Second   // for which an announcement is good
	Grace         = 3 * time.Second    // for which a key stays online after its last connection
	Staleness     = Lease + sweepEvery // at worst, how long whoever is gone without a goodbye seems to be there
	sweepEvery    = time.Second        // between looks for what has ended
	announceEvery = 5 * time.Second    // between announcements of everything
	gatherFor     = 100 * time.Millisecond
)

// The bounds of what is known and said.
const (
	maxKeys    = 500_000 // of all nodes; past it nobody new is online
	keysAtOnce = 200     // in one announcement: with keys of 80 bytes less than 20 KiB
)

// Change says that a key came online or went.
type Change struct {
	Key    string
	Online bool
	At     time.Time
}

// Options are what a tracker works with.
type Options struct {
	// Announce tells the other nodes' trackers, whose Hear gets the text, as far as it can. It must not block.
	Announce func(text []byte)

	// OnChange hears of changes, from one goroutine. It must not block.
	OnChange func(changes []Change)

	Now    func() time.Time // nil is time.Now
	Logger *slog.Logger
}

// Tracker is one node's knowledge of who is online. It is safe for concurrent use.
type Tracker struct {
	o    Options
	node string
	wake chan struct{}

	mu      sync.Mutex
	held    map[string]*holding             // by this node's connections
	nodes   map[string]map[string]time.Time // until when other nodes' leases are good, by node and key
	online  map[string]time.Time            // since when, as was told
	holders map[string]int                  // nodes that hold a key, this one included
	touched map[string]bool                 // keys that may have changed
	on, off map[string]bool                 // of this node, to be announced
	asked   bool                            // another node wants to know everything
}

// holding is how this node holds a key.
type holding struct {
	connections int
	left        time.Time // when the last of them ended
}

// New makes a tracker that knows of nobody. [Tracker.Run] must run beside it.
func New(o Options) *Tracker {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Tracker{
		o: o, node: rand.Text()[:12], wake: make(chan struct{}, 1), held: map[string]*holding{},
		nodes: map[string]map[string]time.Time{}, online: map[string]time.Time{}, holders: map[string]int{},
		touched: map[string]bool{}, on: map[string]bool{}, off: map[string]bool{},
	}
}

// Enter says that a connection of this node holds a key.
func (t *Tracker) Enter(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	h := t.held[key]
	if h == nil {
		if len(t.holders) >= maxKeys {
			return
		}
		h = &holding{}
		t.held[key] = h
		t.hold(key, 1)
		t.on[key] = true
		delete(t.off, key)
		t.rouse()
	}
	h.connections++
}

// Leave says that one of them does so no longer.
func (t *Tracker) Leave(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if h := t.held[key]; h != nil && h.connections > 0 {
		if h.connections--; h.connections == 0 {
			h.left = t.o.Now()
		}
	}
}

// hold counts a node more or less that holds a key. The caller holds t.mu.
func (t *Tracker) hold(key string, by int) {
	if t.holders[key] += by; t.holders[key] <= 0 {
		delete(t.holders, key)
	}
	t.touched[key] = true
}

// Online gives who is online, and since when, as this node knows it.
func (t *Tracker) Online() map[string]time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	return maps.Clone(t.online)
}

func (t *Tracker) rouse() {
	select {
	case t.wake <- struct{}{}:
	default:
	}
}

// announcement is what nodes say to each other.
type announcement struct {
	Node string   `json:"node"`
	On   []string `json:"on,omitempty"`
	Off  []string `json:"off,omitempty"`
	Ask  bool     `json:"ask,omitempty"` // say everything you hold
	Bye  bool     `json:"bye,omitempty"` // I hold nothing any more
}

// Hear takes what another node's tracker announces.
func (t *Tracker) Hear(text []byte) {
	var a announcement
	if err := json.Unmarshal(text, &a); err != nil || a.Node == "" || a.Node == t.node {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	leases := t.nodes[a.Node]
	if leases == nil {
		leases = map[string]time.Time{}
		t.nodes[a.Node] = leases
	}
	until := t.o.Now().Add(Lease)
	for _, key := range a.On {
		if _, known := leases[key]; !known {
			if len(t.holders) >= maxKeys {
				continue
			}
			t.hold(key, 1)
		}
		leases[key] = until
	}
	for _, key := range a.Off {
		t.release(a.Node, key)
	}
	if a.Bye {
		for key := range leases {
			t.release(a.Node, key)
		}
	}
	t.asked = t.asked || a.Ask
	t.rouse()
}

// release ends another node's lease. The caller holds t.mu.
func (t *Tracker) release(node, key string) {
	if _, known := t.nodes[node][key]; known {
		delete(t.nodes[node], key)
		t.hold(key, -1)
	}
	if len(t.nodes[node]) == 0 {
		delete(t.nodes, node)
	}
}

// Run announces, listens and tells of changes until the context ends; then it says goodbye.
func (t *Tracker) Run(ctx context.Context) error {
	sweep, announce := time.NewTicker(sweepEvery), time.NewTicker(announceEvery)
	defer sweep.Stop()
	defer announce.Stop()
	t.say(announcement{Ask: true})
	for {
		select {
		case <-ctx.Done():
			t.say(announcement{Bye: true})
			return nil
		case <-sweep.C:
			t.sweep()
		case <-announce.C:
			t.sayAll()
		case <-t.wake:
			gather := time.NewTimer(gatherFor)
			select {
			case <-ctx.Done():
			case <-gather.C:
			}
			gather.Stop()
		}
		t.flush()
	}
}

// sweep ends what nobody holds any more: keys of this node after their grace, and leases that were not renewed.
func (t *Tracker) sweep() {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.o.Now()
	for key, h := range t.held {
		if h.connections == 0 && now.Sub(h.left) >= Grace {
			delete(t.held, key)
			t.hold(key, -1)
			t.off[key] = true
			delete(t.on, key)
		}
	}
	for node, leases := range t.nodes {
		for key, until := range leases {
			if !now.Before(until) {
				t.release(node, key)
			}
		}
	}
}

// flush announces what changed on this node and tells of what changed anywhere.
func (t *Tracker) flush() {
	t.mu.Lock()
	on, off, asked := t.on, t.off, t.asked
	t.on, t.off, t.asked = map[string]bool{}, map[string]bool{}, false
	now := t.o.Now()
	var changes []Change
	for key := range t.touched {
		_, was := t.online[key]
		is := t.holders[key] > 0
		switch {
		case is && !was:
			t.online[key] = now
		case was && !is:
			delete(t.online, key)
		default:
			continue
		}
		changes = append(changes, Change{key, is, now})
	}
	clear(t.touched)
	t.mu.Unlock()
	if asked {
		t.sayAll()
	} else {
		t.sayKeys(on, func(a *announcement, keys []string) { a.On = keys })
	}
	t.sayKeys(off, func(a *announcement, keys []string) { a.Off = keys })
	if len(changes) > 0 && t.o.OnChange != nil {
		t.o.OnChange(changes)
	}
}

// sayAll announces all that this node holds.
func (t *Tracker) sayAll() {
	t.mu.Lock()
	all := make(map[string]bool, len(t.held))
	for key := range t.held {
		all[key] = true
	}
	t.mu.Unlock()
	t.sayKeys(all, func(a *announcement, keys []string) { a.On = keys })
}

// sayKeys announces keys, so many at a time.
func (t *Tracker) sayKeys(keys map[string]bool, put func(a *announcement, keys []string)) {
	portion := make([]string, 0, min(len(keys), keysAtOnce))
	for key := range keys {
		if portion = append(portion, key); len(portion) == keysAtOnce {
			var a announcement
			put(&a, portion)
			t.say(a)
			portion = portion[:0]
		}
	}
	if len(portion) > 0 {
		var a announcement
		put(&a, portion)
		t.say(a)
	}
}

func (t *Tracker) say(a announcement) {
	a.Node = t.node
	text, err := json.Marshal(a)
	if err != nil { // strings and booleans: a fault of ours
		t.o.Logger.Error("presence cannot be announced", "error", err)
		return
	}
	t.o.Announce(text)
}
