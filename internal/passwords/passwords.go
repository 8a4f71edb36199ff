// Package passwords has the rule of which passwords are accepted, and stores them as
// hashes by Argon2id (RFC 9106). It must not know whose password it is, nor where hashes
// are stored.
package passwords

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/sync/semaphore"
	"golang.org/x/text/unicode/norm"

	"ringback/internal/fault"
)

// The shortest password in characters, and the longest in bytes. A long one takes no
// longer to hash, but it takes memory to receive.
const (
	MinCharacters = 10
	MaxBytes      = 128
)

// Check returns what is expected of a password, and whether this one is that.
func Check(password string) (fault.Expectation, bool) {
	switch {
	case utf8.RuneCountInString(password) < MinCharacters:
		return fault.Expect("password_longer").Counting(MinCharacters), false
	case len(password) > MaxBytes:
		return fault.Expect("password_shorter").Counting(MaxBytes), false
	default:
		return fault.Expectation{}, true
	}
}

// Parameters are the costs of a hash. They are stored in it, so that they can be raised
// later: hashes of before stay valid.
type Parameters struct {
	Memory  uint32 // in KiB
	Passes  uint32
	Threads uint8
}

// Usual are the parameters of new hashes, the first recommendation of OWASP's page on the
// storage of passwords for a service that answers many people.
var Usual = Parameters{Memory: 19 * 1024, Passes: 2, Threads: 1}

// The lengths of a salt and of a key, in bytes.
const (
	saltLength = 16
	keyLength  = 32
)

// atOnce is how many passwords a process hashes at the same time. Each takes the memory of
// its parameters, and others wait.
const atOnce = 2

// Hasher hashes and verifies passwords.
type Hasher struct {
	parameters Parameters
	places     *semaphore.Weighted
	nobodys    string // a hash that no password has
}

// NewHasher returns a Hasher that makes hashes with these parameters.
func NewHasher(p Parameters) *Hasher {
	return &Hasher{parameters: p, places: semaphore.NewWeighted(atOnce), nobodys: p.encode(randomBytes(saltLength), randomBytes(keyLength))}
}

// Hash returns the hash of a password, in the PHC string format. It waits for its turn,
// and returns the context's error if that ends first.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	salt := randomBytes(saltLength)
	key, err := h.key(ctx, h.parameters, password, salt)
	if err != nil {
		return "", err
	}
	return h.parameters.encode(salt, key), nil
}

// Verify reports whether a hash is of this password. An empty hash is of none, and takes
// the same time. It waits as Hash does.
func (h *Hasher) Verify(ctx context.Context, password, hash string) (bool, error) {
	isSet := hash != ""
	if !isSet {
		hash = h.nobodys
	}
	parameters, salt, want, err := decode(hash)
	if err != nil {
		return false, err
	}
	got, err := h.key(ctx, parameters, password, salt)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(got, want) == 1 && isSet, nil
}

// IsOutdated reports whether a hash was made with other parameters than new ones are.
func (h *Hasher) IsOutdated(hash string) bool {
	parameters, _, _, err := decode(hash)
	return err != nil || parameters != h.parameters
}

// key derives the key of a password. Different spellings of one character in Unicode are
// the same password, because keyboards differ in them.
func (h *Hasher) key(ctx context.Context, p Parameters, password string, salt []byte) ([]byte, error) {
	if err := h.places.Acquire(ctx, 1); err != nil {
		return nil, fmt.Errorf("waiting to hash a password: %w", err)
	}
	defer h.places.Release(1)
	return argon2.IDKey([]byte(norm.NFC.String(password)), salt, p.Passes, p.Memory, p.Threads, keyLength), nil
}

const format = "$argon2id$v=%d$m=%d,t=%d,p=%d$"

func (p Parameters) encode(salt, key []byte) string {
	text := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf(format, argon2.Version, p.Memory, p.Passes, p.Threads) + text(salt) + "$" + text(key)
}
