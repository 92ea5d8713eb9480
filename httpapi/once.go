package httpapi

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/fadedistrict/fade"
)

// headerKey names a request that may be sent more than once and is to happen once.
const headerKey = "Idempotency-Key"

// maxKey bounds a key, in bytes.
const maxKey = 255

// noteKey notes the key of a request with all that makes it this request and no other.
func (a *API) noteKey(r *http.Request, body []byte) {
	n := noteOf(r.Context())
	if n.key = r.Header.Get(headerKey); n.key == "" {
		return
	}
	sum := hmac.New(sha256.New, a.o.Secret) // keyed: a body may hold a password
	for _, part := range []string{r.Method, r.URL.Path, r.URL.RawQuery, a.subdomainOf("", r.Header.Get("X-Subdomain"), r.Host), r.Header.Get("Booking-Session")} {
		sum.Write([]byte(part))
		sum.Write([]byte{0})
	}
	sum.Write(body)
	n.print = hex.EncodeToString(sum.Sum(nil))
}

// withKey names the request that a verb is called for, in the scope of who asks.
func withKey(ctx context.Context, actor fade.Actor) (context.Context, error) {
	n := noteOf(ctx)
	if n.key == "" {
		return ctx, nil
	}
	odd := func(r rune) bool { return r < ' ' || r > '~' }
	if len(n.key) > maxKey || strings.ContainsFunc(n.key, odd) {
		return ctx, fade.Errorf(fade.CodeMalformed, "An Idempotency-Key has 1 to %d printable ASCII characters.", maxKey)
	}
	scope := "public"
	if actor.SignedIn() {
		scope = actor.User.ID
	}
	return fade.WithRequest(ctx, fade.Request{Scope: scope, Key: n.key, Fingerprint: n.print}), nil
}

func keyParameter() *huma.Param {
	most := maxKey
	return &huma.Param{
		Name: headerKey, In: "header", Schema: &huma.Schema{Type: huma.TypeString, MaxLength: &most},
		Description: "Makes the request happen once, however often it is sent in 24 hours: the answer is the same. With another body it is refused (422).",
	}
}
