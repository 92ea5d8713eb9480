package storetest

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/live"
	"github.com/fadedistrict/fade/realtime/eventlog"
	"github.com/fadedistrict/fade/talk"
)

// book books at the talkers' business.
func (c *talkers) book(t testing.TB, customer string) fade.Reservation {
	t.Helper()
	r, err := c.fixture.book(c.ctx, fade.Business{Subdomain: "one"}, customer)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (c *talkers) listed(t testing.TB, who fade.Actor, q talk.Query) (ids []string) {
	t.Helper()
	list, err := c.verbs.List(c.ctx, who, "", q)
	if err != nil {
		t.Fatal(err)
	}
	for _, found := range list.Items {
		ids = append(ids, found.ID)
	}
	return ids
}

// testTalkAbout begins a conversation about a reservation, and lists both by their newest activity.
func testTalkAbout(t *testing.T, f *fixture) {
	c := newTalkers(t, f)
	admin, owner, r := c.people[0], c.people[2], c.book(t, "Dren Gashi")
	about, err := c.verbs.Start(f.ctx, admin, talk.Topic{ReservationID: r.ID}, "100 % sure he is late?")
	if err != nil || !about.New || about.Conversation.ID == c.id || about.Conversation.LastText != "100 % sure he is late?" {
		t.Fatalf("Start() about a reservation = %+v, %v", about, err)
	}
	if got := c.listed(t, owner, talk.Query{}); !cmp.Equal(got, []string{about.Conversation.ID, c.id}) {
		t.Errorf("newest activity first: %v", got)
	}
	if _, err := c.verbs.Send(f.ctx, owner, c.id, "Later."); err != nil {
		t.Fatal(err)
	}
	if got := c.listed(t, admin, talk.Query{}); !cmp.Equal(got, []string{c.id, about.Conversation.ID}) {
		t.Errorf("after a message in the other: %v", got)
	}
	for search, want := range map[string][]string{"gashi": {about.Conversation.ID}, "100 %": {about.Conversation.ID}, "LATER": {c.id}, "monday": nil} {
		if got := c.listed(t, admin, talk.Query{Page: fade.Page{Search: search}}); !cmp.Equal(got, want) {
			t.Errorf("search for %q finds %v, want %v", search, got, want)
		}
	}
	if got := c.listed(t, c.other, talk.Query{BusinessID: r.BusinessID}); len(got) != 0 {
		t.Errorf("a stranger who names the business sees %v", got)
	}
	for what, err := range map[string]error{
		"Start() by business":    onlyError(c.verbs.Start(f.ctx, c.other, talk.Topic{BusinessID: r.BusinessID}, "")),
		"Start() by reservation": onlyError(c.verbs.Start(f.ctx, c.other, talk.Topic{ReservationID: r.ID}, "")),
		"Start() of no id":       onlyError(c.verbs.Start(f.ctx, admin, talk.Topic{BusinessID: "x\x00"}, "")),
		"Get() of no id":         onlyError(c.verbs.Get(f.ctx, admin, "", "x\x00")),
		"Send() to no id":        onlyError(c.verbs.Send(f.ctx, admin, "x\x00", "Hello")),
	} {
		wantCode(t, what, err, fade.CodeNotFound, "")
	}
}

// testTalkBegun begins one conversation from both sides at once: there is one, and who is told to try again finds it.
func testTalkBegun(t *testing.T, f *fixture) {
	c := newTalkers(t, f)
	r := c.book(t, "Ana")
	started := make([]talk.Started, 8)
	for _, err := range parallel(len(started), func(i int) (err error) {
		who := c.people[i%len(c.people)]
		started[i], err = c.verbs.Start(f.ctx, who, talk.Topic{ReservationID: r.ID}, "")
		for fade.ErrorCode(err) == fade.CodeConflict {
			started[i], err = c.verbs.Start(f.ctx, who, talk.Topic{ReservationID: r.ID}, "")
		}
		return err
	}) {
		if err != nil {
			t.Fatal(err)
		}
	}
	made := 0
	for _, s := range started {
		if s.Conversation.ID != started[0].Conversation.ID {
			t.Errorf("both sides began: %s and %s", s.Conversation.ID, started[0].Conversation.ID)
		}
		if s.New {
			made++
		}
	}
	if made != 1 {
		t.Errorf("%d are told that they began it, want one", made)
	}
}

// testTalkOnce has four people send at once, and every message sent again as by a client that lost the answer: each is
// there once, all tries are answered alike, and the channel tells of each once and in the order of the history.
func testTalkOnce(t *testing.T, f *fixture) {
	c := newTalkers(t, f)
	const each, tries = 6, 3
	sent := make([]fade.ChatMessage, len(c.people)*each*tries)
	for _, err := range parallel(len(sent), func(i int) (err error) {
		message := i / tries
		who := c.people[message%len(c.people)]
		ctx := fade.WithRequest(f.ctx, fade.Request{Scope: who.User.ID, Key: name(message), Fingerprint: "f"})
		sent[i], err = c.verbs.Send(ctx, who, c.id, name(message))
		return err
	}) {
		if err != nil {
			t.Fatal(err)
		}
	}
	for i, m := range sent {
		if diff := cmp.Diff(sent[i/tries*tries], m); diff != "" {
			t.Errorf("one message is answered in two ways:\n%s", diff)
		}
	}
	channel := live.Conversation(c.id)
	h, err := c.verbs.Messages(f.ctx, c.people[0], channel, talk.MessageQuery{ConversationID: c.id, Limit: fade.MaxLimit})
	if err != nil || len(h.Messages) != len(c.people)*each {
		t.Fatalf("Messages() = %d, %v; want %d", len(h.Messages), err, len(c.people)*each)
	}
	slices.Reverse(h.Messages)
	for i, m := range h.Messages {
		if m.Number != int64(i+1) || !slices.ContainsFunc(sent, func(s fade.ChatMessage) bool { return cmp.Equal(s, m) }) {
			t.Errorf("message %d is %+v, which nobody was answered", i+1, m)
		}
	}
	events := f.publishedAfter(0)
	slices.SortFunc(events, func(a, b eventlog.Event) int { return int(a.Seq - b.Seq) })
	var told []fade.ChatMessage
	for _, e := range events {
		if e.Channel == channel && e.Type == string(fade.TypeMessageCreated) {
			told = append(told, decode[fade.MessagePayload](t, e).Message)
		}
	}
	if diff := cmp.Diff(h.Messages, told); diff != "" {
		t.Errorf("the channel tells otherwise than the history (-history +told):\n%s", diff)
	}
}
