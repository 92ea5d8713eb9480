package store

import (
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
	return s.insertEvents()
}

func (s *sealing) add(event fade.Event) {
	s.entries = append(s.entries, &entry{event: event, id: fade.NewID(s.now), channels: live.Channels(event)})
}

// notify adds an inbox entry for everyone who must be told.
func (s *sealing) notify() error {
	for _, event := range s.recorded {
		notice, tells := notify.Route(event)
		if !tells {
			continue
		}
		recipients, err := s.recipients(notice.Audience)
		if err != nil {
			return err
		}
		for _, userID := range recipients {
			if userID == notice.Audience.Except {
				continue
			}
			s.add(fade.NotificationAdded{UserID: userID, Notification: fade.Notification{
				ID: fade.NewID(s.now), Type: notice.Type, Message: notice.Message, Payload: notice.Payload, CreatedAt: s.now,
			}})
		}
	}
	return nil
}

// recipients gives the users of an audience, each once, exceptions included.
func (s *sealing) recipients(a notify.Audience) ([]string, error) {
	a.Except = ""
	if known, ok := s.seen.recipients[a]; ok {
		return known, nil
	}
	userIDs, err := all(s.transaction, "find recipients", scanText, `
		SELECT id FROM users WHERE user_type = 'super_admin' AND is_active AND $1
		UNION
		SELECT id FROM users WHERE business_id = $2 AND user_type = 'business_owner' AND is_active
		ORDER BY id`, a.SuperAdmins, a.OwnersOf)
	if err == nil {
		s.seen.recipients[a] = userIDs
	}
	return userIDs, err
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
		args = append(args, n.ID, added.UserID, n.Seq, string(n.Type), n.Message, string(payload), micros(n.CreatedAt))
	}
	return bulk{
		into: `INSERT INTO notifications (id, user_id, seq, type, message, payload, created_at) VALUES `, columns: 7,
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
	}
}
