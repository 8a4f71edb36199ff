package conversiontest

import "ringback/conversion"

// Site returns the rules of the sample site.
func Site() conversion.SiteRules {
	return conversion.SiteRules{TargetCallSeconds: 30, UniquenessDays: 30, LookbackDays: 90}
}

// Asking returns the criteria of an integration that is switched on and has these rules.
func Asking(rules conversion.Rules) conversion.Criteria {
	return conversion.Criteria{Enabled: true, Rules: &rules, Model: conversion.LastNonDirect, Site: Site()}
}

// Metrics returns rules that ask for these metrics only.
func Metrics(m ...conversion.Metric) conversion.Rules { return conversion.Rules{Metrics: m} }

// Comparison returns a condition on one field.
func Comparison(field string, op conversion.Operator, values ...string) conversion.Condition {
	return conversion.Condition{Field: field, Operator: op, Values: values}
}

// Group combines conditions.
func Group(match conversion.Match, parts ...conversion.Condition) conversion.Condition {
	return conversion.Condition{Match: match, Conditions: parts}
}
