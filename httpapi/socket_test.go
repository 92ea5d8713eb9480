package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/accounts"
)

// patience bounds what should happen within a second, on a machine that is busy with other tests.
const patience = 15 * time.Second

// dial opens a socket with an independent client.
func (w *world) dial(path, token string, protocols ...string) (*websocket.Conn, *http.Response, error) {
	w.t.Helper()
	header := http.Header{}
	if token != "" {
		header.Set("Authorization", "Bearer "+token)
	}
	ctx, cancel := context.WithTimeout(w.t.Context(), patience)
	defer cancel()
	conn, response, err := websocket.Dial(ctx, w.url+path, &websocket.DialOptions{HTTPHeader: header, Subprotocols: protocols})
	if err == nil {
		w.t.Cleanup(func() { _ = conn.CloseNow() })
	}
	return conn, response, err
}

// socket is an open socket.
type socket struct {
	w    *world
	conn *websocket.Conn
}

// open opens a socket that is let in, and reads its first message.
func (w *world) open(path, token string) (socket, object) {
	w.t.Helper()
	conn, _, err := w.dial(path, token)
	w.must(err)
	s := socket{w, conn}
	hello := s.read()
	if hello["type"] != "connection_established" {
		w.t.Fatalf("the first message is %v", hello)
	}
	return s, hello
}

func (s socket) read() object {
	s.w.t.Helper()
	ctx, cancel := context.WithTimeout(s.w.t.Context(), patience)
	defer cancel()
	_, text, err := s.conn.Read(ctx)
	s.w.must(err)
	var message object
	s.w.must(json.Unmarshal(text, &message))
	return message
}

// next reads until a message of the type comes.
func (s socket) next(messageType string) object {
	s.w.t.Helper()
	for {
		if message := s.read(); message["type"] == messageType {
			return message
		}
	}
}

func (s socket) send(message object) {
	s.w.t.Helper()
	text, err := json.Marshal(message)
	s.w.must(err)
	ctx, cancel := context.WithTimeout(s.w.t.Context(), patience)
	defer cancel()
	s.w.must(s.conn.Write(ctx, websocket.MessageText, text))
}

// closes waits for the server to close the socket.
func (s socket) closes(want websocket.StatusCode) {
	s.w.t.Helper()
	ctx, cancel := context.WithTimeout(s.w.t.Context(), patience)
	defer cancel()
	for {
		if _, _, err := s.conn.Read(ctx); err != nil {
			if got := websocket.CloseStatus(err); got != want {
				s.w.t.Errorf("closed with %d (%v), want %d", got, err, want)
			}
			return
		}
	}
}

func TestSocket_token(t *testing.T) {
	w := newWorld(t)
	for name, open := range map[string]func() (*websocket.Conn, *http.Response, error){
		"header": func() (*websocket.Conn, *http.Response, error) { return w.dial("/ws/dashboard/", w.adminToken) },
		"query": func() (*websocket.Conn, *http.Response, error) {
			return w.dial("/ws/dashboard/?token="+w.adminToken, "")
		},
		"bare path": func() (*websocket.Conn, *http.Response, error) {
			return w.dial("/ws/dashboard?token="+w.adminToken, "")
		},
		"subprotocol": func() (*websocket.Conn, *http.Response, error) {
			return w.dial("/ws/dashboard/", "", "fade.v1", "bearer."+w.adminToken)
		},
	} {
		conn, response, err := open()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if name == "subprotocol" && conn.Subprotocol() != "fade.v1" {
			t.Errorf("subprotocol %q", conn.Subprotocol())
		}
		if strings.Contains(strings.Join(response.Header.Values("Sec-WebSocket-Protocol"), ","), w.adminToken) {
			t.Error("the token is echoed")
		}
	}
}

func TestSocket_refusals(t *testing.T) {
	w := newWorld(t)
	for _, test := range []struct {
		name, path, token string
		status            int
	}{
		{"no token", "/ws/dashboard/", "", 401},
		{"a token of noise", "/ws/dashboard/?token=a.b.c", "", 401},
		{"an owner at the dashboard", "/ws/dashboard/", w.ownerAToken, 403},
		{"another business", "/ws/business/" + w.b.ID + "/", w.ownerAToken, 403},
		{"a business that is not", "/ws/business/nowhere/", w.adminToken, 403},
		{"the system channel", "/ws/system/", w.adminToken, 404},
		{"a bad since", "/ws/dashboard/?since=x", w.adminToken, 400},
	} {
		_, response, err := w.dial(test.path, test.token)
		if err == nil || response == nil || response.StatusCode != test.status {
			t.Errorf("%s: %v, want %d", test.name, err, test.status)
			continue
		}
		if got := response.Header.Get("Content-Type"); got != problemType {
			t.Errorf("%s: Content-Type %s", test.name, got)
		}
	}
	for origin, status := range map[string]int{"https://evil.example": 403, "http://localhost:3000": 426, w.url: 426, "null": 403} {
		if got := w.do("GET", "/ws/dashboard/", w.adminToken, nil, "Origin", origin); got.status != status {
			t.Errorf("Origin %s = %d, want %d", origin, got.status, status)
		}
	}
}

// The snapshot tells where the log stood; who subscribes there sees every event after it, once.
func TestSocket_snapshotAndCursor(t *testing.T) {
	w := newWorld(t)
	read := w.do("GET", "/api/businesses/dashboard_stats/", w.adminToken, nil).want(200)
	position := strings.TrimPrefix(read.header.Get("Fade-Position"), "dashboard=")
	epoch, seq, _ := strings.Cut(position, ":")
	w.booked(w.a)
	s, hello := w.open("/ws/dashboard/?since="+seq+"&epoch="+epoch, w.adminToken)
	if hello["message"] != "Connected to dashboard updates" || hello["channel"] != "dashboard" || hello["epoch"] != epoch {
		t.Errorf("hello: %v", hello)
	}
	missed := s.next("reservation_created")
	w.booked(w.b)
	lives := s.next("reservation_created")
	if lives["seq"].(float64) != missed["seq"].(float64)+1 {
		t.Errorf("seq %v after %v", lives["seq"], missed["seq"])
	}
	stats := lives["payload"].(object)["stats"].(object)
	if stats["total_reservations"].(float64) != 2 {
		t.Errorf("stats: %v", stats)
	}
	if s, _ := w.open("/ws/dashboard/?since="+seq+"&epoch=other", w.adminToken); s.read()["type"] != "reset" {
		t.Error("a position of another database is no reset")
	}
}

func TestSocket_messages(t *testing.T) {
	w := newWorld(t)
	s, _ := w.open("/ws/", w.ownerAToken)
	s.send(object{"type": "ping"})
	s.next("pong")
	s.send(object{"type": "subscribe", "channel": "business:" + w.b.ID})
	if got := s.next("error"); got["code"] != "forbidden" {
		t.Errorf("another business: %v", got)
	}
	s.send(object{"type": "subscribe", "channel": "system"})
	if got := s.next("error"); got["code"] != "forbidden" {
		t.Errorf("system: %v", got)
	}
	inbox := "user:" + w.ownerA.ID
	s.send(object{"type": "subscribe", "channel": inbox})
	s.next("subscribed")
	w.booked(w.a)
	told := s.next("notification")["payload"].(object)
	if told["unread_count"].(float64) != 1 {
		t.Errorf("told %v", told)
	}
	id := told["notification"].(object)["id"]
	s.send(object{"type": "ack", "channel": inbox, "seq": 1})
	s.send(object{"type": "ack"})
	if got := s.next("error"); got["code"] != "bad_request" {
		t.Errorf("an ack of nothing: %v", got)
	}
	s.send(object{"type": "mark_read", "notification_id": id})
	if got := s.next("notification_read")["payload"].(object); got["unread_count"].(float64) != 0 {
		t.Errorf("marked read: %v", got)
	}
	s.send(object{"type": "mark_read", "notification_id": fade.NewID(time.Now())})
	if got := s.next("error"); got["code"] != "not_found" {
		t.Errorf("marking nothing: %v", got)
	}
	s.send(object{"type": "dance"})
	if got := s.next("error"); got["code"] != "unknown_type" {
		t.Errorf("an unknown type: %v", got)
	}
	s.send(object{"type": "auth", "token": w.adminToken})
	if got := s.next("error"); got["code"] != "forbidden" {
		t.Errorf("somebody else's token: %v", got)
	}
	s.send(object{"type": "auth", "token": w.login(w.ownerA.Email)})
	s.next("authenticated")
}

func TestSocket_revocation(t *testing.T) {
	w := newWorld(t)
	t.Run("sign out", func(t *testing.T) {
		token, other := w.login(w.ownerA.Email), w.login(w.ownerA.Email)
		s, _ := w.open("/ws/notifications/", token)
		stays, _ := w.open("/ws/notifications/", other)
		w.do("POST", "/api/auth/logout/", token, nil).want(204)
		s.closes(4409)
		stays.send(object{"type": "ping"})
		stays.next("pong")
	})
	t.Run("another business", func(t *testing.T) {
		s, _ := w.open("/ws/business/"+w.a.ID+"/", w.login(w.ownerA.Email))
		stays, _ := w.open("/ws/notifications/", w.login(w.ownerA.Email))
		w.do("PATCH", "/api/users/"+w.ownerA.ID+"/", w.adminToken, object{"business": w.b.ID}).want(200)
		s.closes(4403)
		stays.send(object{"type": "ping"})
		stays.next("pong")
	})
	t.Run("no super admin any more", func(t *testing.T) {
		made := w.do("POST", "/api/users/", w.adminToken, object{"email": "second@fade.test", "password": password, "user_type": "super_admin"}).want(201).object()
		s, _ := w.open("/ws/dashboard/", w.login("second@fade.test"))
		w.do("PATCH", "/api/users/"+made["id"].(string)+"/", w.adminToken, object{"user_type": "business_owner", "business": w.a.ID}).want(200)
		s.closes(4403)
	})
	t.Run("deactivation", func(t *testing.T) {
		s, _ := w.open("/ws/notifications/", w.login(w.ownerB.Email))
		w.do("DELETE", "/api/users/"+w.ownerB.ID+"/", w.adminToken, nil).want(204)
		s.closes(4409)
	})
	t.Run("a reused refresh token", func(t *testing.T) {
		tokens, err := w.accounts.Login(t.Context(), w.admin.Email, password, "")
		w.must(err)
		s, _ := w.open("/ws/dashboard/", tokens.Access)
		w.do("POST", "/api/auth/refresh/", "", object{"refresh": tokens.Refresh}).want(200)
		w.do("POST", "/api/auth/refresh/", "", object{"refresh": tokens.Refresh}).want(401)
		s.closes(4409)
	})
}

func TestSocket_expiry(t *testing.T) {
	w := newWorld(t)
	short := w.accountsAt(time.Now, 2*time.Second)
	login := func() accounts.Tokens {
		tokens, err := short.Login(t.Context(), w.admin.Email, password, "")
		w.must(err)
		return tokens
	}
	first := login()
	ends, _ := w.open("/ws/dashboard/", first.Access)
	goesOn, _ := w.open("/ws/dashboard/", first.Access)
	goesOn.send(object{"type": "auth", "token": w.adminToken})
	goesOn.next("authenticated")
	ends.closes(4401)
	goesOn.send(object{"type": "ping"})
	goesOn.next("pong")
}

// A session that ends while its socket is being opened must not leave a socket behind.
func TestSocket_revokedWhileOpening(t *testing.T) {
	w := newWorld(t)
	for range 20 {
		token := w.login(w.ownerA.Email)
		done := make(chan struct{})
		go func() {
			defer close(done)
			w.do("POST", "/api/auth/logout/", token, nil)
		}()
		conn, _, err := w.dial("/ws/notifications/", token)
		<-done
		if err != nil {
			continue // refused: the sign-out was faster
		}
		s := socket{w, conn}
		s.closes(4409)
	}
}

func TestSession_refusal(t *testing.T) {
	s := &session{}
	internal := errors.New("disk full")
	if err := s.refusal(internal); !errors.Is(err, internal) {
		t.Errorf("refusal(%v) = %v", internal, err)
	}
	if err := s.refusal(nil); err != nil {
		t.Errorf("refusal(nil) = %v", err)
	}
}

// Whose connection could not be opened after all does not stay online.
func TestSocket_failedUpgrade(t *testing.T) {
	t.Parallel() // it waits more than it works
	w := newWorld(t)
	w.do("GET", "/ws/dashboard/", w.adminToken, nil, "Connection", "Upgrade", "Upgrade", "websocket", "Sec-WebSocket-Version", "13").want(400)
	w.eventually("nobody came", func() bool { return len(w.api.presence.Online()) == 1 })
	w.eventually("somebody is online without a connection", func() bool { return len(w.api.presence.Online()) == 0 })
}
