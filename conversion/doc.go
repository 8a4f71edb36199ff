// Package conversion holds Ringback's rules: what a call or a lead was, and
// whether an integration wants it. It folds what sources reported into facts,
// picks the visit that gets the credit, and judges the owner's rules, writing
// down every check with what it wanted and what it saw.
//
// It is pure: no I/O, no clock, no randomness, no goroutines. It must not know
// of databases, Temporal, HTTP or any one destination. The same input gives the
// same answer, whatever order the facts came in.
package conversion
