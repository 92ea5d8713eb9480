package main

import (
	"cmp"
	"context"
	"database/sql"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/internal/testserver"
	"github.com/fadedistrict/fade/totals"
)

// A crowd at full speed leaves no two active reservations on one chair at one time, figures that a recount of all rows
// confirms, and open booking pages that know what they would if they were opened now. It takes three seconds, or as long as FADE_TEST_SIMULATE says:
//
//	FADE_TEST_SIMULATE=1m go test ./cmd/fade -run TestSimulate_crowd -v
func TestSimulate_crowd(t *testing.T) {
	long := cmp.Or(os.Getenv("FADE_TEST_SIMULATE"), "3s")

	t.Run("SQLite", func(t *testing.T) {
		data, database := dataDir(t)
		createAdmin(t, database)
		n := start(t, serveArgs(database, data))
		openShops(t, n.admin(t))
		checkPages := followPages(t, n)
		t.Log(mustExecute(t, "", "simulate", "--url", n.url, "--database", database, "--rate", "0", "--writers", "8", "--for", long, "--seed", "7"))
		checkPages(t)
		n.stop(t)
		checkRows(t, "sqlite", strings.TrimPrefix(database, "sqlite:"))
	})
	t.Run("PostgreSQL, two servers", func(t *testing.T) {
		database := testserver.Postgres(t)
		createAdmin(t, database)
		one, two := start(t, serveArgs(database, t.TempDir())), start(t, serveArgs(database, t.TempDir()))
		openShops(t, one.admin(t))
		checkPages := followPages(t, one)
		var both sync.WaitGroup
		for i, n := range []*node{one, two} {
			both.Go(func() {
				status, out, said := execute(t, "", "simulate", "--url", n.url, "--database", database, "--rate", "0", "--writers", "4",
					"--for", long, "--seed", []string{"8", "9"}[i])
				t.Log(out)
				if status != 0 {
					t.Errorf("simulate = %d: %s", status, said)
				}
			})
		}
		both.Wait()
		checkPages(t)
		one.stop(t)
		two.stop(t)
		checkRows(t, "pgx", database)
	})
}

// openShops adds businesses of each kind, so small that customers are in each other's way: a chair without a name,
// a pair who do everything, and three people who do not.
func openShops(t *testing.T, a api) {
	t.Helper()
	made := func(path string, body object) string {
		var it struct{ ID string }
		a.must(t, "POST", path, body, &it)
		return it.ID
	}
	rules := func(business string, more object) {
		var settings struct{ Version int64 }
		a.must(t, "GET", "/api/booking_settings/?business="+business, nil, &settings)
		more["version"] = settings.Version
		a.must(t, "PATCH", "/api/booking_settings/?business="+business, more, nil)
	}
	chair := a.shop(t, "chair")
	rules(chair, object{"horizon_days": 6})

	pair := a.shop(t, "pair")
	rules(pair, object{"horizon_days": 3, "lead_minutes": 60, "cancel_until_minutes": 120, "needs_confirmation": false})
	made("/api/services/", object{"business": pair, "name": "Haircut", "duration_minutes": 30, "buffer_minutes": 5, "price": "18.00"})
	made("/api/services/", object{"business": pair, "name": "Beard", "duration_minutes": 20, "price": "12.50"})
	made("/api/staff/", object{"business": pair, "name": "Arben"})
	made("/api/staff/", object{"business": pair, "name": "Ilir"})

	three := a.shop(t, "three")
	rules(three, object{"horizon_days": 5, "slot_minutes": 10})
	cut := made("/api/services/", object{"business": three, "name": "Cut", "duration_minutes": 60, "buffer_minutes": 10, "price": "55.00"})
	color := made("/api/services/", object{"business": three, "name": "Colour", "duration_minutes": 120, "buffer_minutes": 15, "price": "110.00"})
	made("/api/staff/", object{"business": three, "name": "Léa", "services": []string{cut}})
	made("/api/staff/", object{"business": three, "name": "Manon", "services": []string{cut, color}})
	made("/api/staff/", object{"business": three, "name": "Inès", "services": []string{color}})
}

// followPages opens the booking pages of all shops. The check ends that.
func followPages(t *testing.T, n *node) (check func(t *testing.T)) {
	t.Helper()
	ctx, closePages := context.WithCancel(context.Background())
	var following sync.WaitGroup
	end := func() {
		closePages()
		following.Wait()
	}
	t.Cleanup(end)
	var pages []*bookingPage
	for _, shop := range []string{"chair", "pair", "three"} {
		pages = append(pages, openPage(ctx, t, api{http: n.http, url: n.url}, shop, &following))
	}
	return func(t *testing.T) {
		t.Helper()
		for _, p := range pages {
			p.check(t)
		}
		end()
	}
}

// overlaps counts the reservations and holds that begin before all that came earlier on their chair has ended, and
// so much more ($1, in microseconds).
const overlaps = `
	WITH kept AS (
		SELECT COALESCE(staff_id, business_id) AS chair, start_time, blocked_until FROM reservations WHERE status IN ('pending', 'confirmed')
		UNION ALL
		SELECT chair, start_time, blocked_until FROM holds
	), ordered AS (
		SELECT start_time, MAX(blocked_until) OVER (
			PARTITION BY chair ORDER BY start_time, blocked_until ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS until
		FROM kept
	)
	SELECT COUNT(*) FROM ordered WHERE until + $1 > start_time`

// figure names a counter, or the rollup of a day.
type figure struct {
	Scope string
	Name  totals.Name
	Day   fade.Day // of a rollup
}

func checkRows(t *testing.T, driver, database string) {
	t.Helper()
	db, err := sql.Open(driver, database)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	count := func(query string, args ...any) (n int) {
		t.Helper()
		if err := db.QueryRowContext(t.Context(), query, args...).Scan(&n); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		return n
	}
	if n := count(overlaps, 0); n > 0 {
		t.Errorf("%d reservations overlap another of their chair", n)
	}
	if count(overlaps, time.Hour.Microseconds()) == 0 {
		t.Error("no two reservations are within an hour of each other: the crowd was none")
	}
	active, canceled := count(`SELECT COUNT(*) FROM reservations WHERE status IN ('pending', 'confirmed')`), count(`SELECT COUNT(*) FROM reservations WHERE status = 'canceled'`)
	if active < 10 || canceled == 0 {
		t.Errorf("%d active reservations and %d canceled ones: the crowd did next to nothing", active, canceled)
	}
	t.Logf("%d active reservations, %d canceled", active, canceled)

	counters, rollups := recountRows(t, db)
	if diff := gocmp.Diff(counters, readFigures(t, db, `SELECT scope, name, 0, value FROM counters`)); diff != "" {
		t.Errorf("recount (-) and counters (+):\n%s", diff)
	}
	if diff := gocmp.Diff(rollups, readFigures(t, db, `SELECT scope, name, day, value FROM rollups`)); diff != "" {
		t.Errorf("recount (-) and rollups (+):\n%s", diff)
	}
}

// recountRows counts again, from all rows, what the figures say of reservations and inboxes.
func recountRows(t *testing.T, db *sql.DB) (counters, rollups map[figure]int64) {
	t.Helper()
	counters, rollups = map[figure]int64{}, map[figure]int64{}
	query(t, db, `SELECT business_id, status, price, created_at FROM reservations`, func(scan func(...any) error) error {
		var r fade.Reservation
		var price, created int64
		if err := scan(&r.BusinessID, &r.Status, &price, &created); err != nil {
			return err
		}
		r.Price = fade.Money(price)
		day := fade.DayOf(time.UnixMicro(created))
		for _, scope := range []string{totals.Platform, r.BusinessID} {
			for name, by := range map[totals.Name]int64{totals.Reservations: 1, totals.Status(r.Status): 1, totals.Revenue: int64(r.Earns())} {
				add(counters, figure{scope, name, 0}, by)
				add(rollups, figure{scope, name, day}, by)
			}
		}
		return nil
	})
	query(t, db, `SELECT user_id FROM notifications WHERE read_at IS NULL AND archived_at IS NULL`, func(scan func(...any) error) error {
		var user string
		err := scan(&user)
		add(counters, figure{user, totals.Unread, 0}, 1)
		return err
	})
	return counters, rollups
}

// readFigures reads those that recountRows counts.
func readFigures(t *testing.T, db *sql.DB, text string) map[figure]int64 {
	t.Helper()
	figures := map[figure]int64{}
	query(t, db, text, func(scan func(...any) error) error {
		var f figure
		var value int64
		err := scan(&f.Scope, &f.Name, &f.Day, &value)
		if f.Name == totals.Revenue || f.Name == totals.Unread || strings.HasPrefix(string(f.Name), string(totals.Reservations)) {
			add(figures, f, value)
		}
		return err
	})
	return figures
}

// add adds to a figure; one that is 0 is as if it had never moved.
func add(figures map[figure]int64, f figure, by int64) {
	if figures[f] += by; figures[f] == 0 {
		delete(figures, f)
	}
}

func query(t *testing.T, db *sql.DB, text string, each func(scan func(...any) error) error) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := each(rows.Scan); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}

// Ctrl-C ends a simulation in order, and leaves no hold behind.
func TestSimulate_interrupted(t *testing.T) {
	t.Parallel() // it waits more than it works
	data, database := dataDir(t)
	createAdmin(t, database)
	n := start(t, serveArgs(database, data))
	openShops(t, n.admin(t))

	ctx, interrupt := context.WithCancel(t.Context())
	out, said := &safeBuffer{}, &safeBuffer{}
	status := make(chan int, 1)
	go func() {
		status <- run(ctx, []string{"simulate", "--url", n.url, "--businesses", "pair,three", "--rate", "4"}, streams{strings.NewReader(""), out, said})
	}()
	db, err := sql.Open("sqlite", strings.TrimPrefix(database, "sqlite:"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	holds := func() (n int) {
		_ = db.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM holds`).Scan(&n)
		return n
	}
	eventually(t, "somebody holds a slot", func() bool { return holds() > 0 })
	interrupt()
	select {
	case got := <-status:
		if got != 0 || !strings.Contains(out.String(), "errors 0") {
			t.Errorf("simulate = %d: %s%s", got, out, said)
		}
	case <-time.After(patience):
		t.Fatal("the simulation does not end")
	}
	if left := holds(); left > 0 {
		t.Errorf("%d holds are left", left)
	}
}

// What the server should not answer ends a simulation with 1, and is told.
func TestSimulate_wrong(t *testing.T) {
	_, database := dataDir(t)
	for name, test := range map[string]struct {
		args []string
		says string
	}{
		"no address":     {[]string{"--url", "fade"}, "is not the address"},
		"no database":    {[]string{"--url", readyServer(t), "--database", database}, "name the businesses with --businesses"},
		"not what it is": {[]string{"--url", readyServer(t), "--businesses", "alpha", "--rate", "0", "--for", "30s"}, "GET /api/book/alpha/"},
	} {
		if status, _, said := execute(t, "", append([]string{"simulate"}, test.args...)...); status != 1 || !strings.Contains(said, test.says) {
			t.Errorf("%s = %d: %s", name, status, said)
		}
	}
}

// readyServer is ready, and says nothing else.
func readyServer(t *testing.T) string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "{}") }))
	t.Cleanup(server.Close)
	return server.URL
}
