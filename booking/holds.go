package booking

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/fadedistrict/fade"
)

// NewHold is the time that a customer is about to book. Session is the secret of their booking page, Address where
// they ask from.
type NewHold struct {
	Service   string
	Staff     string // "" for anybody
	StartTime time.Time
	Session   string
	Address   string
}

const (
	maxHolds   = 10 // from one address at a time; behind one there may be several customers
	minSession = 16
	maxSession = 64
)

// sessionKey gives what the database keeps of a session: whoever reads it there cannot use it.
func sessionKey(secret string) string { return hashed("session", secret) }

func hashed(kind, text string) string {
	sum := sha256.Sum256([]byte(kind + "\x00" + text))
	return hex.EncodeToString(sum[:])
}

func validateSession(session string) error {
	if len(session) < minSession || len(session) > maxSession {
		return fade.FieldErrorf(fade.CodeInvalid, "session", "The header Booking-Session must have %d to %d random characters.", minSession, maxSession)
	}
	return nil
}

// Hold keeps a chair for a customer who is about to book, instead of any other that the session holds.
// CodeSlotTaken, with the nearest free slots, if none is free; CodeRateLimited for too many from one address.
func (s *Service) Hold(ctx context.Context, actor fade.Actor, subdomain string, n NewHold) (h fade.Hold, err error) {
	if err := validateSession(n.Session); err != nil {
		return h, err
	}
	var c fade.Catalogue
	for try := 1; ; try++ {
		err = s.store.Update(ctx, func(tx Tx) (err error) {
			h, err = fade.Once(tx, func() (fade.Hold, error) {
				if c, err = businessAt(tx, asVisitor(actor), Place{Subdomain: subdomain}); err != nil {
					return fade.Hold{}, err
				}
				return s.hold(tx, actor, c, n)
			})
			return err
		})
		if !refusedByDatabase(err) || n.Staff != "" || try == maxTries {
			break
		}
	}
	if err != nil {
		return fade.Hold{}, s.withNearest(ctx, err, c.Business.ID, "", mayRun(actor, c.Business.ID, "business") != nil, fade.Wanted{Service: n.Service, Staff: n.Staff}, n.StartTime)
	}
	return h, nil
}

func (s *Service) hold(tx Tx, actor fade.Actor, c fade.Catalogue, n NewHold) (fade.Hold, error) {
	now := s.instant()
	r := fade.Reservation{BusinessID: c.Business.ID, StartTime: n.StartTime.UTC().Truncate(time.Microsecond)}
	if n.Service != "" {
		r.Service = &n.Service
	}
	if n.Staff != "" {
		r.Staff = &n.Staff
	}
	if err := serve(&r, c, Change{}, fade.Actor{}, fade.Reservation{}); err != nil {
		return fade.Hold{}, err
	}
	if err := validateSchedule(r, c, now, mayRun(actor, c.Business.ID, "business") != nil); err != nil {
		return fade.Hold{}, err
	}
	freed, err := endHoldOf(tx, c.Business.ID, sessionKey(n.Session))
	if err != nil {
		return fade.Hold{}, err
	}
	address := hashed("address", n.Address)
	held, err := tx.HoldsFrom(address, now)
	if err != nil {
		return fade.Hold{}, err
	}
	if held >= maxHolds {
		return fade.Hold{}, fade.Errorf(fade.CodeRateLimited, "Too many times are held from your address. Finish one, or wait until they are free again.")
	}
	if err := seatAt(tx, &r, c, now, "", true, &freed); err != nil {
		return fade.Hold{}, err
	}
	h := fade.Hold{
		ID: fade.NewID(now), BusinessID: c.Business.ID, Service: r.Service, Staff: r.Staff, Chair: r.Chair(),
		StartTime: r.StartTime, EndTime: r.EndTime, BlockedUntil: r.BlockedUntil, ExpiresAt: now.Add(s.holdFor), CreatedAt: now,
		Session: sessionKey(n.Session), Address: address,
	}
	if err := tx.InsertHold(h); err != nil {
		return fade.Hold{}, err
	}
	tx.Record(fade.SlotsChanged{BusinessID: h.BusinessID, Changes: append(freed, h.Blocks(fade.BusyHeld))})
	return h, nil
}

// endHoldOf ends the hold of a session, if it has one, and gives what it gave back at the business; elsewhere it
// is told by itself.
func endHoldOf(tx Tx, businessID, session string) ([]fade.Busy, error) {
	h, err := tx.HoldOf(session)
	if fade.ErrorCode(err) == fade.CodeNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	freed := []fade.Busy{h.Blocks(fade.BusyFree)}
	if h.BusinessID != businessID {
		tx.Record(fade.SlotsChanged{BusinessID: h.BusinessID, Changes: freed})
		freed = nil
	}
	return freed, tx.DeleteHold(h.ID)
}

// Release gives a hold back; CodeNotFound if it is gone, or another session's.
func (s *Service) Release(ctx context.Context, id, session string) error {
	return s.store.Update(ctx, func(tx Tx) error {
		h, err := tx.Hold(id)
		if err != nil {
			return err
		}
		if h.Session != sessionKey(session) {
			return fade.NotFound("hold")
		}
		tx.Record(fade.SlotsChanged{BusinessID: h.BusinessID, Changes: []fade.Busy{h.Blocks(fade.BusyFree)}})
		return tx.DeleteHold(h.ID)
	})
}

// HoldFor tells how long a hold lasts.
func (s *Service) HoldFor() time.Duration { return s.holdFor }
