package webpush

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"
)

const (
	httpsPort   = "443"
	maxEndpoint = 2048 // characters of an address
	maxHeader   = 16 << 10
)

// errNotPublic does not say which address it was: who gave the name would learn what it means in here.
var errNotPublic = errors.New("the address is not a public one")

// ValidEndpoint says whether an address may be kept as a subscription's: what is wrong with it, or nil. Names are not
// resolved here, and what passes is still checked each time that it is dialled.
func ValidEndpoint(endpoint string) error {
	_, err := parseEndpoint(endpoint, false)
	return err
}

// parseEndpoint reads the address of a subscription. Its errors have at most the host in them.
func parseEndpoint(endpoint string, private bool) (*url.URL, error) {
	if len(endpoint) > maxEndpoint {
		return nil, fmt.Errorf("webpush: the endpoint has more than %d characters", maxEndpoint)
	}
	at, err := url.Parse(endpoint)
	if err != nil {
		return nil, errors.New("webpush: the endpoint is not an address")
	}
	at.Host = strings.ToLower(at.Host)
	switch {
	case at.Scheme != "https" || at.Opaque != "":
		return nil, errors.New("webpush: the endpoint is not an https address")
	case at.User != nil:
		return nil, errors.New("webpush: the endpoint has a name or password in it")
	case at.Hostname() == "":
		return nil, errors.New("webpush: the endpoint has no host")
	case private:
		return at, nil
	case at.Port() != "" && at.Port() != httpsPort:
		return nil, fmt.Errorf("webpush: the endpoint at %s is on another port than %s", at.Hostname(), httpsPort)
	case !isPublicName(at.Hostname()):
		return nil, errors.New("webpush: the endpoint's host is not a name on the internet")
	}
	return at, nil
}

// isPublicName tells names from what a resolver could take for an address, as the URL standard does, and from names
// that mean something in one network alone (RFC 6761, 6762, 8375 and what people use). Push services have names.
func isPublicName(host string) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	last := host[strings.LastIndexByte(host, '.')+1:]
	if last == host || last == "" || last[0] >= '0' && last[0] <= '9' || len(host) > 253 {
		return false
	}
	switch last {
	case "localhost", "localdomain", "local", "svc", "internal", "intranet", "lan", "home", "corp", "private", "test", "example", "invalid", "onion", "arpa":
		return false
	}
	for label := range strings.SplitSeq(host, ".") {
		if label == "" || len(label) > 63 || strings.ContainsFunc(label, notBase64URL) {
			return false
		}
	}
	return true
}

// newClient makes the client that messages leave by and that nothing else is asked with.
func newClient(o Options) *http.Client {
	dialer := &net.Dialer{Timeout: o.Timeout, KeepAlive: 30 * time.Second, Resolver: o.resolver}
	if !o.InsecureAllowPrivate {
		dialer.ControlContext = onlyPublic
	}
	return &http.Client{
		Timeout:       o.Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			Proxy:                  nil, // the environment's would dial in our place, and check nothing
			DialContext:            dialer.DialContext,
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: o.RootCAs},
			TLSHandshakeTimeout:    o.Timeout,
			ResponseHeaderTimeout:  o.Timeout,
			MaxResponseHeaderBytes: maxHeader,
			ForceAttemptHTTP2:      true,
			DisableCompression:     true,
			MaxIdleConns:           64,
			MaxIdleConnsPerHost:    4,
			IdleConnTimeout:        90 * time.Second,
		},
	}
}

// onlyPublic is asked with each address that a socket is about to be connected to, after names were resolved.
func onlyPublic(_ context.Context, network, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil || !strings.HasPrefix(network, "tcp") || !isPublic(to.Addr()) {
		return errNotPublic
	}
	return nil
}

// isPublic tells addresses of the internet from those of this machine, its neighbours and nobody. Addresses that carry
// another one inside (IPv4-mapped and -compatible, NAT64, 6to4, Teredo) are none of the internet's: where they lead is
// for a translator to say.
func isPublic(a netip.Addr) bool {
	if !a.IsValid() || a.Zone() != "" || a.Is6() && !global6.Contains(a) {
		return false
	}
	return !slices.ContainsFunc(special[:], func(p netip.Prefix) bool { return p.Contains(a) })
}

var (
	// global6 is all that was ever given to anybody: what is elsewhere is local, carries IPv4, or is kept for later.
	global6 = netip.MustParsePrefix("2000::/3")

	// special is what IANA's registries of special-purpose addresses (RFC 6890) keep out of the internet.
	special = [...]netip.Prefix{
		netip.MustParsePrefix("0.0.0.0/8"),         // this network
		netip.MustParsePrefix("10.0.0.0/8"),        // private
		netip.MustParsePrefix("100.64.0.0/10"),     // carriers' (CGNAT)
		netip.MustParsePrefix("127.0.0.0/8"),       // loopback
		netip.MustParsePrefix("168.63.129.16/32"),  // one cloud's hosts, to their guests; not in the registry
		netip.MustParsePrefix("169.254.0.0/16"),    // link-local, and clouds' metadata
		netip.MustParsePrefix("172.16.0.0/12"),     // private
		netip.MustParsePrefix("192.0.0.0/24"),      // protocol assignments
		netip.MustParsePrefix("192.0.2.0/24"),      // documentation
		netip.MustParsePrefix("192.31.196.0/24"),   // AS112
		netip.MustParsePrefix("192.52.193.0/24"),   // AMT
		netip.MustParsePrefix("192.88.99.0/24"),    // relays of 6to4
		netip.MustParsePrefix("192.168.0.0/16"),    // private
		netip.MustParsePrefix("192.175.48.0/24"),   // AS112
		netip.MustParsePrefix("198.18.0.0/15"),     // benchmarks
		netip.MustParsePrefix("198.51.100.0/24"),   // documentation
		netip.MustParsePrefix("203.0.113.0/24"),    // documentation
		netip.MustParsePrefix("224.0.0.0/4"),       // multicast
		netip.MustParsePrefix("240.0.0.0/4"),       // kept for later, and broadcast
		netip.MustParsePrefix("2001::/23"),         // protocol assignments: Teredo, benchmarks, ORCHID
		netip.MustParsePrefix("2001:db8::/32"),     // documentation
		netip.MustParsePrefix("2002::/16"),         // 6to4
		netip.MustParsePrefix("2620:4f:8000::/48"), // AS112
		netip.MustParsePrefix("3fff::/20"),         // documentation
	}
)
