package storetest

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/live"
	"github.com/fadedistrict/fade/notify"
	"github.com/fadedistrict/fade/talk"
)

// talkers is a conversation between two super admins and two owners of a business.
type talkers struct {
	*fixture
	verbs  *talk.Service
	id     string
	people []fade.Actor // two super admins, two owners
	other  fade.Actor   // the owner of another business
}

func newTalkers(t testing.TB, f *fixture) *talkers {
	t.Helper()
	b, elsewhere := f.business(t, "one"), f.business(t, "two")
	c := &talkers{fixture: f, verbs: talk.New(f.Talk(), f.clock.Now)}
	for i, business := range []*fade.Business{nil, nil, &b, &b} {
		c.people = append(c.people, fade.Actor{User: f.user(t, fmt.Sprintf("person%d@example.com", i), business)})
	}
	c.other = fade.Actor{User: f.user(t, "other@example.com", &elsewhere)}
	started, err := c.verbs.Start(f.ctx, c.people[2], talk.Topic{}, "")
	if err != nil || !started.New {
		t.Fatalf("Start() = %+v, %v", started, err)
	}
	c.id = started.Conversation.ID
	again, err := c.verbs.Start(f.ctx, c.people[0], talk.Topic{BusinessID: b.ID}, "")
	if err != nil || again.New || again.Conversation.ID != c.id {
		t.Fatalf("Start() again = %+v, %v", again, err)
	}
	return c
}

// unread gives what each of the people has not read.
func (c *talkers) unread(t testing.TB) (counts []int64) {
	t.Helper()
	for _, who := range c.people {
		all, err := c.verbs.UnreadCount(c.ctx, who, "")
		if err != nil {
			t.Fatal(err)
		}
		n := all.Unread
		found, err := c.verbs.Get(c.ctx, who, "", c.id)
		if err != nil || found.Unread != n {
			t.Errorf("%s has %d unread in the conversation and %d in all, %v", who.User.Email, found.Unread, n, err)
		}
		counts = append(counts, n)
	}
	return counts
}

func testConversation(t *testing.T, f *fixture) {
	c := newTalkers(t, f)
	send := func(by int, body string) fade.ChatMessage {
		t.Helper()
		m, err := c.verbs.Send(f.ctx, c.people[by], c.id, body)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	send(2, "When do we get paid?")
	if m := send(2, "  Best, Arta\n"); m.Number != 2 || m.Body != "Best, Arta" {
		t.Errorf("Send() = %+v", m)
	}
	if diff := cmp.Diff([]int64{2, 2, 0, 2}, c.unread(t)); diff != "" {
		t.Errorf("unread after two messages (-want +got):\n%s", diff)
	}
	if _, err := c.verbs.Read(f.ctx, c.people[0], c.id, 1); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int64{1, 2, 0, 2}, c.unread(t)); diff != "" {
		t.Errorf("unread after one was read (-want +got):\n%s", diff)
	}
	if got, err := c.verbs.Read(f.ctx, c.people[0], c.id, 1_000); err != nil || got.Unread != 0 {
		t.Errorf("Read() of all = %+v, %v", got, err)
	}
	inbox := f.notifications(t, notify.InboxQuery{UserID: c.people[0].User.ID, Unread: true})
	for _, n := range inbox {
		if n.Type == fade.TypeMessageCreated {
			t.Errorf("what was read is unread in the inbox: %+v", n)
		}
	}
	send(1, "On Friday.")
	if diff := cmp.Diff([]int64{1, 0, 1, 3}, c.unread(t)); diff != "" {
		t.Errorf("unread after an answer, by which one has read all (-want +got):\n%s", diff)
	}
	history, err := c.verbs.Messages(f.ctx, c.people[3], live.Conversation(c.id), talk.MessageQuery{ConversationID: c.id, Search: "FRIDAY"})
	if err != nil || len(history.Messages) != 1 || history.Messages[0].Number != 3 || history.Position.Seq == 0 {
		t.Errorf("Messages() = %+v, %v", history, err)
	}
	for what, err := range map[string]error{
		"Get":      onlyError(c.verbs.Get(f.ctx, c.other, "", c.id)),
		"Send":     onlyError(c.verbs.Send(f.ctx, c.other, c.id, "Hello")),
		"Read":     onlyError(c.verbs.Read(f.ctx, c.other, c.id, 1)),
		"Messages": onlyError(c.verbs.Messages(f.ctx, c.other, "", talk.MessageQuery{ConversationID: c.id})),
	} {
		wantCode(t, what+"() of another business's", err, fade.CodeNotFound, "")
	}
	_, err = c.verbs.Send(f.ctx, c.people[0], c.id, " \n ")
	wantCode(t, "Send() of nothing", err, fade.CodeInvalid, "body")
}

// testReceipts acks what a channel has said, and asks who has received what.
func testReceipts(t *testing.T, f *fixture) {
	c := newTalkers(t, f)
	var seqs []int64
	for i := range 3 {
		if _, err := c.verbs.Send(f.ctx, c.people[2], c.id, fmt.Sprint("message ", i)); err != nil {
			t.Fatal(err)
		}
		heads, err := f.Heads(f.ctx, []string{live.Conversation(c.id)})
		if err != nil {
			t.Fatal(err)
		}
		seqs = append(seqs, heads[live.Conversation(c.id)])
	}
	delivered := func(by int) int64 {
		t.Helper()
		found, err := c.verbs.Get(f.ctx, c.people[0], "", c.id)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range found.Participants {
			if p.UserID == c.people[by].User.ID {
				return p.DeliveredNumber
			}
		}
		return -1
	}
	deliver := func(who fade.Actor, seq int64) {
		t.Helper()
		acks := map[talk.Ack]int64{{ConversationID: c.id, UserID: who.User.ID}: seq, {ConversationID: who.User.ID, UserID: who.User.ID}: 1}
		if err := c.verbs.Deliver(f.ctx, acks, live.Conversation); err != nil {
			t.Fatal(err)
		}
	}
	deliver(c.people[1], seqs[1])
	if n := delivered(1); n != 2 {
		t.Errorf("after an ack of the second message %d are delivered", n)
	}
	deliver(c.people[1], seqs[0])
	if n := delivered(1); n != 2 {
		t.Errorf("an older ack moves it to %d", n)
	}
	deliver(c.people[1], seqs[2])
	deliver(c.other, seqs[2]) // who does not take part is nobody here
	if n := delivered(1); n != 3 {
		t.Errorf("after an ack of all %d are delivered", n)
	}
	if diff := cmp.Diff([]int64{3, 3, 0, 3}, c.unread(t)); diff != "" {
		t.Errorf("what was delivered is not read (-want +got):\n%s", diff)
	}
}

// testUnreadMessages has everybody write and read at once: numbers have no gap, and no count drifts from a recount.
func testUnreadMessages(t *testing.T, f *fixture) {
	c := newTalkers(t, f)
	const each = 12
	for _, err := range parallel(2*len(c.people), func(i int) error {
		who := c.people[i%len(c.people)]
		for n := range each {
			var err error
			if i < len(c.people) {
				_, err = c.verbs.Send(f.ctx, who, c.id, fmt.Sprint(i, " says ", n))
			} else {
				_, err = c.verbs.Read(f.ctx, who, c.id, int64(n*len(c.people)/2))
			}
			if err != nil {
				return err
			}
		}
		return nil
	}) {
		if err != nil {
			t.Fatal(err)
		}
	}
	history, err := c.verbs.Messages(f.ctx, c.people[0], "", talk.MessageQuery{ConversationID: c.id, Limit: fade.MaxLimit})
	if err != nil || len(history.Messages) != each*len(c.people) {
		t.Fatalf("Messages() = %d, %v; want %d", len(history.Messages), err, each*len(c.people))
	}
	for i, m := range history.Messages {
		if m.Number != int64(len(history.Messages)-i) {
			t.Fatalf("message %d has the number %d", len(history.Messages)-i, m.Number)
		}
	}
	found, err := c.verbs.Get(f.ctx, c.people[0], "", c.id)
	if err != nil {
		t.Fatal(err)
	}
	counts := c.unread(t)
	for i, who := range c.people {
		want := int64(0)
		for _, p := range found.Participants {
			for _, m := range history.Messages {
				if p.UserID == who.User.ID && m.Number > p.ReadNumber && m.Author != who.User.ID {
					want++
				}
			}
		}
		if counts[i] != want {
			t.Errorf("person %d has %d unread, a recount says %d", i, counts[i], want)
		}
	}
}

// onlyError drops a value for the error beside it.
func onlyError[T any](_ T, err error) error { return err }
