package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/fadedistrict/fade"
)

func (a *API) pushRoutes() {
	const tag, list, item = "push", "/api/push/subscriptions/", "/api/push/subscriptions/{id}/"
	add(a, operation{id: "getPushKey", method: http.MethodGet, path: "/api/push/key/", access: signedIn, tag: tag,
		summary: "The key that browsers subscribe with", about: "The applicationServerKey of the Push API: an uncompressed point on P-256 in base64url (RFC 8292)."}, a.getPushKey)
	add(a, operation{id: "listPushDevices", method: http.MethodGet, path: list, access: signedIn, tag: tag,
		summary: "One's own devices, newest first"}, a.listPushDevices)
	add(a, operation{id: "addPushDevice", method: http.MethodPost, path: list, access: signedIn, tag: tag, status: http.StatusCreated,
		summary: "Show notifications on this device", errors: []fade.Code{fade.CodeConflict},
		about: "The subscription as the browser gives it. The same endpoint again is the same device, now of whoever asks."}, a.addPushDevice)
	add(a, operation{id: "removePushDevice", method: http.MethodDelete, path: item, access: signedIn, tag: tag,
		summary: "Show none there any more"}, a.removePushDevice)
	add(a, operation{id: "testPushDevice", method: http.MethodPost, path: item + "test/", access: signedIn, tag: tag, status: http.StatusAccepted,
		summary: "Send one to a device"}, a.testPushDevice)
}

// PushKey is the public half of the platform's VAPID keys.
type PushKey struct {
	Key string `json:"key"`
}

// PushKeys are the two secrets between a browser and whoever sends to it (RFC 8291).
type PushKeys struct {
	P256DH string `json:"p256dh"`
	Auth   string `json:"auth"`
}

// NewPushDevice is a browser's subscription.
type NewPushDevice struct {
	Endpoint string   `json:"endpoint" doc:"An https address of the browser's push service."`
	Keys     PushKeys `json:"keys"`
	Label    string   `json:"label" doc:"By which its owner knows it again, such as Chrome on Linux."`
}

// TransformSchema implements [huma.SchemaTransformer].
func (NewPushDevice) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	s.Required = []string{"endpoint", "keys", "label"}
	return s
}

type (
	addPushDeviceInput struct {
		Body body[NewPushDevice]
	}
	pushDeviceInput struct {
		ID string `path:"id"`
	}
)

func (a *API) getPushKey(context.Context, *struct{}) (*one[PushKey], error) {
	return &one[PushKey]{PushKey{a.o.PushKey}}, nil
}

func (a *API) listPushDevices(ctx context.Context, _ *struct{}) (*one[[]fade.PushDevice], error) {
	devices, err := a.o.Choices.Devices(ctx, actorOf(ctx))
	return &one[[]fade.PushDevice]{devices}, err
}

func (a *API) addPushDevice(ctx context.Context, in *addPushDeviceInput) (*one[fade.PushDevice], error) {
	n := in.Body.value
	if check := a.o.PushEndpoint; check != nil {
		if err := check(n.Endpoint); err != nil {
			var v fade.Violations
			v.Add("endpoint", "No push service of a browser is there.")
			return nil, v.Err()
		}
	}
	d, err := a.o.Choices.AddDevice(ctx, actorOf(ctx), fade.PushDevice{
		Label: n.Label, Endpoint: n.Endpoint, P256DH: n.Keys.P256DH, Auth: n.Keys.Auth,
	})
	return &one[fade.PushDevice]{d}, err
}

func (a *API) removePushDevice(ctx context.Context, in *pushDeviceInput) (*nothing, error) {
	return &nothing{}, a.o.Choices.RemoveDevice(ctx, actorOf(ctx), in.ID)
}

func (a *API) testPushDevice(ctx context.Context, in *pushDeviceInput) (*one[fade.Delivery], error) {
	d, err := a.o.Choices.TestDevice(ctx, actorOf(ctx), in.ID)
	return &one[fade.Delivery]{d}, err
}
