// Package users stores the people who sign in: the accounts that they belong to, their
// roles, their sessions, and the one-time links by which they are invited and set a new
// password. It is a part of the store. It must not know HTTP, how a password is hashed,
// nor what a role may do.
package users
