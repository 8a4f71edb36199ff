// Package reconciliations is the part of the store about the reconciliation of a
// source's calls with those that its provider lists: how far the list has been read,
// how many calls were found that no message had brought, and what was wrong.
//
// It must not know of any provider's API, of HTTP, or of Temporal.
package reconciliations
