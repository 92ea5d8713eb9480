package email

import (
	"fmt"
	"strings"
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
	Quote      string // what somebody wrote
	Items      []Entry
	More       string
	Button     string // the words on it; its address is Link
	Link       string
	Footer     []string

	Preferences, Unsubscribe string // addresses
	Brand                    Brand
}

// Fact is a line of a table.
type Fact struct{ Name, Value string }

// Entry is one of several things that happened.
type Entry struct{ Message, At, Link string }

// Brand is how a mail looks.
type Brand struct{ Name, Color, Ink, Logo string }

// contentOf says what a letter is to say.
func contentOf(l notify.Letter) (Content, error) {
	c := Content{Link: l.Link, Brand: brandOf(l.Business), Preferences: l.Preferences, Unsubscribe: l.Leave}
	if l.Reservation == nil && l.Kind != fade.KindNotice && l.Kind != fade.KindUnseen && l.Kind != fade.KindDigest {
		return c, fmt.Errorf("email: a letter of kind %q is about no reservation", l.Kind)
	}
	zone := location(l.Timezone)
	switch l.Kind {
	case fade.KindNewReservation:
		c.newReservation(*l.Reservation, zone)
	case fade.KindReceived, fade.KindConfirmation, fade.KindChange, fade.KindCancellation, fade.KindReminder:
		c.toCustomer(l, zone)
	case fade.KindNotice, fade.KindUnseen, fade.KindDigest:
		c.toUser(l, zone)
	default:
		return c, fmt.Errorf("email: there is no letter of kind %q", l.Kind)
	}
	return c, nil
}

// newReservation tells a business of a reservation.
func (c *Content) newReservation(r fade.Reservation, zone *time.Location) {
	when := dayAndTime(r.StartTime, zone)
	c.Subject = fmt.Sprintf("New reservation: %s, %s", r.CustomerName, when)
	c.Heading = "New reservation"
	c.Preheader = r.CustomerName + ", " + when
	c.Paragraphs = []string{fmt.Sprintf("%s has booked at %s.", r.CustomerName, r.BusinessName)}
	if r.Status == fade.Pending {
		c.Paragraphs = append(c.Paragraphs, "It waits for you to confirm it.")
	}
	c.Facts = append(appointment(r, zone), Fact{"Customer", r.CustomerName}, Fact{"Phone", r.CustomerPhone}, Fact{"Email", r.CustomerEmail})
	c.Facts = known(c.Facts)
	c.Quote = r.Notes
	c.Button = "Open the reservation"
	c.Footer = []string{"You get this mail because every new reservation is mailed to its business."}
}

// toCustomer tells a customer of their appointment.
func (c *Content) toCustomer(l notify.Letter, zone *time.Location) {
	r, at := *l.Reservation, l.Reservation.BusinessName
	when := dayAndTime(r.StartTime, zone)
	hello := "Hello " + r.CustomerName + ","
	switch l.Kind {
	case fade.KindReceived:
		c.Subject, c.Heading = fmt.Sprintf("%s has your request for %s", at, when), "We have your request"
		c.Paragraphs = []string{hello, at + " will confirm your appointment soon. You get another mail then."}
	case fade.KindConfirmation:
		c.Subject, c.Heading = fmt.Sprintf("Confirmed: %s, %s", at, when), "Your appointment is confirmed"
		c.Paragraphs = []string{hello, at + " looks forward to seeing you."}
	case fade.KindChange:
		c.Subject, c.Heading = fmt.Sprintf("Changed: %s, now %s", at, when), "Your appointment has changed"
		c.Paragraphs = []string{hello, "this is how it stands now. Links in earlier mails no longer work."}
		if r.Status == fade.Pending {
			c.Paragraphs = append(c.Paragraphs, at+" still has to confirm it.")
		}
	case fade.KindCancellation:
		c.Subject, c.Heading = fmt.Sprintf("Canceled: %s, %s", at, when), "Your appointment is canceled"
		c.Paragraphs = []string{hello, "this appointment will not take place."}
		c.Quote = r.CancelReason
	case fade.KindReminder:
		c.Subject, c.Heading = fmt.Sprintf("Reminder: %s, %s", at, when), "Your appointment is in "+span(l.Before)
		c.Paragraphs = []string{hello, at + " looks forward to seeing you."}
	}
	c.Preheader = when + " at " + at
	c.Facts = known(append(appointment(r, zone), Fact{"Where", at}, Fact{"Phone", phoneOf(l.Business)}))
	c.Button = "Change or cancel"
	if l.Kind == fade.KindCancellation {
		c.Button = "See the appointment"
	}
	c.Footer = []string{fmt.Sprintf("You get this mail because this address was left with a reservation at %s. Times are those of %s.", at, zone)}
	if l.Link != "" {
		c.Footer = append(c.Footer, "Whoever has the link above can change the appointment: pass it on with care.")
	}
}

// toUser tells somebody who signs in of what happened.
func (c *Content) toUser(l notify.Letter, zone *time.Location) {
	n := len(l.Items) + l.More
	for _, item := range l.Items {
		c.Items = append(c.Items, Entry{item.Message, dayAndTime(item.At, zone), item.Link})
	}
	if l.More > 0 {
		c.More = fmt.Sprintf("and %d more", l.More)
	}
	c.Preheader = l.Items[0].Message
	switch l.Kind {
	case fade.KindNotice:
		c.Subject, c.Heading = l.Items[0].Message, "New on Fade"
	case fade.KindUnseen:
		c.Subject, c.Heading = l.Items[0].Message, "You have not seen this yet"
		if n > 1 {
			c.Subject = fmt.Sprintf("%d things you have not seen yet", n)
			c.Heading = c.Subject
		}
	case fade.KindDigest:
		c.Subject = fmt.Sprintf("Your digest: %s", count(n, "event"))
		c.Heading = "What happened"
	}
	c.Button = "Open Fade"
	c.Footer = []string{fmt.Sprintf("Times are those of %s.", zone)}
}

// appointment gives the facts of a reservation that its customer may know.
func appointment(r fade.Reservation, zone *time.Location) []Fact {
	facts := []Fact{
		{"When", dayAndTime(r.StartTime, zone) + " – " + r.EndTime.In(zone).Format("15:04 MST")}, {"What", r.ServiceName}, {"With", r.StaffName},
	}
	if r.Price > 0 {
		facts = append(facts, Fact{"Price", strings.TrimSpace(r.Price.String() + " " + r.Currency)})
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

func phoneOf(b *fade.Business) string {
	if b == nil {
		return ""
	}
	return b.Phone
}

func dayAndTime(t time.Time, zone *time.Location) string {
	return t.In(zone).Format("Monday, 2 January 2006, 15:04")
}

func location(name string) *time.Location {
	zone, err := fade.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	return zone
}

// span tells a length of time as people do.
func span(d time.Duration) string {
	switch minutes := int(d.Minutes()); {
	case minutes >= 48*60 && minutes%(24*60) == 0:
		return count(minutes/(24*60), "day")
	case minutes >= 60 && minutes%60 == 0:
		return count(minutes/60, "hour")
	default:
		return count(minutes, "minute")
	}
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
