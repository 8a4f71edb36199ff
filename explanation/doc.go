// Package explanation writes the sentences that Ringback shows about
// conversions: why one was sent or skipped, what is waited for, how its visit
// was found and began, and why its deliveries wait or have failed. The reasons
// themselves are data; package conversion and others make them. The sentences
// stand in message files, one for each language.
//
// It is pure. It must not know of the database, Temporal or HTTP.
package explanation
