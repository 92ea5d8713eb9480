package httpapi

import (
	"context"
	"net/http"
	"strconv"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/live"
	"github.com/fadedistrict/fade/notify"
)

func (a *API) notificationRoutes() {
	const tag, list, item = "notifications", "/api/notifications/", "/api/notifications/{id}/"
	add(a, operation{id: "listNotifications", method: http.MethodGet, path: list, access: signedIn, tag: tag,
		summary: "One's own inbox, newest first"}, a.listNotifications)
	add(a, operation{id: "unreadCount", method: http.MethodGet, path: list + "unread_count/", access: signedIn, tag: tag,
		summary: "How many are not read"}, a.unreadCount)
	add(a, operation{id: "readAllNotifications", method: http.MethodPost, path: list + "read_all/", access: signedIn, tag: tag,
		summary: "Mark everything read"}, a.readAllNotifications)
	add(a, operation{id: "clearNotifications", method: http.MethodPost, path: list + "clear/", access: signedIn, tag: tag,
		summary: "Put everything away"}, a.clearNotifications)
	add(a, operation{id: "seeNotifications", method: http.MethodPost, path: list + "seen/", access: signedIn, tag: tag,
		summary: "Note that one has looked at the inbox", about: "Up to the newest entry on the screen. What waited to be seen does not leave by mail or push."}, a.seeNotifications)
	add(a, operation{id: "ackNotifications", method: http.MethodPost, path: list + "acked/", access: signedIn, tag: tag, status: http.StatusAccepted,
		summary: "Note that a client has received everything up to a seq",
		about:   "What the message ack says on a socket, for clients of event streams, which have no way back. It is written down a moment later."}, a.ackNotifications)
	add(a, operation{id: "readNotification", method: http.MethodPost, path: item + "read/", access: signedIn, tag: tag,
		summary: "Mark one read", about: "Every change of the inbox reaches the person's other tabs and devices as an event."}, a.markNotification(true))
	add(a, operation{id: "unreadNotification", method: http.MethodPost, path: item + "unread/", access: signedIn, tag: tag,
		summary: "Mark one unread"}, a.markNotification(false))
	add(a, operation{id: "archiveNotification", method: http.MethodPost, path: item + "archive/", access: signedIn, tag: tag,
		summary: "Put one away"}, a.archiveNotification)
}

// UnreadCount is how many entries of an inbox are not read.
type UnreadCount struct {
	UnreadCount int64 `json:"unread_count"`
}

type (
	listNotificationsInput struct {
		Unread   bool   `query:"unread" doc:"Only those that are not read."`
		Archived bool   `query:"archived" doc:"The archive instead of the inbox."`
		Before   int64  `query:"before" minimum:"1" doc:"Only those with a lower seq."`
		Search   string `query:"search" doc:"Words that must occur, whatever their case."`
		Limit    int    `query:"limit" minimum:"1" default:"50"`
		Request  request
	}
	notificationInput struct {
		ID string `path:"id"`
	}
	inboxPage struct {
		Position    position `header:"Fade-Position"`
		Link        link     `header:"Link"`
		UnreadCount int64    `header:"Fade-Unread-Count" doc:"How many entries are not read, when this was read."`
		UnseenCount int64    `header:"Fade-Unseen-Count" doc:"How many came after the last look at the inbox."`
		Seen        int64    `header:"Fade-Seen" doc:"Entries with a higher seq came after the last look at the inbox."`
		Body        []fade.Notification
	}
	seeNotificationsInput struct {
		Body body[SeenUpTo]
	}
)

// SeenUpTo is how far somebody has looked.
type SeenUpTo struct {
	UpTo int64 `json:"up_to,omitempty" doc:"The seq of the newest entry that was shown; none for all."`
}

func (a *API) ackNotifications(ctx context.Context, in *seeNotificationsInput) (*one[SeenUpTo], error) {
	a.o.Acks.Note(actorOf(ctx).User.ID, in.Body.value.UpTo)
	return &one[SeenUpTo]{in.Body.value}, nil
}

func (a *API) seeNotifications(ctx context.Context, in *seeNotificationsInput) (*one[notify.Look], error) {
	actor := actorOf(ctx)
	look, err := a.o.Inbox.See(ctx, actor, live.User(actor.User.ID), in.Body.value.UpTo)
	return &one[notify.Look]{look}, err
}

func (a *API) listNotifications(ctx context.Context, in *listNotificationsInput) (*inboxPage, error) {
	actor := actorOf(ctx)
	channel := live.User(actor.User.ID)
	found, err := a.o.Inbox.List(ctx, actor, channel, notify.InboxQuery{Unread: in.Unread, Archived: in.Archived, Before: in.Before, Search: in.Search, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	answer := &inboxPage{Position: positionOf(channel, found.Position), UnreadCount: found.UnreadCount, UnseenCount: found.UnseenCount, Seen: found.Seen, Body: found.Items}
	if answer.Body == nil {
		answer.Body = []fade.Notification{}
	}
	if n := len(answer.Body); n == (fade.Page{Limit: in.Limit}).Size() {
		answer.Link = in.Request.with("before", strconv.FormatInt(answer.Body[n-1].Seq, 10))
	}
	return answer, nil
}

func (a *API) unreadCount(ctx context.Context, _ *struct{}) (*one[UnreadCount], error) {
	n, err := a.o.Inbox.UnreadCount(ctx, actorOf(ctx))
	return &one[UnreadCount]{UnreadCount{n}}, err
}

func (a *API) readAllNotifications(ctx context.Context, _ *struct{}) (*one[UnreadCount], error) {
	actor := actorOf(ctx)
	n, err := a.o.Inbox.ReadAll(ctx, actor, live.User(actor.User.ID))
	return &one[UnreadCount]{UnreadCount{n}}, err
}

func (a *API) clearNotifications(ctx context.Context, _ *struct{}) (*one[UnreadCount], error) {
	actor := actorOf(ctx)
	n, err := a.o.Inbox.Clear(ctx, actor, live.User(actor.User.ID))
	return &one[UnreadCount]{UnreadCount{n}}, err
}

func (a *API) markNotification(read bool) func(context.Context, *notificationInput) (*one[fade.Notification], error) {
	return func(ctx context.Context, in *notificationInput) (*one[fade.Notification], error) {
		n, err := a.o.Inbox.Mark(ctx, actorOf(ctx), in.ID, read)
		return &one[fade.Notification]{n}, err
	}
}

func (a *API) archiveNotification(ctx context.Context, in *notificationInput) (*one[fade.Notification], error) {
	n, err := a.o.Inbox.Archive(ctx, actorOf(ctx), in.ID)
	return &one[fade.Notification]{n}, err
}
