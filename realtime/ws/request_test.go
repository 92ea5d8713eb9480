package ws_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/fadedistrict/fade/realtime/ws"
)

func TestToken(t *testing.T) {
	for name, test := range map[string]struct {
		header http.Header
		url    string
		want   string
	}{
		"none":                  {http.Header{}, "/ws/", ""},
		"header":                {http.Header{"Authorization": {"Bearer a.b.c"}}, "/ws/?token=q", "a.b.c"},
		"header in lower case":  {http.Header{"Authorization": {"bearer a.b.c"}}, "/ws/", "a.b.c"},
		"subprotocol":           {http.Header{"Sec-Websocket-Protocol": {"fade.v1, bearer.a.b.c"}}, "/ws/?token=q", "a.b.c"},
		"subprotocol of others": {http.Header{"Sec-Websocket-Protocol": {"fade.v1"}}, "/ws/?token=q", "q"},
		"query":                 {http.Header{}, "/ws/?token=a.b.c", "a.b.c"},
	} {
		r := httptest.NewRequest(http.MethodGet, test.url, nil)
		r.Header = test.header
		if got := ws.Token(r); got != test.want {
			t.Errorf("%s: Token() = %q, want %q", name, got, test.want)
		}
	}
}

func TestOriginAllowed(t *testing.T) {
	allowed := []string{"http://localhost:3000"}
	for origin, want := range map[string]bool{
		"": true, "http://fade.example": true, "https://fade.example": true, "http://localhost:3000": true,
		"http://evil.example": false, "http://fade.example.evil": false, "http://localhost:3001": false, "null": false, "://": false,
	} {
		r := httptest.NewRequest(http.MethodGet, "http://fade.example/ws/", nil)
		r.Header.Set("Origin", origin)
		if origin == "" {
			r.Header.Del("Origin")
		}
		if got := ws.OriginAllowed(r, allowed); got != want {
			t.Errorf("Origin %q: allowed is %v", origin, got)
		}
	}
}
