package httpapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/fadedistrict/fade/booking"
	"github.com/fadedistrict/fade/realtime/eventlog"
)

func TestAPI_trailingSlash(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/api/businesses", "/api/businesses/", "/api/businesses/" + w.a.ID, "/api/businesses/" + w.a.ID + "/stats", "/api/businesses?limit=1", "/api/auth/me"} {
		w.do("GET", path, w.adminToken, nil).want(200)
	}
	w.do("POST", "/api/auth/login", "", object{"email": "alpha@fade.test", "password": password}).want(200)
	w.do("GET", "/api", "", nil).want(404).problem()
}

func TestAPI_head(t *testing.T) {
	w := newWorld(t)
	w.do("HEAD", "/api/businesses/", w.adminToken, nil).want(200)
	w.do("HEAD", "/api/businesses/", "", nil).want(401)
	w.do("HEAD", "/", "", nil).want(200)
	w.do("HEAD", "/api/auth/login/", "", nil).want(405)
	got := w.do("PUT", "/api/reservations/", w.adminToken, object{}).want(405)
	if allow := strings.Join(got.header.Values("Allow"), ", "); allow != "GET, POST" {
		t.Errorf("Allow: %s", allow)
	}
}

func TestAPI_cors(t *testing.T) {
	w := newWorld(t)
	const path = "/api/businesses/"
	ask := []string{"Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "authorization"}
	allowed := w.do("OPTIONS", path, "", nil, append(ask, "Origin", "http://localhost:3000")...).want(204)
	if allowed.header.Get("Access-Control-Allow-Origin") != "http://localhost:3000" ||
		!strings.Contains(allowed.header.Get("Access-Control-Allow-Headers"), "Authorization") ||
		!strings.Contains(allowed.header.Get("Access-Control-Allow-Methods"), "PATCH") {
		t.Errorf("preflight of an allowed origin: %v", allowed.header)
	}
	foreign := w.do("OPTIONS", path, "", nil, append(ask, "Origin", "https://evil.example")...).want(204)
	if foreign.header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("preflight of another origin: %v", foreign.header)
	}
	read := w.do("GET", path, w.adminToken, nil, "Origin", "http://localhost:3000").want(200)
	for _, name := range []string{"Fade-Position", "Link", "Retry-After"} {
		if !strings.Contains(read.header.Get("Access-Control-Expose-Headers"), name) {
			t.Errorf("%s is not exposed: %v", name, read.header)
		}
	}
	if refused := w.do("GET", path, "", nil, "Origin", "http://localhost:3000").want(401); refused.header.Get("Access-Control-Allow-Origin") == "" {
		t.Error("the page may not read why it was refused")
	}
}

func TestAPI_hosts(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.AllowedHosts = []string{"fade.test", ".shops.test", "127.0.0.1"} })
	for host, status := range map[string]int{
		"fade.test": 200, "FADE.test:8000": 200, "a.shops.test": 200, "shops.test": 200, "127.0.0.1": 200,
		"evil.example": 400, "evilshops.test": 400, "x.fade.test": 400, "fade.test.evil.example": 400,
	} {
		w.do("GET", "/api/auth/me/", w.adminToken, nil, "Host", host).want(status)
	}
	w.do("GET", "/readyz", "", nil, "Host", "10.0.0.7:8000").want(200)
}

func TestAPI_businessByHost(t *testing.T) {
	w := newWorld(t)
	book := func(body object, token string, headers ...string) reply {
		t.Helper()
		body["customer_name"], body["start_time"], body["end_time"] = "Cleo", w.slot(), w.slot()
		return w.do("POST", "/api/reservations/", token, body, headers...)
	}
	businessOf := func(r reply) string { return r.want(201).object()["business_subdomain"].(string) }
	for name, got := range map[string]string{
		"host":                     businessOf(book(object{}, "", "Host", "alpha.fade.test:8000")),
		"header before host":       businessOf(book(object{}, "", "Host", "beta.fade.test", "X-Subdomain", "alpha")),
		"body before both":         businessOf(book(object{"subdomain": "alpha"}, "", "Host", "beta.fade.test", "X-Subdomain", "beta")),
		"own":                      businessOf(book(object{}, w.ownerAToken)),
		"own at another host":      businessOf(book(object{}, w.ownerAToken, "Host", "beta.fade.test")),
		"own by id":                businessOf(book(object{"business": w.a.ID}, w.ownerAToken)),
		"super admin by id":        businessOf(book(object{"business": w.a.ID}, w.adminToken)),
		"super admin by subdomain": businessOf(book(object{"subdomain": "ALPHA"}, w.adminToken)),
	} {
		if got != "alpha" {
			t.Errorf("%s: booked at %s", name, got)
		}
	}
	book(object{}, "").want(422)
	book(object{"business": w.a.ID}, "").want(422)
	book(object{"business": w.b.ID}, w.ownerAToken).want(404)
	book(object{}, "", "Host", "nobody.fade.test").want(404)

	w.do("POST", "/api/businesses/"+w.a.ID+"/deactivate/", w.adminToken, nil).want(200)
	book(object{"subdomain": "alpha"}, "").want(404)
	book(object{}, w.ownerAToken).want(409)
}

func TestAPI_lookupTellsLittle(t *testing.T) {
	w := newWorld(t)
	mine, theirs := object{"phone": "+38344111222", "subdomain": "alpha"}, object{"phone": "+38344111222", "subdomain": "beta"}
	w.do("POST", "/api/reservations/", w.adminToken, object{"business": w.a.ID, "customer_name": "Cleo", "customer_phone": "+38344111222",
		"customer_email": "cleo@fade.test", "notes": "pays late", "start_time": tomorrow(12)}).want(201)
	found := w.do("POST", "/api/reservations/lookup/", "", mine).want(200)
	if !strings.Contains(found.text, "pending") || strings.Contains(found.text, "Cleo") || strings.Contains(found.text, "pays late") || strings.Contains(found.text, "cleo@") {
		t.Errorf("lookup = %s", found.text)
	}
	if found := w.do("POST", "/api/reservations/lookup/", "", theirs).want(200); found.text != "[]\n" {
		t.Errorf("lookup at another business = %s", found.text)
	}
}

func TestAPI_pages(t *testing.T) {
	w := newWorld(t)
	for range 5 {
		w.booked(w.a)
	}
	path, seen := "/api/reservations/?limit=2&search=cleo&sort=-start_time", map[string]bool{}
	pages := 0
	for path != "" {
		pages++
		var rows []struct{ ID string }
		got := w.do("GET", path, w.ownerAToken, nil).want(200).into(&rows)
		if !strings.HasPrefix(got.header.Get("Fade-Position"), "business:"+w.a.ID+"="+w.db.Epoch()+":") {
			t.Errorf("Fade-Position: %s", got.header.Get("Fade-Position"))
		}
		for _, row := range rows {
			if seen[row.ID] {
				t.Errorf("%s is on two pages", row.ID)
			}
			seen[row.ID] = true
		}
		path = next(got.header.Get("Link"))
	}
	if len(seen) != 5 || pages != 3 {
		t.Errorf("%d rows on %d pages, want 5 on 3", len(seen), pages)
	}
	for query, want := range map[string]int{
		"?status=pending": 5, "?status=canceled": 0, "?search=nobody": 0, "?from=" + tomorrow(0)[:10] + "&to=" + tomorrow(0)[:10]: 5,
		"?to=" + tomorrow(12): 0, "?from=" + tomorrow(12): 5, "?business=" + w.b.ID: 0,
	} {
		var rows []object
		if w.do("GET", "/api/reservations/"+query, w.adminToken, nil).want(200).into(&rows); len(rows) != want {
			t.Errorf("%s: %d rows, want %d", query, len(rows), want)
		}
	}
	w.do("GET", "/api/reservations/?business="+w.b.ID, w.ownerAToken, nil).want(404)
}

// next gives the address in a Link header.
func next(link string) string {
	address, _, ok := strings.Cut(strings.TrimPrefix(link, "<"), `>; rel="next"`)
	if !ok {
		return ""
	}
	return address
}

func TestAPI_events(t *testing.T) {
	w := newWorld(t)
	for range 5 {
		w.booked(w.a)
	}
	channel := "business:" + w.a.ID
	read := func(query string) (events []eventlog.Event, position, link string) {
		t.Helper()
		var texts []json.RawMessage
		got := w.do("GET", "/api/events/?channel="+channel+query, w.ownerAToken, nil).want(200).into(&texts)
		for _, text := range texts {
			event, err := eventlog.Decode(text)
			if err != nil {
				t.Fatal(err)
			}
			events = append(events, event)
		}
		return events, got.header.Get("Fade-Position"), next(got.header.Get("Link"))
	}
	events, position, link := read("")
	head := int64(len(events))
	if head != 6 || events[0].Seq != 6 || events[0].Type != "reservation_created" || events[5].Type != "business_created" || link != "" {
		t.Errorf("newest first: %d events, first %+v", head, events[0])
	}
	if want := channel + "=" + w.db.Epoch() + ":6"; position != want {
		t.Errorf("Fade-Position: %s, want %s", position, want)
	}
	if events, _, _ = read("&since=2&limit=3"); len(events) != 3 || events[0].Seq != 3 || events[2].Seq != 5 {
		t.Errorf("since 2: %+v", events)
	}
	if events, _, _ = read("&since=6&epoch=" + w.db.Epoch()); len(events) != 0 {
		t.Errorf("since the head: %+v", events)
	}
	if events, _, link = read("&before=4&limit=2"); len(events) != 2 || events[0].Seq != 3 || !strings.Contains(link, "before=2") {
		t.Errorf("before 4: %+v, next %s", events, link)
	}
	if events, _, _ = read("&type=business_created,business_updated"); len(events) != 1 || events[0].Seq != 1 {
		t.Errorf("of two types: %+v", events)
	}
}

func TestAPI_rateLimits(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.RateLimits = true })
	wrong := object{"email": "alpha@fade.test", "password": "wrong password"}
	var refused reply
	for range 11 {
		refused = w.do("POST", "/api/auth/login/", "", wrong)
	}
	refused.want(429)
	if p := refused.problem(); p.Code != "rate_limited" {
		t.Errorf("%+v", p)
	}
	if after, err := strconv.Atoi(refused.header.Get("Retry-After")); err != nil || after < 1 || after > 15 {
		t.Errorf("Retry-After: %s", refused.header.Get("Retry-After"))
	}
	w.do("POST", "/api/auth/login/", "", object{"email": "ALPHA@fade.test ", "password": password}).want(429)
	w.do("POST", "/api/auth/login/", "", object{"email": "beta@fade.test", "password": password}).want(200)

	for range 31 {
		refused = w.do("POST", "/api/reservations/", "", object{"subdomain": "alpha", "customer_name": "Cleo", "start_time": w.slot(), "end_time": w.slot()})
	}
	refused.want(429).problem()
	w.booked(w.a) // users are not strangers
}

func TestLimiter(t *testing.T) {
	now := time.Unix(0, 0)
	l := newLimits(true, func() time.Time { return now }).loginEmail
	for range l.burst {
		if wait := l.take("a"); wait != 0 {
			t.Fatalf("wait %v within the burst", wait)
		}
	}
	if wait := l.take("a"); wait != 15*time.Second {
		t.Errorf("wait %v after the burst, want 15 s", wait)
	}
	if wait := l.take("b"); wait != 0 {
		t.Errorf("wait %v for somebody else", wait)
	}
	now = now.Add(15 * time.Second)
	if wait := l.take("a"); wait != 0 {
		t.Errorf("wait %v after waiting", wait)
	}
	l.forget("a")
	for range l.burst {
		if wait := l.take("a"); wait != 0 {
			t.Fatalf("wait %v after the tries were given back", wait)
		}
	}
	for i := range 3 * maxKeys {
		l.take(strconv.Itoa(i))
		if i%1000 == 0 {
			l.take("a")
		}
	}
	if n := len(l.fresh) + len(l.stale); n > 2*maxKeys+2 {
		t.Errorf("%d keys are remembered", n)
	}
	if wait := l.take("a"); wait == 0 {
		t.Error("a flood of others gave somebody in use the tries back")
	}
	if wait := (*limiter)(nil).take("a"); wait != 0 {
		t.Error("no limiter limits")
	}
}

func TestClientAddress(t *testing.T) {
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	for _, test := range []struct{ remote, forwarded, want string }{
		{"203.0.113.9:1", "", "203.0.113.9"},
		{"203.0.113.9:1", "198.51.100.1", "203.0.113.9"}, // not a proxy of ours: it may say what it likes
		{"10.1.2.3:1", "198.51.100.1", "198.51.100.1"},
		{"10.1.2.3:1", "6.6.6.6, 198.51.100.1, 10.9.9.9", "198.51.100.1"},
		{"10.1.2.3:1", "nonsense", "10.1.2.3"},
		{"10.1.2.3:1", "", "10.1.2.3"},
		{"[2001:db8:1:2:3::4]:1", "", "2001:db8:1:2::/64"},
		{"[::ffff:203.0.113.9]:1", "", "203.0.113.9"},
		{"[::1]:1", "2001:db8::5", "2001:db8::/64"},
		{"@", "198.51.100.1", "@"},
	} {
		r := &http.Request{RemoteAddr: test.remote, Header: http.Header{"X-Forwarded-For": {test.forwarded}}}
		if got := clientAddress(r, trusted); got != test.want {
			t.Errorf("clientAddress(%s, %q) = %s, want %s", test.remote, test.forwarded, got, test.want)
		}
	}
}

func TestAPI_panics(t *testing.T) {
	w := newWorld(t)
	w.api.router.Get("/panics/", func(http.ResponseWriter, *http.Request) { panic("the secret cause") })
	got := w.do("GET", "/panics/", "", nil).want(500)
	if got.problem(); strings.Contains(got.text, "secret") {
		t.Errorf("the cause is told: %s", got.text)
	}
	if log := w.log.String(); !strings.Contains(log, "the secret cause") || !strings.Contains(log, "http_test.go") || !strings.Contains(log, got.header.Get("X-Request-Id")) {
		t.Errorf("the log does not tell the cause, the stack and the request: %s", log)
	}
}

func TestAPI_logHoldsNoSecrets(t *testing.T) {
	w := newWorld(t)
	w.do("POST", "/api/auth/login/", "", object{"email": "alpha@fade.test", "password": "hunter22222"}).want(401)
	var tokens struct{ Access, Refresh string }
	w.do("POST", "/api/auth/login/", "", object{"email": "alpha@fade.test", "password": password}).want(200).into(&tokens)
	w.do("POST", "/api/auth/refresh/", "", object{"refresh": tokens.Refresh}).want(200)
	w.do("GET", "/ws/dashboard/?token="+tokens.Access, "", nil).want(403)
	w.do("GET", "/ws/dashboard?token="+tokens.Access, "", nil).want(403)
	w.do("GET", "/api/businesses/?token="+tokens.Access, tokens.Access, nil).want(403)
	w.do("POST", "/api/businesses/", w.adminToken, `{"owner_password": ["hunter22222"]}`).want(422)
	log := w.log.String()
	for _, secret := range []string{tokens.Access, tokens.Refresh, w.adminToken, "hunter22222", password} {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
	if !strings.Contains(log, "path=/ws/dashboard/") {
		t.Errorf("the log misses requests: %s", log)
	}
}

func TestAPI_answersHoldNoPasswords(t *testing.T) {
	w := newWorld(t)
	for _, body := range []any{
		`{"email":"x","password":"hunter22222"`, `{"email":["hunter22222"],"password":"hunter22222"}`, object{"password": "hunter22222"},
	} {
		if got := w.do("POST", "/api/auth/login/", "", body); strings.Contains(got.text, "hunter") {
			t.Errorf("%v is answered with %s", body, got.text)
		}
	}
}

func TestAPI_ready(t *testing.T) {
	w := newWorld(t)
	w.do("GET", "/readyz", "", nil).want(200)
	w.api.Drain()
	if got := w.do("GET", "/readyz", "", nil).want(503); got.header.Get("Retry-After") == "" || got.object()["draining"] != true {
		t.Errorf("draining: %s", got.text)
	}
	w.do("GET", "/api/health/", "", nil).want(200)
	w.do("GET", "/api/auth/me/", w.adminToken, nil).want(200)
	metrics := w.do("GET", "/metrics", "", nil).want(200).text
	for _, want := range []string{`fade_http_request_duration_seconds_count{method="GET",route="/api/auth/me",status="200"} 1`, "fade_ws_connections 0", "go_goroutines"} {
		if !strings.Contains(metrics, want) {
			t.Errorf("/metrics lacks %s", want)
		}
	}
}

func TestAPI_browserApplication(t *testing.T) {
	w := newWorld(t)
	for path, cached := range map[string]string{"/": "no-cache", "/businesses": "no-cache", "/index.html": "no-cache", "/assets/app-1a2b.js": "public, max-age=31536000, immutable"} {
		got := w.do("GET", path, "", nil).want(200)
		if got.header.Get("Cache-Control") != cached || !strings.Contains(got.header.Get("Content-Security-Policy"), "frame-ancestors 'none'") ||
			got.header.Get("X-Content-Type-Options") != "nosniff" || got.header.Get("Referrer-Policy") != "same-origin" {
			t.Errorf("%s: %v", path, got.header)
		}
	}
	w.do("GET", "/assets/app-gone.js", "", nil).want(404)
	w.do("GET", "/favicon.ico", "", nil).want(404)
	w.do("POST", "/businesses", "", object{}).want(404)
	w.do("GET", "/api/docs", "", nil).want(200)

	bare := newWorld(t, func(o *Options) { o.Pages = nil })
	if got := bare.do("GET", "/", "", nil).want(404); !strings.Contains(got.text, "make build") {
		t.Errorf("without pages: %s", got.text)
	}
}

func TestAPI_signInAndOut(t *testing.T) {
	w := newWorld(t)
	var first, second struct{ Access, Refresh string }
	w.do("POST", "/api/auth/login/", "a stale token", object{"email": "Alpha@fade.test", "password": password}).want(200).into(&first)
	w.do("GET", "/api/auth/me/", first.Access, nil).want(200)
	w.do("POST", "/api/auth/refresh/", "", object{"refresh": first.Refresh}).want(200).into(&second)
	w.do("GET", "/api/auth/me/", second.Access, nil).want(200)
	w.do("POST", "/api/auth/refresh/", "", object{"refresh": first.Refresh}).want(401) // somebody has a copy
	w.do("GET", "/api/auth/me/", second.Access, nil).want(401)
	w.do("POST", "/api/auth/refresh/", "", object{"refresh": second.Refresh}).want(401)

	token := w.login("alpha@fade.test")
	w.do("POST", "/api/auth/logout/", token, nil).want(204)
	w.do("GET", "/api/auth/me/", token, nil).want(401)
	w.do("GET", "/api/auth/me/", "", nil, "Authorization", "Basic YTpi").want(401)

	unknown := w.do("POST", "/api/auth/login/", "", object{"email": "nobody@fade.test", "password": password}).want(401)
	wrong := w.do("POST", "/api/auth/login/", "", object{"email": "alpha@fade.test", "password": "x"}).want(401)
	if unknown.text != wrong.text {
		t.Errorf("an unknown user is told apart: %s, %s", unknown.text, wrong.text)
	}
}

// Whoever sends a request again gets the same answer and no second effect, whatever it makes.
func TestAPI_once(t *testing.T) {
	w := newWorld(t)
	for name, test := range map[string]struct {
		path, token string
		body        object
	}{
		"reservation": {"/api/reservations/", "", object{"subdomain": "alpha", "customer_name": "Cleo", "start_time": w.hour()}},
		"business":    {"/api/businesses/", w.adminToken, object{"name": "C", "subdomain": "gamma", "owner_email": "c@fade.test", "owner_password": password}},
		"user":        {"/api/users/", w.adminToken, object{"email": "d@fade.test", "password": password, "user_type": "super_admin"}},
		"service":     {"/api/services/", w.ownerAToken, object{"name": "Haircut"}},
		"staff":       {"/api/staff/", w.ownerBToken, object{"name": "Arben"}},
	} {
		key := "key of a " + name
		first := w.do("POST", test.path, test.token, test.body, "Idempotency-Key", key).want(201)
		again := w.do("POST", test.path, test.token, test.body, "Idempotency-Key", key).want(201)
		if first.text != again.text {
			t.Errorf("%s: first %s, then %s", name, first.text, again.text)
		}
		test.body["more"] = "unknown fields are another body too"
		w.do("POST", test.path, test.token, test.body, "Idempotency-Key", key).want(422)
	}
	w.do("POST", "/api/services/", w.ownerAToken, object{"name": "Haircut"}, "Idempotency-Key", strings.Repeat("k", 256)).want(400)
	var kept int
	w.must(w.db.Booking().View(t.Context(), func(r booking.Reader) error {
		c, err := r.Catalogue(w.a.ID)
		kept = len(c.Services)
		return err
	}))
	if kept != 1 {
		t.Errorf("%d services, want one", kept)
	}
}

// What the public may read names nobody who booked.
func TestAPI_publicNamesNobody(t *testing.T) {
	w := newWorld(t)
	start := w.hour()
	secret := object{
		"subdomain": "alpha", "customer_name": "Cleopatra", "customer_phone": "+38344999888", "customer_email": "cleo@secret.test",
		"notes": "allergic", "start_time": start,
	}
	made := w.do("POST", "/api/reservations/", "", secret).want(201).object()
	w.held(w.a, "the session of another page")
	stream := w.stream("channels=slots:"+w.a.ID+"&since=slots:"+w.a.ID+"="+w.db.Epoch()+":0", "", "")
	texts := map[string]string{
		"page":   w.do("GET", "/api/book/alpha/", "", nil).want(200).text,
		"days":   w.do("GET", "/api/book/alpha/days/?from="+start[:10], "", nil).want(200).text,
		"slots":  w.do("GET", "/api/book/alpha/slots/?date="+start[:10], "", nil).want(200).text,
		"lookup": w.do("POST", "/api/reservations/lookup/", "", object{"subdomain": "alpha", "phone": "+383 44 999 888"}).want(200).text,
		"taken":  w.do("POST", "/api/reservations/", "", object{"subdomain": "alpha", "customer_name": "B", "start_time": start}).want(409).text,
	}
	for range 2 {
		texts["stream"] += fmt.Sprint(stream.next("slots_changed").data)
	}
	if !strings.Contains(texts["stream"], "taken") || !strings.Contains(texts["stream"], "held") || !strings.Contains(texts["slots"], `"taken"`) {
		t.Errorf("nothing is told at all: %v", texts)
	}
	for name, text := range texts {
		for _, known := range []string{"Cleopatra", "999888\",\"start", "secret.test", "allergic", "session", made["token"].(string)} {
			if strings.Contains(text, known) {
				t.Errorf("%s tells %q: %s", name, known, text)
			}
		}
	}
	for _, part := range []string{"+38344", "44999888 ", "99988", "3834499988"} {
		if found := w.do("POST", "/api/reservations/lookup/", "", object{"subdomain": "alpha", "phone": part}); strings.Contains(found.text, "start_time") {
			t.Errorf("a part of a number finds %s", found.text)
		}
	}
	w.do("GET", "/sse/?channels=dashboard", "", nil).want(401)
	w.do("GET", "/sse/?channels=slots:"+w.a.ID+",business:"+w.a.ID, "", nil).want(401)
	w.do("GET", "/api/events/?channel=slots:"+w.a.ID, "", nil).want(401)
}

// Ten thousand guesses of phone numbers and links find nothing, and few of them are looked at.
func TestAPI_guesses(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.RateLimits = true })
	var looked int
	for n := range 10_000 {
		got := w.do("POST", "/api/reservations/lookup/", "", object{"subdomain": "alpha", "phone": fmt.Sprintf("+383441%05d", n)})
		if got.status == 200 {
			looked++
		} else if got.status != 429 || got.header.Get("Retry-After") == "" {
			t.Fatalf("guess %d = %d: %s", n, got.status, got.text)
		}
		if strings.Contains(got.text, "start_time") {
			t.Fatalf("guess %d found %s", n, got.text)
		}
	}
	if looked > 30 {
		t.Errorf("%d guesses were looked at", looked)
	}
	token := []byte(w.api.o.Booking.Token(w.booked(w.a)))
	for n := range 200 {
		forged := slices.Clone(token)
		forged[n%len(forged)] = "ABCDEFGH"[n%8]
		if string(forged) == string(token) {
			continue
		}
		if got := w.do("GET", "/api/appointments/"+string(forged)+"/", "", nil); got.status != 404 && got.status != 429 {
			t.Fatalf("a forged link = %d: %s", got.status, got.text)
		}
	}
}

func TestAPI_pageOfABusiness(t *testing.T) {
	w := newWorld(t, func(o *Options) {
		o.Pages = fstest.MapFS{"index.html": {Data: []byte("<html><head><title>Fade</title></head></html>")}}
	})
	if text := w.do("GET", "/", "", nil, "Host", "alpha.fade.test").want(200).text; !strings.Contains(text, `<meta name="fade-business" content="alpha">`) {
		t.Errorf("the page of a business: %s", text)
	}
	if text := w.do("GET", "/", "", nil, "Host", "fade.test").want(200).text; strings.Contains(text, "fade-business") {
		t.Errorf("the page of the platform: %s", text)
	}
}
