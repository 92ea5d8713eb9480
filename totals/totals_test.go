package totals_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/totals"
)

// figures keeps counters and rollups in maps, as the store keeps them in rows.
type figures struct {
	counters map[string]map[totals.Name]int64
	rollups  map[string]map[totals.Name]map[fade.Day]int64
}

func newFigures() *figures {
	return &figures{map[string]map[totals.Name]int64{}, map[string]map[totals.Name]map[fade.Day]int64{}}
}

func (f *figures) record(events ...fade.Event) {
	var all []totals.Delta
	for _, event := range events {
		all = append(all, totals.Of(event)...)
	}
	for _, d := range totals.Sum(all) {
		if !d.HasDay {
			if f.counters[d.Scope] == nil {
				f.counters[d.Scope] = map[totals.Name]int64{}
			}
			f.counters[d.Scope][d.Name] += d.By
			continue
		}
		if f.rollups[d.Scope] == nil {
			f.rollups[d.Scope] = map[totals.Name]map[fade.Day]int64{}
		}
		if f.rollups[d.Scope][d.Name] == nil {
			f.rollups[d.Scope][d.Name] = map[fade.Day]int64{}
		}
		f.rollups[d.Scope][d.Name][d.Day] += d.By
	}
}

func (f *figures) Counters(scope string) (map[totals.Name]int64, error) {
	return f.counters[scope], nil
}

func (f *figures) Rollups(scope string, from fade.Day, names ...totals.Name) (map[totals.Name]map[fade.Day]int64, error) {
	found := map[totals.Name]map[fade.Day]int64{}
	for _, name := range names {
		found[name] = map[fade.Day]int64{}
		for day, n := range f.rollups[scope][name] {
			if day >= from {
				found[name][day] = n
			}
		}
	}
	return found, nil
}

var now = time.Date(2026, 11, 22, 18, 30, 0, 0, time.UTC)

// TestOf_recount drives random lives of reservations and compares the figures with a count of the rows.
func TestOf_recount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := newFigures()
		var rows []fade.Reservation
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			if len(rows) == 0 || rapid.Bool().Draw(t, "create") {
				r := fade.Reservation{
					BusinessID: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "business"),
					Status:     rapid.SampledFrom([]fade.ReservationStatus{fade.Pending, fade.Confirmed}).Draw(t, "status"),
					Price:      fade.Money(rapid.Int64Range(0, 10_000).Draw(t, "price")),
					CreatedAt:  now.AddDate(0, 0, -rapid.IntRange(0, 70).Draw(t, "age")),
				}
				rows = append(rows, r)
				f.record(fade.ReservationCreated{Reservation: r})
				continue
			}
			i := rapid.IntRange(0, len(rows)-1).Draw(t, "row")
			previous := rows[i]
			rows[i].Status = rapid.SampledFrom(fade.ReservationStatuses()).Draw(t, "next")
			rows[i].Price = fade.Money(rapid.Int64Range(0, 10_000).Draw(t, "price"))
			if rows[i].Status == fade.Canceled {
				f.record(fade.ReservationCanceled{Reservation: rows[i], Previous: previous})
			} else {
				f.record(fade.ReservationUpdated{Reservation: rows[i], Previous: previous})
			}
		}
		for _, id := range []string{"a", "b"} {
			var want fade.BusinessTotals
			for _, r := range rows {
				if r.BusinessID != id {
					continue
				}
				want.TotalReservations++
				want.Revenue += r.Earns()
				switch r.Status {
				case fade.Pending:
					want.PendingReservations++
				case fade.Confirmed:
					want.ConfirmedReservations++
				case fade.Completed:
					want.CompletedReservations++
				case fade.Canceled:
					want.CanceledReservations++
				case fade.NoShow:
					want.NoShowReservations++
				}
				if age := fade.DayOf(now) - fade.DayOf(r.CreatedAt); age < 30 {
					want.ReservationsLast30Days++
					if age < 7 {
						want.ReservationsLast7Days++
					}
				}
			}
			got, _ := totals.ReadBusiness(f, id, now)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("business %s, recount (-) and counters (+):\n%s", id, diff)
			}
		}
	})
}

func TestReadPlatform(t *testing.T) {
	f := newFigures()
	for _, age := range []int{0, 1, 29, 30, 59, 60} {
		f.record(fade.BusinessCreated{Business: fade.Business{BusinessType: fade.Salon, IsActive: age != 60, CreatedAt: now.AddDate(0, 0, -age)}})
	}
	got, _ := totals.ReadPlatform(f, now)
	if got.TotalBusinesses != 6 || got.ActiveBusinesses != 5 || got.BusinessesByStatus.Inactive != 1 {
		t.Errorf("counts are %+v", got)
	}
	trend := got.Trends.Businesses
	if trend.Last30Days != 3 || trend.Previous30Days != 2 || trend.ChangePercent == nil || *trend.ChangePercent != 50 {
		t.Errorf("trend is %+v, want 3 after 2: 50 %%", trend)
	}
	if got.Trends.Users.ChangePercent != nil {
		t.Errorf("growth from nothing is %v, want none", *got.Trends.Users.ChangePercent)
	}
}

func TestReadAnalytics(t *testing.T) {
	f := newFigures()
	add := func(at time.Time, status fade.ReservationStatus, price fade.Money) {
		f.record(fade.ReservationCreated{Reservation: fade.Reservation{BusinessID: "a", CreatedAt: at, Status: status, Price: price}})
	}
	add(time.Date(2026, 5, 31, 23, 59, 0, 0, time.UTC), fade.Confirmed, 9900) // before the six months
	add(time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC), fade.Completed, 1000)
	add(time.Date(2026, 10, 22, 23, 0, 0, 0, time.UTC), fade.Pending, 5000)
	add(time.Date(2026, 10, 23, 1, 0, 0, 0, time.UTC), fade.Canceled, 5000) // after the same day of last month
	add(now, fade.Confirmed, 2550)
	add(now, fade.Confirmed, 2550)

	got, _ := totals.ReadAnalytics(f, now)
	months := make([]string, 0, 6)
	for _, m := range got.BusinessGrowth {
		months = append(months, m.Month)
	}
	if diff := cmp.Diff([]string{"2026-06", "2026-07", "2026-08", "2026-09", "2026-10", "2026-11"}, months); diff != "" {
		t.Errorf("months (-want +got):\n%s", diff)
	}
	if first, last := got.BusinessGrowth[0], got.BusinessGrowth[5]; first.Revenue != 1000 || last.Revenue != 5100 || last.Reservations != 2 {
		t.Errorf("growth is %+v … %+v", first, last)
	}
	if october := got.ReservationTrends[4]; october.Pending != 1 || october.Canceled != 1 {
		t.Errorf("October is %+v", october)
	}
	if got.MonthlyGrowth == nil || *got.MonthlyGrowth != 100 {
		t.Errorf("MonthlyGrowth = %v, want 100: two so far, one until the same day of last month", got.MonthlyGrowth)
	}
	if got.TotalRevenue != 9900+1000+5100 {
		t.Errorf("TotalRevenue = %v", got.TotalRevenue)
	}
}
