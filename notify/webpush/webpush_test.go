package webpush

import (
	"context"
	"crypto/ecdh"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/fadedistrict/fade/notify"
)

// The example of RFC 8291, appendix A.
func TestSeal_appendixA(t *testing.T) {
	raw := func(text string) []byte {
		b, err := decode(text)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	key := func(text string) *ecdh.PrivateKey {
		k, err := ecdh.P256().NewPrivateKey(raw(text))
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	const (
		receiver = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
		auth     = "BTBZMqHH6r4Tts7J_aSIgg"
		text     = "When I grow up, I want to be a watermelon"
		want     = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3" +
			"jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
	)
	to, err := parseSubscription(receiver, auth)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := seal([]byte(text+"\x02"), to, key("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), [saltSize]byte(raw("DGv6ra1nlYgDCS1FRnbzlw")))
	if err != nil {
		t.Fatal(err)
	}
	if got := encode(sealed); got != want {
		t.Errorf("sealed\n%s, want\n%s", got, want)
	}
	b := browser{key("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"), raw(auth)}
	if got, err := b.decrypt(raw(want)); err != nil || got != text {
		t.Errorf("the browser of these tests reads %q, %v", got, err)
	}
}

func TestPusher_Push_reachesTheBrowser(t *testing.T) {
	keys := newKeys(t)
	s := serve(t, keys, nil)
	p := s.pusher(keys)
	payloads := []string{"", `{"title":"Barber Barış","body":"ağustos 💈"}`, strings.Repeat("a", padTo-1), strings.Repeat("b", padTo), strings.Repeat("c", maxPayload)}
	for _, payload := range payloads {
		if err := p.Push(t.Context(), s.browser.message(s.endpoint(), payload)); err != nil {
			t.Fatalf("a payload of %d bytes: %v", len(payload), err)
		}
	}
	if strings.Join(s.read, "|") != strings.Join(payloads, "|") {
		t.Errorf("the browser read %q", s.read)
	}
	h := s.headers[0]
	if h.Get("TTL") != "3600" || h.Get("Urgency") != "high" || h.Get("Topic") != "0192f3a1c0de" {
		t.Errorf("headers: %v", h)
	}
}

// What is told has the same length on the way whether it is short or a little longer.
func TestEncrypt_hidesLengths(t *testing.T) {
	to, err := parseSubscription(newBrowser(t).message("", "").P256DH, encode(make([]byte, authSize)))
	if err != nil {
		t.Fatal(err)
	}
	short, err1 := encrypt([]byte("{}"), to)
	longer, err2 := encrypt([]byte(strings.Repeat("x", 400)), to)
	longest, err3 := encrypt([]byte(strings.Repeat("x", maxPayload)), to)
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	if len(short) != len(longer) || len(longest) > 4096 {
		t.Errorf("lengths: %d, %d and %d", len(short), len(longer), len(longest))
	}
	if again, _ := encrypt([]byte("{}"), to); string(again) == string(short) {
		t.Error("the same text was encrypted to the same bytes")
	}
}

func TestPusher_Push_readsAnswers(t *testing.T) {
	const gone, passing, permanent = "gone", "passing", "permanent"
	for _, test := range []struct {
		status     int
		retryAfter string
		want       string
		after      time.Duration
	}{
		{status: 200}, {status: 201}, {status: 202}, {status: 204},
		{status: 404, want: gone}, {status: 410, want: gone},
		{status: 400, want: permanent}, {status: 401, want: permanent}, {status: 403, want: permanent}, {status: 413, want: permanent},
		{status: 405, want: permanent}, {status: 403, retryAfter: "5", want: permanent},
		{status: 301, want: permanent}, {status: 304, want: permanent},
		{status: 429, want: passing}, {status: 408, want: passing}, {status: 500, want: passing}, {status: 502, want: passing}, {status: 503, want: passing},
		{status: 429, retryAfter: "120", want: passing, after: 2 * time.Minute},
		{status: 503, retryAfter: now.Add(time.Hour).Format(http.TimeFormat), want: passing, after: time.Hour},
		{status: 429, retryAfter: "4000000000", want: passing, after: maxRetryAfter},
		{status: 429, retryAfter: now.AddDate(9, 0, 0).Format(http.TimeFormat), want: passing, after: maxRetryAfter},
		{status: 429, retryAfter: "soon", want: passing}, {status: 429, retryAfter: "-1", want: passing},
		{status: 429, retryAfter: now.AddDate(-1, 0, 0).Format(http.TimeFormat), want: passing},
	} {
		keys := newKeys(t)
		s := serve(t, keys, func(w http.ResponseWriter) {
			w.Header().Set("Retry-After", test.retryAfter)
			w.WriteHeader(test.status)
		})
		err := s.pusher(keys).Push(t.Context(), s.browser.message(s.endpoint(), "{}"))
		got := ""
		var after time.Duration
		if _, ok := errors.AsType[*notify.PermanentError](err); ok {
			got = permanent
		} else if errors.Is(err, notify.ErrGone) {
			got = gone
		} else if err != nil {
			got = passing
		}
		if asked, ok := errors.AsType[*notify.RetryAfterError](err); ok {
			after = asked.After
		}
		if got != test.want || after != test.after {
			t.Errorf("%d with Retry-After %q: %q after %s (%v), want %q after %s", test.status, test.retryAfter, got, after, err, test.want, test.after)
		}
		tellsNothing(t, err)
	}
}

// tellsNothing wants an error to keep the capability and the subscription's secrets for itself.
func tellsNothing(t *testing.T, err error) {
	t.Helper()
	if err != nil && (strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "http")) {
		t.Errorf("an error tells too much: %v", err)
	}
}

func TestPusher_Push_failsWithoutAnAnswer(t *testing.T) {
	keys := newKeys(t)
	ctx, cancel := context.WithCancel(t.Context())
	hangs := httptest.NewTLSServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // the server sees that the client left when it waits for more of it
		cancel()
		<-r.Context().Done()
	}))
	defer hangs.Close()
	s := serve(t, keys, nil)
	b := s.browser
	closed := httptest.NewTLSServer(http.NotFoundHandler())
	closed.Close()
	stranger, err := New(Options{Keys: keys, Subject: "https://fade.test", InsecureAllowPrivate: true})
	if err != nil {
		t.Fatal(err)
	}
	defer stranger.Close()
	for name, err := range map[string]error{
		"a service that is not there":       s.pusher(keys).Push(t.Context(), b.message(closed.URL+"/"+secret, "{}")),
		"a service nobody vouches for":      stranger.Push(t.Context(), b.message(s.endpoint(), "{}")),
		"a service that does not answer":    s.pusher(keys).Push(ctx, b.message(hangs.URL+"/"+secret, "{}")),
		"a service whose name is not there": s.pusher(keys).Push(ctx, b.message("https://push.invalid/"+secret, "{}")),
	} {
		if _, permanent := errors.AsType[*notify.PermanentError](err); err == nil || permanent {
			t.Errorf("%s: %v, want an error that passes", name, err)
		}
		tellsNothing(t, err)
	}
}

func TestPusher_Push_refusesWhatIsNoMessage(t *testing.T) {
	keys := newKeys(t)
	s := serve(t, keys, nil)
	p := s.pusher(keys)
	for name, spoil := range map[string]func(*notify.Push){
		"an http endpoint":        func(m *notify.Push) { m.Endpoint = "http" + strings.TrimPrefix(m.Endpoint, "https") },
		"no endpoint":             func(m *notify.Push) { m.Endpoint = "" },
		"a payload too long":      func(m *notify.Push) { m.Payload = make([]byte, maxPayload+1) },
		"a key that is no point":  func(m *notify.Push) { m.P256DH = encode(make([]byte, 65)) },
		"a key that is no base64": func(m *notify.Push) { m.P256DH = "§" + secret },
		"a secret too short":      func(m *notify.Push) { m.Auth = "AAAA" },
		"no secret":               func(m *notify.Push) { m.Auth = "" },
		"an urgency":              func(m *notify.Push) { m.Urgency = "now\r\nX: y" },
		"a topic with a line end": func(m *notify.Push) { m.Topic = "a\nb" },
		"a topic too long":        func(m *notify.Push) { m.Topic = strings.Repeat("a", 33) },
	} {
		m := s.browser.message(s.endpoint(), "{}")
		spoil(&m)
		err := p.Push(t.Context(), m)
		if _, permanent := errors.AsType[*notify.PermanentError](err); !permanent {
			t.Errorf("%s: %v, want a permanent error", name, err)
		}
		if err != nil && strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v tells the capability", name, err)
		}
	}
	if len(s.read) > 0 {
		t.Errorf("the service was sent %q", s.read)
	}
}

func TestNew_refusesKeysAndSubjects(t *testing.T) {
	good, other := newKeys(t), newKeys(t)
	for name, o := range map[string]Options{
		"no keys":           {Subject: "mailto:a@b.test"},
		"half a pair":       {Keys: Keys{good.Public, ""}, Subject: "mailto:a@b.test"},
		"another's half":    {Keys: Keys{good.Public, other.Private}, Subject: "mailto:a@b.test"},
		"a key of zeros":    {Keys: Keys{good.Public, encode(make([]byte, 32))}, Subject: "mailto:a@b.test"},
		"no subject":        {Keys: good},
		"a bare mailbox":    {Keys: good, Subject: "a@b.test"},
		"an empty mailto":   {Keys: good, Subject: "mailto:"},
		"an http subject":   {Keys: good, Subject: "http://b.test"},
		"a subject no host": {Keys: good, Subject: "https:///x"},
	} {
		if _, err := New(o); err == nil {
			t.Errorf("%s was taken", name)
		} else if o.Keys.Private != "" && strings.Contains(err.Error(), o.Keys.Private) {
			t.Errorf("%s: the error tells the private key", name)
		}
	}
	for _, subject := range []string{"mailto:ops@fade.test", "https://fade.test/contact"} {
		if _, err := New(Options{Keys: good, Subject: subject}); err != nil {
			t.Errorf("%s: %v", subject, err)
		}
	}
}

func TestOriginOf(t *testing.T) {
	for endpoint, want := range map[string]string{
		"https://push.fade.dev/x":      "https://push.fade.dev",
		"https://push.fade.dev:443/x":  "https://push.fade.dev",
		"https://push.fade.dev:8443/x": "https://push.fade.dev:8443",
	} {
		at, err := parseEndpoint(endpoint, true)
		if err != nil {
			t.Fatal(err)
		}
		if got := originOf(at); got != want {
			t.Errorf("%s: %s, want %s", endpoint, got, want)
		}
	}
}
