// Package accounts holds the verbs of users and businesses: sign in and out, and the super admin's care
// of both. The rules stand here; what they need of a database stands in [Store], and who hears of a change
// is decided by the events they record.
package accounts

import (
	"time"

	"github.com/fadedistrict/fade"
)

// Options are what the verbs need besides a store.
type Options struct {
	Secret     []byte           // signs access tokens; at least MinSecret bytes
	AccessTTL  time.Duration    // how long an access token lives; 0 is an hour
	RefreshTTL time.Duration    // how long a session lives without use; 0 is 30 days
	BaseDomain string           // businesses live at <subdomain>.<BaseDomain>
	Now        func() time.Time // nil is time.Now
	Hasher     *Hasher          // nil is NewHasher()
}

// Service is the verbs. It is safe for concurrent use.
type Service struct {
	store      Store
	tokens     *signer
	hasher     *Hasher
	accessTTL  time.Duration
	refreshTTL time.Duration
	baseDomain string
	now        func() time.Time
}

// New makes the verbs.
func New(store Store, o Options) (*Service, error) {
	if len(o.Secret) < MinSecret {
		return nil, fade.Errorf(fade.CodeInvalid, "the secret key must have at least %d bytes, it has %d", MinSecret, len(o.Secret))
	}
	s := &Service{
		store: store, hasher: o.Hasher, accessTTL: o.AccessTTL, refreshTTL: o.RefreshTTL,
		baseDomain: o.BaseDomain, now: o.Now,
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.hasher == nil {
		s.hasher = NewHasher()
	}
	if s.accessTTL <= 0 {
		s.accessTTL = time.Hour
	}
	if s.refreshTTL <= 0 {
		s.refreshTTL = 30 * 24 * time.Hour
	}
	s.tokens = newSigner(o.Secret, s.now)
	return s, nil
}

// instant gives the time of a change in the precision that the database keeps.
func (s *Service) instant() time.Time { return s.now().UTC().Truncate(time.Microsecond) }
