package explanation_test

import "ringback/conversion/conversiontest"

const caller = conversiontest.Caller

// The samples, by the short names that the tables of these tests use.
var (
	started, ended = conversiontest.Start, conversiontest.End

	asking, metrics = conversiontest.Asking, conversiontest.Metrics
	leaf, group     = conversiontest.Comparison, conversiontest.Group

	answered, unanswered, ringing = conversiontest.Answered, conversiontest.Unanswered, conversiontest.Ringing
	closed, cancelled             = conversiontest.Closed, conversiontest.Cancelled
	arrived, tagged, visited      = conversiontest.Arrived, conversiontest.Tagged, conversiontest.Visited
)
