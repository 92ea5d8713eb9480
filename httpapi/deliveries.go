package httpapi

import (
	"context"
	"net/http"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/notify"
)

func (a *API) deliveryRoutes() {
	const tag, list, item = "deliveries", "/api/deliveries/", "/api/deliveries/{id}/"
	add(a, operation{id: "listDeliveries", method: http.MethodGet, path: list, access: signedIn, tag: tag,
		summary: "Mails and pushes, newest first", about: "All to super admins; to owners those of their business.", errors: []fade.Code{fade.CodeForbidden}}, a.listDeliveries)
	add(a, operation{id: "deliveryStats", method: http.MethodGet, path: list + "stats/", access: signedIn, tag: tag,
		summary: "How they are doing", errors: []fade.Code{fade.CodeForbidden}}, a.deliveryStats)
	add(a, operation{id: "retryFailedDeliveries", method: http.MethodPost, path: list + "retry_failed/", access: superAdmin, tag: tag,
		summary: "Send all that failed again"}, a.retryFailed)
	add(a, operation{id: "getDelivery", method: http.MethodGet, path: item, access: signedIn, tag: tag,
		summary: "One, with its tries that failed", errors: []fade.Code{fade.CodeForbidden}}, a.getDelivery)
	add(a, operation{id: "retryDelivery", method: http.MethodPost, path: item + "retry/", access: superAdmin, tag: tag,
		summary: "Send one that failed again", errors: []fade.Code{fade.CodeConflict}}, a.retryDelivery)
	add(a, operation{id: "deliveriesOfEvent", method: http.MethodGet, path: "/api/events/{id}/deliveries/", access: signedIn, tag: tag,
		summary: "What became of an event, and for whom", errors: []fade.Code{fade.CodeForbidden},
		about: "Who was told in their inbox, and whether it arrived, was seen and read; and every mail and push. Owners hear of what concerns their business."}, a.deliveriesOfEvent)
}

type listDeliveriesInput struct {
	Limit       int    `query:"limit" minimum:"1" doc:"How many at most; more than 500 is 500." default:"50"`
	Cursor      string `query:"cursor" doc:"Where the page before ended: from its Link header."`
	Search      string `query:"search" doc:"Words in the address, the person, the business or the kind."`
	State       string `query:"state" enum:"queued,sent,failed,canceled"`
	Route       string `query:"route" enum:"email,push"`
	Kind        string `query:"kind" enum:"new_reservation,received,confirmation,change,cancellation,reminder,notice,unseen,digest,test"`
	Due         bool   `query:"due" doc:"Only those that wait although their time has come."`
	Business    string `query:"business"`
	Reservation string `query:"reservation"`
	Event       string `query:"event"`
	User        string `query:"user"`
	Request     request
}

// deliveryPage is a part of the ledger.
type deliveryPage struct {
	Link link `header:"Link"`
	Body []fade.Delivery
}

func (a *API) listDeliveries(ctx context.Context, in *listDeliveriesInput) (*deliveryPage, error) {
	found, err := a.o.Ledger.List(ctx, actorOf(ctx), notify.LedgerQuery{
		Page:       fade.Page{Limit: in.Limit, Cursor: in.Cursor, Search: in.Search},
		BusinessID: in.Business, ReservationID: in.Reservation, UserID: in.User, EventID: in.Event,
		State: fade.DeliveryState(in.State), Route: fade.Route(in.Route), Kind: fade.DeliveryKind(in.Kind), Due: in.Due,
	})
	return &deliveryPage{Link: in.Request.with("cursor", found.Next), Body: found.Items}, err
}

// DeliveryStats says how deliveries are doing, and how mails leave.
type DeliveryStats struct {
	notify.DeliveryFigures

	Mail MailRoad `json:"mail"`
}

// MailRoad is how mails leave: by smtp, through a host, or into a folder.
type MailRoad struct {
	Kind string `json:"kind" enum:"smtp,folder"`
	Host string `json:"host"`
}

func (a *API) deliveryStats(ctx context.Context, _ *struct{}) (*one[DeliveryStats], error) {
	figures, err := a.o.Ledger.Figures(ctx, actorOf(ctx))
	return &one[DeliveryStats]{DeliveryStats{figures, a.o.MailRoad}}, err
}

type deliveryInput struct {
	ID string `path:"id"`
}

func (a *API) getDelivery(ctx context.Context, in *deliveryInput) (*one[notify.DeliveryStory], error) {
	found, err := a.o.Ledger.Get(ctx, actorOf(ctx), in.ID)
	return &one[notify.DeliveryStory]{found}, err
}

func (a *API) retryDelivery(ctx context.Context, in *deliveryInput) (*one[fade.Delivery], error) {
	d, err := a.o.Ledger.Retry(ctx, actorOf(ctx), in.ID)
	return &one[fade.Delivery]{d}, err
}

// Retried is how many deliveries are sent again.
type Retried struct {
	Retried int64 `json:"retried"`
}

func (a *API) retryFailed(ctx context.Context, _ *struct{}) (*one[Retried], error) {
	n, err := a.o.Ledger.RetryFailed(ctx, actorOf(ctx))
	return &one[Retried]{Retried{n}}, err
}

func (a *API) deliveriesOfEvent(ctx context.Context, in *deliveryInput) (*one[notify.EventStory], error) {
	story, err := a.o.Ledger.OfEvent(ctx, actorOf(ctx), in.ID)
	return &one[notify.EventStory]{story}, err
}
