// Package ids generates Ringback's identifiers: a prefix for the kind of thing, and
// 26 characters that sort by time of creation (a UUIDv7 in base32). They hold no
// personal data, so they may appear in Temporal, logs and metrics.
//
// It must not know what it identifies.
package ids

import (
	"crypto/sha256"
	"encoding/base32"
	"strings"

	"github.com/google/uuid"
)

// The prefixes of the identifiers.
const (
	Account     = "acc"
	Token       = "tok"
	Site        = "site"
	Integration = "int"
	Conversion  = "cnv"
	Decision    = "dec"
	Delivery    = "dlv"
	Attempt     = "att"
	Visit       = "vis"
	Session     = "ses"
	Pool        = "pool"
	Number      = "num"
	Assignment  = "asg"
	Person      = "per"
	Message     = "msg"
	Audit       = "aud"
	Request     = "req"
	CRMPerson   = "cpe"
	Task        = "tsk"
	Touchpoint  = "tpt"
	Opportunity = "opp"
	User        = "usr"
	SignIn      = "sgn" // of a user in one browser
	Link        = "lnk" // that invites a user, or lets one set a new password
	Worker      = "wkr"
	Alert       = "alt" // an incident that needs a person
	Notice      = "ntc" // a message to a person
	View        = "vew" // a filter of a list that a user keeps
)

var alphabet = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// New returns a new identifier with the prefix, such as "cnv_01jdq...".
func New(prefix string) string {
	u := uuid.Must(uuid.NewV7())
	return prefix + "_" + alphabet.EncodeToString(u[:])
}

// length is the number of characters behind the prefix.
var length = alphabet.EncodedLen(len(uuid.UUID{}))

// Is reports whether a text has the form of an identifier with the prefix.
func Is(text, prefix string) bool {
	bare, ok := strings.CutPrefix(text, prefix+"_")
	if !ok || len(bare) != length {
		return false
	}
	_, err := alphabet.DecodeString(bare)
	return err == nil
}

// Bare returns an identifier without its prefix, for wire formats in which "_" has a
// meaning.
func Bare(id string) string {
	if _, bare, ok := strings.Cut(id, "_"); ok {
		return bare
	}
	return id
}

// Derived returns the identifier with the prefix of what a text stands for: always the same
// one for the same text. It does not sort by time.
func Derived(prefix, text string) string {
	sum := sha256.Sum256([]byte(text))
	return prefix + "_" + alphabet.EncodeToString(sum[:len(uuid.UUID{})])
}
