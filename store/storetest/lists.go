package storetest

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/accounts"
	"github.com/fadedistrict/fade/booking"
	"github.com/fadedistrict/fade/totals"
)

const manyRows = 1000

// listed is a kind of row under test: how it is read, which id it has, and how two compare by each sort.
type listed[T any] struct {
	read  func(p fade.Page) (fade.List[T], error)
	id    func(T) string
	sorts map[string]func(a, b T) int
	more  func(i int) // inserts a row
}

// testPages reads all pages in every order while rows are inserted: what was there at the start comes
// exactly once, and in order.
func testPages[T any](t *testing.T, want []T, l listed[T]) {
	t.Helper()
	inserted := 0
	for name, compare := range l.sorts {
		for _, sign := range []string{"", "-"} {
			page := fade.Page{Sort: sign + name, Limit: 97}
			seen := map[string]int{}
			var before *T
			for pages := 0; ; pages++ {
				got, err := l.read(page)
				if err != nil || pages > 20 {
					t.Fatalf("sort %s: page %d: %v", page.Sort, pages, err)
				}
				for _, item := range got.Items {
					seen[l.id(item)]++
					if before != nil {
						if order := compare(*before, item); order > 0 && sign == "" || order < 0 && sign == "-" {
							t.Errorf("sort %s: out of order: %+v before %+v", page.Sort, *before, item)
						}
					}
					before = &item
				}
				if got.Next == "" {
					break
				}
				page.Cursor = got.Next
				inserted++
				l.more(inserted)
			}
			for _, item := range want {
				if seen[l.id(item)] != 1 {
					t.Fatalf("sort %s: row %s came %d times", page.Sort, l.id(item), seen[l.id(item)])
				}
			}
			for id, n := range seen {
				if n != 1 {
					t.Errorf("sort %s: row %s came %d times", page.Sort, id, n)
				}
			}
		}
	}
	testCursors(t, l)
}

func testCursors[T any](t *testing.T, l listed[T]) {
	t.Helper()
	first, err := l.read(fade.Page{Limit: 1})
	if err != nil || len(first.Items) != 1 || first.Next == "" {
		t.Fatalf("first page is %+v, %v", first, err)
	}
	for _, cursor := range []string{
		"x", "!", first.Next + "AA", first.Next[:len(first.Next)-2], base64.RawURLEncoding.EncodeToString([]byte(`{"s":"-created_at","i":"x"}`)),
		base64.RawURLEncoding.EncodeToString([]byte(`{}`)), base64.RawURLEncoding.EncodeToString([]byte(`null`)), strings.Repeat("A", 10_000),
	} {
		_, err := l.read(fade.Page{Cursor: cursor})
		wantCode(t, "cursor "+cursor[:min(len(cursor), 40)], err, fade.CodeMalformed, "")
	}
	_, err = l.read(fade.Page{Cursor: first.Next, Sort: "created_at"})
	wantCode(t, "the cursor of another sort", err, fade.CodeMalformed, "")
	for _, sort := range []string{"password_hash", "--name", "id; DROP TABLE users", "-"} {
		_, err = l.read(fade.Page{Sort: sort})
		wantCode(t, "sort "+sort, err, fade.CodeInvalid, "sort")
	}
}

func testBusinessPages(t *testing.T, f *fixture) {
	var want []fade.Business
	now := f.clock.Now().UTC().Truncate(time.Second)
	f.update(t, func(tx accounts.Tx) error {
		want = want[:0]
		for i := range manyRows {
			b := newBusiness(now.Add(time.Duration(i%300)*time.Second), name(i))
			b.Name = []string{"alpha", "Alpha", "Ärger", "zulu", "Zulu " + name(i%7)}[i%5]
			b.IsActive = i%2 == 0
			b.ReservationCount = int64(i % 11)
			for range b.ReservationCount { // the counter is what is listed
				tx.Record(fade.ReservationCreated{Reservation: newReservation(now, b, "x")})
			}
			if err := tx.InsertBusiness(b); err != nil {
				return err
			}
			want = append(want, b)
		}
		return nil
	})
	query := func(q accounts.BusinessQuery) (list fade.List[fade.Business], err error) {
		err = f.Accounts().View(f.ctx, func(r accounts.Reader) (err error) {
			list, err = r.Businesses(q)
			return err
		})
		return list, err
	}
	testPages(t, want, listed[fade.Business]{
		read: func(p fade.Page) (fade.List[fade.Business], error) { return query(accounts.BusinessQuery{Page: p}) },
		id:   func(b fade.Business) string { return b.ID },
		sorts: map[string]func(a, b fade.Business) int{
			"name":              func(a, b fade.Business) int { return cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) },
			"created_at":        func(a, b fade.Business) int { return a.CreatedAt.Compare(b.CreatedAt) },
			"user_count":        func(a, b fade.Business) int { return cmp.Compare(a.UserCount, b.UserCount) },
			"reservation_count": func(a, b fade.Business) int { return cmp.Compare(a.ReservationCount, b.ReservationCount) },
		},
		more: func(i int) { f.business(t, fmt.Sprintf("more-%d", i)) },
	})
	active := true
	got, err := query(accounts.BusinessQuery{Active: &active, Type: fade.Salon, Page: fade.Page{Limit: 500, Search: "alpha"}})
	for _, b := range got.Items {
		if !b.IsActive || !strings.EqualFold(b.Name, "alpha") {
			t.Errorf("the filters let %+v through", b)
		}
	}
	if n := len(got.Items); n != manyRows/5 || err != nil {
		t.Errorf("%d businesses are active and called alpha, want %d; error %v", n, manyRows/5, err)
	}
	if got, err := query(accounts.BusinessQuery{Type: fade.Clinic}); len(got.Items) != 0 || got.Items == nil || err != nil {
		t.Errorf("no clinic is there, and the list is %+v, %v; want an empty one", got.Items, err)
	}
}

func testUserPages(t *testing.T, f *fixture) {
	b := f.business(t, "one")
	var want []fade.User
	now := f.clock.Now().UTC().Truncate(time.Second)
	f.update(t, func(tx accounts.Tx) error {
		want = want[:0]
		for i := range manyRows {
			u := newUser(now.Add(time.Duration(i%300)*time.Second), name(i)+"@example.com", []*fade.Business{nil, &b}[i%2])
			u.FirstName, u.LastName = []string{"ana", "Ana", "", "Čović"}[i%4], ""
			if i%3 == 0 {
				at := now.Add(time.Duration(i%50) * time.Minute)
				u.LastLogin = &at
			}
			if err := tx.InsertUser(u, ""); err != nil {
				return err
			}
			want = append(want, u)
		}
		return nil
	})
	query := func(q accounts.UserQuery) (list fade.List[fade.User], err error) {
		err = f.Accounts().View(f.ctx, func(r accounts.Reader) (err error) {
			list, err = r.Users(q)
			return err
		})
		return list, err
	}
	login := func(u fade.User) int64 {
		if u.LastLogin == nil {
			return 0
		}
		return u.LastLogin.UnixMicro()
	}
	testPages(t, want, listed[fade.User]{
		read: func(p fade.Page) (fade.List[fade.User], error) { return query(accounts.UserQuery{Page: p}) },
		id:   func(u fade.User) string { return u.ID },
		sorts: map[string]func(a, b fade.User) int{
			"email": func(a, b fade.User) int { return cmp.Compare(a.Email, b.Email) },
			"name": func(a, b fade.User) int {
				return cmp.Compare(strings.ToLower(a.FullName()), strings.ToLower(b.FullName()))
			},
			"created_at": func(a, b fade.User) int { return a.CreatedAt.Compare(b.CreatedAt) },
			"last_login": func(a, b fade.User) int { return cmp.Compare(login(a), login(b)) },
		},
		more: func(i int) { f.user(t, fmt.Sprintf("more-%d@example.com", i), nil) },
	})
	active := true
	got, err := query(accounts.UserQuery{Type: fade.BusinessOwner, Active: &active, BusinessID: b.ID, Page: fade.Page{Limit: 500}})
	if len(got.Items) != manyRows/2 || err != nil {
		t.Errorf("%d owners, want %d; error %v", len(got.Items), manyRows/2, err)
	}
	for _, id := range []string{"nobody's", fade.NewID(now)} {
		if got, err := query(accounts.UserQuery{BusinessID: id}); len(got.Items) != 0 || err != nil {
			t.Errorf("business %q has %d users, %v; want none", id, len(got.Items), err)
		}
	}
}

func testReservationPages(t *testing.T, f *fixture) {
	businesses := []fade.Business{f.business(t, "one"), f.business(t, "two")}
	var want []fade.Reservation
	now := f.clock.Now().UTC().Truncate(time.Second)
	f.updateBooking(t, func(tx booking.Tx) error {
		want = want[:0]
		for i := range manyRows {
			r := newReservation(now.Add(time.Duration(i%300)*time.Second), businesses[i%2], []string{"ana", "Ana", "Ćiro", "zoe"}[i%4])
			r.StartTime = now.Add(time.Duration(i%77) * time.Hour)
			r.EndTime, r.BlockedUntil = r.StartTime.Add(time.Hour), r.StartTime
			r.Status = fade.ReservationStatuses()[i%4]
			r.CustomerPhone = fmt.Sprintf("+383 44 %d", i%10)
			if err := tx.InsertReservation(r); err != nil {
				return err
			}
			want = append(want, r)
		}
		return nil
	})
	query := func(q booking.Query) (list fade.List[fade.Reservation], err error) {
		err = f.Booking().View(f.ctx, func(r booking.Reader) (err error) {
			list, err = r.Reservations(q)
			return err
		})
		return list, err
	}
	testPages(t, want, listed[fade.Reservation]{
		read: func(p fade.Page) (fade.List[fade.Reservation], error) { return query(booking.Query{Page: p}) },
		id:   func(r fade.Reservation) string { return r.ID },
		sorts: map[string]func(a, b fade.Reservation) int{
			"start_time": func(a, b fade.Reservation) int { return a.StartTime.Compare(b.StartTime) },
			"created_at": func(a, b fade.Reservation) int { return a.CreatedAt.Compare(b.CreatedAt) },
			"customer_name": func(a, b fade.Reservation) int {
				return cmp.Compare(strings.ToLower(a.CustomerName), strings.ToLower(b.CustomerName))
			},
		},
		more: func(i int) {
			f.updateBooking(t, func(tx booking.Tx) error {
				return tx.InsertReservation(newReservation(f.clock.Now().Add(time.Duration(i%5-2)*time.Hour), businesses[0], "between"))
			})
		},
	})
	from, to := now.Add(10*time.Hour), now.Add(20*time.Hour)
	q := booking.Query{BusinessID: businesses[1].ID, Status: fade.Confirmed, From: &from, To: &to, Phone: "+383 44 1", Page: fade.Page{Search: "aNA", Limit: 500}}
	matches := func(r fade.Reservation) bool {
		return r.BusinessID == q.BusinessID && r.Status == q.Status && !r.StartTime.Before(from) && r.StartTime.Before(to) &&
			r.CustomerPhone == q.Phone && strings.EqualFold(r.CustomerName, "ana")
	}
	got, err := query(q)
	for _, r := range got.Items {
		if !matches(r) {
			t.Errorf("the filters let %+v through", r)
		}
	}
	wanted := len(slices.DeleteFunc(slices.Clone(want), func(r fade.Reservation) bool { return !matches(r) }))
	if len(got.Items) != wanted || wanted == 0 || err != nil {
		t.Errorf("%d reservations match, want %d; error %v", len(got.Items), wanted, err)
	}
}

func testSearch(t *testing.T, f *fixture) {
	b := f.business(t, "barber")
	customers := []string{"100% Ana", "100 Ana", "under_score", "underXscore", `back\slash`, "O'Brien", `"quoted"`, "🦊 Fuchs", "ÉCLAIR", "İpek", "percent%_mix"}
	f.updateBooking(t, func(tx booking.Tx) error {
		for _, customer := range customers {
			r := newReservation(f.clock.Now(), b, customer)
			r.CustomerEmail, r.CustomerPhone = "", ""
			if err := tx.InsertReservation(r); err != nil {
				return err
			}
		}
		return nil
	})
	find := func(q booking.Query) (found []string, err error) {
		err = f.Booking().View(f.ctx, func(r booking.Reader) error {
			list, err := r.Reservations(q)
			for _, r := range list.Items {
				found = append(found, r.CustomerName)
			}
			return err
		})
		slices.Sort(found)
		return found, err
	}
	for search, want := range map[string][]string{
		"%": {"100% Ana", "percent%_mix"}, "100%": {"100% Ana"}, "_": {"percent%_mix", "under_score"}, "r_s": {"under_score"},
		`\`: {`back\slash`}, "o'b": {"O'Brien"}, `"`: {`"quoted"`}, "🦊": {"🦊 Fuchs"}, "éclair": {"ÉCLAIR"}, "İPEK": {"İpek"},
		"ana 100": {"100 Ana", "100% Ana"}, "ana 100%": {"100% Ana"}, "ana zoe": nil, "'; DROP TABLE reservations; --": nil, "%_": {"percent%_mix"},
	} {
		got, err := find(booking.Query{BusinessID: b.ID, Page: fade.Page{Search: search}})
		if !slices.Equal(got, want) || err != nil {
			t.Errorf("search %q finds %q, %v; want %q", search, got, err, want)
		}
	}
	if got, err := find(booking.Query{Page: fade.Page{Search: "salon BARBER"}}); len(got) != len(customers) || err != nil {
		t.Errorf("a search over all businesses finds %d by their name, %v; want all", len(got), err)
	}
	if got, err := find(booking.Query{BusinessID: b.ID, Page: fade.Page{Search: "barber"}}); len(got) != 0 || err != nil {
		t.Errorf("a search in one business finds %d by its name, %v; want none", len(got), err)
	}
	for _, search := range []string{"nul\x00", "\xff", strings.Repeat("a ", 50), strings.Repeat("a", 5000)} {
		_, err := find(booking.Query{Page: fade.Page{Search: search}})
		wantCode(t, "an unusable search", err, fade.CodeInvalid, "search")
	}
}

func testFigures(t *testing.T, f *fixture) {
	b := f.business(t, "one")
	if _, err := f.book(f.ctx, b, "Ana"); err != nil {
		t.Fatal(err)
	}
	today := fade.DayOf(f.clock.Now())
	counters := view(t, f, func(r accounts.Reader) (map[totals.Name]int64, error) { return r.Counters(b.ID) })
	if counters[totals.Reservations] != 1 || counters[totals.Status(fade.Pending)] != 1 || counters[totals.Revenue] != 0 {
		t.Errorf("counters are %v", counters)
	}
	rollups := view(t, f, func(r accounts.Reader) (map[totals.Name]map[fade.Day]int64, error) {
		return r.Rollups(totals.Platform, today, totals.Reservations, totals.Businesses)
	})
	if rollups[totals.Reservations][today] != 1 || rollups[totals.Businesses][today] != 1 {
		t.Errorf("rollups are %v", rollups)
	}
	rollups = view(t, f, func(r accounts.Reader) (map[totals.Name]map[fade.Day]int64, error) {
		return r.Rollups(totals.Platform, today+1, totals.Reservations)
	})
	if len(rollups[totals.Reservations]) != 0 {
		t.Errorf("rollups from tomorrow on are %v", rollups)
	}
	if none := view(t, f, func(r accounts.Reader) (map[totals.Name]int64, error) { return r.Counters("nothing") }); len(none) != 0 {
		t.Errorf("counters of nothing are %v", none)
	}
	got := view(t, f, func(r accounts.Reader) (fade.Business, error) { return r.Business(b.ID) })
	if got.ReservationCount != 1 || got.UserCount != 0 {
		t.Errorf("business counts %d reservations and %d users", got.ReservationCount, got.UserCount)
	}
}

func (f *fixture) updateBooking(t testing.TB, do func(booking.Tx) error) {
	t.Helper()
	if err := f.Booking().Update(f.ctx, do); err != nil {
		t.Fatalf("Update() = %v", err)
	}
}
