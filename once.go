package fade

import "context"

// Request names a request that may arrive more than once: by the Idempotency-Key that its client chose, in the
// scope of who asks. Fingerprint tells requests with one key apart that are not the same.
type Request struct {
	Scope       string
	Key         string
	Fingerprint string
}

type requestKey struct{}

// WithRequest names the request that a context belongs to.
func WithRequest(ctx context.Context, r Request) context.Context {
	return context.WithValue(ctx, requestKey{}, r)
}

// RequestOf gives the request of a context; false if it has no key.
func RequestOf(ctx context.Context) (Request, bool) {
	r, ok := ctx.Value(requestKey{}).(Request)
	return r, ok
}

// Memory is the part of a transaction that remembers what its request was answered.
type Memory interface {
	// Recall reads the answer of the request, if it had one, into answer; CodeInvalid if the key was used for
	// another request. A request without a key has none.
	Recall(answer any) (known bool, err error)

	// Remember keeps the answer of the request.
	Remember(answer any) error
}

// Once does something once for each request: if its transaction has committed before, the answer is what it was
// then. The answer's JSON must say all that the verb's caller needs of it.
func Once[T any](m Memory, do func() (T, error)) (answer T, err error) {
	known, err := m.Recall(&answer)
	if known || err != nil {
		return answer, err
	}
	if answer, err = do(); err != nil {
		return answer, err
	}
	return answer, m.Remember(answer)
}
