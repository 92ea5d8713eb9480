package transport

import (
	"errors"
	"testing"

	"github.com/fadedistrict/fade/realtime/ws"
)

func FuzzParse(f *testing.F) {
	for _, seed := range []string{`{"type":"ping"}`, `{"type":"subscribe","channel":"a","since":7,"epoch":"e"}`, `[]`, `{"type":1}`, `null`, `{"type":"subscribe","since":1e99}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		r, err := parse(in)
		closing, _ := errors.AsType[*ws.CloseError](err)
		if err == nil && r.Type == "" || err != nil && (closing == nil || closing.Code != ws.CloseMalformed) {
			t.Errorf("parse(%q) = %+v, %v", in, r, err)
		}
	})
}
