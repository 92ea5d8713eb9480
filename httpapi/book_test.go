package httpapi

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// shop gives business A a service and two members of staff, of whom the second does another service.
func (w *world) shop() (service, arben, ilir string) {
	w.t.Helper()
	made := func(path string, body object) string {
		return w.do("POST", path, w.ownerAToken, body).want(201).object()["id"].(string)
	}
	service = made("/api/services/", object{"name": "Haircut", "duration_minutes": 30, "buffer_minutes": 10, "price": 18, "currency": "chf"})
	other := made("/api/services/", object{"name": "Shave"})
	arben = made("/api/staff/", object{"name": "Arben"})
	ilir = made("/api/staff/", object{"name": "Ilir", "services": []string{other}})
	return service, arben, ilir
}

func (w *world) settings(change object) {
	w.t.Helper()
	w.do("PATCH", "/api/booking_settings/", w.ownerAToken, change).want(200)
}

// public books at business A as anybody may.
func (w *world) public(change object, headers ...string) reply {
	w.t.Helper()
	body := object{"subdomain": "alpha", "customer_name": "Cleo", "customer_phone": "+38344111222"}
	for name, value := range change {
		body[name] = value
	}
	return w.do("POST", "/api/reservations/", "", body, headers...)
}

func TestBook_rulesOfTheService(t *testing.T) {
	w := newWorld(t)
	service, arben, ilir := w.shop()
	start := tomorrow(10)
	made := w.public(object{"service": service, "start_time": start, "end_time": tomorrow(15), "price": 1, "status": "confirmed"}).want(201).object()
	for field, want := range map[string]any{
		"staff": arben, "staff_name": "Arben", "service_name": "Haircut", "price": 18.0, "currency": "CHF", "status": "pending",
		"end_time": strings.Replace(start, "10:00", "10:30", 1), "blocked_until": strings.Replace(start, "10:00", "10:40", 1), "updated_by": "the customer",
	} {
		if made[field] != want {
			t.Errorf("%s = %v, want %v", field, made[field], want)
		}
	}
	taken := w.public(object{"service": service, "start_time": strings.Replace(start, "10:00", "10:35", 1)}).want(409).problem()
	if taken.Code != "slot_taken" || len(taken.Nearest) == 0 || *taken.Nearest[0].Staff != arben {
		t.Errorf("into the buffer: %+v", taken)
	}
	w.public(object{"service": service, "staff": ilir, "start_time": tomorrow(12)}).want(422) // who does not do it
	w.public(object{"service": w.foreignService(), "start_time": tomorrow(12)}).want(422)
	w.public(object{"staff": w.foreignStaff(), "start_time": tomorrow(12)}).want(422)
	w.public(object{"start_time": "2020-01-01T10:00:00Z"}).want(422)

	// The business may ask of its people what the public may not.
	own := w.do("POST", "/api/reservations/", w.ownerAToken, object{
		"service": service, "staff": ilir, "customer_name": "B", "start_time": start, "end_time": tomorrow(11), "price": 5, "status": "confirmed",
	}).want(201).object()
	if own["staff"] != ilir || own["price"] != 5.0 || own["end_time"] != tomorrow(11) {
		t.Errorf("the owner's own = %v", own)
	}
	moved := w.do("PATCH", "/api/reservations/"+own["id"].(string)+"/", w.ownerAToken, object{"start_time": tomorrow(14)}).want(200).object()
	if moved["end_time"] != tomorrow(15) {
		t.Errorf("moving changes the length: %v", moved)
	}
	w.do("PATCH", "/api/reservations/"+own["id"].(string)+"/", w.ownerAToken, object{"staff": w.foreignStaff()}).want(422)
	w.do("DELETE", "/api/services/"+service+"/", w.ownerAToken, nil).want(204)
	w.public(object{"service": service, "start_time": tomorrow(12)}).want(422)
}

func (w *world) foreignService() string {
	return w.do("POST", "/api/services/", w.ownerBToken, object{"name": "Foreign"}).want(201).object()["id"].(string)
}

func (w *world) foreignStaff() string {
	return w.do("POST", "/api/staff/", w.ownerBToken, object{"name": "Foreign"}).want(201).object()["id"].(string)
}

// Lead time and horizon bind the public, opening hours and holidays everyone.
func TestBook_rulesOfTheBusiness(t *testing.T) {
	w := newWorld(t)
	soon := time.Now().UTC().Truncate(time.Minute).Add(30 * time.Minute)
	w.settings(object{"lead_minutes": 24 * 60 * 3, "horizon_days": 5, "needs_confirmation": false})
	w.public(object{"start_time": soon.Format(time.RFC3339)}).want(422)
	w.public(object{"start_time": tomorrow(12)}).want(422)
	far := time.Now().UTC().AddDate(0, 0, 20).Truncate(24 * time.Hour).Add(12 * time.Hour).Format(time.RFC3339)
	w.public(object{"start_time": far}).want(422)
	good := time.Now().UTC().AddDate(0, 0, 4).Truncate(24 * time.Hour).Add(12 * time.Hour)
	if made := w.public(object{"start_time": good.Format(time.RFC3339)}).want(201).object(); made["status"] != "confirmed" {
		t.Errorf("status = %v, but nobody needs to confirm", made["status"])
	}
	for _, start := range []string{tomorrow(12), far} {
		w.do("POST", "/api/reservations/", w.ownerAToken, object{"customer_name": "B", "start_time": start}).want(201)
	}
	var days struct{ Days []FreeDay }
	w.do("GET", "/api/book/alpha/days/?days=7&from="+time.Now().UTC().Format(time.DateOnly), "", nil).want(200).into(&days)
	for i, d := range days.Days {
		if free := d.Free > 0; free != (i >= 3 && i <= 5) {
			t.Errorf("day %d of the public has %d free slots", i, d.Free)
		}
	}
	w.do("GET", "/api/book/alpha/days/?days=7&from="+time.Now().UTC().Format(time.DateOnly), w.ownerAToken, nil).want(200).into(&days)
	if days.Days[1].Free == 0 || days.Days[6].Free == 0 {
		t.Errorf("the owner's days = %v", days.Days)
	}

	closed := good.AddDate(0, 0, 1)
	w.settings(object{"holidays": []object{{"from": closed.Format(time.DateOnly), "to": closed.Format(time.DateOnly), "note": "Off"}}})
	for _, token := range []string{"", w.ownerAToken, w.adminToken} {
		body := object{"subdomain": "alpha", "customer_name": "B", "start_time": closed.Format(time.RFC3339)}
		if p := w.do("POST", "/api/reservations/", token, body).want(422).problem(); !strings.Contains(p.Errors[0].Message, "closed") {
			t.Errorf("on a holiday: %+v", p)
		}
	}
}

func TestBook_settingsAreChecked(t *testing.T) {
	w := newWorld(t)
	for field, change := range map[string]object{
		"hours.monday": {"hours": object{"monday": []object{{"start": "09:00", "end": "08:00"}}}},
		"holidays":     {"holidays": []object{{"from": "2026-12-26", "to": "2026-12-24"}}},
		"lead_minutes": {"lead_minutes": -1}, "horizon_days": {"horizon_days": 0}, "slot_minutes": {"slot_minutes": 1},
	} {
		p := w.do("PATCH", "/api/booking_settings/", w.ownerAToken, change).want(422).problem()
		if len(p.Errors) != 1 || p.Errors[0].Location != "body."+field {
			t.Errorf("%s: %+v", field, p.Errors)
		}
	}
	w.settings(object{"lead_minutes": 10, "version": 0})
	w.do("PATCH", "/api/booking_settings/", w.ownerAToken, object{"lead_minutes": 20, "version": 0}).want(409)
}

// A customer's link lives until the appointment is another.
func TestBook_links(t *testing.T) {
	w := newWorld(t)
	service, arben, _ := w.shop()
	made := w.public(object{"service": service, "start_time": tomorrow(10)}).want(201).object()
	link := func(token any) string { return "/api/appointments/" + token.(string) + "/" }
	first := link(made["token"])
	own := w.do("GET", first, "", nil).want(200).object()
	if own["may_change"] != true || own["reservation"].(object)["staff"] != arben {
		t.Errorf("own = %v", own)
	}
	w.do("PATCH", "/api/reservations/"+made["id"].(string)+"/", w.ownerAToken, object{"status": "confirmed", "notes": "nice"}).want(200)
	w.do("GET", first, "", nil).want(200) // confirming moves nothing

	held := w.do("POST", "/api/book/alpha/holds/", "", object{"service": service, "start_time": tomorrow(12)}, "Booking-Session", "the session of a page").want(201).object()
	w.do("POST", first+"reschedule/", "", object{"start_time": tomorrow(12)}).want(409) // somebody holds it
	moved := w.do("POST", first+"reschedule/", "", object{"start_time": tomorrow(12), "hold": held["id"]}, "Booking-Session", "the session of a page").want(200).object()
	if moved["reservation"].(object)["start_time"] != tomorrow(12) || moved["reservation"].(object)["status"] != "confirmed" {
		t.Errorf("moved = %v", moved)
	}
	if p := w.do("GET", first, "", nil).want(410).problem(); p.Code != "stale_link" {
		t.Errorf("the old link = %+v", p)
	}
	w.public(object{"service": service, "start_time": tomorrow(10)}).want(201) // its old time is free
	second := link(moved["token"])
	calendar := w.do("GET", second+"calendar.ics", "", nil).want(200)
	if !strings.HasPrefix(calendar.header.Get("Content-Type"), "text/calendar") || !strings.Contains(calendar.text, "STATUS:CONFIRMED\r\n") {
		t.Errorf("calendar: %v %s", calendar.header, calendar.text)
	}
	w.do("POST", second+"reschedule/", "", object{"start_time": tomorrow(10)}).want(409)
	w.settings(object{"cancel_until_minutes": 3 * 24 * 60})
	if late := w.do("POST", second+"cancel/", "", object{}).want(409).problem(); !strings.Contains(late.Detail, "too late") {
		t.Errorf("too late = %+v", late)
	}
	w.settings(object{"cancel_until_minutes": 0})
	canceled := w.do("POST", second+"cancel/", "", object{"reason": "ill"}).want(200).object()
	if r := canceled["reservation"].(object); r["status"] != "canceled" || r["cancel_reason"] != "ill" || canceled["may_change"] != false {
		t.Errorf("canceled = %v", canceled)
	}
	w.do("POST", second+"cancel/", "", object{}).want(410)
	w.do("POST", link(canceled["token"])+"cancel/", "", object{}).want(409)
	w.do("GET", "/api/appointments/"+strings.Repeat("A", 60)+"/", "", nil).want(404)
}

// Whoever changes what somebody else has changed is told whose change won.
func TestReservations_conflict(t *testing.T) {
	w := newWorld(t)
	r := w.booked(w.a)
	path := "/api/reservations/" + r.ID + "/"
	w.do("PATCH", path, w.adminToken, object{"status": "confirmed", "version": 1}).want(200)
	p := w.do("PATCH", path, w.ownerAToken, object{"status": "canceled", "version": 1}).want(409).problem()
	if p.Code != "stale_version" || p.Current == nil || p.Current.Status != "confirmed" || p.Current.UpdatedBy != "Ada Min" || !strings.HasPrefix(p.Detail, "Ada Min ") {
		t.Errorf("%+v", p)
	}
	for _, step := range []struct {
		status string
		want   int
	}{{"pending", 409}, {"no_show", 200}, {"completed", 409}, {"canceled", 409}, {"no_show", 200}} {
		w.do("PATCH", path, w.ownerAToken, object{"status": step.status}).want(step.want)
	}
	w.do("PATCH", path, w.ownerAToken, object{"start_time": tomorrow(20)}).want(409)
}

// An open page of a business that is switched off hears of it, and finds nothing when it reads again.
func TestBook_switchedOff(t *testing.T) {
	w := newWorld(t)
	stream := w.stream("channels=slots:"+w.a.ID, "", "")
	w.do("POST", "/api/businesses/"+w.a.ID+"/deactivate/", w.adminToken, nil).want(200)
	if event := stream.next("slots_changed"); event.data["payload"].(object)["reload"] != true {
		t.Errorf("the page hears %v", event.data)
	}
	for _, path := range []string{"/api/book/alpha/", "/api/book/alpha/days/?from=2026-11-24", "/api/book/alpha/slots/?date=2026-11-24", "/api/book/nobody/"} {
		w.do("GET", path, "", nil).want(404)
	}
	w.do("POST", "/api/book/alpha/holds/", "", object{"start_time": tomorrow(12)}, "Booking-Session", "the session of a page").want(404)
	if got := w.do(http.MethodGet, "/api/book/alpha/slots/?date=2026-11-24", w.ownerAToken, nil); got.status != 200 {
		t.Errorf("its owner reads %d", got.status)
	}
}

// A link is all that it takes to use it: it never reaches the log.
func TestBook_linksAreNotLogged(t *testing.T) {
	w := newWorld(t)
	made := w.public(object{"start_time": tomorrow(10)}).want(201).object()
	token := made["token"].(string)
	for _, path := range []string{"/api/appointments/" + token + "/", "/api/appointments/" + token, "/api/appointments/" + token + "/calendar.ics", "/appointment/" + token, "//appointment/" + token} {
		w.do("GET", path, "", nil)
	}
	w.do("POST", "/api/appointments/"+token+"/cancel/", "", object{})
	if strings.Contains(w.log.String(), token) || !strings.Contains(w.log.String(), "/api/appointments/-/cancel/") {
		t.Errorf("the log has the link, or no request: %s", w.log)
	}
}

// Whoever's barber has left, or is away that day, gets another one.
func TestBook_moveToAnybody(t *testing.T) {
	w := newWorld(t)
	service, arben, _ := w.shop()
	besnik := w.do("POST", "/api/staff/", w.ownerAToken, object{"name": "Besnik"}).want(201).object()["id"]
	made := w.public(object{"service": service, "staff": arben, "start_time": tomorrow(10)}).want(201).object()
	w.do("DELETE", "/api/staff/"+arben+"/", w.ownerAToken, nil).want(204)
	w.do("DELETE", "/api/services/"+service+"/", w.ownerAToken, nil).want(204)
	moved := w.do("POST", "/api/appointments/"+made["token"].(string)+"/reschedule/", "", object{"start_time": tomorrow(14)}).want(200).object()
	if got := moved["reservation"].(object)["staff"]; got != besnik {
		t.Errorf("it is with %v, want %v", got, besnik)
	}
	// Its owner may give what is not offered any more to somebody else, and take it back.
	w.do("PATCH", "/api/reservations/"+made["id"].(string)+"/", w.ownerAToken, object{"start_time": tomorrow(16), "notes": "late"}).want(200)
}

// What a hold was made for, and by whom, decides what becomes of it.
func TestBook_holds(t *testing.T) {
	w := newWorld(t)
	service, arben, _ := w.shop()
	const mine = "the session of my page"
	hold := func(token, session string, body object, headers ...string) reply {
		return w.do("POST", "/api/book/alpha/holds/", token, body, append(headers, "Booking-Session", session)...)
	}
	w.settings(object{"lead_minutes": 3 * 24 * 60})
	hold(w.ownerBToken, mine, object{"start_time": tomorrow(10)}).want(422) // a visitor as any other
	hold(w.ownerAToken, mine, object{"start_time": tomorrow(10)}).want(201)
	w.settings(object{"lead_minutes": 0})

	same := object{"service": service, "start_time": tomorrow(11)}
	hold("", mine, same, "Idempotency-Key", "1").want(201)
	hold("", "the session of another page", same, "Idempotency-Key", "1").want(422) // not the first one's hold

	// The barber of the hold leaves while the form is filled in: somebody else does it.
	besnik := w.do("POST", "/api/staff/", w.ownerAToken, object{"name": "Besnik"}).want(201).object()["id"]
	held := hold("", mine, object{"service": service, "staff": arben, "start_time": tomorrow(12)}).want(201).object()
	w.do("DELETE", "/api/staff/"+arben+"/", w.ownerAToken, nil).want(204)
	made := w.public(object{"service": service, "start_time": tomorrow(12), "hold": held["id"]}, "Booking-Session", mine).want(201).object()
	if made["staff"] != besnik {
		t.Errorf("booked with %v, want %v", made["staff"], besnik)
	}
	if limited := w.public(object{"start_time": tomorrow(6), "end_time": tomorrow(9)}).want(422).problem(); limited.Errors[0].Location != "body.end_time" {
		t.Errorf("a stranger's three hours: %+v", limited)
	}

	// What was agreed on stays agreed on when the customer moves.
	w.do("PATCH", "/api/reservations/"+made["id"].(string)+"/", w.ownerAToken, object{"price": 5, "notes": "pays late"}).want(200)
	moved := w.do("POST", "/api/appointments/"+made["token"].(string)+"/reschedule/", "", object{"start_time": tomorrow(15)}).want(200)
	if price := moved.object()["reservation"].(object)["price"]; price != 5.0 || strings.Contains(moved.text, "pays late") {
		t.Errorf("moved: %s", moved.text)
	}
	w.do("GET", "/api/book/Alpha/slots/?date="+tomorrow(0)[:10]+"&service="+service, "", nil).want(200)
}

// A name in other letters is the same business to whoever guesses, and a long one none.
func TestAPI_guessesOfOneBusiness(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.RateLimits = true })
	for range 200 {
		w.api.limits.missBusiness.take("alpha")
	}
	for _, name := range []string{"alpha", "ALPHA", "aLpHa"} {
		w.do("POST", "/api/reservations/lookup/", "", object{"subdomain": name, "phone": "+38344111222"}).want(429)
	}
	before := len(w.api.limits.missBusiness.fresh)
	w.do("POST", "/api/reservations/lookup/", "", object{"subdomain": strings.Repeat("a", 100_000), "phone": "+38344111222"}).want(404)
	if after := len(w.api.limits.missBusiness.fresh); after != before {
		t.Errorf("%d names are remembered, before it was %d", after, before)
	}
}
