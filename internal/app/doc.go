// Package app puts Ringback together: it reads the settings, creates the components
// (web, relay, worker, pruner, counter, journeys) with their dependencies, runs them, reports their
// health, and stops them in an order that loses nothing.
//
// It is the one package that knows all others. It must hold no business rule: what
// a call or a lead is, what is sent and when, is decided elsewhere.
package app
