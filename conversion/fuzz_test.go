package conversion_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
)

// FuzzCondition holds that no traffic filter that an owner can send makes
// validation or a decision fail, and that one that passes validation is
// evaluated: negating every operator's meaning is seen in the verdict.
func FuzzCondition(f *testing.F) {
	for _, seed := range []string{
		`{"field":"medium","operator":"equals","values":["cpc"]}`,
		`{"field":"source","operator":"not_equals","values":["(direct)","bing"]}`,
		`{"field":"term","operator":"matches","values":["^plumb(er|ing)$"]}`,
		`{"field":"term","operator":"matches","values":["("]}`,
		`{"field":"click_id","operator":"is_not_empty"}`,
		`{"match":"all","conditions":[{"field":"city","operator":"contains","values":["ri"]},{"match":"any","conditions":[{"field":"device","operator":"is_empty"}]}]}`,
		`{"match":"any","conditions":[]}`,
		`{"match":"most","field":"weather","operator":"near","conditions":[{}]}`,
		`{}`, `null`, `[]`, `{"field":"\u0000","operator":"starts_with","values":[""]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var c conversion.Condition
		if json.Unmarshal(body, &c) != nil {
			return
		}
		rules := conversion.Rules{Metrics: []conversion.Metric{conversion.MetricAll}, Traffic: &c}
		valid := len(rules.Validate(conversion.KindCall, "calls")) == 0
		criteria := asking(rules)
		d := conversion.Judge(criteria, visited(answered(45), adVisit))
		require.Equal(t, d, conversion.Judge(criteria, visited(answered(45), adVisit)))
		require.NotEmpty(t, d.Checks)
		if !valid {
			return
		}
		if opposite, ok := negation[c.Operator]; ok {
			c.Operator = opposite
			require.NotEqual(t, d.Verdict, conversion.Judge(criteria, visited(answered(45), adVisit)).Verdict)
		}
	})
}

// negation pairs the operators that are each other's opposite.
var negation = map[conversion.Operator]conversion.Operator{
	conversion.OpEquals: conversion.OpNotEquals, conversion.OpNotEquals: conversion.OpEquals,
	conversion.OpContains: conversion.OpNotContains, conversion.OpNotContains: conversion.OpContains,
	conversion.OpIsEmpty: conversion.OpIsNotEmpty, conversion.OpIsNotEmpty: conversion.OpIsEmpty,
}
