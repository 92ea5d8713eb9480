package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/fadedistrict/fade/accounts"
	"github.com/fadedistrict/fade/store"
)

type createSuperAdminCommand struct {
	databaseFlags
	Email         string `required:"" help:"The address to sign in with."`
	FirstName     string `required:"" help:"First name."`
	LastName      string `required:"" help:"Last name."`
	PasswordStdin bool   `help:"Read the password, at least 8 characters, from the first line of standard input."`
}

// Run adds a super admin, beside a running server or without one.
func (c *createSuperAdminCommand) Run(ctx context.Context, s streams) (err error) {
	if !c.PasswordStdin {
		return errors.New("give the password on standard input, where no list of processes shows it: --password-stdin")
	}
	password, err := firstLine(s.in)
	if err != nil {
		return fmt.Errorf("read the password from standard input: %w", err)
	}
	db, err := c.open(ctx, store.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeStore(db)) }()
	verbs, err := offlineAccounts(db, accounts.Options{})
	if err != nil {
		return err
	}
	user, err := verbs.CreateSuperAdmin(ctx, accounts.NewUser{
		Email: c.Email, Password: password, FirstName: c.FirstName, LastName: c.LastName,
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "%s can sign in as super admin.\n", user.Email)
	return err
}

// offlineAccounts gives the verbs of accounts to a command that issues no tokens.
func offlineAccounts(db *store.Store, o accounts.Options) (*accounts.Service, error) {
	o.Secret = []byte(strings.Repeat("-", accounts.MinSecret))
	return accounts.New(db.Accounts(), o)
}

func firstLine(r io.Reader) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(r, 64<<10)).ReadString('\n')
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return strings.TrimRight(line, "\r\n"), err
}

type migrateCommand struct{ databaseFlags }

// Run brings the database to this version's schema.
func (c *migrateCommand) Run(ctx context.Context, s streams) (err error) {
	db, err := c.open(ctx, store.Options{Logger: newLogger(s, "text")})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeStore(db)) }()
	current, _, err := db.Versions(ctx)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "The database is at version %d, which is this program's.\n", current)
	return err
}
