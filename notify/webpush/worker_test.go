package webpush

import (
	"context"
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/accounts"
	"github.com/fadedistrict/fade/notify"
	"github.com/fadedistrict/fade/store"
)

// The whole way of a push: asked for, kept in the ledger, taken by a worker, encrypted, verified and read; and what
// becomes of a device whose push service does not know it any more.
func TestWorker_pushesToADevice(t *testing.T) {
	db, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "fade.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close(context.WithoutCancel(t.Context())) }()
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	kept := func() (k Keys) {
		t.Helper()
		k.Public, k.Private, err = db.PushKeys(t.Context(), func() (string, string, error) {
			made, err := NewKeys()
			return made.Public, made.Private, err
		})
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	keys := kept()
	if kept() != keys {
		t.Error("the second start has other keys: nobody who subscribed is reached")
	}
	verbs, err := accounts.New(db.Accounts(), accounts.Options{Secret: []byte(strings.Repeat("k", accounts.MinSecret)), Hasher: accounts.NewCheapHasher()})
	if err != nil {
		t.Fatal(err)
	}
	user, err := verbs.CreateSuperAdmin(t.Context(), accounts.NewUser{Email: "arta@fade.test", Password: "a-long-password", FirstName: "Arta", LastName: "Krasniqi"})
	if err != nil {
		t.Fatal(err)
	}
	actor, choices := fade.Actor{User: user}, notify.NewChoices(db.Choices(), []byte("secret"), time.Now)

	status, came := http.StatusCreated, make(chan struct{}, 1)
	s := serve(t, keys, func(w http.ResponseWriter) {
		w.WriteHeader(status)
		came <- struct{}{}
	})
	asked := s.browser.message(s.endpoint(), "")
	device, err := choices.AddDevice(t.Context(), actor, fade.PushDevice{Label: "Chrome on Linux", Endpoint: asked.Endpoint, P256DH: asked.P256DH, Auth: asked.Auth})
	if err != nil {
		t.Fatal(err)
	}
	send := func() fade.Delivery {
		t.Helper()
		sent, err := choices.TestDevice(t.Context(), actor, device.ID)
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		worker := notify.NewWorker(notify.WorkerOptions{
			Queue: db.Queue(), Writer: &notify.Writer{}, Pusher: s.pusher(keys), Holder: "w", Poll: time.Millisecond,
		})
		go func() { ended <- worker.Run(ctx) }()
		<-came
		stop() // what is under way is written down before it ends
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		story, err := notify.NewLedger(db.Ledger(), time.Now).Get(t.Context(), actor, sent.ID)
		if err != nil {
			t.Fatal(err)
		}
		return story.Delivery
	}

	if d := send(); d.State != fade.DeliverySent {
		t.Errorf("the delivery is %s: %s", d.State, d.LastError)
	}
	var says struct{ ID, Title, Body, Tag, URL string }
	if err := json.Unmarshal([]byte(s.read[0]), &says); err != nil || says.Title == "" || says.Body == "" || !strings.HasPrefix(says.URL, "/") {
		t.Errorf("the browser reads %s, %v", s.read[0], err)
	}
	if known, err := choices.Devices(t.Context(), actor); err != nil || len(known) != 1 || known[0].UsedAt == nil {
		t.Errorf("the devices are %v, %v: want one that was used", known, err)
	}

	status = http.StatusGone
	if d := send(); d.State != fade.DeliveryCanceled || d.Reason != fade.ReasonNoDevice {
		t.Errorf("the delivery is %s: %s %s", d.State, d.Reason, d.LastError)
	}
	if known, err := choices.Devices(t.Context(), actor); err != nil || len(known) != 0 {
		t.Errorf("the device is still there: %v, %v", known, err)
	}
}
