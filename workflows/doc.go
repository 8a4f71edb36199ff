// Package workflows is the life of a call, of a lead and of a resend as
// Temporal runs it: wait for the end, settle, decide, dispatch each in
// parallel. It holds deterministic code only, and the contract by which others
// start, signal and serve it.
//
// It must not know of the database, of HTTP or of the web. What travels in it
// is ids, enums, counts and times (guarantee 7): names, numbers, cookies and
// secrets stay in the database.
package workflows
