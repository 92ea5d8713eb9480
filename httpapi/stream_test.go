package httpapi

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/fadedistrict/fade/live"
)

// stream is an open event stream.
type stream struct {
	w     *world
	lines *bufio.Scanner
	close context.CancelFunc
}

// block is one event of a stream.
type block struct {
	id   string
	data object
}

// stream opens an event stream that is let in.
func (w *world) stream(query, token, lastID string) stream {
	w.t.Helper()
	ctx, cancel := context.WithCancel(w.t.Context())
	w.t.Cleanup(cancel)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, w.url+"/sse/?"+query, nil)
	w.must(err)
	request.Header.Set("Authorization", "Bearer "+token)
	if lastID != "" {
		request.Header.Set("Last-Event-ID", lastID)
	}
	response, err := http.DefaultClient.Do(request)
	w.must(err)
	w.t.Cleanup(func() { _ = response.Body.Close() })
	if got := response.Header.Get("Content-Type"); response.StatusCode != http.StatusOK || got != "text/event-stream" || response.Header.Get("X-Request-Id") == "" {
		w.t.Fatalf("a stream of %s begins with %d, %v", query, response.StatusCode, response.Header)
	}
	return stream{w, bufio.NewScanner(response.Body), cancel}
}

// next reads until an event of the type comes.
func (s stream) next(messageType string) block {
	s.w.t.Helper()
	var b block
	for s.lines.Scan() {
		name, value, _ := strings.Cut(s.lines.Text(), ": ")
		switch {
		case name == "id":
			b.id = value
		case name == "data":
			s.w.must(json.Unmarshal([]byte(value), &b.data))
		case s.lines.Text() == "" && b.data["type"] == messageType:
			return b
		case s.lines.Text() == "":
			b = block{}
		}
	}
	s.w.t.Fatalf("the stream ended before a %s: %v", messageType, s.lines.Err())
	return b
}

func TestStream_resume(t *testing.T) {
	w := newWorld(t)
	s := w.stream("channels=dashboard", w.adminToken, "")
	hello := s.next("connection_established")
	if hello.data["channel"] != live.Dashboard || hello.id != "" {
		t.Errorf("it begins with %v", hello)
	}
	w.booked(w.a)
	first := s.next("reservation_created")
	s.close()
	w.booked(w.b)
	w.booked(w.a)
	s = w.stream("channels=dashboard", w.adminToken, first.id)
	for i, business := range []string{w.b.ID, w.a.ID} {
		event := s.next("reservation_created")
		if got := event.data["payload"].(object)["reservation"].(object)["business"]; got != business {
			t.Errorf("missed event %d is of business %v, want %s", i, got, business)
		}
		if event.data["seq"].(float64) != first.data["seq"].(float64)+float64(i)+1 {
			t.Errorf("missed event %d has the sequence %v after %v", i, event.data["seq"], first.data["seq"])
		}
	}
}

// TestStream_channels: the id of an event says where the stream is in each of its channels.
func TestStream_channels(t *testing.T) {
	w := newWorld(t)
	channels := "channels=dashboard,user:" + w.admin.ID
	s := w.stream(channels, w.adminToken, "")
	s.next("connection_established")
	s.next("subscribed")
	w.booked(w.a)
	s.next("reservation_created")
	note := s.next("notification")
	s.close()
	w.booked(w.b)
	s = w.stream(channels, w.adminToken, note.id)
	for _, eventType := range []string{"reservation_created", "notification"} {
		event := s.next(eventType)
		if want := event.data["channel"].(string) + "="; !strings.Contains(event.id, want) || strings.Count(event.id, "=") != 2 {
			t.Errorf("the id of a %s is %q", eventType, event.id)
		}
	}
}

func TestStream_refused(t *testing.T) {
	w := newWorld(t)
	for query, want := range map[string]struct {
		token  string
		status int
	}{
		"channels=dashboard":                                  {"", 401},
		"channels=dashboard&x=1":                              {w.ownerAToken, 403},
		"channels=business:" + w.b.ID:                         {w.ownerAToken, 403},
		"channels=user:" + w.admin.ID:                         {w.ownerAToken, 403},
		"channels=business:" + w.a.ID + ",user:" + w.admin.ID: {w.ownerAToken, 403},
		"channels=":                          {w.adminToken, 400},
		"channels=dashboard&since=yesterday": {w.adminToken, 400},
		"channels=" + strings.Repeat("a,", 5) + manyChannels(): {w.adminToken, 400},
	} {
		if got := w.do("GET", "/sse/?"+query, want.token, nil); got.status != want.status {
			t.Errorf("%s: %d, want %d: %s", query, got.status, want.status, got.text)
		}
	}
}

func manyChannels() string {
	var names []string
	for i := range maxStreamChannels + 1 {
		names = append(names, "business:"+strings.Repeat("x", i+1))
	}
	return strings.Join(names, ",")
}

// TestStream_revoked: a stream has no close frame, so it says why it ends.
func TestStream_revoked(t *testing.T) {
	w := newWorld(t)
	s := w.stream("channels=business:"+w.a.ID, w.ownerAToken, "")
	s.next("connection_established")
	w.do("PATCH", "/api/users/"+w.ownerA.ID+"/", w.adminToken, object{"is_active": false}).want(200)
	if end := s.next("close"); end.data["code"].(float64) != 4409 {
		t.Errorf("it ends with %v", end.data)
	}
	if s.lines.Scan() {
		t.Errorf("after the close came %q", s.lines.Text())
	}
}

// Visitors do not take the room of those who sign in, and none of them that of all others; who leaves makes room.
func TestStream_visitors(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.RateLimits, o.MaxVisitors = true, 3 })
	public := "channels=slots:" + w.a.ID
	open := []stream{w.stream(public, "", ""), w.stream(public, "", ""), w.stream(public, "", "")}
	refused := w.do("GET", "/sse/?"+public, "", nil)
	refused.want(503).problem()
	if refused.header.Get("Retry-After") == "" {
		t.Error("nobody is told when to try again")
	}
	w.stream(public, w.ownerAToken, "")

	left := func(open int) func() bool {
		return func() bool {
			w.api.visits.mu.Lock()
			defer w.api.visits.mu.Unlock()
			return w.api.visits.open == open && w.api.visits.from["127.0.0.1"] == open
		}
	}
	open[0].close()
	w.eventually("a stream that ended makes no room", left(2))
	w.api.visits.perAddress, w.api.visits.room = 3, 0
	w.stream(public, "", "")
	if p := w.do("GET", "/sse/?"+public, "", nil).want(429).problem(); p.Code != "rate_limited" {
		t.Errorf("%+v", p)
	}
	w.do("GET", "/sse/?channels=dashboard", "", nil).want(401)
	open[1].close()
	open[2].close()
	w.eventually("streams that ended make no room", left(1))
}
