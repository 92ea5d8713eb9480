package httpapi

import (
	"strings"
	"testing"
	"testing/fstest"
)

// A service worker that a cache kept would keep the whole application at its age.
func TestAPI_pages_installable(t *testing.T) {
	w := newWorld(t, func(o *Options) {
		o.Pages = fstest.MapFS{
			"index.html":           {Data: []byte("<html><head>\n    <link rel=\"manifest\" href=\"/manifest.webmanifest\" />\n</head></html>")},
			"sw.js":                {Data: []byte("self.skipWaiting()")},
			"manifest.webmanifest": {Data: []byte("{}")},
		}
	})
	for path, kind := range map[string]string{"/sw.js": "text/javascript", "/manifest.webmanifest": "application/manifest+json", "/": "text/html"} {
		got := w.do("GET", path, "", nil).want(200)
		if !strings.HasPrefix(got.header.Get("Content-Type"), kind) || got.header.Get("Cache-Control") != "no-cache" {
			t.Errorf("%s: %s, %s", path, got.header.Get("Content-Type"), got.header.Get("Cache-Control"))
		}
	}
	if text := w.do("GET", "/", "", nil, "Host", "fade.test").want(200).text; !strings.Contains(text, "manifest") {
		t.Errorf("the platform's page cannot be installed: %s", text)
	}
	if text := w.do("GET", "/", "", nil, "Host", "alpha.fade.test").want(200).text; strings.Contains(text, "manifest") {
		t.Errorf("a business's page asks customers to install the application: %s", text)
	}
}
