package storetest

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/accounts"
	"github.com/fadedistrict/fade/booking"
	"github.com/fadedistrict/fade/totals"
)

// testRecount does random things through the verbs and then counts all rows again: the figures that were
// kept while writing must be the same.
func testRecount(t *testing.T, f *fixture) {
	service, err := accounts.New(f.Accounts(), accounts.Options{Secret: make([]byte, 64), Now: f.clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	admin := fade.Actor{User: f.user(t, "admin@example.com", nil)}
	businesses := []fade.Business{f.business(t, "first")}
	users := []fade.User{f.user(t, "owner@example.com", &businesses[0])}
	var reservations []fade.Reservation
	ctx := context.Background()

	act := func(t *rapid.T) error {
		b := rapid.IntRange(0, len(businesses)-1).Draw(t, "business")
		switch rapid.SampledFrom([]string{"open", "switch", "hire", "move", "book", "book", "change", "cancel"}).Draw(t, "act") {
		case "open":
			made := f.business(t, "b-"+name(len(businesses)))
			businesses = append(businesses, made)
		case "switch":
			active, kind := rapid.Bool().Draw(t, "active"), rapid.SampledFrom(fade.BusinessTypes()).Draw(t, "type")
			_, err := service.UpdateBusiness(ctx, admin, businesses[b].ID, accounts.BusinessChange{IsActive: &active, BusinessType: &kind})
			return err
		case "hire":
			users = append(users, f.user(t, "u-"+name(len(users))+"@example.com", &businesses[b]))
		case "move":
			u := users[rapid.IntRange(0, len(users)-1).Draw(t, "user")]
			_, err := service.UpdateUser(ctx, admin, u.ID, accounts.UserChange{Business: &businesses[b].ID})
			return err
		case "book":
			r := newReservation(f.clock.Now(), businesses[b], "Ana")
			r.Price = fade.Money(rapid.Int64Range(0, 10_000).Draw(t, "price"))
			reservations = append(reservations, r)
			return f.Booking().Update(ctx, func(tx booking.Tx) error {
				tx.Record(fade.ReservationCreated{Reservation: r})
				return tx.InsertReservation(r)
			})
		case "change", "cancel":
			if len(reservations) == 0 {
				return nil
			}
			r := reservations[rapid.IntRange(0, len(reservations)-1).Draw(t, "reservation")]
			status, price := rapid.SampledFrom(fade.ReservationStatuses()).Draw(t, "status"), fade.Money(rapid.Int64Range(0, 9000).Draw(t, "price"))
			_, err := f.booking.Update(ctx, admin, r.ID, booking.Change{Status: &status, Price: &price})
			if fade.ErrorCode(err) == fade.CodeConflict {
				return nil // the state machine says no
			}
			return err
		}
		return nil
	}
	rapid.Check(t, func(t *rapid.T) {
		for range rapid.IntRange(1, 6).Draw(t, "acts") {
			if err := act(t); err != nil {
				t.Fatal(err)
			}
		}
		recount(t, f)
	})
}

// recount compares the figures with the rows.
func recount(t *rapid.T, f *fixture) {
	var want, got fade.PlatformTotals
	err := f.Booking().View(f.ctx, func(r booking.Reader) (err error) {
		if got, err = totals.ReadPlatform(r, f.clock.Now()); err != nil {
			return err
		}
		got.Trends = fade.PlatformTrends{}
		perBusiness := map[string]fade.BusinessTotals{}
		err = everything(func(p fade.Page) (fade.List[fade.Reservation], error) { return r.Reservations(booking.Query{Page: p}) }, func(r fade.Reservation) {
			want.TotalReservations++
			want.ReservationsLast30Days++
			b := perBusiness[r.BusinessID]
			b.TotalReservations++
			b.ReservationsLast30Days++
			b.ReservationsLast7Days++
			b.Revenue += r.Earns()
			switch r.Status {
			case fade.Pending:
				b.PendingReservations++
			case fade.Confirmed:
				b.ConfirmedReservations++
			case fade.Completed:
				b.CompletedReservations++
			case fade.Canceled:
				b.CanceledReservations++
			case fade.NoShow:
				b.NoShowReservations++
			}
			perBusiness[r.BusinessID] = b
		})
		if err != nil {
			return err
		}
		reader := r.(accounts.Reader)
		err = everything(func(p fade.Page) (fade.List[fade.User], error) { return reader.Users(accounts.UserQuery{Page: p}) }, func(u fade.User) {
			want.TotalUsers++
			if u.BusinessID != nil {
				b := perBusiness[*u.BusinessID]
				b.TotalUsers++
				perBusiness[*u.BusinessID] = b
			}
		})
		if err != nil {
			return err
		}
		return everything(func(p fade.Page) (fade.List[fade.Business], error) {
			return reader.Businesses(accounts.BusinessQuery{Page: p})
		}, func(b fade.Business) {
			want.TotalBusinesses++
			if b.IsActive {
				want.ActiveBusinesses++
			}
			kept, err := totals.ReadBusiness(r, b.ID, f.clock.Now())
			if diff := cmp.Diff(perBusiness[b.ID], kept); diff != "" || err != nil {
				t.Fatalf("%s: recount (-) and figures (+), %v:\n%s", b.Name, err, diff)
			}
			if b.ReservationCount != kept.TotalReservations || b.UserCount != kept.TotalUsers {
				t.Fatalf("%s counts %d and %d, its figures %+v", b.Name, b.ReservationCount, b.UserCount, kept)
			}
		})
	})
	want.BusinessesByStatus = fade.BusinessActivity{Active: want.ActiveBusinesses, Inactive: want.TotalBusinesses - want.ActiveBusinesses}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Fatalf("recount (-) and figures (+), %v:\n%s", err, diff)
	}
}

// everything reads all pages.
func everything[T any](read func(fade.Page) (fade.List[T], error), each func(T)) error {
	for p := (fade.Page{Limit: fade.MaxLimit}); ; {
		list, err := read(p)
		if err != nil {
			return err
		}
		for _, item := range list.Items {
			each(item)
		}
		if p.Cursor = list.Next; p.Cursor == "" {
			return nil
		}
	}
}
