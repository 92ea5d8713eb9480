// Package ws is the WebSocket transport: it speaks RFC 6455 with clients and the messages of
// docs/protocol.md on top of it, and gives each connection what its subscriptions have pending.
//
// The package is in three layers. [decoder] turns bytes into messages and knows no I/O. [conn] moves the
// bytes: one goroutine reads; a second exists only while there is something to write, and writes all that
// is pending with one system call. peer, the protocol's state, sits between a conn and the hub. Who the
// client is and what it may do is the application's business: it passes in a [Session].
package ws
