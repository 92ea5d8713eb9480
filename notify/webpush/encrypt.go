package webpush

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

const (
	saltSize = 16
	authSize = 16

	// recordSize is what the header of a message says. There is one record, which may be shorter: RFC 8188, section 2.
	recordSize = 4096

	// padTo hides the length of what is told: lengths are multiples of it.
	padTo = 512

	// lastRecord stands between a record's text and its padding: RFC 8188, section 2.
	lastRecord = 2
)

// subscription is what a browser gave for whoever may send to it: RFC 8291, section 2.
type subscription struct {
	public *ecdh.PublicKey
	auth   []byte
}

func parseSubscription(p256dh, auth string) (s subscription, err error) {
	point, err := decode(p256dh)
	if err != nil {
		return s, errors.New("webpush: the subscription's key is not base64url")
	}
	if s.public, err = ecdh.P256().NewPublicKey(point); err != nil {
		return s, errors.New("webpush: the subscription's key is not a point on P-256")
	}
	if s.auth, err = decode(auth); err != nil || len(s.auth) != authSize {
		return s, fmt.Errorf("webpush: the subscription's secret is not %d bytes in base64url", authSize)
	}
	return s, nil
}

// pad makes the content of a record: the text, its end, and zeros.
func pad(text []byte) []byte {
	size := (len(text) + padTo) / padTo * padTo // has room for the end's one byte
	record := make([]byte, size)
	record[copy(record, text)] = lastRecord
	return record
}

// seal encrypts a record for a subscription: RFC 8291, section 3.4, and the header of RFC 8188, section 2.1. The key
// pair and the salt must be used for nothing else.
func seal(record []byte, to subscription, once *ecdh.PrivateKey, salt [saltSize]byte) ([]byte, error) {
	shared, err := once.ECDH(to.public)
	if err != nil {
		return nil, fmt.Errorf("webpush: agree on a secret: %w", err)
	}
	sender := once.PublicKey().Bytes()
	secret, err := hkdf.Key(sha256.New, shared, to.auth, "WebPush: info\x00"+string(to.public.Bytes())+string(sender), 32)
	if err != nil {
		return nil, fmt.Errorf("webpush: derive: %w", err)
	}
	key, err := hkdf.Key(sha256.New, secret, salt[:], "Content-Encoding: aes128gcm\x00", 16)
	if err != nil {
		return nil, fmt.Errorf("webpush: derive: %w", err)
	}
	nonce, err := hkdf.Key(sha256.New, secret, salt[:], "Content-Encoding: nonce\x00", 12)
	if err != nil {
		return nil, fmt.Errorf("webpush: derive: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("webpush: encrypt: %w", err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("webpush: encrypt: %w", err)
	}
	header := slices.Concat(salt[:], binary.BigEndian.AppendUint32(nil, recordSize), []byte{byte(len(sender))}, sender)
	return gcm.Seal(header, nonce, record, nil), nil
}
