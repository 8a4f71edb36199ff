// Package notices stores messages to people until they are sent, as part of the store. It
// is an outbox: a message is stored in the transaction that causes it, claimed by one
// process at a time, and deleted when it was sent or given up. Its content is encrypted,
// because it may hold addresses and links that sign in.
//
// It must not know how messages are sent, nor what they are about.
package notices
