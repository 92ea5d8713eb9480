package ws

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"golang.org/x/time/rate"

	"github.com/fadedistrict/fade/realtime/eventlog"
	"github.com/fadedistrict/fade/realtime/hub"
)

// The bounds of a connection.
const (
	maxSubscriptions = 100              // channels; one more is refused
	messagesPerSec   = 50               // a client may send, pings too; past the burst it is closed with 4452
	messageBurst     = 200              // and at once
	maxChannel       = 128              // bytes of a channel's name; a longer one counts as none
	maxReplies       = 256              // answers that wait to be written; past it the client is closed with 4450
	requestTimeout   = 10 * time.Second // for what a message makes the application do
)

// output is where a peer's answers go: the transport writes them in order, before the events of
// subscriptions that were added with them.
type output interface {
	// reply queues a frame, and a subscription whose events follow it.
	reply(frame []byte, add *hub.Subscription)

	// remove forgets a subscription: none of its events is written after remove has returned.
	remove(s *hub.Subscription)

	// wake says that subscriptions may have something to write. It does not block.
	wake()
}

// peer is the protocol's side of a connection: its session and its subscriptions. One goroutine at a time
// uses it.
type peer struct {
	server        *Server
	session       Session
	out           output
	subscriptions []*hub.Subscription
	limit         *rate.Limiter
}

func newPeer(s *Server, session Session, out output) *peer {
	return &peer{server: s, session: session, out: out, limit: rate.NewLimiter(messagesPerSec, messageBurst)}
}

// open begins the conversation: connection_established, with the channel of the address if it named one.
func (p *peer) open(ctx context.Context, o Opening) error {
	hello := established{
		Type: "connection_established", Message: o.Message, Channel: o.Channel, Epoch: p.server.hub.Epoch(),
		ExpiresAt: p.session.Expires().UTC(), Timestamp: time.Now().UTC().Truncate(time.Millisecond),
	}
	if o.Channel == "" {
		p.out.reply(encode(hello), nil)
		return nil
	}
	s, err := p.server.hub.Subscribe(ctx, o.Channel, o.Since, p.out.wake)
	if err != nil {
		return err
	}
	from, head := s.From(), s.Head()
	hello.Seq, hello.Head = &from, &head
	p.subscriptions = append(p.subscriptions, s)
	p.out.reply(encode(hello), s)
	return nil
}

// count takes note of a message of any kind: each costs work or an answer. The error ends the connection.
// Unlike the rest of a peer it may be used at any time.
func (p *peer) count() error {
	if !p.limit.Allow() {
		return &CloseError{CloseOverloaded, "too many messages"}
	}
	return nil
}

// receive answers one message of the client. The error ends the connection.
func (p *peer) receive(ctx context.Context, text []byte) error {
	r, err := parse(text)
	if err != nil {
		return err
	}
	if len(r.Channel) > maxChannel { // an answer would say it again, and answers wait in memory
		r.Channel = ""
	}
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	if err := p.answer(ctx, r, text); err != nil {
		if _, closes := errors.AsType[*CloseError](err); closes {
			return err
		}
		refusal, known := errors.AsType[*Refusal](err)
		if !known {
			p.server.logger.Error("a message could not be answered", "type", r.Type, "error", err)
			refusal = errUnavailable
		}
		p.out.reply(encode(errorMessage{"error", refusal.Code, refusal.Message, r.Channel}), nil)
	}
	return nil
}

func (p *peer) answer(ctx context.Context, r request, text []byte) error {
	switch r.Type {
	case "ping":
		p.out.reply(encode(plain{"pong"}), nil)
		return nil
	case "subscribe", "unsubscribe", "auth":
		if r.odd {
			return errBadRequest
		}
	}
	switch r.Type {
	case "subscribe":
		return p.subscribe(ctx, r)
	case "unsubscribe":
		return p.unsubscribe(r)
	case "auth":
		return p.authenticate(ctx, r)
	default:
		return p.session.Handle(ctx, r.Type, json.RawMessage(text))
	}
}

func (p *peer) subscribe(ctx context.Context, r request) error {
	switch {
	case r.Channel == "" || r.Since != nil && *r.Since < 0:
		return errBadRequest
	case p.find(r.Channel) >= 0:
		return errAlreadySubscribed
	case len(p.subscriptions) >= maxSubscriptions:
		return errTooMany
	}
	if err := p.session.MaySubscribe(r.Channel); err != nil {
		return err
	}
	var since *eventlog.Position
	if r.Since != nil {
		since = &eventlog.Position{Epoch: r.Epoch, Seq: *r.Since}
	}
	s, err := p.server.hub.Subscribe(ctx, r.Channel, since, p.out.wake)
	if err != nil {
		return err
	}
	p.subscriptions = append(p.subscriptions, s)
	p.out.reply(encode(subscribed{"subscribed", r.Channel, p.server.hub.Epoch(), s.From(), s.Head()}), s)
	return nil
}

func (p *peer) unsubscribe(r request) error {
	i := p.find(r.Channel)
	if i < 0 {
		return errNotSubscribed
	}
	s := p.subscriptions[i]
	p.subscriptions = slices.Delete(p.subscriptions, i, i+1)
	p.out.remove(s)
	s.Close()
	p.out.reply(encode(unsubscribed{"unsubscribed", r.Channel}), nil)
	return nil
}

func (p *peer) find(channel string) int {
	return slices.IndexFunc(p.subscriptions, func(s *hub.Subscription) bool { return s.Channel() == channel })
}

func (p *peer) authenticate(ctx context.Context, r request) error {
	if r.Token == "" {
		return errBadRequest
	}
	session, err := p.session.Authenticate(ctx, r.Token)
	if err != nil {
		return err
	}
	if err := p.adopt(session); err != nil {
		return err
	}
	p.out.reply(encode(authenticated{"authenticated", session.Expires().UTC()}), nil)
	return nil
}

// renew looks again at what the client may do, after something about it changed.
func (p *peer) renew(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	session, err := p.session.Renew(ctx)
	if err != nil {
		return err
	}
	return p.adopt(session)
}

// adopt goes on with another session, if it may follow all that is being followed. Where that cannot be
// found out, the error is not a [*CloseError], and the session stays as it was.
func (p *peer) adopt(session Session) error {
	for _, s := range p.subscriptions {
		if err := session.MaySubscribe(s.Channel()); err != nil {
			if _, refused := errors.AsType[*Refusal](err); !refused {
				return err
			}
			return &CloseError{CloseForbidden, "you may no longer follow " + s.Channel()}
		}
	}
	p.session = session
	return nil
}

// close ends the subscriptions.
func (p *peer) close() {
	for _, s := range p.subscriptions {
		s.Close()
	}
	p.subscriptions = nil
}
