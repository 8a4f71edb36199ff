// Package readings is the part of the store about the reading of CRMs: how far each kind
// of record of an integration's CRM has been read, what was wrong, and that somebody
// asked for it. What is read is stored together with how far it was read, so that a
// process may be killed at any time and nothing is lost or counted twice.
//
// It must not know of any CRM's API, of HTTP, or of Temporal.
package readings
