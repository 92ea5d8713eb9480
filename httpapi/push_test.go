package httpapi

import (
	"errors"
	"strings"
	"testing"
)

func TestAPI_pushDevices(t *testing.T) {
	w := newWorld(t, func(o *Options) {
		o.PushKey = "key"
		o.PushEndpoint = func(endpoint string) error {
			if strings.Contains(endpoint, "inside") {
				return errors.New("not on the internet")
			}
			return nil
		}
	})
	if text := w.do("GET", "/api/push/key/", w.ownerAToken, nil).want(200).text; !strings.Contains(text, `"key":"key"`) {
		t.Errorf("key = %s", text)
	}
	const list = "/api/push/subscriptions/"
	subscription := func(endpoint string) object {
		return object{"endpoint": endpoint, "label": "Chrome on Linux", "keys": object{
			"p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4", "auth": "BTBZMqHH6r4Tts7J_aSIgg",
		}}
	}
	var first, again struct{ ID string }
	added := w.do("POST", list, w.ownerAToken, subscription("https://push.test/secret-1")).want(201)
	added.into(&first)
	w.do("POST", list, w.ownerAToken, subscription("https://push.test/secret-1")).want(201).into(&again)
	if first.ID == "" || again.ID != first.ID {
		t.Errorf("the same endpoint is %q and %q", first.ID, again.ID)
	}
	if refused := w.do("POST", list, w.ownerAToken, subscription("https://inside.test/x")).want(422); !strings.Contains(refused.text, "endpoint") {
		t.Errorf("refused with %s", refused.text)
	}
	if seen := w.do("GET", list, w.ownerAToken, nil).want(200).text; strings.Contains(seen, "secret-1") || strings.Contains(seen, "BTBZ") || strings.Count(seen, `"id"`) != 1 {
		t.Errorf("the list tells %s", seen)
	}
	w.do("DELETE", list+first.ID+"/", w.ownerBToken, nil).want(404)
	w.do("POST", list+first.ID+"/test/", w.ownerBToken, nil).want(404)
	w.do("POST", list+first.ID+"/test/", w.ownerAToken, nil).want(202)

	// Whoever has the browser now has the endpoint.
	w.do("POST", list, w.ownerBToken, subscription("https://push.test/secret-1")).want(201)
	if mine := w.do("GET", list, w.ownerAToken, nil).want(200).text; strings.Contains(mine, `"id"`) {
		t.Errorf("the one before still has %s", mine)
	}
}
