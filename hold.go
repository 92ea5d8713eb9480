package fade

import "time"

// Hold keeps a chair for whoever fills the booking form in, from StartTime until just before BlockedUntil, until it
// expires, is given back or becomes a reservation. It belongs to a session of the booking page, and knows no name.
type Hold struct {
	ID           string    `json:"id"`
	BusinessID   string    `json:"business"`
	Service      *string   `json:"service"`
	Staff        *string   `json:"staff"`
	Chair        string    `json:"chair"`
	StartTime    time.Time `json:"start_time"`
	EndTime      time.Time `json:"end_time"`
	BlockedUntil time.Time `json:"-"`
	ExpiresAt    time.Time `json:"expires_at"`
	CreatedAt    time.Time `json:"-"`
	Session      string    `json:"-"` // a hash of the session's secret
	Address      string    `json:"-"` // a hash of the address that asked
}

// Blocks gives the time that the hold keeps, in a state: held, or free once it has ended.
func (h Hold) Blocks(state BusyState) Busy {
	return Busy{h.Chair, Interval{h.StartTime, h.BlockedUntil}, state}
}
