// Package store keeps everything in SQL: the rows of accounts, booking and notify, the durable log of
// realtime/eventlog and the figures of totals. One text of SQL serves SQLite and PostgreSQL; the two
// engines differ in how they connect, lock and classify errors, and in their migrations.
//
// # What a transaction is
//
// A verb changes rows and calls Record for what happened; Record only collects. When the verb returns
// nil, seal turns the recorded events into the last statements of the same transaction, in an order that
// every transaction keeps, so that none waits for another in a circle:
//
//  1. package notify names who must be told; each recipient adds a NotificationAdded event,
//  2. package live names the channels; each channel row gives the next sequences (channels sorted by
//     name; the row stays locked until the commit, which is what makes sequences gapless and ordered),
//  3. package totals names the figures; counters and rollups move (sorted as well). Whoever moves the
//     platform's counters also holds the dashboard's channel row, so the totals inside an event are those
//     of its sequence, and nobody's else,
//  4. inbox entries and events are inserted, the events with the payload that live gives them,
//  5. COMMIT. Only then are the events published, in the order of their sequences.
//
// A failed statement fails its transaction on both engines: whatever the verb makes of the error, its
// update is rolled back. What was rolled back took no sequence and is never published.
//
// # Durability and group commit
//
// Update returns nil once the commit is on disk (fsync), never before. On SQLite one goroutine owns the
// only writing connection and lends it to the waiting updates one after another, each in a savepoint, up
// to 64 in one transaction with one fsync; a lone update is committed at once, so batching costs it no
// delay. An update that fails or panics takes back its own savepoint and nobody else's work. If the commit itself
// fails, everyone in it gets the error. An update whose context ends while it waits is skipped; once it
// has begun it runs to its end, because interrupting a statement would roll the others back as well. The
// same holds on PostgreSQL, where updates run concurrently under READ COMMITTED with row locks and are
// repeated, all of them, after a deadlock or serialization failure.
//
// View runs in one snapshot: rows, figures and log position read in it belong together.
//
// # Lists
//
// Lists are paged by key: a cursor holds the sort and the last row's key and id, so a page costs the same
// at any depth, and rows that appear meanwhile neither repeat nor hide others.
package store
