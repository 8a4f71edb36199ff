// Package delivery holds what decides when a delivery may be sent: how long to
// wait before the next attempt, when to stop calling a destination that keeps
// failing, and how many sends one integration may have under way.
//
// It must not know of the database, of Temporal, of HTTP or of any one
// destination. Backoff and breaker are pure; the gate counts within one process.
package delivery
