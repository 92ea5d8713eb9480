package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/live"
	"github.com/fadedistrict/fade/realtime/presence"
	"github.com/fadedistrict/fade/realtime/transport"
)

// maySubscribe is [live.MaySubscribe] with the conversations that there are.
func (a *API) maySubscribe(actor fade.Actor, channel string) error {
	return live.MaySubscribe(actor, channel, a.businessOf)
}

// businesses remembers with which business a conversation is, which never changes. It is safe for concurrent use.
type businesses struct {
	mu    sync.Mutex
	known map[string]string
}

// maxBusinesses bounds what is remembered; at the bound all is forgotten.
const maxBusinesses = 10_000

const lookTimeout = 5 * time.Second // for the database, where a socket asks

func (a *API) businessOf(conversationID string) (businessID string, err error) {
	b := &a.businesses
	b.mu.Lock()
	businessID = b.known[conversationID]
	b.mu.Unlock()
	if businessID != "" {
		return businessID, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), lookTimeout)
	defer cancel()
	if businessID, err = a.o.Talk.BusinessOf(ctx, conversationID); err != nil {
		return "", err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.known) >= maxBusinesses || b.known == nil {
		b.known = map[string]string{}
	}
	b.known[conversationID] = businessID
	return businessID, nil
}

// ofPlatform stands for the business in the presence of those who belong to none.
const ofPlatform = "s"

// presenceKey says who is online, and where it is to be told: the user, and the business or the platform.
func (s *session) presenceKey() string {
	where := ofPlatform
	if s.kind != fade.SuperAdmin && s.business != nil {
		where = *s.business
	}
	return s.user + "/" + where
}

// enter makes the session hold its user's presence.
func (s *session) enter() {
	if !s.present.Swap(true) {
		s.api.presence.Enter(s.presenceKey())
	}
}

// Left implements [transport.Leaver].
func (s *session) Left() {
	if s.present.Swap(false) {
		s.api.presence.Leave(s.presenceKey())
	}
}

// next gives the session that takes this one's place on its connection, and the presence with it.
func (s *session) next(actor fade.Actor) *session {
	next := newSession(s.api, actor)
	next.typed = s.typed
	if s.present.Load() {
		next.enter()
		s.Left()
	}
	return next
}

var _ transport.Leaver = (*session)(nil)

// How often it is passed on that somebody types, and how long it is good for.
const (
	typingEvery = time.Second
	typingFor   = 5 * time.Second
)

// signal is a message without a sequence.
type signal struct {
	Type      string    `json:"type"`
	Channel   string    `json:"channel"`
	Payload   any       `json:"payload"`
	Timestamp time.Time `json:"timestamp"`
}

func encodeSignal(messageType, channel string, payload any, at time.Time) []byte {
	text, err := json.Marshal(signal{messageType, channel, payload, at.UTC().Truncate(time.Millisecond)})
	if err != nil {
		panic("httpapi: a message of our own cannot be encoded: " + err.Error())
	}
	return text
}

// typingPayload says that somebody is writing a message.
type typingPayload struct {
	User      string `json:"user"`
	ExpiresIn int64  `json:"expires_in_ms"`
}

// typing passes on that the client writes a message, at most once a second: what is said more often says nothing more.
func (s *session) typing(message json.RawMessage) error {
	var typing struct {
		Channel string `json:"channel"`
	}
	if err := json.Unmarshal(message, &typing); err != nil {
		return &transport.Refusal{Code: "bad_request", Message: "A typing names a channel."}
	}
	if _, ok := live.ConversationOf(typing.Channel); !ok {
		return &transport.Refusal{Code: "bad_request", Message: "One types in a conversation: conversation:<id>."}
	}
	now := s.api.o.Now()
	if now.Sub(s.typed) < typingEvery {
		return nil
	}
	if err := s.MaySubscribe(typing.Channel); err != nil {
		return err
	}
	s.typed = now
	s.api.o.Hub.Signal(typing.Channel, encodeSignal("typing", typing.Channel, typingPayload{s.user, typingFor.Milliseconds()}, now))
	return nil
}

// newPresence makes the tracker of who is online, which hears of other nodes as sockets do.
func (a *API) newPresence() *presence.Tracker {
	o := presence.Options{Now: a.o.Now, Logger: a.o.Logger, OnChange: a.presenceChanged, Announce: func([]byte) {}}
	if a.o.Hub == nil { // where only the routes are looked at
		return presence.New(o)
	}
	o.Announce = func(text []byte) { a.o.Hub.Signal(live.Presence, text) }
	t := presence.New(o)
	a.o.Hub.OnSignal(live.Presence, t.Hear)
	return t
}

// Presence runs the tracker of who is online until the context ends.
func (a *API) Presence(ctx context.Context) error { return a.presence.Run(ctx) }

// PresenceChange says that somebody came or went.
type PresenceChange struct {
	User   string    `json:"user"`
	Online bool      `json:"online"`
	At     time.Time `json:"at"`
}

// changesAtOnce bounds how many changes one message tells of.
const changesAtOnce = 40

// presenceChanged tells the sockets of this node who came and went: super admins of everybody, owners of those of
// their business, and whoever signs in of the platform's people.
func (a *API) presenceChanged(changes []presence.Change) {
	by := map[string][]PresenceChange{}
	for _, c := range changes {
		user, where, _ := strings.Cut(c.Key, "/")
		change := PresenceChange{user, c.Online, c.At.UTC().Truncate(time.Millisecond)}
		by[live.Dashboard] = append(by[live.Dashboard], change)
		if where == ofPlatform {
			by[live.Support] = append(by[live.Support], change)
		} else {
			by[live.Business(where)] = append(by[live.Business(where)], change)
		}
	}
	for channel, all := range by {
		for portion := range slices.Chunk(all, changesAtOnce) {
			a.o.Hub.SignalHere(channel, encodeSignal("presence", channel, map[string]any{"changes": portion}, a.o.Now()))
		}
	}
}

func (a *API) presenceRoutes() {
	add(a, operation{id: "getPresence", method: http.MethodGet, path: "/api/presence/", access: signedIn, tag: "presence",
		summary: "Who is online",
		about: "Over all their tabs and devices, and all servers. Super admins see everybody; owners the platform's people and those of their own business. " +
			"Whoever is gone without a goodbye, because a server died, is shown for stale_after_seconds at most. Changes come as messages of the type presence, which " +
			"have no seq, on dashboard, business:<id> and support."}, a.getPresence)
}

// OnlineUser is somebody who is online.
type OnlineUser struct {
	User  string    `json:"user"`
	Since time.Time `json:"since"`
}

// OnlineUsers are those who are online, as far as one may know.
type OnlineUsers struct {
	Online            []OnlineUser `json:"online"`
	StaleAfterSeconds int          `json:"stale_after_seconds"`
}

func (a *API) getPresence(ctx context.Context, _ *struct{}) (*one[OnlineUsers], error) {
	actor := actorOf(ctx)
	found := OnlineUsers{Online: []OnlineUser{}, StaleAfterSeconds: int(presence.Staleness.Seconds())}
	for key, since := range a.presence.Online() {
		user, where, _ := strings.Cut(key, "/")
		if actor.IsSuperAdmin() || where == ofPlatform || actor.User.Owns(where) {
			found.Online = append(found.Online, OnlineUser{user, since.UTC().Truncate(time.Millisecond)})
		}
	}
	slices.SortFunc(found.Online, func(a, b OnlineUser) int { return strings.Compare(a.User, b.User) })
	return &one[OnlineUsers]{found}, nil
}
