package main

import (
	"context"
	"fmt"
	"time"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/booking"
)

// offer is what a trade's demo businesses do: minutes, minutes after, and the price in the business's currency.
type offer struct {
	name, about       string
	duration, cleanup int
	price             fade.Money
}

func demoOffers(t fade.BusinessType) []offer {
	switch t {
	case fade.Barbershop:
		return []offer{
			{"Haircut", "Scissors or clippers, with a wash.", 30, 5, 18_00},
			{"Skin fade", "From zero, blended by hand.", 45, 5, 25_00},
			{"Beard trim", "Shaped and oiled.", 20, 5, 12_00},
			{"Haircut and beard", "", 60, 10, 34_00},
			{"Hot towel shave", "Straight razor, two passes.", 40, 10, 28_00},
		}
	case fade.Salon:
		return []offer{
			{"Cut and blow-dry", "", 60, 10, 55_00},
			{"Colour", "Roots or all over, with a patch test the first time.", 120, 15, 110_00},
			{"Styling", "For an evening out.", 45, 5, 40_00},
			{"Manicure", "", 40, 10, 32_00},
		}
	case fade.Clinic:
		return []offer{
			{"First consultation", "Bring earlier findings, if there are any.", 45, 15, 80_00},
			{"Follow-up", "", 20, 10, 45_00},
			{"Treatment", "", 60, 15, 120_00},
		}
	}
	return []offer{
		{"Small piece", "Up to five centimetres.", 90, 20, 120_00},
		{"Consultation", "", 30, 0, 0},
	}
}

// demoStaff gives who works at the n-th business beside its owner. One is a chair without names.
func demoStaff(n int) []string {
	names := [][]string{
		{"Arben", "Ilir", "Besnik"}, {"Harry", "George"}, {"Léa", "Manon", "Inès"}, {"Dr. Sophie Braun", "Dr. Lukas Hahn"},
		{"Tyrone", "Vince"}, {"Lara", "Mia"}, {"翔太", "美咲"}, {"Kerem", "Deniz"}, {"Larissa"}, {"Astrid"}, nil, {"Agon"},
	}
	return names[n%len(names)]
}

// equip gives a business its services, staff, hours and rules.
func (d *demo) equip(ctx context.Context, n int, b demoBusiness, made fade.Business, owner string) error {
	verbs := booking.New(d.store.Booking(), booking.Options{Now: d.clock.now})
	currency := map[string]string{
		"Europe/London": "GBP", "America/New_York": "USD", "America/Los_Angeles": "USD", "Europe/Zurich": "CHF", "Asia/Tokyo": "JPY",
		"Europe/Istanbul": "TRY", "America/Sao_Paulo": "BRL", "Europe/Oslo": "NOK",
	}[b.zone]
	if currency == "" {
		currency = fade.DefaultCurrency
	}
	for _, o := range demoOffers(b.trade) {
		s, err := verbs.CreateService(ctx, d.admin, made.ID, booking.ServiceChange{
			Name: &o.name, Description: &o.about, DurationMinutes: &o.duration, BufferMinutes: &o.cleanup, Price: &o.price, Currency: &currency,
		})
		if err != nil {
			return fmt.Errorf("make demo data: %w", err)
		}
		d.services[made.ID] = append(d.services[made.ID], s)
	}
	lunch := fade.EveryDay(fade.Span{Start: "13:00", End: "13:30"})
	for i, name := range append([]string{owner}, demoStaff(n)...) {
		if demoStaff(n) == nil {
			break
		}
		c := booking.StaffChange{Name: &name, Breaks: &lunch}
		if i%2 == 1 {
			late := fade.Week{}
			for _, day := range []*[]fade.Span{&late.Tuesday, &late.Wednesday, &late.Thursday, &late.Friday, &late.Saturday} {
				*day = []fade.Span{{Start: "11:00", End: b.closes}}
			}
			hours := &late
			c.Hours = &hours
		}
		if _, err := verbs.CreateStaff(ctx, d.admin, made.ID, c); err != nil {
			return fmt.Errorf("make demo data: %w", err)
		}
	}
	return d.setRules(ctx, verbs, n, b, made)
}

// setRules closes the business on Sundays, and on Saturday afternoons.
func (d *demo) setRules(ctx context.Context, verbs *booking.Service, n int, b demoBusiness, made fade.Business) error {
	week := fade.EveryDay(fade.Span{Start: b.opens, End: b.closes})
	week.Saturday, week.Sunday = []fade.Span{{Start: b.opens, End: "16:00"}}, []fade.Span{}
	hours, lead, horizon, until, asks := &week, 60, 60, 120, n%3 != 1
	year := time.Now().UTC().Year()
	holidays := []fade.DaysOff{{From: fmt.Sprintf("%d-12-25", year), To: fmt.Sprintf("%d-12-26", year), Note: "Holidays"}}
	_, err := verbs.UpdateSettings(ctx, d.admin, made.ID, booking.SettingsChange{
		Hours: &hours, Holidays: &holidays, LeadMinutes: &lead, HorizonDays: &horizon, CancelUntilMinutes: &until, NeedsConfirmation: &asks,
	})
	if err != nil {
		return fmt.Errorf("make demo data: %w", err)
	}
	return nil
}
