package notify

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/fadedistrict/fade"
)

// Subscription is what a link that unsubscribes is about.
type Subscription struct {
	Email string            `json:"email"` // as much of it as its owner needs to know it again
	What  fade.DeliveryKind `json:"what"`  // digest, unseen or notice
	Done  bool              `json:"done"`
}

// unsubscribable lists the kinds of mails that a link can end, in the order of their number in it.
var unsubscribable = []fade.DeliveryKind{fade.KindDigest, fade.KindUnseen, fade.KindNotice} //nolint:gochecknoglobals // a constant list

// Unsubscribe gives the token of the link by which a user ends mails of a kind, without signing in; "" for kinds that
// cannot be ended. It is the user's id, the kind's number and a MAC (HMAC-SHA256, RFC 2104, cut to 128 bits).
func (c *Choices) Unsubscribe(userID string, kind fade.DeliveryKind) string {
	content, err := hex.DecodeString(strings.ReplaceAll(userID, "-", ""))
	number := slices.Index(unsubscribable, kind)
	if err != nil || number < 0 {
		return ""
	}
	content = append(content, byte(number))
	return base64.RawURLEncoding.EncodeToString(append(content, c.mac(content)...))
}

const (
	idSize  = 16
	macSize = 16
)

func (c *Choices) mac(content []byte) []byte {
	mac := hmac.New(sha256.New, c.key)
	mac.Write(content)
	return mac.Sum(nil)[:macSize]
}

// readToken gives whose mails of which kind a token ends; CodeNotFound for one that was not made here.
func (c *Choices) readToken(token string) (userID string, kind fade.DeliveryKind, err error) {
	text, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(text) != idSize+1+macSize || !hmac.Equal(text[idSize+1:], c.mac(text[:idSize+1])) || int(text[idSize]) >= len(unsubscribable) {
		return "", "", fade.Errorf(fade.CodeNotFound, "This link is not valid. Check that it was copied whole.")
	}
	h := hex.EncodeToString(text[:idSize])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:], unsubscribable[text[idSize]], nil
}

// Subscription tells what a link is about; CodeNotFound for one that is not ours.
func (c *Choices) Subscription(ctx context.Context, token string) (s Subscription, err error) {
	userID, kind, err := c.readToken(token)
	if err != nil {
		return s, err
	}
	err = c.store.ViewChoices(ctx, func(r ChoicesReader) error {
		u, p, err := userAnd(r, userID)
		s = Subscription{Email: masked(u.Email), What: kind, Done: len(ended(u.UserType, p, kind)) == 0}
		return err
	})
	return s, err
}

// EndSubscription ends the mails that a link is about, and cancels those that wait. Doing it again changes nothing.
func (c *Choices) EndSubscription(ctx context.Context, token string) (s Subscription, err error) {
	userID, kind, err := c.readToken(token)
	if err != nil {
		return s, err
	}
	err = c.store.UpdateChoices(ctx, func(tx ChoicesTx) error {
		u, p, err := userAnd(tx, userID)
		if err != nil {
			return err
		}
		s = Subscription{Email: masked(u.Email), What: kind, Done: true}
		if err := tx.CancelKind(userID, kind, fade.ReasonUnsubscribed, c.now()); err != nil {
			return err
		}
		changed := ended(u.UserType, p, kind)
		if len(changed) == 0 {
			return nil
		}
		p = PreferencesChange{Rules: changed}.apply(u.UserType, p)
		return c.save(tx, &p)
	})
	return s, err
}

func userAnd(r ChoicesReader, userID string) (u fade.User, p fade.Preferences, err error) {
	if u, err = r.User(userID); err != nil {
		return u, p, err
	}
	p, err = r.Preferences(u)
	return u, p, err
}

// ended gives the rules without mails of a kind, of those that have them.
func ended(u fade.UserType, p fade.Preferences, kind fade.DeliveryKind) map[fade.EventType]RulesChange {
	when := map[fade.DeliveryKind]fade.When{fade.KindDigest: fade.InDigest, fade.KindUnseen: fade.IfUnseen, fade.KindNotice: fade.Always}[kind]
	changed := map[fade.EventType]RulesChange{}
	for _, t := range fade.NotifiedTypes(u) {
		if p.RulesFor(u, t).Email.When == when {
			changed[t] = RulesChange{Email: &fade.Rule{When: fade.Never}}
		}
	}
	return changed
}

// masked gives an address without most of its first part.
func masked(email string) string {
	name, domain, _ := strings.Cut(email, "@")
	letters := []rune(name)
	if len(letters) > 1 {
		letters = letters[:1]
	}
	return string(letters) + "…@" + domain
}
