// Package channeltest holds what every channel layer must do, as one suite that each runs on the real
// thing.
package channeltest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/fadedistrict/fade/realtime/channel"
)

// Network is what connects the nodes of a test: a bus, a Redis.
type Network interface {
	// Join makes another node's layer.
	Join(t *testing.T) channel.Layer

	// Interrupt takes the network away and brings it back, losing whatever was under way. It reports false
	// if this kind of network cannot be interrupted.
	Interrupt(t *testing.T) bool
}

// patience bounds how long a test waits for what must happen.
const patience = 20 * time.Second

// Run runs the suite. open makes a new network for each test.
func Run(t *testing.T, open func(t *testing.T) Network) {
	tests := map[string]func(*testing.T, Network){
		"Order": testOrder, "Own": testOwn, "Unsubscribe": testUnsubscribe, "ManyChannels": testManyChannels,
		"ManyNodes": testManyNodes, "Interrupt": testInterrupt, "Flood": testFlood,
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

// node is a layer with a receiver that remembers.
type node struct {
	channel.Layer

	mu       sync.Mutex
	messages map[string][]string
	gaps     map[string]int
	changed  chan struct{}
}

func join(t *testing.T, network Network) *node {
	t.Helper()
	n := &node{Layer: network.Join(t), messages: map[string][]string{}, gaps: map[string]int{}, changed: make(chan struct{}, 1)}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- n.Run(ctx, n) }()
	t.Cleanup(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("Run() = %v after its context ended", err)
			}
		case <-time.After(patience):
			t.Error("Run() did not return after its context ended")
		}
	})
	return n
}

// Message implements [channel.Receiver].
func (n *node) Message(name string, text []byte) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.messages[name] = append(n.messages[name], string(text))
	n.signal()
}

// Gap implements [channel.Receiver].
func (n *node) Gap(channels []string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, name := range channels {
		n.gaps[name]++
	}
	n.signal()
}

func (n *node) gapsOf(name string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.gaps[name]
}

func (n *node) messagesOf(name string) []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]string(nil), n.messages[name]...)
}

func (n *node) signal() {
	select {
	case n.changed <- struct{}{}:
	default:
	}
}

// await waits until the condition on what was received holds.
func (n *node) await(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.After(patience)
	for {
		n.mu.Lock()
		ok := holds()
		n.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-n.changed:
		case <-deadline:
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// subscribe subscribes and waits until that is effective.
func (n *node) subscribe(t *testing.T, names ...string) {
	t.Helper()
	for _, name := range names {
		n.Subscribe(name)
	}
	n.await(t, "the gap marker of a new subscription", func() bool {
		for _, name := range names {
			if n.gaps[name] == 0 {
				return false
			}
		}
		return true
	})
}

func testOrder(t *testing.T, network Network) {
	const count = 2000
	sender, receiver := join(t, network), join(t, network)
	sender.subscribe(t, "elsewhere") // so that it is connected
	receiver.subscribe(t, "a")
	for i := range count {
		sender.Publish("a", []byte(fmt.Sprint(i)))
	}
	receiver.await(t, "all messages", func() bool { return len(receiver.messages["a"]) >= count })
	for i, text := range receiver.messagesOf("a") {
		if text != fmt.Sprint(i) {
			t.Fatalf("message %d is %q", i, text)
		}
	}
}

func testOwn(t *testing.T, network Network) {
	n := join(t, network)
	n.subscribe(t, "a")
	n.Publish("a", []byte("binary \x00\xff and spaces"))
	n.await(t, "its own message", func() bool { return len(n.messages["a"]) == 1 })
	if got := n.messagesOf("a")[0]; got != "binary \x00\xff and spaces" {
		t.Errorf("the message arrived as %q", got)
	}
	if state := n.State(); !state.Connected || state.Kind == "" || state.Dropped != 0 {
		t.Errorf("State() = %+v", state)
	}
}

func testUnsubscribe(t *testing.T, network Network) {
	n := join(t, network)
	n.subscribe(t, "a", "b")
	n.Unsubscribe("a")
	n.Publish("b", []byte("1"))
	n.await(t, "the message of the other channel", func() bool { return len(n.messages["b"]) == 1 })
	n.mu.Lock()
	before := len(n.messages["a"])
	n.mu.Unlock()
	n.Publish("a", []byte("late"))
	n.Publish("b", []byte("2"))
	n.await(t, "the second message", func() bool { return len(n.messages["b"]) == 2 })
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.messages["a"]) > before+1 { // one may still have been under way
		t.Errorf("an unsubscribed channel goes on: %v", n.messages["a"])
	}
}

func testManyChannels(t *testing.T, network Network) {
	const count = 3000
	sender, receiver := join(t, network), join(t, network)
	names := make([]string, count)
	for i := range names {
		names[i] = fmt.Sprintf("user:%d", i)
	}
	sender.subscribe(t, "elsewhere")
	receiver.subscribe(t, names...)
	for _, name := range names {
		sender.Publish(name, []byte(name))
	}
	receiver.await(t, "a message on each channel", func() bool {
		for _, name := range names {
			if len(receiver.messages[name]) != 1 || receiver.messages[name][0] != name {
				return false
			}
		}
		return true
	})
}

func testManyNodes(t *testing.T, network Network) {
	nodes := make([]*node, 8)
	for i := range nodes {
		nodes[i] = join(t, network)
		nodes[i].subscribe(t, "a")
	}
	for i, n := range nodes {
		n.Publish("a", []byte(fmt.Sprint(i)))
	}
	for _, n := range nodes {
		n.await(t, "every node's message", func() bool { return len(n.messages["a"]) == len(nodes) })
	}
}

func testInterrupt(t *testing.T, network Network) {
	sender, receiver := join(t, network), join(t, network)
	sender.subscribe(t, "a")
	receiver.subscribe(t, "a", "b")
	for round := range 2 {
		beforeA, beforeB, senderBefore := receiver.gapsOf("a"), receiver.gapsOf("b"), sender.gapsOf("a")
		if !network.Interrupt(t) {
			t.Log("this kind of network is never interrupted")
			return
		}
		back := time.Now()
		receiver.await(t, "gap markers after the interruption", func() bool {
			return receiver.gaps["a"] > beforeA && receiver.gaps["b"] > beforeB
		})
		sender.await(t, "the sender to be back", func() bool { return sender.gaps["a"] > senderBefore })
		t.Logf("both nodes were subscribed again %v after the network was back", time.Since(back).Round(time.Millisecond))
		text := fmt.Sprintf("after %d", round)
		sender.Publish("a", []byte(text))
		receiver.await(t, "a message after the interruption", func() bool {
			got := receiver.messages["a"]
			return len(got) > 0 && got[len(got)-1] == text
		})
	}
}

// testFlood publishes more than any queue holds: what does not arrive must have been counted, and
// publishing must not block.
func testFlood(t *testing.T, network Network) {
	const count = 50_000
	n := join(t, network)
	n.subscribe(t, "a")
	for range count {
		n.Publish("a", []byte("x"))
	}
	n.await(t, "each message to arrive or be counted", func() bool {
		return int64(len(n.messages["a"]))+n.State().Dropped >= count
	})
}
