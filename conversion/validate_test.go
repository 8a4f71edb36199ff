package conversion_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/internal/fault"
)

// labels makes this many different labels.
func labels(n int) []string {
	var all []string
	for i := range n {
		all = append(all, "label-"+strings.Repeat("i", i))
	}
	return all
}

// nested puts a comparison into groups until it is this deep.
func nested(depth int) conversion.Condition {
	c := leaf("medium", conversion.OpEquals, "cpc")
	for range depth - 1 {
		c = group(conversion.MatchAll, c)
	}
	return c
}

// wide makes a group of this many comparisons.
func wide(n int) conversion.Condition {
	return group(conversion.MatchAny, slices.Repeat([]conversion.Condition{nested(1)}, n)...)
}

func TestR4_ValidateMetrics(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		kind    conversion.Kind
		metrics []conversion.Metric
		want    []fault.Field
	}{
		"all five for calls": {conversion.KindCall, conversion.MetricsOf(conversion.KindCall), nil},
		"two for leads":      {conversion.KindLead, conversion.MetricsOf(conversion.KindLead), nil},
		"none":               {conversion.KindLead, nil, []fault.Field{{Path: "rules.metrics", Expected: fault.Expect("some_of").With("Choices", "all, unique")}}},
		"not one of leads": {conversion.KindLead, []conversion.Metric{"all", "target"},
			[]fault.Field{{Path: "rules.metrics[1]", Expected: fault.Expect("metric_of_leads").With("Choices", "all, unique")}}},
		"unknown": {conversion.KindCall, []conversion.Metric{"loyal"},
			[]fault.Field{{Path: "rules.metrics[0]", Expected: fault.Expect("metric_of_calls").With("Choices", "all, unique, target, unique_target, failed")}}},
		"twice": {conversion.KindCall, []conversion.Metric{"all", "unique", "all"},
			[]fault.Field{{Path: "rules.metrics[2]", Expected: fault.Expect("metric_once")}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tc.want, metrics(tc.metrics...).Validate(tc.kind, "rules"))
		})
	}
}

func TestR6_ValidateTags(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		filter conversion.TagFilter
		want   []fault.Field
	}{
		"no filter":       {conversion.TagFilter{}, nil},
		"all three":       {conversion.TagFilter{Any: []string{"sales"}, All: []string{"vip"}, None: []string{"spam"}}, nil},
		"as many as many": {conversion.TagFilter{Any: labels(50)}, nil},
		"too many":        {conversion.TagFilter{All: labels(51)}, []fault.Field{{Path: "calls.tags.all", Expected: fault.Expect("labels_at_most").Counting(50)}}},
		"empty":           {conversion.TagFilter{Any: []string{" "}}, []fault.Field{{Path: "calls.tags.any[0]", Expected: fault.Expect("label_not_empty")}}},
		"spaces around":   {conversion.TagFilter{None: []string{"a", " b"}}, []fault.Field{{Path: "calls.tags.none[1]", Expected: fault.Expect("label_trimmed")}}},
		"long enough":     {conversion.TagFilter{Any: []string{strings.Repeat("я", 100)}}, nil},
		"too long":        {conversion.TagFilter{Any: []string{strings.Repeat("я", 101)}}, []fault.Field{{Path: "calls.tags.any[0]", Expected: fault.Expect("label_at_most").Counting(100)}}},
		"any and none":    {conversion.TagFilter{Any: []string{"Sales"}, None: []string{"spam", "sales"}}, []fault.Field{{Path: "calls.tags.none[1]", Expected: fault.Expect("label_not_wanted")}}},
		"all and none":    {conversion.TagFilter{All: []string{"sales"}, None: []string{"sales"}}, []fault.Field{{Path: "calls.tags.none[0]", Expected: fault.Expect("label_not_wanted")}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rules := conversion.Rules{Metrics: []conversion.Metric{"all"}, Tags: tc.filter}
			require.Equal(t, tc.want, rules.Validate(conversion.KindCall, "calls"))
		})
	}
}

func TestR7_ValidateTraffic(t *testing.T) {
	t.Parallel()
	const fields = "one_of (Choices: source, medium, campaign, content, term, referrer, landing_page, page_url, city, region, country, device, channel, click_id)"
	const ops = "one_of (Choices: equals, not_equals, contains, not_contains, starts_with, ends_with, matches, is_empty, is_not_empty)"
	const channels = "one_of (Choices: paid_search, paid_social, display, organic_search, organic_social, email, referral, affiliate, sms, other, direct)"
	const either = "condition_form"
	good := nested(1)
	both := good
	both.Match = conversion.MatchAll
	for name, tc := range map[string]struct {
		condition conversion.Condition
		path      string // after calls.traffic
		expected  string // empty if valid
	}{
		"comparison":             {good, "", ""},
		"without values":         {leaf("city", conversion.OpIsEmpty), "", ""},
		"expression":             {leaf("city", conversion.OpMatches, `^r(iga|eval)$`), "", ""},
		"deep enough":            {nested(5), "", ""},
		"wide enough":            {wide(99), "", ""},
		"too deep":               {nested(6), strings.Repeat(".conditions[0]", 5), "nested_at_most (5)"},
		"too wide":               {wide(100), "", "conditions_at_most (100)"},
		"wide in all":            {group(conversion.MatchAll, wide(60), wide(60), wide(60)), "", "conditions_at_most (100)"},
		"nothing at all":         {conversion.Condition{}, "", either},
		"both at once":           {both, "", either},
		"inner nothing":          {group(conversion.MatchAll, good, conversion.Condition{}), ".conditions[1]", either},
		"unknown match":          {group("most", good), ".match", "one_of (Choices: all, any)"},
		"match left out":         {group("", good), ".match", "one_of (Choices: all, any)"},
		"group of nothing":       {group(conversion.MatchAny), ".conditions", "some_condition"},
		"unknown field":          {leaf("weather", conversion.OpEquals, "sun"), ".field", fields},
		"field left out":         {leaf("", conversion.OpEquals, "sun"), ".field", fields},
		"unknown operator":       {group(conversion.MatchAll, good, leaf("city", "near", "Riga")), ".conditions[1].operator", ops},
		"operator left out":      {leaf("city", "", "Riga"), ".operator", ops},
		"values missing":         {leaf("city", conversion.OpContains), ".values", "some_value"},
		"values too many":        {leaf("city", conversion.OpEquals, labels(101)...), ".values", "values_at_most (100)"},
		"values with is_empty":   {leaf("city", conversion.OpIsEmpty, "x"), ".values", "no_values (Operator: is_empty)"},
		"value empty":            {leaf("city", conversion.OpEquals, "Riga", " "), ".values[1]", "value_not_empty (Operator: is_empty)"},
		"value too long":         {leaf("city", conversion.OpEquals, strings.Repeat("я", 501)), ".values[0]", "characters_at_most (500)"},
		"channel":                {leaf("channel", conversion.OpNotEquals, "email", "Paid_Search"), "", ""},
		"part of a channel":      {leaf("channel", conversion.OpStartsWith, "paid"), "", ""},
		"unknown channel":        {leaf("channel", conversion.OpEquals, "email", "paid search"), ".values[1]", channels},
		"no unknown channel":     {leaf("channel", conversion.OpNotEquals, "organic"), ".values[0]", channels},
		"expression not closed":  {leaf("city", conversion.OpMatches, "riga", "(secret"), ".values[1]", "expression (Fault: missing closing ))"},
		"expression beyond RE2":  {leaf("city", conversion.OpMatches, "(?=x)"), ".values[0]", "expression (Fault: invalid or unsupported Perl syntax)"},
		"expression from inside": {leaf("city", conversion.OpMatches, "a)(b"), ".values[0]", "expression (Fault: unexpected ))"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			requireTrafficFault(t, tc.condition, tc.path, tc.expected)
		})
	}
}

// requireTrafficFault validates rules with this traffic filter: they have this
// one fault, at this path below the filter; an empty expected means none.
func requireTrafficFault(t *testing.T, condition conversion.Condition, path, expected string) {
	t.Helper()
	rules := conversion.Rules{Metrics: []conversion.Metric{"all"}, Traffic: &condition}
	found := rules.Validate(conversion.KindCall, "calls")
	if expected == "" {
		require.Empty(t, found)
		return
	}
	require.Len(t, found, 1)
	require.Equal(t, "calls.traffic"+path, found[0].Path)
	require.Equal(t, expected, found[0].Expected.String())
}

func TestValidateNamesEveryWrongField(t *testing.T) {
	t.Parallel()
	rules := conversion.Rules{Tags: conversion.TagFilter{Any: []string{""}}, Traffic: new(leaf("weather", "near"))}
	var paths []string
	for _, f := range rules.Validate(conversion.KindLead, "leads") {
		paths = append(paths, f.Path)
	}
	require.Equal(t, []string{"leads.metrics", "leads.tags.any[0]", "leads.traffic.field", "leads.traffic.operator"}, paths)
}
