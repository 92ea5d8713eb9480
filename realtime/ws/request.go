package ws

import (
	"net/http"
	"net/url"
	"strings"
)

// The subprotocols (RFC 6455, section 1.9): what is spoken, and the token of a client that cannot set
// headers, which is never echoed.
const (
	Subprotocol  = "fade.v1"
	bearerPrefix = "bearer."
)

// Token gives the access token of an upgrade request, or "": from the header Authorization, the
// subprotocol bearer.<token>, or the query parameter token, in this order.
func Token(r *http.Request) string {
	if scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "bearer") {
		return strings.TrimSpace(token)
	}
	for _, header := range r.Header.Values("Sec-WebSocket-Protocol") {
		for protocol := range strings.SplitSeq(header, ",") {
			if token, ok := strings.CutPrefix(strings.TrimSpace(protocol), bearerPrefix); ok {
				return token
			}
		}
	}
	return r.URL.Query().Get("token")
}

// OriginAllowed tells whether a page of the request's Origin may open a socket here: the host's own pages
// and those on the list may, and so may programs, which send no Origin (RFC 6455, section 10.2).
func OriginAllowed(r *http.Request, allowed []string) bool {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	for _, a := range allowed {
		if strings.EqualFold(origin, strings.TrimSuffix(a, "/")) {
			return true
		}
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && strings.EqualFold(u.Host, r.Host)
}

// IsUpgrade tells whether a request asks for a WebSocket.
func IsUpgrade(r *http.Request) bool {
	return strings.EqualFold(r.Header.Get("Upgrade"), "websocket")
}
