// Package ws is RFC 6455 without I/O: [Decoder] turns what a client sends into messages, whatever pieces it
// arrives in; [AppendText], [ControlFrame] and [CloseError] make what a server sends; [Token], [OriginAllowed]
// and [Upgrade] read and answer the request that a socket begins with. Package transport moves the bytes.
package ws
