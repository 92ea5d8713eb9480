package email_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/notify"
	"github.com/fadedistrict/fade/notify/email"
)

// A letter becomes a mail and, without a mail server, a file in a folder, from which it can be read back.
func Example() {
	dir, err := os.MkdirTemp("", "fade-mail")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	folder, err := email.NewFolder(filepath.Join(dir, "mail"))
	if err != nil {
		fmt.Println(err)
		return
	}
	mailer, err := email.New(email.Options{
		From: notify.Address{Name: "Fade", Email: "no-reply@fade.example"}, Domain: "fade.example", Transport: folder,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	letter, _ := email.Sample(fade.KindConfirmation, "https://fade.example", time.Date(2026, 11, 22, 8, 15, 0, 0, time.UTC))
	letter.ID = "0193-sample"
	id, err := mailer.Mail(context.Background(), letter)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(id)

	stored, err := folder.Read(context.Background(), "0193-sample")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(stored.Subject)
	fmt.Println(stored.From)
	fmt.Println(stored.Attachments[0].Name)
	// Output:
	// <0193-sample@fade.example>
	// Confirmed: Fade Prishtina, Tue 24 Nov, 10:30
	// Fade Prishtina <no-reply@fade.example>
	// appointment.ics
}
