package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/live"
	"github.com/fadedistrict/fade/realtime/transport"
	"github.com/fadedistrict/fade/realtime/ws"
)

// visitor is a session of the public: an open booking page. It implements [transport.Session].
type visitor struct{ expires time.Time }

// visitFor is how long a visitor's stream lives; browsers then open another one by themselves.
const visitFor = 12 * time.Hour

// maxVisited is how many businesses a visitor's stream may follow.
const maxVisited = 3

// visit opens an event stream for somebody who has no token. Sockets stay for those who sign in.
func (a *API) visit(w http.ResponseWriter, r *http.Request) error {
	if !ws.OriginAllowed(r, a.o.AllowedOrigins) {
		return fade.Errorf(fade.CodeForbidden, "Pages of this origin may not open streams here.")
	}
	openings, err := a.streamOpenings(r, fade.Actor{})
	if err != nil {
		return err
	}
	if len(openings) > maxVisited {
		return fade.FieldErrorf(fade.CodeMalformed, "channels", "Without a token a stream carries at most %d channels.", maxVisited)
	}
	if wait := a.limits.streamAddress.take(addressOf(r.Context())); wait > 0 {
		return tooMany(wait)
	}
	if _, err := a.o.Sockets.Admit(); err != nil {
		return refusedSocket(err)
	}
	a.opened(r, a.o.Sockets.Stream(w, r, &visitor{a.o.Now().Add(visitFor)}, openings))
	return nil
}

// User implements [transport.Session]: nobody.
func (*visitor) User() string { return "" }

// ID implements [transport.Session].
func (*visitor) ID() string { return "" }

// Expires implements [transport.Session].
func (v *visitor) Expires() time.Time { return v.expires }

// MaySubscribe implements [transport.Session].
func (*visitor) MaySubscribe(channel string) error {
	if live.MaySubscribe(fade.Actor{}, channel, nil) != nil {
		return &transport.Refusal{Code: string(fade.CodeForbidden), Message: "You may not follow this channel."}
	}
	return nil
}

// Authenticate implements [transport.Session]: a stream has no way back.
func (*visitor) Authenticate(context.Context, string) (transport.Session, error) {
	return nil, transport.ErrUnknownType
}

// Renew implements [transport.Session]: what the public may see does not change.
func (v *visitor) Renew(context.Context) (transport.Session, error) { return v, nil }

// Handle implements [transport.Session].
func (*visitor) Handle(context.Context, string, json.RawMessage) error {
	return transport.ErrUnknownType
}
