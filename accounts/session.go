package accounts

import (
	"context"
	"strings"
	"time"
	"unicode"

	"github.com/fadedistrict/fade"
)

// Tokens are what a client signs in with: Access for requests and sockets, Refresh once for the next pair.
type Tokens struct {
	Access  string `json:"access"`
	Refresh string `json:"refresh"`
}

// maxUserAgent bounds what is kept of a client's description of itself, in bytes.
const maxUserAgent = 300

// Login starts a session. CodeUnauthorized, in the same words and the same time, for a user that does not
// exist, a wrong password and a deactivated user.
func (s *Service) Login(ctx context.Context, email, password, userAgent string) (Tokens, error) {
	var known Credentials
	err := s.store.View(ctx, func(r Reader) (err error) {
		known, err = r.Credentials(email)
		return err
	})
	if err != nil && fade.ErrorCode(err) != fade.CodeNotFound {
		return Tokens{}, err
	}
	ok, err := s.hasher.Verify(ctx, password, known.PasswordHash)
	if err != nil {
		return Tokens{}, err
	}
	if !ok || !known.User.IsActive {
		return Tokens{}, fade.Errorf(fade.CodeUnauthorized, "Email or password is wrong.")
	}

	var pair Tokens
	err = s.store.Update(ctx, func(tx Tx) error {
		now := s.instant()
		session := Session{
			ID: fade.NewID(now), UserID: known.User.ID, UserAgent: clip(userAgent, maxUserAgent),
			CreatedAt: now, ExpiresAt: now.Add(s.refreshTTL),
		}
		if err := tx.InsertSession(session); err != nil {
			return err
		}
		if err := tx.SetLastLogin(known.User.ID, now); err != nil {
			return err
		}
		pair, err = s.issue(tx, session, now)
		return err
	})
	return pair, err
}

// Refresh exchanges a refresh token for a new pair. CodeUnauthorized if it is not good; if it was
// exchanged before, somebody else may hold it, and the whole session ends for both.
func (s *Service) Refresh(ctx context.Context, refresh string) (Tokens, error) {
	var pair Tokens
	var refused error
	err := s.store.Update(ctx, func(tx Tx) error {
		now := s.instant()
		pair, refused = Tokens{}, nil
		token, err := tx.RefreshToken(hashToken(refresh))
		if fade.ErrorCode(err) == fade.CodeNotFound && err != nil {
			refused = errRefresh()
			return nil
		} else if err != nil {
			return err
		}
		session, user, err := liveSession(tx, token.SessionID, now)
		if err != nil {
			return err
		}
		switch {
		case session.ID == "" || !user.IsActive:
			refused = errRefresh()
			return nil
		case token.UsedAt != nil:
			refused = errRefresh()
			return s.revoke(tx, session, now)
		}
		if err := tx.UseRefreshToken(token.Hash, now); err != nil {
			return err
		}
		if err := tx.ExtendSession(session.ID, now.Add(s.refreshTTL)); err != nil {
			return err
		}
		pair, err = s.issue(tx, session, now)
		return err
	})
	if err == nil {
		err = refused
	}
	return pair, err
}

func errRefresh() error {
	return fade.Errorf(fade.CodeUnauthorized, "The session has ended. Sign in again.")
}

// issue adds the next pair of tokens to a session.
func (s *Service) issue(tx Tx, session Session, now time.Time) (Tokens, error) {
	access, err := s.tokens.sign(session.UserID, session.ID, now, now.Add(s.accessTTL))
	if err != nil {
		return Tokens{}, err
	}
	text, hash := newRefreshToken()
	return Tokens{Access: access, Refresh: text}, tx.InsertRefreshToken(RefreshToken{Hash: hash, SessionID: session.ID, CreatedAt: now})
}

// Logout ends the actor's session; its sockets close.
func (s *Service) Logout(ctx context.Context, actor fade.Actor) error {
	if err := actor.RequireSignedIn(); err != nil {
		return err
	}
	return s.store.Update(ctx, func(tx Tx) error {
		return s.revoke(tx, Session{ID: actor.SessionID, UserID: actor.User.ID}, s.instant())
	})
}

// EndSession ends somebody's session, whoever's it is, and gives it; its sockets close. CodeNotFound if there is
// no such session, CodeConflict if it is the actor's own. One that has ended already is ended again, for the
// sockets that may have outlived it.
func (s *Service) EndSession(ctx context.Context, actor fade.Actor, id string) (session Session, err error) {
	if err := actor.RequireSuperAdmin(); err != nil {
		return session, err
	}
	if id == actor.SessionID {
		return session, fade.Errorf(fade.CodeConflict, "This is the sign-in that you are using. To end it, sign out.")
	}
	err = s.store.Update(ctx, func(tx Tx) (err error) {
		if session, err = tx.Session(id); err != nil {
			return err
		}
		return s.revoke(tx, session, s.instant())
	})
	return session, err
}

func (s *Service) revoke(tx Tx, session Session, now time.Time) error {
	tx.Record(fade.AccessChanged{UserID: session.UserID, SessionID: session.ID})
	return tx.RevokeSession(session.ID, now)
}

// Authenticate gives the actor of an access token, as the database knows the user now: a session that was
// ended or a user who was deactivated is CodeUnauthorized at once, not when the token expires.
func (s *Service) Authenticate(ctx context.Context, access string) (fade.Actor, error) {
	c, err := s.tokens.verify(access)
	if err != nil {
		return fade.Actor{}, err
	}
	return s.actor(ctx, c.SessionID, c.ExpiresAt.Time)
}

// Reauthenticate gives the actor as the database knows them now, for a socket that stays open;
// CodeUnauthorized once the session has ended or the user was deactivated.
func (s *Service) Reauthenticate(ctx context.Context, actor fade.Actor) (fade.Actor, error) {
	return s.actor(ctx, actor.SessionID, actor.Expires)
}

func (s *Service) actor(ctx context.Context, sessionID string, expires time.Time) (actor fade.Actor, err error) {
	err = s.store.View(ctx, func(r Reader) error {
		session, user, err := liveSession(r, sessionID, s.now())
		if err != nil {
			return err
		}
		if session.ID == "" || !user.IsActive {
			return errToken(nil)
		}
		actor = fade.Actor{User: user, SessionID: session.ID, Expires: expires}
		return nil
	})
	return actor, err
}

// liveSession gives a session and its user, or the zero session if it has ended.
func liveSession(r Reader, id string, now time.Time) (Session, fade.User, error) {
	session, err := r.Session(id)
	if err != nil {
		if fade.ErrorCode(err) == fade.CodeNotFound {
			err = nil
		}
		return Session{}, fade.User{}, err
	}
	if session.RevokedAt != nil || !now.Before(session.ExpiresAt) {
		return Session{}, fade.User{}, nil
	}
	user, err := r.User(session.UserID)
	return session, user, err
}

// clip gives at most n bytes of s, as valid UTF-8 without control characters.
func clip(s string, n int) string {
	if len(s) > n {
		s = s[:n]
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}
