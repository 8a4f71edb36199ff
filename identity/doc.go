// Package identity decides who is one person: which keys a person is known by,
// which of them identify nobody, and how much one person can have before keys
// are taken to be shared by several. It is pure: the same input has the same
// result. It must not know of the database or of HTTP.
package identity
