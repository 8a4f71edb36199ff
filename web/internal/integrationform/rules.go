package integrationform

import (
	"ringback/conversion"
	"ringback/internal/fault"
	"ringback/web/internal/wire"
)

// RulesBody are the rules of one kind of conversion as the API speaks of them.
type RulesBody struct {
	Metrics []conversion.Metric `json:"metrics" doc:"The metrics, of which one must be met. Calls have all, unique, target, unique_target and failed; leads have all and unique. How long a target call talks at least is target_call_seconds of the site. Only all and unique can be known before the end of a call." example:"[\"target\"]"`
	Tags    tagsBody            `json:"tags,omitzero" doc:"Filter by tags. A call is then sent only after its end, and the tags that it had at its end count."`
	Traffic *wire.ConditionBody `json:"traffic,omitempty" doc:"Filter by the traffic of the visit that attribution picks. If it is left out, any traffic fits."`
}

type tagsBody struct {
	Any  []string `json:"any,omitempty" doc:"At least one of these." example:"[\"sales\"]"`
	All  []string `json:"all,omitempty" doc:"Every one of these."`
	None []string `json:"none,omitempty" doc:"Not one of these." example:"[\"spam\"]"`
}

// rules returns the rules, nil if the body is nil.
func (b *RulesBody) rules() *conversion.Rules {
	if b == nil {
		return nil
	}
	return &conversion.Rules{Metrics: b.Metrics, Tags: conversion.TagFilter(b.Tags), Traffic: b.Traffic.Condition()}
}

// ViewRules returns the body of rules, nil if there are none.
func ViewRules(r *conversion.Rules) *RulesBody {
	if r == nil {
		return nil
	}
	return &RulesBody{Metrics: r.Metrics, Tags: tagsBody(r.Tags), Traffic: wire.ViewCondition(r.Traffic)}
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
