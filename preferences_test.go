package fade_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/fadedistrict/fade"
)

// Whatever the quiet hours and the zone, what waits for their end leaves at the first moment outside them.
func TestPreferences_AfterQuiet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		zone := rapid.SampledFrom([]string{"UTC", "Europe/Belgrade", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"}).Draw(t, "zone")
		clock := rapid.Map(rapid.IntRange(0, 24*60-1), func(m int) string { return time.Time{}.Add(time.Duration(m) * time.Minute).Format("15:04") })
		start, end := clock.Draw(t, "start"), clock.Draw(t, "end")
		at := time.Unix(rapid.Int64Range(1_700_000_000, 1_900_000_000).Draw(t, "at"), 0).UTC()
		p := fade.DefaultPreferences("u", zone)
		p.QuietStart, p.QuietEnd = &start, &end
		location, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		quiet := func(at time.Time) bool {
			now := at.In(location).Format("15:04")
			if start <= end {
				return start <= now && now < end
			}
			return now >= start || now < end
		}
		got := p.AfterQuiet(at)
		switch {
		case !quiet(at):
			if !got.Equal(at) {
				t.Fatalf("AfterQuiet(%v) = %v, though it is not quiet", at, got)
			}
		case got.Before(at) || got.Sub(at) > 26*time.Hour:
			t.Fatalf("AfterQuiet(%v) = %v", at, got)
		case quiet(got) && quiet(got.Add(time.Hour)): // where the clock goes back an hour, it may show the end twice
			t.Fatalf("AfterQuiet(%v) = %v, when it is quiet", at, got)
		}
	})
}

func TestPreferences_NextDigest(t *testing.T) {
	at := time.Date(2026, 11, 22, 6, 59, 0, 0, time.UTC) // a minute to eight in Belgrade
	p := fade.DefaultPreferences("u", "Europe/Belgrade")
	if got, want := p.NextDigest(at), at.Add(time.Minute); !got.Equal(want) {
		t.Errorf("the daily digest leaves at %v, want %v", got, want)
	}
	if got, want := p.NextDigest(at.Add(time.Minute)), at.Add(24*time.Hour+time.Minute); !got.Equal(want) {
		t.Errorf("after it, the next leaves at %v, want %v", got, want)
	}
	if p.Digest = fade.Hourly; !p.NextDigest(at).Equal(at.Add(time.Minute)) {
		t.Errorf("the hourly digest leaves at %v", p.NextDigest(at))
	}
}

func TestPreferences_Validate(t *testing.T) {
	bad := "25:00"
	for name, change := range map[string]func(*fade.Preferences){
		"a zone that is none":   func(p *fade.Preferences) { p.Timezone = "Mars/Olympus" },
		"half of quiet hours":   func(p *fade.Preferences) { p.QuietStart = &p.DigestAt },
		"a clock that is none":  func(p *fade.Preferences) { p.QuietStart, p.QuietEnd = &bad, &p.DigestAt },
		"a digest that is none": func(p *fade.Preferences) { p.Digest = "weekly" },
		"a digest by push": func(p *fade.Preferences) {
			rules := fade.DefaultRules(fade.SuperAdmin, fade.TypeBusinessCreated)
			rules.Push = fade.Rule{When: fade.InDigest}
			p.Rules[fade.TypeBusinessCreated] = rules
		},
		"no minutes": func(p *fade.Preferences) {
			rules := fade.DefaultRules(fade.SuperAdmin, fade.TypeBusinessCreated)
			rules.Email = fade.Rule{When: fade.IfUnseen}
			p.Rules[fade.TypeBusinessCreated] = rules
		},
		"an event of others": func(p *fade.Preferences) { p.Rules[fade.TypeReservationUpdated] = fade.Rules{} },
	} {
		t.Run(name, func(t *testing.T) {
			p := fade.DefaultPreferences("u", "UTC")
			if err := p.Validate(fade.SuperAdmin); err != nil {
				t.Fatalf("the defaults are refused: %v", err)
			}
			change(&p)
			if fade.ErrorCode(p.Validate(fade.SuperAdmin)) != fade.CodeInvalid {
				t.Errorf("Validate() takes %+v", p)
			}
		})
	}
}
