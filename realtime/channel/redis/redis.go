// Package redis is the channel layer of many nodes, on the publish/subscribe of Redis 7+ or Valkey. The
// channel c is "fade:c" there, so PUBSUB CHANNELS shows who listens where. Redis keeps nothing: whatever is
// published while it is away is lost, and said so with a gap once it is back.
package redis

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/redis/rueidis"

	"github.com/fadedistrict/fade/realtime/channel"
)

// prefix begins the name of every channel on Redis.
const prefix = "fade:"

// The bounds of the layer.
const (
	queueLength  = 8192                   // messages waiting to be sent; past it they are dropped
	batchLength  = 512                    // messages or channel names sent with one round trip
	dialTimeout  = 2 * time.Second        // to connect
	writeTimeout = 3 * time.Second        // without an answer from Redis, until it counts as gone
	firstRetry   = 50 * time.Millisecond  // the wait after the first failure; it doubles …
	lastRetry    = 800 * time.Millisecond // … up to this
)

// Layer is one node's connection to Redis.
type Layer struct {
	options rueidis.ClientOption
	logger  *slog.Logger
	queue   chan message
	changed chan struct{} // signals that changes is not empty

	mu         sync.Mutex
	subscribed map[string]bool
	changes    []change
	state      channel.State
}

type message struct {
	channel string
	text    []byte
}

// change is a subscription that the connection has to make or end.
type change struct {
	channel string
	on      bool
}

var errURL = errors.New("redis: the URL is not of the form redis://[user:password@]host:port[/db]; " +
	"special characters in user and password must be percent-encoded")

// New makes a layer for a URL of the form redis://[user:password@]host:port[/db], or rediss:// for TLS. It
// does not connect yet: [Layer.Run] does, and keeps trying.
func New(url string, logger *slog.Logger) (*Layer, error) {
	options, err := rueidis.ParseURL(url)
	if err != nil { // the cause quotes the URL, and with it the password
		return nil, errURL
	}
	options.DisableCache = true
	options.DisableRetry = true
	options.ForceSingleClient = true
	options.ConnWriteTimeout = writeTimeout
	options.Dialer.Timeout = dialTimeout
	return &Layer{
		options: options, logger: logger, queue: make(chan message, queueLength), changed: make(chan struct{}, 1),
		subscribed: map[string]bool{}, state: channel.State{Kind: "redis", Since: time.Now()},
	}, nil
}

// Publish implements [channel.Layer]. While Redis is away messages are dropped: nodes that come back
// compare with the log anyway.
func (l *Layer) Publish(name string, text []byte) {
	if !l.State().Connected {
		l.drop(1)
		return
	}
	select {
	case l.queue <- message{name, text}:
	default:
		l.drop(1)
	}
}

func (l *Layer) drop(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.state.Dropped += int64(n)
}

// Subscribe implements [channel.Layer].
func (l *Layer) Subscribe(name string) { l.change(name, true) }

// Unsubscribe implements [channel.Layer].
func (l *Layer) Unsubscribe(name string) { l.change(name, false) }

func (l *Layer) change(name string, on bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.subscribed[name] == on {
		return
	}
	if on {
		l.subscribed[name] = true
	} else {
		delete(l.subscribed, name)
	}
	if l.state.Connected {
		l.changes = append(l.changes, change{name, on})
	}
	select {
	case l.changed <- struct{}{}:
	default:
	}
}

// State implements [channel.Layer].
func (l *Layer) State() channel.State {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.state
}

// Run implements [channel.Layer]: it connects, and connects again whenever Redis goes away.
func (l *Layer) Run(ctx context.Context, r channel.Receiver) error {
	wait := firstRetry
	for ctx.Err() == nil {
		client, err := rueidis.NewClient(l.options)
		if err == nil {
			wait = firstRetry
			err = l.session(ctx, client, r)
			client.Close()
		}
		if ctx.Err() != nil {
			return nil
		}
		l.failed(err)
		l.logger.Warn("redis is away; live updates of other nodes come late until it is back", "error", err, "retry_in", wait)
		select {
		case <-ctx.Done():
		case <-time.After(wait/2 + rand.N(wait/2)): //nolint:gosec // jitter needs no secret
		}
		wait = min(2*wait, lastRetry)
	}
	return nil
}

// session carries messages over one connection until it breaks or the context ends.
func (l *Layer) session(ctx context.Context, client rueidis.Client, r channel.Receiver) error {
	listener, release := client.Dedicate()
	defer release()
	broken := listener.SetPubSubHooks(rueidis.PubSubHooks{
		OnMessage: func(m rueidis.PubSubMessage) {
			r.Message(strings.TrimPrefix(m.Channel, prefix), []byte(m.Message))
		},
		OnSubscription: func(s rueidis.PubSubSubscription) {
			if s.Kind == "subscribe" {
				r.Gap([]string{strings.TrimPrefix(s.Channel, prefix)})
			}
		},
	})
	defer l.disconnected()
	if err := l.apply(ctx, listener, l.connected()); err != nil {
		return err
	}

	sending, stop := context.WithCancel(ctx)
	defer stop()
	failed := make(chan error, 1)
	var sender sync.WaitGroup
	sender.Go(func() { failed <- l.send(sending, client) })
	defer sender.Wait()
	defer stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-broken:
			return fmt.Errorf("the subscription ended: %w", err)
		case err := <-failed:
			return err
		case <-l.changed:
			if err := l.apply(ctx, listener, l.takeChanges()); err != nil {
				return err
			}
		}
	}
}

// connected notes that a connection stands and gives all subscriptions, for it to make.
func (l *Layer) connected() []change {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.state.Connected, l.state.Since, l.state.LastError = true, time.Now(), ""
	l.changes = nil
	all := make([]change, 0, len(l.subscribed))
	for name := range l.subscribed {
		all = append(all, change{name, true})
	}
	return all
}

// disconnected notes that there is no connection, and drops what waited for it.
func (l *Layer) disconnected() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.state.Connected, l.state.Since = false, time.Now()
	for {
		select {
		case <-l.queue:
			l.state.Dropped++
		default:
			return
		}
	}
}

// failed notes why there is no connection.
func (l *Layer) failed(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.state.LastError = err.Error()
}

func (l *Layer) takeChanges() []change {
	l.mu.Lock()
	defer l.mu.Unlock()
	changes := l.changes
	l.changes = nil
	return changes
}

// apply makes and ends subscriptions in order, as many as possible with each round trip.
func (l *Layer) apply(ctx context.Context, listener rueidis.DedicatedClient, changes []change) error {
	for len(changes) > 0 {
		on := changes[0].on
		var names []string
		for len(changes) > 0 && changes[0].on == on && len(names) < batchLength {
			names = append(names, prefix+changes[0].channel)
			changes = changes[1:]
		}
		command := listener.B().Unsubscribe().Channel(names...).Build()
		if on {
			command = listener.B().Subscribe().Channel(names...).Build()
		}
		if err := listener.Do(ctx, command).Error(); err != nil {
			return fmt.Errorf("change subscriptions: %w", err)
		}
	}
	return nil
}

// send publishes what is in the queue, in order, until it fails or the context ends.
func (l *Layer) send(ctx context.Context, client rueidis.Client) error {
	batch := make(rueidis.Commands, 0, batchLength)
	for {
		select {
		case <-ctx.Done():
			return nil
		case m := <-l.queue:
			batch = append(batch[:0], publish(client, m))
		}
		for more := true; more && len(batch) < batchLength; {
			select {
			case m := <-l.queue:
				batch = append(batch, publish(client, m))
			default:
				more = false
			}
		}
		for i, result := range client.DoMulti(ctx, batch...) {
			if err := result.Error(); err != nil {
				l.drop(len(batch) - i)
				return fmt.Errorf("publish: %w", err)
			}
		}
	}
}

func publish(client rueidis.Client, m message) rueidis.Completed {
	return client.B().Publish().Channel(prefix + m.channel).Message(rueidis.BinaryString(m.text)).Build()
}
