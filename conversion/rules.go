package conversion

// Metric is a kind of conversion that owners can choose (R4).
type Metric string

// Calls have all five metrics. Leads have all and unique.
const (
	MetricAll          Metric = "all"
	MetricUnique       Metric = "unique"
	MetricTarget       Metric = "target"
	MetricUniqueTarget Metric = "unique_target"
	MetricFailed       Metric = "failed"
)

// AttributionModel is the rule that picks the visit which gets the credit (R8).
type AttributionModel string

// The attribution models. Last non-direct is the default.
const (
	LastNonDirect  AttributionModel = "last_non_direct"
	LastVisit      AttributionModel = "last"
	FirstVisit     AttributionModel = "first"
	FirstNonDirect AttributionModel = "first_non_direct"
)

// Rules are an owner's rules for one kind of conversion in one integration. All
// parts must hold.
type Rules struct {
	Metrics []Metric   `json:"metrics"` // one of them is enough; never empty
	Tags    TagFilter  `json:"tags,omitzero"`
	Traffic *Condition `json:"traffic,omitempty"` // nil means any traffic
}

// TagFilter is a filter by tags (R6). Labels compare without case.
type TagFilter struct {
	Any  []string `json:"any,omitempty"`  // at least one of these
	All  []string `json:"all,omitempty"`  // every one of these
	None []string `json:"none,omitempty"` // not one of these
}

// Match is the way in which the conditions of a group combine.
type Match string

// All conditions of a group must hold, or at least one.
const (
	MatchAll Match = "all"
	MatchAny Match = "any"
)

// Operator compares a traffic field with a condition's values. Text compares without case.
type Operator string

// The operators. Values are alternatives; the negated operators hold if no value
// fits. Matches takes RE2 expressions.
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

// SiteRules are the site's own thresholds.
type SiteRules struct {
	TargetCallSeconds int `json:"target_call_seconds"` // the talk time from which an answered call is a target call
	UniquenessDays    int `json:"uniqueness_days"`     // 0 means for ever
	LookbackDays      int `json:"lookback_days"`       // how far back visits count for attribution; 0 means no limit
}
