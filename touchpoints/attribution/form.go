package attribution

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ringback/internal/fault"
	"ringback/internal/limits"
	"ringback/internal/settings"
	"ringback/internal/texts"
	"ringback/touchpoints"
	"ringback/touchpoints/credit"
)

// The names of the options.
const (
	optionWindow     = "window_minutes"
	optionBasis      = "window_from"
	optionSkew       = "clock_skew_seconds"
	optionLaterCalls = "later_calls"
	optionMedium     = "medium_of"
	optionCallType   = "call_type"
	optionMapping    = "people_by"
	optionBoomerang  = "boomerang_stages"
)

// What the options may be.
const (
	maxWindow    = 24 * time.Hour
	maxSkew      = 10 * time.Minute
	maxCallType  = 16 // Marketo Measure cuts longer types (docs/facts/marketo-measure.md#touchpoints)
	maxBoomerang = 20
	maxStage     = 200 // characters of a stage's name
	maxGroups    = 50  // of conditions, in each of the two lists
	maxOfGroup   = 20  // conditions
	maxValue     = 2048
)

// Form returns the options, described for owners.
func Form() settings.Form {
	return settings.Form{Options: []settings.Field{
		{Name: optionWindow, Default: "30", Description: "How many minutes after a visit a call still belongs to it, from 1 to 1440."},
		{Name: optionBasis, Default: string(touchpoints.FromLastActivity), Choices: []string{string(touchpoints.FromLastActivity), string(touchpoints.FromStart)},
			Description: "From when these minutes are counted: the last page view or form of the visit, or its start."},
		{Name: optionSkew, Default: "0", Description: "How many seconds before the start of a visit a call may begin and still belong to it, from 0 to 600. Raise it if the clock of your source of calls is slow."},
		{Name: optionLaterCalls, Default: string(touchpoints.LaterCallsAbsorbed), Choices: []string{string(touchpoints.LaterCallsAbsorbed), string(touchpoints.LaterCallsSeparate)},
			Description: "What becomes of a call during a visit that had an earlier form or call: it counts as part of that touchpoint, or it has a touchpoint of its own."},
		{Name: optionMedium, Default: string(touchpoints.MediumOfTask), Choices: []string{string(touchpoints.MediumOfTask), string(touchpoints.MediumOfSession)},
			Description: "Which medium a call shows that belongs to a visit: the type of its Task, or the medium of the visit. The channel is that of the visit in either case."},
		{Name: optionCallType, Default: DefaultCallType, Description: "The type of calls that have no Task in Salesforce, at most 16 characters."},
		{Name: optionMapping, Default: string(touchpoints.ByAccount), Choices: []string{string(touchpoints.ByAccount), string(touchpoints.ByRoles), string(touchpoints.ByPrimaryRole)},
			Description: "Whose touchpoints count for an opportunity: those of everybody at its account, of its contacts, or of its primary contact. Without an account, its contacts count."},
		{Name: optionBoomerang, Description: "Stages that an opportunity may enter more than once, and of which each entry has a position, as in MQL-01 and MQL-02. Separate them with semicolons. Of other stages the last entry has one."},
	}}
}

// Choices are what an owner fills in. The channel sheet is filled in by itself.
type Choices struct {
	Options    map[string]string
	Exclusions touchpoints.Exclusions
	Custom     *credit.Model // nil if the owner has no model; its name is ignored
}

// Choices returns what an owner would have to fill in to get these rules.
func (r Rules) Choices() Choices {
	r = r.complete()
	return Choices{
		Options: map[string]string{
			optionWindow: strconv.FormatInt(r.WindowSeconds/60, 10), optionSkew: strconv.FormatInt(r.SkewSeconds, 10),
			optionBasis: string(r.Basis), optionLaterCalls: string(r.LaterCalls), optionMedium: string(r.MediumOf),
			optionCallType: r.CallType, optionMapping: string(r.Mapping), optionBoomerang: strings.Join(r.Boomerang, "; "),
		},
		Exclusions: r.Exclusions, Custom: r.Custom,
	}
}

// Choose replaces what an owner fills in. The error is a fault that names everything that
// cannot be used; the rules are as before then.
func (r *Rules) Choose(c Choices) error {
	form, values := Form(), settings.Values{Options: c.Options}
	problems := form.Check(values)
	chosen := *r
	read := reader{form: form, values: values}
	chosen.WindowSeconds = 60 * read.number(optionWindow, 1, int64(maxWindow/time.Minute))
	chosen.SkewSeconds = read.number(optionSkew, 0, int64(maxSkew/time.Second))
	chosen.CallType = read.text(optionCallType, maxCallType)
	chosen.Boomerang = read.stages(optionBoomerang)
	chosen.Basis = touchpoints.Basis(form.Option(values, optionBasis))
	chosen.LaterCalls = touchpoints.LaterCalls(form.Option(values, optionLaterCalls))
	chosen.MediumOf = touchpoints.MediumOf(form.Option(values, optionMedium))
	chosen.Mapping = touchpoints.Mapping(form.Option(values, optionMapping))
	problems = append(problems, read.problems...)
	problems = append(problems, exclusionProblems(c.Exclusions)...)
	chosen.Exclusions, chosen.Custom = c.Exclusions, nil
	if c.Custom != nil {
		custom, err := credit.Custom(*c.Custom)
		problems = append(problems, under("custom_model", err)...)
		chosen.Custom = &custom
	}
	if len(problems) > 0 {
		return fault.InvalidFields(problems...)
	}
	*r = chosen
	return nil
}

// exclusionProblems returns what is wrong with rules that leave touchpoints out.
func exclusionProblems(e touchpoints.Exclusions) []fault.Field {
	problems := under("exclusions", e.Validate())
	problems = append(problems, largeGroups("exclusions.removed", e.Removed)...)
	return append(problems, largeGroups("exclusions.suppressed", e.Suppressed)...)
}

// largeGroups returns what there is too much of.
func largeGroups(path string, groups []touchpoints.Group) []fault.Field {
	var problems []fault.Field
	if len(groups) > maxGroups {
		problems = append(problems, wrong(path, fault.Expect("groups_at_most").Counting(maxGroups)))
	}
	for i, group := range groups {
		at := fmt.Sprintf("%s[%d]", path, i)
		if len(group) > maxOfGroup {
			problems = append(problems, wrong(at, fault.Expect("group_at_most").Counting(maxOfGroup)))
		}
		for n, c := range group {
			if limits.Exceeds(c.Value, maxValue) {
				problems = append(problems, wrong(fmt.Sprintf("%s[%d].value", at, n), fault.Expect("characters_at_most").Counting(maxValue)))
			}
		}
	}
	return problems
}

// under returns the fields of a fault below a field.
func under(field string, err error) []fault.Field {
	var found *fault.Error
	if !errors.As(err, &found) {
		return nil
	}
	fields := slices.Clone(found.Fields)
	for i := range fields {
		fields[i].Path = field + "." + fields[i].Path
	}
	return fields
}

func wrong(path string, expected fault.Expectation) fault.Field {
	return fault.Field{Path: path, Expected: expected}
}

// reader reads options and keeps what is wrong with them.
type reader struct {
	form     settings.Form
	values   settings.Values
	problems []fault.Field
}

func (r *reader) refuse(name string, expected fault.Expectation) {
	r.problems = append(r.problems, wrong("options."+name, expected))
}

func (r *reader) number(name string, least, most int64) int64 {
	n, err := strconv.ParseInt(r.form.Option(r.values, name), 10, 64)
	if err != nil || n < least || n > most {
		r.refuse(name, fault.Expect("whole_number").With("Least", strconv.FormatInt(least, 10)).With("Most", strconv.FormatInt(most, 10)))
		return 0
	}
	return n
}

func (r *reader) text(name string, most int) string {
	text := texts.Line(r.form.Option(r.values, name))
	if limits.Exceeds(text, most) {
		r.refuse(name, fault.Expect("characters_at_most").Counting(most))
	}
	return text
}

func (r *reader) stages(name string) []string {
	var stages []string
	for stage := range strings.SplitSeq(r.form.Option(r.values, name), ";") {
		stage = texts.Line(stage)
		switch {
		case stage == "" || slices.Contains(stages, stage):
		case limits.Exceeds(stage, maxStage) || !touchpoints.IsStageName(stage):
			r.refuse(name, fault.Expect("stage_names").Counting(maxStage))
			return nil
		default:
			stages = append(stages, stage)
		}
	}
	if len(stages) > maxBoomerang {
		r.refuse(name, fault.Expect("stages_at_most").Counting(maxBoomerang))
	}
	return stages
}
