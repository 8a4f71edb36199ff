// Package delivery defines a delivery: its payload, the classes of its attempts,
// one attempt with its redacted record, and the rules of when the next attempt may
// start (back-off, breaker, and the gate that limits concurrent sends).
//
// It must not know of the database, of Temporal, of the web, or of any one
// destination. Back-off and breaker are pure; the gate counts within one process.
package delivery
