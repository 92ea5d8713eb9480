package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/live"
	"github.com/fadedistrict/fade/realtime/eventlog"
	"github.com/fadedistrict/fade/realtime/hub"
	"github.com/fadedistrict/fade/realtime/sse"
	"github.com/fadedistrict/fade/realtime/transport"
	"github.com/fadedistrict/fade/realtime/ws"
)

func (a *API) socketRoutes() {
	for path, channel := range map[string]func(fade.Actor, *http.Request) string{
		"/ws/":               func(fade.Actor, *http.Request) string { return "" },
		"/ws/dashboard/":     func(fade.Actor, *http.Request) string { return live.Dashboard },
		"/ws/notifications/": func(actor fade.Actor, _ *http.Request) string { return live.User(actor.User.ID) },
		"/ws/business/{id}/": func(_ fade.Actor, r *http.Request) string { return live.Business(chi.URLParam(r, "id")) },
	} {
		a.router.Get(path, func(w http.ResponseWriter, r *http.Request) {
			if err := a.openSocket(w, r, channel); err != nil {
				problemOf(r.Context(), a.o.Logger, err, "query").write(w)
			}
		})
	}
	a.router.Get("/sse/", func(w http.ResponseWriter, r *http.Request) {
		if err := a.openStream(w, r); err != nil {
			problemOf(r.Context(), a.o.Logger, err, "query").write(w)
		}
	})
}

// openSocket refuses a request, or upgrades it and leaves the connection to the socket server. An error
// means that the request has not been answered.
func (a *API) openSocket(w http.ResponseWriter, r *http.Request, channelOf func(fade.Actor, *http.Request) string) error {
	return a.connect(w, r, func(s *session) error {
		opening := transport.Opening{Channel: channelOf(s.actor(), r)}
		opening.Message = live.Welcome(opening.Channel)
		if opening.Channel != "" {
			if err := a.maySubscribe(s.actor(), opening.Channel); err != nil {
				return err
			}
		}
		var err error
		if opening.Since, err = resumption(r); err != nil {
			return err
		}
		if !ws.IsUpgrade(r) {
			w.Header().Set("Upgrade", "websocket")
			return newProblem(codeUpgrade, "This address speaks WebSocket.")
		}
		a.opened(r, s, a.o.Sockets.Serve(w, r, s, opening))
		return nil
	})
}

// maxStreamChannels is how many channels one event stream may carry.
const maxStreamChannels = 20

// openStream is openSocket for server-sent events: GET /sse/?channels=a,b, from Last-Event-ID on, which may also
// be given as since.
//
// Without a token it is a visitor's, who may follow what is public.
func (a *API) openStream(w http.ResponseWriter, r *http.Request) error {
	if ws.Token(r) == "" {
		return a.visit(w, r)
	}
	return a.connect(w, r, func(s *session) error {
		openings, err := a.streamOpenings(r, s.actor())
		if err == nil {
			a.opened(r, s, a.o.Sockets.Stream(w, r, s, openings))
		}
		return err
	})
}

// streamOpenings reads which channels a stream is to carry, and from where.
func (a *API) streamOpenings(r *http.Request, actor fade.Actor) ([]transport.Opening, error) {
	query := r.URL.Query()
	channels := splitChannels(query.Get("channels"))
	if len(channels) == 0 || len(channels) > maxStreamChannels {
		return nil, fade.FieldErrorf(fade.CodeMalformed, "channels", "This must name 1 to %d channels, with commas between.", maxStreamChannels)
	}
	last := r.Header.Get("Last-Event-ID")
	if last == "" {
		last = query.Get("since")
	}
	positions, err := sse.ParsePositions(last, channels)
	if err != nil {
		return nil, fade.FieldErrorf(fade.CodeMalformed, "since", "This must be the id of an event of such a stream.")
	}
	openings := make([]transport.Opening, len(channels))
	for i, channel := range channels {
		if err := a.maySubscribe(actor, channel); err != nil {
			return nil, err
		}
		openings[i] = transport.Opening{Channel: channel, Message: live.Welcome(channel)}
		if at, ok := positions[channel]; ok {
			openings[i].Since = &at
		}
	}
	return openings, nil
}

// splitChannels gives the names in a list with commas, each once.
func splitChannels(list string) []string {
	var names []string
	for name := range strings.SplitSeq(list, ",") {
		if name = strings.TrimSpace(name); name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// connect lets a request in that wants to stay: its page may connect, there is room, and its token is good.
func (a *API) connect(w http.ResponseWriter, r *http.Request, open func(*session) error) error {
	if !ws.OriginAllowed(r, a.o.AllowedOrigins) {
		return fade.Errorf(fade.CodeForbidden, "Pages of this origin may not open sockets here.")
	}
	revoked := a.revoked.Load()
	token := ws.Token(r)
	if token == "" {
		return fade.ErrSignIn()
	}
	admission, err := a.o.Sockets.Admit() // before the database is asked: in a storm that is what is short
	if err != nil {
		return refusedSocket(err)
	}
	// In a storm hundreds wait here, and not for the processor, which events and other requests need.
	select {
	case a.handshakes <- struct{}{}:
		defer func() { <-a.handshakes }()
	case <-r.Context().Done():
		admission.Cancel()
		return refusedSocket(r.Context().Err())
	}
	actor, err := a.o.Accounts.Authenticate(r.Context(), token)
	if err == nil {
		noteUser(r.Context(), actor.User.ID)
		s := newSession(a, actor)
		s.enter()
		if err = open(s); err != nil {
			s.Left()
		}
	}
	if err != nil {
		admission.Cancel()
		return err
	}
	// A session that ended while the socket was being opened was looked at before the socket could be found.
	if a.revoked.Load() != revoked {
		a.o.Sockets.Recheck(actor.User.ID)
	}
	return nil
}

// refusedSocket says when to try again.
func refusedSocket(err error) error {
	p := newProblem(fade.CodeUnavailable, "The server takes no connections at the moment. Try again.")
	if busy, ok := errors.AsType[*transport.BusyError](err); ok {
		p.retryAfter = busy.RetryAfter
	}
	return p
}

// opened notes that a connection could not be opened although the request was in order. It was answered, and whose it
// would have been has left.
func (a *API) opened(r *http.Request, who transport.Leaver, err error) {
	if err != nil {
		who.Left()
		a.o.Logger.DebugContext(r.Context(), "a socket could not be opened", "request_id", requestID(r.Context()), "error", err)
	}
}

// resumption reads ?since=&epoch=.
func resumption(r *http.Request) (*eventlog.Position, error) {
	query := r.URL.Query()
	if query.Get("since") == "" {
		return nil, nil
	}
	seq, err := strconv.ParseInt(query.Get("since"), 10, 64)
	if err != nil || seq < 0 {
		return nil, fade.FieldErrorf(fade.CodeMalformed, "since", "This must be a sequence: a whole number from 0.")
	}
	return &eventlog.Position{Epoch: query.Get("epoch"), Seq: seq}, nil
}

// session is what a connection keeps of an actor; it implements [transport.Session]. There may be tens of
// thousands, so it holds what rights depend on and no more.
type session struct {
	api      *API
	id       string
	user     string
	kind     fade.UserType
	business *string
	expires  time.Time

	typed   time.Time   // when it was last told that the client types
	present atomic.Bool // it holds its user's presence
}

func newSession(a *API, actor fade.Actor) *session {
	s := &session{api: a, id: actor.SessionID, user: actor.User.ID, kind: fade.BusinessOwner, business: actor.User.BusinessID, expires: actor.Expires}
	if actor.User.UserType == fade.SuperAdmin {
		s.kind = fade.SuperAdmin // the constant, which costs nothing
	}
	return s
}

// actor gives as much of the actor as rights depend on.
func (s *session) actor() fade.Actor {
	return fade.Actor{User: fade.User{ID: s.user, UserType: s.kind, BusinessID: s.business}, SessionID: s.id, Expires: s.expires}
}

// ID implements [transport.Session].
func (s *session) ID() string { return s.id }

// User implements [transport.Session].
func (s *session) User() string { return s.user }

// Expires implements [transport.Session].
func (s *session) Expires() time.Time { return s.expires }

// MaySubscribe implements [transport.Session].
func (s *session) MaySubscribe(channel string) error {
	return s.refusal(s.api.maySubscribe(s.actor(), channel))
}

// Authenticate implements [transport.Session]. A token of another user is refused: a socket does not change hands.
func (s *session) Authenticate(ctx context.Context, token string) (transport.Session, error) {
	actor, err := s.api.o.Accounts.Authenticate(ctx, token)
	if err != nil {
		return nil, s.refusal(err)
	}
	if actor.User.ID != s.user {
		return nil, s.refusal(fade.Errorf(fade.CodeForbidden, "This token is somebody else's. Open a new connection."))
	}
	return s.next(actor), nil
}

// Renew implements [transport.Session].
func (s *session) Renew(ctx context.Context) (transport.Session, error) {
	actor, err := s.api.o.Accounts.Reauthenticate(ctx, s.actor())
	switch {
	case err == nil:
		return s.next(actor), nil
	case fade.ErrorCode(err) == fade.CodeUnauthorized:
		return nil, &ws.CloseError{Code: ws.CloseRevoked, Reason: "the session has ended"}
	}
	return nil, err
}

// Handle implements [transport.Session].
func (s *session) Handle(ctx context.Context, messageType string, message json.RawMessage) error {
	switch messageType {
	case "ack":
		var ack struct {
			Channel string `json:"channel"`
			Seq     int64  `json:"seq"`
		}
		if err := json.Unmarshal(message, &ack); err != nil || ack.Channel == "" || ack.Seq < 0 {
			return &transport.Refusal{Code: "bad_request", Message: "An ack names a channel and a seq."}
		}
		if err := s.MaySubscribe(ack.Channel); err != nil {
			return err
		}
		if user, ok := live.UserOf(ack.Channel); ok {
			s.api.o.Acks.Note(user, ack.Seq)
		}
		if conversation, ok := live.ConversationOf(ack.Channel); ok {
			s.api.o.MessageAcks.Note(conversation+"/"+s.user, ack.Seq)
		}
		return nil
	case "typing":
		return s.typing(message)
	case "mark_read":
		var mark struct {
			NotificationID string `json:"notification_id"`
		}
		if err := json.Unmarshal(message, &mark); err != nil || mark.NotificationID == "" {
			return &transport.Refusal{Code: "bad_request", Message: "A mark_read names a notification_id."}
		}
		_, err := s.api.o.Inbox.Mark(ctx, s.actor(), mark.NotificationID, true)
		return s.refusal(err)
	}
	return transport.ErrUnknownType
}

// refusal tells the client of an error that is for people, and nobody but the log of any other.
func (s *session) refusal(err error) error {
	if e, ok := errors.AsType[*fade.Error](err); ok && e.Code != fade.CodeInternal {
		return &transport.Refusal{Code: string(e.Code), Message: e.Message}
	}
	return err
}

// Watch closes the sockets of sessions that end and of users whose rights change, on this node or another,
// until the context ends.
func (a *API) Watch(ctx context.Context) error {
	wake := make(chan struct{}, 1)
	system, err := a.o.Hub.Subscribe(ctx, hub.Follow{Channel: live.System, Waker: hub.OnWake(func() {
		select {
		case wake <- struct{}{}:
		default:
		}
	})})
	if err != nil {
		return err
	}
	defer system.Close()
	a.revoked.Add(1)         // before the look at the sockets: see connect
	a.o.Sockets.RecheckAll() // those that opened before this was watched
	for {
		frames, reset, err := system.Next(nil, 1<<20)
		switch {
		case err != nil:
			a.o.Logger.Warn("revocations cannot be read from the log; trying again", "error", err)
		case reset != nil:
			a.o.Logger.Warn("revocations may have been missed; looking at every socket again", "reason", reset.Reason)
			a.revoked.Add(1)
			a.o.Sockets.RecheckAll()
		}
		for _, frame := range frames {
			a.revoke(frame.Text())
		}
		if len(frames) > 0 || reset != nil {
			continue
		}
		retry := time.NewTimer(time.Second)
		select {
		case <-ctx.Done():
			retry.Stop()
			return nil
		case <-wake:
		case <-retry.C:
		}
		retry.Stop()
	}
}

func (a *API) revoke(text []byte) {
	event, err := eventlog.Decode(text)
	if err != nil || event.Type != string(fade.TypeAccessChanged) {
		return
	}
	var changed fade.AccessChanged
	if err := json.Unmarshal(event.Payload, &changed); err != nil {
		a.o.Logger.Error("a revocation cannot be read", "error", err)
		return
	}
	a.revoked.Add(1) // before the look at the sockets: see connect
	a.o.Sockets.Recheck(changed.UserID)
	a.o.Logger.Log(context.Background(), slog.LevelDebug, "access changed", "user", changed.UserID)
}
