package main

import (
	"context"
	"fmt"
	"net/url"

	"github.com/fadedistrict/fade/notify"
	"github.com/fadedistrict/fade/notify/webpush"
	"github.com/fadedistrict/fade/store"
)

// openPusher sets up how pushes leave, and gives the key that browsers subscribe with. The keys are made once and kept
// in the database: every server has the same, and browsers that subscribed stay subscribed.
func openPusher(ctx context.Context, db *store.Store, public *url.URL, from notify.Address) (*webpush.Pusher, string, error) {
	var keys webpush.Keys
	var err error
	keys.Public, keys.Private, err = db.PushKeys(ctx, func() (string, string, error) {
		made, err := webpush.NewKeys()
		return made.Public, made.Private, err
	})
	if err != nil {
		return nil, "", fmt.Errorf("push keys: %w", err)
	}
	subject := "mailto:" + from.Email
	if public.Scheme == "https" {
		subject = public.String()
	}
	pusher, err := webpush.New(webpush.Options{Keys: keys, Subject: subject})
	return pusher, keys.Public, err
}
