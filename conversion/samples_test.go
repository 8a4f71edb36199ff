package conversion_test

import (
	"ringback/conversion"
	"ringback/conversion/conversiontest"
)

const caller = conversiontest.Caller

// The samples, by the short names that the tables of these tests use.
var (
	started, ended = conversiontest.Start, conversiontest.End
	site           = conversiontest.Site()

	asking, metrics = conversiontest.Asking, conversiontest.Metrics
	leaf, group     = conversiontest.Comparison, conversiontest.Group

	answered, unanswered, ringing, closed = conversiontest.Answered, conversiontest.Unanswered, conversiontest.Ringing, conversiontest.Closed
	tagged, visited, arrived              = conversiontest.Tagged, conversiontest.Visited, conversiontest.Arrived
)

// check returns a decision's check by its code.
func check(d conversion.Decision, code conversion.CheckCode) conversion.Check {
	for _, c := range d.Checks {
		if c.Code == code {
			return c
		}
	}
	return conversion.Check{}
}
