package notify

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strings"
	"time"

	"github.com/fadedistrict/fade"
)

// ChoicesReader reads how people want to hear of events.
type ChoicesReader interface {
	// User finds a user; CodeNotFound.
	User(id string) (fade.User, error)

	// Preferences gives a user's, the defaults where they have never changed them.
	Preferences(u fade.User) (fade.Preferences, error)

	// PushDevices gives a user's devices, newest first.
	PushDevices(userID string) ([]fade.PushDevice, error)
}

// ChoicesTx changes them inside one transaction.
type ChoicesTx interface {
	ChoicesReader
	fade.Memory

	// SavePreferences writes a user's preferences.
	SavePreferences(p fade.Preferences) error

	// CancelKind cancels a user's waiting mails of a kind.
	CancelKind(userID string, kind fade.DeliveryKind, reason string, at time.Time) error

	// SavePushDevice adds a device; one with a known endpoint takes the place of the one that is there.
	SavePushDevice(d fade.PushDevice) (fade.PushDevice, error)

	// DeletePushDevice forgets a user's device, and cancels what waits for it; CodeNotFound.
	DeletePushDevice(userID, id string) error

	// AddDeliveries adds deliveries that no event called for.
	AddDeliveries(deliveries ...fade.Delivery) error
}

// ChoicesStore runs the transactions; see [Store].
type ChoicesStore interface {
	UpdateChoices(ctx context.Context, do func(ChoicesTx) error) error
	ViewChoices(ctx context.Context, do func(ChoicesReader) error) error
}

// Choices are what people can say about how they want to hear of events.
type Choices struct {
	store ChoicesStore
	now   func() time.Time
	key   []byte // of links that unsubscribe
}

// NewChoices makes the verbs. The secret signs links, for which a key of its own is derived from it.
func NewChoices(store ChoicesStore, secret []byte, now func() time.Time) *Choices {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("fade unsubscribe v1"))
	return &Choices{store, now, mac.Sum(nil)}
}

// Preferences gives the actor's own.
func (c *Choices) Preferences(ctx context.Context, actor fade.Actor) (p fade.Preferences, err error) {
	if err := actor.RequireSignedIn(); err != nil {
		return p, err
	}
	err = c.store.ViewChoices(ctx, func(r ChoicesReader) error {
		u, err := r.User(actor.User.ID)
		if err == nil {
			p, err = r.Preferences(u)
		}
		return err
	})
	return p, err
}

// PreferencesChange is what preferences should be; nil fields stay as they are, and so do rules that are not named.
type PreferencesChange struct {
	Timezone             *string
	QuietStart, QuietEnd **string
	Digest, DigestAt     *string
	Rules                map[fade.EventType]RulesChange
	Version              *int64
}

// RulesChange is what the rules for one type of event should be.
type RulesChange struct {
	InApp *fade.Rule `json:"in_app,omitempty"`
	Email *fade.Rule `json:"email,omitempty"`
	Push  *fade.Rule `json:"push,omitempty"`
}

// SavePreferences changes the actor's own; CodeStale if they were changed since they were read.
func (c *Choices) SavePreferences(ctx context.Context, actor fade.Actor, change PreferencesChange) (p fade.Preferences, err error) {
	if err := actor.RequireSignedIn(); err != nil {
		return p, err
	}
	err = c.store.UpdateChoices(ctx, func(tx ChoicesTx) error {
		u, err := tx.User(actor.User.ID)
		if err != nil {
			return err
		}
		before, err := tx.Preferences(u)
		if err != nil {
			return err
		}
		if change.Version != nil && *change.Version != before.Version {
			return fade.Errorf(fade.CodeStale, "You changed this page elsewhere since you opened it. Load it again.")
		}
		p = change.apply(u.UserType, before)
		if err := p.Validate(u.UserType); err != nil {
			return err
		}
		return c.save(tx, &p)
	})
	return p, err
}

func (c *Choices) save(tx ChoicesTx, p *fade.Preferences) error {
	p.UpdatedAt = c.now().UTC().Truncate(time.Microsecond)
	p.Version++
	return tx.SavePreferences(*p)
}

func (c PreferencesChange) apply(u fade.UserType, p fade.Preferences) fade.Preferences {
	set(&p.Timezone, c.Timezone)
	set(&p.Digest, c.Digest)
	set(&p.QuietStart, c.QuietStart)
	set(&p.QuietEnd, c.QuietEnd)
	set(&p.DigestAt, c.DigestAt)
	p.DigestAt = fade.NormalizeClock(p.DigestAt)
	for _, clock := range []*string{p.QuietStart, p.QuietEnd} {
		if clock != nil {
			*clock = fade.NormalizeClock(*clock)
		}
	}
	rules := make(map[fade.EventType]fade.Rules, len(p.Rules)+len(c.Rules))
	for t, known := range p.Rules {
		rules[t] = known
	}
	for t, changed := range c.Rules {
		next := p.RulesFor(u, t)
		set(&next.InApp, changed.InApp)
		set(&next.Email, changed.Email)
		set(&next.Push, changed.Push)
		rules[t] = next
	}
	p.Rules = rules
	return p
}

func set[T any](value *T, to *T) {
	if to != nil {
		*value = *to
	}
}

// Devices gives the actor's own.
func (c *Choices) Devices(ctx context.Context, actor fade.Actor) (devices []fade.PushDevice, err error) {
	if err := actor.RequireSignedIn(); err != nil {
		return nil, err
	}
	err = c.store.ViewChoices(ctx, func(r ChoicesReader) (err error) {
		devices, err = r.PushDevices(actor.User.ID)
		return err
	})
	return devices, err
}

// maxDevices bounds how many devices show one person's pushes.
const maxDevices = 20

// AddDevice makes a browser one of the actor's devices. Whether its endpoint may be dialled is for whoever dials it to
// say; here it only has to be a subscription.
func (c *Choices) AddDevice(ctx context.Context, actor fade.Actor, d fade.PushDevice) (saved fade.PushDevice, err error) {
	if err := actor.RequireSignedIn(); err != nil {
		return saved, err
	}
	d.UserID, d.CreatedAt = actor.User.ID, c.now().UTC().Truncate(time.Microsecond)
	d.ID = fade.NewID(d.CreatedAt)
	if err := validDevice(d); err != nil {
		return saved, err
	}
	err = c.store.UpdateChoices(ctx, func(tx ChoicesTx) (err error) {
		saved, err = fade.Once(tx, func() (saved fade.PushDevice, err error) {
			known, err := tx.PushDevices(d.UserID)
			if err != nil {
				return saved, err
			}
			again := slices.ContainsFunc(known, func(k fade.PushDevice) bool { return k.Endpoint == d.Endpoint })
			if !again && len(known) >= maxDevices {
				return saved, fade.Errorf(fade.CodeConflict, "You have %d devices already. Remove one first.", maxDevices)
			}
			return tx.SavePushDevice(d)
		})
		return err
	})
	return saved, err
}

// validDevice gives CodeInvalid for what no browser would send.
func validDevice(d fade.PushDevice) error {
	var v fade.Violations
	v.Text("label", d.Label, 1, 100, false)
	v.URL("endpoint", d.Endpoint)
	if !strings.HasPrefix(d.Endpoint, "https://") || len(d.Endpoint) > 2048 {
		v.Add("endpoint", "This must be an https address of at most 2048 characters.")
	}
	decodes := func(field, text string, size int) {
		if key, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(text, "=")); err != nil || len(key) != size {
			v.Add(field, "This must be %d bytes in base64url.", size)
		}
	}
	decodes("keys.p256dh", d.P256DH, 65)
	decodes("keys.auth", d.Auth, 16)
	return v.Err()
}

// RemoveDevice forgets one of the actor's devices; CodeNotFound.
func (c *Choices) RemoveDevice(ctx context.Context, actor fade.Actor, id string) error {
	if err := actor.RequireSignedIn(); err != nil {
		return err
	}
	return c.store.UpdateChoices(ctx, func(tx ChoicesTx) error { return tx.DeletePushDevice(actor.User.ID, id) })
}

// TestDevice sends a push to one of the actor's devices; CodeNotFound.
func (c *Choices) TestDevice(ctx context.Context, actor fade.Actor, id string) (d fade.Delivery, err error) {
	if err := actor.RequireSignedIn(); err != nil {
		return d, err
	}
	err = c.store.UpdateChoices(ctx, func(tx ChoicesTx) error {
		d, err = fade.Once(tx, func() (d fade.Delivery, err error) {
			devices, err := tx.PushDevices(actor.User.ID)
			if err != nil {
				return d, err
			}
			i := slices.IndexFunc(devices, func(known fade.PushDevice) bool { return known.ID == id })
			if i < 0 {
				return d, fade.NotFound("device")
			}
			now := c.now().UTC().Truncate(time.Microsecond)
			d = fade.Delivery{
				ID: fade.NewID(now), UserID: &actor.User.ID, BusinessID: actor.User.BusinessID, Route: fade.RoutePush, Kind: fade.KindTest,
				Address: devices[i].Label, DeviceID: id, State: fade.DeliveryQueued, Cause: fade.CauseTest, NextAttemptAt: &now, CreatedAt: now,
				MaxAttempts: MaxAttempts,
			}
			return d, tx.AddDeliveries(d)
		})
		return err
	})
	return d, err
}
