// Package sse is the format of server-sent events without I/O (HTML Living Standard, section 9.2): the road to
// the hub for networks that let no WebSocket through. Package transport moves the bytes.
package sse

import (
	"strconv"
	"time"
)

// ContentType is the media type of an event stream.
const ContentType = "text/event-stream"

// AppendEvent appends a block with one line of data to b: a client's default event, whose position is the id
// that the client repeats as Last-Event-ID. An empty id leaves the client's as it was. The text is JSON and
// so has no line feed in it.
func AppendEvent(b []byte, id string, text []byte) []byte {
	if id != "" {
		b = AppendID(b, id)
	}
	b = append(append(append(b, "data: "...), text...), "\n\n"...)
	return b
}

// AppendID appends the line that names the position of the block that follows.
func AppendID(b []byte, id string) []byte {
	return append(append(append(b, "id: "...), id...), '\n')
}

// AppendRetry appends a block that tells the client to wait so long before it reconnects.
func AppendRetry(b []byte, after time.Duration) []byte {
	b = strconv.AppendInt(append(b, "retry: "...), after.Milliseconds(), 10)
	return append(b, "\n\n"...)
}

// AppendComment appends a line that clients skip. Sent now and then it keeps proxies from closing the stream.
func AppendComment(b []byte) []byte { return append(b, ":\n\n"...) }
