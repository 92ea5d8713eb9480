// Package httpapi is Fade over HTTP: it decodes requests, finds out who asks, calls the verb, and encodes
// what the verb gives. Rules and permissions are the verbs'; what stands here is the shape of the wire.
//
// A request passes, in this order:
//
//   - the middleware of middleware.go, for every path: request id, access log, panics, hosts, CORS,
//   - the router, which knows the routes of the files named after resources, the sockets and the pages,
//   - for an operation of the API (route.go): the actor of its token, its parameters, its body, its verb.
//
// Whatever goes wrong on the way is answered with a [Problem] (RFC 9457), and never with what was sent:
// it may hold a password. Causes go to the log.
package httpapi
