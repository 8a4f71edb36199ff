package pages

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"
)

// Self is the content of the page of the own user.
type Self struct {
	Email, Name string
	Language    string
	TimeZone    string `json:"time_zone"`
	AccountID   string `json:"account_id"`
	Accounts    []struct{ ID, Name, Role string }
	Sessions    []SignedIn `json:"-"`
}

// SignedIn is a session of the own user.
type SignedIn struct {
	ID, Browser, Address string
	CreatedAt            time.Time `json:"created_at"`
	SeenAt               time.Time `json:"seen_at"`
	EndsAt               time.Time `json:"ends_at"`
	Current              bool
}

// People is the content of the page of the users of the account.
type People struct {
	Users       []User
	Invitations []User
	Trail       []Change
}

// User is a user of the account, or an invitation.
type User struct {
	ID, Email, Name, Role string
	Sites                 map[string]string
	CreatedAt             time.Time `json:"created_at"`
	EndsAt                time.Time `json:"ends_at"`
}

// Key is a token of the account.
type Key struct {
	ID, Name, Role string
	CreatedAt      time.Time  `json:"created_at"`
	LastUsedAt     *time.Time `json:"last_used_at"`
	RevokedAt      *time.Time `json:"revoked_at"`
}

// The roles that users may have, and those that tokens may have.
var (
	userRoles = []string{"viewer", "editor", "admin"}
	keyRoles  = append([]string{"intake"}, userRoles...)
)

// grants returns what a user may do, in words.
func (s Shell) grants(u User) string {
	var parts []string
	if u.Role != "" {
		parts = append(parts, s.Code("role", u.Role))
	}
	for _, id := range slices.Sorted(maps.Keys(u.Sites)) {
		parts = append(parts, nameOf(s.Sites, id)+": "+s.Code("role", u.Sites[id]))
	}
	return strings.Join(parts, "; ")
}

// actor returns who made a change.
func (c Change) actor() string {
	if c.ActorName != "" {
		return c.ActorName
	}
	return c.Actor
}

// asJSON is the body of a request with these fields.
func asJSON(fields map[string]string) string {
	body, _ := json.Marshal(fields) // texts always can be
	return string(body)
}
