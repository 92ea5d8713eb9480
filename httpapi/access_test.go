package httpapi

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/accounts"
)

// roles are who asks, in the order of the columns below; super admins come last because they may change
// what the others would find.
var roles = []string{"public", "expired", "deactivated", "owner of B", "owner of A", "super admin"}

// accessTable says what each role gets that asks for, or changes, what belongs to business A. {id} stands
// for the object of A that the path is about, and "A" in a body for the business itself.
var accessTable = map[string]struct {
	body object
	want [6]int
}{
	"POST /api/auth/login/":   {object{"email": "alpha@fade.test", "password": password}, all(200)},
	"POST /api/auth/refresh/": {object{"refresh": "unknown"}, all(401)},
	"POST /api/auth/logout/":  {nil, users(204)},
	"GET /api/auth/me/":       {nil, users(200)},

	"GET /api/businesses/":                  {nil, admins(200)},
	"POST /api/businesses/":                 {object{"name": "C", "subdomain": "gamma", "owner_email": "c@fade.test", "owner_password": password}, admins(201)},
	"GET /api/businesses/dashboard_stats/":  {nil, admins(200)},
	"GET /api/businesses/analytics/":        {nil, admins(200)},
	"GET /api/businesses/{id}/":             {nil, admins(200)},
	"PUT /api/businesses/{id}/":             {object{"name": "A", "subdomain": "alpha"}, admins(200)},
	"PATCH /api/businesses/{id}/":           {object{"name": "A"}, admins(200)},
	"DELETE /api/businesses/{id}/":          {nil, admins(204)},
	"POST /api/businesses/{id}/activate/":   {nil, admins(200)},
	"POST /api/businesses/{id}/deactivate/": {nil, admins(200)},
	"GET /api/businesses/{id}/stats/":       {nil, admins(200)},

	"GET /api/reservations/":         {nil, users(200)},
	"POST /api/reservations/":        {object{"subdomain": "alpha", "customer_name": "Cleo", "start_time": "a slot"}, [6]int{201, 401, 401, 404, 201, 201}},
	"POST /api/reservations/lookup/": {object{"subdomain": "alpha", "phone": "+38344111222"}, [6]int{200, 401, 401, 200, 200, 200}},
	"GET /api/reservations/{id}/":    {nil, owners(200)},
	"PATCH /api/reservations/{id}/":  {object{"notes": "Window seat"}, owners(200)},
	"DELETE /api/reservations/{id}/": {nil, owners(204)},

	"GET /api/users/":         {nil, admins(200)},
	"POST /api/users/":        {object{"email": "d@fade.test", "password": password, "user_type": "super_admin"}, admins(201)},
	"GET /api/users/{id}/":    {nil, admins(200)},
	"PATCH /api/users/{id}/":  {object{"first_name": "Al"}, admins(200)},
	"DELETE /api/users/{id}/": {nil, admins(204)},

	"GET /api/services/":           {nil, owners(200)},
	"POST /api/services/":          {object{"business": "A", "name": "Haircut"}, owners(201)},
	"GET /api/services/{id}/":      {nil, owners(200)},
	"PATCH /api/services/{id}/":    {object{"price": 20}, owners(200)},
	"DELETE /api/services/{id}/":   {nil, owners(204)},
	"GET /api/staff/":              {nil, owners(200)},
	"POST /api/staff/":             {object{"business": "A", "name": "Arben"}, owners(201)},
	"GET /api/staff/{id}/":         {nil, owners(200)},
	"PATCH /api/staff/{id}/":       {object{"name": "Ilir"}, owners(200)},
	"DELETE /api/staff/{id}/":      {nil, owners(204)},
	"GET /api/booking_settings/":   {nil, owners(200)},
	"PATCH /api/booking_settings/": {object{"lead_minutes": 30}, owners(200)},

	"GET /api/book/{subdomain}/":                  {nil, strangers(200)},
	"GET /api/book/{subdomain}/days/":             {nil, strangers(200)},
	"GET /api/book/{subdomain}/slots/":            {nil, strangers(200)},
	"POST /api/book/{subdomain}/holds/":           {object{"start_time": "a slot"}, strangers(422)}, // allowed, if only it were of a session
	"DELETE /api/book/{subdomain}/holds/{id}/":    {nil, strangers(404)},                            // that of another session does not exist
	"GET /api/appointments/{token}/":              {nil, strangers(200)},
	"GET /api/appointments/{token}/calendar.ics/": {nil, strangers(200)},
	"POST /api/appointments/{token}/cancel/":      {object{}, [6]int{200, 401, 401, 410, 410, 410}}, // once
	"POST /api/appointments/{token}/reschedule/":  {object{"start_time": "a slot"}, [6]int{200, 401, 401, 410, 410, 410}},

	"GET /api/dashboard/stats/":     {nil, [6]int{401, 401, 401, 200, 200, 403}},
	"GET /api/dashboard/analytics/": {nil, [6]int{401, 401, 401, 200, 200, 403}},

	"GET /api/notifications/":               {nil, users(200)},
	"GET /api/notifications/unread_count/":  {nil, users(200)},
	"POST /api/notifications/read_all/":     {nil, users(200)},
	"POST /api/notifications/clear/":        {nil, users(200)},
	"POST /api/notifications/seen/":         {object{}, users(200)},
	"POST /api/notifications/acked/":        {object{"up_to": 1}, users(202)},
	"POST /api/notifications/{id}/read/":    {nil, [6]int{401, 401, 401, 404, 200, 404}},
	"POST /api/notifications/{id}/unread/":  {nil, [6]int{401, 401, 401, 404, 200, 404}},
	"POST /api/notifications/{id}/archive/": {nil, [6]int{401, 401, 401, 404, 200, 404}},

	"GET /api/preferences/":                   {nil, users(200)},
	"PATCH /api/preferences/":                 {object{"digest": "hourly"}, users(200)},
	"GET /api/unsubscribe/{token}/":           {nil, all(200)},
	"POST /api/unsubscribe/{token}/":          {nil, all(200)},
	"GET /api/push/key/":                      {nil, users(200)},
	"GET /api/push/subscriptions/":            {nil, users(200)},
	"POST /api/push/subscriptions/":           {object{"endpoint": "https://push.example/1", "keys": pushKeys, "label": "Firefox"}, users(201)},
	"DELETE /api/push/subscriptions/{id}/":    {nil, [6]int{401, 401, 401, 404, 204, 404}},
	"POST /api/push/subscriptions/{id}/test/": {nil, [6]int{401, 401, 401, 404, 202, 404}},

	"GET /api/deliveries/":               {nil, users(200)},
	"GET /api/deliveries/stats/":         {nil, users(200)},
	"GET /api/deliveries/{id}/":          {nil, owners(200)},
	"POST /api/deliveries/{id}/retry/":   {nil, admins(409)}, // allowed, if only it had failed
	"POST /api/deliveries/retry_failed/": {nil, admins(200)},
	"GET /api/events/{id}/deliveries/":   {nil, owners(200)},

	"GET /api/mail/templates/":              {nil, admins(200)},
	"GET /api/mail/templates/{kind}/":       {nil, admins(404)},
	"POST /api/mail/templates/{kind}/test/": {nil, admins(404)},
	"GET /api/dev/mail/":                    {nil, admins(404)},
	"GET /api/dev/mail/{id}/":               {nil, admins(404)}, // allowed, if only it were there

	"GET /api/presence/": {nil, users(200)},

	"GET /api/conversations/":                {nil, users(200)},
	"POST /api/conversations/":               {object{"business": "A"}, owners(200)},
	"GET /api/conversations/unread_count/":   {nil, users(200)},
	"GET /api/conversations/{id}/":           {nil, owners(200)},
	"GET /api/conversations/{id}/messages/":  {nil, owners(200)},
	"POST /api/conversations/{id}/messages/": {object{"body": "Hello"}, owners(201)},
	"POST /api/conversations/{id}/read/":     {object{"number": 1}, owners(200)},

	"GET /api/system/":                           {nil, admins(200)},
	"POST /api/system/sessions/{id}/disconnect/": {nil, admins(204)},

	"GET /api/events/":       {nil, [6]int{401, 401, 401, 403, 200, 200}},
	"GET /ws/":               {nil, users(426)}, // allowed, if only it were an upgrade
	"GET /ws/dashboard/":     {nil, admins(426)},
	"GET /ws/notifications/": {nil, users(426)},
	"GET /ws/business/{id}/": {nil, [6]int{401, 401, 401, 403, 426, 426}},
	"GET /sse/":              {nil, [6]int{400, 401, 401, 400, 400, 400}}, // allowed, if only it named channels

	"GET /api/health/":      {nil, all(200)},
	"GET /readyz":           {nil, all(200)},
	"GET /readyz/":          {nil, all(200)},
	"GET /metrics":          {nil, all(200)},
	"GET /api/openapi.json": {nil, all(200)},
	"GET /api/docs/":        {nil, all(200)},
}

// pushKeys are those of a browser's subscription: a point on P-256 and 16 bytes.
var pushKeys = object{
	"p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4", "auth": "BTBZMqHH6r4Tts7J_aSIgg",
}

func all(status int) [6]int    { return [6]int{status, status, status, status, status, status} }
func users(status int) [6]int  { return [6]int{401, 401, 401, status, status, status} }
func admins(status int) [6]int { return [6]int{401, 401, 401, 403, 403, status} }
func owners(status int) [6]int { return [6]int{401, 401, 401, 404, status, status} }

// strangers are those for whom no token is needed, though a bad one is told.
func strangers(status int) [6]int { return [6]int{status, 401, 401, status, status, status} }

func TestAPI_access(t *testing.T) {
	seen := map[string]bool{}
	err := chi.Walk(New(Options{}).router, func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		seen[method+" "+route] = true
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for route := range accessTable {
		if !seen[route] {
			t.Errorf("%s is in the table, but it is no route", route)
		}
	}
	reads := newWorld(t) // one for all that change nothing
	readers := reads.tokens()
	for route := range seen {
		row, known := accessTable[route]
		if !known {
			t.Errorf("%s is not in the table: say there who may use it on what belongs to another business", route)
			continue
		}
		t.Run(route, func(t *testing.T) {
			t.Parallel()
			method, path, _ := strings.Cut(route, " ")
			shared := *reads
			shared.t = t
			w, tokens := &shared, readers
			if method != http.MethodGet {
				w = newWorld(t)
				tokens = w.tokens()
			}
			path = w.pathOfA(path)
			for i, role := range roles {
				// A body that is none must not make a difference for whoever may not send one.
				if row.want[i] == 401 && row.body != nil && tokens[i] != "" && path != "/api/auth/refresh/" {
					if got := w.do(method, path, tokens[i], "{"); got.status != 401 {
						t.Errorf("%s as %s with a broken body = %d, want 401", route, role, got.status)
					}
				}
				var body any
				if row.body != nil {
					body = w.bodyOfA(row.body)
				}
				got := w.do(method, path, tokens[i], body)
				if got.status != row.want[i] {
					t.Errorf("%s as %s = %d, want %d: %s", route, role, got.status, row.want[i], got.text)
				}
				if got.status >= 400 && strings.HasPrefix(path, "/api/") {
					got.problem()
				}
			}
		})
	}
}

// pathOfA fills a path in with what belongs to business A.
func (w *world) pathOfA(path string) string {
	w.t.Helper()
	if strings.Contains(path, "/unsubscribe/{token}") {
		path = strings.ReplaceAll(path, "{token}", w.api.o.Choices.Unsubscribe(w.ownerA.ID, fade.KindDigest))
	}
	path = strings.ReplaceAll(path, "{kind}", string(fade.KindReminder))
	if strings.Contains(path, "{token}") {
		path = strings.ReplaceAll(path, "{token}", w.api.o.Booking.Token(w.booked(w.a)))
	}
	path = strings.ReplaceAll(strings.ReplaceAll(path, "{id}", w.objectOfA(path)), "{subdomain}", w.a.Subdomain)
	query := map[string]string{
		"/api/events/": "channel=business:" + w.a.ID, "/api/services/": "business=" + w.a.ID, "/api/staff/": "business=" + w.a.ID,
		"/api/booking_settings/": "business=" + w.a.ID, "/api/book/alpha/days/": "from=2026-11-24", "/api/book/alpha/slots/": "date=2026-11-24",
	}[path]
	if query == "" {
		return path
	}
	return path + "?" + query
}

// bodyOfA fills a body in.
func (w *world) bodyOfA(body object) object {
	filled := object{}
	for name, value := range body {
		switch value {
		case "A":
			value = w.a.ID
		case "a slot":
			value = w.hour()
		}
		filled[name] = value
	}
	return filled
}

// objectOfA gives the id that stands in a path: something of business A.
func (w *world) objectOfA(path string) string {
	w.t.Helper()
	switch {
	case !strings.Contains(path, "{id}"):
		return ""
	case strings.Contains(path, "/sessions/"):
		tokens, err := w.accounts.Login(w.t.Context(), w.ownerA.Email, password, "another device")
		w.must(err)
		return w.sessionOf(tokens.Access)
	case strings.Contains(path, "/users/"):
		return w.ownerA.ID
	case strings.Contains(path, "/reservations/"):
		return w.booked(w.a).ID
	case strings.Contains(path, "/holds/"):
		return w.held(w.a, "another session's secret").ID
	case strings.Contains(path, "/services/"):
		return w.do("POST", "/api/services/", w.adminToken, object{"business": w.a.ID, "name": "Haircut"}).want(201).object()["id"].(string)
	case strings.Contains(path, "/staff/"):
		return w.do("POST", "/api/staff/", w.adminToken, object{"business": w.a.ID, "name": "Arben"}).want(201).object()["id"].(string)
	case strings.Contains(path, "/conversations/"):
		return w.do("POST", "/api/conversations/", w.adminToken, object{"business": w.a.ID}).want(200).object()["id"].(string)
	case strings.Contains(path, "/deliveries/"):
		w.booked(w.a)
		var ledger []object
		w.do("GET", "/api/deliveries/?business="+w.a.ID+"&kind=new_reservation", w.adminToken, nil).want(200).into(&ledger)
		if strings.Contains(path, "/events/") {
			return ledger[0]["event_id"].(string)
		}
		return ledger[0]["id"].(string)
	case strings.Contains(path, "/subscriptions/"):
		return w.do("POST", "/api/push/subscriptions/", w.ownerAToken, object{
			"endpoint": "https://push.example/" + w.slot(), "keys": pushKeys, "label": "Firefox",
		}).want(201).object()["id"].(string)
	case strings.Contains(path, "/notifications/"):
		w.booked(w.a)
		var inbox []object
		w.do("GET", "/api/notifications/", w.ownerAToken, nil).want(200).into(&inbox)
		return inbox[0]["id"].(string)
	}
	return w.a.ID
}

// tokens gives the token of each role.
func (w *world) tokens() []string {
	w.t.Helper()
	hourAgo := func() time.Time { return time.Now().Add(-time.Hour) }
	expired, err := w.accountsAt(hourAgo, time.Minute).Login(w.t.Context(), w.admin.Email, password, "")
	w.must(err)
	w.do("POST", "/api/users/", w.adminToken, object{"email": "gone@fade.test", "password": password, "user_type": "super_admin"}).want(201)
	gone := w.login("gone@fade.test")
	users, _, err := w.accounts.Users(w.t.Context(), actorAdmin(w), "dashboard", accounts.UserQuery{})
	w.must(err)
	for _, u := range users.Items {
		if u.Email == "gone@fade.test" {
			w.do("DELETE", "/api/users/"+u.ID+"/", w.adminToken, nil).want(204)
		}
	}
	return []string{"", expired.Access, gone, w.ownerBToken, w.ownerAToken, w.adminToken}
}
