package notify

import (
	"time"

	"github.com/fadedistrict/fade"
)

// Recipient is a user who must know of an event, and how they want to hear of it.
type Recipient struct {
	UserID      string
	UserType    fade.UserType
	Email       string
	BusinessID  *string // an owner's
	Preferences fade.Preferences
	Devices     []string // ids of those that show pushes
}

// Hears says how a recipient is told: whether the inbox has an entry, and by which mails and pushes. Those lack their
// ids and the entry's. What waits to be seen in the inbox waits for an entry; without one there is nothing to see, and
// it leaves when its time has come.
func (r Recipient) Hears(n Notice, now time.Time) (inApp bool, others []fade.Delivery) {
	rules := r.Preferences.RulesFor(r.UserType, n.Type)
	inApp = rules.InApp.When != fade.Never
	if d, ok := r.delivery(rules.Email, inApp, now); ok {
		d.Route, d.Address = fade.RouteEmail, r.Email
		others = append(others, d)
	}
	if d, ok := r.delivery(rules.Push, inApp, now); ok {
		for _, device := range r.Devices {
			d.Route, d.DeviceID = fade.RoutePush, device
			others = append(others, d)
		}
	}
	return inApp, others
}

// delivery makes what a rule calls for, of whatever route.
func (r Recipient) delivery(rule fade.Rule, inApp bool, now time.Time) (d fade.Delivery, ok bool) {
	due := now
	switch rule.When {
	case fade.Always:
		d.Kind, d.Cause = fade.KindNotice, fade.CauseAlways
	case fade.IfUnseen:
		d.Kind, d.Cause = fade.KindUnseen, fade.CauseOf(fade.CauseUnseen, rule.Minutes)
		d.UnlessSeen = inApp
		due = now.Add(time.Duration(rule.Minutes) * time.Minute)
	case fade.InDigest:
		d.Kind, d.Cause = fade.KindDigest, fade.CauseOf(fade.CauseDigest, r.Preferences.Digest)
		due = r.Preferences.NextDigest(now)
	default:
		return d, false
	}
	due = r.Preferences.AfterQuiet(due)
	d.UserID, d.BusinessID, d.NextAttemptAt, d.State = &r.UserID, r.BusinessID, &due, fade.DeliveryQueued
	return d, true
}
