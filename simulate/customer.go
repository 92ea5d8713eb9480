package simulate

import (
	"context"
	crypto "crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// wish is what a customer looks for.
type wish struct {
	subdomain string
	service   string // "" for an appointment without one
	staff     string // "" for anybody
}

func (w wish) query(more url.Values) string {
	if w.service != "" {
		more.Set("service", w.service)
	}
	if w.staff != "" {
		more.Set("staff", w.staff)
	}
	return more.Encode()
}

func (w wish) path() string { return "/api/book/" + url.PathEscape(w.subdomain) + "/" }

// choice is a slot, and with whom.
type choice struct {
	start time.Time
	staff string // "" for anybody
}

// visit opens a booking page, unless it is open.
func (w *writer) visit(ctx context.Context, subdomain string) (*openPage, error) {
	if p := w.open[subdomain]; p != nil && time.Since(p.read) < pageFor {
		return p, nil
	}
	p := &openPage{read: time.Now()}
	if err := w.server.ask(ctx, request{method: http.MethodGet, path: wish{subdomain: subdomain}.path()}, &p.page); err != nil {
		return nil, err
	}
	w.open[subdomain] = p
	return p, nil
}

// The days that a customer looks at, and how near to the last moment they dare to book.
const (
	lookAhead  = 28
	lastMoment = 2 * time.Minute
)

// choose looks through days and slots, and finds one that is free: rather on a day with many.
func (w *writer) choose(ctx context.Context, p *openPage, want wish) (c choice, found bool, err error) {
	now := time.Now()
	var calendar days
	query := want.query(url.Values{"from": {now.In(p.zone).Format(time.DateOnly)}, "days": {fmt.Sprint(min(lookAhead, p.HorizonDays+1))}})
	if err := w.server.ask(ctx, request{method: http.MethodGet, path: want.path() + "days/?" + query}, &calendar); err != nil {
		return c, false, err
	}
	date, found := w.day(calendar)
	if !found {
		return c, false, nil
	}
	var day slots
	query = want.query(url.Values{"date": {date}})
	if err := w.server.ask(ctx, request{method: http.MethodGet, path: want.path() + "slots/?" + query}, &day); err != nil {
		return c, false, err
	}
	earliest := now.Add(time.Duration(p.LeadMinutes)*time.Minute + lastMoment)
	var free []slot
	for _, s := range day.Slots {
		if len(s.Free) > 0 && s.Start.After(earliest) {
			free = append(free, s)
		}
	}
	if len(free) == 0 {
		return c, false, nil
	}
	s := free[w.random.IntN(len(free))]
	c = choice{start: s.Start, staff: want.staff}
	if chair := s.Free[w.random.IntN(len(s.Free))]; w.random.IntN(10) < 4 && chair != p.Business.ID {
		c.staff = chair
	}
	return c, true, nil
}

// day chooses a day: one with twice as many free slots is twice as likely.
func (w *writer) day(calendar days) (date string, found bool) {
	total := 0
	for _, d := range calendar.Days {
		total += d.Free
	}
	if total == 0 {
		return "", false
	}
	n := w.random.IntN(total)
	for _, d := range calendar.Days {
		if n -= d.Free; n < 0 {
			return d.Date, true
		}
	}
	return "", false
}

func (w *writer) headers() map[string]string {
	return map[string]string{"Booking-Session": w.session, "Idempotency-Key": crypto.Text()}
}

// hold holds a slot. Who is refused tries what is near, once.
func (w *writer) hold(ctx context.Context, want wish, c choice) (h hold, err error) {
	for try := 1; ; try++ {
		h = hold{}
		body := map[string]any{"start_time": c.start}
		setText(body, "service", want.service)
		setText(body, "staff", c.staff)
		err = w.server.ask(ctx, request{http.MethodPost, want.path() + "holds/", w.headers(), body}, &h)
		no, isRefusal := errors.AsType[*refusal](err)
		if !isRefusal || no.problem.Code != "slot_taken" || len(no.problem.Nearest) == 0 || try > 1 {
			break
		}
		w.crowd.count(refused)
		near := no.problem.Nearest[w.random.IntN(len(no.problem.Nearest))]
		if c.start, c.staff = near.Start, ""; near.Staff != nil {
			c.staff = *near.Staff
		}
	}
	if err != nil {
		return h, err
	}
	w.held = &heldSlot{want.subdomain, h.ID}
	w.crowd.count(held)
	if !h.Start.Equal(c.start) || c.staff != "" && c.staff != h.Chair {
		return h, fmt.Errorf("asked for %v of %q, and was held %v of %q", c.start, c.staff, h.Start, h.Chair)
	}
	return h, nil
}

// release gives a hold back.
func (w *writer) release(ctx context.Context) error {
	h := w.held
	w.held = nil
	err := w.server.ask(ctx, request{http.MethodDelete, wish{subdomain: h.subdomain}.path() + "holds/" + h.id + "/", w.headers(), nil}, nothing{})
	if err == nil || refusedWith(err) == "not_found" { // it may have expired
		w.crowd.count(letGo)
		return nil
	}
	return err
}

// book makes a reservation of a hold.
func (w *writer) book(ctx context.Context, want wish, h hold) error {
	body := map[string]any{
		"subdomain": want.subdomain, "hold": h.ID, "start_time": h.Start,
		"customer_name": w.name(), "customer_phone": fmt.Sprintf("+383 44 %03d %03d", w.random.IntN(1000), w.random.IntN(1000)),
	}
	setText(body, "service", want.service)
	setText(body, "staff", h.staff())
	var r reservation
	if err := w.server.ask(ctx, request{http.MethodPost, "/api/reservations/", w.headers(), body}, &r); err != nil {
		return err
	}
	w.held = nil
	w.crowd.count(booked)
	if !r.Start.Equal(h.Start) || h.Staff != nil && (r.Staff == nil || *r.Staff != *h.Staff) {
		return fmt.Errorf("held %v of %q, and booked %v of %v", h.Start, h.Chair, r.Start, r.Staff)
	}
	w.keep(booking{want.subdomain, r.Token})
	return nil
}

func link(token string) string { return "/api/appointments/" + url.PathEscape(token) + "/" }

// look opens the link of an appointment. It tells false if there is nothing left to change.
func (w *writer) look(ctx context.Context, b booking) (a appointment, may bool, err error) {
	if err := w.server.ask(ctx, request{method: http.MethodGet, path: link(b.token)}, &a); err != nil {
		return a, false, err
	}
	if !a.MayChange {
		w.crowd.count(turnedAway)
	}
	return a, a.MayChange, nil
}

// cancel cancels an appointment by its link.
func (w *writer) cancel(ctx context.Context, b booking) error {
	_, may, err := w.look(ctx, b)
	if err != nil || !may {
		return err
	}
	var after appointment
	reasons := []string{"", "I am ill.", "Something came up.", "My train is late."}
	body := map[string]any{"reason": reasons[w.random.IntN(len(reasons))]}
	if err := w.server.ask(ctx, request{http.MethodPost, link(b.token) + "cancel/", w.headers(), body}, &after); err != nil {
		return err
	}
	w.crowd.count(canceled)
	if after.Reservation.Status != "canceled" {
		return fmt.Errorf("canceled, and it is %s", after.Reservation.Status)
	}
	return w.isStale(ctx, b.token, after.Token)
}

// move moves an appointment by its link: straight to another time or, as the page does, by way of a hold.
func (w *writer) move(ctx context.Context, b booking) error {
	before, may, err := w.look(ctx, b)
	if err != nil || !may {
		return err
	}
	p, err := w.visit(ctx, b.subdomain)
	if err != nil {
		return err
	}
	want := wish{subdomain: b.subdomain}
	if before.Reservation.Service != nil {
		want.service = *before.Reservation.Service
	}
	if before.Reservation.Staff != nil && w.random.IntN(3) > 0 { // others do not mind who does it
		want.staff = *before.Reservation.Staff
	}
	chosen, found, err := w.choose(ctx, p, want)
	if err != nil {
		return err
	}
	if !found {
		w.crowd.count(full)
		w.keep(b)
		return nil
	}
	body := map[string]any{}
	var h hold
	if w.random.IntN(2) == 0 {
		h, err = w.hold(ctx, want, chosen)
		if err != nil {
			return err
		}
		if !w.think(ctx) {
			return ctx.Err()
		}
		body["hold"], chosen.start = h.ID, h.Start
		if h.Staff != nil && w.random.IntN(2) == 0 { // the hold says who
			body["staff"] = *h.Staff
		}
	}
	body["start_time"] = chosen.start
	return w.reschedule(ctx, b, before, body, choice{chosen.start, h.staff()})
}

// reschedule moves an appointment to a time of somebody, or of anybody.
func (w *writer) reschedule(ctx context.Context, b booking, before appointment, body map[string]any, to choice) error {
	var after appointment
	if err := w.server.ask(ctx, request{http.MethodPost, link(b.token) + "reschedule/", w.headers(), body}, &after); err != nil {
		return err
	}
	if body["hold"] != nil {
		w.held = nil
	}
	w.crowd.count(moved)
	is := after.Reservation
	if !is.Start.Equal(to.start) || is.ID != before.Reservation.ID || to.staff != "" && (is.Staff == nil || *is.Staff != to.staff) {
		return fmt.Errorf("moved %s to %v of %q, and %s is at %v of %v", before.Reservation.ID, to.start, to.staff, is.ID, is.Start, is.Staff)
	}
	w.keep(booking{b.subdomain, after.Token})
	if before.Reservation.Start.Equal(to.start) {
		return nil // to where it was: the link may stay as it was, too
	}
	return w.isStale(ctx, b.token, after.Token)
}

// isStale tries, now and then, the link that a change has made old.
func (w *writer) isStale(ctx context.Context, before, after string) error {
	if before == after {
		return errors.New("an appointment was changed and its link was not")
	}
	if w.random.IntN(4) > 0 {
		return nil
	}
	var a appointment
	err := w.server.ask(ctx, request{method: http.MethodGet, path: link(before)}, &a)
	switch {
	case err == nil:
		return errors.New("the link of an appointment works after it was changed")
	case refusedWith(err) == "stale_link":
		return nil
	}
	return err
}

// name gives somebody's.
func (w *writer) name() string {
	first := []string{
		"Ana", "Blerim", "Chloé", "Dardan", "Emily", "Fatima", "Giulia", "Hiroshi", "Isabela", "James", "Katarína", "Liam", "Mehmet",
		"Ngozi", "Olga", "Priya", "Quentin", "Rina", "Søren", "Teuta", "Uwe", "Valentina", "Wei", "Ximena", "Yusuf", "Zoë",
	}
	last := []string{
		"Petrović", "Gashi", "Martin", "Shala", "Clarke", "Zahra", "Rossi", "Tanaka", "Costa", "O’Connor", "Nováková", "Murphy", "Kaya",
		"Okafor", "Ivanova", "Sharma", "Dubois", "Krasniqi", "Nielsen", "Berisha", "Schmidt", "López", "Zhang", "Torres", "Demir", "van Dijk",
	}
	return first[w.random.IntN(len(first))] + " " + last[w.random.IntN(len(last))]
}

func setText(body map[string]any, name, value string) {
	if value != "" {
		body[name] = value
	}
}
