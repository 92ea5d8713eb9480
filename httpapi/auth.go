package httpapi

import (
	"context"
	"net/http"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/accounts"
)

func (a *API) authRoutes() {
	add(a, operation{id: "login", method: http.MethodPost, path: "/api/auth/login/", access: tokenless, tag: "auth",
		summary: "Sign in", errors: []fade.Code{fade.CodeUnauthorized, fade.CodeRateLimited},
		about: "The answer is the same, and takes the same time, for an unknown user, a wrong password and a deactivated user."}, a.login)
	add(a, operation{id: "refresh", method: http.MethodPost, path: "/api/auth/refresh/", access: tokenless, tag: "auth",
		summary: "Exchange a refresh token", errors: []fade.Code{fade.CodeUnauthorized, fade.CodeRateLimited},
		about: "A refresh token works once. A second use ends the whole session: somebody else may hold it."}, a.refresh)
	add(a, operation{id: "logout", method: http.MethodPost, path: "/api/auth/logout/", access: signedIn, tag: "auth",
		summary: "Sign out", about: "The session's sockets close with 4409.", status: http.StatusNoContent}, a.logout)
	add(a, operation{id: "me", method: http.MethodGet, path: "/api/auth/me/", access: signedIn, tag: "auth",
		summary: "Who is signed in"}, a.me)
}

// Credentials are what a person signs in with.
type Credentials struct {
	Email    string `json:"email" doc:"Whatever its case."`
	Password string `json:"password" writeOnly:"true"`
}

type loginInput struct {
	Request request
	Body    body[Credentials]
}

func (a *API) login(ctx context.Context, in *loginInput) (*one[accounts.Tokens], error) {
	given := in.Body.value
	var v fade.Violations
	v.Text("email", given.Email, 1, 254, false)
	v.Text("password", given.Password, 1, 1024, true)
	if err := v.Err(); err != nil {
		return nil, err
	}
	email := emailKey(given.Email)
	if wait := max(a.limits.loginAddress.take(in.Request.address), a.limits.loginEmail.take(email)); wait > 0 {
		return nil, tooMany(wait)
	}
	tokens, err := a.o.Accounts.Login(ctx, given.Email, given.Password, in.Request.userAgent)
	if err != nil {
		return nil, err
	}
	a.limits.loginEmail.forget(email) // whoever knows the password is not guessing it
	return &one[accounts.Tokens]{tokens}, nil
}

// RefreshToken is the token to exchange.
type RefreshToken struct {
	Refresh string `json:"refresh" writeOnly:"true"`
}

type refreshInput struct {
	Request request
	Body    body[RefreshToken]
}

func (a *API) refresh(ctx context.Context, in *refreshInput) (*one[accounts.Tokens], error) {
	if in.Body.value.Refresh == "" {
		return nil, fade.FieldErrorf(fade.CodeInvalid, "refresh", "This field is required.")
	}
	if wait := a.limits.refreshAddress.take(in.Request.address); wait > 0 {
		return nil, tooMany(wait)
	}
	tokens, err := a.o.Accounts.Refresh(ctx, in.Body.value.Refresh)
	if err != nil {
		return nil, err
	}
	return &one[accounts.Tokens]{tokens}, nil
}

func (a *API) logout(ctx context.Context, _ *struct{}) (*nothing, error) {
	return nil, a.o.Accounts.Logout(ctx, actorOf(ctx))
}

func (a *API) me(ctx context.Context, _ *struct{}) (*one[fade.User], error) {
	return &one[fade.User]{actorOf(ctx).User}, nil
}
