package load

import (
	"fmt"
	"maps"
	"time"
)

// Stats is what a swarm has seen since its last Reset, and how many clients it has now.
type Stats struct {
	Clients  int // that were ever opened
	Ready    int // that are open, and past the greeting
	CaughtUp int // ready, and with all that there was when they were opened

	Bytes      int64 // read, of everything
	Events     int64 // with a sequence
	Deliveries int64 // of those, with a time
	Gaps       int64 // places where something is missing
	Missing    int64 // how much
	Duplicates int64 // events that had been there, or came too late
	Resets     int64 // of Fade: "you cannot continue from where you were"
	Notices    int64 // of Fade: "reconnect", before it goes away
	Pings      int64 // sent
	Pongs      int64
	Errors     int64 // of Fade: an error on a connection that lives on

	Opened   int64       // connections that became ready
	Closes   map[int]int // connections that ended, by close code; 1006 without one
	Refused  map[int]int // requests that were answered with something else than a connection, by status
	Failures int64       // connections that did not become ready, the refused included
	Failure  string      // the first of them, in words

	First, Last time.Time // when the first and the last delivery was read
	Latency     *Histogram
}

func newStats() Stats {
	return Stats{Closes: map[int]int{}, Refused: map[int]int{}, Latency: &Histogram{}}
}

// Disorder counts what a faultless server never does: gaps, duplicates, resets.
func (s Stats) Disorder() int64 { return s.Gaps + s.Duplicates + s.Resets }

// String says the counters in a line.
func (s Stats) String() string {
	return fmt.Sprintf("%d of %d clients ready, %d deliveries, %d gaps, %d duplicates, %d resets, closed %v, refused %v, %d failures %s",
		s.Ready, s.Clients, s.Deliveries, s.Gaps, s.Duplicates, s.Resets, s.Closes, s.Refused, s.Failures, s.Failure)
}

// Stats gives a copy of the counters.
func (s *Swarm) Stats() Stats {
	result := newStats()
	s.do(func() {
		latency, closes, refused := result.Latency, result.Closes, result.Refused
		result = s.stats
		*latency = *s.stats.Latency
		maps.Copy(closes, s.stats.Closes)
		maps.Copy(refused, s.stats.Refused)
		result.Latency, result.Closes, result.Refused = latency, closes, refused
		result.First, result.Last = time.Unix(0, s.first), time.Unix(0, s.last)
		result.Clients = len(s.clients)
		for i := range s.clients {
			if c := &s.clients[i]; c.state == stateReady {
				result.Ready++
				if c.last >= c.head {
					result.CaughtUp++
				}
			}
		}
	})
	return result
}

// Reset sets the counters to zero. The clients keep their sequences.
func (s *Swarm) Reset() {
	s.do(func() {
		s.stats = newStats()
		s.delivered.Store(0)
	})
}

// Epoch gives the epoch of Fade's database, as the clients were told.
func (s *Swarm) Epoch() string {
	var epoch string
	s.do(func() { epoch = s.epoch })
	return epoch
}

// Lowest gives the smallest sequence that any client is at.
func (s *Swarm) Lowest() int64 {
	var lowest int64
	s.do(func() {
		for i := range s.clients {
			if last := s.clients[i].last; i == 0 || last < lowest {
				lowest = last
			}
		}
	})
	return lowest
}
