package transport

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"time"
)

// gate admits handshakes at the pace that leaves the node time for all else: a bucket of as many tokens as may
// come in a second, filled at that pace. The limiter of x/time/rate cannot give back what was taken at once.
type gate struct {
	perSecond float64 // 0 for no bound

	mu      sync.Mutex
	tokens  float64
	filled  time.Time
	refused int       // since the window began
	window  time.Time // when that was
}

const (
	gateWindow    = 5 * time.Second
	maxRetryAfter = 30 * time.Second
)

func newGate(perSecond int) *gate {
	return &gate{perSecond: float64(perSecond), tokens: float64(perSecond), filled: time.Now()}
}

// take takes a token if there is one.
func (g *gate) take() bool {
	if g.perSecond == 0 {
		return true
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	g.tokens = min(g.perSecond, g.tokens+now.Sub(g.filled).Seconds()*g.perSecond)
	g.filled = now
	if g.tokens < 1 {
		return false
	}
	g.tokens--
	return true
}

func (g *gate) give() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.tokens = min(g.perSecond, g.tokens+1)
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
type Admission struct {
	gate *gate
	once sync.Once
}

// Cancel gives it back, for when the request is refused for another reason.
func (a *Admission) Cancel() { a.once.Do(a.gate.give) }

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
	case !s.gate.take():
		return nil, s.refuse("rate")
	}
	return &Admission{gate: s.gate}, nil
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
	if g.perSecond > 0 {
		spread += time.Duration(float64(g.refused) / g.perSecond * float64(time.Second))
	}
	return &BusyError{reason, time.Second + rand.N(min(spread, maxRetryAfter))} //nolint:gosec // jitter needs no secret
}
