//go:build !linux

package transport

// newPoller gives the portable poller: there is no other here.
func newPoller(l *loop, _ bool) (poller, error) { return newAlarm(l), nil }
