// Package transport holds the open connections of a node and brings each what its subscriptions have pending:
// WebSockets (package ws) and event streams (package sse), which are one kind of connection here but for how
// bytes are put on the wire.
//
// A connection lives on one of a few loops, a goroutine each, about as many as there are cores. A loop owns
// everything of its connections that has to do with bytes, so none of it is locked. It sleeps until sockets are
// ready, a commit moved a channel's head, somebody posted work to it, or its wheel has a deadline. Then it makes
// a pass: whatever is pending for a connection goes out with one system call, and what arrives meanwhile waits
// for the next pass, together. At low load an event leaves at once; the busier the node, the more goes out with
// each call.
//
// Sockets come in two kinds behind the interface link. On Linux a plain TCP connection is handed over to its
// loop's epoll instance once the handshake is done: no goroutine, no buffer and no timer while it is idle.
// Everything else, TLS and other systems, is moved by goroutines. The loop, the protocol and the tests are the
// same for both.
//
// A subscription is a cursor ([hub.Subscription]), so a connection has no queue of events. If its socket takes no
// more, what is kept is the rest of one event; the cursor says where to go on, and the ring or the log has the
// rest. What a client asks for that may wait for the database is answered by a goroutine of its own, one at a
// time for each connection, never by the loop.
package transport
