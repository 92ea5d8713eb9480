package booking

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"strings"

	"github.com/fadedistrict/fade"
)

// links makes and reads the tokens of customers' links: who has one may see, move and cancel a reservation as it
// was scheduled at a version, without an account. A token is the reservation's id, the version and a MAC
// (HMAC-SHA256, RFC 2104, cut to 128 bits).
type links struct{ key []byte }

const macSize = 16

// newLinks derives a key of its own from the secret, which signs other things too.
func newLinks(secret []byte) links {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("fade customer link v1"))
	return links{mac.Sum(nil)}
}

func (l links) mac(content []byte) []byte {
	mac := hmac.New(sha256.New, l.key)
	mac.Write(content)
	return mac.Sum(nil)[:macSize]
}

// token gives the link's token for a reservation as it is scheduled now.
func (l links) token(r fade.Reservation) string {
	content, err := hex.DecodeString(strings.ReplaceAll(r.ID, "-", ""))
	if err != nil {
		return ""
	}
	content = binary.AppendUvarint(content, uint64(r.ScheduleVersion))
	return base64.RawURLEncoding.EncodeToString(append(content, l.mac(content)...))
}

const (
	idSize   = 16
	maxToken = 80 // characters: an id, the longest version and a MAC are fewer
)

// read gives the reservation and the version of a token; CodeNotFound for one that was not made here.
func (l links) read(token string) (id string, version int64, err error) {
	forged := fade.Errorf(fade.CodeNotFound, "This link is not valid. Check that it was copied whole.")
	if len(token) > maxToken {
		return "", 0, forged
	}
	text, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(text) <= idSize+macSize {
		return "", 0, forged
	}
	content := text[:len(text)-macSize]
	if !hmac.Equal(text[len(content):], l.mac(content)) {
		return "", 0, forged
	}
	n, size := binary.Uvarint(content[idSize:])
	if size <= 0 || idSize+size != len(content) {
		return "", 0, forged
	}
	h := hex.EncodeToString(content[:idSize])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:], int64(n), nil
}
