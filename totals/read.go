package totals

import (
	"cmp"
	"math"
	"strings"
	"time"

	"github.com/fadedistrict/fade"
)

func compare(a, b Delta) int {
	return cmp.Or(
		strings.Compare(a.Scope, b.Scope), strings.Compare(string(a.Name), string(b.Name)),
		cmp.Compare(one(a.HasDay), one(b.HasDay)), cmp.Compare(a.Day, b.Day),
	)
}

func one(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func sameBusiness(a, b fade.User) bool {
	if a.BusinessID == nil || b.BusinessID == nil {
		return a.BusinessID == b.BusinessID
	}
	return *a.BusinessID == *b.BusinessID
}

// Reader reads figures. A figure that never moved is 0.
type Reader interface {
	// Counters gives all counters of a scope.
	Counters(scope string) (map[Name]int64, error)

	// Rollups gives the rollups of a scope for the named figures from a day on, day by day.
	Rollups(scope string, from fade.Day, names ...Name) (map[Name]map[fade.Day]int64, error)
}

// The windows of the figures that look back, in UTC days, today included.
const (
	week  = 7
	month = 30
)

// ReadPlatform gives the platform's totals.
func ReadPlatform(r Reader, now time.Time) (fade.PlatformTotals, error) {
	counters, err := r.Counters(Platform)
	if err != nil {
		return fade.PlatformTotals{}, err
	}
	today := fade.DayOf(now)
	days, err := r.Rollups(Platform, today-2*month+1, Businesses, Users, Reservations)
	if err != nil {
		return fade.PlatformTotals{}, err
	}
	trends := fade.PlatformTrends{
		Businesses:   trend(days[Businesses], today),
		Users:        trend(days[Users], today),
		Reservations: trend(days[Reservations], today),
	}
	return fade.PlatformTotals{
		TotalBusinesses:        counters[Businesses],
		ActiveBusinesses:       counters[ActiveBusinesses],
		TotalUsers:             counters[Users],
		TotalReservations:      counters[Reservations],
		ReservationsLast30Days: trends.Reservations.Last30Days,
		BusinessesByStatus: fade.BusinessActivity{
			Active:   counters[ActiveBusinesses],
			Inactive: counters[Businesses] - counters[ActiveBusinesses],
		},
		Trends: trends,
	}, nil
}

// ReadBusiness gives the totals of one business.
func ReadBusiness(r Reader, businessID string, now time.Time) (fade.BusinessTotals, error) {
	counters, err := r.Counters(businessID)
	if err != nil {
		return fade.BusinessTotals{}, err
	}
	today := fade.DayOf(now)
	days, err := r.Rollups(businessID, today-month+1, Reservations)
	if err != nil {
		return fade.BusinessTotals{}, err
	}
	return fade.BusinessTotals{
		TotalUsers:             counters[Users],
		TotalReservations:      counters[Reservations],
		PendingReservations:    counters[Status(fade.Pending)],
		ConfirmedReservations:  counters[Status(fade.Confirmed)],
		CompletedReservations:  counters[Status(fade.Completed)],
		CanceledReservations:   counters[Status(fade.Canceled)],
		NoShowReservations:     counters[Status(fade.NoShow)],
		ReservationsLast30Days: sum(days[Reservations], today-month+1, today),
		ReservationsLast7Days:  sum(days[Reservations], today-week+1, today),
		Revenue:                fade.Money(counters[Revenue]),
	}, nil
}

// ReadDays gives the figures of one business for the last days, today included, the oldest first.
func ReadDays(r Reader, businessID string, now time.Time, days int) ([]fade.DayBooking, error) {
	first := fade.DayOf(now) - fade.Day(days) + 1
	rollups, err := r.Rollups(businessID, first, Reservations, Revenue, Status(fade.Pending), Status(fade.Confirmed),
		Status(fade.Completed), Status(fade.NoShow), Status(fade.Canceled))
	if err != nil {
		return nil, err
	}
	list := make([]fade.DayBooking, days)
	for i := range list {
		day := first + fade.Day(i)
		list[i] = fade.DayBooking{
			Date: day.Time().Format(time.DateOnly), Reservations: rollups[Reservations][day],
			Pending: rollups[Status(fade.Pending)][day], Confirmed: rollups[Status(fade.Confirmed)][day],
			Completed: rollups[Status(fade.Completed)][day], NoShow: rollups[Status(fade.NoShow)][day],
			Canceled: rollups[Status(fade.Canceled)][day], Revenue: fade.Money(rollups[Revenue][day]),
		}
	}
	return list, nil
}

// typeColor is the colour of a business type in every chart.
func typeColor(t fade.BusinessType) string {
	switch t {
	case fade.Barbershop:
		return "#4f46e5"
	case fade.Salon:
		return "#db2777"
	case fade.Clinic:
		return "#0d9488"
	}
	return "#d97706"
}

// ReadAnalytics gives the platform's charts.
func ReadAnalytics(r Reader, now time.Time) (fade.Analytics, error) {
	counters, err := r.Counters(Platform)
	if err != nil {
		return fade.Analytics{}, err
	}
	const months = 6
	utc := now.UTC()
	thisMonth := time.Date(utc.Year(), utc.Month(), 1, 0, 0, 0, 0, time.UTC)
	first := thisMonth.AddDate(0, 1-months, 0)
	days, err := r.Rollups(Platform, fade.DayOf(first), Businesses, Reservations, Revenue,
		Status(fade.Pending), Status(fade.Confirmed), Status(fade.Canceled), Status(fade.Completed), Status(fade.NoShow))
	if err != nil {
		return fade.Analytics{}, err
	}
	a := fade.Analytics{
		TotalRevenue:      fade.Money(counters[Revenue]),
		ActiveBusinesses:  counters[ActiveBusinesses],
		TotalReservations: counters[Reservations],
		MonthlyGrowth:     monthToDate(days[Reservations], utc, thisMonth),
	}
	for i := range months {
		start := first.AddDate(0, i, 0)
		from, to := fade.DayOf(start), fade.DayOf(start.AddDate(0, 1, 0))-1
		in := func(name Name) int64 { return sum(days[name], from, to) }
		a.BusinessGrowth = append(a.BusinessGrowth, fade.MonthGrowth{
			Month: start.Format("2006-01"), Businesses: in(Businesses),
			Reservations: in(Reservations), Revenue: fade.Money(in(Revenue)),
		})
		a.ReservationTrends = append(a.ReservationTrends, fade.MonthBooking{
			Month: start.Format("2006-01"), Confirmed: in(Status(fade.Confirmed)), Pending: in(Status(fade.Pending)),
			Canceled: in(Status(fade.Canceled)), Completed: in(Status(fade.Completed)),
			NoShow: in(Status(fade.NoShow)),
		})
	}
	for _, t := range fade.BusinessTypes() {
		a.BusinessTypes = append(a.BusinessTypes, fade.TypeShare{Name: t, Value: counters[Type(t)], Color: typeColor(t)})
	}
	return a, nil
}

// monthToDate compares this month's reservations so far with as many days of the month before: a whole
// month against a part of one would show a fall at the start of every month.
func monthToDate(days map[fade.Day]int64, now, thisMonth time.Time) *float64 {
	lastMonth := thisMonth.AddDate(0, -1, 0)
	sameDay := min(fade.DayOf(lastMonth)+fade.Day(now.Day())-1, fade.DayOf(thisMonth)-1)
	return change(sum(days, fade.DayOf(thisMonth), fade.DayOf(now)), sum(days, fade.DayOf(lastMonth), sameDay))
}

func trend(days map[fade.Day]int64, today fade.Day) fade.Trend {
	recent := sum(days, today-month+1, today)
	before := sum(days, today-2*month+1, today-month)
	return fade.Trend{Last30Days: recent, Previous30Days: before, ChangePercent: change(recent, before)}
}

// change gives the growth in per cent with one decimal, and nil where there was nothing to grow from.
func change(now, before int64) *float64 {
	if before == 0 {
		return nil
	}
	percent := math.Round(float64(now-before)/float64(before)*1000) / 10
	return &percent
}

func sum(days map[fade.Day]int64, from, to fade.Day) (total int64) {
	for day, n := range days {
		if day >= from && day <= to {
			total += n
		}
	}
	return total
}
