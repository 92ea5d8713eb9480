package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/accounts"
	"github.com/fadedistrict/fade/simulate"
	"github.com/fadedistrict/fade/store"
)

type simulateCommand struct {
	databaseFlags
	URL        string        `default:"http://127.0.0.1:8000" help:"The server."`
	Businesses string        `placeholder:"NAMES" help:"Subdomains of the businesses, with commas between. By default all that are active in the database."`
	Rate       float64       `default:"2" placeholder:"N" help:"Customers a second; 0 for full speed."`
	Writers    int           `default:"8" placeholder:"N" help:"Customers at the same time. One address can hold ten times, so more of them only wait."`
	For        time.Duration `default:"0" help:"For how long; 0 until it is interrupted."`
	Seed       uint64        `default:"0" placeholder:"N" help:"What customers want follows from it; 0 for another every time."`
}

const (
	simulateEvery = 5 * time.Second
	simulateWait  = 2 * time.Minute // for a server that is just being started
)

// Run lets customers browse, hold, book, move and cancel, and prints what became of them.
func (c *simulateCommand) Run(ctx context.Context, s streams) error {
	if address, err := url.Parse(c.URL); err != nil || address.Host == "" {
		return fmt.Errorf("%q is not the address of a server, such as http://127.0.0.1:8000", c.URL)
	}
	if err := awaitReady(ctx, c.URL, s); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	businesses := splitList(c.Businesses)
	if len(businesses) == 0 {
		var err error
		if businesses, err = c.activeBusinesses(ctx); err != nil {
			return err
		}
	}
	for c.Seed == 0 {
		c.Seed = uint64(rand.Uint32()) //nolint:gosec // G404: short enough to be typed again
	}
	if _, err := fmt.Fprintf(s.out, "Customers come to %d businesses at %s (--seed %d)\n", len(businesses), c.URL, c.Seed); err != nil {
		return err
	}
	figures, err := simulate.Run(ctx, simulate.Options{
		URL: c.URL, Businesses: businesses, Rate: c.Rate, Writers: c.Writers, For: c.For, Seed: c.Seed, Out: s.out, Every: simulateEvery,
	})
	if figures.Took > 0 {
		_, printing := fmt.Fprintf(s.out, "In %s: %s\n", figures.Took.Round(100*time.Millisecond), figures)
		err = errors.Join(err, printing)
	}
	return err
}

// activeBusinesses gives the subdomains of all businesses that take reservations. The database is only read: a
// server is using it.
func (c *simulateCommand) activeBusinesses(ctx context.Context) (subdomains []string, err error) {
	dsn, err := c.dsn()
	if err != nil {
		return nil, err
	}
	if path, isFile := strings.CutPrefix(dsn, "sqlite:"); isFile {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("there is no database at %s: name the businesses with --businesses, or the database with --database or --data", path)
		}
	}
	db, err := store.Open(ctx, dsn, store.Options{})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, closeStore(db)) }()
	active := true
	query := accounts.BusinessQuery{Page: fade.Page{Limit: fade.MaxLimit, Sort: "created_at"}, Active: &active}
	err = db.Accounts().View(ctx, func(r accounts.Reader) error {
		businesses, err := r.Businesses(query)
		for _, b := range businesses.Items {
			subdomains = append(subdomains, b.Subdomain)
		}
		return err
	})
	if err == nil && len(subdomains) == 0 {
		err = errors.New("no business in the database is active")
	}
	return subdomains, err
}

// awaitReady waits for a server that is starting.
func awaitReady(ctx context.Context, server string, s streams) error {
	if askReady(ctx, server) == nil {
		return nil
	}
	_, _ = fmt.Fprintf(s.err, "Waiting for the server at %s\n", server)
	ctx, cancel := context.WithTimeout(ctx, simulateWait)
	defer cancel()
	ticker := time.NewTicker(200 * time.Millisecond)
	defer ticker.Stop()
	for {
		err := askReady(ctx, server)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("there is no server at %s: %w", server, err)
		case <-ticker.C:
		}
	}
}

func askReady(ctx context.Context, server string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(server, "/")+"/readyz", nil)
	if err != nil {
		return err
	}
	request.Close = true
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("it is not ready: %s", answer.Status)
	}
	return nil
}
