package store

import (
	"database/sql"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/live"
	"github.com/fadedistrict/fade/notify"
	"github.com/fadedistrict/fade/realtime/eventlog"
	"github.com/fadedistrict/fade/totals"
)

// Record adds an event to the transaction. What follows from it happens when the verb has returned.
func (t *tx) Record(event fade.Event) { t.recorded = append(t.recorded, event) }

// entry is one domain event on its way into the log: the same id on every channel, a sequence on each.
type entry struct {
	event    fade.Event
	id       string
	channels []string
	seqs     []int64
}

// sealing is the work of one seal.
type sealing struct {
	*tx
	now     time.Time
	figures figures
	entries []*entry

	deliveries []fade.Delivery
}

// run calls the verb and seals what it recorded. What it gives is published after the commit.
func (t *tx) run(do func(*tx) error) ([]eventlog.Event, error) {
	if err := do(t); err != nil {
		return nil, err
	}
	if t.failed != nil {
		return nil, t.failed // a failed statement whose error the verb did not pass on
	}
	if len(t.recorded) == 0 {
		return nil, nil
	}
	s := &sealing{tx: t, now: t.shared.instant(), figures: figures{&t.reader, t.seen}}
	return s.seal()
}

// seal runs the last statements of the transaction, in the order that the package's doc gives reasons for.
func (s *sealing) seal() ([]eventlog.Event, error) {
	for _, event := range s.recorded {
		s.add(event)
	}
	if err := s.notify(); err != nil {
		return nil, err
	}
	if err := s.takeSequences(); err != nil {
		return nil, err
	}
	if err := s.moveFigures(); err != nil {
		return nil, err
	}
	if err := s.insertNotifications(); err != nil {
		return nil, err
	}
	if err := s.AddDeliveries(s.deliveries...); err != nil {
		return nil, err
	}
	return s.insertEvents()
}

func (s *sealing) add(event fade.Event) {
	s.entries = append(s.entries, &entry{event: event, id: fade.NewID(s.now), channels: live.Channels(event)})
}

// notify adds what everyone who must be told gets: entries of inboxes, mails and pushes; and cancels the mails that
// what happened makes pointless.
func (s *sealing) notify() error {
	for i, event := range s.recorded {
		if err := s.tell(event, s.entries[i].id); err != nil {
			return err
		}
		if id, reason, overtakes := notify.Overtakes(event); overtakes {
			if err := s.cancelOvertaken(id, reason, s.now); err != nil {
				return err
			}
		}
		posts, err := notify.Posts(event, s.now, s.reminders)
		if err != nil {
			return err
		}
		for _, post := range posts {
			s.post(post, event.Type(), s.entries[i].id)
		}
	}
	return nil
}

// tell adds what the users get who must be told of an event.
func (s *sealing) tell(event fade.Event, eventID string) error {
	notice, tells := notify.Route(event)
	if !tells {
		return nil
	}
	recipients, err := s.recipients(notice.Audience)
	if err != nil {
		return err
	}
	for _, who := range recipients {
		if who.UserID == notice.Audience.Except {
			continue
		}
		inApp, others := who.Hears(notice, s.now)
		var entryID *string
		if inApp {
			id := fade.NewID(s.now)
			entryID = &id
			s.add(fade.NotificationAdded{UserID: who.UserID, Notification: fade.Notification{
				ID: id, Type: notice.Type, Message: notice.Message, Payload: notice.Payload, EventID: eventID, CreatedAt: s.now,
			}})
		}
		for _, d := range others {
			d.ID, d.EventID, d.EventType, d.NotificationID, d.CreatedAt = fade.NewID(s.now), eventID, notice.Type, entryID, s.now
			s.deliveries = append(s.deliveries, d)
		}
	}
	return nil
}

// post adds a mail about a reservation.
func (s *sealing) post(p notify.Post, eventType fade.EventType, eventID string) {
	s.deliveries = append(s.deliveries, fade.Delivery{
		ID: fade.NewID(s.now), EventID: eventID, EventType: eventType, BusinessID: &p.Reservation.BusinessID, ReservationID: &p.Reservation.ID,
		ScheduleVersion: p.Reservation.ScheduleVersion, Route: fade.RouteEmail, Kind: p.Kind, Address: p.Address,
		State: fade.DeliveryQueued, Cause: p.Cause, NextAttemptAt: &p.Due, CreatedAt: s.now,
	})
}

// reminders gives when the customers of a business are reminded, in minutes before the start.
func (s *sealing) reminders(businessID string) ([]int, error) {
	catalogue, err := s.Catalogue(businessID)
	return catalogue.Settings.ReminderMinutes, err
}

// recipients gives the users of an audience with how they want to hear, each once, exceptions included.
func (s *sealing) recipients(a notify.Audience) ([]notify.Recipient, error) {
	a.Except = ""
	if known, ok := s.seen.recipients[a]; ok {
		return known, nil
	}
	var recipients []notify.Recipient
	err := s.query("find recipients", func(r row) error {
		who, device, err := scanRecipient(r)
		if n := len(recipients); err == nil && (n == 0 || recipients[n-1].UserID != who.UserID) {
			recipients = append(recipients, who)
		}
		if last := len(recipients) - 1; err == nil && device != "" {
			recipients[last].Devices = append(recipients[last].Devices, device)
		}
		return err
	}, `
		SELECT u.id, u.user_type, u.email, u.business_id, COALESCE(b.timezone, ''), COALESCE(d.id, ''), `+preferenceColumns+`
		FROM (SELECT id FROM users WHERE user_type = 'super_admin' AND is_active AND $1
			UNION
			SELECT id FROM users WHERE business_id = $2 AND user_type = 'business_owner' AND is_active) r
		JOIN users u ON u.id = r.id LEFT JOIN businesses b ON b.id = u.business_id
		LEFT JOIN preferences p ON p.user_id = u.id LEFT JOIN push_devices d ON d.user_id = u.id
		ORDER BY u.id, d.id`, a.SuperAdmins, a.OwnersOf)
	if err == nil {
		s.seen.recipients[a] = recipients
	}
	return recipients, err
}

// scanRecipient scans a user with one of their devices, if they have any.
func scanRecipient(r row) (who notify.Recipient, device string, err error) {
	var zone string
	var business sql.Null[string]
	var preferences preferenceRow
	if err = r.Scan(append([]any{&who.UserID, &who.UserType, &who.Email, &business, &zone, &device}, preferences.dest()...)...); err != nil {
		return who, "", err
	}
	who.BusinessID = textOrNil(business)
	who.Preferences, err = preferences.of(who.UserID, zone)
	return who, device, err
}

// takeSequences counts the events of each channel up. From here on the channels' rows are locked.
func (s *sealing) takeSequences() error {
	counts := map[string]int64{}
	for _, e := range s.entries {
		for _, channel := range e.channels {
			counts[channel]++
		}
	}
	args := make([]any, 0, 2*len(counts))
	for _, channel := range slices.Sorted(maps.Keys(counts)) {
		args = append(args, channel, counts[channel])
	}
	next := make(map[string]int64, len(counts))
	err := bulk{
		into: `INSERT INTO channels (name, seq) VALUES `, columns: 2,
		tail: ` ON CONFLICT (name) DO UPDATE SET seq = channels.seq + excluded.seq RETURNING name, seq`,
	}.run(s.transaction, "take sequences", func(r row) error {
		var channel string
		var seq int64
		err := r.Scan(&channel, &seq)
		next[channel] = seq - counts[channel]
		return err
	}, args)
	if err != nil {
		return err
	}
	for _, e := range s.entries {
		for _, channel := range e.channels {
			next[channel]++
			e.seqs = append(e.seqs, next[channel])
		}
		if added, ok := e.event.(fade.NotificationAdded); ok {
			added.Notification.Seq = e.seqs[0]
			e.event = added
		}
	}
	return nil
}

// moveFigures applies what the events add up to.
func (s *sealing) moveFigures() error {
	var deltas []totals.Delta
	for _, e := range s.entries {
		deltas = append(deltas, totals.Of(e.event)...)
	}
	deltas = totals.Sum(deltas)
	var counters, rollups []any
	for _, d := range deltas {
		if d.HasDay {
			rollups = append(rollups, d.Scope, string(d.Name), int64(d.Day), d.By)
		} else {
			counters = append(counters, d.Scope, string(d.Name), d.By)
		}
	}
	err := bulk{
		into: `INSERT INTO counters (scope, name, value) VALUES `, columns: 3,
		tail: ` ON CONFLICT (scope, name) DO UPDATE SET value = counters.value + excluded.value RETURNING scope, name, value`,
	}.run(s.transaction, "move counters", func(r row) error {
		var scope string
		var name totals.Name
		var value int64
		err := r.Scan(&scope, &name, &value)
		if name == totals.Unread {
			s.seen.unread[scope] = value
		}
		return err
	}, counters)
	if err != nil {
		return err
	}
	err = bulk{
		into: `INSERT INTO rollups (scope, name, day, value) VALUES `, columns: 4,
		tail: ` ON CONFLICT (scope, name, day) DO UPDATE SET value = rollups.value + excluded.value`,
	}.run(s.transaction, "move rollups", nil, rollups)
	if err != nil {
		return err
	}
	for _, d := range deltas {
		s.seen.moved(d)
	}
	return nil
}

func (s *sealing) insertNotifications() error {
	var args []any
	for _, e := range s.entries {
		added, ok := e.event.(fade.NotificationAdded)
		if !ok {
			continue
		}
		n := added.Notification
		payload, err := json.Marshal(n.Payload)
		if err != nil {
			return s.fail("encode notification", err)
		}
		args = append(args, n.ID, added.UserID, n.Seq, string(n.Type), n.Message, string(payload), n.EventID, micros(n.CreatedAt))
	}
	return bulk{
		into: `INSERT INTO notifications (id, user_id, seq, type, message, payload, event_id, created_at) VALUES `, columns: 8,
	}.run(s.transaction, "insert notifications", nil, args)
}

// insertEvents writes the log: a row for each channel of each event.
func (s *sealing) insertEvents() ([]eventlog.Event, error) {
	after := s.after()
	var events []eventlog.Event
	var args []any
	for _, e := range s.entries {
		event, err := s.withCounts(e.event)
		if err != nil {
			return nil, err
		}
		for i, channel := range e.channels {
			payload, err := live.Payload(event, channel, after)
			if err != nil {
				return nil, err
			}
			text, err := json.Marshal(payload)
			if err != nil {
				return nil, s.fail("encode event", err)
			}
			events = append(events, eventlog.Event{
				Channel: channel, Seq: e.seqs[i], ID: e.id, Type: string(event.Type()), At: s.now, Payload: text,
			})
			args = append(args, channel, e.seqs[i], e.id, string(event.Type()), micros(s.now), string(text))
		}
	}
	return events, bulk{
		into: `INSERT INTO events (channel, seq, id, type, at, payload) VALUES `, columns: 6,
	}.run(s.transaction, "insert events", nil, args)
}

// withCounts gives the events about a business its counts as they are now: those that the verb read may
// be older than the figures beside them.
func (s *sealing) withCounts(event fade.Event) (fade.Event, error) {
	count := func(b *fade.Business) error {
		counters, err := s.figures.Counters(b.ID)
		b.UserCount, b.ReservationCount = counters[totals.Users], counters[totals.Reservations]
		return err
	}
	var err error
	switch e := event.(type) {
	case fade.BusinessCreated:
		err = count(&e.Business)
		return e, err
	case fade.BusinessUpdated:
		err = count(&e.Business)
		return e, err
	}
	return event, nil
}

// after reads the figures as they are now, each once for all events of the transaction.
func (s *sealing) after() live.After {
	var platform *fade.PlatformTotals
	businesses := map[string]fade.BusinessTotals{}
	return live.After{
		Platform: func() (fade.PlatformTotals, error) {
			if platform != nil {
				return *platform, nil
			}
			read, err := totals.ReadPlatform(s.figures, s.now)
			platform = &read
			return read, err
		},
		Business: func(id string) (fade.BusinessTotals, error) {
			if read, ok := businesses[id]; ok {
				return read, nil
			}
			read, err := totals.ReadBusiness(s.figures, id, s.now)
			businesses[id] = read
			return read, err
		},
		Unread: func(userID string) (int64, error) {
			if unread, ok := s.seen.unread[userID]; ok {
				return unread, nil
			}
			counters, err := s.figures.Counters(userID)
			return counters[totals.Unread], err
		},
		Messages: func(userID string) (int64, error) {
			counters, err := s.figures.Counters(userID)
			return counters[totals.UnreadMessages], err
		},
	}
}
