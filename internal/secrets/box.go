// Package secrets encrypts what must not be in the database in clear text: the
// credentials of integrations and sources (G8). The keys are a Tink keyset, so that
// they can be rotated: the primary key encrypts, and every key decrypts.
//
// It must not know what it encrypts or where that is stored.
package secrets

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// Box encrypts and decrypts. It is safe for concurrent use.
type Box struct {
	aead tink.AEAD
}

// New returns a box with a keyset in the form of Generate, Rotate and Prune: the
// base64 of a Tink JSON keyset. Errors never quote the keyset.
func New(keys string) (*Box, error) {
	handle, err := read(keys)
	if err != nil {
		return nil, err
	}
	primitive, err := aead.New(handle)
	if err != nil {
		return nil, errors.New("the encryption keys are not AEAD keys")
	}
	return &Box{aead: primitive}, nil
}

// Seal encrypts with the primary key. Place is where the result will be stored, for
// example a table, column and row: it cannot be decrypted for another place.
func (b *Box) Seal(plain []byte, place string) ([]byte, error) {
	sealed, err := b.aead.Encrypt(plain, []byte(place))
	if err != nil {
		return nil, fmt.Errorf("sealing: %w", err)
	}
	return sealed, nil
}

// Open decrypts the result of Seal for the same place, with any key of the set.
func (b *Box) Open(sealed []byte, place string) ([]byte, error) {
	plain, err := b.aead.Decrypt(sealed, []byte(place))
	if err != nil {
		return nil, fmt.Errorf("opening what was sealed for %s: the encryption keys do not fit: %w", place, err)
	}
	return plain, nil
}

// Generate returns a keyset with one new AES-256-GCM key.
func Generate() (string, error) {
	handle, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return "", fmt.Errorf("generating encryption keys: %w", err)
	}
	return write(handle)
}

// Rotate returns the keyset with a new primary key. The old keys stay, so that they
// still decrypt what they encrypted.
func Rotate(keys string) (string, error) {
	handle, err := read(keys)
	if err != nil {
		return "", err
	}
	manager := keyset.NewManagerFromHandle(handle)
	id, err := manager.Add(aead.AES256GCMKeyTemplate())
	if err != nil {
		return "", fmt.Errorf("adding an encryption key: %w", err)
	}
	if err := manager.SetPrimary(id); err != nil {
		return "", fmt.Errorf("making the new encryption key primary: %w", err)
	}
	rotated, err := manager.Handle()
	if err != nil {
		return "", fmt.Errorf("rotating encryption keys: %w", err)
	}
	return write(rotated)
}

// Prune returns the keyset with its primary key only. What another key encrypted can
// no longer be decrypted, so encrypt everything again first.
func Prune(keys string) (string, error) {
	handle, err := read(keys)
	if err != nil {
		return "", err
	}
	info := handle.KeysetInfo()
	manager := keyset.NewManagerFromHandle(handle)
	for _, key := range info.GetKeyInfo() {
		if key.GetKeyId() == info.GetPrimaryKeyId() {
			continue
		}
		if err := manager.Delete(key.GetKeyId()); err != nil {
			return "", fmt.Errorf("dropping an old encryption key: %w", err)
		}
	}
	pruned, err := manager.Handle()
	if err != nil {
		return "", fmt.Errorf("dropping the old encryption keys: %w", err)
	}
	return write(pruned)
}

// read parses a keyset. It drops the causes of errors, which could quote key material.
func read(keys string) (*keyset.Handle, error) {
	if keys == "" {
		return nil, errors.New("no encryption keys: set RINGBACK_ENCRYPTION_KEYS to what \"ringback keys generate\" prints")
	}
	text, err := base64.StdEncoding.DecodeString(keys)
	if err != nil {
		return nil, errors.New("the encryption keys are not base64")
	}
	handle, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(text)))
	if err != nil {
		return nil, errors.New("the encryption keys are not a Tink JSON keyset in base64")
	}
	return handle, nil
}

func write(handle *keyset.Handle) (string, error) {
	var text bytes.Buffer
	if err := insecurecleartextkeyset.Write(handle, keyset.NewJSONWriter(&text)); err != nil {
		return "", fmt.Errorf("writing encryption keys: %w", err)
	}
	return base64.StdEncoding.EncodeToString(text.Bytes()), nil
}
