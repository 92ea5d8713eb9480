package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/accounts"
	"github.com/fadedistrict/fade/live"
)

func (a *API) userRoutes() {
	const tag, list, item = "users", "/api/users/", "/api/users/{id}/"
	changes := []fade.Code{fade.CodeConflict}
	add(a, operation{id: "listUsers", method: http.MethodGet, path: list, access: superAdmin, tag: tag,
		summary: "List users", about: "Sorts: email, name, created_at, last_login; -created_at by default."}, a.listUsers)
	add(a, operation{id: "createUser", method: http.MethodPost, path: list, access: superAdmin, tag: tag, errors: changes,
		summary: "Add a user", status: http.StatusCreated}, a.createUser)
	add(a, operation{id: "getUser", method: http.MethodGet, path: item, access: superAdmin, tag: tag,
		summary: "Read a user"}, a.getUser)
	add(a, operation{id: "updateUser", method: http.MethodPatch, path: item, access: superAdmin, tag: tag, errors: changes,
		summary: "Change some fields of a user",
		about:   "A new password ends the user's sessions, and so does deactivation; a new role takes effect on open sockets at once."}, a.updateUser)
	add(a, operation{id: "deleteUser", method: http.MethodDelete, path: item, access: superAdmin, tag: tag, errors: changes,
		summary: "Deactivate a user", status: http.StatusNoContent}, a.deleteUser)
}

// UserFields are what can be said about a user.
type UserFields struct {
	Email     *string        `json:"email,omitempty" maxLength:"254"`
	Password  *string        `json:"password,omitempty" minLength:"8" maxLength:"256" writeOnly:"true"`
	FirstName *string        `json:"first_name,omitempty" maxLength:"200"`
	LastName  *string        `json:"last_name,omitempty" maxLength:"200"`
	Phone     *string        `json:"phone,omitempty" maxLength:"40"`
	UserType  *fade.UserType `json:"user_type,omitempty"`
	Business  reference      `json:"business,omitempty" doc:"Needed for business owners; null for super admins."`
	IsActive  *bool          `json:"is_active,omitempty"`
	Version   *int64         `json:"version,omitempty" doc:"The version that was read."`
}

// NewUser is a user who does not exist yet.
type NewUser struct{ UserFields }

// TransformSchema implements [huma.SchemaTransformer].
func (NewUser) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	s.Required = append(s.Required, "email", "password", "user_type")
	return s
}

type (
	listUsersInput struct {
		ListParams
		Type     string `query:"user_type" enum:"super_admin,business_owner"`
		Status   string `query:"status" enum:"active,inactive"`
		Business string `query:"business" format:"uuid" doc:"The owners of a business."`
	}
	userInput struct {
		ID string `path:"id"`
	}
	createUserInput struct{ Body body[NewUser] }
	updateUserInput struct {
		ID   string `path:"id"`
		Body body[UserFields]
	}
)

func (a *API) listUsers(ctx context.Context, in *listUsersInput) (*page[fade.User], error) {
	q := accounts.UserQuery{Page: in.page(), Type: fade.UserType(in.Type), Active: activeFilter(in.Status), BusinessID: in.Business}
	list, at, err := a.o.Accounts.Users(ctx, actorOf(ctx), live.Dashboard, q)
	if err != nil {
		return nil, err
	}
	return pageOf(in.ListParams, list, live.Dashboard, at), nil
}

func (a *API) createUser(ctx context.Context, in *createUserInput) (*one[fade.User], error) {
	f := in.Body.value
	n := accounts.NewUser{
		Email: value(f.Email), Password: value(f.Password), FirstName: value(f.FirstName), LastName: value(f.LastName),
		Phone: value(f.Phone), UserType: value(f.UserType),
	}
	if f.Business.id != "" {
		n.BusinessID = &f.Business.id
	}
	u, err := a.o.Accounts.CreateUser(ctx, actorOf(ctx), n)
	return &one[fade.User]{u}, err
}

// value gives what a pointer points to, or the zero value.
func value[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

func (a *API) getUser(ctx context.Context, in *userInput) (*one[fade.User], error) {
	u, err := a.o.Accounts.User(ctx, actorOf(ctx), in.ID)
	return &one[fade.User]{u}, err
}

func (a *API) updateUser(ctx context.Context, in *updateUserInput) (*one[fade.User], error) {
	f := in.Body.value
	c := accounts.UserChange{
		Email: f.Email, Password: f.Password, FirstName: f.FirstName, LastName: f.LastName, Phone: f.Phone,
		UserType: f.UserType, IsActive: f.IsActive, Version: f.Version,
	}
	if f.Business.given {
		c.Business = &f.Business.id
	}
	u, err := a.o.Accounts.UpdateUser(ctx, actorOf(ctx), in.ID, c)
	return &one[fade.User]{u}, err
}

func (a *API) deleteUser(ctx context.Context, in *userInput) (*nothing, error) {
	off := false
	_, err := a.o.Accounts.UpdateUser(ctx, actorOf(ctx), in.ID, accounts.UserChange{IsActive: &off})
	return nil, err
}
