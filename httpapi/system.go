package httpapi

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/cluster"
)

func (a *API) systemRoutes() {
	const tag = "system"
	add(a, operation{id: "getSystem", method: http.MethodGet, path: "/api/system/", access: superAdmin, tag: tag,
		summary: "Read how the servers are doing",
		about: "Every server renews its figures every two seconds. Counters are since its start: rates come of two answers, over the " +
			"difference of seen_at."}, a.system)
	add(a, operation{id: "disconnectSession", method: http.MethodPost, path: "/api/system/sessions/{id}/disconnect/", access: superAdmin, tag: tag,
		summary: "End a sign-in", status: http.StatusNoContent, errors: []fade.Code{fade.CodeConflict},
		about: "Its sockets close with 4409 on every server, and its tokens are good no more. One's own is refused: sign out instead."}, a.disconnect)
}

func (a *API) system(ctx context.Context, _ *struct{}) (*one[cluster.SystemView], error) {
	view, err := a.o.Cluster.View(ctx, actorOf(ctx))
	return &one[cluster.SystemView]{view}, err
}

type sessionInput struct {
	ID string `path:"id"`
}

func (a *API) disconnect(ctx context.Context, in *sessionInput) (*nothing, error) {
	actor := actorOf(ctx)
	session, err := a.o.Accounts.EndSession(ctx, actor, in.ID)
	if err != nil {
		return nil, err
	}
	a.o.Logger.LogAttrs(ctx, slog.LevelInfo, "a super admin ended somebody's sign-in", slog.String("by", actor.User.ID),
		slog.String("user", session.UserID), slog.String("session", session.ID), slog.String("request_id", requestID(ctx)))
	return nil, nil
}
