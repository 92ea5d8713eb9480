package httpapi

import (
	"bytes"
	"html"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"strings"

	"github.com/fadedistrict/fade"
)

// contentPolicy lets pages load from here alone, and pictures (a business's logo) from anywhere with TLS.
const contentPolicy = "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data: https:; " +
	"style-src 'self' 'unsafe-inline'; base-uri 'self'; form-action 'self'; object-src 'none'; frame-ancestors 'none'"

// pageCompression is gzip's level for pages: they are read once by each browser, which then keeps them.
const pageCompression = 5

func (a *API) pagesBuilt() bool {
	if a.o.Pages == nil {
		return false
	}
	_, err := fs.Stat(a.o.Pages, "index.html")
	return err == nil
}

// servesPage tells whether a request that no route wants is for the browser application.
func (a *API) servesPage(r *http.Request) bool {
	below := func(prefix string) bool { return r.URL.Path == prefix || strings.HasPrefix(r.URL.Path, prefix+"/") }
	return (r.Method == http.MethodGet || r.Method == http.MethodHead) && !below("/api") && !below("/ws")
}

// page serves the browser application: its files, and index.html for the addresses that its router knows.
func (a *API) page(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", contentPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin")
	if !a.pagesBuilt() {
		h.Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write([]byte("This build of Fade has no pages: run `make build`, or `make dev` for pages that reload.\n" +
			"The API works: see /api/docs/\n"))
		return
	}
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
	switch info, err := fs.Stat(a.o.Pages, name); {
	case err == nil && !info.IsDir() && !strings.HasPrefix(path.Base(name), "."):
		if strings.HasPrefix(name, "assets/") { // their names carry a hash of their content
			h.Set("Cache-Control", "public, max-age=31536000, immutable")
		} else {
			h.Set("Cache-Control", "no-cache")
		}
		if path.Ext(name) == ".webmanifest" { // systems do not know it, and browsers take no other
			h.Set("Content-Type", "application/manifest+json")
		}
		http.ServeFileFS(w, r, a.o.Pages, name) //nolint:gosec // an embedded file system has nothing above its root
	case strings.HasPrefix(name, "assets/") || path.Ext(name) != "" && name != "index.html":
		newProblem(fade.CodeNotFound, "There is no such file.").write(w)
	default:
		h.Set("Cache-Control", "no-cache")
		text, err := fs.ReadFile(a.o.Pages, "index.html")
		if err != nil {
			newProblem(fade.CodeInternal, "The page cannot be read.").write(w)
			return
		}
		h.Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(a.ofBusiness(text, r.Host)) //nolint:gosec // the host's subdomain is escaped
	}
}

// manifestLink is what lets browsers install the application.
var manifestLink = regexp.MustCompile(`\s*<link rel="manifest"[^>]*>`)

// ofBusiness tells the application on whose own host it is, so that it begins with the business's booking page. Nothing
// is to be installed there: the application is for those who work with it, and they have it on the platform's host.
func (a *API) ofBusiness(text []byte, host string) []byte {
	subdomain := a.subdomainOf("", "", host)
	if subdomain == "" {
		return text
	}
	meta := `<head><meta name="fade-business" content="` + html.EscapeString(subdomain) + `">`
	return bytes.Replace(manifestLink.ReplaceAll(text, nil), []byte("<head>"), []byte(meta), 1)
}
