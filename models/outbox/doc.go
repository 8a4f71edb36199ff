// Package outbox is the outbox as part of the store: signals that are stored in the
// transaction of what they are about, wait for the relay, are claimed by one process at a
// time, and are stored again for what is stuck.
//
// It must not know Temporal, HTTP, or what a workflow does with a signal.
package outbox
