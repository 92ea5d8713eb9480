package httpapi

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/live"
	"github.com/fadedistrict/fade/realtime/eventlog"
)

// access says who may call an operation at all, so that nobody else's body is even read. What they may do
// with it is the verb's decision.
type access int

const (
	anybody    access = iota // with a token or without
	signedIn                 // any user
	superAdmin               // super admins
	tokenless                // whoever has no token yet, or an old one: tokens are not looked at
)

// operation describes one operation in the OpenAPI document.
type operation struct {
	id      string
	method  string
	path    string
	access  access
	tag     string
	summary string
	about   string // more than fits into the summary
	status  int    // of success; 200, or 204 without a body
	errors  []fade.Code
}

// add serves an operation and writes it into the OpenAPI document.
func add[I, O any](a *API, op operation, handle func(context.Context, *I) (*O, error)) {
	where := "query"
	if op.method != http.MethodGet {
		where = "body"
	}
	huma.Register(a.huma, op.describe(a.authenticate(op.access)), func(ctx context.Context, in *I) (*O, error) {
		out, err := handle(ctx, in)
		if err != nil {
			return nil, problemOf(ctx, a.o.Logger, err, where)
		}
		return out, nil
	})
}

func (op operation) describe(authenticate func(huma.Context, func(huma.Context))) huma.Operation {
	described := huma.Operation{
		OperationID: op.id, Method: op.method, Path: op.path, Tags: []string{op.tag}, Summary: op.summary,
		Description: op.about, DefaultStatus: op.status, Middlewares: huma.Middlewares{authenticate},
		SkipValidateBody: true, BodyReadTimeout: -1, MaxBodyBytes: 2 * maxBody, // see limitBody
	}
	codes := append([]fade.Code{fade.CodeInvalid}, op.errors...)
	switch op.access {
	case anybody:
		described.Security = []map[string][]string{{}, {bearer: {}}}
		codes = append(codes, fade.CodeUnauthorized)
	case signedIn:
		described.Security = []map[string][]string{{bearer: {}}}
		codes = append(codes, fade.CodeUnauthorized)
	case superAdmin:
		described.Security = []map[string][]string{{bearer: {}}}
		codes = append(codes, fade.CodeUnauthorized, fade.CodeForbidden)
	case tokenless:
		described.Security = []map[string][]string{}
	}
	if op.method == http.MethodPost && op.access != tokenless {
		described.Parameters = append(described.Parameters, keyParameter())
	}
	if strings.Contains(op.path, "{") {
		codes = append(codes, fade.CodeNotFound)
	}
	if op.method == http.MethodPost || op.method == http.MethodPut || op.method == http.MethodPatch {
		codes = append(codes, fade.CodeMalformed)
	}
	for _, code := range codes {
		described.Errors = append(described.Errors, statusOf[code])
	}
	return described
}

// bearer names the security scheme of the API.
const bearer = "bearer"

type actorKey struct{}

// actorOf gives who asks; the public where nobody signed in.
func actorOf(ctx context.Context) fade.Actor {
	actor, _ := ctx.Value(actorKey{}).(fade.Actor)
	return actor
}

// authenticate finds out who asks before anything else of the request is looked at.
func (a *API) authenticate(who access) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		if who == tokenless {
			next(ctx)
			return
		}
		actor, err := a.actor(ctx.Context(), ctx.Header("Authorization"))
		if err == nil && who != anybody {
			err = actor.RequireSignedIn()
		}
		if err == nil && who == superAdmin {
			err = actor.RequireSuperAdmin()
		}
		if err != nil {
			p := problemOf(ctx.Context(), a.o.Logger, err, "header")
			for name, values := range p.GetHeaders() {
				ctx.SetHeader(name, values[0])
			}
			_ = huma.WriteErr(a.huma, ctx, p.Status, p.Detail, p)
			return
		}
		noteUser(ctx.Context(), actor.User.ID)
		named, err := withKey(ctx.Context(), actor)
		if err != nil {
			p := problemOf(ctx.Context(), a.o.Logger, err, "header")
			_ = huma.WriteErr(a.huma, ctx, p.Status, p.Detail, p)
			return
		}
		next(huma.WithContext(ctx, context.WithValue(named, actorKey{}, actor)))
	}
}

// actor gives the actor of an Authorization header, the public if there is none, and CodeUnauthorized for
// a token that is not good: a client that sends one wants to know.
func (a *API) actor(ctx context.Context, authorization string) (fade.Actor, error) {
	if authorization == "" {
		return fade.Actor{}, nil
	}
	scheme, token, _ := strings.Cut(authorization, " ")
	if token = strings.TrimSpace(token); !strings.EqualFold(scheme, "bearer") || token == "" {
		return fade.Actor{}, fade.Errorf(fade.CodeUnauthorized, "The Authorization header must be of the form: Bearer <token>.")
	}
	return a.o.Accounts.Authenticate(ctx, token)
}

// The shapes of answers.
type (
	// one is a single object.
	one[T any] struct{ Body T }

	// snapshot is an object that events keep up to date, with where the log stood when it was read.
	snapshot[T any] struct {
		Position position `header:"Fade-Position"`
		Body     T
	}

	// page is a part of a list.
	page[T any] struct {
		Position position `header:"Fade-Position"`
		Link     link     `header:"Link"`
		Body     []T
	}

	// nothing is the answer of 204.
	nothing struct{}
)

// position is the header Fade-Position.
type position string

// TransformSchema implements [huma.SchemaTransformer].
func (position) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	s.Description = "Where the log stood when this was read, <channel>=<epoch>:<seq>: subscribe since there, and nothing is missed."
	s.Examples = []any{"dashboard=k3v9:41"}
	return s
}

// link is the header Link.
type link string

// TransformSchema implements [huma.SchemaTransformer].
func (link) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	s.Description = "The next page, if there is one (RFC 8288)."
	s.Examples = []any{`</api/businesses/?cursor=eyJ…>; rel="next"`}
	return s
}

func positionOf(channel string, at eventlog.Position) position {
	return position(channel + "=" + at.String())
}

// feed gives the channel whose events keep up to date what the actor reads.
func feed(actor fade.Actor) string {
	if !actor.IsSuperAdmin() && actor.User.BusinessID != nil {
		return live.Business(*actor.User.BusinessID)
	}
	return live.Dashboard
}

// ListParams are what every list understands.
type ListParams struct {
	Limit  int    `query:"limit" minimum:"1" doc:"How many at most; more than 500 is 500." default:"50"`
	Cursor string `query:"cursor" doc:"Where the page before ended: from its Link header."`
	Search string `query:"search" doc:"Words that must occur, whatever their case."`
	Sort   string `query:"sort" doc:"A field to sort by, with - before it for descending."`

	Request request
}

func (p ListParams) page() fade.Page {
	return fade.Page{Limit: p.Limit, Cursor: p.Cursor, Search: p.Search, Sort: p.Sort}
}

// pageOf answers with a page of a list.
func pageOf[T any](p ListParams, list fade.List[T], channel string, at eventlog.Position) *page[T] {
	if list.Items == nil {
		list.Items = []T{}
	}
	return &page[T]{Body: list.Items, Link: p.Request.with("cursor", list.Next), Position: positionOf(channel, at)}
}

// request is what a handler needs to know of its request beside parameters and body.
type request struct {
	path, query string
	userAgent   string
	address     string
	host        string
}

// Resolve implements [huma.Resolver].
func (r *request) Resolve(ctx huma.Context) []error {
	u := ctx.URL()
	*r = request{path: u.Path, query: u.RawQuery, userAgent: ctx.Header("User-Agent"), address: addressOf(ctx.Context()), host: ctx.Host()}
	return nil
}

// with gives the link to this request with a parameter changed; none for an empty value.
func (r request) with(name, value string) link {
	if value == "" {
		return ""
	}
	query := parseQuery(r.query)
	query.Set(name, value)
	return link("<" + r.path + "?" + query.Encode() + `>; rel="next"`)
}
