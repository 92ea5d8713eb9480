package fade

import "time"

// PlatformTotals are the figures of the whole platform, from counters that every writing transaction
// keeps: reading them costs the same at ten reservations and at ten million.
type PlatformTotals struct {
	TotalBusinesses        int64            `json:"total_businesses"`
	ActiveBusinesses       int64            `json:"active_businesses"`
	TotalUsers             int64            `json:"total_users"`
	TotalReservations      int64            `json:"total_reservations"`
	ReservationsLast30Days int64            `json:"reservations_last_30_days"`
	BusinessesByStatus     BusinessActivity `json:"businesses_by_status"`
	Trends                 PlatformTrends   `json:"trends"`
}

// BusinessActivity splits the businesses by whether they take reservations.
type BusinessActivity struct {
	Active   int64 `json:"active"`
	Inactive int64 `json:"inactive"`
}

// PlatformTrends compare what was added in the last 30 days (UTC days, today included) with the 30 days
// before.
type PlatformTrends struct {
	Businesses   Trend `json:"businesses"`
	Users        Trend `json:"users"`
	Reservations Trend `json:"reservations"`
}

// Trend is one such comparison. ChangePercent is nil when there was nothing before to compare with.
type Trend struct {
	Last30Days     int64    `json:"last_30_days"`
	Previous30Days int64    `json:"previous_30_days"`
	ChangePercent  *float64 `json:"change_percent"`
}

// DashboardStats are the platform's totals with its newest businesses.
type DashboardStats struct {
	PlatformTotals
	RecentBusinesses []Business `json:"recent_businesses"`
}

// BusinessTotals are the figures of one business.
type BusinessTotals struct {
	TotalUsers             int64 `json:"total_users"`
	TotalReservations      int64 `json:"total_reservations"`
	PendingReservations    int64 `json:"pending_reservations"`
	ConfirmedReservations  int64 `json:"confirmed_reservations"`
	CompletedReservations  int64 `json:"completed_reservations"`
	CanceledReservations   int64 `json:"canceled_reservations"`
	NoShowReservations     int64 `json:"no_show_reservations"`
	ReservationsLast30Days int64 `json:"reservations_last_30_days"`
	ReservationsLast7Days  int64 `json:"reservations_last_7_days"`
	Revenue                Money `json:"revenue"`
}

// Analytics are the platform's charts: the last six calendar months (UTC), oldest first.
type Analytics struct {
	BusinessGrowth    []MonthGrowth  `json:"businessGrowth"`
	BusinessTypes     []TypeShare    `json:"businessTypes"`
	ReservationTrends []MonthBooking `json:"reservationTrends"`
	TotalRevenue      Money          `json:"totalRevenue"`
	MonthlyGrowth     *float64       `json:"monthlyGrowth"`
	ActiveBusinesses  int64          `json:"activeBusinesses"`
	TotalReservations int64          `json:"totalReservations"`
}

// MonthGrowth is what was added in a month: businesses and reservations made in it, and the revenue of
// those reservations that are confirmed or completed. Month is of the form "2026-11".
type MonthGrowth struct {
	Month        string `json:"month"`
	Businesses   int64  `json:"businesses"`
	Reservations int64  `json:"reservations"`
	Revenue      Money  `json:"revenue"`
}

// MonthBooking is where the reservations made in a month stand now.
type MonthBooking struct {
	Month     string `json:"month"`
	Confirmed int64  `json:"confirmed"`
	Pending   int64  `json:"pending"`
	Canceled  int64  `json:"canceled"`
	Completed int64  `json:"completed"`
	NoShow    int64  `json:"no_show"`
}

// DayBooking is where the reservations that were made on a UTC day stand now, and what they earn.
type DayBooking struct {
	Date         string `json:"date"`
	Reservations int64  `json:"reservations"`
	Pending      int64  `json:"pending"`
	Confirmed    int64  `json:"confirmed"`
	Completed    int64  `json:"completed"`
	NoShow       int64  `json:"no_show"`
	Canceled     int64  `json:"canceled"`
	Revenue      Money  `json:"revenue"`
}

// TypeShare is how many businesses are of a type, with the colour of its slice.
type TypeShare struct {
	Name  BusinessType `json:"name"`
	Value int64        `json:"value"`
	Color string       `json:"color"`
}

// Day is a UTC calendar day, counted from 1970-01-01: the key of the daily rollups.
type Day int64

// DayOf gives the UTC day of an instant.
func DayOf(t time.Time) Day { return Day(t.UTC().Truncate(24*time.Hour).Unix() / 86400) }

// Time gives the day's first instant.
func (d Day) Time() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }
