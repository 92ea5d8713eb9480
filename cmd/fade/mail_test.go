package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/accounts"
	"github.com/fadedistrict/fade/booking"
	"github.com/fadedistrict/fade/internal/testserver"
	"github.com/fadedistrict/fade/notify"
	"github.com/fadedistrict/fade/store"
)

// refusals is what a mail server answers that refuses three in ten for now, and one address in a hundred for good.
func refusals(recipient string) error {
	switch {
	case strings.Contains(recipient, "00@"):
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
	case rand.N(10) < 3:
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "greylisted, come back later"}
	}
	return nil
}

// Ten thousand mails leave through a server that refuses many of them, from a worker that is killed all the time: each
// is accepted, or a dead letter with its reason, and next to none is accepted twice.
//
// What else the machine does makes the moment longer in which a kill makes a mail leave twice: make test-crash runs it alone.
func TestDeliveries_crash(t *testing.T) {
	const mails = 10_000
	binary := build(t)
	data, database := dataDir(t)
	db, err := store.Open(t.Context(), database, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = closeStore(db) }()
	createAdmin(t, database)
	business, queued := queueMails(t, db, mails)
	box := testserver.SMTP(t, refusals)

	figures := func() (f notify.DeliveryFigures) {
		err := db.Ledger().ViewLedger(t.Context(), func(r notify.LedgerReader) (err error) {
			f, err = r.DeliveryFigures(business, time.Now())
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	kills, deadline := 0, time.Now().Add(7*time.Minute)
	for ; figures().Queued > 0; kills++ {
		if time.Now().After(deadline) {
			t.Fatalf("after %d kills there are %+v", kills, figures())
		}
		runWorker(t, binary, database, data, box.URL, 2*time.Second, func() bool { return figures().Queued == 0 })
	}
	if kills < 2 {
		t.Errorf("the worker was killed %d times: nothing was torn", kills)
	}
	checkMails(t, db, box, queued)
	t.Logf("%d mails accepted of %d, after %d kills", box.Len(), mails, kills)
}

// queueMails has mails of a business wait, each to a customer of their own, and gives the deliveries by address.
func queueMails(t *testing.T, db *store.Store, n int) (businessID string, byAddress map[string]string) {
	t.Helper()
	admin := fade.Actor{User: fade.User{ID: fade.NewID(time.Now()), UserType: fade.SuperAdmin}}
	verbs, err := accounts.New(db.Accounts(), accounts.Options{Secret: []byte(strings.Repeat("k", accounts.MinSecret)), BaseDomain: "fade.test"})
	if err != nil {
		t.Fatal(err)
	}
	called := "alpha"
	b, err := verbs.CreateBusiness(t.Context(), admin, accounts.BusinessChange{Name: &called, Subdomain: &called},
		accounts.NewOwner{Email: "alpha@fade.test", Password: adminPassword})
	if err != nil {
		t.Fatal(err)
	}
	name, start := "Ana", time.Now().UTC().AddDate(0, 0, 7).Truncate(24*time.Hour).Add(10*time.Hour)
	end := start.Add(30 * time.Minute)
	r, err := booking.New(db.Booking(), booking.Options{}).Create(t.Context(), admin, booking.Place{BusinessID: b.ID},
		booking.Change{CustomerName: &name, StartTime: &start, EndTime: &end})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().UTC()
	byAddress = make(map[string]string, n)
	var deliveries []fade.Delivery
	for i := range n {
		d := fade.Delivery{
			ID: fade.NewID(now), BusinessID: &r.BusinessID, ReservationID: &r.ID, ScheduleVersion: r.ScheduleVersion, Route: fade.RouteEmail,
			Kind: fade.KindReceived, Address: fmt.Sprintf("customer%d@example.com", i), State: fade.DeliveryQueued, Cause: fade.CauseCustomer,
			NextAttemptAt: &now, CreatedAt: now,
		}
		byAddress[d.Address] = d.ID
		deliveries = append(deliveries, d)
	}
	for portion := range slices.Chunk(deliveries, 1000) {
		err := db.Ledger().UpdateLedger(t.Context(), func(tx notify.LedgerTx) error { return tx.AddDeliveries(portion...) })
		if err != nil {
			t.Fatal(err)
		}
	}
	return b.ID, byAddress
}

// runWorker runs a worker for a while since it works, or until it has done all, and kills it.
func runWorker(t *testing.T, binary, database, data, smtpURL string, length time.Duration, done func() bool) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	log := &safeBuffer{}
	command := exec.CommandContext(ctx, binary, "worker", "--database", database, "--data", data, "--smtp", smtpURL,
		"--mail-rate", "200", "--retry-after", "200ms")
	command.Stderr = log
	command.Env = append(os.Environ(), "FADE_PUBLIC_URL=http://fade.test", "FADE_SECRET_KEY=0123456789abcdef0123456789abcdef")
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the worker works", func() bool {
		return strings.Contains(log.String(), "msg=working") || strings.Contains(log.String(), "fade:")
	})
	for end := time.Now().Add(length); time.Now().Before(end) && !done(); {
		time.Sleep(100 * time.Millisecond) // another process does it
	}
	cancel()
	_ = command.Wait() // killed
	if strings.Contains(log.String(), "level=ERROR") || strings.Contains(log.String(), "fade:") {
		t.Fatalf("the worker says %s", log)
	}
}

// checkMails compares what was accepted with what was to be sent and with what the ledger says.
func checkMails(t *testing.T, db *store.Store, box *testserver.Mailbox, queued map[string]string) {
	t.Helper()
	accepted, repeats := map[string]string{}, 0
	for _, m := range box.Mails() {
		if known, again := accepted[m.To]; again {
			repeats++
			if known != m.MessageID {
				t.Errorf("%s has a mail twice, as %s and %s", m.To, known, m.MessageID)
			}
		}
		accepted[m.To] = m.MessageID
	}
	if most := len(queued) / 1000; repeats > most {
		t.Errorf("%d of %d mails were accepted twice, more than %d", repeats, len(queued), most)
	}
	err := db.Ledger().ViewLedger(t.Context(), func(r notify.LedgerReader) error {
		for address, id := range queued {
			d, err := r.Delivery(id)
			if err != nil {
				return err
			}
			switch d.State {
			case fade.DeliverySent:
				if accepted[address] != d.MessageID || !strings.Contains(d.MessageID, id) {
					t.Errorf("the ledger has sent %s as %s, the server has %q", address, d.MessageID, accepted[address])
				}
			case fade.DeliveryFailed:
				if !strings.Contains(address, "00@") || !strings.Contains(d.LastError, "no such user") || accepted[address] != "" {
					t.Errorf("%s is a dead letter: %s", address, d.LastError)
				}
			default:
				t.Errorf("%s is %s", address, d.State)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d repeats", repeats)
}

// A worker that does not have the servers' key would put links into mails that no server takes.
func TestWorker_withoutTheKey(t *testing.T) {
	data, database := dataDir(t)
	status, _, says := execute(t, "", "worker", "--database", database, "--data", data)
	if status == 0 || !strings.Contains(says, "FADE_SECRET_KEY") {
		t.Errorf("a worker without the key = %d: %s", status, says)
	}
}
