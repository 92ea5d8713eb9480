package notify

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/fadedistrict/fade"
)

// Writer makes letters and pushes of what the ledger knows.
type Writer struct {
	PublicURL   string                                                // without a slash at the end
	Token       func(r fade.Reservation) string                       // of the customer's link
	Unsubscribe func(userID string, kind fade.DeliveryKind) string    // the token of a link; "" for none
	Sample      func(kind fade.DeliveryKind) (letter Letter, ok bool) // what a test of a template says
}

// mail sends a job by mail, unless there is no more reason to.
func (w *Worker) mail(ctx context.Context, j Job, m Material) (Outcome, error) {
	letter, reason := w.o.Writer.Letter(j, m, w.o.Now())
	if reason != "" {
		return Outcome{State: fade.DeliveryCanceled, Reason: reason}, nil
	}
	id, err := w.o.Mailer.Mail(ctx, letter)
	return Outcome{State: fade.DeliverySent, Address: letter.To.Email, MessageID: id}, err
}

// push sends a job to a device.
func (w *Worker) push(ctx context.Context, j Job, m Material) (Outcome, error) {
	if m.Device == nil || m.User == nil || m.Device.UserID != m.User.ID {
		return Outcome{State: fade.DeliveryCanceled, Reason: fade.ReasonNoDevice}, nil
	}
	if !m.User.IsActive {
		return Outcome{State: fade.DeliveryCanceled, Reason: fade.ReasonSwitchedOff}, nil
	}
	host := ""
	if at, err := url.Parse(m.Device.Endpoint); err == nil {
		host = at.Hostname()
	}
	leave, err := w.lanes[len(w.lanes)-1].host(ctx, host) // pushes have the last lane
	if err != nil {
		return Outcome{}, err
	}
	defer leave()
	message, err := w.o.Writer.Push(j, m)
	if err != nil {
		return Outcome{}, &PermanentError{err}
	}
	err = w.o.Pusher.Push(ctx, message)
	if errors.Is(err, ErrGone) {
		if err := w.o.Queue.RemoveDevice(ctx, m.Device.ID); err != nil {
			return Outcome{}, err
		}
		return Outcome{State: fade.DeliveryCanceled, Reason: fade.ReasonNoDevice}, nil
	}
	return Outcome{State: fade.DeliverySent, Address: m.Device.Label, Device: m.Device.ID}, err
}

// maxItems bounds what a letter lists.
const maxItems = 50

// Letter writes the letter of a job; a reason instead if there is no more reason to send it.
func (w *Writer) Letter(j Job, m Material, now time.Time) (letter Letter, reason string) {
	first := j[0]
	if first.Cause == fade.CauseTest {
		return w.test(first, m)
	}
	letter = Letter{ID: first.ID, Kind: first.Kind, CreatedAt: first.CreatedAt, Timezone: fade.DefaultTimezone}
	switch {
	case first.UserID != nil:
		return w.toUser(letter, j, m)
	case m.Reservation == nil || m.Business == nil:
		return letter, fade.ReasonCanceled
	}
	if reason, outdated := Outdated(first, *m.Reservation, now); outdated {
		return letter, reason
	}
	letter.Business, letter.Reservation, letter.Timezone = m.Business, m.Reservation, m.Business.Timezone
	if first.Kind == fade.KindNewReservation {
		letter.To = Address{Name: m.Business.Name, Email: m.Business.EmailFromAddress}
		if letter.To.Email == "" {
			letter.To.Email = m.Business.Email
		}
		letter.Link = w.PublicURL + "/my/reservations?open=" + m.Reservation.ID
	} else {
		letter.To = Address{Name: m.Reservation.CustomerName, Email: first.Address}
		letter.Before = time.Duration(first.Minutes()) * time.Minute
		if token := w.Token(*m.Reservation); token != "" {
			letter.Link = w.PublicURL + "/appointment/" + token
		}
	}
	if letter.To.Email == "" {
		return letter, fade.ReasonNoAddress
	}
	return letter, ""
}

// toUser writes to somebody who signs in, of their entries.
func (w *Writer) toUser(letter Letter, j Job, m Material) (Letter, string) {
	switch {
	case m.User == nil || !m.User.IsActive:
		return letter, fade.ReasonSwitchedOff
	case m.User.Email == "":
		return letter, fade.ReasonNoAddress
	}
	letter.To = Address{Name: m.User.FullName(), Email: m.User.Email}
	letter.Timezone, letter.Preferences = m.Preferences.Timezone, w.PublicURL+"/preferences"
	if token := w.Unsubscribe(m.User.ID, letter.Kind); token != "" {
		letter.Unsubscribe, letter.Leave = w.PublicURL+"/api/unsubscribe/"+token+"/", w.PublicURL+"/unsubscribe/"+token
	}
	letter.Link = w.PublicURL + "/inbox"
	for _, entry := range m.Entries {
		if len(letter.Items) == maxItems {
			letter.More = len(m.Entries) - maxItems
			break
		}
		letter.Items = append(letter.Items, Item{entry.Type, entry.Message, entry.CreatedAt, w.PublicURL + PageOf(entry, *m.User)})
	}
	if len(letter.Items) == 0 { // whoever wants no entries has none to list
		letter.Items = []Item{{Type: j[0].EventType, Message: "Something happened on " + strings.ReplaceAll(string(j[0].EventType), "_", " ") + ".", At: j[0].CreatedAt, Link: letter.Link}}
	}
	if len(letter.Items) == 1 {
		letter.Link = letter.Items[0].Link
	}
	return letter, ""
}

// test writes what a template says about nobody, to whoever asked.
func (w *Writer) test(d fade.Delivery, m Material) (Letter, string) {
	letter, ok := w.Sample(d.Kind)
	if !ok || m.User == nil {
		return letter, fade.ReasonSwitchedOff
	}
	letter.ID, letter.CreatedAt = d.ID, d.CreatedAt
	letter.To = Address{Name: m.User.FullName(), Email: m.User.Email}
	return letter, ""
}

// PageOf gives the path of the page that shows what an entry is about, to a user.
func PageOf(n fade.Notification, u fade.User) string {
	own := ""
	if u.UserType != fade.SuperAdmin {
		own = "/my"
	}
	switch p := n.Payload; {
	case p.Conversation != "":
		return own + "/messages/" + p.Conversation
	case p.ReservationID != "":
		return own + "/reservations?open=" + p.ReservationID
	case p.BusinessID != "" && own == "":
		return "/businesses?open=" + p.BusinessID
	}
	return "/inbox"
}

// pushPayload is what the service worker reads.
type pushPayload struct {
	ID    string         `json:"id"`
	Title string         `json:"title"`
	Body  string         `json:"body"`
	Tag   string         `json:"tag"`
	URL   string         `json:"url"`
	Type  fade.EventType `json:"type"`
	At    time.Time      `json:"at"`
}

const (
	maxPushText = 500 // characters of a push's body: with all else it stays far below 3 KiB
	pushTTL     = 24 * time.Hour
)

// Push writes the push of a job.
func (w *Writer) Push(j Job, m Material) (Push, error) {
	first := j[0]
	says := pushPayload{
		ID: first.ID, Title: "Fade", Body: "Pushes reach this device.", Tag: first.ID, URL: "/preferences", Type: first.EventType, At: first.CreatedAt,
	}
	if len(m.Entries) > 0 {
		entry := m.Entries[0]
		says.Body, says.URL, says.Tag = shortenedTo(entry.Message, maxPushText), PageOf(entry, *m.User), entry.ID
		if entry.Payload.BusinessName != "" {
			says.Title = shortenedTo(entry.Payload.BusinessName, 100)
		}
	} else if first.Cause != fade.CauseTest {
		says.Body, says.URL = "There is something new.", "/inbox"
	}
	payload, err := json.Marshal(says)
	return Push{
		ID: first.ID, Endpoint: m.Device.Endpoint, P256DH: m.Device.P256DH, Auth: m.Device.Auth, Payload: payload, TTL: pushTTL,
		Urgency: "high", Topic: strings.ReplaceAll(first.ID, "-", ""),
	}, err
}
