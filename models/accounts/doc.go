// Package accounts is the accounts and their tokens as part of the store. Only a hash of a
// token's secret is stored (G8).
//
// It must not know HTTP, how a token is checked, or what a role may do.
package accounts
