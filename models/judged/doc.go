// Package judged stores what was known of calls and leads whenever something was decided on
// them, and reads it by pages, so that settings can be tried on what has happened. What was
// known is stored in the transaction that stores the decisions (Keeping), and never changes. It
// ends with its call or lead, or when it is older than any period that is tried (Prune).
//
// It must not know of HTTP or Temporal, nor how a decision is made. Every query that answers
// a person is limited to an account (G9).
package judged
