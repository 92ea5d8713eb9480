package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/netip"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/booking"
	"github.com/fadedistrict/fade/httpapi"
	"github.com/fadedistrict/fade/notify"
	"github.com/fadedistrict/fade/notify/email"
	"github.com/fadedistrict/fade/notify/journal"
	"github.com/fadedistrict/fade/notify/webpush"
	"github.com/fadedistrict/fade/store"
)

// deliveryFlags say how mails and pushes leave.
type deliveryFlags struct {
	SMTP         string        `name:"smtp" env:"SMTP_URL" placeholder:"URL" help:"smtp://[user:password@]host[:port] or smtps://…; without it mails are files in the data folder, shown at /dev/mail."`
	MailFrom     string        `env:"FADE_MAIL_FROM" placeholder:"ADDRESS" help:"The platform's sender, such as Fade <no-reply@example.com>; by default no-reply at the public host."`
	MailRate     float64       `env:"FADE_MAIL_RATE" default:"50" placeholder:"N" help:"Mails a second at most; 0 for no bound."`
	MailsAtOnce  int           `env:"FADE_MAILS_AT_ONCE" default:"4" placeholder:"N" help:"Mails that leave at the same time."`
	RetryAfter   time.Duration `env:"FADE_RETRY_AFTER" default:"15s" help:"After the first try of a delivery that failed; it doubles up to an hour."`
	DKIMDomain   string        `name:"dkim-domain" env:"FADE_DKIM_DOMAIN" placeholder:"DOMAIN" help:"Sign mails for this domain (RFC 6376)."`
	DKIMSelector string        `name:"dkim-selector" env:"FADE_DKIM_SELECTOR" placeholder:"NAME" help:"Under which its DNS has the key."`
	DKIMKey      string        `name:"dkim-key" env:"FADE_DKIM_KEY" placeholder:"FILE" help:"The private key, RSA or Ed25519, in PEM."`
	Deliveries   string        `env:"FADE_DELIVERIES" default:"on" enum:"on,off" help:"off leaves mails and pushes to fade worker."`
}

// The folders in the data folder.
const (
	mailFolder    = "mail"
	journalFolder = "journal"
)

// post is everything that takes mails and pushes away.
type post struct {
	mailer  *email.Mailer
	smtp    *email.SMTP   // nil where mails go into the folder
	folder  *email.Folder // nil where they leave by SMTP
	public  string
	journal *journal.Journal
	worker  *notify.Worker
	pusher  *webpush.Pusher
	pushKey string // that browsers subscribe with
}

// openPost sets up how mails and pushes leave.
func (f deliveryFlags) openPost(ctx context.Context, db *store.Store, data string, public *url.URL, verbs *booking.Service, choices *notify.Choices, logger *slog.Logger) (*post, error) {
	p := &post{public: strings.TrimSuffix(public.String(), "/")}
	transport, err := f.transport(p, data)
	if err != nil {
		return nil, err
	}
	domain := mailDomain(public)
	from, err := f.from(domain)
	if err != nil {
		return nil, err
	}
	if p.mailer, err = email.New(email.Options{From: from, Domain: domain, Transport: transport}); err != nil {
		return nil, fmt.Errorf("FADE_MAIL_FROM: %w", err)
	}
	if p.pusher, p.pushKey, err = openPusher(ctx, db, public, from); err != nil {
		return nil, err
	}
	holder := fade.NewID(time.Now())
	if p.journal, err = journal.Open(filepath.Join(data, journalFolder), holder); err != nil {
		return nil, err
	}
	p.worker = notify.NewWorker(notify.WorkerOptions{
		Queue: db.Queue(), Mailer: p.mailer, Pusher: p.pusher, Journal: p.journal, Holder: holder, Logger: logger,
		Mails: f.MailsAtOnce, MailRate: f.MailRate, RetryAfter: f.RetryAfter,
		Writer: &notify.Writer{
			PublicURL: p.public, Token: verbs.Token, Unsubscribe: choices.Unsubscribe,
			Sample: func(kind fade.DeliveryKind) (notify.Letter, bool) { return email.Sample(kind, p.public, time.Now()) },
		},
	})
	return p, nil
}

// transport opens the way that mails take.
func (f deliveryFlags) transport(p *post, data string) (email.Transport, error) {
	var err error
	if f.SMTP == "" {
		p.folder, err = email.NewFolder(filepath.Join(data, mailFolder))
		return p.folder, err
	}
	var dkim *email.DKIM
	if f.DKIMDomain != "" || f.DKIMSelector != "" || f.DKIMKey != "" {
		if f.DKIMDomain == "" || f.DKIMSelector == "" || f.DKIMKey == "" {
			return nil, errors.New("DKIM needs FADE_DKIM_DOMAIN, FADE_DKIM_SELECTOR and FADE_DKIM_KEY together")
		}
		dkim = &email.DKIM{Domain: f.DKIMDomain, Selector: f.DKIMSelector, KeyFile: f.DKIMKey}
	}
	p.smtp, err = email.NewSMTP(f.SMTP, dkim)
	return p.smtp, err
}

// mailDomain gives what stands right of the @ in the platform's own addresses: the public host, if it is a name.
func mailDomain(public *url.URL) string {
	if _, err := netip.ParseAddr(public.Hostname()); err == nil {
		return "localhost"
	}
	return public.Hostname()
}

// from gives the platform's sender.
func (f deliveryFlags) from(host string) (notify.Address, error) {
	if f.MailFrom == "" {
		return notify.Address{Name: "Fade", Email: "no-reply@" + host}, nil
	}
	return email.ParseAddress(f.MailFrom)
}

// run works until the context ends.
func (p *post) run(ctx context.Context) error {
	err := p.worker.Run(ctx)
	p.pusher.Close()
	if p.smtp != nil {
		p.smtp.Close()
	}
	return errors.Join(err, p.journal.Close())
}

// road says how mails leave, for people.
func (p *post) road() httpapi.MailRoad {
	if p.smtp != nil {
		return httpapi.MailRoad{Kind: "smtp", Host: p.smtp.Host()}
	}
	return httpapi.MailRoad{Kind: "folder"}
}

// stored gives the folder of mails as the API shows it; nil where they leave by SMTP.
func (p *post) stored() httpapi.MailFolder {
	if p.folder == nil {
		return nil
	}
	return storedMails{p.folder}
}

// Kinds implements [httpapi.MailTemplates].
func (p *post) Kinds() []httpapi.MailTemplate {
	templates := email.Templates()
	kinds := make([]httpapi.MailTemplate, len(templates))
	for i, t := range templates {
		kinds[i] = httpapi.MailTemplate{Kind: t.Kind, Title: t.Title}
	}
	return kinds
}

// Preview implements [httpapi.MailTemplates].
func (p *post) Preview(kind fade.DeliveryKind) (preview httpapi.MailPreview, err error) {
	letter, ok := email.Sample(kind, p.public, time.Now())
	if !ok {
		return preview, fade.NotFound("template")
	}
	m, err := p.mailer.Compose(letter)
	return httpapi.MailPreview{Kind: kind, Subject: m.Subject, From: m.From.String(), To: m.To.String(), Text: m.Text, HTML: m.HTML}, err
}

// storedMails implements [httpapi.MailFolder].
type storedMails struct{ folder *email.Folder }

// List implements [httpapi.MailFolder].
func (s storedMails) List(ctx context.Context, before string, limit int) ([]httpapi.StoredMail, error) {
	found, err := s.folder.List(ctx, before, limit)
	mails := make([]httpapi.StoredMail, len(found))
	for i, m := range found {
		mails[i] = storedMail(m)
	}
	return mails, err
}

// Read implements [httpapi.MailFolder].
func (s storedMails) Read(ctx context.Context, id string) (content httpapi.StoredMailContent, err error) {
	m, err := s.folder.Read(ctx, id)
	if errors.Is(err, fs.ErrNotExist) {
		return content, fade.NotFound("mail")
	}
	content = httpapi.StoredMailContent{
		StoredMail: storedMail(m), Text: m.Text, HTML: m.HTML, Headers: []httpapi.MailHeader{}, Attachments: []httpapi.MailAttachment{},
	}
	for _, h := range m.Headers {
		content.Headers = append(content.Headers, httpapi.MailHeader{Name: h.Name, Value: h.Value})
	}
	for _, a := range m.Attachments {
		content.Attachments = append(content.Attachments, httpapi.MailAttachment{Name: a.Name, Type: a.Type, Size: int64(len(a.Content)), Content: a.Content})
	}
	return content, err
}

func storedMail(m email.Stored) httpapi.StoredMail {
	return httpapi.StoredMail{ID: m.ID, At: m.At, From: m.From, To: m.To, Subject: m.Subject, Size: m.Size}
}
