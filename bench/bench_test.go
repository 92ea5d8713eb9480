package main

import (
	"bytes"
	"compress/flate"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestRound(t *testing.T) {
	for f, want := range map[float64]float64{
		0: 0, 1234567.8: 1234568, 123.456: 123, 12.3456: 12.3, 1.23456: 1.23, 0.0123456: 0.0123, -0.0567891: -0.0568, 999.6: 1000,
	} {
		if got := round(f); got != want {
			t.Errorf("%v: %v, want %v", f, got, want)
		}
	}
	if got := ms(1234567 * time.Nanosecond); got != 1.23 {
		t.Errorf("1.234567 ms: %v", got)
	}
}

func TestRatios(t *testing.T) {
	figures := []*fanoutFigure{
		{Server: "gws", Connections: 1000, PerSecond: 100, BurstCPU: 4, PacedCPU: 8, PerConn: 10, PacedP99: 20},
		{Server: "gws", Connections: 5000, PerSecond: 100},
		{Server: "fade", Connections: 1000, PerSecond: 500, AlonePerSecond: 200, BurstCPU: 1, PacedCPU: 4, PerConn: 1, PacedP99: 10},
	}
	lines := ratios(figures)
	if len(lines) != 1 || lines[0] != (ratioLine{"ratio", "gws", 1000, 5, 2, 0.25, 0.5, 0.1, 0.5}) {
		t.Errorf("%+v", lines)
	}
	var table bytes.Buffer
	printTable(&table, figures, []missingLine{{"missing", "daphne", 1000, "not installed"}})
	if rows := strings.Split(strings.TrimSpace(table.String()), "\n"); len(rows) != 8 || !strings.Contains(rows[7], "not installed") || strings.Count(rows[0], "|") != strings.Count(rows[4], "|") {
		t.Errorf("%s", table.String())
	}
}

func TestAPI(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/api/businesses/dashboard_stats/":
			w.Header().Set("Fade-Position", "user:1=e:5, dashboard=e:42")
			_, _ = io.WriteString(w, "{}")
		case "/metrics":
			_, _ = io.WriteString(w, "# HELP go_goroutines Number.\ngo_goroutines 12\nfade_ws_closes_total{code=\"4450\"} 3\nfade_ws_closes_total{code=\"1000\"} 4\n")
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	defer server.Close()
	a := newAPI()
	a.base = server.URL
	if head, err := a.head(t.Context()); err != nil || head != 42 {
		t.Errorf("head: %d, %v", head, err)
	}
	figures, err := a.metrics(t.Context())
	if err != nil || figures["go_goroutines"] != 12 || figures["fade_ws_closes_total"] != 7 {
		t.Errorf("metrics: %v, %v", figures, err)
	}
	if err := a.get(t.Context(), "/nowhere/", new(json.RawMessage)); err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("what is not there: %v", err)
	}
}

func TestCompressedSpaces(t *testing.T) {
	const n = 10 << 20
	bomb, err := compressedSpaces(n)
	if err != nil || len(bomb)*1000 > n*11/10 {
		t.Fatalf("%d bytes for %d, %v", len(bomb), n, err)
	}
	plain, err := io.ReadAll(flate.NewReader(io.MultiReader(bytes.NewReader(bomb), bytes.NewReader([]byte{0, 0, 0xff, 0xff, 1, 0, 0, 0xff, 0xff}))))
	if err != nil || len(plain) != n {
		t.Errorf("%d bytes, %v", len(plain), err)
	}
}

func TestTurnAt(t *testing.T) {
	const turns, businesses, staff = 8 * 60 * 5 * 41, 8, 5 // 41 turns of 35 minutes are a day
	type place struct {
		business, member int
		start            time.Time
	}
	taken := map[place]bool{}
	for n := range turns {
		business, member, start := turnAt(n, businesses, staff)
		p := place{business, member, start}
		if opened := start.Sub(start.Truncate(24 * time.Hour)); taken[p] || opened%turn != 0 || opened+serviceMinutes*time.Minute > 24*time.Hour {
			t.Fatalf("turn %d: %v is taken or not within a day", n, p)
		}
		taken[p] = true
	}
}

func TestIsTaken(t *testing.T) {
	for answer, want := range map[*statusError]bool{
		{"", 409, `{"code":"slot_taken"}`}: true,
		{"", 409, `{"code":"conflict"}`}:   false,
		{"", 422, `{"code":"slot_taken"}`}: false,
		{"", 409, `<p>`}:                   false,
	} {
		if got := isTaken(fmt.Errorf("book: %w", answer)); got != want {
			t.Errorf("%v: %t", answer, got)
		}
	}
	if isTaken(nil) || isTaken(io.EOF) {
		t.Error("anything is taken")
	}
}
