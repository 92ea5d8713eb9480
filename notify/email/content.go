package email

import (
	"fmt"
	"time"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/notify"
)

// Content is what a mail says, in whatever form.
type Content struct {
	Subject    string
	Preheader  string // the first words in a list of mails
	Heading    string
	Paragraphs []string
	Facts      []Fact
	Strike     bool   // the facts are no more
	Quote      string // what somebody wrote
	Quoted     string // who
	Items      []Entry
	More       string
	Button     string // the words on it; its address is Link
	Link       string
	Footer     []string

	Preferences, Unsubscribe string // addresses
	Brand                    Brand
}

// Fact is a line of a table. Unbroken belongs to the value, and stays on one line.
type Fact struct{ Name, Value, Unbroken string }

// Entry is one of several things that happened.
type Entry struct{ Message, At, Link string }

// padding is how many blank characters follow the preheader, so that lists of mails do not show what comes after it.
const padding = 60

// Padding is for the template.
func (c Content) Padding() []struct{} { return make([]struct{}, padding) }

// contentOf says what a letter is to say.
func contentOf(l notify.Letter) (Content, error) {
	c := Content{Link: l.Link, Brand: brandOf(l.Business), Preferences: l.Preferences, Unsubscribe: l.Leave}
	w := words{zone: location(l.Timezone), now: dateOf(l)}
	switch l.Kind {
	case fade.KindNewReservation, fade.KindReceived, fade.KindConfirmation, fade.KindChange, fade.KindCancellation, fade.KindReminder:
		if l.Reservation == nil {
			return c, fmt.Errorf("email: a letter of kind %q is about no reservation", l.Kind)
		}
		r := legible(*l.Reservation)
		if l.Kind == fade.KindNewReservation {
			c.newReservation(r, w)
		} else {
			c.toCustomer(l, r, w)
		}
	case fade.KindNotice, fade.KindUnseen, fade.KindDigest:
		if len(l.Items) == 0 {
			return c, fmt.Errorf("email: a letter of kind %q tells of nothing", l.Kind)
		}
		c.toUser(l, w)
	case fade.KindTest:
		c.test(w)
	default:
		return c, fmt.Errorf("email: there is no letter of kind %q", l.Kind)
	}
	return c, nil
}

// legible gives a reservation of which all texts can be shown to others.
func legible(r fade.Reservation) fade.Reservation {
	for _, text := range []*string{&r.BusinessName, &r.ServiceName, &r.StaffName, &r.CustomerName, &r.CustomerPhone, &r.Notes, &r.CancelReason} {
		*text = visible(*text)
	}
	return r
}

// newReservation tells a business of a reservation.
func (c *Content) newReservation(r fade.Reservation, w words) {
	c.Subject = fmt.Sprintf("New reservation: %s, %s", r.CustomerName, w.brief(r.StartTime))
	c.Heading = "New reservation"
	c.Preheader = join(r.ServiceName, r.StaffName, w.moment(r.StartTime))
	c.Paragraphs = []string{fmt.Sprintf("%s has booked at %s.", r.CustomerName, r.BusinessName)}
	if r.Status == fade.Pending {
		c.Heading = "New request"
		c.Subject = fmt.Sprintf("New request: %s, %s", r.CustomerName, w.brief(r.StartTime))
		c.Paragraphs = []string{fmt.Sprintf("%s asks for an appointment at %s. It waits for you to confirm it.", r.CustomerName, r.BusinessName)}
	}
	c.Facts = known(append(appointment(r, w), Fact{Name: "Customer", Value: r.CustomerName}, Fact{Name: "Phone", Value: r.CustomerPhone}, Fact{Name: "Email", Value: r.CustomerEmail}))
	c.Quote, c.Quoted = r.Notes, "Notes"
	c.Button = "Open the reservation"
	c.Footer = []string{
		fmt.Sprintf("Times are those of %s.", w.zone), "You get this mail because every new reservation is mailed to its business.",
	}
}

// toCustomer tells a customer of their appointment.
func (c *Content) toCustomer(l notify.Letter, r fade.Reservation, w words) {
	at, when := r.BusinessName, w.brief(r.StartTime)
	c.Button = "Change or cancel"
	says := ""
	switch l.Kind {
	case fade.KindReceived:
		c.Subject, c.Heading = fmt.Sprintf("Request received: %s, %s", at, when), "We have your request"
		says = "Your appointment is not confirmed yet: " + at + " will do that soon, and you get another mail then."
	case fade.KindConfirmation:
		c.Subject, c.Heading = fmt.Sprintf("Confirmed: %s, %s", at, when), "Your appointment is confirmed"
		says = at + " looks forward to seeing you."
	case fade.KindChange:
		c.Subject, c.Heading = fmt.Sprintf("Changed: %s, now %s", at, when), "Your appointment has changed"
		says = "This is how it stands now. Links in earlier mails no longer work."
		if r.Status == fade.Pending {
			says += " " + at + " still has to confirm it."
		}
	case fade.KindCancellation:
		c.Subject, c.Heading = fmt.Sprintf("Canceled: %s, %s", at, when), "Your appointment is canceled"
		says = "This appointment at " + at + " will not take place."
		c.Strike, c.Quote, c.Quoted, c.Button = true, r.CancelReason, "Reason", "See the appointment"
	case fade.KindReminder:
		c.Subject, c.Heading = fmt.Sprintf("Reminder: %s, %s", at, when), "Your appointment is coming up"
		says = at + " expects you on " + w.day(r.StartTime) + " at " + w.hour(r.StartTime) + "."
	}
	c.Paragraphs = []string{"Hello " + r.CustomerName + ",", says}
	c.Preheader = join(r.ServiceName, w.moment(r.StartTime))
	c.Facts = append(appointment(r, w), Fact{Name: "Where", Value: at})
	if l.Business != nil {
		c.Facts = append(c.Facts, Fact{Name: "Phone", Value: l.Business.Phone})
	}
	c.Facts = known(c.Facts)
	c.Footer = []string{fmt.Sprintf("Times are those of %s. You get this mail because this address was left with a reservation at %s.", w.zone, at)}
	if l.Link != "" && l.Kind != fade.KindCancellation {
		c.Footer = append(c.Footer, "Whoever has the link above can change the appointment: pass it on with care.")
	}
}

// toUser tells somebody who signs in of what happened.
func (c *Content) toUser(l notify.Letter, w words) {
	n := len(l.Items) + l.More
	for _, item := range l.Items {
		c.Items = append(c.Items, Entry{visible(item.Message), w.moment(item.At), item.Link})
	}
	if l.More > 0 {
		c.More = fmt.Sprintf("… and %d more.", l.More)
	}
	newest := c.Items[0].Message
	c.Preheader = newest
	c.Subject = newest
	switch l.Kind {
	case fade.KindNotice:
		c.Heading, c.Preheader = "New on Fade", w.moment(l.Items[0].At)
	case fade.KindUnseen:
		c.Heading = "You have not seen this yet"
		if n > 1 {
			c.Heading = fmt.Sprintf("You have not seen %s yet", count(n, "notification"))
			c.Subject = count(n, "notification") + " you have not seen yet"
		}
	case fade.KindDigest:
		c.Heading, c.Subject = "What happened", "Your digest: "+count(n, "notification")
	}
	if n > 1 {
		c.Preheader = fmt.Sprintf("%s and %d more", newest, n-1)
	}
	c.Button = "Open Fade"
	if n == 1 {
		c.Button = "Open"
	}
	c.Footer = []string{fmt.Sprintf("Times are those of %s.", w.zone)}
}

// test shows that mails arrive.
func (c *Content) test(w words) {
	c.Subject, c.Heading = "Mails from Fade arrive", "Mails arrive"
	c.Preheader = "Nothing is to be done."
	c.Paragraphs = []string{"This mail was sent to see whether mails reach this address. They do; nothing is to be done."}
	c.Facts = []Fact{{Name: "Written", Value: w.moment(w.now)}}
	c.Button = "Open Fade"
	c.Footer = []string{"You get this mail because somebody who runs Fade asked for it."}
}

// appointment gives the facts of a reservation that its customer may know.
func appointment(r fade.Reservation, w words) []Fact {
	day, hours := w.span(r.StartTime, r.EndTime)
	facts := []Fact{{"When", day, hours}, {Name: "What", Value: r.ServiceName}, {Name: "With", Value: r.StaffName}}
	if r.Price > 0 {
		facts = append(facts, Fact{Name: "Price", Value: amount(r.Price, r.Currency)})
	}
	return facts
}

// known leaves out what is not known.
func known(facts []Fact) (rest []Fact) {
	for _, f := range facts {
		if f.Value != "" {
			rest = append(rest, f)
		}
	}
	return rest
}

func location(name string) *time.Location {
	zone, err := fade.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	return zone
}
