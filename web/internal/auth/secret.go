package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strings"

	"ringback/internal/ids"
)

// NewSecret returns the text of a new token and the hash of it, which is all that
// is stored. The text has the form rbk_<token id>_<256 random bits>.
func NewSecret(id string) (text string, hash []byte) {
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // never fails: it ends the program instead
	text = "rbk_" + ids.Bare(id) + "_" + base64.RawURLEncoding.EncodeToString(secret)
	sum := sha256.Sum256([]byte(text))
	return text, sum[:]
}

// tokenID returns the id that a token's text holds, and whether it can be one. Other
// texts are not looked up.
func tokenID(text string) (string, bool) {
	rest, ours := strings.CutPrefix(text, "rbk_")
	bare, _, ok := strings.Cut(rest, "_")
	id := ids.Token + "_" + bare
	return id, ours && ok && ids.Is(id, ids.Token)
}

// BearerToken returns the token of an Authorization header, empty if it has none.
func BearerToken(header string) string {
	scheme, token, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}
