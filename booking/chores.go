package booking

import (
	"context"

	"github.com/fadedistrict/fade"
)

// choreBatch is how much one transaction of a chore does, so that no writer waits for long.
const choreBatch = 100

// ChoresWait tells whether [Service.ExpireHolds] or [Service.CompleteDue] has something to do.
func (s *Service) ChoresWait(ctx context.Context) (bool, error) {
	now := s.instant()
	return viewed(ctx, s.store, func(r Reader) (bool, error) {
		expired, err := r.ExpiredHolds(now, 1)
		if err != nil || len(expired) > 0 || s.completeAfter < 0 {
			return len(expired) > 0, err
		}
		due, err := r.Due(now.Add(-s.completeAfter), 1)
		return len(due) > 0, err
	})
}

// ExpireHolds ends holds whose time is over, and tells how many. It writes nothing if there are none, and may run
// in several processes.
func (s *Service) ExpireHolds(ctx context.Context) (ended int, err error) {
	now := s.instant()
	expired, err := viewed(ctx, s.store, func(r Reader) ([]fade.Hold, error) { return r.ExpiredHolds(now, choreBatch) })
	if err != nil || len(expired) == 0 {
		return 0, err
	}
	err = s.store.Update(ctx, func(tx Tx) error {
		ended = 0
		changes := map[string][]fade.Busy{}
		for _, h := range expired {
			switch err := tx.DeleteHold(h.ID); {
			case fade.ErrorCode(err) == fade.CodeNotFound:
				continue // somebody else was faster
			case err != nil:
				return err
			}
			ended++
			changes[h.BusinessID] = append(changes[h.BusinessID], h.Blocks(fade.BusyFree))
		}
		for businessID, freed := range changes {
			tx.Record(fade.SlotsChanged{BusinessID: businessID, Changes: freed})
		}
		return nil
	})
	return ended, err
}

// CompleteDue completes confirmed reservations that began long enough ago, and tells how many. It writes nothing
// if there are none, and may run in several processes.
func (s *Service) CompleteDue(ctx context.Context) (completed int, err error) {
	if s.completeAfter < 0 {
		return 0, nil
	}
	now := s.instant()
	before := now.Add(-s.completeAfter)
	due, err := viewed(ctx, s.store, func(r Reader) ([]string, error) { return r.Due(before, choreBatch) })
	if err != nil || len(due) == 0 {
		return 0, err
	}
	err = s.store.Update(ctx, func(tx Tx) error {
		completed = 0
		for _, id := range due {
			previous, err := tx.Reservation(id)
			if err != nil {
				return err
			}
			if previous.Status != fade.Confirmed || previous.StartTime.After(before) {
				continue // somebody changed it meanwhile
			}
			r := previous
			r.Status = fade.Completed
			if _, err := write(tx, r, previous, who{name: fade.ByFade}, now, nil); err != nil {
				return err
			}
			completed++
		}
		return nil
	})
	return completed, err
}

// viewed reads in one snapshot.
func viewed[T any](ctx context.Context, store Store, read func(Reader) (T, error)) (value T, err error) {
	err = store.View(ctx, func(r Reader) (err error) {
		value, err = read(r)
		return err
	})
	return value, err
}
