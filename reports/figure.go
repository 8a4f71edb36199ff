package reports

// Date is the date that a figure goes by.
type Date string

// The dates.
const (
	ByStart    Date = "start"    // the start of the call, the arrival of the lead
	ByDecision Date = "decision" // when an integration's decision was made
)

// Figure is one figure of the reports. Its sentences are in package explanation.
type Figure struct {
	ID   string
	Date Date
	// Behind is what the conversions behind the figure are counted in. Those behind a rate
	// or a mean are those that it is a rate or a mean of.
	Behind string
	number func(Counts) *float64
	sent   func(SendCounts) *float64
}

func whole(n func(Counts) int64) func(Counts) *float64 {
	return func(c Counts) *float64 { return new(float64(n(c))) }
}

func sent(n func(SendCounts) int64) func(SendCounts) *float64 {
	return func(c SendCounts) *float64 { return new(float64(n(c))) }
}

func beginning(b *Between) *float64 {
	if b == nil {
		return nil
	}
	return new(float64(b.From))
}

// CallFigures are the figures of calls and leads, in the order in which they are shown.
// Waits by quantile are the beginning of the span of seconds that the quantile lies in.
var CallFigures = []Figure{
	{"calls", ByStart, "calls", whole(func(c Counts) int64 { return c.Calls }), nil},
	{"uniques", ByStart, "uniques", whole(func(c Counts) int64 { return c.Uniques }), nil},
	{"repeats", ByStart, "repeats", whole(Counts.Repeats), nil},
	{"anonymous", ByStart, "anonymous", whole(func(c Counts) int64 { return c.Anonymous }), nil},
	{"targets", ByStart, "targets", whole(func(c Counts) int64 { return c.Targets }), nil},
	{"unique_targets", ByStart, "unique_targets", whole(func(c Counts) int64 { return c.UniqueTargets }), nil},
	{"running", ByStart, "running", whole(func(c Counts) int64 { return c.Running }), nil},
	{"ended", ByStart, "ended", whole(func(c Counts) int64 { return c.Ended }), nil},
	{"answered", ByStart, "answered", whole(func(c Counts) int64 { return c.Answered }), nil},
	{"missed", ByStart, "missed", whole(func(c Counts) int64 { return c.Missed }), nil},
	{"abandoned", ByStart, "abandoned", whole(func(c Counts) int64 { return c.Abandoned }), nil},
	{"never_ended", ByStart, "never_ended", whole(func(c Counts) int64 { return c.NeverEnded }), nil},
	{"missed_rate", ByStart, "ended", func(c Counts) *float64 { return Ratio(c.Missed, c.Ended) }, nil},
	{"average_wait", ByStart, "waits_known", func(c Counts) *float64 { return Ratio(c.WaitSeconds, c.WaitsKnown) }, nil},
	{"median_wait", ByStart, "waits_known", func(c Counts) *float64 { return beginning(c.WaitQuantile(0.5)) }, nil},
	{"wait_90", ByStart, "waits_known", func(c Counts) *float64 { return beginning(c.WaitQuantile(0.9)) }, nil},
	{"waits_known", ByStart, "waits_known", whole(func(c Counts) int64 { return c.WaitsKnown }), nil},
	{"average_talk", ByStart, "talks_known", func(c Counts) *float64 { return Ratio(c.TalkSeconds, c.TalksKnown) }, nil},
	{"leads", ByStart, "leads", whole(func(c Counts) int64 { return c.Leads }), nil},
	{"unique_leads", ByStart, "unique_leads", whole(func(c Counts) int64 { return c.UniqueLeads }), nil},
	{"known_visits", ByStart, "known_visits", whole(func(c Counts) int64 { return c.KnownVisits }), nil},
	{"known_visit_rate", ByStart, "conversions", func(c Counts) *float64 { return Ratio(c.KnownVisits, c.Conversions()) }, nil},
	{"known_visitors", ByStart, "known_visitors", whole(func(c Counts) int64 { return c.KnownVisitors }), nil},
	{"ambiguous", ByStart, "ambiguous", whole(func(c Counts) int64 { return c.Ambiguous }), nil},
}

// SendFigures are the figures of decisions and deliveries.
var SendFigures = []Figure{
	{"judged", ByDecision, "judged", nil, sent(func(c SendCounts) int64 { return c.Judged })},
	{"wanted", ByDecision, "wanted", nil, sent(func(c SendCounts) int64 { return c.Wanted })},
	{"skipped", ByDecision, "skipped", nil, sent(SendCounts.Skipped)},
	{"delivered", ByDecision, "delivered", nil, sent(func(c SendCounts) int64 { return c.Delivered })},
	{"failed", ByDecision, "failed", nil, sent(func(c SendCounts) int64 { return c.Failed })},
	{"waiting", ByDecision, "waiting", nil, sent(func(c SendCounts) int64 { return c.Waiting })},
	{"held", ByDecision, "held", nil, sent(func(c SendCounts) int64 { return c.Held })},
	{"delivery_rate", ByDecision, "finished", nil, func(c SendCounts) *float64 { return Ratio(c.Delivered, c.Delivered+c.Failed) }},
	{"median_delivery", ByDecision, "delivered", nil, func(c SendCounts) *float64 { return beginning(c.DeliveryQuantile(0.5)) }},
	{"delivery_95", ByDecision, "delivered", nil, func(c SendCounts) *float64 { return beginning(c.DeliveryQuantile(0.95)) }},
	{"attempts_per_delivery", ByDecision, "wanted", nil, func(c SendCounts) *float64 { return Ratio(c.Attempts, c.Wanted) }},
	{"repeated_rate", ByDecision, "wanted", nil, func(c SendCounts) *float64 { return Ratio(c.Repeated, c.Wanted) }},
}

// Of returns the value of a figure of calls and leads, nil if it is not known.
func (f Figure) Of(c Counts) *float64 { return f.number(c) }

// OfSends is Of for a figure of decisions and deliveries.
func (f Figure) OfSends(c SendCounts) *float64 { return f.sent(c) }
