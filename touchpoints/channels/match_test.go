package channels_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/touchpoints/channels"
)

func click(name string) map[string]string { return map[string]string{name: "sample"} }

// TestDefaultRulesByKindOfVisit goes through the default sheet line by line.
func TestDefaultRulesByKindOfVisit(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		traffic conversion.Traffic
		path    string
	}{
		"Google's ads, by the click id":     {conversion.Traffic{ClickIDs: click("gclid")}, "Paid Search.AdWords"},
		"Google's ads, by utm":              {conversion.Traffic{Source: "google", Medium: "cpc"}, "Paid Search.AdWords"},
		"Google's ads, by an older word":    {conversion.Traffic{Source: "AdWords", Medium: "PPC"}, "Paid Search.AdWords"},
		"Google's ads, without a source":    {conversion.Traffic{Medium: "CPC", ClickIDs: click("gclid")}, "Paid Search.AdWords"},
		"Google's ads, with another source": {conversion.Traffic{Source: "spring", Medium: "cpc", ClickIDs: click("gclid")}, "Paid Search.AdWords"},
		"Bing's ads":                        {conversion.Traffic{ClickIDs: click("msclkid")}, "Paid Search.BingAds"},
		"Yahoo's ads":                       {conversion.Traffic{Source: "yahoo", Medium: "cpc"}, "Paid Search.Yahoo"},
		"DoubleClick":                       {conversion.Traffic{ClickIDs: click("dclid")}, "Display.DoubleClick"},
		"Google's banners":                  {conversion.Traffic{Source: "google", Medium: "display"}, "Display.AdWords"},
		"Facebook's ads":                    {conversion.Traffic{Source: "facebook", Medium: "paidsocial"}, "Paid Social.Facebook"},
		"LinkedIn's ads":                    {conversion.Traffic{Source: "linkedin", Medium: "paid-social"}, "Paid Social.LinkedIn"},
		"ads of another engine":             {conversion.Traffic{Source: "yandex", Medium: "cpc"}, "Paid Search.Other"},
		"ads of another network":            {conversion.Traffic{Source: "vk", Medium: "paidsocial"}, "Paid Social.Other"},
		"Google's results":                  {conversion.Traffic{Referrer: "https://www.google.com/"}, "Organic Search.Google"},
		"Bing's results":                    {conversion.Traffic{Referrer: "https://www.bing.com/search"}, "Organic Search.Bing"},
		"Yahoo's results":                   {conversion.Traffic{Referrer: "https://search.yahoo.com/"}, "Organic Search.Yahoo"},
		"other results":                     {conversion.Traffic{Referrer: "https://duckduckgo.com/"}, "Organic Search.Other"},
		"Facebook by the source":            {conversion.Traffic{Source: "Facebook"}, "Social.Facebook"},
		"Facebook by the medium":            {conversion.Traffic{Source: "spring", Medium: "facebook"}, "Social.Facebook"},
		"Facebook by the referrer":          {conversion.Traffic{Referrer: "https://l.facebook.com/"}, "Social.Facebook"},
		"LinkedIn by the referrer":          {conversion.Traffic{Referrer: "https://lnkd.in/x"}, "Social.LinkedIn"},
		"Twitter by the referrer":           {conversion.Traffic{Referrer: "https://t.co/x"}, "Social.Twitter"},
		"another network":                   {conversion.Traffic{Referrer: "https://vk.com/"}, "Social.Other"},
		"a banner":                          {conversion.Traffic{Source: "portal.example", Medium: "banner"}, "Display.Other"},
		"a newsletter":                      {conversion.Traffic{Source: "spring", Medium: "email"}, "Email"},
		"a partner":                         {conversion.Traffic{Source: "club", Medium: "affiliate"}, "Affiliates"},
		"a text message":                    {conversion.Traffic{Medium: "sms"}, "SMS"},
		"a link on another site":            {conversion.Traffic{Referrer: "https://blog.example.org/post"}, "Web Referral"},
		"a medium that no rule has":         {conversion.Traffic{Medium: "Left Message", Source: "Salesforce Task"}, "Other"},
		"a source that no rule has":         {conversion.Traffic{Source: "poster"}, "Other"},
		"a campaign that no rule has":       {conversion.Traffic{Campaign: "spring"}, "Other"},
		"nothing known":                     {conversion.Traffic{LandingPage: "https://shop.example.com/"}, "Direct"},
		"the site itself as the referrer":   {conversion.Traffic{Referrer: "https://shop.example.com/a", LandingPage: "https://shop.example.com/"}, "Direct"},
		"a channel that is carried over":    {conversion.Traffic{Channel: conversion.ChannelPaidSearch}, "Direct"},
		"texts that analytics tools write":  {conversion.Traffic{Source: "(direct)", Medium: "(none)"}, "Direct"},
		"paid before organic":               {conversion.Traffic{Referrer: "https://www.google.com/", ClickIDs: click("gclid")}, "Paid Search.AdWords"},
		"the source counts before referrer": {conversion.Traffic{Source: "linkedin", Referrer: "https://l.facebook.com/"}, "Social.LinkedIn"},
	} {
		require.Equal(t, tc.path, channels.Default().Match(tc.traffic).Path(), name)
	}
}

func TestWhichRuleDecided(t *testing.T) {
	t.Parallel()
	m := channels.Default().Match(conversion.Traffic{Source: "Facebook"})
	require.Equal(t, channels.Match{
		Channel: "Social", Subchannel: "Facebook", Row: 14, Cells: []channels.Hit{{Column: channels.Source, Value: "facebook"}},
	}, m)
	require.Equal(t, channels.Match{Channel: "Direct"}, channels.Default().Match(conversion.Traffic{}))
}

// TestHowConditionsAreCompared has a rule each, and visits that fit and do not.
func TestHowConditionsAreCompared(t *testing.T) {
	t.Parallel()
	page := conversion.Traffic{LandingPage: "https://www.shop.example.com/Spring/?utm_campaign=x", Campaign: "Spring Sale"}
	from := conversion.Traffic{Referrer: "https://news.portal.co.uk/today"}
	for name, tc := range map[string]struct {
		rule    channels.Rule
		traffic conversion.Traffic
		fits    bool
	}{
		"equal, whatever the case":              {channels.Rule{Campaign: "spring sale"}, page, true},
		"a part alone is not equal":             {channels.Rule{Campaign: "spring"}, page, false},
		"begins with":                           {channels.Rule{Campaign: "spring*"}, page, true},
		"does not begin with":                   {channels.Rule{Campaign: "sale*"}, page, false},
		"ends with":                             {channels.Rule{Campaign: "*sale"}, page, true},
		"does not end with":                     {channels.Rule{Campaign: "*spring"}, page, false},
		"contains":                              {channels.Rule{Campaign: "*ing sa*"}, page, true},
		"does not contain":                      {channels.Rule{Campaign: "*winter*"}, page, false},
		"a star in the middle":                  {channels.Rule{Campaign: "spr*ale"}, page, true},
		"beginning and end do not overlap":      {channels.Rule{Campaign: "spring sale*sale"}, page, false},
		"several stars in order":                {channels.Rule{Campaign: "*pr*sa*"}, page, true},
		"several stars out of order":            {channels.Rule{Campaign: "*sa*pr*"}, page, false},
		"one of several values":                 {channels.Rule{Campaign: "winter; SPRING SALE ;"}, page, true},
		"none of several values":                {channels.Rule{Campaign: "winter;autumn"}, page, false},
		"a star is any text":                    {channels.Rule{Campaign: "*"}, page, true},
		"a star is not the empty text":          {channels.Rule{Medium: "*"}, page, false},
		"all cells have to fit":                 {channels.Rule{Campaign: "*", Medium: "email"}, page, false},
		"no condition fits nothing":             {channels.Rule{}, page, false},
		"a page with its scheme":                {channels.Rule{LandingPage: "https://www.shop.example.com/spring/*"}, page, true},
		"a page without scheme and www":         {channels.Rule{LandingPage: "shop.example.com/spring/"}, page, true},
		"a page without the last slash":         {channels.Rule{LandingPage: "shop.example.com/spring"}, page, true},
		"a path":                                {channels.Rule{LandingPage: "/spring/"}, page, true},
		"a parameter":                           {channels.Rule{LandingPage: "*utm_campaign=x*"}, page, true},
		"another page":                          {channels.Rule{LandingPage: "shop.example.com"}, page, false},
		"a website without its ending":          {channels.Rule{ReferringWebsite: "portal"}, from, true},
		"a website's domain":                    {channels.Rule{ReferringWebsite: "portal.co.uk"}, from, true},
		"a website's host":                      {channels.Rule{ReferringWebsite: "news.portal.co.uk"}, from, true},
		"the ending alone is no website":        {channels.Rule{ReferringWebsite: "co.uk"}, from, false},
		"a part of a website":                   {channels.Rule{ReferringWebsite: "*port*"}, from, true},
		"one website of two, one of them built": {channels.Rule{ReferringWebsite: "[Facebook];portal"}, from, true},
	} {
		tc.rule.Channel = "Ours"
		sheet, err := channels.NewSheet([]channels.Rule{tc.rule})
		require.NoError(t, err, name)
		require.Equal(t, tc.fits, sheet.Match(tc.traffic).Row == 1, name)
	}
}

func TestFirstRuleThatFitsCounts(t *testing.T) {
	t.Parallel()
	first, second := channels.Rule{Channel: "First", Source: "*"}, channels.Rule{Channel: "Second", Source: "poster"}
	for want, rules := range map[string][]channels.Rule{"First": {first, second}, "Second": {second, first}} {
		sheet, err := channels.NewSheet(rules)
		require.NoError(t, err)
		require.Equal(t, want, sheet.Match(conversion.Traffic{Source: "poster"}).Path())
	}
}

func TestEveryBuiltInNameIsInTheDefaultSheet(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, r := range channels.Default().Rules() {
		used[r.ReferringWebsite] = true
	}
	for _, name := range channels.BuiltIns() {
		require.True(t, used[name], name)
	}
}
