package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// api is a user of Fade's REST API.
type api struct {
	base   string
	token  string
	client *http.Client
}

// statusError is an answer that is not 2xx.
type statusError struct {
	request string
	code    int
	answer  string
}

// Error implements error.
func (e *statusError) Error() string { return fmt.Sprintf("%s: %d: %s", e.request, e.code, e.answer) }

func newAPI() *api {
	return &api{client: &http.Client{
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
	return a.postOnce(ctx, "", path, body, result)
}

// postOnce does the same with an Idempotency-Key, if that is not empty.
func (a *api) postOnce(ctx context.Context, key, path string, body, result any) error {
	return a.send(ctx, http.MethodPost, key, path, body, result)
}

// send sends JSON, or nothing.
func (a *api) send(ctx context.Context, method, key, path string, body, result any) error {
	var text []byte
	if body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			return err
		}
	}
	return a.do(ctx, method, key, path, text, result)
}

// get reads the answer into result: its JSON; all of it, if that is a *[]byte; or the head, if a *http.Header.
func (a *api) get(ctx context.Context, path string, result any) error {
	return a.do(ctx, http.MethodGet, "", path, nil, result)
}

func (a *api) do(ctx context.Context, method, key, path string, body []byte, result any) error {
	request, err := http.NewRequestWithContext(ctx, method, a.base+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if key != "" {
		request.Header.Set("Idempotency-Key", key)
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
		return &statusError{method + " " + path, response.StatusCode, string(answer)}
	}
	switch into := result.(type) {
	case nil:
		return nil
	case *[]byte:
		*into = answer
		return nil
	case *http.Header:
		*into = response.Header
		return nil
	}
	return json.Unmarshal(answer, result)
}

// head gives the sequence of the dashboards' newest event.
func (a *api) head(ctx context.Context) (int64, error) {
	var header http.Header
	if err := a.get(ctx, "/api/businesses/dashboard_stats/", &header); err != nil {
		return 0, err
	}
	const channel = "dashboard="
	for position := range strings.FieldsFuncSeq(header.Get("Fade-Position"), func(r rune) bool { return r == ',' || r == ' ' }) {
		if position, ok := strings.CutPrefix(position, channel); ok {
			_, seq, _ := strings.Cut(position, ":")
			return strconv.ParseInt(seq, 10, 64)
		}
	}
	return 0, fmt.Errorf("no position of the dashboards in %q", header.Get("Fade-Position"))
}

// metrics gives the figures of /metrics by name; those with labels are added up.
func (a *api) metrics(ctx context.Context) (map[string]float64, error) {
	var text []byte
	if err := a.get(ctx, "/metrics", &text); err != nil {
		return nil, err
	}
	figures := map[string]float64{}
	for line := range strings.Lines(string(text)) {
		name, rest, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok || name == "#" {
			continue
		}
		name, _, _ = strings.Cut(name, "{")
		if value, err := strconv.ParseFloat(rest, 64); err == nil {
			figures[name] += value
		}
	}
	return figures, nil
}
