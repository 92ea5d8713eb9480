package accounts

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/realtime/eventlog"
	"github.com/fadedistrict/fade/totals"
)

// NewOwner is the owner that a new business comes with.
type NewOwner struct {
	Email, Password, FirstName, LastName string
}

// BusinessChange is a change of a business; nil fields stay as they are. SubscriptionExpires points to nil
// to remove the date. Version, where given, must be the one the business has now.
type BusinessChange struct {
	Name                *string
	BusinessType        *fade.BusinessType
	Subdomain           *string
	Email               *string
	Phone               *string
	BusinessHoursStart  *string
	BusinessHoursEnd    *string
	Timezone            *string
	EmailFromName       *string
	EmailFromAddress    *string
	AdminEmail          *string
	PrimaryColor        *string
	LogoURL             *string
	IsActive            *bool
	SubscriptionStatus  *fade.SubscriptionStatus
	SubscriptionExpires **time.Time
	Version             *int64
}

func (s *Service) viewAsSuperAdmin(ctx context.Context, actor fade.Actor, do func(Reader) error) error {
	if err := actor.RequireSuperAdmin(); err != nil {
		return err
	}
	return s.store.View(ctx, do)
}

// Businesses lists businesses with where the dashboard's log stood when they were read.
func (s *Service) Businesses(ctx context.Context, actor fade.Actor, channel string, q BusinessQuery) (list fade.List[fade.Business], at eventlog.Position, err error) {
	err = s.viewAsSuperAdmin(ctx, actor, func(r Reader) (err error) {
		if list, err = r.Businesses(q); err != nil {
			return err
		}
		for i := range list.Items {
			s.complete(&list.Items[i])
		}
		at, err = r.Position(channel)
		return err
	})
	return list, at, err
}

// Business gives one business with where the dashboard's log stood when it was read.
func (s *Service) Business(ctx context.Context, actor fade.Actor, channel, id string) (b fade.Business, at eventlog.Position, err error) {
	err = s.viewAsSuperAdmin(ctx, actor, func(r Reader) (err error) {
		if b, err = r.Business(id); err != nil {
			return err
		}
		s.complete(&b)
		at, err = r.Position(channel)
		return err
	})
	return b, at, err
}

// complete fills in what follows from the configuration.
func (s *Service) complete(b *fade.Business) {
	b.FullDomain = b.Subdomain
	if s.baseDomain != "" {
		b.FullDomain += "." + s.baseDomain
	}
}

// CreateBusiness adds a business and, in the same transaction, its owner. The change sets what differs
// from the defaults. CodeConflict names the field subdomain or owner_email if it is taken.
func (s *Service) CreateBusiness(ctx context.Context, actor fade.Actor, c BusinessChange, owner NewOwner) (b fade.Business, err error) {
	if err := actor.RequireSuperAdmin(); err != nil {
		return b, err
	}
	return s.createBusiness(ctx, c, owner)
}

func (s *Service) createBusiness(ctx context.Context, c BusinessChange, owner NewOwner) (b fade.Business, err error) {
	now := s.instant()
	b = c.apply(fade.Business{
		ID: fade.NewID(now), BusinessType: fade.Barbershop, BusinessHoursStart: fade.DefaultHoursStart,
		BusinessHoursEnd: fade.DefaultHoursEnd, Timezone: fade.DefaultTimezone, PrimaryColor: fade.DefaultPrimaryColor,
		IsActive: true, SubscriptionStatus: fade.SubscriptionTrial, CreatedAt: now, UpdatedAt: now, Version: 1,
	})
	u := NewUser{
		Email: owner.Email, FirstName: owner.FirstName, LastName: owner.LastName,
		UserType: fade.BusinessOwner, BusinessID: &b.ID,
	}.user(now)
	violations := validateUser(u, &owner.Password, "owner_")
	if invalid, ok := errors.AsType[*fade.Error](b.Validate()); ok {
		violations = append(invalid.Fields, violations...)
	}
	if err := violations.Err(); err != nil {
		return b, err
	}
	hash, err := s.hasher.Hash(ctx, owner.Password)
	if err != nil {
		return b, err
	}
	s.complete(&b)
	b.UserCount = 1
	err = s.store.Update(ctx, func(tx Tx) (err error) {
		b, err = fade.Once(tx, func() (fade.Business, error) {
			if err := tx.InsertBusiness(b); err != nil {
				return b, err
			}
			tx.Record(fade.BusinessCreated{Business: b})
			return b, renameField(s.insertUser(tx, &u, hash), "email", "owner_email")
		})
		return err
	})
	return b, err
}

// UpdateBusiness changes a business.
func (s *Service) UpdateBusiness(ctx context.Context, actor fade.Actor, id string, c BusinessChange) (b fade.Business, err error) {
	if err := actor.RequireSuperAdmin(); err != nil {
		return b, err
	}
	err = s.store.Update(ctx, func(tx Tx) (err error) {
		b, err = fade.Once(tx, func() (fade.Business, error) { return s.updateBusiness(tx, id, c) })
		return err
	})
	return b, err
}

func (s *Service) updateBusiness(tx Tx, id string, c BusinessChange) (b fade.Business, err error) {
	previous, err := tx.Business(id)
	if err != nil {
		return b, err
	}
	if c.Version != nil && *c.Version != previous.Version {
		return b, errStale("business")
	}
	s.complete(&previous)
	if b = c.apply(previous); b == previous {
		return b, nil
	}
	if err := b.Validate(); err != nil {
		return b, err
	}
	s.complete(&b)
	b.UpdatedAt, b.Version = s.instant(), previous.Version+1
	if err := tx.UpdateBusiness(b); err != nil {
		return b, err
	}
	tx.Record(fade.BusinessUpdated{Business: b, Previous: previous})
	tx.Record(fade.SlotsChanged{BusinessID: b.ID, Changes: []fade.Busy{}, Reload: true}) // its hours, its zone, or whether it is there at all
	return b, nil
}

func (c BusinessChange) apply(b fade.Business) fade.Business {
	trimmed := func(value *string, to *string) {
		if to != nil {
			*value = strings.TrimSpace(*to)
		}
	}
	trimmed(&b.Name, c.Name)
	set(&b.BusinessType, c.BusinessType)
	trimmed(&b.Subdomain, c.Subdomain)
	trimmed(&b.Email, c.Email)
	trimmed(&b.Phone, c.Phone)
	trimmed(&b.BusinessHoursStart, c.BusinessHoursStart)
	trimmed(&b.BusinessHoursEnd, c.BusinessHoursEnd)
	trimmed(&b.Timezone, c.Timezone)
	trimmed(&b.EmailFromName, c.EmailFromName)
	trimmed(&b.EmailFromAddress, c.EmailFromAddress)
	trimmed(&b.AdminEmail, c.AdminEmail)
	trimmed(&b.PrimaryColor, c.PrimaryColor)
	trimmed(&b.LogoURL, c.LogoURL)
	set(&b.IsActive, c.IsActive)
	set(&b.SubscriptionStatus, c.SubscriptionStatus)
	if c.SubscriptionExpires != nil && !sameInstant(b.SubscriptionExpires, *c.SubscriptionExpires) {
		b.SubscriptionExpires = *c.SubscriptionExpires
	}
	b.BusinessHoursStart = fade.NormalizeClock(b.BusinessHoursStart)
	b.BusinessHoursEnd = fade.NormalizeClock(b.BusinessHoursEnd)
	return b
}

func sameInstant(a, b *time.Time) bool {
	return a == nil && b == nil || a != nil && b != nil && a.Equal(*b)
}

// renameField makes a complaint about one field one about another, where a form calls it so.
func renameField(err error, from, to string) error {
	e, ok := errors.AsType[*fade.Error](err)
	if !ok {
		return err
	}
	renamed := *e
	renamed.Fields = make([]fade.FieldError, len(e.Fields))
	for i, f := range e.Fields {
		if f.Field == from {
			f.Field = to
		}
		renamed.Fields[i] = f
	}
	return &renamed
}

// BusinessStats gives the totals of one business to a super admin.
func (s *Service) BusinessStats(ctx context.Context, actor fade.Actor, id string) (stats fade.BusinessTotals, err error) {
	err = s.viewAsSuperAdmin(ctx, actor, func(r Reader) (err error) {
		if _, err := r.Business(id); err != nil {
			return err
		}
		stats, err = totals.ReadBusiness(r, id, s.now())
		return err
	})
	return stats, err
}

// recentBusinesses is how many of the newest the dashboard shows.
const recentBusinesses = 5

// DashboardStats gives the platform's totals with where the dashboard's log stood when they were read.
func (s *Service) DashboardStats(ctx context.Context, actor fade.Actor, channel string) (stats fade.DashboardStats, at eventlog.Position, err error) {
	err = s.viewAsSuperAdmin(ctx, actor, func(r Reader) (err error) {
		if stats.PlatformTotals, err = totals.ReadPlatform(r, s.now()); err != nil {
			return err
		}
		recent, err := r.Businesses(BusinessQuery{Page: fade.Page{Limit: recentBusinesses}})
		if err != nil {
			return err
		}
		for i := range recent.Items {
			s.complete(&recent.Items[i])
		}
		stats.RecentBusinesses = recent.Items
		at, err = r.Position(channel)
		return err
	})
	return stats, at, err
}

// Analytics gives the platform's charts with where the dashboard's log stood when they were read.
func (s *Service) Analytics(ctx context.Context, actor fade.Actor, channel string) (a fade.Analytics, at eventlog.Position, err error) {
	err = s.viewAsSuperAdmin(ctx, actor, func(r Reader) (err error) {
		if a, err = totals.ReadAnalytics(r, s.now()); err != nil {
			return err
		}
		at, err = r.Position(channel)
		return err
	})
	return a, at, err
}
