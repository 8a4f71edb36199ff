package api

import (
	"github.com/danielgtaylor/huma/v2"

	"ringback/conversion"
	"ringback/internal/fault"
)

// rulesBody are the rules of one kind of conversion as the API speaks of them.
type rulesBody struct {
	Metrics []conversion.Metric `json:"metrics" doc:"Alternatives: one of them must hold. Calls: all, unique, target, unique_target, failed. Leads: all, unique. Anything but all and unique is known only after the end of a call." example:"[\"target\"]"`
	Tags    tagsBody            `json:"tags,omitzero" doc:"Filter by tags. With it a call is sent only after its end, judged by the tags it had then."`
	Traffic *conditionBody      `json:"traffic,omitempty" doc:"Filter by the traffic of the visit that attribution picks. Left out: any traffic."`
}

type tagsBody struct {
	Any  []string `json:"any,omitempty" doc:"At least one of these." example:"[\"sales\"]"`
	All  []string `json:"all,omitempty" doc:"Every one of these."`
	None []string `json:"none,omitempty" doc:"Not one of these." example:"[\"spam\"]"`
}

// conditionBody is a comparison or a group of conditions, and so on downwards.
type conditionBody struct {
	Field    string              `json:"field,omitempty" doc:"Comparison: the traffic field, such as source, medium, campaign." example:"medium"`
	Operator conversion.Operator `json:"operator,omitempty" doc:"Comparison: equals, not_equals, contains, not_contains, starts_with, ends_with, matches (RE2), is_empty or is_not_empty. Text compares without case." example:"equals"`
	Values   []string            `json:"values,omitempty" doc:"Comparison: alternatives." example:"[\"cpc\"]"`

	Match      conversion.Match `json:"match,omitempty" doc:"Group: all or any of its conditions." example:"all"`
	Conditions []conditionBody  `json:"conditions,omitempty" doc:"Group: comparisons and groups."`
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
