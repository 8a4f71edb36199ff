package visits_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/visits"
)

func TestR7_WhereAVisitCameFrom(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("я", 501)
	for name, tc := range map[string]struct {
		url, referrer string
		want          conversion.Traffic // landing page and page left out
	}{
		"campaign words": {page + "?utm_source=leaflet&utm_medium=qr&utm_campaign=Spring+Sale&utm_content=a%2Fb&utm_term=%D0%BE%D0%BA%D0%BD%D0%B0", "",
			conversion.Traffic{Source: "leaflet", Medium: "qr", Campaign: "Spring Sale", Content: "a/b", Term: "окна", Channel: "other"}},
		"names in capitals": {page + "?UTM_Source=newsletter&Utm_Medium=email", "",
			conversion.Traffic{Source: "newsletter", Medium: "email", Channel: "email"}},
		"after the #": {page + "#utm_source=vk&utm_medium=cpc", "",
			conversion.Traffic{Source: "vk", Medium: "cpc", Channel: "paid_social"}},
		"after the # of an application": {page + "?a=1#/page?utm_source=vk&utm_medium=cpc", "",
			conversion.Traffic{Source: "vk", Medium: "cpc", Channel: "paid_social"}},
		"the first of a name counts": {page + "?utm_source=&utm_source=a&utm_source=b#utm_source=c", "",
			conversion.Traffic{Source: "a", Channel: "other"}},
		"an address that is not well encoded": {page + "?utm_campaign=100%&utm_source=%zz%D0", "",
			conversion.Traffic{Source: "%zz%D0", Campaign: "100%", Channel: "other"}},
		"control characters are left out": {page + "?utm_source=a%00b%1B", "", conversion.Traffic{Source: "ab", Channel: "other"}},
		"words are cut":                   {page + "?utm_source=" + long, "", conversion.Traffic{Source: strings.TrimSuffix(long, "я"), Channel: "other"}},
		"(direct) is no word":             {page + "?utm_source=(direct)&utm_medium=(none)", "", conversion.Traffic{Channel: "direct"}},
		"click ids": {page + "?GCLID=g-1&wbraid=w-1&x=1", "",
			conversion.Traffic{Source: "google", Medium: "cpc", Channel: "paid_search", ClickIDs: map[string]string{"gclid": "g-1", "wbraid": "w-1"}}},
		"a click id whose name has capitals": {page + "?ScCid=s-1", "",
			conversion.Traffic{Source: "snapchat", Medium: "paid_social", Channel: "paid_social", ClickIDs: map[string]string{"ScCid": "s-1"}}},
		"a click id that is too long is none": {page + "?gclid=" + strings.Repeat("g", 501), "", conversion.Traffic{Channel: "direct"}},
		"yclid":                               {page + "?yclid=12345", "https://yandex.ru/", conversion.Traffic{Source: "yandex", Medium: "cpc", Channel: "paid_search", Referrer: "https://yandex.ru/", ClickIDs: map[string]string{"yclid": "12345"}}},
		"msclkid":                             {page + "?msclkid=m", "", conversion.Traffic{Source: "bing", Medium: "cpc", Channel: "paid_search", ClickIDs: map[string]string{"msclkid": "m"}}},
		"fbclid":                              {page + "?fbclid=f", "", conversion.Traffic{Source: "facebook", Medium: "social", Channel: "organic_social", ClickIDs: map[string]string{"fbclid": "f"}}},
		"search":                              {page, search, conversion.Traffic{Source: "google", Medium: "organic", Channel: "organic_search", Referrer: search}},
		"social":                              {page, social, conversion.Traffic{Source: "facebook", Medium: "social", Channel: "organic_social", Referrer: social}},
		"another site":                        {page, partner, conversion.Traffic{Source: "partner.example.org", Medium: "referral", Channel: "referral", Referrer: partner}},
		"an app":                              {page, "android-app://com.google.android.gm/", conversion.Traffic{Source: "gmail", Medium: "email", Channel: "email"}},
		"a referrer with secrets":             {page, "https://partner.example.org/?token=t&q=1", conversion.Traffic{Source: "partner.example.org", Medium: "referral", Channel: "referral", Referrer: "https://partner.example.org/?q=1"}},
		"the site itself":                     {page, "https://example.com/a", conversion.Traffic{Channel: "direct"}},
		"a site below a domain of it":         {page, "https://blog.example.com/a", conversion.Traffic{Channel: "direct"}},
		"a site whose name only ends alike":   {page, "https://notexample.com/", conversion.Traffic{Source: "notexample.com", Medium: "referral", Channel: "referral", Referrer: "https://notexample.com/"}},
		"an ignored host":                     {page, "https://pay.example.org/", conversion.Traffic{Channel: "direct"}},
		"a sign-in page":                      {page, signIn, conversion.Traffic{Channel: "direct"}},
		"nothing":                             {page, "", conversion.Traffic{Channel: "direct"}},
		"a referrer that is none":             {page, "about:client", conversion.Traffic{Channel: "direct"}},
		"a referrer that cannot be read":      {page, "https://%zz/", conversion.Traffic{Channel: "direct"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, arrived := visits.Arrive(visits.Hit{Kind: visits.Navigate, URL: tc.url, Referrer: tc.referrer}, rules)
			require.Equal(t, tc.want.Channel != conversion.ChannelDirect, arrived)
			require.Equal(t, visits.CleanURL(tc.url), got.LandingPage)
			require.Equal(t, got.LandingPage, got.PageURL)
			got.LandingPage, got.PageURL = "", ""
			require.Equal(t, tc.want, got)
		})
	}
}

func TestSessions_OnlyOpeningAPageIsAnArrival(t *testing.T) {
	t.Parallel()
	for _, kind := range visits.Kinds() {
		got, arrived := visits.Arrive(visits.Hit{Kind: kind, URL: adPage, Referrer: search}, rules)
		require.Equal(t, kind == visits.Navigate, arrived, kind)
		require.Equal(t, !arrived, got.Direct(), kind)
		require.Equal(t, visits.CleanURL(adPage), got.LandingPage)
	}
}

func TestSessions_TheSameHostIsTheSiteEvenWhenNoDomainIsSet(t *testing.T) {
	t.Parallel()
	for referrer, outside := range map[string]bool{
		"https://www.example.com/a": false, "https://example.com/a": false, "https://EXAMPLE.com:8443/": false, "https://blog.example.com/": true,
	} {
		_, arrived := visits.Arrive(visits.Hit{Kind: visits.Navigate, URL: page + "?utm_source=x", Referrer: referrer}, visits.Rules{})
		require.Equal(t, outside, arrived, referrer)
	}
}

func TestSessions_ADomainWithWWWStandsForTheOneWithout(t *testing.T) {
	t.Parallel()
	r := visits.Rules{Domains: []string{"www.example.com"}}
	_, arrived := visits.Arrive(visits.Hit{Kind: visits.Navigate, URL: "https://shop.example.net/", Referrer: "https://example.com/"}, r)
	require.False(t, arrived)
	_, arrived = visits.Arrive(visits.Hit{Kind: visits.Navigate, URL: "https://shop.example.net/", Referrer: "https://blog.example.com/"}, r)
	require.True(t, arrived, "but not for what is beside it")
}
