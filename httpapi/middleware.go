package httpapi

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/fadedistrict/fade"
)

// middleware is what every request passes, outermost first.
func (a *API) middleware(next http.Handler) http.Handler {
	for _, layer := range []func(http.Handler) http.Handler{
		a.limitBody, a.cors, a.hosts, a.recoverPanics, a.log, canonicalPath,
	} {
		next = layer(next)
	}
	return next
}

// note is what is known of a request beside what it says itself. The handlers fill it in.
type note struct {
	id      string
	address string
	user    string
	key     string // the Idempotency-Key, if there is one
	print   string // what tells requests with one key apart
}

type noteContext struct{}

func noteOf(ctx context.Context) *note {
	if n, ok := ctx.Value(noteContext{}).(*note); ok {
		return n
	}
	return &note{}
}

func requestID(ctx context.Context) string      { return noteOf(ctx).id }
func addressOf(ctx context.Context) string      { return noteOf(ctx).address }
func noteUser(ctx context.Context, user string) { noteOf(ctx).user = user }

// headerRequestID carries the id under which the log knows a request.
const headerRequestID = "X-Request-Id"

// log gives the request an id and writes one line about it when it is over: never the query, which may
// hold a token, and no header.
func (a *API) log(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		started := time.Now()
		n := &note{id: fade.NewID(started), address: clientAddress(r, a.o.TrustedProxies)}
		r = r.WithContext(context.WithValue(r.Context(), noteContext{}, n))
		routed := chi.NewRouteContext()
		routed.Routes = a.router
		r = r.WithContext(context.WithValue(r.Context(), chi.RouteCtxKey, routed))
		w.Header().Set(headerRequestID, n.id)
		answer := &answer{ResponseWriter: w}
		defer func() {
			took := time.Since(started)
			route := routed.RoutePattern()
			a.metrics.request(route, r.Method, answer.code(), took)
			level := slog.LevelInfo
			if isProbe(r.URL.Path) || strings.HasPrefix(r.URL.Path, "/assets/") {
				level = slog.LevelDebug
			}
			a.o.Logger.LogAttrs(r.Context(), level, "request", slog.String("method", r.Method), slog.String("path", pathForLog(r.URL.Path)),
				slog.Int("status", answer.code()), slog.Int64("bytes", answer.bytes), slog.Duration("took", took),
				slog.String("from", n.address), slog.String("user", n.user), slog.String("request_id", n.id))
		}()
		next.ServeHTTP(answer, r)
	})
}

// pathForLog gives a path without the token of a customer's link, which is all that it takes to use it.
func pathForLog(path string) string {
	parts := strings.Split(path, "/")
	names := false // whether what comes next is a token
	for i, part := range parts {
		switch {
		case part == "":
		case names:
			parts[i], names = "-", false
		default:
			names = part == "appointments" || part == "appointment" || part == "unsubscribe"
		}
	}
	return strings.Join(parts, "/")
}

func isProbe(path string) bool {
	return path == "/readyz" || path == "/metrics" || path == "/api/health/"
}

// answer watches what is written.
type answer struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (w *answer) code() int {
	if w.status == 0 {
		return http.StatusOK
	}
	return w.status
}

// WriteHeader implements [http.ResponseWriter].
func (w *answer) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write implements [http.ResponseWriter].
func (w *answer) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(p)
	w.bytes += int64(n)
	return n, err
}

// Hijack implements [http.Hijacker], for the sockets.
func (w *answer) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err == nil && w.status == 0 {
		w.status = http.StatusSwitchingProtocols
	}
	return conn, rw, err
}

// Unwrap lets [http.ResponseController] reach what is below.
func (w *answer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// recoverPanics answers a panic with 500 and writes it to the log.
func (a *API) recoverPanics(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			cause := recover()
			if cause == nil {
				return
			}
			if err, ok := cause.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(cause)
			}
			a.o.Logger.ErrorContext(r.Context(), "a request panicked", "request_id", requestID(r.Context()),
				"panic", cause, "stack", string(debug.Stack()))
			if watched, ok := w.(*answer); ok && watched.status != 0 {
				panic(http.ErrAbortHandler) // half of another answer is out: cut the connection
			}
			newProblem(fade.CodeInternal, "Something went wrong on our side. It has been noted.").write(w)
		}()
		next.ServeHTTP(w, r)
	})
}

// canonicalPath gives the paths of the API and the sockets the trailing slash that their routes have.
func canonicalPath(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := r.URL.Path
		slash := strings.HasPrefix(path, "/api/") || path == "/api" || strings.HasPrefix(path, "/ws/") || path == "/ws" || path == "/sse"
		if slash && !strings.HasSuffix(path, "/") && path != "/api/openapi.json" {
			u := *r.URL
			u.Path += "/"
			if u.RawPath != "" {
				u.RawPath += "/"
			}
			changed := *r
			changed.URL = &u
			r = &changed
		}
		next.ServeHTTP(w, r)
	})
}

// hosts refuses requests for hosts that are not ours: a name that somebody else points here must not make
// a browser believe that our pages are theirs. Probes ask by address and are always answered.
func (a *API) hosts(next http.Handler) http.Handler {
	if len(a.o.AllowedHosts) == 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isProbe(r.URL.Path) && !hostAllowed(r.Host, a.o.AllowedHosts) {
			newProblem(fade.CodeMalformed, "This host name is not served here.").write(w)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func hostAllowed(host string, allowed []string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.ToLower(strings.Trim(host, "[]")), ".")
	return slices.ContainsFunc(allowed, func(a string) bool {
		a = strings.ToLower(strings.Trim(a, "[]"))
		domain, below := strings.CutPrefix(a, ".")
		return a == "*" || host == a || below && (host == domain || strings.HasSuffix(host, a))
	})
}

// cors lets the pages of the allowed origins use the API (Fetch standard, section 3.3). Tokens travel in
// headers, never in cookies, so that no credentials need to be allowed.
func (a *API) cors(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/api/") {
			next.ServeHTTP(w, r)
			return
		}
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-store")
		h.Add("Vary", "Origin")
		origin := r.Header.Get("Origin")
		allowed := origin != "" && slices.ContainsFunc(a.o.AllowedOrigins, func(o string) bool {
			return strings.EqualFold(strings.TrimSuffix(o, "/"), origin)
		})
		if allowed {
			h.Set("Access-Control-Allow-Origin", origin)
			h.Set("Access-Control-Expose-Headers", "Fade-Position, Fade-Seen, Fade-Unread-Count, Fade-Unseen-Count, Link, Retry-After, "+headerRequestID)
		}
		if r.Method == http.MethodOptions && origin != "" && r.Header.Get("Access-Control-Request-Method") != "" {
			if allowed {
				h.Set("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE")
				h.Set("Access-Control-Allow-Headers", "Authorization, Booking-Session, Content-Type, Idempotency-Key, X-Subdomain")
				h.Set("Access-Control-Max-Age", "600")
			}
			w.WriteHeader(http.StatusNoContent)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// limitBody reads the whole body of a request to the API before anything else happens, so that there is one
// place that knows of sizes, types and slow senders.
func (a *API) limitBody(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body == nil || r.Body == http.NoBody || !strings.HasPrefix(r.URL.Path, "/api/") {
			if r.Method == http.MethodPost {
				a.noteKey(r, nil)
			}
			next.ServeHTTP(w, r)
			return
		}
		text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		var tooLarge *http.MaxBytesError
		switch {
		case errors.As(err, &tooLarge):
			newProblem(codeTooLarge, "The body is larger than 1 MiB.").write(w)
			return
		case err != nil:
			newProblem(fade.CodeMalformed, "The body could not be read to its end.").write(w)
			return
		case isOneClick(r):
			text = nil
		case len(text) > 0 && !isJSON(r.Header.Get("Content-Type")):
			newProblem(codeUnsupported, "The body must be JSON: Content-Type: application/json.").write(w)
			return
		}
		if r.Method == http.MethodPost {
			a.noteKey(r, text)
		}
		changed := *r
		changed.Body = io.NopCloser(bytes.NewReader(text))
		next.ServeHTTP(w, &changed)
	})
}

// isOneClick tells the form that mail programs send where somebody unsubscribes (RFC 8058, section 3.1). Nothing in it
// says more than its address does.
func isOneClick(r *http.Request) bool {
	return r.Method == http.MethodPost && strings.HasPrefix(r.URL.Path, "/api/unsubscribe/") && !isJSON(r.Header.Get("Content-Type"))
}

func isJSON(contentType string) bool {
	name, _, _ := strings.Cut(contentType, ";")
	name = strings.ToLower(strings.TrimSpace(name))
	return name == "application/json" || strings.HasPrefix(name, "application/") && strings.HasSuffix(name, "+json")
}

// clientAddress gives the address that a request comes from: that of the connection or, where it is a
// trusted proxy's, the nearest one in X-Forwarded-For that is not. An IPv6 address is cut to its /64.
func clientAddress(r *http.Request, trusted []netip.Prefix) string {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	address := at.Addr().Unmap().WithZone("")
	isTrusted := func(a netip.Addr) bool {
		return slices.ContainsFunc(trusted, func(p netip.Prefix) bool { return p.Contains(a) })
	}
	if len(trusted) > 0 && isTrusted(address) {
		hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		for _, hop := range slices.Backward(hops) {
			forwarded, err := netip.ParseAddr(strings.TrimSpace(hop))
			if err != nil {
				break
			}
			if address = forwarded.Unmap().WithZone(""); !isTrusted(address) {
				break
			}
		}
	}
	if address.Is6() {
		if network, err := address.Prefix(64); err == nil {
			return network.String()
		}
	}
	return address.String()
}

// parseQuery reads a query, without what cannot be read.
func parseQuery(text string) url.Values {
	values, err := url.ParseQuery(text)
	if err != nil && values == nil {
		return url.Values{}
	}
	return values
}

func (a *API) notFound(w http.ResponseWriter, r *http.Request) {
	if a.servesPage(r) {
		a.pages.ServeHTTP(w, r)
		return
	}
	newProblem(fade.CodeNotFound, "There is nothing at this address.").write(w)
}

func (a *API) methodNotAllowed(w http.ResponseWriter, r *http.Request) {
	path := r.URL.Path
	if r.URL.RawPath != "" {
		path = r.URL.RawPath
	}
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		if a.router.Match(chi.NewRouteContext(), method, path) {
			w.Header().Add("Allow", method)
		}
	}
	newProblem(codeMethod, "This address does not take "+r.Method+".").write(w)
}
