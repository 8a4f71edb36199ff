package api

import (
	"github.com/danielgtaylor/huma/v2"

	"ringback/conversion"
	"ringback/internal/fault"
)

// rulesBody are the rules of one kind of conversion as the API speaks of them.
type rulesBody struct {
	Metrics []conversion.Metric `json:"metrics" doc:"The metrics, of which one must be met. Calls have all, unique, target, unique_target and failed; leads have all and unique. Only all and unique can be known before the end of a call." example:"[\"target\"]"`
	Tags    tagsBody            `json:"tags,omitzero" doc:"Filter by tags. A call is then sent only after its end, and the tags that it had at its end count."`
	Traffic *conditionBody      `json:"traffic,omitempty" doc:"Filter by the traffic of the visit that attribution picks. If it is left out, any traffic fits."`
}

type tagsBody struct {
	Any  []string `json:"any,omitempty" doc:"At least one of these." example:"[\"sales\"]"`
	All  []string `json:"all,omitempty" doc:"Every one of these."`
	None []string `json:"none,omitempty" doc:"Not one of these." example:"[\"spam\"]"`
}

// conditionBody is a comparison or a group of conditions, and so on downwards.
type conditionBody struct {
	Field    string              `json:"field,omitempty" doc:"In a comparison, the traffic field, such as source, medium or campaign." example:"medium"`
	Operator conversion.Operator `json:"operator,omitempty" doc:"In a comparison, one of equals, not_equals, contains, not_contains, starts_with, ends_with, matches (RE2), is_empty and is_not_empty. Upper and lower case make no difference." example:"equals"`
	Values   []string            `json:"values,omitempty" doc:"In a comparison, the values, of which one has to fit." example:"[\"cpc\"]"`

	Match      conversion.Match `json:"match,omitempty" doc:"In a group, whether all of its conditions must hold, or any of them." example:"all"`
	Conditions []conditionBody  `json:"conditions,omitempty" doc:"In a group, its conditions, which are comparisons and groups."`
}

// TransformSchema adds what the struct's tags cannot say: an example of a whole filter.
func (c conditionBody) TransformSchema(_ huma.Registry, schema *huma.Schema) *huma.Schema {
	schema.Description = "Either a comparison (field, operator, values) or a group (match, conditions). Groups nest up to five deep."
	return schema
}

func (b *rulesBody) rules() *conversion.Rules {
	if b == nil {
		return nil
	}
	return &conversion.Rules{Metrics: b.Metrics, Tags: conversion.TagFilter(b.Tags), Traffic: b.Traffic.condition()}
}

func (c *conditionBody) condition() *conversion.Condition {
	if c == nil {
		return nil
	}
	out := &conversion.Condition{Field: c.Field, Operator: c.Operator, Values: c.Values, Match: c.Match}
	for i := range c.Conditions {
		out.Conditions = append(out.Conditions, *c.Conditions[i].condition())
	}
	return out
}

func viewRules(r *conversion.Rules) *rulesBody {
	if r == nil {
		return nil
	}
	return &rulesBody{Metrics: r.Metrics, Tags: tagsBody(r.Tags), Traffic: viewCondition(r.Traffic)}
}

func viewCondition(c *conversion.Condition) *conditionBody {
	if c == nil {
		return nil
	}
	out := &conditionBody{Field: c.Field, Operator: c.Operator, Values: c.Values, Match: c.Match}
	for i := range c.Conditions {
		out.Conditions = append(out.Conditions, *viewCondition(&c.Conditions[i]))
	}
	return out
}

// wrongRules returns the fields of the rules for calls and leads that are invalid.
func wrongRules(calls, leads *conversion.Rules) []fault.Field {
	var fields []fault.Field
	if calls != nil {
		fields = append(fields, calls.Validate(conversion.KindCall, "calls")...)
	}
	if leads != nil {
		fields = append(fields, leads.Validate(conversion.KindLead, "leads")...)
	}
	return fields
}
