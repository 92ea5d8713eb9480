package accounts

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Hasher hashes passwords with argon2id (RFC 9106) into PHC strings. It bounds how many hashes run at
// once, because each takes Memory KiB: a flood of sign-ins waits instead of filling the machine.
type Hasher struct {
	memory uint32 // KiB
	time   uint32
	slots  chan struct{}
	decoy  string // a hash of nothing, for users that do not exist
}

// The parameters that OWASP's password storage cheat sheet recommends: 19 MiB, two passes, one lane.
const (
	argonMemory  = 19 * 1024
	argonTime    = 2
	argonThreads = 1
	saltLength   = 16
	keyLength    = 32
)

// maxPassword bounds what is hashed, in bytes.
const maxPassword = 1024

// NewHasher makes a hasher with the recommended cost.
func NewHasher() *Hasher { return newHasher(argonMemory, argonTime) }

// NewCheapHasher makes a hasher of the lowest cost, for tests and demo data only.
func NewCheapHasher() *Hasher { return newHasher(64, 1) }

func newHasher(memory, time uint32) *Hasher {
	h := &Hasher{memory: memory, time: time, slots: make(chan struct{}, max(1, runtime.GOMAXPROCS(0)))}
	h.decoy = h.encode(rand.Text(), []byte(rand.Text())[:saltLength])
	return h
}

// Hash gives the PHC string of a password.
func (h *Hasher) Hash(ctx context.Context, password string) (phc string, err error) {
	salt := make([]byte, saltLength)
	_, _ = rand.Read(salt)
	err = h.limited(ctx, func() { phc = h.encode(password, salt) })
	return phc, err
}

// Verify tells whether the password is the one of the PHC string. An empty string stands for a user that
// does not exist: it takes as long as any other and is never right.
func (h *Hasher) Verify(ctx context.Context, password, phc string) (ok bool, err error) {
	exists := phc != ""
	if !exists {
		phc = h.decoy
	}
	parsed, err := parsePHC(phc)
	if err != nil {
		return false, err
	}
	if len(password) > maxPassword {
		password = ""
		exists = false
	}
	err = h.limited(ctx, func() {
		key := argon2.IDKey([]byte(password), parsed.salt, parsed.time, parsed.memory, parsed.threads, uint32(len(parsed.key)))
		ok = subtle.ConstantTimeCompare(key, parsed.key) == 1
	})
	return ok && exists, err
}

func (h *Hasher) limited(ctx context.Context, do func()) error {
	select {
	case h.slots <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-h.slots }()
	do()
	return nil
}

func (h *Hasher) encode(password string, salt []byte) string {
	key := argon2.IDKey([]byte(password), salt, h.time, h.memory, argonThreads, keyLength)
	encode := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, h.memory, h.time, argonThreads, encode(salt), encode(key))
}

type phcString struct {
	memory, time uint32
	threads      uint8
	salt, key    []byte
}

var errPHC = errors.New("accounts: not an argon2id PHC string")

func parsePHC(s string) (p phcString, err error) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return p, errPHC
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.memory, &p.time, &p.threads); err != nil {
		return p, errPHC
	}
	if p.salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil {
		return p, errPHC
	}
	if p.key, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil || len(p.key) == 0 {
		return p, errPHC
	}
	return p, nil
}
