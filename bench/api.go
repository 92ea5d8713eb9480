package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// api is a user of Fade's REST API.
type api struct {
	base   string
	token  string
	client *http.Client
}

func newAPI(base string) *api {
	return &api{base: base, client: &http.Client{
		Timeout:   time.Minute,
		Transport: &http.Transport{MaxIdleConnsPerHost: 256, MaxConnsPerHost: 256},
	}}
}

// authorization gives the header line that a client of a swarm signs in with.
func (a *api) authorization(int) string { return "Authorization: Bearer " + a.token + "\r\n" }

// login signs in; requests from then on are the user's.
func (a *api) login(ctx context.Context, email, password string) error {
	var tokens struct {
		Access string `json:"access"`
	}
	if err := a.post(ctx, "/api/auth/login/", map[string]string{"email": email, "password": password}, &tokens); err != nil {
		return err
	}
	a.token = tokens.Access
	return nil
}

// post sends JSON, or nothing, and reads the answer into result, if there is one to read into.
func (a *api) post(ctx context.Context, path string, body, result any) error {
	var text []byte
	if body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			return err
		}
	}
	return a.do(ctx, http.MethodPost, path, text, result)
}

// get reads the answer into result.
func (a *api) get(ctx context.Context, path string, result any) error {
	return a.do(ctx, http.MethodGet, path, nil, result)
}

func (a *api) do(ctx context.Context, method, path string, body []byte, result any) error {
	request, err := http.NewRequestWithContext(ctx, method, a.base+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if a.token != "" && path != "/api/reservations/" && path != "/api/auth/login/" {
		request.Header.Set("Authorization", "Bearer "+a.token)
	}
	response, err := a.client.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	switch {
	case err != nil:
		return err
	case response.StatusCode/100 != 2:
		return fmt.Errorf("%s %s: %s: %s", method, path, response.Status, answer)
	case result == nil:
		return nil
	}
	if text, ok := result.(*[]byte); ok {
		*text = answer
		return nil
	}
	return json.Unmarshal(answer, result)
}
