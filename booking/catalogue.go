package booking

import (
	"context"
	"slices"
	"strings"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/realtime/eventlog"
)

// ServiceChange is what a service should be; nil fields stay as they are.
type ServiceChange struct {
	Name            *string
	Description     *string
	DurationMinutes *int
	BufferMinutes   *int
	Price           *fade.Money
	Currency        *string
	IsActive        *bool
	Version         *int64
}

// StaffChange is what a member of staff should be; nil fields stay as they are. Hours may be nil inside: as the
// business's.
type StaffChange struct {
	Name     *string
	Services *[]string
	Hours    **fade.Week
	Breaks   *fade.Week
	DaysOff  *[]fade.DaysOff
	IsActive *bool
	Version  *int64
}

// SettingsChange is what a business's booking settings should be; nil fields stay as they are.
type SettingsChange struct {
	Hours              **fade.Week
	Holidays           *[]fade.DaysOff
	LeadMinutes        *int
	HorizonDays        *int
	CancelUntilMinutes *int
	NeedsConfirmation  *bool
	SlotMinutes        *int
	ReminderMinutes    *[]int
	Version            *int64
}

// mayRun gives nil if the actor may see and change what is a business's: its owner, or a super admin. For others the
// thing, which noun names, does not exist.
func mayRun(actor fade.Actor, businessID, noun string) error {
	if err := actor.RequireSignedIn(); err != nil {
		return err
	}
	if !actor.IsSuperAdmin() && !actor.User.Owns(businessID) {
		return fade.NotFound(noun)
	}
	return nil
}

// ownBusiness gives the business that an actor means: the one they name, or an owner's own.
func ownBusiness(actor fade.Actor, named string) (string, error) {
	if err := actor.RequireSignedIn(); err != nil {
		return "", err
	}
	if named == "" {
		if actor.User.BusinessID == nil {
			return "", fade.FieldErrorf(fade.CodeInvalid, "business", "Name the business by its id.")
		}
		named = *actor.User.BusinessID
	}
	return named, mayRun(actor, named, "business")
}

// Catalogue gives all that a business offers, for those who run it, with where the channel's log stood.
func (s *Service) Catalogue(ctx context.Context, actor fade.Actor, businessID string, channel func(string) string) (c fade.Catalogue, at eventlog.Position, err error) {
	businessID, err = ownBusiness(actor, businessID)
	if err != nil {
		return c, at, err
	}
	err = s.store.View(ctx, func(r Reader) (err error) {
		if c, err = r.Catalogue(businessID); err != nil {
			return err
		}
		at, err = r.Position(channel(businessID))
		return err
	})
	return c, at, err
}

// FindService gives one service.
func (s *Service) FindService(ctx context.Context, actor fade.Actor, id string) (found fade.Service, err error) {
	err = s.store.View(ctx, func(r Reader) (err error) {
		found, err = ownService(r, actor, id)
		return err
	})
	return found, err
}

func ownService(r Reader, actor fade.Actor, id string) (fade.Service, error) {
	if err := actor.RequireSignedIn(); err != nil {
		return fade.Service{}, err
	}
	found, err := r.Service(id)
	if err != nil {
		return fade.Service{}, err
	}
	return found, mayRun(actor, found.BusinessID, "service")
}

// CreateService adds a service to a business: an owner's own if none is named.
func (s *Service) CreateService(ctx context.Context, actor fade.Actor, businessID string, c ServiceChange) (made fade.Service, err error) {
	if businessID, err = ownBusiness(actor, businessID); err != nil {
		return made, err
	}
	err = s.store.Update(ctx, func(tx Tx) (err error) {
		made, err = fade.Once(tx, func() (fade.Service, error) {
			catalogue, err := tx.Catalogue(businessID)
			if err != nil {
				return fade.Service{}, err
			}
			if len(catalogue.Services) >= fade.MaxServices {
				return fade.Service{}, fade.Errorf(fade.CodeConflict, "A business has at most %d services.", fade.MaxServices)
			}
			now := s.instant()
			made := c.apply(fade.Service{
				ID: fade.NewID(now), BusinessID: businessID, DurationMinutes: int(fade.DefaultDuration.Minutes()),
				Currency: fade.DefaultCurrency, IsActive: true, CreatedAt: now, UpdatedAt: now, Version: 1,
			})
			if err := made.Validate(); err != nil {
				return made, err
			}
			tx.Record(fade.ServiceCreated{Service: made})
			return made, offerChanged(tx, businessID, tx.InsertService(made))
		})
		return err
	})
	return made, err
}

// UpdateService changes a service; CodeStale if it was changed since it was read.
func (s *Service) UpdateService(ctx context.Context, actor fade.Actor, id string, c ServiceChange) (changed fade.Service, err error) {
	err = s.store.Update(ctx, func(tx Tx) error {
		before, err := ownService(tx, actor, id)
		if err != nil {
			return err
		}
		if err := fresh(c.Version, before.Version, "service"); err != nil {
			return err
		}
		if changed = c.apply(before); changed == before {
			return nil
		}
		if err := changed.Validate(); err != nil {
			return err
		}
		changed.UpdatedAt, changed.Version = s.instant(), before.Version+1
		tx.Record(fade.ServiceUpdated{Service: changed})
		return offerChanged(tx, changed.BusinessID, tx.UpdateService(changed))
	})
	return changed, err
}

func (c ServiceChange) apply(s fade.Service) fade.Service {
	trim(&s.Name, c.Name)
	trim(&s.Description, c.Description)
	set(&s.DurationMinutes, c.DurationMinutes)
	set(&s.BufferMinutes, c.BufferMinutes)
	set(&s.Price, c.Price)
	set(&s.IsActive, c.IsActive)
	if c.Currency != nil {
		s.Currency = strings.ToUpper(strings.TrimSpace(*c.Currency))
	}
	return s
}

// FindStaff gives one member of staff.
func (s *Service) FindStaff(ctx context.Context, actor fade.Actor, id string) (found fade.Staff, err error) {
	err = s.store.View(ctx, func(r Reader) (err error) {
		found, err = ownStaff(r, actor, id)
		return err
	})
	return found, err
}

func ownStaff(r Reader, actor fade.Actor, id string) (fade.Staff, error) {
	if err := actor.RequireSignedIn(); err != nil {
		return fade.Staff{}, err
	}
	found, err := r.Member(id)
	if err != nil {
		return fade.Staff{}, err
	}
	return found, mayRun(actor, found.BusinessID, "member of staff")
}

// CreateStaff adds a member of staff to a business: an owner's own if none is named.
func (s *Service) CreateStaff(ctx context.Context, actor fade.Actor, businessID string, c StaffChange) (made fade.Staff, err error) {
	if businessID, err = ownBusiness(actor, businessID); err != nil {
		return made, err
	}
	err = s.store.Update(ctx, func(tx Tx) (err error) {
		made, err = fade.Once(tx, func() (fade.Staff, error) {
			catalogue, err := tx.Catalogue(businessID)
			if err != nil {
				return fade.Staff{}, err
			}
			if len(catalogue.Staff) >= fade.MaxStaff {
				return fade.Staff{}, fade.Errorf(fade.CodeConflict, "A business has at most %d members of staff.", fade.MaxStaff)
			}
			now := s.instant()
			made := c.apply(fade.Staff{
				ID: fade.NewID(now), BusinessID: businessID, Services: []string{}, DaysOff: []fade.DaysOff{},
				Breaks: fade.Week{}.Normalize(), IsActive: true, CreatedAt: now, UpdatedAt: now, Version: 1,
			})
			if err := validateStaff(made, catalogue); err != nil {
				return made, err
			}
			tx.Record(fade.StaffCreated{Staff: made})
			return made, offerChanged(tx, businessID, tx.InsertStaff(made))
		})
		return err
	})
	return made, err
}

// UpdateStaff changes a member of staff; CodeStale if it was changed since it was read.
func (s *Service) UpdateStaff(ctx context.Context, actor fade.Actor, id string, c StaffChange) (changed fade.Staff, err error) {
	err = s.store.Update(ctx, func(tx Tx) error {
		before, err := ownStaff(tx, actor, id)
		if err != nil {
			return err
		}
		if err := fresh(c.Version, before.Version, "member of staff"); err != nil {
			return err
		}
		catalogue, err := tx.Catalogue(before.BusinessID)
		if err != nil {
			return err
		}
		changed = c.apply(before)
		if err := validateStaff(changed, catalogue); err != nil {
			return err
		}
		changed.UpdatedAt, changed.Version = s.instant(), before.Version+1
		tx.Record(fade.StaffUpdated{Staff: changed})
		return offerChanged(tx, changed.BusinessID, tx.UpdateStaff(changed))
	})
	return changed, err
}

func validateStaff(s fade.Staff, c fade.Catalogue) error {
	for _, id := range s.Services {
		if _, known := c.Service(id); !known {
			return fade.FieldErrorf(fade.CodeInvalid, "services", "One of these services does not exist.")
		}
	}
	return s.Validate()
}

func (c StaffChange) apply(s fade.Staff) fade.Staff {
	trim(&s.Name, c.Name)
	set(&s.IsActive, c.IsActive)
	set(&s.DaysOff, c.DaysOff)
	if c.Services != nil {
		s.Services = slices.Compact(slices.Sorted(slices.Values(*c.Services)))
	}
	if s.Services == nil {
		s.Services = []string{}
	}
	if s.DaysOff == nil {
		s.DaysOff = []fade.DaysOff{}
	}
	if c.Hours != nil {
		s.Hours = normalized(*c.Hours)
	}
	if c.Breaks != nil {
		s.Breaks = c.Breaks.Normalize()
	}
	return s
}

func normalized(w *fade.Week) *fade.Week {
	if w == nil {
		return nil
	}
	n := w.Normalize()
	return &n
}

// UpdateSettings changes a business's booking settings: an owner's own if none is named; CodeStale if they were
// changed since they were read.
func (s *Service) UpdateSettings(ctx context.Context, actor fade.Actor, businessID string, c SettingsChange) (changed fade.BookingSettings, err error) {
	if businessID, err = ownBusiness(actor, businessID); err != nil {
		return changed, err
	}
	err = s.store.Update(ctx, func(tx Tx) error {
		catalogue, err := tx.Catalogue(businessID)
		if err != nil {
			return err
		}
		before := catalogue.Settings
		if err := fresh(c.Version, before.Version, "page"); err != nil {
			return err
		}
		changed = c.apply(before)
		if err := changed.Validate(); err != nil {
			return err
		}
		changed.UpdatedAt, changed.Version = s.instant(), before.Version+1
		tx.Record(fade.SettingsUpdated{Settings: changed})
		return offerChanged(tx, businessID, tx.SaveSettings(changed))
	})
	return changed, err
}

func (c SettingsChange) apply(s fade.BookingSettings) fade.BookingSettings {
	set(&s.Holidays, c.Holidays)
	if s.Holidays == nil {
		s.Holidays = []fade.DaysOff{}
	}
	set(&s.LeadMinutes, c.LeadMinutes)
	set(&s.HorizonDays, c.HorizonDays)
	set(&s.CancelUntilMinutes, c.CancelUntilMinutes)
	set(&s.NeedsConfirmation, c.NeedsConfirmation)
	set(&s.SlotMinutes, c.SlotMinutes)
	set(&s.ReminderMinutes, c.ReminderMinutes)
	if s.ReminderMinutes == nil {
		s.ReminderMinutes = []int{}
	}
	if c.Hours != nil {
		s.Hours = normalized(*c.Hours)
	}
	return s
}

// offerChanged tells open booking pages to read again, unless the change failed.
func offerChanged(tx Tx, businessID string, err error) error {
	if err == nil {
		tx.Record(fade.SlotsChanged{BusinessID: businessID, Changes: []fade.Busy{}, Reload: true})
	}
	return err
}

// fresh gives CodeStale if what was read is not what is there.
func fresh(read *int64, is int64, noun string) error {
	if read != nil && *read != is {
		return fade.Errorf(fade.CodeStale, "Somebody else changed this %s since you opened it. Load it again.", noun)
	}
	return nil
}

func set[T any](value *T, to *T) {
	if to != nil {
		*value = *to
	}
}

func trim(value *string, to *string) {
	if to != nil {
		*value = strings.TrimSpace(*to)
	}
}
