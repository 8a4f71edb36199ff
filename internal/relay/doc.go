// Package relay tells Temporal what was accepted. Intake writes a row into the
// outbox in the transaction that stores the event; the relay turns each row
// into a signal or a start, and deletes it then. So an accepted event reaches
// its workflow even if Temporal is away for a day, or the process dies the next
// instant (guarantee 1).
//
// It must not know of HTTP or of what the events say: it carries ids. Telling
// twice is harmless, so a row is deleted after it was told, never before.
package relay
