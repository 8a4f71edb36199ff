package revenue

import (
	"cmp"
	"slices"
	"strings"

	"ringback/reports"
	"ringback/touchpoints/credit"
)

// Value is the sum of a figure in one currency. Counts by model are in hundredths of a
// percent of a lead or an opportunity, money is in minor units.
type Value struct {
	Key      string
	Day      string // of sums by day, as "2026-05-04", otherwise empty
	Figure   reports.CreditID
	Currency string // empty if the figure is no money, or if the currency is not known
	Units    int64  // what no model divides
	Models   `gorm:"embedded"`
}

// Models are values by attribution model.
type Models struct{ FirstTouch, LeadCreation, UShaped, WShaped, FullPath, Custom int64 }

// Of returns the value by a model, or the one that no model divides if model is empty.
func (v *Value) Of(model string) int64 { return *v.column(model) }

// column returns where the value of a column is.
func (v *Value) column(name string) *int64 {
	switch name {
	case credit.FirstTouch:
		return &v.FirstTouch
	case credit.LeadCreation:
		return &v.LeadCreation
	case credit.UShaped:
		return &v.UShaped
	case credit.WShaped:
		return &v.WShaped
	case credit.FullPath:
		return &v.FullPath
	case credit.CustomName:
		return &v.Custom
	default:
		return &v.Units
	}
}

// KeyValues returns the values that a key consists of.
func KeyValues(key string) []string { return strings.Split(key, separator) }

// compare orders values by what they are of. It is zero if they belong to the same sum.
func (v *Value) compare(other *Value) int {
	if by := strings.Compare(v.Day, other.Day); by != 0 {
		return by
	}
	if by := strings.Compare(v.Key, other.Key); by != 0 {
		return by
	}
	return cmp.Or(cmp.Compare(v.Figure, other.Figure), strings.Compare(v.Currency, other.Currency))
}

func (v *Value) add(other *Value) {
	v.Units += other.Units
	v.FirstTouch += other.FirstTouch
	v.LeadCreation += other.LeadCreation
	v.UShaped += other.UShaped
	v.WShaped += other.WShaped
	v.FullPath += other.FullPath
	v.Custom += other.Custom
}

func (v *Value) isZero() bool { return v.Units == 0 && v.Models == Models{} }

// addUp adds up the values that belong to the same sum, leaves out sums that are zero, and
// returns the others in their order. It changes the values.
func addUp(values []Value) []Value {
	slices.SortFunc(values, func(a, b Value) int { return a.compare(&b) })
	sums := values[:0]
	for i := range values {
		if last := len(sums) - 1; last >= 0 && sums[last].compare(&values[i]) == 0 {
			sums[last].add(&values[i])
		} else {
			sums = append(sums, values[i])
		}
	}
	return slices.DeleteFunc(sums, func(v Value) bool { return v.isZero() })
}

// Total adds up the days of an answer by day. The result has one value for each key, figure
// and currency.
func (a Answer) Total() Answer {
	a.Values = slices.Clone(a.Values)
	for i := range a.Values {
		a.Values[i].Day = ""
	}
	a.Values = addUp(a.Values)
	return a
}
