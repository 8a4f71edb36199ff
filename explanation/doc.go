// Package explanation writes the sentences that Ringback shows about
// conversions: why one was sent or skipped, what is waited for, how its visit
// was found and began, and why its deliveries wait or have failed. The reasons are
// data, which other packages produce. The sentences are in message files, one for each
// language.
//
// It is pure. It must not know of the database, Temporal or HTTP.
package explanation
