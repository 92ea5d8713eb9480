package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/accounts"
	"github.com/fadedistrict/fade/booking"
	"github.com/fadedistrict/fade/live"
	"github.com/fadedistrict/fade/notify"
	"github.com/fadedistrict/fade/store"
)

type seedCommand struct{ databaseFlags }

// Run fills an empty database with demo data.
func (c *seedCommand) Run(ctx context.Context, s streams) error {
	seeded, err := seedDemo(ctx, c.databaseFlags, s.out)
	if err == nil && !seeded {
		_, err = fmt.Fprintln(s.out, "The database is not empty; nothing was changed.")
	}
	return err
}

// demoAdmin is the super admin of the demo data.
const demoAdmin = "admin@fade.example"

// demoClock is a clock that the seed moves through the past, so that the demo has a history.
type demoClock struct{ at atomic.Int64 }

func (c *demoClock) now() time.Time    { return time.UnixMicro(c.at.Load()).UTC() }
func (c *demoClock) set(now time.Time) { c.at.Store(now.UnixMicro()) }

// demo makes demo data with the platform's own verbs: every row, event and figure comes about as it does
// in life, only at a time of the past.
type demo struct {
	clock      demoClock
	store      *store.Store
	accounts   *accounts.Service
	random     *mathrand.Rand
	admin      fade.Actor
	businesses []fade.Business
	services   map[string][]fade.Service // by business
}

// step is something that happens in the demo's history.
type step struct {
	at          time.Time
	reservation *string // the id of what it happens to, once it has one; nil for a step that stands alone
	do          func(context.Context, *booking.Service) error
}

// The demo's past happens day by day, so that one fsync does for many steps; its last days, whose times
// people read, happen step by step.
const (
	demoDetail   = 72 * time.Hour
	demoTogether = 32
)

// happen makes the steps happen in their order.
func (d *demo) happen(ctx context.Context, steps []step, now time.Time) error {
	slices.SortStableFunc(steps, func(a, b step) int { return a.at.Compare(b.at) })
	for len(steps) > 0 {
		n := 1
		for n < min(len(steps), demoTogether) && steps[n].at.Before(now.Add(-demoDetail)) && together(steps[:n], steps[n]) {
			n++
		}
		d.clock.set(steps[n-1].at)
		var all sync.WaitGroup
		failed := make([]error, n)
		for i, s := range steps[:n] {
			all.Go(func() {
				failed[i] = s.do(ctx, booking.New(d.store.Booking(), booking.Options{Now: func() time.Time { return s.at }}))
			})
		}
		all.Wait()
		if err := errors.Join(failed...); err != nil {
			return err
		}
		steps = steps[n:]
	}
	return nil
}

// together tells whether a step can happen at once with those before it: on the same day, to something else.
func together(before []step, s step) bool {
	alone := slices.ContainsFunc(before, func(b step) bool { return b.reservation == nil || b.reservation == s.reservation })
	return !alone && s.reservation != nil && fade.DayOf(before[0].at) == fade.DayOf(s.at)
}

// seedDemo fills an empty database and tells the passwords, which are nowhere else. It gives false, and
// changes nothing, if there is somebody already.
func seedDemo(ctx context.Context, flags databaseFlags, out io.Writer) (seeded bool, err error) {
	d := &demo{services: map[string][]fade.Service{}, random: mathrand.New(mathrand.NewPCG(20261122, 7))} //nolint:gosec // the same demo every time
	now := time.Now().UTC()
	d.clock.set(now)
	if d.store, err = flags.open(ctx, store.Options{Now: d.clock.now}); err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, closeStore(d.store)) }()
	if empty, err := isEmpty(ctx, d.store); err != nil || !empty {
		return false, err
	}

	adminPassword, ownerPassword := rand.Text()[:16], rand.Text()[:12]
	if err := d.begin(ctx, now.AddDate(0, 0, -190), adminPassword); err != nil {
		return false, err
	}
	if err := d.join(ctx, now, ownerPassword); err != nil {
		return false, err
	}
	if err := d.happen(ctx, d.reservations(now), now); err != nil {
		return false, fmt.Errorf("make demo data: %w", err)
	}
	if err := d.sendNothing(ctx, now); err != nil {
		return false, fmt.Errorf("make demo data: %w", err)
	}
	_, err = fmt.Fprintf(out, demoNotice, demoAdmin, adminPassword, ownerEmail(d.businesses[0]), ownerPassword)
	return true, err
}

// sendNothing cancels the mails that the demo's past calls for: nobody wants hundreds of them on the first day.
func (d *demo) sendNothing(ctx context.Context, now time.Time) error {
	queue := d.store.Queue()
	for {
		jobs, err := queue.Claim(ctx, notify.Claim{Route: fade.RouteEmail, Holder: "demo", Now: now, Until: now, Limit: demoPortion})
		if err != nil || len(jobs) == 0 {
			return err
		}
		var outcomes []notify.Outcome
		for _, job := range jobs {
			outcome := notify.Outcome{State: fade.DeliveryCanceled, At: now, Reason: fade.ReasonPast}
			for _, d := range job {
				outcome.IDs = append(outcome.IDs, d.ID)
			}
			outcomes = append(outcomes, outcome)
		}
		if err := queue.Settle(ctx, outcomes); err != nil {
			return err
		}
	}
}

const demoPortion = 500 // deliveries canceled at once

const demoNotice = `
  Demo data is ready. These passwords are shown this once:

    super admin      %s    %s
    business owner   %s    %s
                     (the other owners: owner@<subdomain>.example, the same password)

`

func isEmpty(ctx context.Context, db *store.Store) (empty bool, err error) {
	err = db.Accounts().View(ctx, func(r accounts.Reader) error {
		users, err := r.Users(accounts.UserQuery{Page: fade.Page{Limit: 1}})
		empty = len(users.Items) == 0
		return err
	})
	return empty, err
}

// begin makes the super admin, whose password is hashed as any other; the owners' are for show.
func (d *demo) begin(ctx context.Context, at time.Time, password string) error {
	d.clock.set(at)
	careful, err := offlineAccounts(d.store, accounts.Options{Now: d.clock.now})
	if err != nil {
		return err
	}
	user, err := careful.CreateSuperAdmin(ctx, accounts.NewUser{Email: demoAdmin, Password: password, FirstName: "Arta", LastName: "Krasniqi"})
	if err != nil {
		return err
	}
	d.admin = fade.Actor{User: user}
	d.accounts, err = offlineAccounts(d.store, accounts.Options{Now: d.clock.now, Hasher: accounts.NewCheapHasher()})
	return err
}

// demoBusiness is a business of the demo, with the days since it joined.
type demoBusiness struct {
	name, subdomain, zone, color string
	trade                        fade.BusinessType
	status                       fade.SubscriptionStatus
	days                         int
	opens, closes                string
	first, last                  string // the owner's name
}

func demoBusinesses() []demoBusiness {
	const active, trial = fade.SubscriptionActive, fade.SubscriptionTrial
	return []demoBusiness{
		{"Fade District Prishtina", "prishtina", "Europe/Belgrade", "#0f5c70", fade.Barbershop, active, 186, "09:00", "20:00", "Luan", "Berisha"},
		{"Kings & Clippers", "kings", "Europe/London", "#7c2d12", fade.Barbershop, active, 171, "10:00", "19:00", "Oliver", "Hughes"},
		{"Atelier Lumière", "lumiere", "Europe/Paris", "#9d174d", fade.Salon, active, 158, "09:30", "18:30", "Camille", "Laurent"},
		{"Derma Klinik Mitte", "dermamitte", "Europe/Berlin", "#0e7490", fade.Clinic, active, 139, "08:00", "17:00", "Jonas", "Weber"},
		{"Brooklyn Shave Co.", "brooklyn", "America/New_York", "#1f2937", fade.Barbershop, active, 121, "09:00", "19:00", "Marcus", "Reed"},
		{"Salon Safran", "safran", "Europe/Zurich", "#b45309", fade.Salon, active, 104, "09:00", "18:00", "Nora", "Keller"},
		{"東京バーバー", "tokyo-barber", "Asia/Tokyo", "#be123c", fade.Barbershop, active, 83, "10:00", "20:00", "陽菜", "佐藤"},
		{"Bosphorus Cuts", "bosphorus", "Europe/Istanbul", "#1d4ed8", fade.Barbershop, active, 64, "09:00", "21:00", "Emre", "Yılmaz"},
		{"Studio Olhar", "olhar", "America/Sao_Paulo", "#6d28d9", fade.Salon, trial, 41, "10:00", "19:00", "Beatriz", "Santos"},
		{"Physio North", "physio-north", "Europe/Oslo", "#047857", fade.Clinic, trial, 27, "07:30", "16:30", "Ingrid", "Haugen"},
		{"Ink & Edge", "ink-edge", "America/Los_Angeles", "#334155", fade.OtherTrade, trial, 12, "11:00", "20:00", "Diego", "Flores"},
		{"Gjakova Grooming", "gjakova", "Europe/Belgrade", "#4d7c0f", fade.Barbershop, trial, 3, "09:00", "19:00", "Drita", "Hoxha"},
	}
}

func ownerEmail(b fade.Business) string { return "owner@" + b.Subdomain + ".example" }

// join makes the businesses, each on its day.
func (d *demo) join(ctx context.Context, now time.Time, password string) error {
	for n, b := range demoBusinesses() {
		d.clock.set(now.AddDate(0, 0, -b.days).Add(-time.Duration(d.random.IntN(9*60)) * time.Minute))
		email, expires := "hello@"+b.subdomain+".example", now.AddDate(1, 0, 0)
		expiry := &expires
		made, err := d.accounts.CreateBusiness(ctx, d.admin, accounts.BusinessChange{
			Name: &b.name, BusinessType: &b.trade, Subdomain: &b.subdomain, Email: &email, Timezone: &b.zone,
			BusinessHoursStart: &b.opens, BusinessHoursEnd: &b.closes, PrimaryColor: &b.color,
			SubscriptionStatus: &b.status, SubscriptionExpires: &expiry,
		}, accounts.NewOwner{Email: "owner@" + b.subdomain + ".example", Password: password, FirstName: b.first, LastName: b.last})
		if err != nil {
			return fmt.Errorf("make demo data: %w", err)
		}
		d.businesses = append(d.businesses, made)
		if err := d.equip(ctx, n, b, made, b.first); err != nil {
			return err
		}
	}
	return nil
}

func demoCustomers() []string {
	return []string{
		"Ana Petrović", "Blerim Gashi", "Chloé Martin", "Dardan Shala", "Emily Clarke", "Fatima Zahra", "Giulia Rossi",
		"Hiroshi Tanaka", "Isabela Costa", "James O’Connor", "Katarína Nováková", "Liam Murphy", "Mehmet Kaya",
		"Ngozi Okafor", "Olga Ivanova", "Priya Sharma", "Quentin Dubois", "Rina Krasniqi", "Søren Nielsen",
		"Teuta Berisha", "Uwe Schmidt", "Valentina López", "Wei Zhang", "Ximena Torres", "Yusuf Demir", "Zoë van Dijk",
	}
}

// reservations gives the steps of the reservations' lives: more of them the nearer they are to now.
func (d *demo) reservations(now time.Time) []step {
	var steps []step
	for _, b := range d.businesses {
		days := int(now.Sub(b.CreatedAt).Hours() / 24)
		for day := range days {
			busy := 0.3 + 0.6*float64(day)/float64(days)
			for n := 0; n < 3 && d.random.Float64() < busy; n++ {
				at := b.CreatedAt.AddDate(0, 0, day).Add(time.Duration(1+d.random.IntN(20*60)) * time.Minute)
				if at.Before(now.Add(-5 * time.Minute)) {
					steps = append(steps, d.reservation(b, at, now)...)
				}
			}
		}
	}
	// What happened until yesterday has been read; the rest is new.
	return append(steps, step{now.Add(-30 * time.Hour), nil, func(ctx context.Context, _ *booking.Service) error {
		return d.readAll(ctx)
	}})
}

// readAll marks everybody's inbox read.
func (d *demo) readAll(ctx context.Context) error {
	users, _, err := d.accounts.Users(ctx, d.admin, live.Dashboard, accounts.UserQuery{})
	if err != nil {
		return err
	}
	inbox := notify.NewInbox(d.store.Inbox(), d.clock.now)
	for _, user := range users.Items {
		if _, err := inbox.ReadAll(ctx, fade.Actor{User: user}, live.User(user.ID)); err != nil {
			return err
		}
	}
	return nil
}

// reservation gives the steps of one reservation that is booked at a time. Where its time is taken already, or
// nobody works then, it does not come about.
func (d *demo) reservation(b fade.Business, booked, now time.Time) []step {
	zone := b.Location()
	day := booked.In(zone).AddDate(0, 0, 1+d.random.IntN(9))
	opens, _ := fade.ParseClock(b.BusinessHoursStart)
	closes, _ := fade.ParseClock(b.BusinessHoursEnd)
	service := d.services[b.ID][d.random.IntN(len(d.services[b.ID]))]
	slots := int((closes - opens - service.Duration()) / (15 * time.Minute))
	clock := opens + time.Duration(d.random.IntN(slots+1))*15*time.Minute
	start := time.Date(day.Year(), day.Month(), day.Day(), int(clock.Hours()), int(clock.Minutes())%60, 0, 0, zone)
	end := start.Add(service.Duration())

	name := demoCustomers()[d.random.IntN(len(demoCustomers()))]
	phone := fmt.Sprintf("+383 44 %03d %03d", d.random.IntN(1000), d.random.IntN(1000))
	pending := fade.Pending
	var id string
	steps := []step{{booked, &id, func(ctx context.Context, verbs *booking.Service) error {
		made, err := verbs.Create(ctx, d.admin, booking.Place{BusinessID: b.ID}, booking.Change{
			CustomerName: &name, CustomerPhone: &phone, StartTime: &start, Service: &service.ID, Status: &pending,
		})
		if code := fade.ErrorCode(err); code == fade.CodeSlotTaken || code == fade.CodeInvalid {
			return nil
		}
		id = made.ID
		return err
	}}}
	become := func(at time.Time, status fade.ReservationStatus) {
		if at.Before(now) {
			steps = append(steps, step{at, &id, func(ctx context.Context, verbs *booking.Service) error {
				if id == "" {
					return nil
				}
				_, err := verbs.Update(ctx, d.admin, id, booking.Change{Status: &status})
				return err
			}})
		}
	}
	answered, chance := booked.Add(time.Duration(5+d.random.IntN(600))*time.Minute), d.random.IntN(100)
	switch {
	case chance < 11:
		become(answered, fade.Canceled)
	case chance < 88 && answered.Before(start):
		become(answered, fade.Confirmed)
		if chance < 15 {
			become(end.Add(5*time.Minute), fade.NoShow)
		} else {
			become(end.Add(5*time.Minute), fade.Completed)
		}
	}
	return steps
}
