package simulate

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// Figures are what became of the customers.
type Figures struct {
	Held     int64 // slots, whatever became of them
	Booked   int64
	LetGo    int64 // holds
	Moved    int64
	Canceled int64

	Refused    int64 // because somebody else was faster
	Full       int64 // who found nothing free
	TurnedAway int64 // because the business or the appointment was changed meanwhile, or it was too late
	Slowed     int64 // answers that told to try later
	Errors     int64 // answers that the API does not promise, and none at all

	Took time.Duration
}

// String gives the figures in one line.
func (f Figures) String() string {
	var line strings.Builder
	_, _ = fmt.Fprintf(&line, "held %d  booked %d  let go %d  moved %d  canceled %d  refused %d", f.Held, f.Booked, f.LetGo, f.Moved, f.Canceled, f.Refused)
	for _, rare := range []struct {
		name string
		n    int64
	}{{"found nothing free", f.Full}, {"turned away", f.TurnedAway}, {"slowed down", f.Slowed}} {
		if rare.n > 0 {
			_, _ = fmt.Fprintf(&line, "  %s %d", rare.name, rare.n)
		}
	}
	_, _ = fmt.Fprintf(&line, "  errors %d", f.Errors)
	return line.String()
}

// what names a figure.
type what int

const (
	held what = iota
	booked
	letGo
	moved
	canceled
	refused
	full
	turnedAway
	slowed
)

func (f *Figures) of(w what) *int64 {
	return map[what]*int64{
		held: &f.Held, booked: &f.Booked, letGo: &f.LetGo, moved: &f.Moved, canceled: &f.Canceled,
		refused: &f.Refused, full: &f.Full, turnedAway: &f.TurnedAway, slowed: &f.Slowed,
	}[w]
}

// crowd is what the writers have in common: their figures, and how much has gone wrong.
type crowd struct {
	begun  time.Time
	giveUp func()

	mu      sync.Mutex
	figures Figures
	inARow  int     // errors without anything else in between
	first   []error // that are told
}

func (c *crowd) count(w what) {
	c.mu.Lock()
	defer c.mu.Unlock()
	*c.figures.of(w)++
	c.inARow = 0
}

// fail counts an error, and ends the simulation where there was nothing else for a while.
func (c *crowd) fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.figures.Errors++
	if len(c.first) < mostTold {
		c.first = append(c.first, err)
	}
	if c.inARow++; c.inARow >= mostErrors {
		c.giveUp()
	}
}

func (c *crowd) now() Figures {
	c.mu.Lock()
	defer c.mu.Unlock()
	f := c.figures
	f.Took = time.Since(c.begun)
	return f
}

// report writes a line of figures every so often, until the context ends.
func (c *crowd) report(ctx context.Context, out io.Writer, every time.Duration) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	before := Figures{}
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		now := c.now()
		perSecond := float64(now.Booked-before.Booked) / (now.Took - before.Took).Seconds()
		_, _ = fmt.Fprintf(out, "%6s  %s  (%.1f booked a second)\n", now.Took.Round(time.Second), now, perSecond)
		before = now
	}
}

// result gives the figures, with an error if there were any.
func (c *crowd) result() (Figures, error) {
	f := c.now()
	if f.Errors == 0 {
		return f, nil
	}
	told := make([]string, len(c.first))
	for i, err := range c.first {
		told[i] = "\n  " + err.Error()
	}
	more := ""
	if n := f.Errors - int64(len(told)); n > 0 {
		more = fmt.Sprintf("\n  and %d more", n)
	}
	return f, fmt.Errorf("%d answers were not what they should be:%s%s", f.Errors, strings.Join(told, ""), more)
}
