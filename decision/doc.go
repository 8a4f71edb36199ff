// Package decision is the one answer to where a conversion stands with each
// integration: what is decided, what is waited for, until when, and why. The
// activities, the API, the pages and Temporal's details all use it.
//
// A decision is a pure function of a case and of the settings in it: the same
// case with other settings has the result that those settings would have. Only
// Load reads from the store. The package must not know HTTP or Temporal. Its
// results are codes, times and facts; package explanation writes the sentences.
package decision
