// Package credit divides the credit for a person or an opportunity among the
// touchpoints of its journey, by attribution models as Marketo Measure has them
// (docs/facts/marketo-measure.md#attribution-models), and converts currencies. Shares
// are hundredths of a percent and money is minor units; both always add up to the
// whole. It is pure. It must not know of the database, HTTP, or how a touchpoint
// came about.
package credit
