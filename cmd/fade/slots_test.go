package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
)

// bookingPage is what an open booking page knows of a business's chairs: it has read them once, and follows what
// changes.
type bookingPage struct {
	api       api
	subdomain string
	id        string

	mu      sync.Mutex
	epoch   string
	seq     int64
	busy    map[busyTime]string // state
	trouble []error
}

// busyTime is when a chair is busy; none overlaps another of its chair.
type busyTime struct {
	Chair string    `json:"chair"`
	Start time.Time `json:"start_time"`
	End   time.Time `json:"end_time"`
}

type busyChange struct {
	busyTime
	State string `json:"state"`
}

// openPage opens the page of a business at which nothing is booked yet, and follows it until the context ends.
func openPage(ctx context.Context, t *testing.T, a api, subdomain string, following *sync.WaitGroup) *bookingPage {
	t.Helper()
	p := &bookingPage{api: a, subdomain: subdomain, busy: map[busyTime]string{}}
	var page struct{ Business struct{ ID string } }
	header := a.must(t, "GET", "/api/book/"+subdomain+"/", nil, &page)
	p.id = page.Business.ID
	p.epoch, p.seq = p.position(t, header)
	following.Go(func() {
		for ctx.Err() == nil {
			if err := p.follow(ctx); err != nil && ctx.Err() == nil {
				p.complain(err)
				return
			}
		}
	})
	return p
}

// position reads where the log stood.
func (p *bookingPage) position(t *testing.T, header http.Header) (epoch string, seq int64) {
	t.Helper()
	text, ok := strings.CutPrefix(header.Get("Fade-Position"), "slots:"+p.id+"=")
	epoch, number, _ := strings.Cut(text, ":")
	seq, err := strconv.ParseInt(number, 10, 64)
	if !ok || err != nil {
		t.Fatalf("%s: Fade-Position: %q", p.subdomain, header.Get("Fade-Position"))
	}
	return epoch, seq
}

// follow reads the event stream until it ends.
func (p *bookingPage) follow(ctx context.Context) error {
	p.mu.Lock()
	query := url.Values{"channels": {"slots:" + p.id}, "since": {fmt.Sprintf("slots:%s=%s:%d", p.id, p.epoch, p.seq)}}
	p.mu.Unlock()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.api.url+"/sse/?"+query.Encode(), nil)
	if err != nil {
		return err
	}
	request.Header.Set("Accept", "text/event-stream")
	stream, err := (&http.Client{Transport: p.api.http.Transport}).Do(request) // without a timeout
	if err != nil {
		return err
	}
	defer func() { _ = stream.Body.Close() }()
	if stream.StatusCode != http.StatusOK {
		return fmt.Errorf("an event stream: %s", stream.Status)
	}
	lines := bufio.NewScanner(stream.Body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if text, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			p.take(text)
		}
	}
	return lines.Err()
}

func (p *bookingPage) take(text string) {
	var m struct {
		Type    string
		Seq     int64
		Payload struct{ Changes []busyChange }
	}
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		p.complain(err)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case m.Type == "reset":
		p.trouble = append(p.trouble, fmt.Errorf("a reset at %d", p.seq))
	case m.Type != "slots_changed":
		return
	case m.Seq != p.seq+1:
		p.trouble = append(p.trouble, fmt.Errorf("%d came after %d", m.Seq, p.seq))
	}
	p.seq = m.Seq
	for _, c := range m.Payload.Changes {
		if err := p.change(c); err != nil {
			p.trouble = append(p.trouble, fmt.Errorf("at %d: %w: %s", m.Seq, err, text))
		}
	}
}

// change says what is wrong with a change, if anything is.
func (p *bookingPage) change(c busyChange) error {
	if c.State == "free" {
		if p.busy[c.busyTime] == "" {
			return errors.New("a chair is freed that was not busy")
		}
		delete(p.busy, c.busyTime)
		return nil
	}
	for other, state := range p.busy {
		if other.Chair == c.Chair && other.Start.Before(c.End) && c.Start.Before(other.End) {
			return fmt.Errorf("a chair is %s while it is %s from %v", c.State, state, other.Start)
		}
	}
	p.busy[c.busyTime] = c.State
	return nil
}

func (p *bookingPage) complain(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.trouble = append(p.trouble, err)
}

// check compares what the page knows with what it would read if it were opened now: where nothing happens meanwhile, for
// what customers asked for last may be under way.
func (p *bookingPage) check(t *testing.T) {
	t.Helper()
	var read, followed map[busyTime]string
	eventually(t, "the page of "+p.subdomain+" has everything", func() bool {
		var first, last int64
		read, first, last = p.readAgain(t)
		p.mu.Lock()
		defer p.mu.Unlock()
		followed = maps.Clone(p.busy)
		return first == last && p.seq == last || len(p.trouble) > 0
	})
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, err := range p.trouble {
		if t.Errorf("the page of %s: %v", p.subdomain, err); i == 5 {
			break
		}
	}
	if diff := gocmp.Diff(read, followed); diff != "" {
		t.Errorf("the page of %s at %d: read (-) and followed (+):\n%s", p.subdomain, p.seq, diff)
	}
	if len(followed) == 0 {
		t.Errorf("the page of %s saw nothing", p.subdomain)
	}
}

// readAgain reads the days around the horizons of all shops. It gives where the log stood at the first and the last.
func (p *bookingPage) readAgain(t *testing.T) (busy map[busyTime]string, first, last int64) {
	t.Helper()
	const days = 9
	busy = map[busyTime]string{}
	for n := range days {
		date := time.Now().UTC().AddDate(0, 0, n-1).Format(time.DateOnly)
		var slots struct{ Busy []busyChange }
		header := p.api.must(t, "GET", "/api/book/"+p.subdomain+"/slots/?date="+date, nil, &slots)
		if _, last = p.position(t, header); n == 0 {
			first = last
		}
		for _, b := range slots.Busy {
			busy[b.busyTime] = b.State
		}
	}
	return busy, first, last
}
