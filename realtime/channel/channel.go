// Package channel is the seam between nodes: a layer that tells every node what was published on a
// channel. What it carries are hints. The log is the truth, and whoever listens compares sequences, so a
// layer may lose messages as long as it says when it might have. The implementations are packages memory,
// for one node, and redis, for many; package channeltest holds what both must do.
package channel

import (
	"context"
	"time"
)

// Receiver hears what is published. A layer calls it from one goroutine at a time.
type Receiver interface {
	// Message brings a message of a subscribed channel, in the order in which one node published it. The
	// receiver must not change text.
	Message(channel string, text []byte)

	// Gap says that messages of these channels may have been lost: compare with the log. A layer calls it
	// when a subscription has become effective, and for all channels after it was disconnected.
	Gap(channels []string)
}

// Layer carries messages between nodes. It is safe for concurrent use.
type Layer interface {
	// Publish sends a message to the subscribers of the channel on every node, this one included. It
	// never blocks and never fails: when the layer cannot keep up, the message is dropped and counted.
	Publish(channel string, text []byte)

	// Subscribe asks for the messages of a channel. Gap says when that has become effective.
	Subscribe(channel string)

	// Unsubscribe asks for no more of them; a few may still come.
	Unsubscribe(channel string)

	// Run carries messages to the receiver until the context ends. It is called once.
	Run(ctx context.Context, r Receiver) error

	// State tells how the layer is doing.
	State() State
}

// State is how a layer is doing, for health checks and metrics.
type State struct {
	Kind      string    // "memory" or "redis"
	Connected bool      // false while messages of other nodes do not arrive
	Since     time.Time // when Connected last changed
	Dropped   int64     // messages that were never sent
	LastError string    // why it is not connected, without secrets; "" if it is or was not tried yet
}
