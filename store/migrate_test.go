package store

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/pressly/goose/v3"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/booking"
	"github.com/fadedistrict/fade/internal/testserver"
)

// What was booked before overlaps were refused stays, and can be confirmed and canceled; what is booked later cannot
// overlap it, unless it overlapped already.
func TestMigrate_overlapsFromBefore(t *testing.T) {
	for engine, dsn := range map[string]string{
		"sqlite": "sqlite:" + filepath.Join(t.TempDir(), "fade.db"), "postgres": testserver.Postgres(t),
	} {
		t.Run(engine, func(t *testing.T) {
			ctx := context.Background()
			s, err := Open(ctx, dsn, Options{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = s.Close(ctx) })
			before := func(p *goose.Provider) error {
				_, err := p.UpTo(ctx, 2)
				return err
			}
			switch e := s.engine.(type) {
			case *sqliteEngine:
				err = e.withProvider(before)
			case *postgresEngine:
				err = e.withProvider(before)
			}
			if err != nil {
				t.Fatal(err)
			}
			business, rows := bookedBefore(t, s)
			if err := s.Migrate(ctx); err != nil {
				t.Fatal(err)
			}
			owner := fade.Actor{User: fade.User{ID: fade.NewID(time.Now()), UserType: fade.BusinessOwner, BusinessID: &business}}
			verbs := booking.New(s.Booking(), booking.Options{Now: func() time.Time { return bookedAt }})
			confirmed, canceled := fade.Confirmed, fade.Canceled
			for i, id := range rows {
				r, err := verbs.Update(ctx, owner, id, booking.Change{Status: &confirmed})
				if err != nil || r.CustomerPhone != phones[i] || !r.BlockedUntil.Equal(r.EndTime) || r.ScheduleVersion == 0 {
					t.Fatalf("reservation %d = %+v, %v", i, r, err)
				}
			}
			name, start := "Ana", bookedAt.Add(70*time.Minute)
			book := func() error {
				_, err := verbs.Create(ctx, owner, booking.Place{}, booking.Change{CustomerName: &name, StartTime: &start})
				return err
			}
			if err := book(); fade.ErrorCode(err) != fade.CodeSlotTaken {
				t.Errorf("book over what was there = %v", err)
			}
			for _, id := range rows {
				if _, err := verbs.Update(ctx, owner, id, booking.Change{Status: &canceled}); err != nil {
					t.Fatal(err)
				}
			}
			if err := book(); err != nil {
				t.Errorf("book after all were canceled = %v", err)
			}
			found, err := viewReservations(s, business, "0038344 1")
			if err != nil || len(found) != len(rows) {
				t.Errorf("%d found by phone, want %d: %v", len(found), len(rows), err)
			}
		})
	}
}

// phones are one number, as three people type it.
var phones = [...]string{"+383 44 1", "00383–44–1", "(383) 44/1 x"}

var bookedAt = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// bookedBefore writes three reservations that overlap, as the schema of then had them.
func bookedBefore(t *testing.T, s *Store) (business string, rows []string) {
	t.Helper()
	now := micros(bookedAt)
	business = fade.NewID(bookedAt)
	err := s.engine.update(context.Background(), func(tx *tx) error {
		if _, err := tx.exec("business", `INSERT INTO businesses VALUES ($1, 'Kings', 'barbershop', 'kings', '', '', '00:00', '23:59', 'UTC',
			'', '', '', '#000000', '', $2, 'trial', NULL, $3, $3, 1, 'kings', 'kings')`, business, true, now); err != nil {
			return err
		}
		for i := range phones {
			id := fade.NewID(bookedAt.Add(time.Duration(i) * time.Second))
			rows = append(rows, id)
			start := bookedAt.Add(time.Hour + time.Duration(i)*10*time.Minute)
			if _, err := tx.exec("reservation", `INSERT INTO reservations (id, business_id, customer_name, customer_email, customer_phone, start_time, end_time,
				status, price, notes, created_at, updated_at, version, name_key, search) VALUES ($1, $2, $3, '', $4, $5, $6, 'pending', 0, '', $7, $7, 1, '', '')`,
				id, business, fmt.Sprintf("Customer %d", i), phones[i], micros(start), micros(start.Add(30*time.Minute)), now); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return business, rows
}

func viewReservations(s *Store, business, phone string) ([]fade.Reservation, error) {
	var found fade.List[fade.Reservation]
	err := s.Booking().View(context.Background(), func(r booking.Reader) (err error) {
		found, err = r.Reservations(booking.Query{BusinessID: business, Phone: phone})
		return err
	})
	return found.Items, err
}
