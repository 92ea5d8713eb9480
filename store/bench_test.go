package store_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/accounts"
	"github.com/fadedistrict/fade/booking"
	"github.com/fadedistrict/fade/internal/testserver"
	"github.com/fadedistrict/fade/store"
)

// BenchmarkReservationCreate measures durable bookings through the verb: each is a reservation, two inbox
// entries, four events, their figures and an fsync that it may share. The figure is reservations/s:
//
//	go test ./store -run '^$' -bench ReservationCreate -benchtime 5s
func BenchmarkReservationCreate(b *testing.B) {
	databases := map[string]func(b *testing.B) string{
		"sqlite":   func(b *testing.B) string { return "sqlite:" + filepath.Join(b.TempDir(), "fade.db") },
		"postgres": func(b *testing.B) string { return testserver.Postgres(b) },
	}
	for _, engine := range []string{"sqlite", "postgres"} {
		for _, writers := range []int{1, 32} {
			b.Run(fmt.Sprintf("%s/writers=%d", engine, writers), func(b *testing.B) {
				benchmarkCreate(b, databases[engine](b), writers)
			})
		}
	}
}

func benchmarkCreate(b *testing.B, dsn string, writers int) {
	ctx := context.Background()
	s, err := store.Open(ctx, dsn, store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = s.Close(ctx) }()
	if err := s.Migrate(ctx); err != nil {
		b.Fatal(err)
	}
	businesses := seed(b, s, 20)
	service := booking.New(s.Booking(), booking.Options{})
	midnight := time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, 1)

	var next atomic.Int64
	b.ResetTimer()
	cpu := cpuTime()
	done := make(chan error, writers)
	for range writers {
		go func() {
			for {
				i := next.Add(1)
				if i > int64(b.N) {
					done <- nil
					return
				}
				name, phone := "Customer "+strconv.FormatInt(i, 10), "+383 44 "+strconv.FormatInt(i%100000, 10)
				slot := i / int64(len(businesses)) // of a quarter of an hour, 90 a day
				start := midnight.AddDate(0, 0, int(slot/90)).Add(time.Duration(slot%90) * 15 * time.Minute)
				end := start.Add(15 * time.Minute)
				_, err := service.Create(ctx, fade.Actor{}, booking.Place{Subdomain: businesses[i%int64(len(businesses))].Subdomain},
					booking.Change{CustomerName: &name, CustomerPhone: &phone, StartTime: &start, EndTime: &end})
				if err != nil {
					done <- err
					return
				}
			}
		}()
	}
	for range writers {
		if err := <-done; err != nil {
			b.Fatal(err)
		}
	}
	b.StopTimer()
	b.ReportMetric(float64(cpuTime()-cpu)/float64(b.N)/1e3, "cpu-µs/reservation")
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "reservations/s")
}

// cpuTime gives the processor time of this process so far: on a busy machine a better measure of a change
// than the clock. The PostgreSQL server's is not in it.
func cpuTime() time.Duration {
	var used syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &used) != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// seed makes a super admin and businesses with an owner each.
func seed(b *testing.B, s *store.Store, n int) []fade.Business {
	service, err := accounts.New(s.Accounts(), accounts.Options{Secret: make([]byte, 64)})
	if err != nil {
		b.Fatal(err)
	}
	admin, err := service.CreateSuperAdmin(context.Background(), accounts.NewUser{Email: "admin@example.com", Password: "correct horse"})
	if err != nil {
		b.Fatal(err)
	}
	businesses := make([]fade.Business, 0, n)
	for i := range n {
		name, open, closed := fmt.Sprintf("shop-%d", i), "00:00", "23:59"
		made, err := service.CreateBusiness(context.Background(), fade.Actor{User: admin}, accounts.BusinessChange{
			Name: &name, Subdomain: &name, BusinessHoursStart: &open, BusinessHoursEnd: &closed,
		}, accounts.NewOwner{Email: name + "@example.com", Password: "correct horse"})
		if err != nil {
			b.Fatal(err)
		}
		businesses = append(businesses, made)
	}
	return businesses
}
