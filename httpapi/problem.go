package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/fadedistrict/fade"
)

// Problem is the answer to a request that failed (RFC 9457).
type Problem struct {
	Type   string       `json:"type" doc:"What kind of problem it is. Always about:blank: code says it." example:"about:blank"`
	Title  string       `json:"title" doc:"The name of the status." example:"Unprocessable Entity"`
	Status int          `json:"status" doc:"The status, again." example:"422"`
	Detail string       `json:"detail" doc:"What went wrong, for people." example:"Some fields need another look."`
	Code   string       `json:"code" doc:"What went wrong, for machines." enum:"malformed,unauthorized,forbidden,not_found,method_not_allowed,conflict,stale_version,slot_taken,stale_link,reset,too_large,unsupported_type,invalid,upgrade_required,rate_limited,internal,unavailable"`
	Errors []FieldError `json:"errors,omitempty" doc:"What is wrong with each field."`

	Nearest []fade.FreeSlot   `json:"nearest,omitempty" doc:"With slot_taken: the nearest slots that are free."`
	Current *fade.Reservation `json:"current,omitempty" doc:"With stale_version: the reservation as it is, and who changed it."`

	retryAfter time.Duration
}

// FieldError is what is wrong with one field.
type FieldError struct {
	Location string `json:"location" doc:"Where the field is: body.<name>, query.<name> or path.<name>." example:"body.subdomain"`
	Message  string `json:"message" doc:"What is wrong, for people." example:"This subdomain is taken."`
}

// The codes that only HTTP knows; the others are those of package fade.
const (
	codeMethod      fade.Code = "method_not_allowed"
	codeReset       fade.Code = "reset"
	codeTooLarge    fade.Code = "too_large"
	codeUnsupported fade.Code = "unsupported_type"
	codeUpgrade     fade.Code = "upgrade_required"
)

var statusOf = map[fade.Code]int{
	fade.CodeMalformed:    http.StatusBadRequest,
	fade.CodeUnauthorized: http.StatusUnauthorized,
	fade.CodeForbidden:    http.StatusForbidden,
	fade.CodeNotFound:     http.StatusNotFound,
	codeMethod:            http.StatusMethodNotAllowed,
	fade.CodeConflict:     http.StatusConflict,
	fade.CodeStale:        http.StatusConflict,
	fade.CodeSlotTaken:    http.StatusConflict,
	fade.CodeStaleLink:    http.StatusGone,
	codeReset:             http.StatusGone,
	codeTooLarge:          http.StatusRequestEntityTooLarge,
	codeUnsupported:       http.StatusUnsupportedMediaType,
	fade.CodeInvalid:      http.StatusUnprocessableEntity,
	codeUpgrade:           http.StatusUpgradeRequired,
	fade.CodeRateLimited:  http.StatusTooManyRequests,
	fade.CodeInternal:     http.StatusInternalServerError,
	fade.CodeUnavailable:  http.StatusServiceUnavailable,
}

// retryLimited is when to try again after a verb's own 429: some hold will have ended.
const retryLimited = 30 * time.Second

// retryUnavailable is when to try again after a 503.
const retryUnavailable = 2 * time.Second

func newProblem(code fade.Code, detail string, fields ...FieldError) *Problem {
	status, known := statusOf[code]
	if !known {
		code, status = fade.CodeInternal, http.StatusInternalServerError
	}
	p := &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: detail, Code: string(code), Errors: fields}
	if code == fade.CodeUnavailable {
		p.retryAfter = retryUnavailable
	}
	return p
}

// problemOf turns an error of a verb into an answer. where is the place that its fields are in: "body" or
// "query". An error that is not for people is logged and told as an internal one.
func problemOf(ctx context.Context, logger *slog.Logger, err error, where string) *Problem {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p
	}
	e, ok := errors.AsType[*fade.Error](err)
	switch {
	case !ok && ctx.Err() != nil:
		return newProblem(fade.CodeUnavailable, "The request was given up before it could be answered.")
	case !ok:
		e = &fade.Error{Code: fade.CodeInternal, Cause: err}
	}
	if statusOf[e.Code] == 0 || statusOf[e.Code] >= http.StatusInternalServerError {
		logger.ErrorContext(ctx, "a request failed", "request_id", requestID(ctx), "error", err)
	}
	if statusOf[e.Code] == 0 || e.Code == fade.CodeInternal {
		return newProblem(fade.CodeInternal, "Something went wrong on our side. It has been noted.")
	}
	fields := make([]FieldError, len(e.Fields))
	for i, f := range e.Fields {
		fields[i] = FieldError{Location: where + "." + f.Field, Message: f.Message}
	}
	p := newProblem(e.Code, e.Message, fields...)
	p.Nearest, p.Current = e.Nearest, e.Current
	if e.Code == fade.CodeRateLimited {
		p.retryAfter = retryLimited
	}
	return p
}

// Error gives the detail.
func (p *Problem) Error() string { return p.Detail }

// GetStatus implements [huma.StatusError].
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders implements [huma.HeadersError].
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	p.setHeaders(h)
	return h
}

func (p *Problem) setHeaders(h http.Header) {
	if p.retryAfter > 0 {
		seconds := int64((p.retryAfter + time.Second - 1) / time.Second)
		h.Set("Retry-After", strconv.FormatInt(seconds, 10))
	}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="fade"`)
	}
}

// ContentType implements [huma.ContentTypeFilter].
func (p *Problem) ContentType(string) string { return problemType }

const problemType = "application/problem+json"

// write answers a request with the problem, outside of an operation.
func (p *Problem) write(w http.ResponseWriter) {
	p.setHeaders(w.Header())
	w.Header().Set("Content-Type", problemType)
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // whoever asked is gone if this fails
}

// useProblems makes huma speak of its own complaints as problems. huma keeps the functions in variables of
// its package; they are set once, before the first API is made.
var useProblems = sync.OnceFunc(func() {
	huma.DefaultArrayNullable = false // lists are never null
	huma.NewError = func(status int, message string, causes ...error) huma.StatusError {
		return problemOfHuma(status, message, causes)
	}
	huma.NewErrorWithContext = func(_ huma.Context, status int, message string, causes ...error) huma.StatusError {
		return problemOfHuma(status, message, causes)
	}
})

// problemOfHuma tells a complaint of huma about parameters without the value that it complains about.
func problemOfHuma(status int, message string, causes []error) *Problem {
	var fields []FieldError
	for _, cause := range causes {
		if p, ok := errors.AsType[*Problem](cause); ok {
			return p
		}
		if detail, ok := errors.AsType[*huma.ErrorDetail](cause); ok {
			fields = append(fields, FieldError{Location: detail.Location, Message: sentence(detail.Message)})
		}
	}
	code := fade.CodeInternal
	for c, s := range statusOf {
		if s == status && c != fade.CodeStale && c != fade.CodeSlotTaken && c != fade.CodeStaleLink {
			code = c
		}
	}
	switch code {
	case fade.CodeInternal:
		message = "Something went wrong on our side. It has been noted."
	case fade.CodeInvalid:
		message = "Some parameters need another look."
	default:
		message = sentence(message)
	}
	return newProblem(code, message, fields...)
}

// sentence makes a sentence of an error message.
func sentence(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + strings.TrimSuffix(s[1:], ".") + "."
}
