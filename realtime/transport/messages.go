package transport

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/fadedistrict/fade/realtime/ws"
)

// request is a message of the client, of whatever type.
type request struct {
	Type    string `json:"type"`
	Channel string `json:"channel"`
	Since   *int64 `json:"since"`
	Epoch   string `json:"epoch"`
	Token   string `json:"token"`

	odd bool // a field has another type than it should have: a fault only where that field is used
}

// parse reads a client's message; a *[CloseError] with 4400 if it is not a JSON object with a type.
func parse(text []byte) (request, error) {
	var r request
	err := json.Unmarshal(text, &r)
	if _, odd := errors.AsType[*json.UnmarshalTypeError](err); odd { // all other fields have been read
		r.odd, err = true, nil
	}
	if err != nil || r.Type == "" {
		return request{}, &ws.CloseError{Code: ws.CloseMalformed, Reason: "a message is a JSON object with a type"}
	}
	return r, nil
}

// The messages of the server. Each is a text frame, or a block of an event stream, of its own.
type (
	established struct {
		Type      string    `json:"type"`
		Message   string    `json:"message"`
		Channel   string    `json:"channel,omitempty"`
		Epoch     string    `json:"epoch"`
		Seq       *int64    `json:"seq,omitempty"`
		Head      *int64    `json:"head,omitempty"`
		ExpiresAt time.Time `json:"expires_at"`
		Timestamp time.Time `json:"timestamp"`
	}
	subscribed struct {
		Type    string `json:"type"`
		Channel string `json:"channel"`
		Epoch   string `json:"epoch"`
		Seq     int64  `json:"seq"`
		Head    int64  `json:"head"`
	}
	resetMessage struct {
		Type    string `json:"type"`
		Channel string `json:"channel"`
		Epoch   string `json:"epoch"`
		Seq     int64  `json:"seq"`
		Reason  string `json:"reason"`
	}
	unsubscribed struct {
		Type    string `json:"type"`
		Channel string `json:"channel"`
	}
	authenticated struct {
		Type      string    `json:"type"`
		ExpiresAt time.Time `json:"expires_at"`
	}
	reconnect struct {
		Type    string `json:"type"`
		AfterMS int64  `json:"after_ms"`
	}
	errorMessage struct {
		Type    string `json:"type"`
		Code    string `json:"code"`
		Message string `json:"message"`
		Channel string `json:"channel,omitempty"`
	}
	closeMessage struct { // on an event stream, where there is no close frame
		Type   string  `json:"type"`
		Code   ws.Code `json:"code"`
		Reason string  `json:"reason"`
	}
	plain struct {
		Type string `json:"type"`
	}
)

// encode gives the text of a message of the server.
func encode(message any) []byte {
	text, err := json.Marshal(message)
	if err != nil {
		panic("ws: a message of our own cannot be encoded: " + err.Error())
	}
	return text
}
