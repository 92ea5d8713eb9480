package httpapi

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/live"
	"github.com/fadedistrict/fade/talk"
)

func (a *API) talkRoutes() {
	const tag, list, item = "conversations", "/api/conversations/", "/api/conversations/{id}/"
	add(a, operation{id: "listConversations", method: http.MethodGet, path: list, access: signedIn, tag: tag,
		summary: "Conversations, newest activity first", about: "All to super admins; to owners those of their business."}, a.listConversations)
	add(a, operation{id: "startConversation", method: http.MethodPost, path: list, access: signedIn, tag: tag,
		summary: "Begin one, or find the one that is there",
		about:   "About a reservation, or with a business; owners who name neither mean their own. With a body it also sends a message. 200 either way: new says which.",
		errors:  []fade.Code{fade.CodeNotFound, fade.CodeConflict, fade.CodeRateLimited}}, a.startConversation)
	add(a, operation{id: "unreadMessages", method: http.MethodGet, path: list + "unread_count/", access: signedIn, tag: tag,
		summary: "How many messages one has not read"}, a.unreadMessages)
	add(a, operation{id: "getConversation", method: http.MethodGet, path: item, access: signedIn, tag: tag,
		summary: "One, with who takes part and how far they are"}, a.getConversation)
	add(a, operation{id: "listMessages", method: http.MethodGet, path: item + "messages/", access: signedIn, tag: tag,
		summary: "Its messages, newest first"}, a.listMessages)
	add(a, operation{id: "sendMessage", method: http.MethodPost, path: item + "messages/", access: signedIn, tag: tag, status: http.StatusCreated,
		summary: "Send a message", about: "With an Idempotency-Key it is sent once, however often that is tried.", errors: []fade.Code{fade.CodeRateLimited}}, a.sendMessage)
	add(a, operation{id: "readConversation", method: http.MethodPost, path: item + "read/", access: signedIn, tag: tag,
		summary: "Note that one has read it, up to a message"}, a.readConversation)
}

type (
	listConversationsInput struct {
		Limit    int    `query:"limit" minimum:"1" doc:"How many at most; more than 500 is 500." default:"50"`
		Cursor   string `query:"cursor" doc:"Where the page before ended: from its Link header."`
		Search   string `query:"search" doc:"Words in the subject, the business or the newest message."`
		Business string `query:"business" doc:"For super admins."`
		Request  request
	}
	startConversationInput struct {
		Body body[NewConversation]
	}
	conversationInput struct {
		ID string `path:"id"`
	}
	listMessagesInput struct {
		ID      string `path:"id"`
		Before  int64  `query:"before" minimum:"1" doc:"Only messages with a lower number."`
		Search  string `query:"search" doc:"Words that must occur, whatever their case."`
		Limit   int    `query:"limit" minimum:"1" default:"50"`
		Request request
	}
	sendMessageInput struct {
		ID   string `path:"id"`
		Body body[NewMessage]
	}
	readConversationInput struct {
		ID   string `path:"id"`
		Body body[ReadUpTo]
	}
)

// NewConversation is what a conversation is to be about.
type NewConversation struct {
	Business    reference `json:"business,omitempty" doc:"For super admins."`
	Reservation reference `json:"reservation,omitempty"`
	Body        string    `json:"body,omitempty" doc:"A first message."`
}

// NewMessage is what somebody writes.
type NewMessage struct {
	Body string `json:"body" doc:"At most 4,000 characters."`
}

// ReadUpTo is how far somebody has read.
type ReadUpTo struct {
	Number int64 `json:"number" doc:"Of the newest message that was read."`
}

// StartedConversation is a conversation that was asked for.
type StartedConversation struct {
	fade.Conversation

	New bool `json:"new"`
}

// conversationPage is a part of the conversations.
type conversationPage struct {
	Link     link     `header:"Link"`
	Position position `header:"Fade-Position"`
	Body     []fade.Conversation
}

// placed is something that events change, with where their log stood.
type placed[T any] struct {
	Position position `header:"Fade-Position"`
	Body     T
}

func (a *API) listConversations(ctx context.Context, in *listConversationsInput) (*conversationPage, error) {
	actor := actorOf(ctx)
	channel := live.User(actor.User.ID)
	found, err := a.o.Talk.List(ctx, actor, channel, talk.Query{
		Page: fade.Page{Limit: in.Limit, Cursor: in.Cursor, Search: in.Search}, BusinessID: in.Business,
	})
	if err != nil {
		return nil, err
	}
	return &conversationPage{Link: in.Request.with("cursor", found.Next), Position: positionOf(channel, found.Position), Body: found.Items}, nil
}

func (a *API) startConversation(ctx context.Context, in *startConversationInput) (*one[StartedConversation], error) {
	n, actor := in.Body.value, actorOf(ctx)
	if n.Body != "" {
		if wait := a.limits.messageUser.take(actor.User.ID); wait > 0 {
			return nil, tooMany(wait)
		}
	}
	started, err := a.o.Talk.Start(ctx, actor, talk.Topic{BusinessID: n.Business.id, ReservationID: n.Reservation.id}, n.Body)
	return &one[StartedConversation]{StartedConversation{started.Conversation, started.New}}, err
}

func (a *API) unreadMessages(ctx context.Context, _ *struct{}) (*placed[UnreadCount], error) {
	actor := actorOf(ctx)
	channel := live.User(actor.User.ID)
	n, err := a.o.Talk.UnreadCount(ctx, actor, channel)
	if err != nil {
		return nil, err
	}
	return &placed[UnreadCount]{positionOf(channel, n.Position), UnreadCount{n.Unread}}, nil
}

func (a *API) getConversation(ctx context.Context, in *conversationInput) (*placed[fade.Conversation], error) {
	channel := live.Conversation(in.ID)
	found, err := a.o.Talk.Get(ctx, actorOf(ctx), channel, in.ID)
	if err != nil {
		return nil, err
	}
	return &placed[fade.Conversation]{positionOf(channel, found.Position), found.Conversation}, nil
}

func (a *API) listMessages(ctx context.Context, in *listMessagesInput) (*page[fade.ChatMessage], error) {
	channel := live.Conversation(in.ID)
	found, err := a.o.Talk.Messages(ctx, actorOf(ctx), channel, talk.MessageQuery{ConversationID: in.ID, Before: in.Before, Search: in.Search, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	answer := &page[fade.ChatMessage]{Body: found.Messages, Position: positionOf(channel, found.Position)}
	if n := len(answer.Body); n == (fade.Page{Limit: in.Limit}).Size() {
		answer.Link = in.Request.with("before", strconv.FormatInt(answer.Body[n-1].Number, 10))
	}
	return answer, nil
}

func (a *API) sendMessage(ctx context.Context, in *sendMessageInput) (*one[fade.ChatMessage], error) {
	actor := actorOf(ctx)
	if wait := a.limits.messageUser.take(actor.User.ID); wait > 0 {
		return nil, tooMany(wait)
	}
	m, err := a.o.Talk.Send(ctx, actor, in.ID, in.Body.value.Body)
	return &one[fade.ChatMessage]{m}, err
}

func (a *API) readConversation(ctx context.Context, in *readConversationInput) (*one[fade.Conversation], error) {
	c, err := a.o.Talk.Read(ctx, actorOf(ctx), in.ID, in.Body.value.Number)
	return &one[fade.Conversation]{c}, err
}

// DeliverMessages gives what writes down what sockets say they have received of conversations: for
// [Options.MessageAcks].
func DeliverMessages(verbs *talk.Service) func(ctx context.Context, upTo map[string]int64) error {
	return func(ctx context.Context, upTo map[string]int64) error {
		acks := make(map[talk.Ack]int64, len(upTo))
		for who, seq := range upTo {
			conversation, user, _ := strings.Cut(who, "/")
			acks[talk.Ack{ConversationID: conversation, UserID: user}] = seq
		}
		return verbs.Deliver(ctx, acks, live.Conversation)
	}
}
