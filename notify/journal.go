package notify

// Journal keeps what was sent until the ledger knows of it. It outlives the process, though not the machine: without it
// a process that is killed between a mail's acceptance and its entry in the ledger would send the mail again.
type Journal interface {
	// Sent notes that a mail or push was accepted. An error says that it could not be noted, which harms nobody unless
	// the process dies.
	Sent(o Outcome) error

	// Settled says that the ledger knows of these outcomes.
	Settled(outcomes []Outcome)

	// Left gives what processes that died have left behind.
	Left() []Leftover
}

// Leftover is what a worker that died has left behind.
type Leftover struct {
	Holder string // the worker's name, to give back what it had leased
	Sent   []Outcome
	Forget func() // removes it, once the ledger knows
}

// noJournal keeps nothing.
type noJournal struct{}

func (noJournal) Sent(Outcome) error { return nil }
func (noJournal) Settled([]Outcome)  {}
func (noJournal) Left() []Leftover   { return nil }
