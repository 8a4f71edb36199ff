package wire

import (
	"github.com/danielgtaylor/huma/v2"

	"ringback/conversion"
)

// ConditionBody is a comparison or a group of conditions, and so on downwards.
type ConditionBody struct {
	Field    string              `json:"field,omitempty" doc:"In a comparison, the traffic field, such as source, medium or campaign." example:"medium"`
	Operator conversion.Operator `json:"operator,omitempty" doc:"In a comparison, one of equals, not_equals, contains, not_contains, starts_with, ends_with, matches (RE2), is_empty and is_not_empty. Upper and lower case make no difference." example:"equals"`
	Values   []string            `json:"values,omitempty" doc:"In a comparison, the values, of which one has to fit." example:"[\"cpc\"]"`

	Match      conversion.Match `json:"match,omitempty" doc:"In a group, whether all of its conditions must hold, or any of them." example:"all"`
	Conditions []ConditionBody  `json:"conditions,omitempty" doc:"In a group, its conditions, which are comparisons and groups."`
}

// TransformSchema adds what the struct's tags cannot say: an example of a whole filter.
func (c ConditionBody) TransformSchema(_ huma.Registry, schema *huma.Schema) *huma.Schema {
	schema.Description = "Either a comparison (field, operator, values) or a group (match, conditions). Groups nest up to five deep."
	return schema
}

// Condition returns the condition, or nil if the body is nil.
func (c *ConditionBody) Condition() *conversion.Condition {
	if c == nil {
		return nil
	}
	out := &conversion.Condition{Field: c.Field, Operator: c.Operator, Values: c.Values, Match: c.Match}
	for i := range c.Conditions {
		out.Conditions = append(out.Conditions, *c.Conditions[i].Condition())
	}
	return out
}

// ViewCondition returns the body of a condition, or nil if the condition is nil.
func ViewCondition(c *conversion.Condition) *ConditionBody {
	if c == nil {
		return nil
	}
	out := &ConditionBody{Field: c.Field, Operator: c.Operator, Values: c.Values, Match: c.Match}
	for i := range c.Conditions {
		out.Conditions = append(out.Conditions, *ViewCondition(&c.Conditions[i]))
	}
	return out
}
