// Package load is a load generator for servers that send the same events to many clients: one epoll loop, on
// one goroutine, holds up to about 19,000 client connections of a process and checks every event on each.
//
// A [Swarm] opens its clients with bounded parallelism and speaks what a [Protocol] asks for: WebSocket (RFC
// 6455) with Fade's protocol, Socket.IO's, Centrifuge's or none inside the frames, or server-sent events.
// Every event is expected to carry two whole numbers in its JSON text: a sequence that grows by one ("seq" in
// Fade's events, "n" in those of other servers), and the time it was sent, in Unix nanoseconds ("t", or
// whatever [Config.TimeKey] says). The swarm finds both by their place in the text, without decoding it, since
// a server may send millions a second and shares the machine with its load.
//
// What a client keeps between two reads is a struct of some eighty bytes, and the beginning of a frame where
// a read ended inside one. Everything else, the read buffer above all, is the loop's.
//
// All state belongs to the loop's goroutine. The methods of a Swarm hand it functions to run in between, so
// they may be called from anywhere.
package load
