package fade_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/fadedistrict/fade"
)

func TestNewID(t *testing.T) {
	at := time.UnixMilli(1_795_000_000_123)
	id := fade.NewID(at)
	if !fade.ValidID(id) {
		t.Fatalf("NewID() = %q is not a valid id", id)
	}
	if id[14] != '7' || !strings.ContainsRune("89ab", rune(id[19])) {
		t.Errorf("NewID() = %q has not the version and variant of RFC 9562", id)
	}
	if later := fade.NewID(at.Add(time.Millisecond)); later <= id {
		t.Errorf("a later id %q sorts before %q", later, id)
	}
	for _, bad := range []string{"", "1", strings.Repeat("a", 36), strings.ToUpper(id), id + "0", "018f-" + id[5:]} {
		if fade.ValidID(bad) {
			t.Errorf("ValidID(%q) = true", bad)
		}
	}
}

func TestMoney_JSON(t *testing.T) {
	for text, want := range map[string]fade.Money{
		"0": 0, "25": 2500, "25.5": 2550, "25.50": 2550, "25.500": 2550, `"19.99"`: 1999, "-3.05": -305, "1e2": 10000,
	} {
		var m fade.Money
		if err := json.Unmarshal([]byte(text), &m); err != nil || m != want {
			t.Errorf("Unmarshal(%s) = %v, %v; want %v", text, m, err, want)
		}
	}
	for _, text := range []string{"25.555", `"abc"`, `""`, "null1", `"1.2.3"`, "1e400", `"--1"`, `"1.-5"`, "9999999999999999999"} {
		var m fade.Money
		if err := json.Unmarshal([]byte(text), &m); err == nil {
			t.Errorf("Unmarshal(%s) = %v, want an error", text, m)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		want := fade.Money(rapid.Int64Range(-1<<50, 1<<50).Draw(t, "amount"))
		text, _ := json.Marshal(want)
		var got fade.Money
		if err := json.Unmarshal(text, &got); err != nil || got != want {
			t.Fatalf("%d is written %s and read as %d, %v", want, text, got, err)
		}
	})
}

func TestReservationStatus_MayBecome(t *testing.T) {
	allowed := map[[2]fade.ReservationStatus]bool{
		{fade.Pending, fade.Confirmed}: true, {fade.Pending, fade.Canceled}: true,
		{fade.Confirmed, fade.Completed}: true, {fade.Confirmed, fade.Canceled}: true,
		{fade.Confirmed, fade.NoShow}: true,
	}
	for _, from := range fade.ReservationStatuses() {
		for _, to := range fade.ReservationStatuses() {
			want := from == to || allowed[[2]fade.ReservationStatus{from, to}]
			if got := from.MayBecome(to); got != want {
				t.Errorf("%s.MayBecome(%s) = %v", from, to, got)
			}
		}
	}
}

func business(change func(*fade.Business)) fade.Business {
	b := fade.Business{
		Name: "Fade Prishtina", BusinessType: fade.Barbershop, Subdomain: "fade-prishtina",
		BusinessHoursStart: "09:00", BusinessHoursEnd: "18:00", Timezone: "Europe/Belgrade",
		PrimaryColor: fade.DefaultPrimaryColor, SubscriptionStatus: fade.SubscriptionTrial,
	}
	change(&b)
	return b
}

func TestBusiness_Validate(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*fade.Business)
		field  string // the only field complained about; empty for none
	}{
		"good":                      {func(*fade.Business) {}, ""},
		"200 emoji are a name":      {func(b *fade.Business) { b.Name = strings.Repeat("💈", 200) }, ""},
		"201 emoji are too long":    {func(b *fade.Business) { b.Name = strings.Repeat("💈", 201) }, "name"},
		"no name":                   {func(b *fade.Business) { b.Name = "  " }, "name"},
		"invalid UTF-8":             {func(b *fade.Business) { b.Name = "a\xff" }, "name"},
		"NUL":                       {func(b *fade.Business) { b.Name = "a\x00b" }, "name"},
		"SQL and HTML are a name":   {func(b *fade.Business) { b.Name = `'; DROP TABLE users; -- <script>alert(1)</script>` }, ""},
		"subdomain with capitals":   {func(b *fade.Business) { b.Subdomain = "Fade" }, "subdomain"},
		"subdomain with a hyphen":   {func(b *fade.Business) { b.Subdomain = "-fade" }, "subdomain"},
		"subdomain longer than DNS": {func(b *fade.Business) { b.Subdomain = strings.Repeat("a", 64) }, "subdomain"},
		"email without domain":      {func(b *fade.Business) { b.Email = "ana" }, "email"},
		"email with a header":       {func(b *fade.Business) { b.Email = "a@b.co\r\nBcc: x@y.z" }, "email"},
		"logo is a script":          {func(b *fade.Business) { b.LogoURL = "javascript:alert(1)" }, "logo_url"},
		"zone that does not exist":  {func(b *fade.Business) { b.Timezone = "Mars/Olympus" }, "timezone"},
		"zone of this machine":      {func(b *fade.Business) { b.Timezone = "Local" }, "timezone"},
		"colour by name":            {func(b *fade.Business) { b.PrimaryColor = "red" }, "primary_color"},
		"closes before it opens":    {func(b *fade.Business) { b.BusinessHoursEnd = "08:00" }, "business_hours_end"},
		"25 o'clock":                {func(b *fade.Business) { b.BusinessHoursStart = "25:00" }, "business_hours_start"},
		"unknown type":              {func(b *fade.Business) { b.BusinessType = "bakery" }, "business_type"},
	} {
		t.Run(name, func(t *testing.T) {
			err := business(test.change).Validate()
			if test.field == "" {
				if err != nil {
					t.Fatalf("Validate() = %v", err)
				}
				return
			}
			invalid, ok := errors.AsType[*fade.Error](err)
			if !ok || invalid.Code != fade.CodeInvalid || len(invalid.Fields) != 1 || invalid.Fields[0].Field != test.field {
				t.Fatalf("Validate() = %v, want one complaint about %s", err, test.field)
			}
		})
	}
}

func TestTimetable_Open(t *testing.T) {
	timetable := fade.Catalogue{Business: business(func(*fade.Business) {})}.Timetable()
	at := func(text string) time.Time {
		parsed, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return parsed
	}
	for name, test := range map[string]struct {
		start, end string
		want       bool
	}{
		"whole day":                           {"2026-11-23T09:00:00+01:00", "2026-11-23T18:00:00+01:00", true},
		"in another zone's words":             {"2026-11-23T08:00:00Z", "2026-11-23T08:30:00Z", true},
		"a minute early":                      {"2026-11-23T08:59:00+01:00", "2026-11-23T09:30:00+01:00", false},
		"a second over":                       {"2026-11-23T17:30:00+01:00", "2026-11-23T18:00:01+01:00", false},
		"two days":                            {"2026-11-23T10:00:00+01:00", "2026-11-24T10:00:00+01:00", false},
		"the day the clocks go back, opening": {"2026-10-25T08:00:00Z", "2026-10-25T08:30:00Z", true},
		"the day the clocks go back, early":   {"2026-10-25T07:30:00Z", "2026-10-25T08:00:00Z", false},
		"the day they go forward, opening":    {"2026-03-29T07:00:00Z", "2026-03-29T07:30:00Z", true},
	} {
		t.Run(name, func(t *testing.T) {
			got := false
			for _, open := range timetable.Open(fade.DateOf(at(test.start).In(timetable.Zone))) {
				got = got || !at(test.start).Before(open.Start) && !at(test.end).After(open.End)
			}
			if got != test.want {
				t.Errorf("open from %s to %s = %v", test.start, test.end, got)
			}
		})
	}
}

func TestNormalizeClock(t *testing.T) {
	for in, want := range map[string]string{"09:00": "09:00", "09:00:00": "09:00", "09:00:30": "09:00:30", "9": "9", "": "", "24:00": "24:00"} {
		if got := fade.NormalizeClock(in); got != want {
			t.Errorf("NormalizeClock(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestPhoneDigits(t *testing.T) {
	for in, want := range map[string]string{
		"+383 44 111-222": "38344111222", "0038344111222": "38344111222", "(044) 111.222": "044111222", "": "", "none": "",
	} {
		if got := fade.PhoneDigits(in); got != want {
			t.Errorf("PhoneDigits(%q) = %q, want %q", in, got, want)
		}
	}
}
