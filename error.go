package fade

import (
	"errors"
	"fmt"
	"strings"
)

// Code says for machines what kind of failure an [Error] is. Package httpapi turns it into a status.
type Code string

// The codes, with the HTTP status that each becomes.
const (
	CodeMalformed    Code = "malformed"     // 400: the request cannot be read
	CodeUnauthorized Code = "unauthorized"  // 401: no valid credentials
	CodeForbidden    Code = "forbidden"     // 403: known, but not allowed
	CodeNotFound     Code = "not_found"     // 404: does not exist, or belongs to somebody else
	CodeConflict     Code = "conflict"      // 409: clashes with what is there; see the fields
	CodeStale        Code = "stale_version" // 409: changed since it was read; see Current
	CodeSlotTaken    Code = "slot_taken"    // 409: somebody else has the time; see Nearest
	CodeStaleLink    Code = "stale_link"    // 410: the appointment was changed since the link was made
	CodeInvalid      Code = "invalid"       // 422: understood, but breaks a rule; see the fields
	CodeRateLimited  Code = "rate_limited"  // 429: too many tries
	CodeUnavailable  Code = "unavailable"   // 503: try again later
	CodeInternal     Code = "internal"      // 500: ours; the cause is in the log only
)

// FieldError is one field's complaint, in words for the person who filled the form in.
type FieldError struct {
	Field   string // JSON name, such as "subdomain"
	Message string
}

// Error is a failure that people can act on: a code for machines, a message for people, the fields it is
// about, and a cause that goes to the log and nowhere else.
type Error struct {
	Code    Code
	Message string
	Fields  []FieldError
	Cause   error

	Nearest []FreeSlot   // with CodeSlotTaken: what could be had instead
	Current *Reservation // with CodeStale: the reservation as it is, and who changed it
}

// Error gives the message with its fields and cause, for logs and tests.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", e.Code, e.Message)
	for _, f := range e.Fields {
		fmt.Fprintf(&b, "; %s: %s", f.Field, f.Message)
	}
	if e.Cause != nil {
		fmt.Fprintf(&b, ": %v", e.Cause)
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Errorf makes an [Error] with a message for people.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// FieldErrorf makes an [Error] about one field.
func FieldErrorf(code Code, field, format string, args ...any) *Error {
	message := fmt.Sprintf(format, args...)
	return &Error{Code: code, Message: message, Fields: []FieldError{{field, message}}}
}

// NotFound is the answer for what does not exist and for what belongs to another business: the two must
// not be told apart.
func NotFound(noun string) *Error { return Errorf(CodeNotFound, "This %s does not exist.", noun) }

// ErrorCode gives the code of the first [Error] in err's chain, and CodeInternal for any other error.
func ErrorCode(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return CodeInternal
}
