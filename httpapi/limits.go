package httpapi

import (
	"crypto/sha256"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/fadedistrict/fade"
)

// limits bound how often strangers may try. Tries are counted per address (IPv6: per /64, which is what one
// customer gets) and, for signing in, per email as well, so that many addresses do not help to guess one
// password. Whoever signs in has the email's tries back.
type limits struct {
	loginAddress, loginEmail *limiter
	refreshAddress           *limiter
	bookAddress              *limiter
	lookupAddress            *limiter
	lookAddress              *limiter // at booking pages and their slots
	holdAddress              *limiter
	linkAddress              *limiter
	streamAddress            *limiter
	messageUser              *limiter // messages that somebody sends

	// Lookups that found nothing, which is what guessing looks like: from one address, and at one business.
	missAddress, missBusiness *limiter
}

func newLimits(on bool, now func() time.Time) limits {
	limit := func(burst int, every time.Duration) *limiter {
		if !on {
			return nil
		}
		return &limiter{burst: burst, rate: rate.Every(every), now: now, fresh: map[string]*rate.Limiter{}}
	}
	return limits{
		loginAddress:   limit(60, time.Second),
		loginEmail:     limit(10, 15*time.Second),
		refreshAddress: limit(120, time.Second/2),
		bookAddress:    limit(30, 2*time.Second),
		lookupAddress:  limit(20, 3*time.Second),
		lookAddress:    limit(240, 100*time.Millisecond),
		holdAddress:    limit(30, 2*time.Second),
		linkAddress:    limit(60, time.Second),
		streamAddress:  limit(60, time.Second),
		messageUser:    limit(30, time.Second),
		missAddress:    limit(20, 30*time.Second),
		missBusiness:   limit(200, 5*time.Second),
	}
}

// tooMany is the answer to whoever tries too often.
func tooMany(wait time.Duration) error {
	p := newProblem(fade.CodeRateLimited, "Too many tries. Wait a moment.")
	p.retryAfter = wait
	return p
}

// emailKey gives the key of an email's tries: of one length, whatever was sent.
func emailKey(email string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(strings.TrimSpace(email))))
	return string(sum[:])
}

// maxKeys bounds what a limiter remembers: when so many keys are fresh, those that were not used since the
// last time that happened are forgotten. So at most twice as many are in memory, about 300 bytes each.
const maxKeys = 20_000

// limiter is a token bucket for each key. A nil limiter limits nothing. It is safe for concurrent use.
type limiter struct {
	burst int
	rate  rate.Limit
	now   func() time.Time

	mu           sync.Mutex
	fresh, stale map[string]*rate.Limiter
}

// bucket gives the bucket of a key. The lock must be held.
func (l *limiter) bucket(key string) *rate.Limiter {
	bucket := l.fresh[key]
	if bucket == nil {
		if bucket = l.stale[key]; bucket == nil {
			bucket = rate.NewLimiter(l.rate, l.burst)
		}
		if len(l.fresh) >= maxKeys {
			l.stale, l.fresh = l.fresh, map[string]*rate.Limiter{}
		}
		l.fresh[key] = bucket
	}
	return bucket
}

// full tells how long to wait where a try would be one too many, without counting or remembering one.
func (l *limiter) full(key string) (wait time.Duration) {
	if l == nil {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	bucket := l.fresh[key]
	if bucket == nil {
		bucket = l.stale[key]
	}
	if bucket == nil {
		return 0
	}
	missing := 1 - bucket.TokensAt(l.now())
	if missing <= 0 {
		return 0
	}
	return time.Duration(missing / float64(l.rate) * float64(time.Second))
}

// take counts a try, and gives how long to wait if it is one too many.
func (l *limiter) take(key string) (wait time.Duration) {
	if l == nil {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	bucket := l.bucket(key)
	now := l.now()
	reservation := bucket.ReserveN(now, 1)
	if wait = reservation.DelayFrom(now); wait > 0 {
		reservation.CancelAt(now)
	}
	return wait
}

// forget gives a key all its tries back.
func (l *limiter) forget(key string) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.fresh, key)
	delete(l.stale, key)
}
