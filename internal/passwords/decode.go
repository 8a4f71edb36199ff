package passwords

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// errHash has no value in it: a hash is a secret.
var errHash = errors.New("the hash of a password cannot be read")

// decode returns the parts of a hash.
func decode(hash string) (p Parameters, salt, key []byte, err error) {
	end := strings.LastIndex(hash, "$")
	start := strings.LastIndex(hash[:max(end, 0)], "$")
	if start < 0 {
		return p, nil, nil, errHash
	}
	var version int
	if _, err := fmt.Sscanf(hash[:start+1], format, &version, &p.Memory, &p.Passes, &p.Threads); err != nil || version != argon2.Version {
		return p, nil, nil, errHash
	}
	salt, saltErr := base64.RawStdEncoding.DecodeString(hash[start+1 : end])
	key, keyErr := base64.RawStdEncoding.DecodeString(hash[end+1:])
	if saltErr != nil || keyErr != nil || len(salt) != saltLength || len(key) != keyLength || p.Passes == 0 || p.Threads == 0 {
		return p, nil, nil, errHash
	}
	return p, salt, key, nil
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails: it ends the program instead
	return b
}
