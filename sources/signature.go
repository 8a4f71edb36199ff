package sources

import (
	"crypto/hmac"
	"crypto/sha1" // providers sign with HMAC-SHA1, which is safe although SHA-1 has collisions
	"crypto/subtle"
	"encoding/base64"
	"slices"
	"strings"
)

// Secrets returns the secrets in a credential, one per line or separated by spaces.
// Several are accepted at once, so that one can be replaced.
func Secrets(credential string) []string { return strings.Fields(credential) }

// SignedWithAny reports whether a signature is the base64 of the HMAC-SHA1 of the
// signed parts with any of the keys.
func SignedWithAny(keys []string, signature string, parts ...[]byte) bool {
	given, err := base64.StdEncoding.DecodeString(strings.TrimSpace(signature))
	if err != nil {
		return false
	}
	return slices.ContainsFunc(keys, func(key string) bool {
		mac := hmac.New(sha1.New, []byte(key))
		for _, part := range parts {
			mac.Write(part)
		}
		return hmac.Equal(mac.Sum(nil), given)
	})
}

// IsAny reports whether a text is one of the secrets, without showing by the time it
// takes how much of it is right.
func IsAny(secrets []string, given string) bool {
	return slices.ContainsFunc(secrets, func(secret string) bool {
		return subtle.ConstantTimeCompare([]byte(secret), []byte(given)) == 1
	})
}
