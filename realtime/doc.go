// Package realtime is the engine: it brings what was committed to those who watch, and knows nothing of
// bookings. One event's road through it:
//
//   - A transaction writes the event into the log with the next sequence of its channel (package eventlog).
//   - After the commit the store hands the event to the hub (package hub), which has it for its own
//     subscribers at once and passes it to the channel layer (package channel) as a hint for other nodes.
//   - The hub of every node accepts the sequence that is next, drops what it has seen, and reads what is
//     missing from the log. So the layer may lose, repeat or reorder: it makes events fast, not certain.
//   - Each channel keeps a ring of its newest frames. A subscription is a cursor into it: woken when the
//     head moves, it pulls what it has not had, from the ring or, where that no longer reaches, the log.
//   - The transport (package ws) writes everything that a connection has pending with one system call.
//
// Packages here import each other and one driver per leaf, never the domain.
package realtime
