package credit

import (
	"maps"
	"slices"
	"strconv"

	"ringback/internal/fault"
	"ringback/touchpoints"
)

// Whole is all credit, in hundredths of a percent.
const Whole = 10_000

// MaxStages is how many stages of the owner's a custom model may weigh.
const MaxStages = 6

// Model is an attribution model: how much credit each position has, in hundredths
// of a percent. The weights add up to Whole.
type Model struct {
	Name   string `json:"name"`
	FT     int    `json:"ft"`
	LC     int    `json:"lc"`
	OC     int    `json:"oc"`
	Closed int    `json:"closed"`
	// Middle is divided equally among the forms and calls that have no position with
	// a weight.
	Middle int            `json:"middle"`
	Stages map[string]int `json:"stages,omitempty"` // by the name of the stage
}

// The names of the models that are always there, and of the owner's own.
const (
	FirstTouch   = "first_touch"
	LeadCreation = "lead_creation"
	UShaped      = "u_shaped"
	WShaped      = "w_shaped"
	FullPath     = "full_path"
	CustomName   = "custom"
)

// Models returns the models that are always there.
func Models() []Model {
	return []Model{
		{Name: FirstTouch, FT: 10_000},
		{Name: LeadCreation, LC: 10_000},
		{Name: UShaped, FT: 4_000, LC: 4_000, Middle: 2_000},
		{Name: WShaped, FT: 3_000, LC: 3_000, OC: 3_000, Middle: 1_000},
		{Name: FullPath, FT: 2_250, LC: 2_250, OC: 2_250, Closed: 2_250, Middle: 1_000},
	}
}

// ModelNames returns the names of the models that are always there.
func ModelNames() []string {
	var names []string
	for _, m := range Models() {
		names = append(names, m.Name)
	}
	return names
}

// Custom returns the owner's model. The error is a fault that names the weights
// that cannot be used.
func Custom(weights Model) (Model, error) {
	weights.Name, weights.Stages = CustomName, maps.Clone(weights.Stages)
	var fields []fault.Field
	total := 0
	check := func(path string, weight int) {
		total += weight
		if weight < 0 || weight > Whole {
			fields = append(fields, fault.Field{Path: path, Expected: fault.Expect("hundredths").With("Most", strconv.Itoa(Whole))})
		}
	}
	check("ft", weights.FT)
	check("lc", weights.LC)
	check("oc", weights.OC)
	check("closed", weights.Closed)
	check("middle", weights.Middle)
	for _, stage := range slices.Sorted(maps.Keys(weights.Stages)) {
		check("stages."+stage, weights.Stages[stage])
		if !touchpoints.IsStageName(stage) {
			fields = append(fields, fault.Field{Path: "stages." + stage, Expected: fault.Expect("stage_name")})
		}
	}
	if len(weights.Stages) > MaxStages {
		fields = append(fields, fault.Field{Path: "stages", Expected: fault.Expect("stages_at_most").Counting(MaxStages)})
	}
	if len(fields) == 0 && total != Whole {
		fields = append(fields, fault.Field{Path: "weights", Expected: fault.Expect("weights_sum").With("Whole", strconv.Itoa(Whole)).With("Total", strconv.Itoa(total))})
	}
	if len(fields) > 0 {
		return Model{}, fault.InvalidFields(fields...)
	}
	return weights, nil
}

// weight is the credit of a position that a model has.
type weight struct {
	position touchpoints.Position
	credit   int
}

// weights returns the positions with a weight, in a fixed order. If the
// opportunity is open, its last contact stands in for the one before the close.
func (m Model) weights(open bool) []weight {
	closed := touchpoints.Closed
	if open {
		closed = touchpoints.Pending
	}
	all := []weight{
		{touchpoints.FirstTouch, m.FT}, {touchpoints.LeadCreation, m.LC},
		{touchpoints.OpportunityCreated, m.OC}, {closed, m.Closed},
	}
	for _, stage := range slices.Sorted(maps.Keys(m.Stages)) {
		all = append(all, weight{touchpoints.Position(stage), m.Stages[stage]})
	}
	return slices.DeleteFunc(all, func(w weight) bool { return w.credit == 0 })
}
