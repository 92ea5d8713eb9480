package simulate_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"time"
)

type object = map[string]any

// shop answers as Fade does for a business of one chair that is open from nine to five. It is reached without a
// network, so that time can be made to pass.
type shop struct {
	answer func(w http.ResponseWriter, r *http.Request) bool // instead of the shop; false lets it answer

	mu     sync.Mutex
	mux    *http.ServeMux
	taken  map[string]bool // by start
	holds  map[string]hold // by session
	booked map[string]*visit
	made   int
}

type hold struct{ id, start string }

type visit struct{ id, start, status string }

const shopID = "5d1c3c60-0000-7000-8000-000000000001"

func newShop() *shop {
	s := &shop{mux: http.NewServeMux(), taken: map[string]bool{}, holds: map[string]hold{}, booked: map[string]*visit{}}
	s.mux.HandleFunc("GET /api/book/alpha/{$}", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, 200, object{"business": object{"id": shopID, "timezone": "Europe/Belgrade"}, "services": []object{{"id": "cut"}}, "horizon_days": 3})
	})
	s.mux.HandleFunc("GET /api/book/alpha/days/", s.days)
	s.mux.HandleFunc("GET /api/book/alpha/slots/", s.slots)
	s.mux.HandleFunc("POST /api/book/alpha/holds/", s.hold)
	s.mux.HandleFunc("DELETE /api/book/alpha/holds/{id}/", s.release)
	s.mux.HandleFunc("POST /api/reservations/", s.book)
	s.mux.HandleFunc("GET /api/appointments/{token}/{$}", s.link(func(*visit, object) bool { return false }))
	s.mux.HandleFunc("POST /api/appointments/{token}/cancel/", s.link(func(v *visit, _ object) bool {
		delete(s.taken, v.start)
		v.status = "canceled"
		return true
	}))
	s.mux.HandleFunc("POST /api/appointments/{token}/reschedule/", s.link(func(v *visit, body object) bool {
		delete(s.taken, v.start)
		v.start = body["start_time"].(string)
		s.taken[v.start] = true
		return true
	}))
	return s
}

// RoundTrip implements [http.RoundTripper].
func (s *shop) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	w := httptest.NewRecorder()
	if s.answer == nil || !s.answer(w, r) {
		s.mux.ServeHTTP(w, r)
	}
	return w.Result(), nil
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func refuse(w http.ResponseWriter, status int, code string, more object) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	p := object{"status": status, "code": code, "detail": "No."}
	for name, value := range more {
		p[name] = value
	}
	_ = json.NewEncoder(w).Encode(p)
}

const visitLasts = 30 * time.Minute

// starts gives those of a day. Tomorrow is the first.
func (s *shop) starts(date string) (all []string) {
	day, _ := time.Parse(time.DateOnly, date)
	for at := day.Add(9 * time.Hour); day.After(time.Now()) && at.Before(day.Add(17*time.Hour)); at = at.Add(visitLasts) {
		all = append(all, at.Format(time.RFC3339))
	}
	return all
}

func end(start string) string {
	at, _ := time.Parse(time.RFC3339, start)
	return at.Add(visitLasts).Format(time.RFC3339)
}

func (s *shop) days(w http.ResponseWriter, r *http.Request) {
	first, _ := time.Parse(time.DateOnly, r.URL.Query().Get("from"))
	days := []object{}
	for n := range 4 {
		date, free := first.AddDate(0, 0, n).Format(time.DateOnly), 0
		for _, start := range s.starts(date) {
			if !s.taken[start] {
				free++
			}
		}
		days = append(days, object{"date": date, "free": free})
	}
	reply(w, 200, object{"days": days})
}

func (s *shop) slots(w http.ResponseWriter, r *http.Request) {
	slots, busy := []object{}, []object{}
	for _, start := range s.starts(r.URL.Query().Get("date")) {
		slot := object{"start_time": start, "end_time": end(start), "free": []string{shopID}, "taken": []string{}}
		if s.taken[start] {
			slot["free"], slot["taken"] = []string{}, []string{shopID}
			busy = append(busy, object{"chair": shopID, "start_time": start, "end_time": end(start), "state": "taken"})
		}
		slots = append(slots, slot)
	}
	reply(w, 200, object{"slots": slots, "busy": busy})
}

func read(r *http.Request) (body object) {
	if r.Body == nil {
		return nil
	}
	_ = json.NewDecoder(r.Body).Decode(&body)
	return body
}

func (s *shop) next(kind string) string {
	s.made++
	return fmt.Sprintf("%s-%d", kind, s.made)
}

func (s *shop) hold(w http.ResponseWriter, r *http.Request) {
	start := read(r)["start_time"].(string)
	session := r.Header.Get("Booking-Session")
	if had, ok := s.holds[session]; ok {
		delete(s.taken, had.start)
		delete(s.holds, session)
	}
	if s.taken[start] {
		refuse(w, 409, "slot_taken", nil)
		return
	}
	h := hold{s.next("hold"), start}
	s.taken[start], s.holds[session] = true, h
	reply(w, 201, object{"id": h.id, "chair": shopID, "staff": nil, "start_time": start, "end_time": end(start), "expires_at": end(start)})
}

func (s *shop) release(w http.ResponseWriter, r *http.Request) {
	h, ok := s.holds[r.Header.Get("Booking-Session")]
	if !ok || h.id != r.PathValue("id") {
		refuse(w, 404, "not_found", nil)
		return
	}
	delete(s.taken, h.start)
	delete(s.holds, r.Header.Get("Booking-Session"))
	w.WriteHeader(http.StatusNoContent)
}

func (s *shop) book(w http.ResponseWriter, r *http.Request) {
	body, session := read(r), r.Header.Get("Booking-Session")
	h, ok := s.holds[session]
	if !ok || h.id != body["hold"] || r.Header.Get("Idempotency-Key") == "" {
		refuse(w, 409, "slot_taken", nil)
		return
	}
	delete(s.holds, session)
	v := &visit{s.next("visit"), h.start, "confirmed"}
	token := s.next("token")
	s.booked[token] = v
	reply(w, 201, object{"id": v.id, "start_time": v.start, "end_time": end(v.start), "status": v.status, "service": "cut", "staff": nil, "token": token})
}

// link answers at a reservation's link. A change makes it old.
func (s *shop) link(change func(v *visit, body object) bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		token := r.PathValue("token")
		v, ok := s.booked[token]
		if !ok {
			refuse(w, 410, "stale_link", nil)
			return
		}
		if body := read(r); change(v, body) {
			if h := s.holds[r.Header.Get("Booking-Session")]; body["hold"] == h.id {
				delete(s.holds, r.Header.Get("Booking-Session"))
			}
			delete(s.booked, token)
			token = s.next("token")
			s.booked[token] = v
		}
		reply(w, 200, object{
			"reservation": object{"id": v.id, "start_time": v.start, "end_time": end(v.start), "status": v.status, "service": "cut", "staff": nil},
			"may_change":  v.status != "canceled", "token": token,
		})
	}
}
