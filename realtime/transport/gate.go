package transport

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// gate admits handshakes at the pace that leaves the node time for all else.
type gate struct {
	limit *rate.Limiter // nil for no bound

	mu      sync.Mutex
	refused int       // since the window began
	window  time.Time // when that was
}

const (
	gateWindow    = 5 * time.Second
	maxRetryAfter = 30 * time.Second
)

func newGate(perSecond int) *gate {
	g := &gate{}
	if perSecond > 0 {
		g.limit = rate.NewLimiter(rate.Limit(perSecond), perSecond)
	}
	return g
}

// BusyError refuses a connection for now: the server is draining, full, or letting others in.
type BusyError struct {
	Reason     string        // draining, full or rate
	RetryAfter time.Duration // when to try again, other for everybody
}

// Error gives both.
func (e *BusyError) Error() string {
	return fmt.Sprintf("transport: refused (%s), try again after %v", e.Reason, e.RetryAfter)
}

// Admission is the right to open one connection.
type Admission struct{ reservation *rate.Reservation }

// Cancel gives it back, for when the request is refused for another reason.
func (a *Admission) Cancel() {
	if a.reservation != nil {
		a.reservation.Cancel()
	}
}

// Admit asks for another connection; the error is a [*BusyError]. Ask before [Server.Serve], while the request
// can still be answered with a status.
func (s *Server) Admit() (*Admission, error) {
	s.mu.Lock()
	draining := s.draining
	s.mu.Unlock()
	switch {
	case draining:
		return nil, s.refuse("draining")
	case s.o.MaxConns > 0 && s.open.Load() >= int64(s.o.MaxConns):
		return nil, s.refuse("full")
	case s.gate.limit == nil:
		return &Admission{}, nil
	}
	r := s.gate.limit.Reserve()
	if r.Delay() > 0 {
		r.Cancel()
		return nil, s.refuse("rate")
	}
	return &Admission{r}, nil
}

// refuse counts a refusal and chooses when to come back: the more were sent away, the longer the time that
// they are spread over.
func (s *Server) refuse(reason string) *BusyError {
	s.counters.refuse(reason)
	g := s.gate
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	if now.Sub(g.window) > gateWindow {
		g.window, g.refused = now, 0
	}
	g.refused++
	spread := time.Second
	if g.limit != nil {
		spread += time.Duration(float64(g.refused) / float64(g.limit.Limit()) * float64(time.Second))
	}
	return &BusyError{reason, time.Second + rand.N(min(spread, maxRetryAfter))} //nolint:gosec // jitter needs no secret
}
