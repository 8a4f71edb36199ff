// Package app puts Ringback together: it reads the settings, makes the
// parts (web, relay, worker), hands each what it needs, runs them, says how
// they are, and ends them in an order that loses nothing.
//
// It is the one package that knows all others. It must hold no rule of the
// business: what a call or a lead is, what is sent and when, is decided elsewhere.
package app
