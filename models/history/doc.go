// Package history reads the visits before a call or lead: the sessions of its visitor, and the
// visits that were reported with other calls and leads. It reads the newest and the oldest of
// very many by indexes.
//
// It must not know HTTP, Temporal, how calls and leads are decided, and how links between a
// visitor and a call or lead are found.
package history
