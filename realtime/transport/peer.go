package transport

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/fadedistrict/fade/realtime/eventlog"
	"github.com/fadedistrict/fade/realtime/hub"
	"github.com/fadedistrict/fade/realtime/ws"
)

// The bounds of what a client may ask for.
const (
	maxSubscriptions = 100              // channels; one more is refused
	maxChannel       = 128              // bytes of a channel's name; a longer one counts as none
	requestTimeout   = 10 * time.Second // for what a message makes the application do
)

// output is where a peer's answers go, in order.
type output interface {
	// follow says how the events of a channel are to be brought to the connection.
	follow(channel string, since *eventlog.Position) hub.Follow

	// reply queues a message, and a subscription whose events follow it.
	reply(text []byte, add *hub.Subscription)

	// remove forgets a subscription: none of its events is written after the replies that are queued later.
	remove(s *hub.Subscription)
}

// peer is the protocol's side of a connection: its session and its subscriptions. One goroutine at a time
// uses it.
type peer struct {
	server        *Server
	session       Session
	out           output
	subscriptions []*hub.Subscription
	closed        bool
}

// errClosed says that the connection has ended.
var errClosed = &ws.CloseError{Code: ws.CloseNormal}

// open begins the conversation: connection_established, with the channel of the address if it named one.
func (p *peer) open(ctx context.Context, o Opening) error {
	if p.closed {
		return errClosed
	}
	hello := established{
		Type: "connection_established", Message: o.Message, Channel: o.Channel, Epoch: p.server.hub.Epoch(),
		ExpiresAt: p.session.Expires().UTC(), Timestamp: time.Now().UTC().Truncate(time.Millisecond),
	}
	if o.Channel == "" {
		p.out.reply(encode(hello), nil)
		return nil
	}
	s, err := p.server.hub.Subscribe(ctx, p.out.follow(o.Channel, o.Since))
	if err != nil {
		return err
	}
	from, head := s.From(), s.Head()
	hello.Seq, hello.Head = &from, &head
	p.subscriptions = append(p.subscriptions, s)
	p.out.reply(encode(hello), s)
	return nil
}

// join adds another channel to those that the connection begins with.
func (p *peer) join(ctx context.Context, o Opening) error {
	if p.closed {
		return errClosed
	}
	s, err := p.server.hub.Subscribe(ctx, p.out.follow(o.Channel, o.Since))
	if err != nil {
		return err
	}
	p.subscriptions = append(p.subscriptions, s)
	p.out.reply(encode(subscribed{"subscribed", o.Channel, p.server.hub.Epoch(), s.From(), s.Head()}), s)
	return nil
}

// receive answers one message of the client. The error ends the connection.
func (p *peer) receive(ctx context.Context, text []byte) error {
	if p.closed {
		return errClosed
	}
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
		if _, closes := errors.AsType[*ws.CloseError](err); closes {
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
	return p.join(ctx, Opening{Channel: r.Channel, Since: since})
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
// found out, the error is not a [*ws.CloseError], and the session stays as it was.
func (p *peer) adopt(session Session) error {
	for _, s := range p.subscriptions {
		if err := session.MaySubscribe(s.Channel()); err != nil {
			if _, refused := errors.AsType[*Refusal](err); !refused {
				return err
			}
			return &ws.CloseError{Code: ws.CloseForbidden, Reason: "you may no longer follow " + s.Channel()}
		}
	}
	p.session = session
	return nil
}

// close ends the subscriptions.
func (p *peer) close() {
	if l, ok := p.session.(Leaver); ok && !p.closed {
		l.Left()
	}
	for _, s := range p.subscriptions {
		s.Close()
	}
	p.subscriptions, p.closed = nil, true
}
