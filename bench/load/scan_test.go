package load

import "testing"

func TestNeedle_find(t *testing.T) {
	n := newNeedle(`"t":`)
	for _, test := range []struct {
		text string
		want int64
		ok   bool
	}{
		{`{"n":1,"t":1764000000000000001,"b":"x"}`, 1764000000000000001, true},
		{`{"n":2,"t":1764000000000000002,"b":"x"}`, 1764000000000000002, true}, // where the last one was
		{`{"n":10,"t":17,"b":"x"}`, 17, true},                                  // a byte further
		{`{"t":5}`, 5, true},                                                   // before the hint
		{`{"t":5`, 5, true},
		{`{"t":"5"}`, 0, false},
		{`{"t":`, 0, false},
		{`{"n":10}`, 0, false},
		{``, 0, false},
	} {
		if got, ok := n.find([]byte(test.text)); got != test.want || ok != test.ok {
			t.Errorf("%s: %d, %v; want %d, %v", test.text, got, ok, test.want, test.ok)
		}
	}
}

func TestFadeSeq(t *testing.T) {
	const id = "0199aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee"
	for _, test := range []struct {
		text string
		want int64
		ok   bool
	}{
		{`{"type":"x","payload":{},"timestamp":"2026-11-22T10:00:00Z","channel":"dashboard","seq":7,"id":"` + id + `"}`, 7, true},
		{`{"payload":{"seq":3},"seq":1234567890123,"id":"` + id + `"}`, 1234567890123, true},
		{`{"payload":{"seq":3},"sequence":7,"id":"` + id + `"}`, 0, false},
		{`{"type":"connection_established","channel":"dashboard","epoch":"e","seq":4,"head":4,"timestamp":"2026-11-22T10:00:00Z"}`, 0, false},
		{`"seq":,"id":"` + id + `"}`, 0, false},
		{`7,"id":"` + id + `"}`, 0, false},
		{``, 0, false},
	} {
		if got, ok := fadeSeq([]byte(test.text)); ok != test.ok || ok && got != test.want {
			t.Errorf("%s: %d, %v; want %d, %v", test.text, got, ok, test.want, test.ok)
		}
	}
}

func TestOrderOf(t *testing.T) {
	for _, test := range []struct {
		last, next int64
		want       order
	}{
		{0, 1, inOrder}, {7, 8, inOrder}, {unknown, 5, inOrder}, {unknown, 0, inOrder},
		{7, 9, gap}, {0, 2, gap}, {7, 7, again}, {7, 1, again}, {0, 0, again},
	} {
		if got := orderOf(test.last, test.next); got != test.want {
			t.Errorf("%d after %d: %d, want %d", test.next, test.last, got, test.want)
		}
	}
}

func BenchmarkEvent(b *testing.B) {
	s := &Swarm{time: newNeedle(`"t":`), stats: newStats(), now: 1764000000000001000}
	c := &client{last: unknown}
	padding := make([]byte, 150)
	for i := range padding {
		padding[i] = 'x'
	}
	text := []byte(`{"type":"bench","payload":{"t":1764000000000000001,"b":"` + string(padding) +
		`"},"timestamp":"2026-11-22T10:00:00.000Z","channel":"dashboard","seq":1234567,"id":"0199aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee"}`)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		c.last = 1234566
		if err := s.fadeText(c, text); err != nil {
			b.Fatal(err)
		}
	}
}
