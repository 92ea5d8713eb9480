// Package memory is the channel layer of a single node: what is published comes back to the same process.
package memory

import (
	"context"
	"sync"
	"time"

	"github.com/fadedistrict/fade/realtime/channel"
)

// queueLength bounds the messages that wait for the receiver. Past it, messages are dropped and their
// channels told of a gap.
const queueLength = 4096

// Bus connects the layers of one process as Redis connects those of many: a message published on one
// reaches all. A node alone has a bus of its own.
type Bus struct {
	mu     sync.Mutex
	layers []*Layer
}

// NewBus makes a bus without layers.
func NewBus() *Bus { return &Bus{} }

// Layer is one node's end of a bus.
type Layer struct {
	bus *Bus

	mu         sync.Mutex
	subscribed map[string]bool
	messages   []message
	gaps       map[string]bool
	dropped    int64
	running    bool
	since      time.Time
	wake       chan struct{}
}

type message struct {
	channel string
	text    []byte
}

// New makes the layer of a node alone.
func New() *Layer { return NewBus().Join() }

// Join makes another node's end of the bus.
func (b *Bus) Join() *Layer {
	l := &Layer{bus: b, subscribed: map[string]bool{}, gaps: map[string]bool{}, wake: make(chan struct{}, 1)}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.layers = append(b.layers, l)
	return l
}

// Publish implements [channel.Layer].
func (l *Layer) Publish(name string, text []byte) {
	l.bus.mu.Lock()
	defer l.bus.mu.Unlock()
	for _, node := range l.bus.layers {
		node.offer(name, text)
	}
}

func (l *Layer) offer(name string, text []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case !l.subscribed[name]:
		return
	case len(l.messages) >= queueLength:
		l.dropped++
		l.gaps[name] = true
	default:
		l.messages = append(l.messages, message{name, text})
	}
	l.signal()
}

func (l *Layer) signal() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// Subscribe implements [channel.Layer].
func (l *Layer) Subscribe(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.subscribed[name] = true
	l.gaps[name] = true
	l.signal()
}

// Unsubscribe implements [channel.Layer].
func (l *Layer) Unsubscribe(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.subscribed, name)
}

// Run implements [channel.Layer].
func (l *Layer) Run(ctx context.Context, r channel.Receiver) error {
	l.setRunning(true)
	defer l.setRunning(false)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-l.wake:
		}
		l.mu.Lock()
		messages, gaps := l.messages, l.gaps
		l.messages, l.gaps = nil, map[string]bool{}
		l.mu.Unlock()
		for _, m := range messages {
			r.Message(m.channel, m.text)
		}
		if len(gaps) > 0 {
			names := make([]string, 0, len(gaps))
			for name := range gaps {
				names = append(names, name)
			}
			r.Gap(names)
		}
	}
}

func (l *Layer) setRunning(running bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.running, l.since = running, time.Now()
}

// State implements [channel.Layer].
func (l *Layer) State() channel.State {
	l.mu.Lock()
	defer l.mu.Unlock()
	return channel.State{Kind: "memory", Connected: l.running, Since: l.since, Dropped: l.dropped}
}
