package main

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"sync"
	"time"

	"github.com/fadedistrict/fade/booking"
	"github.com/fadedistrict/fade/cluster"
	"github.com/fadedistrict/fade/notify"
	"github.com/fadedistrict/fade/store"
)

type workerCommand struct {
	databaseFlags
	deliveryFlags
	SecretKey     string        `env:"FADE_SECRET_KEY" placeholder:"KEY" help:"That of the servers: it signs customers' links; by default the one in the data folder."`
	PublicURL     string        `env:"FADE_PUBLIC_URL" default:"http://localhost:8000" placeholder:"URL" help:"Where people find the servers: links in mails begin with it."`
	Retention     time.Duration `env:"FADE_RETENTION" default:"720h" help:"How long events are kept for clients that come back."`
	CompleteAfter time.Duration `env:"FADE_COMPLETE_AFTER" default:"35m" help:"How long after its start a confirmed reservation completes by itself; below 0 never."`
	LogFormat     string        `env:"FADE_LOG_FORMAT" default:"text" enum:"text,json" help:"text or json."`
}

// Run does the background work until the context ends. Any number may run: what one has done, the others
// find done.
func (c *workerCommand) Run(ctx context.Context, s streams) (err error) {
	logger := newLogger(s, c.LogFormat)
	db, err := c.open(ctx, store.Options{Logger: logger})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeStore(db)) }()
	logger.Info("working", "version", version)
	key, err := knownSecret(c.SecretKey, c.Data)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return errors.New("a worker needs the servers' key, for the links in mails: set FADE_SECRET_KEY, or name the servers' data folder")
	case err != nil:
		return err
	}
	public, err := publicURL(c.PublicURL, "")
	if err != nil {
		return err
	}
	verbs := booking.New(db.Booking(), booking.Options{Secret: key, CompleteAfter: c.CompleteAfter})
	post, err := c.openPost(ctx, db, c.Data, public, verbs, notify.NewChoices(db.Choices(), key, time.Now), logger)
	if err != nil {
		return err
	}
	work := newChores(db, verbs, logger)
	var working sync.WaitGroup
	working.Go(func() { _ = work.run(ctx) })
	if c.Deliveries == "on" {
		working.Go(func() {
			if err := post.run(ctx); err != nil {
				logger.Warn("the deliveries did not end in order", "error", err)
			}
		})
	}
	defer working.Wait()
	return housekeeping{db, c.Retention, logger}.run(ctx)
}

// housekeeping removes what is old: events past the retention, sessions that have ended, and nodes that died.
type housekeeping struct {
	store     *store.Store
	retention time.Duration
	logger    *slog.Logger
}

// How often, and in what portions, what is old is removed.
const (
	houseEvery = time.Hour
	houseBatch = 5_000
)

// run keeps house at once and then every hour, until the context ends.
func (h housekeeping) run(ctx context.Context) error {
	ticker := time.NewTicker(houseEvery)
	defer ticker.Stop()
	for {
		if err := h.once(ctx, time.Now()); err != nil && ctx.Err() == nil {
			h.logger.Warn("what is old cannot be removed; trying again in an hour", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// once removes what is old.
func (h housekeeping) once(ctx context.Context, now time.Time) error {
	if err := inPortions(func() (int64, error) { return h.store.Prune(ctx, now.Add(-h.retention), houseBatch) }); err != nil {
		return err
	}
	if err := inPortions(func() (int64, error) { return h.store.PruneAnswers(ctx, now, houseBatch) }); err != nil {
		return err
	}
	if err := inPortions(func() (int64, error) { return h.store.PruneDeliveries(ctx, now.Add(-h.retention), houseBatch) }); err != nil {
		return err
	}
	if _, err := h.store.PruneSessions(ctx, now); err != nil {
		return err
	}
	_, err := h.store.PruneNodes(ctx, now.Add(-cluster.KeepFor))
	return err
}

// inPortions removes portion after portion until one is not full, so that no writer waits for long.
func inPortions(remove func() (int64, error)) error {
	for {
		if removed, err := remove(); err != nil || removed < houseBatch {
			return err
		}
	}
}
