// Package erasing erases what is stored of a person who asks for it, and what a site keeps
// no longer. It works on the tables of all aggregates, in pieces that do not delay intake
// (G6).
//
// It must not know HTTP, Temporal, or why a person asks.
package erasing
