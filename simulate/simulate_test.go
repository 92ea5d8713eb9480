package simulate_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fadedistrict/fade/simulate"
)

func options(s *shop) simulate.Options {
	return simulate.Options{URL: "http://fade.test/", Businesses: []string{"alpha"}, Writers: 1, Rate: 2, For: time.Minute, Seed: 7, Transport: s}
}

func TestRun(t *testing.T) {
	play := func(t *testing.T, o simulate.Options) (f simulate.Figures) {
		t.Helper()
		synctest.Test(t, func(t *testing.T) {
			s := newShop()
			o.Transport = s
			var err error
			if f, err = simulate.Run(t.Context(), o); err != nil {
				t.Fatal(err)
			}
			if len(s.holds) > 1 || len(s.booked) == 0 {
				t.Errorf("%d holds, %d reservations", len(s.holds), len(s.booked))
			}
		})
		return f
	}
	o := options(nil)
	o.For, o.Writers = 5*time.Minute, 8
	f := play(t, o)
	visits := f.Booked + f.LetGo + f.Full
	if f.Took != o.For || visits < 300 || visits > 700 || f.Held < f.Booked+f.LetGo || f.Moved == 0 || f.Canceled == 0 || f.Full == 0 || f.Errors != 0 {
		t.Errorf("two customers a second for five minutes: %v in %v", f, f.Took)
	}

	o.Writers = 1
	if first, again := play(t, o), play(t, o); first != again {
		t.Errorf("the same seed: %v, then %v", first, again)
	}
	before := play(t, o)
	o.Seed++
	if after := play(t, o); before == after {
		t.Errorf("another seed: %v again", after)
	}
}

func TestRun_tellsFigures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		o := options(newShop())
		o.Out, o.Every = &out, 10*time.Second
		if _, err := simulate.Run(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		if lines := strings.Split(strings.TrimSpace(out.String()), "\n"); len(lines) < 5 || !strings.Contains(lines[2], "   30s  held ") || !strings.Contains(lines[2], "errors 0") {
			t.Errorf("%q", lines)
		}
	})
}

// Whoever is told to come later does, and that is no error.
func TestRun_waits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, told := newShop(), time.Time{}
		s.answer = func(w http.ResponseWriter, _ *http.Request) bool {
			if told.IsZero() {
				told = time.Now()
				w.Header().Set("Retry-After", "17")
				refuse(w, http.StatusTooManyRequests, "rate_limited", nil)
				return true
			}
			if early := time.Since(told); early < 17*time.Second {
				t.Errorf("asked again after %v", early)
			}
			return false
		}
		if f, err := simulate.Run(t.Context(), options(s)); err != nil || f.Slowed != 1 || f.Booked == 0 {
			t.Errorf("%v, %v", f, err)
		}
	})
}

// An interrupted customer gives the hold back.
func TestRun_interrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop()
		ctx, interrupt := context.WithCancel(t.Context())
		s.answer = func(_ http.ResponseWriter, r *http.Request) bool {
			if r.Method == http.MethodPost && r.URL.Path == "/api/reservations/" {
				t.Error("booked after the end")
			}
			if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/holds/") {
				time.AfterFunc(time.Microsecond, interrupt)
			}
			return false
		}
		f, err := simulate.Run(ctx, options(s))
		if err != nil || f.Held != 1 || f.LetGo != 1 || len(s.holds) != 0 || len(s.taken) != 0 {
			t.Errorf("%v, %v; held: %v", f, err, s.holds)
		}
	})
}

// What others do in the meantime is no error.
func TestRun_refused(t *testing.T) {
	for name, test := range map[string]struct {
		at, code string
		status   int
		count    func(simulate.Figures) int64
	}{
		"taken":               {"POST /api/book/alpha/holds/", "slot_taken", 409, func(f simulate.Figures) int64 { return f.Refused }},
		"switched off":        {"GET /api/book/alpha/", "not_found", 404, func(f simulate.Figures) int64 { return f.TurnedAway }},
		"no longer a service": {"GET /api/book/alpha/slots/", "invalid", 422, func(f simulate.Figures) int64 { return f.TurnedAway }},
		"too many held":       {"POST /api/book/alpha/holds/", "rate_limited", 429, func(f simulate.Figures) int64 { return f.Slowed }},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newShop()
				s.answer = func(w http.ResponseWriter, r *http.Request) bool {
					if r.Method+" "+r.URL.Path != test.at {
						return false
					}
					refuse(w, test.status, test.code, nil)
					return true
				}
				if f, err := simulate.Run(t.Context(), options(s)); err != nil || test.count(f) == 0 || f.Booked > 0 {
					t.Errorf("%v, %v", f, err)
				}
			})
		})
	}
}

// Who is refused takes what is near.
func TestRun_nearest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop()
		tomorrow := time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, 1)
		near := tomorrow.Add(12 * time.Hour).Format(time.RFC3339)
		var asked []string
		s.answer = func(w http.ResponseWriter, r *http.Request) bool {
			if !strings.HasSuffix(r.URL.Path, "/holds/") || r.Method != http.MethodPost {
				return false
			}
			body, _ := io.ReadAll(r.Body)
			r.Body = io.NopCloser(bytes.NewReader(body))
			asked = append(asked, string(body))
			if len(asked) > 1 {
				return false
			}
			refuse(w, http.StatusConflict, "slot_taken", object{"nearest": []object{{"start_time": near, "end_time": end(near), "staff": nil}}})
			return true
		}
		if f, err := simulate.Run(t.Context(), options(s)); err != nil || f.Refused == 0 || len(asked) < 2 || !strings.Contains(asked[1], near) {
			t.Errorf("%v, %v; asked for %q, and %s was near", f, err, asked[:min(2, len(asked))], near)
		}
	})
}

// Answers that break a promise, each with what is told of it.
func TestRun_wrong(t *testing.T) {
	tomorrow := func(clock time.Duration) string {
		return time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, 1).Add(clock).Format(time.RFC3339)
	}
	slot := func(more object) object {
		one := object{"start_time": tomorrow(9 * time.Hour), "end_time": tomorrow(10 * time.Hour), "free": []string{"a"}, "taken": []string{}}
		for name, value := range more {
			one[name] = value
		}
		return object{"slots": []object{one}, "busy": []object{}}
	}
	const page, days, slots, holds, link = "GET /api/book/alpha/", "GET /api/book/alpha/days/", "GET /api/book/alpha/slots/", "POST /api/book/alpha/holds/", "GET /api/appointments/token-"
	for name, test := range map[string]struct {
		at     string
		answer func(w http.ResponseWriter)
		says   string
	}{
		"a failure":   {page, func(w http.ResponseWriter) { w.WriteHeader(500) }, "the server failed"},
		"not JSON":    {days, func(w http.ResponseWriter) { _, _ = w.Write([]byte("<p>")) }, "invalid character"},
		"no business": {page, func(w http.ResponseWriter) { reply(w, 200, object{}) }, "a booking page of no business"},
		"no such zone": {page, func(w http.ResponseWriter) {
			reply(w, 200, object{"business": object{"id": "b", "timezone": "Here"}, "horizon_days": 1})
		}, "unknown time zone"},
		"a refusal without why": {slots, func(w http.ResponseWriter) { w.WriteHeader(404) }, "a refusal of type"},
		"free and taken":        {slots, func(w http.ResponseWriter) { reply(w, 200, slot(object{"taken": []string{"a"}})) }, "both free and taken"},
		"ends before it starts": {slots, func(w http.ResponseWriter) { reply(w, 200, slot(object{"end_time": tomorrow(0)})) }, "a time from"},
		"free and busy": {slots, func(w http.ResponseWriter) {
			one := slot(nil)
			one["busy"], one["buffer_minutes"] = []object{{"chair": "a", "start_time": tomorrow(10*time.Hour + 4*time.Minute), "end_time": tomorrow(11 * time.Hour), "state": "held"}}, 5
			reply(w, 200, one)
		}, "is free, and held from"},
		"another time": {holds, func(w http.ResponseWriter) {
			reply(w, 201, object{"id": "h", "chair": "a", "start_time": tomorrow(0), "end_time": tomorrow(time.Hour), "expires_at": tomorrow(0)})
		}, "and was held"},
		"no token": {"POST /api/reservations/", func(w http.ResponseWriter) {
			reply(w, 201, object{"id": "r", "status": "pending", "start_time": tomorrow(0), "end_time": tomorrow(time.Hour)})
		}, "a reservation of nothing"},
		"a link that is not known": {link, func(w http.ResponseWriter) { refuse(w, 500, "internal", nil) }, "the server failed"},
		"a code that is no code":   {page, func(w http.ResponseWriter) { refuse(w, 403, "forbidden", nil) }, "403 forbidden"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newShop()
				s.answer = func(w http.ResponseWriter, r *http.Request) bool {
					asked := r.Method + " " + r.URL.Path
					if asked != test.at && (test.at != link || !strings.HasPrefix(asked, link)) {
						return false
					}
					test.answer(w)
					return true
				}
				f, err := simulate.Run(t.Context(), options(s))
				if err == nil || f.Errors == 0 || !strings.Contains(err.Error(), test.says) {
					t.Errorf("%v: %v", f, err)
				}
			})
		})
	}
}

// The old link must say that it is old.
func TestRun_oldLinks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop()
		changed := ""
		s.answer = func(w http.ResponseWriter, r *http.Request) bool {
			if strings.HasSuffix(r.URL.Path, "/cancel/") || strings.HasSuffix(r.URL.Path, "/reschedule/") {
				changed = strings.Split(r.URL.Path, "/")[3]
			}
			if changed == "" || r.Method != http.MethodGet || r.URL.Path != "/api/appointments/"+changed+"/" {
				return false
			}
			at := time.Now().Format(time.RFC3339)
			reply(w, 200, object{"reservation": object{"id": "r", "status": "confirmed", "start_time": at, "end_time": end(at)}, "token": changed})
			return true
		}
		if f, err := simulate.Run(t.Context(), options(s)); err == nil || !strings.Contains(err.Error(), "works after it was changed") {
			t.Errorf("%v: %v", f, err)
		}
	})
}

// Where nothing works the simulation gives up, and tells the first errors.
func TestRun_givesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop()
		s.answer = func(w http.ResponseWriter, _ *http.Request) bool {
			w.WriteHeader(http.StatusBadGateway)
			return true
		}
		o := options(s)
		o.For = 0
		f, err := simulate.Run(t.Context(), o)
		if err == nil || f.Errors != 20 || strings.Count(err.Error(), "GET /api/book/alpha/") != 5 || !strings.Contains(err.Error(), "and 15 more") {
			t.Errorf("%v: %v", f, err)
		}
	})
}

func TestRun_options(t *testing.T) {
	for says, change := range map[string]func(*simulate.Options){
		"is not the address":   func(o *simulate.Options) { o.URL = "fade.test" },
		"there is no business": func(o *simulate.Options) { o.Businesses = nil },
		"at least one writer":  func(o *simulate.Options) { o.Writers = 0 },
		"cannot be below 0":    func(o *simulate.Options) { o.Rate = -1 },
	} {
		o := options(newShop())
		change(&o)
		if _, err := simulate.Run(t.Context(), o); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("want %q: %v", says, err)
		}
	}
}
