package fade

import (
	"slices"
	"time"
)

// Catalogue is all that decides what can be booked at a business, and when.
type Catalogue struct {
	Business Business
	Settings BookingSettings
	Services []Service
	Staff    []Staff
}

// Service finds a service; false if there is none of the id.
func (c Catalogue) Service(id string) (Service, bool) {
	i := slices.IndexFunc(c.Services, func(s Service) bool { return s.ID == id })
	if i < 0 {
		return Service{}, false
	}
	return c.Services[i], true
}

// Member finds a member of staff; false if there is none of the id.
func (c Catalogue) Member(id string) (Staff, bool) {
	i := slices.IndexFunc(c.Staff, func(s Staff) bool { return s.ID == id })
	if i < 0 {
		return Staff{}, false
	}
	return c.Staff[i], true
}

// Hours gives the week in which the business is open.
func (c Catalogue) Hours() Week {
	if c.Settings.Hours != nil {
		return *c.Settings.Hours
	}
	return EveryDay(Span{c.Business.BusinessHoursStart, c.Business.BusinessHoursEnd})
}

// Chairs gives what can be booked: the active staff or, where there is none, the business as one chair, whose id
// is the business's.
func (c Catalogue) Chairs() []Chair {
	var chairs []Chair
	for _, s := range c.Staff {
		if s.IsActive {
			chairs = append(chairs, Chair{ID: s.ID, Hours: s.Hours, Breaks: s.Breaks, DaysOff: s.DaysOff})
		}
	}
	if len(chairs) == 0 {
		return []Chair{{ID: c.Business.ID}}
	}
	return chairs
}

// ChairsFor gives the chairs of those who do a service; "" is an appointment without one.
func (c Catalogue) ChairsFor(service string) []Chair {
	return slices.DeleteFunc(c.Chairs(), func(chair Chair) bool {
		member, isStaff := c.Member(chair.ID)
		return isStaff && !member.Does(service)
	})
}

// Timetable gives the times at which the business works, for [Timetable.Day].
func (c Catalogue) Timetable() Timetable {
	return Timetable{Zone: c.Business.Location(), Hours: c.Hours(), Holidays: c.Settings.Holidays}
}

// Step is the time between two starts that are offered.
func (c Catalogue) Step() time.Duration { return time.Duration(c.Settings.SlotMinutes) * time.Minute }
