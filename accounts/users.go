package accounts

import (
	"context"
	"reflect"
	"strings"
	"time"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/realtime/eventlog"
)

// minPassword is the least length of a password, in characters.
const minPassword = 8

// NewUser is what it takes to make a user. BusinessID is needed for owners and refused for super admins.
type NewUser struct {
	Email      string
	Password   string
	FirstName  string
	LastName   string
	Phone      string
	UserType   fade.UserType
	BusinessID *string
}

// UserChange is a change of a user; nil fields stay as they are. Version, where given, must be the one
// the user has now.
type UserChange struct {
	Email     *string
	Password  *string
	FirstName *string
	LastName  *string
	Phone     *string
	UserType  *fade.UserType
	Business  *string // with UserType: empty for a super admin
	IsActive  *bool
	Version   *int64
}

// Users lists users with where the dashboard's log stood when they were read.
func (s *Service) Users(ctx context.Context, actor fade.Actor, channel string, q UserQuery) (list fade.List[fade.User], at eventlog.Position, err error) {
	err = s.viewAsSuperAdmin(ctx, actor, func(r Reader) (err error) {
		if list, err = r.Users(q); err != nil {
			return err
		}
		at, err = r.Position(channel)
		return err
	})
	return list, at, err
}

// User gives one user: any for a super admin, oneself for anybody else.
func (s *Service) User(ctx context.Context, actor fade.Actor, id string) (u fade.User, err error) {
	if err := actor.RequireSignedIn(); err != nil {
		return u, err
	}
	if !actor.IsSuperAdmin() {
		return u, actor.RequireSuperAdmin()
	}
	err = s.store.View(ctx, func(r Reader) (err error) {
		u, err = r.User(id)
		return err
	})
	return u, err
}

// CreateUser adds a user.
func (s *Service) CreateUser(ctx context.Context, actor fade.Actor, n NewUser) (u fade.User, err error) {
	if err := actor.RequireSuperAdmin(); err != nil {
		return u, err
	}
	return s.createUser(ctx, n)
}

// CreateSuperAdmin adds a super admin without an actor: for the command line, whose user already holds
// the database.
func (s *Service) CreateSuperAdmin(ctx context.Context, n NewUser) (fade.User, error) {
	n.UserType, n.BusinessID = fade.SuperAdmin, nil
	return s.createUser(ctx, n)
}

func (s *Service) createUser(ctx context.Context, n NewUser) (u fade.User, err error) {
	u = n.user(s.instant())
	if err := validateUser(u, &n.Password, "").Err(); err != nil {
		return u, err
	}
	hash, err := s.hasher.Hash(ctx, n.Password)
	if err != nil {
		return u, err
	}
	err = s.store.Update(ctx, func(tx Tx) (err error) {
		u, err = fade.Once(tx, func() (fade.User, error) {
			err := s.insertUser(tx, &u, hash)
			return u, err
		})
		return err
	})
	return u, err
}

// insertUser adds a user whose business, if any, must exist, and records it.
func (s *Service) insertUser(tx Tx, u *fade.User, hash string) error {
	if err := joinBusiness(tx, u); err != nil {
		return err
	}
	if err := tx.InsertUser(*u, hash); err != nil {
		return err
	}
	tx.Record(fade.UserCreated{User: *u})
	return nil
}

// joinBusiness fills in the name of the user's business; CodeInvalid if there is none of that id.
func joinBusiness(tx Tx, u *fade.User) error {
	u.IsSuperAdmin, u.IsBusinessOwner = u.UserType == fade.SuperAdmin, u.UserType == fade.BusinessOwner
	u.BusinessDetails = nil
	if u.BusinessID == nil {
		return nil
	}
	b, err := tx.Business(*u.BusinessID)
	if fade.ErrorCode(err) == fade.CodeNotFound && err != nil {
		return fade.FieldErrorf(fade.CodeInvalid, "business", "This business does not exist.")
	}
	u.BusinessDetails = &fade.BusinessRef{ID: b.ID, Name: b.Name, Subdomain: b.Subdomain, Timezone: b.Timezone}
	return err
}

func (n NewUser) user(now time.Time) fade.User {
	return fade.User{
		ID: fade.NewID(now), Email: normalizeEmail(n.Email), FirstName: strings.TrimSpace(n.FirstName), LastName: strings.TrimSpace(n.LastName),
		Phone: strings.TrimSpace(n.Phone), UserType: n.UserType, BusinessID: n.BusinessID, IsActive: true,
		CreatedAt: now, UpdatedAt: now, Version: 1,
	}
}

// normalizeEmail gives the form that is stored and compared: addresses differ by more than case only in
// theory (RFC 5321, section 2.4).
func normalizeEmail(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

// validateUser checks a user and, where given, the new password. prefix is put before the fields' names.
func validateUser(u fade.User, password *string, prefix string) fade.Violations {
	var v fade.Violations
	v.Email(prefix+"email", u.Email, true)
	v.Text(prefix+"first_name", u.FirstName, 0, 200, false)
	v.Text(prefix+"last_name", u.LastName, 0, 200, false)
	v.Text(prefix+"phone", u.Phone, 0, 40, false)
	if password != nil {
		v.Text(prefix+"password", *password, minPassword, maxPassword/4, false)
	}
	fade.OneOf(&v, "user_type", u.UserType, fade.SuperAdmin, fade.BusinessOwner)
	switch {
	case u.UserType == fade.BusinessOwner && (u.BusinessID == nil || *u.BusinessID == ""):
		v.Add("business", "A business owner needs a business.")
	case u.UserType == fade.SuperAdmin && u.BusinessID != nil:
		v.Add("business", "A super admin has no business.")
	}
	return v
}

// UpdateUser changes a user. A change of role, business, password or activity ends or re-examines the
// user's sessions and sockets at once. CodeConflict for the change that would leave nobody to run the
// platform.
func (s *Service) UpdateUser(ctx context.Context, actor fade.Actor, id string, c UserChange) (u fade.User, err error) {
	if err := actor.RequireSuperAdmin(); err != nil {
		return u, err
	}
	var hash string
	if c.Password != nil {
		var v fade.Violations
		v.Text("password", *c.Password, minPassword, maxPassword/4, false)
		if err := v.Err(); err != nil {
			return u, err
		}
		if hash, err = s.hasher.Hash(ctx, *c.Password); err != nil {
			return u, err
		}
	}
	err = s.store.Update(ctx, func(tx Tx) error {
		previous, err := tx.User(id)
		if err != nil {
			return err
		}
		if c.Version != nil && *c.Version != previous.Version {
			return errStale("user")
		}
		u = c.apply(previous)
		if err := validateUser(u, nil, "").Err(); err != nil {
			return err
		}
		if err := joinBusiness(tx, &u); err != nil {
			return err
		}
		if hash == "" && reflect.DeepEqual(u, previous) {
			return nil
		}
		u.UpdatedAt, u.Version = s.instant(), previous.Version+1
		return s.saveUser(tx, actor, u, previous, hash)
	})
	return u, err
}

func (c UserChange) apply(u fade.User) fade.User {
	set(&u.FirstName, c.FirstName)
	set(&u.LastName, c.LastName)
	set(&u.Phone, c.Phone)
	set(&u.UserType, c.UserType)
	set(&u.IsActive, c.IsActive)
	if c.Email != nil {
		u.Email = normalizeEmail(*c.Email)
	}
	if c.Business != nil {
		u.BusinessID = nil
		if *c.Business != "" {
			u.BusinessID = c.Business
		}
	}
	return u
}

// saveUser writes a changed user and what follows from the change.
func (s *Service) saveUser(tx Tx, actor fade.Actor, u, previous fade.User, hash string) error {
	lessPower := previous.IsActive && !u.IsActive || previous.UserType == fade.SuperAdmin && u.UserType != fade.SuperAdmin
	if lessPower && u.ID == actor.User.ID {
		return fade.Errorf(fade.CodeConflict, "You cannot take your own access away. Ask another super admin.")
	}
	if err := tx.UpdateUser(u); err != nil {
		return err
	}
	if lessPower && previous.UserType == fade.SuperAdmin {
		if left, err := tx.CountActiveSuperAdmins(); err != nil || left == 0 {
			if err == nil {
				err = fade.Errorf(fade.CodeConflict, "This is the last super admin; the platform needs one.")
			}
			return err
		}
	}
	if hash != "" {
		if err := tx.SetPassword(u.ID, hash); err != nil {
			return err
		}
	}
	if hash != "" || !u.IsActive {
		if err := tx.RevokeUserSessions(u.ID, u.UpdatedAt); err != nil {
			return err
		}
	}
	tx.Record(fade.UserUpdated{User: u, Previous: previous})
	tx.Record(fade.AccessChanged{UserID: u.ID})
	return nil
}

func errStale(noun string) error {
	return fade.Errorf(fade.CodeStale, "This %s was changed by somebody else since you opened it. Load it again.", noun)
}

// set replaces a value where there is a new one.
func set[T any](value *T, to *T) {
	if to != nil {
		*value = *to
	}
}
