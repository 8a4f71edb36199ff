package conversion

// Metric is one of the counts by which an owner picks conversions (requirement R4).
type Metric string

// Calls know all five; leads know all and unique.
const (
	MetricAll          Metric = "all"
	MetricUnique       Metric = "unique"
	MetricTarget       Metric = "target"
	MetricUniqueTarget Metric = "unique_target"
	MetricFailed       Metric = "failed"
)

// AttributionModel names the rule that picks the visit which gets the credit (requirement R8).
type AttributionModel string

// The attribution models. Last non-direct is the default.
const (
	LastNonDirect  AttributionModel = "last_non_direct"
	LastVisit      AttributionModel = "last"
	FirstVisit     AttributionModel = "first"
	FirstNonDirect AttributionModel = "first_non_direct"
)

// Rules are what an owner asks of one kind of conversion in one integration.
// The parts must all hold; within a part the alternatives are as each says.
type Rules struct {
	Metrics []Metric   `json:"metrics"` // alternatives; never empty
	Tags    TagFilter  `json:"tags,omitzero"`
	Traffic *Condition `json:"traffic,omitempty"` // nil: any traffic
}

// TagFilter is a filter by tags (requirement R6). Labels compare without case.
type TagFilter struct {
	Any  []string `json:"any,omitempty"`  // at least one of these
	All  []string `json:"all,omitempty"`  // every one of these
	None []string `json:"none,omitempty"` // not one of these
}

// Match says how the conditions of a group combine.
type Match string

// All conditions of a group must hold, or at least one.
const (
	MatchAll Match = "all"
	MatchAny Match = "any"
)

// Operator compares a traffic field with a condition's values. Text compares without case.
type Operator string

// The operators of design section 5. Values are alternatives; the negated
// operators hold when no value fits. Matches takes RE2 expressions.
const (
	OpEquals      Operator = "equals"
	OpNotEquals   Operator = "not_equals"
	OpContains    Operator = "contains"
	OpNotContains Operator = "not_contains"
	OpStartsWith  Operator = "starts_with"
	OpEndsWith    Operator = "ends_with"
	OpMatches     Operator = "matches"
	OpIsEmpty     Operator = "is_empty"
	OpIsNotEmpty  Operator = "is_not_empty"
)

// Condition is either a comparison (Field, Operator, Values) or a group
// (Match, Conditions), never both. Groups nest.
type Condition struct {
	Field    string   `json:"field,omitempty"`
	Operator Operator `json:"operator,omitempty"`
	Values   []string `json:"values,omitempty"`

	Match      Match       `json:"match,omitempty"`
	Conditions []Condition `json:"conditions,omitempty"`
}

// SiteRules are the site's own thresholds (design section 3).
type SiteRules struct {
	TargetCallSeconds int `json:"target_call_seconds"` // answered and talked at least this long: target
	UniquenessDays    int `json:"uniqueness_days"`     // 0: for ever
	LookbackDays      int `json:"lookback_days"`       // how far back attribution looks; 0: no limit
}
