package webpush

import (
	"context"
	"encoding/binary"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/fadedistrict/fade/notify"
)

// hostile lists hosts that no message may reach, as somebody who looks for a way in would write them.
func hostile(t *testing.T) []string {
	t.Helper()
	hosts := []string{
		// this machine
		"127.0.0.1", "127.0.0.2", "127.1.2.3", "127.255.255.254", "0.0.0.0", "0.1.2.3", "[::1]", "[::]", "localhost", "LOCALHOST", "localhost.",
		"a.localhost", "ip6-localhost", "localhost.localdomain",
		// it, otherwise written
		"127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1", "0x7f.0x0.0x0.0x1", "017700000001", "0177.0.0.1", "0177.1", "00000177.0.0.1",
		"127.0.0.1.", "127.0.0.01", "0x7F.0.0.1", "4294967295", "0", "0x0", "1.1", "127.000.000.001", "%31%32%37.0.0.1", "１２７.0.0.1", "127。0。0。1", "①②⑦.⓪.⓪.①",
		// private networks, link-local, and what clouds put there
		"10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.255.254", "100.64.0.1", "100.127.255.254",
		"169.254.169.254", "169.254.170.2", "169.254.0.1", "100.100.100.200", "192.0.0.192", "168.63.129.16", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376",
		"[fd00:ec2::254]", "[fc00::1]", "[fdff:ffff::1]", "[fe80::1]", "[fe80::1%25lo]", "[fe80::1%25eth0]", "[fec0::1]", "[febf::1]",
		"metadata.google.internal", "metadata", "instance-data", "kubernetes.default.svc", "redis", "db.internal", "router.lan", "printer.local",
		// an IPv4 address inside an IPv6 one
		"[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:10.0.0.1]", "[::ffff:169.254.169.254]", "[::ffff:a9fe:a9fe]", "[0:0:0:0:0:ffff:127.0.0.1]",
		"[::127.0.0.1]", "[::7f00:1]", "[::ffff:0:127.0.0.1]", "[64:ff9b::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b::169.254.169.254]", "[64:ff9b:1::10.0.0.1]",
		"[2002:7f00:1::]", "[2002:a9fe:a9fe::1]", "[2001:0:7f00:1::]", "[2001::1]",
		// nobody, everybody, books and benchmarks
		"224.0.0.1", "239.255.255.250", "[ff02::1]", "[ff05::2]", "255.255.255.255", "240.0.0.1", "198.18.0.1", "198.19.255.254", "[2001:2::1]",
		"192.0.2.1", "198.51.100.1", "203.0.113.1", "192.88.99.1", "[2001:db8::1]", "[3fff::1]", "[100::1]", "[4000::1]", "[5f00::1]",
		// names that resolve to this machine
		"rebind.attacker.dev", "127.0.0.1.nip.attacker.dev", "xn--fiqs8s.attacker.dev", "push.attacker.dev.", "_x.attacker.dev",
	}
	own, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range own { // where the listener of these tests can be reached as well
		if p, err := netip.ParsePrefix(a.String()); err == nil && p.Addr().Is4() && !isPublic(p.Addr()) {
			hosts = append(hosts, p.Addr().String())
		}
	}
	return hosts
}

// listener counts who comes, on every address of this machine.
type listener struct {
	net.Listener
	came  atomic.Int64
	known chan struct{} // one of each that came
}

func listen(t *testing.T) *listener {
	t.Helper()
	inner, err := net.Listen("tcp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	l := &listener{Listener: inner, known: make(chan struct{}, 1000)}
	var done sync.WaitGroup
	done.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_ = conn.Close()
			l.came.Add(1)
			l.known <- struct{}{}
		}
	})
	t.Cleanup(func() { _ = l.Close(); done.Wait() })
	return l
}

func (l *listener) port() string { return strconv.Itoa(l.Addr().(*net.TCPAddr).Port) }

// wantNone wants nobody to have come. Who comes last is the test itself: those before were counted before.
func (l *listener) wantNone(t *testing.T) {
	t.Helper()
	conn, err := net.Dial("tcp", "127.0.0.1:"+l.port())
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.Close()
	<-l.known
	if came := l.came.Load(); came != 1 {
		t.Errorf("%d connections were made", came-1)
	}
}

// names is a resolver whose every name means what answer says when it is asked.
func names(t *testing.T, answer func(question int) []netip.Addr) *net.Resolver {
	t.Helper()
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var done sync.WaitGroup
	done.Go(func() {
		packet := make([]byte, 1500)
		for questions := 0; ; {
			n, from, err := server.ReadFrom(packet)
			if err != nil {
				return
			}
			if reply := reply(packet[:n], func() []netip.Addr { questions++; return answer(questions) }); reply != nil {
				_, _ = server.WriteTo(reply, from)
			}
		}
	})
	t.Cleanup(func() { _ = server.Close(); done.Wait() })
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", server.LocalAddr().String())
	}}
}

// reply answers a DNS query for IPv4 addresses, and says of all else that there is none: RFC 1035, section 4.
func reply(query []byte, answer func() []netip.Addr) []byte {
	end := 12
	for end < len(query) && query[end] != 0 {
		end += int(query[end]) + 1
	}
	if end += 5; end > len(query) {
		return nil
	}
	var addrs []netip.Addr
	if binary.BigEndian.Uint16(query[end-4:]) == 1 {
		addrs = answer()
	}
	r := append([]byte{query[0], query[1], 0x81, 0x80, 0, 1, 0, byte(len(addrs)), 0, 0, 0, 0}, query[12:end]...)
	for _, a := range addrs {
		r = append(r, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4)
		r = append(r, a.AsSlice()...)
	}
	return r
}

var loopback = []netip.Addr{netip.MustParseAddr("127.0.0.1")}

// strict makes a pusher as the program has it.
func strict(t *testing.T, resolver *net.Resolver) *Pusher {
	t.Helper()
	p, err := New(Options{Keys: newKeys(t), Subject: "mailto:ops@fade.test", resolver: resolver})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

func TestPusher_Push_connectsToNoHostileEndpoint(t *testing.T) {
	l := listen(t)
	p := strict(t, names(t, func(int) []netip.Addr { return loopback }))
	b := newBrowser(t)
	hosts := hostile(t)
	if len(hosts) < 100 {
		t.Fatalf("only %d hosts", len(hosts))
	}
	for _, host := range hosts {
		for _, endpoint := range []string{
			"https://" + host + ":" + l.port() + "/" + secret, "https://" + host + "/" + secret, "https://push.fade.dev@" + host + ":" + l.port() + "/" + secret,
		} {
			err := p.Push(t.Context(), b.message(endpoint, "{}"))
			if _, permanent := errors.AsType[*notify.PermanentError](err); !permanent {
				t.Errorf("%s: %v, want a permanent error", endpoint, err)
			}
			tellsNothing(t, err)
		}
	}
	l.wantNone(t)
}

// The check of each address as it is dialled holds alone, whatever the check of endpoints lets through.
func TestClient_connectsToNoHostileHost(t *testing.T) {
	l := listen(t)
	p := strict(t, names(t, func(int) []netip.Addr { return loopback }))
	for _, host := range hostile(t) {
		for _, scheme := range []string{"https://", "http://"} {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, scheme+host+":"+l.port()+"/"+secret, nil)
			if err != nil {
				continue // not even an address
			}
			answer, err := p.client.Do(r)
			if err == nil {
				_ = answer.Body.Close()
				t.Errorf("%s answered %d", host, answer.StatusCode)
			}
			if a, ipErr := netip.ParseAddr(r.URL.Hostname()); ipErr == nil && a.Is4() && !errors.Is(err, errNotPublic) {
				t.Errorf("%s: %v, want it refused before it is dialled", host, err)
			}
		}
	}
	l.wantNone(t)
}

// The listener does count: a pusher that may reach it comes to it by the same names.
func TestClient_wouldConnectWithoutTheCheck(t *testing.T) {
	l := listen(t)
	p, err := New(Options{
		Keys: newKeys(t), Subject: "mailto:ops@fade.test", InsecureAllowPrivate: true, resolver: names(t, func(int) []netip.Addr { return loopback }),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	b := newBrowser(t)
	for _, host := range []string{"127.0.0.1", "rebind.attacker.dev", "[::ffff:127.0.0.1]"} {
		if err := p.Push(t.Context(), b.message("https://"+host+":"+l.port()+"/"+secret, "{}")); err == nil {
			t.Errorf("%s: there is no push service there", host)
		}
		<-l.known
	}
}

// A name that meant a public address when somebody looked, and means this machine when it is dialled.
func TestClient_isNotRebound(t *testing.T) {
	l := listen(t)
	public := netip.MustParseAddr("93.184.215.14")
	resolver := names(t, func(question int) []netip.Addr {
		if question == 1 {
			return []netip.Addr{public}
		}
		return append(loopback, netip.MustParseAddr("169.254.169.254"), netip.MustParseAddr("10.0.0.1"))
	})
	p := strict(t, resolver)
	const host = "rebind.attacker.dev"
	seen, err := resolver.LookupNetIP(t.Context(), "ip4", host)
	if err != nil || len(seen) != 1 || !isPublic(seen[0].Unmap()) || ValidEndpoint("https://"+host+"/"+secret) != nil {
		t.Fatalf("who looks first sees %v, %v", seen, err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://"+host+":"+l.port()+"/"+secret, nil)
	if err != nil {
		t.Fatal(err)
	}
	if answer, err := p.client.Do(r); !errors.Is(err, errNotPublic) {
		t.Errorf("it was dialled: %v, %v", answer, err)
	}
	err = p.Push(t.Context(), newBrowser(t).message("https://"+host+"/"+secret, "{}"))
	if _, permanent := errors.AsType[*notify.PermanentError](err); !permanent || !errors.Is(err, errNotPublic) {
		t.Errorf("it was dialled: %v", err)
	}
	tellsNothing(t, err)
	l.wantNone(t)
}

func TestPusher_Push_followsNoRedirect(t *testing.T) {
	l := listen(t)
	keys := newKeys(t)
	for _, status := range []int{300, 301, 302, 303, 307, 308} {
		for _, to := range []string{"http://127.0.0.1:", "https://127.0.0.1:", "https://localhost:", "http://[::1]:", "//127.0.0.1:"} {
			s := serve(t, keys, func(w http.ResponseWriter) {
				w.Header().Set("Location", to+l.port()+"/latest/meta-data/")
				w.WriteHeader(status)
			})
			err := s.pusher(keys).Push(t.Context(), s.browser.message(s.endpoint(), "{}"))
			if _, permanent := errors.AsType[*notify.PermanentError](err); !permanent {
				t.Errorf("%d to %s: %v, want a permanent error", status, to, err)
			}
		}
	}
	l.wantNone(t)
}

func TestPusher_Push_asksNoProxy(t *testing.T) {
	l := listen(t)
	for _, name := range []string{"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "ALL_PROXY"} {
		t.Setenv(name, "http://127.0.0.1:"+l.port())
	}
	p := strict(t, names(t, func(int) []netip.Addr { return loopback }))
	if err := p.Push(t.Context(), newBrowser(t).message("https://push.attacker.dev/"+secret, "{}")); !errors.Is(err, errNotPublic) {
		t.Errorf("got %v", err)
	}
	if p.client.Transport.(*http.Transport).Proxy != nil {
		t.Error("the environment can name a proxy, which would dial in our place")
	}
	l.wantNone(t)
}

func TestIsPublic(t *testing.T) {
	for _, address := range []string{"8.8.8.8", "1.1.1.1", "93.184.215.14", "172.15.255.255", "172.32.0.0", "100.63.255.255", "100.128.0.0", "192.0.1.0",
		"198.17.255.255", "198.20.0.0", "223.255.255.255", "2606:4700::1111", "2a00:1450::1", "2001:200::1", "2003::1", "3ffe::1"} {
		if !isPublic(netip.MustParseAddr(address)) {
			t.Errorf("%s is one of the internet's", address)
		}
	}
	var refused int
	for _, host := range hostile(t) {
		if a, err := netip.ParseAddr(strings.Trim(strings.ReplaceAll(host, "%25", "%"), "[]")); err == nil {
			refused++
			if isPublic(a) {
				t.Errorf("%s is not one of the internet's", host)
			}
		}
	}
	if refused < 60 {
		t.Errorf("only %d of the hosts are addresses", refused)
	}
	if isPublic(netip.Addr{}) {
		t.Error("no address was taken for one")
	}
}

func TestValidEndpoint(t *testing.T) {
	for _, endpoint := range []string{
		"https://fcm.googleapis.com/fcm/send/c0FfEe:APA91bH",
		"https://updates.push.services.mozilla.com/wpush/v2/gAAAA",
		"https://web.push.apple.com/QGvT", "https://wns2-par02p.notify.windows.com/w/?token=BQYAAAD%2b", "https://fcm.googleapis.com:443/x", "https://FCM.googleapis.com./x",
	} {
		if err := ValidEndpoint(endpoint); err != nil {
			t.Errorf("%s: %v", endpoint, err)
		}
	}
	for _, endpoint := range []string{
		"", "https://", "https:///x", "https:fcm.googleapis.com", "//fcm.googleapis.com/x", "http://fcm.googleapis.com/" + secret, "ftp://fcm.googleapis.com/x",
		"file:///etc/passwd", "gopher://fcm.googleapis.com/", "https://u:p@fcm.googleapis.com/" + secret, "https://fcm.googleapis.com:22/" + secret,
		"https://fcm.googleapis.com:8443/x", "https://fcm.googleapis.com:0/x", "https://fcm.googleapis.com\\@127.0.0.1/" + secret, "https://fcm..com/x",
		"https://fcm.googleapis.com\r\nHost: x/", "https://-/", "https://.com/", "https://" + strings.Repeat("a", 64) + ".com/", "https://x.com/" + strings.Repeat("a", maxEndpoint),
	} {
		err := ValidEndpoint(endpoint)
		if err == nil {
			t.Errorf("%q was taken", endpoint)
		}
		if err != nil && strings.Contains(err.Error(), secret) {
			t.Errorf("%q: %v tells the capability", endpoint, err)
		}
	}
	for _, host := range hostile(t) {
		if strings.Contains(host, "attacker") {
			continue // a name as good as any: what it means is seen when it is dialled
		}
		if err := ValidEndpoint("https://" + host + "/x"); err == nil {
			t.Errorf("%s was taken", host)
		}
	}
}

func FuzzValidEndpoint(f *testing.F) {
	for _, seed := range []string{"https://fcm.googleapis.com/x", "https://127.1/", "https://[::1]:443/x", "https://a.b:443@c.d/"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, endpoint string) {
		if ValidEndpoint(endpoint) != nil {
			return
		}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, endpoint, nil)
		if err != nil {
			t.Fatalf("%q was taken and cannot be asked: %v", endpoint, err)
		}
		host := strings.TrimSuffix(r.URL.Hostname(), ".")
		if _, err := netip.ParseAddr(host); err == nil || r.URL.Scheme != "https" || r.URL.User != nil || !strings.Contains(host, ".") {
			t.Fatalf("%q was taken", endpoint)
		}
	})
}
