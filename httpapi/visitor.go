package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/live"
	"github.com/fadedistrict/fade/realtime/transport"
	"github.com/fadedistrict/fade/realtime/ws"
)

// visitor is a session of the public: an open booking page. It implements [transport.Session].
type visitor struct {
	visits  *visits
	address string
	left    atomic.Bool
	expires time.Time
}

const (
	visitFor   = 12 * time.Hour // how long a visitor's stream lives; browsers then open another one by themselves
	maxVisited = 3              // how many businesses it may follow

	// How many streams of visitors one address may have open: there are people behind it who do not know of each other,
	// in an office or with a mobile operator.
	maxVisits = 200
	fullFor   = 30 * time.Second // after which an address that has so many may ask again
)

// visits counts the open streams of visitors. It is safe for concurrent use.
type visits struct {
	room       int // in all; 0 for no bound
	perAddress int // 0 for no bound

	mu   sync.Mutex
	open int
	from map[string]int
}

// enter makes room for one more stream.
func (v *visits) enter(address string) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	switch {
	case v.perAddress > 0 && v.from[address] >= v.perAddress:
		return tooMany(fullFor)
	case v.room > 0 && v.open >= v.room:
		return refusedSocket(&transport.BusyError{Reason: "full", RetryAfter: fullFor})
	}
	v.open++
	v.from[address]++
	return nil
}

func (v *visits) leave(address string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.open--
	if v.from[address]--; v.from[address] == 0 {
		delete(v.from, address)
	}
}

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
	v := &visitor{visits: a.visits, address: addressOf(r.Context()), expires: a.o.Now().Add(visitFor)}
	if err := a.visits.enter(v.address); err != nil {
		return err
	}
	if _, err := a.o.Sockets.Admit(); err != nil {
		v.Left()
		return refusedSocket(err)
	}
	a.opened(r, v, a.o.Sockets.Stream(w, r, v, openings))
	return nil
}

// Left implements [transport.Leaver].
func (v *visitor) Left() {
	if !v.left.Swap(true) {
		v.visits.leave(v.address)
	}
}

var _ transport.Leaver = (*visitor)(nil)

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
