package conversion_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
)

// onTraffic judges a call of this visit by one traffic filter.
func onTraffic(c conversion.Condition, t conversion.Traffic) conversion.Decision {
	criteria := asking(metrics(conversion.MetricAll))
	criteria.Rules.Traffic = &c
	return conversion.Judge(criteria, visited(answered(45), t))
}

var adVisit = conversion.Traffic{
	Source: "Google", Medium: "CPC", Campaign: "Весна Sale", Content: "banner-2", Term: "plumber near me",
	Referrer: "https://www.google.com/", LandingPage: "https://example.com/offer?utm_source=google",
	PageURL: "https://example.com/contact", City: "Riga", Region: "(not set)", Country: "LV", Device: "mobile",
	ClickIDs: map[string]string{"gclid": "g-1", "yclid": ""},
}

func TestR7_Operators(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		condition conversion.Condition
		holds     bool
	}{
		"equals, without case":                 {leaf("medium", conversion.OpEquals, "cpc"), true},
		"equals, values are alternatives":      {leaf("medium", conversion.OpEquals, "email", "cpc"), true},
		"equals, the whole text":               {leaf("medium", conversion.OpEquals, "cp"), false},
		"equals nothing, as analytics write":   {leaf("region", conversion.OpEquals, "(not set)"), true},
		"not equals":                           {leaf("medium", conversion.OpNotEquals, "email"), true},
		"not equals, when no value fits":       {leaf("medium", conversion.OpNotEquals, "email", "cpc"), false},
		"not equals holds for an empty field":  {leaf("region", conversion.OpNotEquals, "Riga"), true},
		"contains, Cyrillic without case":      {leaf("campaign", conversion.OpContains, "ВЕСНА"), true},
		"contains, not there":                  {leaf("campaign", conversion.OpContains, "autumn"), false},
		"not contains":                         {leaf("campaign", conversion.OpNotContains, "autumn"), true},
		"not contains, there":                  {leaf("campaign", conversion.OpNotContains, "autumn", "SALE"), false},
		"starts with":                          {leaf("landing_page", conversion.OpStartsWith, "https://EXAMPLE.com/offer"), true},
		"starts with, elsewhere":               {leaf("landing_page", conversion.OpStartsWith, "offer"), false},
		"ends with":                            {leaf("page_url", conversion.OpEndsWith, "/Contact"), true},
		"ends with, elsewhere":                 {leaf("page_url", conversion.OpEndsWith, "example"), false},
		"matches, anywhere and without case":   {leaf("term", conversion.OpMatches, `NEAR\s+me$`), true},
		"matches, anchored":                    {leaf("term", conversion.OpMatches, `^near`), false},
		"matches, one of":                      {leaf("term", conversion.OpMatches, `^near`, `^plumber`), true},
		"matches, what does not compile":       {leaf("term", conversion.OpMatches, `(`), false},
		"is empty":                             {leaf("region", conversion.OpIsEmpty), true},
		"is empty, it is not":                  {leaf("city", conversion.OpIsEmpty), false},
		"is not empty":                         {leaf("city", conversion.OpIsNotEmpty), true},
		"is not empty, it is":                  {leaf("region", conversion.OpIsNotEmpty), false},
		"click id, by name":                    {leaf("click_id", conversion.OpEquals, "GCLID"), true},
		"click id, one without a value":        {leaf("click_id", conversion.OpEquals, "yclid"), false},
		"click id, none of":                    {leaf("click_id", conversion.OpNotEquals, "gclid"), false},
		"click id, any at all":                 {leaf("click_id", conversion.OpIsNotEmpty), true},
		"a field that does not exist":          {leaf("weather", conversion.OpIsEmpty), false},
		"an operator that does not exist":      {leaf("city", "is_near", "Riga"), false},
		"no values, though negated":            {leaf("city", conversion.OpNotEquals), false},
		"group: all":                           {group(conversion.MatchAll, leaf("medium", conversion.OpEquals, "cpc"), leaf("city", conversion.OpEquals, "riga")), true},
		"group: not all":                       {group(conversion.MatchAll, leaf("medium", conversion.OpEquals, "cpc"), leaf("city", conversion.OpEquals, "oslo")), false},
		"group: any":                           {group(conversion.MatchAny, leaf("medium", conversion.OpEquals, "email"), leaf("city", conversion.OpEquals, "riga")), true},
		"group: not any":                       {group(conversion.MatchAny, leaf("medium", conversion.OpEquals, "email"), leaf("city", conversion.OpEquals, "oslo")), false},
		"group: of nothing":                    {group(conversion.MatchAll), false},
		"group: a match that does not exist":   {group("most", leaf("medium", conversion.OpEquals, "cpc")), false},
		"group of groups":                      {group(conversion.MatchAll, group(conversion.MatchAny, leaf("source", conversion.OpEquals, "bing", "google"))), true},
		"group of groups, the inner one fails": {group(conversion.MatchAll, leaf("medium", conversion.OpEquals, "cpc"), group(conversion.MatchAny, leaf("source", conversion.OpEquals, "bing"))), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := onTraffic(tc.condition, adVisit)
			require.Equal(t, tc.holds, d.Verdict == conversion.Send)
			if !tc.holds {
				require.Equal(t, conversion.ReasonTraffic, d.Reason)
			}
		})
	}
}

func TestR7_EveryFieldIsRead(t *testing.T) {
	t.Parallel()
	values := map[string]string{
		"source": "google", "medium": "cpc", "campaign": "весна sale", "content": "banner-2", "term": "plumber near me",
		"referrer": "https://www.google.com/", "landing_page": "https://example.com/offer?utm_source=google",
		"page_url": "https://example.com/contact", "city": "riga", "region": "(none)", "country": "lv", "device": "mobile",
		"channel": "paid_search", "click_id": "gclid",
	}
	require.Len(t, values, len(conversion.TrafficFields))
	for _, field := range conversion.TrafficFields {
		require.Contains(t, values, field.Name)
		require.NotEmpty(t, field.Meaning)
		d := onTraffic(leaf(field.Name, conversion.OpEquals, values[field.Name]), adVisit)
		require.Equal(t, conversion.Send, d.Verdict, field.Name)
		d = onTraffic(leaf(field.Name, conversion.OpEquals, "something else"), adVisit)
		require.Equal(t, conversion.Skip, d.Verdict, field.Name)
	}
}

func TestR7_WithoutAVisitEveryFieldIsEmpty(t *testing.T) {
	t.Parallel()
	criteria := asking(metrics(conversion.MetricAll))
	criteria.Rules.Traffic = new(leaf("medium", conversion.OpEquals, "cpc"))
	d := conversion.Judge(criteria, answered(45))
	require.Equal(t, conversion.ReasonTraffic, d.Reason)
	require.Nil(t, d.Visit)
	require.Equal(t, []conversion.Note{{Code: conversion.NoteNoVisit}}, check(d, conversion.CheckTraffic).Notes)
	for _, field := range conversion.TrafficFields {
		criteria.Rules.Traffic = new(leaf(field.Name, conversion.OpIsEmpty))
		require.Equal(t, conversion.Send, conversion.Judge(criteria, answered(45)).Verdict, field.Name)
	}
}

func TestR7_CheckNamesWhatDidNotHold(t *testing.T) {
	t.Parallel()
	d := onTraffic(group(conversion.MatchAll,
		leaf("medium", conversion.OpEquals, "cpc"),
		group(conversion.MatchAny, leaf("source", conversion.OpEquals, "bing"), leaf("click_id", conversion.OpIsEmpty)),
	), adVisit)
	c := check(d, conversion.CheckTraffic)
	require.Equal(t, []conversion.FieldSeen{
		{Field: "medium", Values: []string{"CPC"}}, {Field: "source", Values: []string{"Google"}}, {Field: "click_id", Values: []string{"gclid"}},
	}, c.Seen.Fields)
	require.Equal(t, []conversion.Condition{
		leaf("source", conversion.OpEquals, "bing"), leaf("click_id", conversion.OpIsEmpty),
	}, c.Seen.Unmet)
	at := started.Add(-time.Hour)
	require.Equal(t, []conversion.Note{{Code: conversion.NoteVisit, At: &at, Model: conversion.LastNonDirect}}, c.Notes)
}

func TestR7_ChannelIsDerivedFromTrafficUnlessItIsGiven(t *testing.T) {
	t.Parallel()
	require.Equal(t, conversion.Send, onTraffic(leaf("channel", conversion.OpEquals, "Paid_Search"), adVisit).Verdict)
	require.Equal(t, conversion.Send, onTraffic(leaf("channel", conversion.OpEquals, "direct"), conversion.Traffic{}).Verdict)
	given := adVisit
	given.Channel = "affiliate"
	require.Equal(t, conversion.Send, onTraffic(leaf("channel", conversion.OpEquals, "affiliate"), given).Verdict)
	require.Equal(t, conversion.Skip, onTraffic(leaf("channel", conversion.OpEquals, "paid_search"), given).Verdict)
}

func TestM10_WhoIsShownANumber(t *testing.T) {
	t.Parallel()
	var everybody *conversion.Condition
	require.True(t, everybody.Holds(conversion.Traffic{}), "no condition: everybody")
	paid := leaf("channel", conversion.OpEquals, "paid_search")
	require.True(t, paid.Holds(conversion.Traffic{Channel: "paid_search"}))
	require.False(t, paid.Holds(conversion.Traffic{Channel: "direct"}))
	both := group(conversion.MatchAll, paid, leaf("campaign", conversion.OpContains, "spring"))
	require.True(t, both.Holds(conversion.Traffic{Channel: "paid_search", Campaign: "Spring sale"}))
	require.False(t, both.Holds(conversion.Traffic{Channel: "paid_search", Campaign: "autumn"}))
}
