package main

import (
	"bytes"
	"encoding/json"
	"io"
	"runtime"
	"testing"
	"time"
)

// TestWays sends by every way once, and reads at the far ends what was sent, in its order.
func TestWays(t *testing.T) {
	const sockets = 8
	for _, c := range contenders() {
		t.Run(c.what+" by "+c.name, func(t *testing.T) {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			got := make([][]byte, sockets)
			p, err := newPairs(sockets, func(pair int, part []byte) { got[pair] = append(got[pair], part...) })
			if err != nil {
				t.Fatal(err)
			}
			defer c.close()
			want := bytes.Join(c.frames, nil)
			if refused := c.open(p.near); refused != nil {
				want = nil
				t.Logf("the kernel refuses: %v", refused)
			} else if _, err := c.send(p.near, c.frames); err != nil {
				t.Error(err)
			}
			if err := p.await(int64(sockets * len(want))); err != nil {
				t.Error(err)
			}
			if err := p.close(); err != nil {
				t.Error(err)
			}
			for i := range got {
				if !bytes.Equal(got[i], want) {
					t.Errorf("socket %d was given %d bytes, which are not the %d that were sent", i, len(got[i]), len(want))
				}
			}
		})
	}
}

// TestFinish fills sockets that nobody reads yet, so that a way is cut and has to wait.
func TestFinish(t *testing.T) {
	huge := [][]byte{bytes.Repeat([]byte("0123456789"), 2<<20)}
	for _, w := range []way{&plainWrites{}, &plainWrites{told: true}, &vectorWrites{}, &ring{}, &zeroCopy{}} {
		var got []byte
		p, err := newPairs(1, func(_ int, part []byte) { got = append(got, part...) })
		if err != nil {
			t.Fatal(err)
		}
		if refused := w.open(p.near); refused == nil {
			cut, err := w.send(p.near, huge)
			if err != nil || cut == 0 {
				t.Errorf("%T: cut %d, %v", w, cut, err)
			}
			if err := p.await(int64(len(huge[0]))); err != nil {
				t.Errorf("%T: %v", w, err)
			}
		}
		w.close()
		if err := p.close(); err != nil {
			t.Errorf("%T: %v", w, err)
		}
		if len(got) > 0 && !bytes.Equal(got, huge[0]) {
			t.Errorf("%T: %d bytes that are not those that were sent", w, len(got))
		}
	}
}

// TestRun measures little of everything.
func TestRun(t *testing.T) {
	var lines, table bytes.Buffer
	if err := run(sizes{sockets: 20, rounds: 1, wakes: 20, atMost: 200 * time.Millisecond, accepting: 20 * time.Millisecond}, &lines, &table); err != nil {
		t.Fatal(err)
	}
	kinds := map[string]int{}
	for in := json.NewDecoder(&lines); ; {
		var line struct {
			Kind, Refused string
			Wall          float64 `json:"wall_ns"`
			Median        float64 `json:"median_us"`
			PerSecond     float64 `json:"per_second"`
		}
		if err := in.Decode(&line); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		kinds[line.Kind]++
		if line.Refused == "" && line.Wall+line.Median+line.PerSecond <= 0 {
			t.Errorf("a line without a figure: %+v", line)
		}
	}
	if kinds["send"] != len(contenders()) || kinds["wait"] != 6 || kinds["accept"] != 2 {
		t.Errorf("lines: %v", kinds)
	}
	t.Log("\n" + table.String())
}
