package fade

import "time"

// UserType is what a user may do.
type UserType string

// The user types.
const (
	SuperAdmin    UserType = "super_admin"
	BusinessOwner UserType = "business_owner"
)

// BusinessRef names a user's business where only its name and the time there are needed.
type BusinessRef struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Subdomain string `json:"subdomain"`
	Timezone  string `json:"timezone"`
}

// User is somebody who signs in. Business is set for business owners and nil for super admins.
type User struct {
	ID              string       `json:"id"`
	Email           string       `json:"email"`
	FirstName       string       `json:"first_name"`
	LastName        string       `json:"last_name"`
	Phone           string       `json:"phone"`
	UserType        UserType     `json:"user_type"`
	BusinessID      *string      `json:"business"`
	BusinessDetails *BusinessRef `json:"business_details"`
	IsSuperAdmin    bool         `json:"is_super_admin"`
	IsBusinessOwner bool         `json:"is_business_owner"`
	IsActive        bool         `json:"is_active"`
	CreatedAt       time.Time    `json:"created_at"`
	UpdatedAt       time.Time    `json:"updated_at"`
	LastLogin       *time.Time   `json:"last_login"`
	Version         int64        `json:"version"`
}

// FullName gives first and last name, or the email where neither is known.
func (u User) FullName() string {
	switch {
	case u.FirstName == "" && u.LastName == "":
		return u.Email
	case u.FirstName == "":
		return u.LastName
	case u.LastName == "":
		return u.FirstName
	}
	return u.FirstName + " " + u.LastName
}

// Owns tells whether the user is an owner of the business.
func (u User) Owns(businessID string) bool {
	return u.UserType == BusinessOwner && u.BusinessID != nil && *u.BusinessID == businessID
}

// Actor is who asks: a user in a session. The zero Actor is the public, who may only book.
type Actor struct {
	User      User
	SessionID string
	Expires   time.Time // when the access token that named the session ends
}

// SignedIn tells a user from the public.
func (a Actor) SignedIn() bool { return a.User.ID != "" }

// IsSuperAdmin tells whether the actor runs the platform.
func (a Actor) IsSuperAdmin() bool { return a.SignedIn() && a.User.UserType == SuperAdmin }

// RequireSuperAdmin gives nil for a super admin, CodeUnauthorized for the public and CodeForbidden for
// anybody else.
func (a Actor) RequireSuperAdmin() error {
	switch {
	case !a.SignedIn():
		return ErrSignIn()
	case !a.IsSuperAdmin():
		return Errorf(CodeForbidden, "Only a super admin may do this.")
	}
	return nil
}

// RequireSignedIn gives nil for any user and CodeUnauthorized for the public.
func (a Actor) RequireSignedIn() error {
	if !a.SignedIn() {
		return ErrSignIn()
	}
	return nil
}

// ErrSignIn is the answer to the public where a user is needed.
func ErrSignIn() *Error { return Errorf(CodeUnauthorized, "Sign in first.") }
