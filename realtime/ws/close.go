package ws

import (
	"encoding/binary"
	"fmt"
	"unicode/utf8"

	"github.com/gobwas/ws"
)

// Code is a close code (RFC 6455, section 7.4). The private ones say by their range what to do: 4400 to
// 4449, do not reconnect; 4450 to 4499, reconnect with since.
type Code uint16

// The close codes that the server sends.
const (
	CloseNormal         Code = 1000
	CloseGoingAway      Code = 1001
	CloseProtocol       Code = 1002
	CloseUnsupported    Code = 1003
	CloseInvalidPayload Code = 1007 // text that is not UTF-8, or compressed data that is none
	CloseTooBig         Code = 1009
	CloseInternal       Code = 1011
	CloseMalformed      Code = 4400
	CloseUnauthorized   Code = 4401 // the token has expired: sign in, or refresh it, first
	CloseForbidden      Code = 4403 // the role or business changed
	CloseRevoked        Code = 4409 // the session has ended or the user was deactivated
	CloseTooSlow        Code = 4450
	CloseDraining       Code = 4451
	CloseOverloaded     Code = 4452 // more messages than a client may send
)

// CloseError ends a connection with a code and a reason of at most 123 bytes.
type CloseError struct {
	Code   Code
	Reason string
}

// Error gives both.
func (e *CloseError) Error() string { return fmt.Sprintf("close %d: %s", e.Code, e.Reason) }

// maxControl is the longest payload of a control frame (RFC 6455, section 5.5).
const maxControl = 125

// Frame gives the frame that says so.
func (e *CloseError) Frame() []byte {
	reason := e.Reason
	for len(reason) > maxControl-2 || !utf8.ValidString(reason) {
		reason = reason[:len(reason)-1]
	}
	payload := append(binary.BigEndian.AppendUint16(nil, uint16(e.Code)), reason...)
	return ControlFrame(ws.OpClose, payload)
}

// ControlFrame gives an unmasked control frame. The payload must not be longer than 125 bytes.
func ControlFrame(op ws.OpCode, payload []byte) []byte {
	return append([]byte{0x80 | byte(op), byte(len(payload))}, payload...)
}

// AnswerClose gives what to close with after the client's close frame: its own code, or a protocol error
// if the frame breaks section 5.5.1 or 7.4.
func AnswerClose(payload []byte) *CloseError {
	if len(payload) == 0 {
		return &CloseError{Code: CloseNormal}
	}
	if len(payload) == 1 {
		return &CloseError{CloseProtocol, "a close code has two bytes"}
	}
	code := ws.StatusCode(binary.BigEndian.Uint16(payload))
	if code < 1000 || code.IsProtocolReserved() || code.IsProtocolSpec() && !code.IsProtocolDefined() || code > 4999 {
		return &CloseError{CloseProtocol, "this close code is not allowed"}
	}
	if !utf8.Valid(payload[2:]) {
		return &CloseError{CloseInvalidPayload, "the close reason is not UTF-8"}
	}
	return &CloseError{Code: Code(code)}
}
