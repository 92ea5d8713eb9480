package email

import (
	"time"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/notify"
)

// Template is a kind of mail that can be looked at.
type Template struct {
	Kind  fade.DeliveryKind
	Title string
}

// Templates lists what mails there are.
func Templates() []Template {
	return []Template{
		{fade.KindNewReservation, "New reservation (business)"},
		{fade.KindReceived, "Request received (customer)"},
		{fade.KindConfirmation, "Confirmation (customer)"},
		{fade.KindChange, "Change (customer)"},
		{fade.KindCancellation, "Cancellation (customer)"},
		{fade.KindReminder, "Reminder (customer)"},
		{fade.KindNotice, "One event (user)"},
		{fade.KindUnseen, "Not seen in time (user)"},
		{fade.KindDigest, "Digest (user)"},
		{fade.KindTest, "Test of the way mails take"},
	}
}

// Sample gives a letter of a kind about nobody, as it would be at a time; false for a kind that is none.
func Sample(kind fade.DeliveryKind, publicURL string, now time.Time) (l notify.Letter, ok bool) {
	for _, t := range Templates() {
		ok = ok || t.Kind == kind
	}
	if !ok {
		return l, false
	}
	now = now.UTC().Truncate(time.Minute)
	l = notify.Letter{
		ID: "00000000-0000-7000-8000-000000000000", Kind: kind, To: notify.Address{Name: "Arta Krasniqi", Email: "arta@example.com"},
		Timezone: "Europe/Belgrade", CreatedAt: now,
	}
	switch kind {
	case fade.KindTest:
		l.Link = publicURL + "/"
		return l, true
	case fade.KindNotice, fade.KindUnseen, fade.KindDigest:
		l.Preferences, l.Leave, l.Link = publicURL+"/preferences", publicURL+"/unsubscribe/sample", publicURL+"/inbox"
		l.Items = []notify.Item{
			{Type: fade.TypeReservationCreated, Message: "New reservation for Ana Berisha at Fade Prishtina", At: now.Add(-20 * time.Minute), Link: publicURL + "/inbox"},
		}
		if kind != fade.KindNotice {
			l.Items = append(l.Items, notify.Item{Type: fade.TypeBusinessCreated, Message: `New business "Studio Lule" created`, At: now.Add(-3 * time.Hour), Link: publicURL + "/inbox"})
			l.More = 3
		}
		return l, true
	}
	b := fade.Business{
		Name: "Fade Prishtina", Email: "info@prishtina.example", Phone: "+383 44 111 222", Timezone: l.Timezone, PrimaryColor: "#0f766e",
		EmailFromName: "Fade Prishtina",
	}
	start := now.Truncate(24*time.Hour).AddDate(0, 0, 2).Add(9*time.Hour + 30*time.Minute)
	r := fade.Reservation{
		ID: l.ID, BusinessName: b.Name, ServiceName: "Haircut and beard", StaffName: "Ilir", CustomerName: "Arta Krasniqi",
		CustomerEmail: "arta@example.com", CustomerPhone: "+383 44 333 444", StartTime: start, EndTime: start.Add(45 * time.Minute),
		Status: fade.Confirmed, Price: 1250, Currency: "EUR", UpdatedAt: now, Version: 1,
	}
	switch kind {
	case fade.KindReceived:
		r.Status = fade.Pending
	case fade.KindCancellation:
		r.Status, r.CancelReason = fade.Canceled, "Ilir is ill today. We are sorry."
	case fade.KindReminder:
		l.Before = start.Sub(now) // it is time for it now
	case fade.KindNewReservation:
		r.Status, r.Notes = fade.Pending, "Short on the sides, please."
	}
	l.Business, l.Reservation, l.Link = &b, &r, publicURL+"/appointment/sample"
	return l, true
}
