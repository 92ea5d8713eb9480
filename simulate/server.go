package simulate

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// The bounds of one request: how long it may take, how large its answer may be, and how often a customer who is
// told to come later does.
const (
	requestTimeout = 30 * time.Second
	maxAnswer      = 8 << 20
	maxPatience    = 10
	maxRetryAfter  = time.Minute
)

// server is Fade as a browser meets it.
type server struct {
	url    string
	client *http.Client
	slowed func()
}

// request is what a browser asks for.
type request struct {
	method  string
	path    string
	headers map[string]string
	body    any // nil for none
}

// refusal is an answer that says no in a way that the API promises.
type refusal struct {
	request request
	status  int
	problem problem
}

// Error implements error.
func (r *refusal) Error() string {
	return fmt.Sprintf("%s %s: %d %s: %s", r.request.method, r.request.path, r.status, r.problem.Code, r.problem.Detail)
}

// refusedWith gives the code of a refusal, and "" for any other error and none.
func refusedWith(err error) string {
	if r, ok := errors.AsType[*refusal](err); ok {
		return r.problem.Code
	}
	return ""
}

// ask sends a request and reads the answer into result, which says whether it is what it should be. The error is
// a *refusal where the answer is one. Whoever is told to come later does.
func (s *server) ask(ctx context.Context, r request, result checked) error {
	for tries := 1; ; tries++ {
		wait, err := s.once(ctx, r, result)
		if wait == 0 || tries == maxPatience {
			return err
		}
		s.slowed()
		if !pause(ctx, min(wait, maxRetryAfter)) {
			return ctx.Err()
		}
	}
}

// checked is an answer that knows what was promised of it.
type checked interface{ check() error }

// graced gives a context that lives a little longer than another: what is under way when the simulation ends is answered
// still, so that it is known what is held.
func graced(ctx context.Context) (context.Context, context.CancelFunc) {
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		grace := time.NewTimer(leaving)
		defer grace.Stop()
		select {
		case <-grace.C:
			cancel()
		case <-longer.Done():
		}
	})
	return longer, func() {
		stop()
		cancel()
	}
}

// once sends a request. A wait is how long the server asks to wait before another.
func (s *server) once(ctx context.Context, r request, result checked) (wait time.Duration, err error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	ctx, answered := graced(ctx)
	defer answered()
	answer, err := s.send(ctx, r)
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err // it says again what is asked for
	}
	if err != nil {
		return 0, fmt.Errorf("%s %s: %w", r.method, r.path, err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return 0, fmt.Errorf("%s %s: %w", r.method, r.path, err)
	}
	malformed := func(why error) error {
		return fmt.Errorf("%s %s: %s: %w: %.200s", r.method, r.path, answer.Status, why, text)
	}
	switch {
	case answer.StatusCode >= http.StatusInternalServerError:
		return 0, malformed(errors.New("the server failed"))
	case answer.StatusCode >= http.StatusBadRequest:
		p := problem{}
		if err := p.read(answer, text); err != nil {
			return 0, malformed(err)
		}
		return retryAfter(answer), &refusal{r, answer.StatusCode, p}
	case answer.StatusCode == http.StatusNoContent:
		return 0, nil
	}
	if err := json.Unmarshal(text, result); err != nil {
		return 0, malformed(err)
	}
	if err := result.check(); err != nil {
		return 0, malformed(err)
	}
	return 0, nil
}

func (s *server) send(ctx context.Context, r request) (*http.Response, error) {
	var body io.Reader
	if r.body != nil {
		text, err := json.Marshal(r.body)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(ctx, r.method, s.url+r.path, body)
	if err != nil {
		return nil, err
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	for name, value := range r.headers {
		request.Header.Set(name, value)
	}
	return s.client.Do(request)
}

// retryAfter gives how long a server that has enough asks to wait (RFC 9110, section 10.2.3).
func retryAfter(answer *http.Response) time.Duration {
	if answer.StatusCode != http.StatusTooManyRequests {
		return 0
	}
	seconds, err := strconv.Atoi(answer.Header.Get("Retry-After"))
	if err != nil || seconds < 1 {
		return 0
	}
	return time.Duration(seconds) * time.Second
}

// problem is how the API says no (RFC 9457).
type problem struct {
	Status  int    `json:"status"`
	Code    string `json:"code"`
	Detail  string `json:"detail"`
	Nearest []struct {
		span
		Staff *string `json:"staff"`
	} `json:"nearest"`
}

func (p *problem) read(answer *http.Response, text []byte) error {
	if kind, _, _ := mime.ParseMediaType(answer.Header.Get("Content-Type")); kind != "application/problem+json" {
		return fmt.Errorf("a refusal of type %q", kind)
	}
	if err := json.Unmarshal(text, p); err != nil {
		return err
	}
	if p.Status != answer.StatusCode || p.Code == "" || p.Detail == "" {
		return errors.New("a refusal that does not say why")
	}
	for i, free := range p.Nearest {
		if err := free.check(); err != nil {
			return err
		}
		if i > 0 && free.Start.Before(p.Nearest[i-1].Start) {
			return errors.New("the nearest slots are not in order")
		}
	}
	return nil
}

// pause waits, and tells whether it did so to the end.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
