package storetest

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/accounts"
	"github.com/fadedistrict/fade/live"
	"github.com/fadedistrict/fade/store"
)

func testOpen(t *testing.T, f *fixture) {
	epoch := f.Epoch()
	if epoch == "" {
		t.Error("a migrated database has no epoch")
	}
	if err := f.Migrate(f.ctx); err != nil {
		t.Fatalf("Migrate() again = %v", err)
	}
	again := f.open(t)
	if err := again.Migrate(f.ctx); err != nil {
		t.Fatalf("Migrate() in a second process = %v", err)
	}
	if again.Epoch() != epoch || f.Epoch() != epoch {
		t.Errorf("epoch is %q and %q after %q; it must never change", f.Epoch(), again.Epoch(), epoch)
	}
	if current, target, err := f.Versions(f.ctx); err != nil || current != target || current < 1 {
		t.Errorf("Versions() = %d, %d, %v; want the same", current, target, err)
	}
	if err := f.Ping(f.ctx); err != nil {
		t.Errorf("Ping() = %v", err)
	}
	if _, err := store.Open(f.ctx, "mysql://localhost/fade", store.Options{}); err == nil {
		t.Error("Open() takes a database it does not know")
	}
	if err := again.Close(f.ctx); err != nil {
		t.Fatalf("Close() = %v", err)
	}
	if err := again.Ping(f.ctx); err == nil {
		t.Error("Ping() answers after Close()")
	}
	if err := again.Accounts().Update(f.ctx, func(accounts.Tx) error { return nil }); err == nil {
		t.Error("Update() works after Close()")
	}
}

func testBusinesses(t *testing.T, f *fixture) {
	b := f.business(t, "one")
	expires := f.clock.Now().UTC()
	read := func(id string) (fade.Business, error) {
		var got fade.Business
		err := f.Accounts().View(f.ctx, func(r accounts.Reader) (err error) {
			got, err = r.Business(id)
			return err
		})
		return got, err
	}
	got, err := read(b.ID)
	if diff := cmp.Diff(b, got); diff != "" || err != nil {
		t.Errorf("Business() differs (-want +got), error %v:\n%s", err, diff)
	}

	b.Name, b.BusinessType, b.Subdomain, b.IsActive, b.SubscriptionExpires = "Novë", fade.Clinic, "two", false, &expires
	b.SubscriptionStatus, b.UpdatedAt, b.Version, b.Timezone = fade.SubscriptionActive, expires, 2, "UTC"
	f.update(t, func(tx accounts.Tx) error { return tx.UpdateBusiness(b) })
	if got, _ := read(b.ID); cmp.Diff(b, got) != "" {
		t.Errorf("after UpdateBusiness() (-want +got):\n%s", cmp.Diff(b, got))
	}

	other := f.business(t, "other")
	other.Subdomain = "two"
	err = f.Accounts().Update(f.ctx, func(tx accounts.Tx) error { return tx.UpdateBusiness(other) })
	wantCode(t, "UpdateBusiness() to a taken subdomain", err, fade.CodeConflict, "subdomain")
	err = f.Accounts().Update(f.ctx, func(tx accounts.Tx) error { return tx.InsertBusiness(newBusiness(expires, "two")) })
	wantCode(t, "InsertBusiness() with a taken subdomain", err, fade.CodeConflict, "subdomain")

	for _, id := range []string{fade.NewID(expires), "", "no-id", "nul\x00", "\xff"} {
		_, err := read(id)
		wantCode(t, "Business("+id+")", err, fade.CodeNotFound, "")
	}
	missing := newBusiness(expires, "three")
	err = f.Accounts().Update(f.ctx, func(tx accounts.Tx) error { return tx.UpdateBusiness(missing) })
	wantCode(t, "UpdateBusiness() of one that does not exist", err, fade.CodeNotFound, "")
}

func testUsers(t *testing.T, f *fixture) {
	b := f.business(t, "one")
	owner, admin := f.user(t, "o'hara@example.com", &b), f.user(t, "admin@example.com", nil)
	for _, want := range []fade.User{owner, admin} {
		got := view(t, f, func(r accounts.Reader) (fade.User, error) { return r.User(want.ID) })
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("User() differs (-want +got):\n%s", diff)
		}
	}
	at := f.clock.Now().UTC()
	f.update(t, func(tx accounts.Tx) error {
		if err := tx.SetPassword(owner.ID, "new hash"); err != nil {
			return err
		}
		return tx.SetLastLogin(owner.ID, at)
	})
	owner.LastLogin = &at
	credentials := view(t, f, func(r accounts.Reader) (accounts.Credentials, error) { return r.Credentials(" O'Hara@EXAMPLE.com ") })
	if diff := cmp.Diff(accounts.Credentials{User: owner, PasswordHash: "new hash"}, credentials); diff != "" {
		t.Errorf("Credentials() differ (-want +got):\n%s", diff)
	}

	if n := view(t, f, accounts.Reader.CountActiveSuperAdmins); n != 1 {
		t.Errorf("CountActiveSuperAdmins() = %d, want 1", n)
	}
	admin.IsActive, admin.FirstName, admin.Version = false, "", 2
	f.update(t, func(tx accounts.Tx) error {
		if err := tx.UpdateUser(admin); err != nil {
			return err
		}
		if n, err := tx.CountActiveSuperAdmins(); err != nil || n != 0 {
			t.Errorf("CountActiveSuperAdmins() in the update = %d, %v; want 0", n, err)
		}
		return nil
	})
	if got := view(t, f, func(r accounts.Reader) (fade.User, error) { return r.User(admin.ID) }); cmp.Diff(admin, got) != "" {
		t.Errorf("after UpdateUser() (-want +got):\n%s", cmp.Diff(admin, got))
	}

	update := func(do func(accounts.Tx) error) error { return f.Accounts().Update(f.ctx, do) }
	wantCode(t, "InsertUser() with a taken email", update(func(tx accounts.Tx) error {
		return tx.InsertUser(newUser(at, "ADMIN@example.com", nil), "")
	}), fade.CodeConflict, "email")
	admin.Email = owner.Email
	wantCode(t, "UpdateUser() to a taken email", update(func(tx accounts.Tx) error { return tx.UpdateUser(admin) }), fade.CodeConflict, "email")
	wantCode(t, "UpdateUser() of one that does not exist", update(func(tx accounts.Tx) error {
		return tx.UpdateUser(newUser(at, "x@example.com", nil))
	}), fade.CodeNotFound, "")
	wantCode(t, "InsertUser() of an owner of no business", update(func(tx accounts.Tx) error {
		nowhere := newBusiness(at, "nowhere")
		return tx.InsertUser(newUser(at, "y@example.com", &nowhere), "")
	}), fade.CodeInternal, "")
	for _, email := range []string{"nobody@example.com", "", "nul\x00@example.com"} {
		wantCode(t, "Credentials("+email+")", f.Accounts().View(f.ctx, func(r accounts.Reader) error {
			_, err := r.Credentials(email)
			return err
		}), fade.CodeNotFound, "")
	}
}

func testSessions(t *testing.T, f *fixture) {
	user := f.user(t, "a@example.com", nil)
	now := f.clock.Now().UTC()
	session := accounts.Session{ID: fade.NewID(now), UserID: user.ID, UserAgent: "Ünïcode 🦊", CreatedAt: now, ExpiresAt: now.Add(time.Hour)}
	second := session
	second.ID = fade.NewID(now)
	token := accounts.RefreshToken{Hash: strings.Repeat("ab", 32), SessionID: session.ID, CreatedAt: now}
	f.update(t, func(tx accounts.Tx) error {
		for _, s := range []accounts.Session{session, second} {
			if err := tx.InsertSession(s); err != nil {
				return err
			}
		}
		return tx.InsertRefreshToken(token)
	})
	readSession := func(id string) accounts.Session {
		return view(t, f, func(r accounts.Reader) (accounts.Session, error) { return r.Session(id) })
	}
	readToken := func(r accounts.Reader) (accounts.RefreshToken, error) { return r.RefreshToken(token.Hash) }
	if diff := cmp.Diff(session, readSession(session.ID)) + cmp.Diff(token, view(t, f, readToken)); diff != "" {
		t.Errorf("session and token differ (-want +got):\n%s", diff)
	}
	f.update(t, func(tx accounts.Tx) error {
		if err := tx.ExtendSession(session.ID, now.Add(2*time.Hour)); err != nil {
			return err
		}
		if err := tx.UseRefreshToken(token.Hash, now); err != nil {
			return err
		}
		if err := tx.RevokeSession(session.ID, now); err != nil {
			return err
		}
		return tx.RevokeSession(session.ID, now.Add(time.Minute))
	})
	session.ExpiresAt, session.RevokedAt, token.UsedAt = now.Add(2*time.Hour), &now, &now
	if diff := cmp.Diff(session, readSession(session.ID)) + cmp.Diff(token, view(t, f, readToken)); diff != "" {
		t.Errorf("after the changes (-want +got):\n%s", diff)
	}
	later := now.Add(time.Minute)
	f.update(t, func(tx accounts.Tx) error { return tx.RevokeUserSessions(user.ID, later) })
	if a, b := readSession(session.ID).RevokedAt, readSession(second.ID).RevokedAt; !a.Equal(now) || b == nil || !b.Equal(later) {
		t.Errorf("RevokeUserSessions() left %v and %v; want the first as it was, the second revoked", a, b)
	}
	if n, err := f.PruneSessions(f.ctx, now.Add(90*time.Minute)); n != 1 || err != nil {
		t.Errorf("PruneSessions() = %d, %v; want the one that expired", n, err)
	}
	if n, err := f.PruneSessions(f.ctx, now.Add(3*time.Hour)); n != 1 || err != nil {
		t.Errorf("PruneSessions() = %d, %v; want the other", n, err)
	}
	wantCode(t, "RefreshToken() of a pruned session", f.Accounts().View(f.ctx, func(r accounts.Reader) error {
		_, err := readToken(r)
		return err
	}), fade.CodeNotFound, "")
}

// testConflicts lets many want the same at once: one gets it, and all others hear why not.
func testConflicts(t *testing.T, f *fixture) {
	errs := parallel(12, func(i int) error {
		return f.Accounts().Update(f.ctx, func(tx accounts.Tx) error {
			b := newBusiness(f.clock.Now(), "wanted")
			tx.Record(fade.BusinessCreated{Business: b})
			return tx.InsertBusiness(b)
		})
	})
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
			continue
		}
		wantCode(t, "a loser", err, fade.CodeConflict, "subdomain")
	}
	if heads, _ := f.Heads(f.ctx, []string{live.Dashboard}); won != 1 || heads[live.Dashboard] != 1 {
		t.Errorf("%d got the subdomain and %d events say so, want 1", won, heads[live.Dashboard])
	}
	err := f.Accounts().Update(f.ctx, func(tx accounts.Tx) error {
		b := newBusiness(f.clock.Now(), "fine")
		if err := tx.InsertBusiness(b); err != nil {
			return err
		}
		_ = tx.InsertBusiness(newBusiness(f.clock.Now(), "wanted"))
		return nil
	})
	if err == nil {
		t.Error("an update whose statement failed was committed, because the verb swallowed the error")
	}
	list := view(t, f, func(r accounts.Reader) (fade.List[fade.Business], error) {
		return r.Businesses(accounts.BusinessQuery{})
	})
	if len(list.Items) != 1 {
		t.Errorf("%d businesses, want 1", len(list.Items))
	}
}

// testLastSuperAdmin lets two super admins deactivate each other at the same moment: one must win.
func testLastSuperAdmin(t *testing.T, f *fixture) {
	service, err := accounts.New(f.Accounts(), accounts.Options{Secret: make([]byte, 64), Now: f.clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	for round := range 10 {
		admins := []fade.User{f.user(t, name(round)+"a@example.com", nil), f.user(t, name(round)+"b@example.com", nil)}
		inactive := false
		errs := parallel(2, func(i int) error {
			_, err := service.UpdateUser(context.Background(), fade.Actor{User: admins[i]}, admins[1-i].ID, accounts.UserChange{IsActive: &inactive})
			return err
		})
		for _, err := range errs {
			if err != nil && fade.ErrorCode(err) != fade.CodeConflict {
				t.Errorf("UpdateUser() = %v", err)
			}
		}
		if n := view(t, f, accounts.Reader.CountActiveSuperAdmins); n != 1 {
			t.Fatalf("%d super admins are left, want 1; errors %v", n, errs)
		}
		f.update(t, func(tx accounts.Tx) error { // clear the field for the next round
			for _, u := range admins {
				u.IsActive = false
				if err := tx.UpdateUser(u); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

// parallel runs do n times at once and gives what each returned.
func parallel(n int, do func(i int) error) []error {
	errs := make([]error, n)
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		all.Go(func() {
			<-start
			errs[i] = do(i)
		})
	}
	close(start)
	all.Wait()
	return errs
}
