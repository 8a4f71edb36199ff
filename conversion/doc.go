// Package conversion holds Ringback's rules: what kind of call or lead a conversion
// is, and whether an integration takes it. It folds the events that sources reported
// into facts, picks the visit that gets the credit, and judges the owner's rules.
// Every check records what it wanted and what it saw.
//
// It is pure: no I/O, no clock, no randomness, no goroutines. It must not know
// of databases, Temporal, HTTP or any particular destination. The same input always
// has the same result, in whatever order the facts arrive.
package conversion
