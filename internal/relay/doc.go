// Package relay delivers what was accepted to Temporal. Intake writes a row into
// the outbox in the transaction that stores the event; the relay starts or signals
// the row's workflow, and then deletes the row. So an accepted event reaches its
// workflow even if Temporal is down for a day, or the process dies the next
// instant (G1).
//
// It must not know of HTTP or of the content of events: it carries ids. Sending a
// row twice is harmless, so it is deleted after it was sent, never before.
package relay
