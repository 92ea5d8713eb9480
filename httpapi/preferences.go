package httpapi

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/notify"
)

func (a *API) preferenceRoutes() {
	const tag, own, link = "preferences", "/api/preferences/", "/api/unsubscribe/{token}/"
	add(a, operation{id: "getPreferences", method: http.MethodGet, path: own, access: signedIn, tag: tag,
		summary: "How one wants to hear of events"}, a.getPreferences)
	add(a, operation{id: "updatePreferences", method: http.MethodPatch, path: own, access: signedIn, tag: tag,
		summary: "Change it", errors: []fade.Code{fade.CodeStale},
		about: "Rules are merged: what is not named stays. A rule of unseen has minutes: after so many, what has not reached an open page leaves by this route."}, a.updatePreferences)
	add(a, operation{id: "getSubscription", method: http.MethodGet, path: link, access: tokenless, tag: tag,
		summary: "What a link that unsubscribes is about", errors: []fade.Code{fade.CodeRateLimited}}, a.getSubscription)
	add(a, operation{id: "unsubscribe", method: http.MethodPost, path: link, access: tokenless, tag: tag,
		summary: "End these mails", errors: []fade.Code{fade.CodeRateLimited},
		about: "Also the one click of RFC 8058: a form with List-Unsubscribe=One-Click is taken as well as JSON, and neither is looked at."}, a.unsubscribe)
}

// Preferences are a person's, with what they can choose from.
type Preferences struct {
	fade.Preferences

	Defaults   map[fade.EventType]fade.Rules `json:"defaults"`    // the rules of types that are not in rules
	EventTypes []fade.EventType              `json:"event_types"` // those that one hears of at all
}

func preferencesOf(actor fade.Actor, p fade.Preferences) *one[Preferences] {
	types := fade.NotifiedTypes(actor.User.UserType)
	defaults := make(map[fade.EventType]fade.Rules, len(types))
	for _, t := range types {
		defaults[t] = fade.DefaultRules(actor.User.UserType, t)
	}
	return &one[Preferences]{Preferences{p, defaults, types}}
}

// PreferencesFields are what can be said about how one wants to hear of events.
type PreferencesFields struct {
	Timezone   *string                               `json:"timezone,omitempty" doc:"An IANA name: of quiet hours, digests and times in mails."`
	QuietStart optionalText                          `json:"quiet_start,omitempty" doc:"HH:MM; null for no quiet hours."`
	QuietEnd   optionalText                          `json:"quiet_end,omitempty"`
	Digest     *string                               `json:"digest,omitempty" enum:"hourly,daily"`
	DigestAt   *string                               `json:"digest_at,omitempty" doc:"HH:MM, of a daily digest."`
	Rules      map[fade.EventType]notify.RulesChange `json:"rules,omitempty"`
	Version    *int64                                `json:"version,omitempty" doc:"The version that was read."`
}

// optionalText is a text that can be taken away: null in JSON, which is not the same as left out.
type optionalText struct {
	given bool
	text  *string
}

// UnmarshalJSON reads a text or null.
func (o *optionalText) UnmarshalJSON(text []byte) error {
	o.given = true
	return json.Unmarshal(text, &o.text)
}

// Schema implements [huma.SchemaProvider].
func (optionalText) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Nullable: true}
}

// change gives nil where nothing was said, and otherwise what it is to be.
func (o optionalText) change() **string {
	if !o.given {
		return nil
	}
	return &o.text
}

func (a *API) getPreferences(ctx context.Context, _ *struct{}) (*one[Preferences], error) {
	actor := actorOf(ctx)
	p, err := a.o.Choices.Preferences(ctx, actor)
	return preferencesOf(actor, p), err
}

type updatePreferencesInput struct {
	Body body[PreferencesFields]
}

func (a *API) updatePreferences(ctx context.Context, in *updatePreferencesInput) (*one[Preferences], error) {
	f, actor := in.Body.value, actorOf(ctx)
	p, err := a.o.Choices.SavePreferences(ctx, actor, notify.PreferencesChange{
		Timezone: f.Timezone, QuietStart: f.QuietStart.change(), QuietEnd: f.QuietEnd.change(), Digest: f.Digest, DigestAt: f.DigestAt,
		Rules: f.Rules, Version: f.Version,
	})
	return preferencesOf(actor, p), err
}

type subscriptionInput struct {
	Token   string `path:"token" maxLength:"100" doc:"From the link in the mail."`
	Request request
}

func (a *API) getSubscription(ctx context.Context, in *subscriptionInput) (*one[notify.Subscription], error) {
	if wait := a.limits.linkAddress.take(in.Request.address); wait > 0 {
		return nil, tooMany(wait)
	}
	s, err := a.o.Choices.Subscription(ctx, in.Token)
	return &one[notify.Subscription]{s}, err
}

func (a *API) unsubscribe(ctx context.Context, in *subscriptionInput) (*one[notify.Subscription], error) {
	if wait := a.limits.linkAddress.take(in.Request.address); wait > 0 {
		return nil, tooMany(wait)
	}
	s, err := a.o.Choices.EndSubscription(ctx, in.Token)
	return &one[notify.Subscription]{s}, err
}
