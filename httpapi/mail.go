package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/fadedistrict/fade"
)

func (a *API) mailRoutes() {
	const tag, list, item = "mail", "/api/mail/templates/", "/api/mail/templates/{kind}/"
	add(a, operation{id: "listMailTemplates", method: http.MethodGet, path: list, access: superAdmin, tag: tag,
		summary: "What mails there are"}, a.listMailTemplates)
	add(a, operation{id: "previewMail", method: http.MethodGet, path: item, access: superAdmin, tag: tag,
		summary: "How one looks"}, a.previewMail)
	add(a, operation{id: "testMail", method: http.MethodPost, path: item + "test/", access: superAdmin, tag: tag, status: http.StatusAccepted,
		summary: "Send one to oneself"}, a.testMail)
	add(a, operation{id: "listStoredMail", method: http.MethodGet, path: "/api/dev/mail/", access: superAdmin, tag: tag,
		summary: "Mails in the data folder, newest first", about: "404 where mails leave by SMTP.", errors: []fade.Code{fade.CodeNotFound}}, a.listStoredMail)
	add(a, operation{id: "getStoredMail", method: http.MethodGet, path: "/api/dev/mail/{id}/", access: superAdmin, tag: tag,
		summary: "One of them"}, a.getStoredMail)
}

// MailTemplate is a kind of mail.
type MailTemplate struct {
	Kind  fade.DeliveryKind `json:"kind"`
	Title string            `json:"title"`
}

// MailPreview is how a mail looks.
type MailPreview struct {
	Kind    fade.DeliveryKind `json:"kind"`
	Subject string            `json:"subject"`
	From    string            `json:"from"`
	To      string            `json:"to"`
	Text    string            `json:"text"`
	HTML    string            `json:"html"`
}

// MailTemplates shows what mails look like.
type MailTemplates interface {
	// Kinds lists the templates.
	Kinds() []MailTemplate

	// Preview writes one about nobody; CodeNotFound.
	Preview(kind fade.DeliveryKind) (MailPreview, error)
}

// noTemplates are those of a server that sends no mails.
type noTemplates struct{}

// Kinds implements [MailTemplates].
func (noTemplates) Kinds() []MailTemplate { return []MailTemplate{} }

// Preview implements [MailTemplates].
func (noTemplates) Preview(fade.DeliveryKind) (MailPreview, error) {
	return MailPreview{}, fade.NotFound("template")
}

// StoredMail is a mail in the data folder.
type StoredMail struct {
	ID      string    `json:"id"`
	At      time.Time `json:"at"`
	From    string    `json:"from"`
	To      string    `json:"to"`
	Subject string    `json:"subject"`
	Size    int64     `json:"size"` // bytes
}

// StoredMailContent is all of a mail in the data folder.
type StoredMailContent struct {
	StoredMail

	Text        string           `json:"text"`
	HTML        string           `json:"html"`
	Headers     []MailHeader     `json:"headers"`
	Attachments []MailAttachment `json:"attachments"`
}

// MailHeader is one line of a mail's head.
type MailHeader struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// MailAttachment is a file in a mail.
type MailAttachment struct {
	Name    string `json:"name"`
	Type    string `json:"type"`
	Size    int64  `json:"size"`
	Content []byte `json:"content"` // base64 on the wire
}

// MailFolder is where mails are while there is no mail server.
type MailFolder interface {
	// List gives mails newest first, from before one of them down; "" for the newest.
	List(ctx context.Context, before string, limit int) ([]StoredMail, error)

	// Read gives one; CodeNotFound.
	Read(ctx context.Context, id string) (StoredMailContent, error)
}

type (
	mailTemplateInput struct {
		Kind string `path:"kind"`
	}
	listStoredMailInput struct {
		Before string `query:"before" doc:"Only mails older than this one."`
		Limit  int    `query:"limit" minimum:"1" default:"50"`
	}
	storedMailInput struct {
		ID string `path:"id"`
	}
)

func (a *API) listMailTemplates(context.Context, *struct{}) (*one[[]MailTemplate], error) {
	return &one[[]MailTemplate]{a.o.MailTemplates.Kinds()}, nil
}

func (a *API) previewMail(_ context.Context, in *mailTemplateInput) (*one[MailPreview], error) {
	p, err := a.o.MailTemplates.Preview(fade.DeliveryKind(in.Kind))
	return &one[MailPreview]{p}, err
}

func (a *API) testMail(ctx context.Context, in *mailTemplateInput) (*one[fade.Delivery], error) {
	if _, err := a.o.MailTemplates.Preview(fade.DeliveryKind(in.Kind)); err != nil {
		return nil, err
	}
	d, err := a.o.Ledger.Test(ctx, actorOf(ctx), fade.DeliveryKind(in.Kind))
	return &one[fade.Delivery]{d}, err
}

var errNoFolder = fade.Errorf(fade.CodeNotFound, "Mails leave by SMTP here: there is no folder of them.")

func (a *API) listStoredMail(ctx context.Context, in *listStoredMailInput) (*one[[]StoredMail], error) {
	if a.o.MailFolder == nil {
		return nil, errNoFolder
	}
	found, err := a.o.MailFolder.List(ctx, in.Before, fade.Page{Limit: in.Limit}.Size())
	if found == nil {
		found = []StoredMail{}
	}
	return &one[[]StoredMail]{found}, err
}

func (a *API) getStoredMail(ctx context.Context, in *storedMailInput) (*one[StoredMailContent], error) {
	if a.o.MailFolder == nil {
		return nil, errNoFolder
	}
	found, err := a.o.MailFolder.Read(ctx, in.ID)
	return &one[StoredMailContent]{found}, err
}
