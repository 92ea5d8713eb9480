package transport

import "github.com/fadedistrict/fade/realtime/hub"

// The bounds of signals, which are the first to be dropped.
const (
	maxSignals  = 1024    // that wait for a loop's next pass
	signalBytes = 8 << 10 // of answers and signals that wait to be written to one connection; past it signals are dropped
)

// signalled is a signal for a group.
type signalled struct {
	group  *hub.Group
	signal *hub.Signal
}

// Signal implements [hub.Signaller].
func (l *loop) Signal(g *hub.Group, s *hub.Signal) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stopped || len(l.signals) >= maxSignals {
		l.figures.unsignalled.Add(1)
		return
	}
	l.signals = append(l.signals, signalled{g, s})
	l.rouse()
}

// signal puts the signals that wait among the connections' answers: between events, and before those that are not yet
// taken. Who is behind has no use for what is of this moment only.
func (l *loop) signal() {
	l.mu.Lock()
	waiting := l.signals
	l.signals = nil
	l.mu.Unlock()
	var sent, dropped int64
	for _, w := range waiting {
		members := w.group.Append(l.spare.members[:0])
		for _, s := range members {
			c, wire := s.Owner().(*conn), w.signal.Wire(s.Encoding())
			if c.gone || c.blocked || c.lagging || c.opening || c.closing != nil || len(c.out)+len(wire) > signalBytes {
				dropped++
				continue
			}
			c.out = append(c.out, wire...)
			sent++
			l.touch(c)
		}
		clear(members)
		l.spare.members = members[:0]
	}
	if sent+dropped > 0 {
		l.figures.signals.Add(sent)
		l.figures.unsignalled.Add(dropped)
	}
}
