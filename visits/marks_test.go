package visits_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/visits"
)

func TestM3_ClickIDsAndMarksOfMorePlatforms(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]conversion.Traffic{
		"?igsh=MzRlODBiNWFlZA==": {Source: "instagram", Medium: "social", Channel: conversion.ChannelOrganicSocial, ClickIDs: map[string]string{"igsh": "MzRlODBiNWFlZA=="}},
		"?tblci=GiA1":            {Source: "taboola", Medium: "native", Channel: conversion.ChannelDisplay, ClickIDs: map[string]string{"tblci": "GiA1"}},
		"?dicbo=v2-abc":          {Source: "outbrain", Medium: "native", Channel: conversion.ChannelDisplay, ClickIDs: map[string]string{"dicbo": "v2-abc"}},
		"?cjevent=abc":           {Source: "cj", Medium: "affiliate", Channel: conversion.ChannelAffiliate, ClickIDs: map[string]string{"cjevent": "abc"}},
		"?ranSiteID=a.b-c":       {Source: "rakuten", Medium: "affiliate", Channel: conversion.ChannelAffiliate, ClickIDs: map[string]string{"ranSiteID": "a.b-c"}},
		"?qclid=abc":             {Source: "quora", Medium: "paid_social", Channel: conversion.ChannelPaidSocial, ClickIDs: map[string]string{"qclid": "abc"}},
		"?sznclid=abc":           {Source: "seznam", Medium: "cpc", Channel: conversion.ChannelPaidSearch, ClickIDs: map[string]string{"sznclid": "abc"}},
		"?ymclid=123":            {Source: "yandex", Medium: "cpc", Channel: conversion.ChannelPaidSearch, ClickIDs: map[string]string{"ymclid": "123"}},
		"?mc_cid=1a2b&mc_eid=3":  {Source: "mailchimp", Medium: "email", Channel: conversion.ChannelEmail},
		"?_hsenc=abc&_hsmi=1":    {Source: "hubspot", Medium: "email", Channel: conversion.ChannelEmail},
		"?mc_cid=1&gclid=g-1":    {Source: "google", Medium: "cpc", Channel: conversion.ChannelPaidSearch, ClickIDs: map[string]string{"gclid": "g-1"}},
		"?utm_source=a&mc_cid=1": {Source: "a", Channel: conversion.ChannelOther},
		"?gad_source=1&mc_cid=1": {Source: "google", Medium: "cpc", Channel: conversion.ChannelPaidSearch},
	} {
		got, arrived := visits.Arrive(visits.Hit{Kind: visits.Navigate, URL: page + query}, rules)
		require.True(t, arrived, query)
		require.Equal(t, want, conversion.Traffic{Source: got.Source, Medium: got.Medium, Channel: got.Channel, ClickIDs: got.ClickIDs}, query)
	}
	for referrer, source := range map[string]string{"https://bsky.app/": "bluesky", "https://go.bsky.app/redirect": "bluesky", "https://mastodon.social/": "mastodon", "https://nextdoor.com/": "nextdoor", "https://www.quora.com/": "quora"} {
		arrivesAs(t, page, referrer, source, conversion.ChannelOrganicSocial)
	}
	arrivesAs(t, page, "https://lens.google.com/", "google", conversion.ChannelOrganicSearch)
}
