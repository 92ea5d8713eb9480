package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/fadedistrict/fade/bench/load"
)

// shop is a business with a service and staff who all do it.
type shop struct {
	id, subdomain, service string
	staff                  []string
}

// The service that is booked, and how long it keeps a chair.
const (
	serviceMinutes = 30
	bufferMinutes  = 5
	turn           = (serviceMinutes + bufferMinutes) * time.Minute
)

// openShop makes a shop that is open every day between two clocks, and confirms what the public books. Nobody has
// hours of their own, but a break where there is one.
func openShop(ctx context.Context, f *fade, name string, staff int, opens, closes string, pauses []map[string]string) (s shop, err error) {
	s.subdomain = name
	var made struct{ ID, Subdomain string }
	create := func(path string, body any) (id string, err error) {
		err = f.post(ctx, path, body, &made)
		return made.ID, err
	}
	if s.id, err = create("/api/businesses/", map[string]string{
		"name": "Shop " + name, "subdomain": name, "timezone": "UTC", "business_hours_start": "00:00", "business_hours_end": "23:59",
		"owner_email": name + "@example.com", "owner_password": adminPassword, "owner_first_name": "O", "owner_last_name": "W",
	}); err != nil {
		return s, err
	}
	rules := map[string]any{"hours": everyDay(map[string]string{"start": opens, "end": closes}), "needs_confirmation": false, "version": 0}
	if err := f.send(ctx, http.MethodPatch, "", "/api/booking_settings/?business="+s.id, rules, new(json.RawMessage)); err != nil {
		return s, err
	}
	if s.service, err = create("/api/services/", map[string]any{
		"business": s.id, "name": "Haircut", "duration_minutes": serviceMinutes, "buffer_minutes": bufferMinutes, "price": "18.00",
	}); err != nil {
		return s, err
	}
	for n := range staff {
		id, err := create("/api/staff/", map[string]any{"business": s.id, "name": fmt.Sprintf("Barber %d", n+1), "breaks": everyDay(pauses...)})
		if err != nil {
			return s, err
		}
		s.staff = append(s.staff, id)
	}
	return s, nil
}

func everyDay(spans ...map[string]string) map[string][]map[string]string {
	week := map[string][]map[string]string{}
	for day := range 7 {
		week[weekdays[day]] = append([]map[string]string{}, spans...)
	}
	return week
}

var weekdays = [...]string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}

// bookAt makes a public reservation; staff is "" for anybody and key for no Idempotency-Key.
func (f *fade) bookAt(ctx context.Context, s shop, staff string, start time.Time, key string) error {
	body := map[string]string{
		"subdomain": s.subdomain, "service": s.service, "start_time": start.Format(time.RFC3339), "customer_name": "Ana Gashi", "customer_phone": "+38344123456",
	}
	if staff != "" {
		body["staff"] = staff
	}
	return f.postOnce(ctx, key, "/api/reservations/", body, nil)
}

// midnight gives the first instant of the day so many days from today.
func midnight(days int) time.Time {
	return time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, days)
}

type bookingsFigure struct {
	Name       string  `json:"name"`
	Staff      string  `json:"staff"` // named by the customer, or any
	Key        bool    `json:"idempotency_key"`
	Businesses int     `json:"businesses"`
	Chairs     int     `json:"staff_per_business"`
	Writers    int     `json:"writers"`
	Booked     int64   `json:"booked"`
	PerSecond  float64 `json:"reservations_per_second"`
	P50        float64 `json:"post_p50_ms"`
	P99        float64 `json:"post_p99_ms"`
	CPU        float64 `json:"server_cpu_us_per_reservation"`
}

// bookings measures how many reservations are acknowledged a second, each of them on disk and each of a chair and time
// of its own, at several businesses whose services, staff and rules have to be looked at.
func bookings(ctx context.Context, b *bench) error {
	for _, figure := range []bookingsFigure{{Staff: "named"}, {Staff: "any"}, {Staff: "any", Key: true}} {
		figure.Name, figure.Businesses, figure.Chairs, figure.Writers = "bookings", 8, 5, 32
		err := b.withFade(ctx, "serve", []string{anyPace}, func(f *fade) error {
			if err := figure.measure(ctx, f); err != nil {
				return err
			}
			return b.out.Encode(figure)
		})
		if err != nil {
			return fmt.Errorf("staff %s: %w", figure.Staff, err)
		}
	}
	return nil
}

func (figure *bookingsFigure) measure(ctx context.Context, f *fade) error {
	const duration = 8 * time.Second
	shops := make([]shop, figure.Businesses)
	for i := range shops {
		var err error
		if shops[i], err = openShop(ctx, f, fmt.Sprintf("shop-%d", i), figure.Chairs, "00:00", "24:00", nil); err != nil {
			return err
		}
	}
	before, err := f.cpu()
	if err != nil {
		return err
	}
	begin := time.Now()
	deadline := begin.Add(duration)
	var turns atomic.Int64
	latencies := make([]load.Histogram, figure.Writers)
	failures := make([]error, figure.Writers)
	var running sync.WaitGroup
	for w := range figure.Writers {
		running.Go(func() {
			for time.Now().Before(deadline) && failures[w] == nil {
				start := time.Now()
				failures[w] = figure.book(ctx, f, shops, int(turns.Add(1)-1))
				latencies[w].Record(time.Since(start).Nanoseconds())
			}
		})
	}
	running.Wait()
	took := time.Since(begin)
	if err := errors.Join(failures...); err != nil {
		return err
	}
	after, err := f.cpu()
	if err != nil {
		return err
	}
	figure.CPU = round((after - before).Seconds() * 1e6 / float64(turns.Load()))
	var posts load.Histogram
	for i := range latencies {
		posts.Add(&latencies[i])
	}
	figure.Booked, figure.PerSecond = turns.Load(), round(float64(turns.Load())/took.Seconds())
	figure.P50, figure.P99 = ms(posts.Quantile(0.5)), ms(posts.Quantile(0.99))
	return nil
}

// book takes the n-th turn.
func (figure *bookingsFigure) book(ctx context.Context, f *fade, shops []shop, n int) error {
	business, member, start := turnAt(n, len(shops), figure.Chairs)
	staff, key := shops[business].staff[member], ""
	if figure.Staff == "any" {
		staff = ""
	}
	if figure.Key {
		key = fmt.Sprintf("turn-%d", n)
	}
	return f.bookAt(ctx, shops[business], staff, start, key)
}

// turnAt gives the n-th turn: at each business, then on each day, then with each of the staff, then after what is
// booked. So no day is fuller than it must be.
func turnAt(n, businesses, staff int) (business, member int, start time.Time) {
	const days = 60
	business, n = n%businesses, n/businesses
	day := midnight(1 + n%days)
	n /= days
	return business, n % staff, day.Add(time.Duration(n/staff) * turn)
}

type availabilityFigure struct {
	Name     string  `json:"name"`
	Staff    int     `json:"staff"`
	Days     int     `json:"days"`
	Booked   int     `json:"booked"`
	Free     int     `json:"free_slots"`
	Requests int     `json:"requests"`
	P50      float64 `json:"p50_ms"`
	P99      float64 `json:"p99_ms"`
	Max      float64 `json:"max_ms"`
	CPU      float64 `json:"server_cpu_ms_per_request"`
}

// availability measures how long the public waits for a month of slots of any of the staff, one request after the other,
// with so many reservations of each of them on each day.
func availability(ctx context.Context, f *fade, perDay int) (any, error) {
	const staff, days, warm, requests = 20, 31, 20, 500
	s, err := openShop(ctx, f, "shop", staff, "09:00", "18:00", []map[string]string{{"start": "13:00", "end": "13:30"}})
	if err != nil {
		return nil, err
	}
	if err := fill(ctx, f, s, days, perDay); err != nil {
		return nil, err
	}
	figure := availabilityFigure{Name: "availability", Staff: staff, Days: days, Booked: staff * days * perDay, Requests: requests}
	query := url.Values{"service": {s.service}, "from": {midnight(1).Format(time.DateOnly)}, "days": {fmt.Sprint(days)}}
	path := "/api/book/" + s.subdomain + "/days/?" + query.Encode()
	var latency load.Histogram
	var before time.Duration
	for n := range warm + requests {
		if n == warm {
			if before, err = f.cpu(); err != nil {
				return nil, err
			}
		}
		var found struct{ Days []struct{ Free int } }
		start := time.Now()
		if err := f.get(ctx, path, &found); err != nil {
			return nil, err
		}
		if n >= warm {
			latency.Record(time.Since(start).Nanoseconds())
		}
		figure.Free = 0
		for _, day := range found.Days {
			figure.Free += day.Free
		}
	}
	after, err := f.cpu()
	if err != nil {
		return nil, err
	}
	figure.CPU = ms((after - before) / requests)
	figure.P50, figure.P99, figure.Max = ms(latency.Quantile(0.5)), ms(latency.Quantile(0.99)), ms(latency.Max())
	return figure, nil
}

// fill books so many turns of each of the staff on each day: before the break and after it, as evenly as they fit.
func fill(ctx context.Context, f *fade, s shop, days, perDay int) error {
	const writers = 16
	var next atomic.Int64
	failures := make([]error, writers)
	var running sync.WaitGroup
	for w := range writers {
		running.Go(func() {
			for failures[w] == nil {
				n := int(next.Add(1) - 1)
				if n >= len(s.staff)*days*perDay {
					return
				}
				staff, day, turns := n%len(s.staff), n/len(s.staff)%days, n/len(s.staff)/days
				opens := 9 * time.Hour
				if turns >= perDay/2 {
					opens, turns = 13*time.Hour+30*time.Minute, turns-perDay/2
				}
				failures[w] = f.bookAt(ctx, s, s.staff[staff], midnight(1+day).Add(opens+time.Duration(turns)*turn), "")
			}
		})
	}
	running.Wait()
	return errors.Join(failures...)
}

type oneSlotFigure struct {
	Name      string  `json:"name"`
	Requests  int     `json:"requests"`
	Parallel  int     `json:"in_parallel"`
	Booked    int64   `json:"booked"`
	Refused   int64   `json:"refused_with_409"`
	Seconds   float64 `json:"seconds"`
	PerSecond float64 `json:"requests_per_second"`
	P50       float64 `json:"p50_ms"`
	P99       float64 `json:"p99_ms"`
}

// oneSlot lets a crowd book one slot of one chair. It fails unless exactly one of them has it, all others are told
// that it is taken, and there is one row.
func oneSlot(ctx context.Context, f *fade, requests int) (any, error) {
	const parallel = 200
	s, err := openShop(ctx, f, "shop", 1, "09:00", "18:00", nil)
	if err != nil {
		return nil, err
	}
	figure := oneSlotFigure{Name: "one_slot", Requests: requests, Parallel: parallel}
	start := midnight(7).Add(12 * time.Hour)
	var left, booked, refused atomic.Int64
	left.Store(int64(requests))
	latencies := make([]load.Histogram, parallel)
	failures := make([]error, parallel)
	var running sync.WaitGroup
	begin := time.Now()
	for w := range parallel {
		running.Go(func() {
			for left.Add(-1) >= 0 && failures[w] == nil {
				asked := time.Now()
				switch err := f.bookAt(ctx, s, "", start, ""); {
				case err == nil:
					booked.Add(1)
				case isTaken(err):
					refused.Add(1)
				default:
					failures[w] = err
				}
				latencies[w].Record(time.Since(asked).Nanoseconds())
			}
		})
	}
	running.Wait()
	took := time.Since(begin)
	if err := errors.Join(failures...); err != nil {
		return nil, err
	}
	var all load.Histogram
	for i := range latencies {
		all.Add(&latencies[i])
	}
	figure.Booked, figure.Refused = booked.Load(), refused.Load()
	figure.Seconds, figure.PerSecond = round(took.Seconds()), round(float64(requests)/took.Seconds())
	figure.P50, figure.P99 = ms(all.Quantile(0.5)), ms(all.Quantile(0.99))
	return figure, figure.oneWon(ctx, f, s)
}

func (figure oneSlotFigure) oneWon(ctx context.Context, f *fade, s shop) error {
	var stats struct {
		Total int `json:"total_reservations"`
	}
	if err := f.get(ctx, "/api/businesses/"+s.id+"/stats/", &stats); err != nil {
		return err
	}
	if figure.Booked != 1 || figure.Refused != int64(figure.Requests-1) || stats.Total != 1 {
		return fmt.Errorf("%d were told that they have the slot, %d that it is taken, and there are %d reservations", figure.Booked, figure.Refused, stats.Total)
	}
	return nil
}

// isTaken tells the refusal of a slot that somebody else has.
func isTaken(err error) bool {
	status, ok := errors.AsType[*statusError](err)
	if !ok || status.code != http.StatusConflict {
		return false
	}
	var problem struct{ Code string }
	return json.Unmarshal([]byte(status.answer), &problem) == nil && problem.Code == "slot_taken"
}
