package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/booking"
	"github.com/fadedistrict/fade/store"
)

// chores are what the platform does by itself, by the clock: holds end, and reservations complete. Every process
// looks whether there is something to do; the one that has the lease does it.
type chores struct {
	store  *store.Store
	verbs  *booking.Service
	holder string
	logger *slog.Logger
}

const (
	choreEvery = time.Second
	choreLease = 15 * time.Second // after which another process takes over from one that died
	choreName  = "chores"
)

func newChores(db *store.Store, verbs *booking.Service, logger *slog.Logger) chores {
	return chores{db, verbs, fade.NewID(time.Now()), logger}
}

// run does the chores every second, until the context ends.
func (c chores) run(ctx context.Context) error {
	ticker := time.NewTicker(choreEvery)
	defer ticker.Stop()
	failing := false
	for {
		err := c.once(ctx)
		if err != nil && ctx.Err() == nil && !failing {
			c.logger.Warn("chores cannot be done; trying again every second", "error", err)
		}
		failing = err != nil
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// once does what there is to do, in batches. Nothing is written where there is nothing to do.
func (c chores) once(ctx context.Context) error {
	for {
		waits, err := c.verbs.ChoresWait(ctx)
		if err != nil || !waits {
			return err
		}
		if held, err := c.store.Lease(ctx, choreName, c.holder, choreLease); err != nil || !held {
			return err
		}
		if _, err := c.verbs.ExpireHolds(ctx); err != nil {
			return err
		}
		if _, err := c.verbs.CompleteDue(ctx); err != nil {
			return err
		}
	}
}
