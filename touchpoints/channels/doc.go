// Package channels decides which marketing channel and subchannel a visit or a
// call belongs to, by an ordered sheet of rules as Marketo Measure has it
// (docs/facts/marketo-measure.md#channel-rules), and reads and writes that sheet
// as CSV. It is pure. It must not know of the database, of HTTP, or of what a
// channel is used for.
package channels
