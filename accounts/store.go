package accounts

import (
	"context"
	"time"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/realtime/eventlog"
	"github.com/fadedistrict/fade/totals"
)

// BusinessQuery asks for businesses. Sorts: name, created_at, reservation_count, user_count; the default
// is -created_at.
type BusinessQuery struct {
	fade.Page
	Active *bool             // nil for both
	Type   fade.BusinessType // empty for all
}

// UserQuery asks for users. Sorts: email, name, created_at, last_login; the default is -created_at.
type UserQuery struct {
	fade.Page
	Type       fade.UserType // empty for all
	Active     *bool         // nil for both
	BusinessID string        // empty for all
}

// Credentials are a user with the PHC string of the password.
type Credentials struct {
	User         fade.User
	PasswordHash string
}

// Session is one sign-in on one device: a family of refresh tokens, of which only the newest is good.
type Session struct {
	ID        string
	UserID    string
	UserAgent string
	CreatedAt time.Time
	ExpiresAt time.Time
	RevokedAt *time.Time
}

// RefreshToken is one member of a session's family, kept as the SHA-256 of its text.
type RefreshToken struct {
	Hash      string
	SessionID string
	CreatedAt time.Time
	UsedAt    *time.Time // set once it was exchanged: a second use is theft
}

// Reader reads accounts in one snapshot, or inside the transaction. In a Tx the methods that give one row
// lock it until the transaction ends, so that what was read is still true when it is written.
type Reader interface {
	// Credentials finds a user by email, whatever its case; CodeNotFound.
	Credentials(email string) (Credentials, error)

	// User finds a user by id; CodeNotFound.
	User(id string) (fade.User, error)

	// Users lists users; CodeMalformed for a cursor that is not ours, CodeInvalid for an unknown sort.
	Users(q UserQuery) (fade.List[fade.User], error)

	// CountActiveSuperAdmins gives how many super admins can sign in.
	CountActiveSuperAdmins() (int64, error)

	// Session finds a session by id; CodeNotFound.
	Session(id string) (Session, error)

	// RefreshToken finds a refresh token by its hash; CodeNotFound.
	RefreshToken(hash string) (RefreshToken, error)

	// Business finds a business by id; CodeNotFound.
	Business(id string) (fade.Business, error)

	// Businesses lists businesses; CodeMalformed for a cursor that is not ours, CodeInvalid for an
	// unknown sort.
	Businesses(q BusinessQuery) (fade.List[fade.Business], error)

	// Position gives where a channel's log stands in this snapshot.
	Position(channel string) (eventlog.Position, error)

	totals.Reader
}

// Tx changes accounts inside one transaction.
type Tx interface {
	Reader
	fade.Memory

	// InsertUser adds a user; CodeConflict on the field email if it is taken.
	InsertUser(u fade.User, passwordHash string) error

	// UpdateUser writes all fields but the password; CodeConflict on the field email if it is taken.
	UpdateUser(u fade.User) error

	// SetPassword replaces the password's PHC string.
	SetPassword(userID, passwordHash string) error

	// SetLastLogin notes a sign-in.
	SetLastLogin(userID string, at time.Time) error

	// InsertSession adds a session.
	InsertSession(s Session) error

	// ExtendSession moves a session's end.
	ExtendSession(id string, until time.Time) error

	// RevokeSession ends a session; ending it again changes nothing.
	RevokeSession(id string, at time.Time) error

	// RevokeUserSessions ends all sessions of a user.
	RevokeUserSessions(userID string, at time.Time) error

	// InsertRefreshToken adds a member to a session's family.
	InsertRefreshToken(t RefreshToken) error

	// UseRefreshToken marks a token as exchanged.
	UseRefreshToken(hash string, at time.Time) error

	// InsertBusiness adds a business; CodeConflict on the field subdomain if it is taken.
	InsertBusiness(b fade.Business) error

	// UpdateBusiness writes all fields; CodeConflict on the field subdomain if it is taken.
	UpdateBusiness(b fade.Business) error

	// Record adds an event to the transaction.
	Record(event fade.Event)
}

// Store runs the verbs' transactions. Update's function may run more than once and must not do anything
// but use its Tx; what it returns decides between commit and rollback. View's function sees one snapshot.
type Store interface {
	Update(ctx context.Context, do func(Tx) error) error
	View(ctx context.Context, do func(Reader) error) error
}
