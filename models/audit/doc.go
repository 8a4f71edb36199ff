// Package audit is the audit trail as part of the store: who changed which settings, when,
// from what to what. Settings of all kinds are changed through it, so that a change is
// stored together with its entry, or not at all. Secrets are never in it (G8).
//
// It must not know which settings there are, HTTP, or Temporal.
package audit
