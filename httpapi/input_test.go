package httpapi

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestAPI_badInput(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.RateLimits = false })
	reservation := w.booked(w.a)
	const login, businesses, users, reservations = "/api/auth/login/", "/api/businesses/", "/api/users/", "/api/reservations/"
	alpha := businesses + w.a.ID + "/"
	booking := func(change object) object {
		o := object{"subdomain": "alpha", "customer_name": "Cleo", "start_time": tomorrow(12)}
		for k, v := range change {
			o[k] = v
		}
		return o
	}
	shop := func(change object) object {
		o := object{"name": "C", "subdomain": "gamma", "owner_email": "c@fade.test", "owner_password": password}
		for k, v := range change {
			o[k] = v
		}
		return o
	}
	for _, test := range []struct {
		name         string
		method, path string
		body         any
		status       int
		code         string
		locations    string // separated by spaces
	}{
		{"no body", "POST", login, "", 400, "malformed", ""},
		{"half an object", "POST", login, `{"email":`, 400, "malformed", ""},
		{"two objects", "POST", login, `{} {}`, 400, "malformed", ""},
		{"not UTF-8", "POST", login, "{\"email\":\"\xff\"}", 400, "malformed", ""},
		{"an array", "POST", login, `[]`, 422, "invalid", "body"},
		{"null", "POST", login, `null`, 422, "invalid", "body"},
		{"text", "POST", login, `"x"`, 422, "invalid", "body"},
		{"nothing in it", "POST", login, `{}`, 422, "invalid", "body.email body.password"},
		{"wrong types", "POST", login, `{"email":{},"password":[1]}`, 422, "invalid", "body.email body.password"},
		{"NUL in an email", "POST", login, `{"email":"a\u0000@fade.test","password":"x"}`, 422, "invalid", "body.email"},
		{"an endless password", "POST", login, object{"email": "a@fade.test", "password": strings.Repeat("x", 2000)}, 422, "invalid", "body.password"},
		{"an unknown refresh token", "POST", "/api/auth/refresh/", object{"refresh": "\u0000"}, 401, "unauthorized", ""},
		{"more than a MiB", "POST", businesses, `{"name":"` + strings.Repeat("x", maxBody) + `"}`, 413, "too_large", ""},

		{"an empty business", "POST", businesses, `{}`, 422, "invalid", "body.name body.subdomain body.owner_email body.owner_password"},
		{"a business of wrong types", "POST", businesses, shop(object{"name": 5, "is_active": "yes", "subscription_expires": 7, "version": 1.5}), 422, "invalid",
			"body.name body.is_active body.subscription_expires body.version"},
		{"a business against the rules", "POST", businesses, shop(object{"subdomain": "No_Way", "timezone": "Mars/Olympus", "primary_color": "red",
			"business_hours_start": "25:00", "owner_password": "short", "email": "nobody", "logo_url": "javascript:alert(1)", "subscription_status": "gold"}), 422, "invalid",
			"body.subdomain body.email body.logo_url body.timezone body.primary_color body.subscription_status body.business_hours_start body.owner_password"},
		{"a taken subdomain", "POST", businesses, shop(object{"subdomain": "alpha"}), 409, "conflict", "body.subdomain"},
		{"a taken email", "POST", businesses, shop(object{"owner_email": "ALPHA@fade.test"}), 409, "conflict", "body.owner_email"},
		{"a name with NUL", "POST", businesses, shop(object{"name": "a\x00b"}), 422, "invalid", "body.name"},
		{"a name with a bell", "POST", businesses, shop(object{"name": "a\ab"}), 422, "invalid", "body.name"},
		{"a name too long", "POST", businesses, shop(object{"name": strings.Repeat("é", 201)}), 422, "invalid", "body.name"},
		{"an expiry before computers", "POST", businesses, shop(object{"subscription_expires": "1066-10-14T00:00:00Z"}), 422, "invalid", "body.subscription_expires"},
		{"an expiry after everything", "POST", businesses, shop(object{"subscription_expires": "9999-12-31T23:59:59Z"}), 422, "invalid", "body.subscription_expires"},
		{"PUT without a name", "PUT", alpha, object{"subdomain": "alpha"}, 422, "invalid", "body.name"},
		{"a stale version", "PATCH", alpha, object{"name": "X", "version": 99}, 409, "stale_version", ""},
		{"no id", "GET", businesses + "1/", nil, 404, "not_found", ""},
		{"a wild id", "GET", businesses + "..%2f..%2fetc%2fpasswd/", nil, 404, "not_found", ""},
		{"SQL for an id", "GET", businesses + "1'%20OR%20'1'='1/", nil, 404, "not_found", ""},
		{"NUL for an id", "PATCH", users + "%00/", object{}, 404, "not_found", ""},
		{"no UTF-8 for an id", "GET", reservations + "%ff%fe/", nil, 404, "not_found", ""},
		{"an id in capitals", "GET", reservations + strings.ToUpper(reservation.ID) + "/", nil, 404, "not_found", ""},

		{"a user of no kind", "POST", users, object{"email": "e@fade.test", "password": password, "user_type": "root"}, 422, "invalid", "body.user_type"},
		{"an owner of nothing", "POST", users, object{"email": "e@fade.test", "password": password, "user_type": "business_owner"}, 422, "invalid", "body.business"},
		{"an owner of what is not", "POST", users, object{"email": "e@fade.test", "password": password, "user_type": "business_owner", "business": "nowhere"}, 422, "invalid", "body.business"},
		{"a super admin with a business", "POST", users, object{"email": "e@fade.test", "password": password, "user_type": "super_admin", "business": w.a.ID}, 422, "invalid", "body.business"},
		{"an object for a business", "POST", users, object{"business": []int{1}}, 422, "invalid", "body.business"},
		{"one's own end", "DELETE", users + w.admin.ID + "/", nil, 409, "conflict", ""},

		{"a reservation of nobody", "POST", reservations, booking(object{"customer_name": "  "}), 422, "invalid", "body.customer_name"},
		{"a reservation nowhere", "POST", reservations, booking(object{"subdomain": "nowhere"}), 404, "not_found", ""},
		{"the 30th of February", "POST", reservations, booking(object{"start_time": "2027-02-30T10:00:00Z"}), 422, "invalid", "body.start_time"},
		{"a date for an instant", "POST", reservations, booking(object{"start_time": "2027-02-03"}), 422, "invalid", "body.start_time"},
		{"a number for an instant", "POST", reservations, booking(object{"start_time": 1}), 422, "invalid", "body.start_time"},
		{"an instant long ago", "POST", reservations, booking(object{"start_time": "0001-01-01T00:00:00Z"}), 422, "invalid", "body.start_time"},
		{"yesterday", "POST", reservations, booking(object{"start_time": time.Now().AddDate(0, 0, -1).UTC().Format(time.RFC3339)}), 422, "invalid", "body.start_time"},
		{"an end before the start", "POST", reservations, booking(object{"end_time": tomorrow(11)}), 422, "invalid", "body.end_time"},
		{"a price of thirds", "POST", reservations, booking(object{"price": 0.333}), 422, "invalid", "body.price"},
		{"a price of words", "POST", reservations, booking(object{"price": "much"}), 422, "invalid", "body.price"},
		{"a price below nothing", "PATCH", reservations + reservation.ID + "/", object{"price": -1}, 422, "invalid", "body.price"},
		{"a status of its own", "PATCH", reservations + reservation.ID + "/", object{"status": "maybe"}, 422, "invalid", "body.status"},
		{"a step that is none", "PATCH", reservations + reservation.ID + "/", object{"status": "completed"}, 409, "conflict", "body.status"},
		{"a lookup of nobody", "POST", reservations + "lookup/", object{"subdomain": "alpha", "phone": " "}, 422, "invalid", "body.phone"},

		{"limit of nothing", "GET", businesses + "?limit=0", nil, 422, "invalid", "query.limit"},
		{"limit of words", "GET", businesses + "?limit=many", nil, 422, "invalid", "query.limit"},
		{"a cursor of somebody else", "GET", businesses + "?cursor=AAAA", nil, 400, "malformed", ""},
		{"an unknown sort", "GET", users + "?sort=password_hash", nil, 422, "invalid", "query.sort"},
		{"an unknown status", "GET", businesses + "?status=open", nil, 422, "invalid", "query.status"},
		{"a search with NUL", "GET", users + "?search=%00", nil, 422, "invalid", "query.search"},
		{"a business filter of SQL", "GET", reservations + "?business=';--", nil, 422, "invalid", "query.business"},
		{"a date that is none", "GET", reservations + "?from=2026-02-30", nil, 422, "invalid", "query.from"},
		{"dates out of time", "GET", reservations + "?from=0001-01-01&to=9999-12-31", nil, 422, "invalid", "query.from query.to"},
		{"unread of words", "GET", "/api/notifications/?unread=maybe", nil, 422, "invalid", "query.unread"},
		{"no channel", "GET", "/api/events/", nil, 422, "invalid", "query.channel"},
		{"the system channel", "GET", "/api/events/?channel=system", nil, 403, "forbidden", ""},
		{"since of words", "GET", "/api/events/?channel=dashboard&since=x", nil, 422, "invalid", "query.since"},
		{"since of the future", "GET", "/api/events/?channel=dashboard&since=999999", nil, 410, "reset", ""},
		{"another epoch", "GET", "/api/events/?channel=dashboard&since=1&epoch=other", nil, 410, "reset", ""},
		{"a type between nodes", "GET", "/api/events/?channel=dashboard&type=access_changed", nil, 422, "invalid", "query.type"},

		{"no such address", "GET", "/api/nothing/", nil, 404, "not_found", ""},
		{"no such method", "POST", "/api/auth/me/", object{}, 405, "method_not_allowed", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := *w
			w.t = t
			token := w.adminToken
			p := w.do(test.method, test.path, token, test.body).want(test.status).problem()
			if p.Code != test.code {
				t.Errorf("code = %q, want %q", p.Code, test.code)
			}
			want := map[string]bool{}
			for _, location := range strings.Fields(test.locations) {
				want[location] = true
			}
			got := map[string]bool{}
			for _, e := range p.Errors {
				got[e.Location] = true
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("locations (-want +got):\n%s%+v", diff, p)
			}
		})
	}
}

func TestAPI_contentType(t *testing.T) {
	w := newWorld(t)
	w.do("POST", "/api/auth/login/", "", `email=a&password=b`, "Content-Type", "application/x-www-form-urlencoded").want(415).problem()
	w.do("POST", "/api/auth/login/", "", object{"email": "alpha@fade.test", "password": password}, "Content-Type", "application/json; charset=utf-8").want(200)
	w.do("PATCH", "/api/businesses/"+w.a.ID+"/", w.adminToken, object{}, "Content-Type", "application/merge-patch+json").want(200)
	w.do("GET", "/api/auth/me/", w.adminToken, nil, "Accept", "text/html").want(200)
}

func TestAPI_storesTextAsTyped(t *testing.T) {
	w := newWorld(t)
	for i, name := range []string{
		strings.Repeat("💈", 200), `<script>alert("x")</script> & 'co'`, `Robert'); DROP TABLE businesses;--`, "Ÿ ﷽ \u202e עִבְרִית 𝕏", `\u0000 %s %00 ${x}`,
	} {
		if utf8.RuneCountInString(name) > 200 {
			t.Fatal("too long")
		}
		var made struct{ ID, Name string }
		w.do("POST", "/api/businesses/", w.adminToken, object{
			"name": name, "subdomain": fmt.Sprintf("typed-%d", i), "owner_email": fmt.Sprintf("typed-%d@fade.test", i), "owner_password": password,
		}).want(201).into(&made)
		if made.Name != name {
			t.Errorf("created as %q, want %q", made.Name, name)
		}
		if got := w.do("GET", "/api/businesses/"+made.ID+"/", w.adminToken, nil).want(200).object()["name"]; got != name {
			t.Errorf("read as %q, want %q", got, name)
		}
	}
}

// What was read can be sent back whole, and changes nothing by that.
func TestAPI_readFormIsWriteForm(t *testing.T) {
	w := newWorld(t)
	reservation := w.booked(w.a)
	for _, path := range []string{"/api/businesses/" + w.a.ID + "/", "/api/users/" + w.ownerA.ID + "/", "/api/users/" + w.admin.ID + "/", "/api/reservations/" + reservation.ID + "/"} {
		methods := []string{"PATCH"}
		if strings.Contains(path, "businesses") {
			methods = append(methods, "PUT")
		}
		for _, method := range methods {
			read := w.do("GET", path, w.adminToken, nil).want(200).object()
			read["something_else"] = object{"unknown": true}
			written := w.do(method, path, w.adminToken, read).want(200).object()
			delete(read, "something_else")
			if !reflect.DeepEqual(read, written) {
				t.Errorf("%s %s: %s", method, path, cmp.Diff(read, written))
			}
		}
	}
	// A business may be named by the object that was read.
	w.do("POST", "/api/users/", w.adminToken, object{"email": "two@fade.test", "password": password, "user_type": "business_owner",
		"business": object{"id": w.b.ID, "name": "Beta"}}).want(201)
}

func TestAPI_nullTakesAway(t *testing.T) {
	w := newWorld(t)
	path := "/api/businesses/" + w.a.ID + "/"
	w.do("PATCH", path, w.adminToken, object{"subscription_expires": "2030-01-01T00:00:00+02:00"}).want(200)
	if got := w.do("PATCH", path, w.adminToken, object{"name": "A"}).want(200).object()["subscription_expires"]; got != "2029-12-31T22:00:00Z" {
		t.Errorf("left out: subscription_expires = %v", got)
	}
	if got := w.do("PATCH", path, w.adminToken, object{"subscription_expires": nil}).want(200).object()["subscription_expires"]; got != nil {
		t.Errorf("null: subscription_expires = %v", got)
	}
	made := w.do("PATCH", "/api/users/"+w.ownerA.ID+"/", w.adminToken, object{"user_type": "super_admin", "business": nil}).want(200).object()
	if made["business"] != nil || made["is_super_admin"] != true {
		t.Errorf("an owner made super admin: %v", made)
	}
}

func FuzzDecodeObject(f *testing.F) {
	for _, seed := range []string{`{}`, `{"name":1}`, `{"subscription_expires":null}`, `{"business":{"id":"x"}}`, "{\"name\":\"\xff\"}", `[[[[`, `{"price":1e400}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var business NewBusiness
		var reservation NewReservation
		for _, into := range []any{&business, &reservation} {
			if p := decodeObject(text, reflect.ValueOf(into).Elem()); p != nil && (p.Status != 400 && p.Status != 422 || p.Detail == "") {
				t.Errorf("decodeObject(%q) = %+v", text, p)
			}
		}
	})
}
