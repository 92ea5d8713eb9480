package fade

import (
	"slices"
	"time"
)

// When says whether, and when, somebody is told of an event by a route.
type When string

// The answers.
const (
	Always   When = "always"
	IfUnseen When = "unseen" // after a number of minutes, if the inbox's entry has not reached them until then
	InDigest When = "digest" // with others, once an hour or a day; email only
	Never    When = "never"
)

// Rule says when somebody is told by one route. Minutes belong to unseen.
type Rule struct {
	When    When `json:"when"`
	Minutes int  `json:"minutes,omitempty"`
}

// Rules are a person's for one type of event.
type Rules struct {
	InApp Rule `json:"in_app"`
	Email Rule `json:"email"`
	Push  Rule `json:"push"`
}

// Preferences say how a person wants to hear of what happens. Quiet hours are clocks of Timezone, from QuietStart
// to QuietEnd, over midnight where the end is before the start; in them mails and pushes wait.
type Preferences struct {
	UserID     string              `json:"-"`
	Timezone   string              `json:"timezone"`
	QuietStart *string             `json:"quiet_start"` // HH:MM; nil for none
	QuietEnd   *string             `json:"quiet_end"`
	Digest     string              `json:"digest"`    // "hourly" or "daily"
	DigestAt   string              `json:"digest_at"` // HH:MM, of the daily one
	Rules      map[EventType]Rules `json:"rules"`     // where they are not the defaults
	UpdatedAt  time.Time           `json:"updated_at"`
	Version    int64               `json:"version"` // 0 until they are first changed
}

// The digests.
const (
	Hourly = "hourly"
	Daily  = "daily"
)

// maxUnseen bounds how long an entry may wait to be seen: a week, in minutes.
const maxUnseen = 7 * 24 * 60

// DefaultPreferences are those of somebody who has never changed them.
func DefaultPreferences(userID, timezone string) Preferences {
	if timezone == "" {
		timezone = DefaultTimezone
	}
	return Preferences{UserID: userID, Timezone: timezone, Digest: Daily, DigestAt: "08:00", Rules: map[EventType]Rules{}}
}

// NotifiedTypes lists the types of events that a user of a kind hears of.
func NotifiedTypes(u UserType) []EventType {
	if u == SuperAdmin {
		return []EventType{TypeBusinessCreated, TypeBusinessUpdated, TypeReservationCreated, TypeMessageCreated}
	}
	return []EventType{TypeReservationCreated, TypeReservationUpdated, TypeReservationCanceled, TypeBusinessUpdated, TypeMessageCreated}
}

// DefaultRules says how users of a kind hear of an event if they have not said otherwise: at once in the inbox, and by
// other routes only what did not reach them there. New reservations are mailed to the business's own address anyway.
func DefaultRules(u UserType, t EventType) Rules {
	rules := Rules{InApp: Rule{When: Always}, Email: Rule{When: IfUnseen, Minutes: 15}, Push: Rule{When: IfUnseen, Minutes: 1}}
	if u == BusinessOwner && t == TypeReservationCreated {
		rules.Email = Rule{When: Never}
	}
	return rules
}

// RulesFor gives a person's rules for a type of event.
func (p Preferences) RulesFor(u UserType, t EventType) Rules {
	if rules, ok := p.Rules[t]; ok {
		return rules
	}
	return DefaultRules(u, t)
}

// location gives the person's zone, and UTC for one that this machine does not know.
func (p Preferences) location() *time.Location {
	zone, err := LoadLocation(p.Timezone)
	if err != nil {
		return time.UTC
	}
	return zone
}

// NextDigest gives when the digest of what happens at a time leaves.
func (p Preferences) NextDigest(at time.Time) time.Time {
	if p.Digest == Hourly {
		return at.Truncate(time.Hour).Add(time.Hour)
	}
	clock, err := ParseClock(p.DigestAt)
	if err != nil {
		clock = 8 * time.Hour
	}
	return nextClock(at.In(p.location()), clock)
}

// AfterQuiet gives the first time from at on that is not in the quiet hours.
func (p Preferences) AfterQuiet(at time.Time) time.Time {
	if p.QuietStart == nil || p.QuietEnd == nil {
		return at
	}
	start, errStart := ParseClock(*p.QuietStart)
	end, errEnd := ParseClock(*p.QuietEnd)
	if errStart != nil || errEnd != nil || start == end {
		return at
	}
	local := at.In(p.location())
	now := wallClock(local)
	quiet := start <= now && now < end
	if start > end {
		quiet = now >= start || now < end
	}
	if !quiet {
		return at
	}
	return nextClock(local, end)
}

// nextClock gives the next time after local at which the clock on the wall shows clock.
func nextClock(local time.Time, clock time.Duration) time.Time {
	on := func(days int) time.Time {
		return time.Date(local.Year(), local.Month(), local.Day()+days, int(clock/time.Hour), int(clock/time.Minute)%60, 0, 0, local.Location())
	}
	next := on(0)
	if !next.After(local) {
		next = on(1)
	}
	return next.UTC()
}

// Validate gives CodeInvalid with every field that breaks a rule.
func (p Preferences) Validate(u UserType) error {
	var v Violations
	v.TimeZone("timezone", p.Timezone)
	if (p.QuietStart == nil) != (p.QuietEnd == nil) {
		v.Add("quiet_end", "Quiet hours need a start and an end.")
	}
	for field, clock := range map[string]*string{"quiet_start": p.QuietStart, "quiet_end": p.QuietEnd, "digest_at": &p.DigestAt} {
		if clock == nil {
			continue
		}
		if at, err := ParseClock(*clock); err != nil || at >= 24*time.Hour {
			v.Add(field, "This must be a time of day, such as 08:00.")
		}
	}
	OneOf(&v, "digest", p.Digest, Hourly, Daily)
	types := NotifiedTypes(u)
	for t, rules := range p.Rules {
		if !slices.Contains(types, t) {
			v.Add("rules", "You are not told of %q.", t)
			continue
		}
		v.rule("rules."+string(t)+".in_app", rules.InApp, Always, Never)
		v.rule("rules."+string(t)+".email", rules.Email, Always, IfUnseen, InDigest, Never)
		v.rule("rules."+string(t)+".push", rules.Push, Always, IfUnseen, Never)
	}
	return v.Err()
}

func (v *Violations) rule(field string, r Rule, allowed ...When) {
	OneOf(v, field, r.When, allowed...)
	if r.When == IfUnseen && (r.Minutes < 1 || r.Minutes > maxUnseen) {
		v.Add(field, "This must be a number of minutes from 1 to %d.", maxUnseen)
	}
}
