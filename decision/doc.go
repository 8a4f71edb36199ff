// Package decision is the one answer to where a conversion stands with each
// integration: what is decided, what is waited for, until when, and why. The
// activities, the API, the pages and Temporal's details read it from here.
//
// Deciding is a pure function of a case and of the settings in it: the same
// case with other settings returns what would have been decided by them. Load
// alone reads anything. The package knows neither HTTP nor Temporal, and its
// results are codes, times and facts: sentences are written elsewhere.
package decision
