// Package explanation writes the sentences that Ringback shows about
// conversions: why one was sent or skipped, what is waited for, how its visit
// was found and began, and why its deliveries wait or have failed. It also writes
// those about touchpoints: what became of a call, why a touchpoint is what it is,
// and how credit was divided. The reasons are data, which other packages produce. The
// sentences are in message files, one for each language.
//
// It is pure. It must not know of the database, Temporal or HTTP.
package explanation
