package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/realtime/eventlog"
)

func (a *API) eventRoutes() {
	add(a, operation{id: "listEvents", method: http.MethodGet, path: "/api/events/", access: signedIn, tag: "events",
		summary: "The log of a channel", errors: []fade.Code{fade.CodeForbidden, codeReset},
		about: "Newest first, and from before downwards; or with since upwards from there, which is replay for clients without sockets. " +
			"Whoever may follow a channel may read its log. 410 if since is past the retention or of another epoch: read the snapshot again."}, a.listEvents)
}

type (
	listEventsInput struct {
		Channel string `query:"channel" required:"true" example:"dashboard" doc:"dashboard, business:<id> or user:<id>."`
		Since   string `query:"since" doc:"Only events above this seq, oldest first." example:"41"`
		Epoch   string `query:"epoch" doc:"The epoch that since is of."`
		Before  int64  `query:"before" minimum:"1" doc:"Only events below this seq."`
		Limit   int    `query:"limit" minimum:"1" default:"50" doc:"How many at most; more than 500 is 500."`
		Type    string `query:"type" doc:"Only events of these types, separated by commas." example:"business_created,business_updated"`
		Request request
	}
	eventPage struct {
		Position position `header:"Fade-Position"`
		Link     link     `header:"Link"`
		Body     []event
	}
)

// event is an event as the sockets tell it, byte for byte.
type event struct{ text json.RawMessage }

// MarshalJSON gives the text.
func (e event) MarshalJSON() ([]byte, error) { return e.text, nil }

// Schema implements [huma.SchemaProvider].
func (event) Schema(huma.Registry) *huma.Schema { return refTo("Event") }

func (a *API) listEvents(ctx context.Context, in *listEventsInput) (*eventPage, error) {
	if err := a.maySubscribe(actorOf(ctx), in.Channel); err != nil {
		return nil, err
	}
	q, err := in.query()
	if err != nil {
		return nil, err
	}
	// The heads are read first and the events above them left out, as if both had been read at once.
	heads, err := a.o.Log.Heads(ctx, []string{in.Channel})
	if err != nil {
		return nil, err
	}
	head := eventlog.Position{Epoch: a.o.Log.Epoch(), Seq: heads[in.Channel]}
	if in.Epoch != "" && in.Epoch != head.Epoch || q.Since != nil && *q.Since > head.Seq {
		return nil, newProblem(codeReset, "This position is not one of this log. Read the snapshot again.")
	}
	events, err := a.o.Log.History(ctx, q)
	if errors.Is(err, eventlog.ErrPruned) {
		return nil, newProblem(codeReset, "Events after this position are no longer kept. Read the snapshot again.")
	} else if err != nil {
		return nil, err
	}
	answer := &eventPage{Position: positionOf(in.Channel, head), Body: []event{}}
	full := len(events) == q.Limit
	events = slices.DeleteFunc(events, func(e eventlog.Event) bool { return e.Seq > head.Seq })
	switch n := len(events); {
	case !full || n == 0:
	case q.Since == nil:
		answer.Link = in.Request.with("before", strconv.FormatInt(events[n-1].Seq, 10))
	case n == q.Limit:
		answer.Link = in.Request.with("since", strconv.FormatInt(events[n-1].Seq, 10))
	}
	for _, e := range events {
		text, err := e.Encode()
		if err != nil {
			return nil, err
		}
		answer.Body = append(answer.Body, event{text})
	}
	return answer, nil
}

func (in *listEventsInput) query() (q eventlog.HistoryQuery, err error) {
	var v fade.Violations
	q = eventlog.HistoryQuery{Channel: in.Channel, Before: in.Before, Limit: fade.Page{Limit: in.Limit}.Size()}
	if in.Since != "" {
		since, err := strconv.ParseInt(in.Since, 10, 64)
		if err != nil || since < 0 {
			v.Add("since", "This must be a sequence: a whole number from 0.")
		}
		if in.Before != 0 {
			v.Add("before", "This cannot go together with since.")
		}
		q.Since = &since
	}
	if in.Type != "" {
		for name := range strings.SplitSeq(in.Type, ",") {
			if !slices.Contains(fade.EventTypes(), fade.EventType(name)) {
				v.Add("type", "These must be types of events, separated by commas.")
				break
			}
			q.Types = append(q.Types, name)
		}
	}
	return q, v.Err()
}
