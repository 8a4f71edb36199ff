package conversion_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/conversion"
)

// clicked is traffic of which only a click id is known.
func clicked(name string) conversion.Traffic {
	return conversion.Traffic{ClickIDs: map[string]string{name: "c-1"}, LandingPage: "https://www.example.com/"}
}

// referred is traffic of which only a referrer is known.
func referred(referrer string) conversion.Traffic {
	return conversion.Traffic{Referrer: referrer, LandingPage: "https://www.example.com/"}
}

func TestR7_Channel(t *testing.T) {
	t.Parallel()
	tagged := func(source, medium string) conversion.Traffic {
		return conversion.Traffic{Source: source, Medium: medium}
	}
	for name, tc := range map[string]struct {
		traffic conversion.Traffic
		want    string
	}{
		"google / cpc":                        {tagged("google", "cpc"), "paid_search"},
		"a medium in capitals":                {tagged("Google", "CPC"), "paid_search"},
		"yandex / ppc":                        {tagged("yandex", "ppc"), "paid_search"},
		"an unknown source / cpc":             {tagged("somewhere", "cpc"), "paid_search"},
		"facebook / cpc":                      {tagged("facebook", "cpc"), "paid_social"},
		"fb / paid":                           {tagged("fb", "paid"), "paid_social"},
		"anything / paid_social":              {tagged("anything", "paid_social"), "paid_social"},
		"bing / paid-search":                  {tagged("bing", "paid-search"), "paid_search"},
		"adwords / paid":                      {tagged("adwords", "paid"), "paid_search"},
		"somewhere / paid":                    {tagged("somewhere", "paid"), "other"},
		"somewhere / paid_media":              {tagged("somewhere", "paid_media"), "other"},
		"google / display":                    {tagged("google", "display"), "display"},
		"rtbhouse / retargeting":              {tagged("rtbhouse", "retargeting"), "display"},
		"instagram / retargeting":             {tagged("instagram", "retargeting"), "paid_social"},
		"google / organic":                    {tagged("google", "organic"), "organic_search"},
		"somewhere / organic":                 {tagged("somewhere", "organic"), "organic_search"},
		"facebook / organic":                  {tagged("facebook", "organic"), "organic_social"},
		"linkedin / social":                   {tagged("linkedin", "social"), "organic_social"},
		"facebook.com / referral":             {tagged("facebook.com", "referral"), "organic_social"},
		"google / a word of the owner's":      {tagged("google", "listing"), "other"},
		"vk / a word of the owner's":          {tagged("vk", "post"), "organic_social"},
		"newsletter / email":                  {tagged("newsletter", "e-mail"), "email"},
		"newsletter, no medium":               {tagged("newsletter", ""), "email"},
		"sms, no medium":                      {tagged("sms", ""), "sms"},
		"somewhere / SMS":                     {tagged("somewhere", "SMS"), "sms"},
		"partner-12 / affiliate":              {tagged("partner-12", "affiliate"), "affiliate"},
		"partner.example.org / referral":      {tagged("partner.example.org", "referral"), "referral"},
		"leaflet / referral":                  {tagged("leaflet", "referral"), "referral"},
		"leaflet / qr":                        {tagged("leaflet", "qr"), "other"},
		"a campaign alone":                    {conversion.Traffic{Campaign: "spring"}, "other"},
		"(direct) / (none)":                   {tagged("(direct)", "(none)"), "direct"},
		"nothing":                             {conversion.Traffic{}, "direct"},
		"a channel alone":                     {conversion.Traffic{Channel: "email"}, "direct"},
		"gclid":                               {clicked("gclid"), "paid_search"},
		"wbraid":                              {clicked("wbraid"), "paid_search"},
		"gbraid":                              {clicked("gbraid"), "paid_search"},
		"yclid":                               {clicked("yclid"), "paid_search"},
		"msclkid":                             {clicked("msclkid"), "paid_search"},
		"dclid":                               {clicked("dclid"), "display"},
		"ttclid":                              {clicked("ttclid"), "paid_social"},
		"li_fat_id":                           {clicked("li_fat_id"), "paid_social"},
		"fbclid, which every link gets":       {clicked("fbclid"), "organic_social"},
		"ysclid, which search results get":    {clicked("ysclid"), "organic_search"},
		"a click id nobody knows":             {clicked("someclid"), "other"},
		"the medium's word beats a click id":  {conversion.Traffic{Source: "newsletter", Medium: "email", ClickIDs: map[string]string{"fbclid": "f"}}, "email"},
		"a click id beats an unknown medium":  {conversion.Traffic{Source: "google", Medium: "pmax", ClickIDs: map[string]string{"gclid": "g"}}, "paid_search"},
		"a paid click id beats a free one":    {conversion.Traffic{ClickIDs: map[string]string{"gclid": "g", "fbclid": "f"}}, "paid_search"},
		"referrer: a search engine":           {referred("https://www.google.co.uk/"), "organic_search"},
		"referrer: a social network":          {referred("https://l.facebook.com/"), "organic_social"},
		"referrer: web mail":                  {referred("https://mail.google.com/"), "email"},
		"referrer: another site":              {referred("https://partner.example.org/list"), "referral"},
		"referrer: the site itself":           {referred("https://example.com/contact"), "direct"},
		"a campaign, from a page of the site": {conversion.Traffic{Campaign: "spring", Referrer: "https://example.com/", LandingPage: "https://www.example.com/"}, "other"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tc.want, conversion.Channel(tc.traffic))
		})
	}
}

func TestR7_ChannelIsAlwaysOneOfTheList(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, c := range conversion.Channels {
		require.NotEmpty(t, c.Meaning)
		require.False(t, names[c.Name], "%s is there once", c.Name)
		names[c.Name] = true
	}
	word := rapid.SampledFrom([]string{"", "(none)", "direct", "google", "cpc", "paid", "organic", "social", "email", "x", "sms", "t.co", ".", "qr", "link"})
	rapid.Check(t, func(t *rapid.T) {
		traffic := conversion.Traffic{
			Source: word.Draw(t, "source"), Medium: word.Draw(t, "medium"), Campaign: word.Draw(t, "campaign"),
			Referrer:    rapid.SampledFrom([]string{"", "https://www.bing.com/", "https://example.com/a", "android-app://com.google.android.gm/", "::"}).Draw(t, "referrer"),
			LandingPage: "https://example.com/",
			ClickIDs:    map[string]string{rapid.SampledFrom([]string{"gclid", "fbclid", "odd"}).Draw(t, "click id"): rapid.SampledFrom([]string{"", "c"}).Draw(t, "its value")},
		}
		channel := conversion.Channel(traffic)
		require.True(t, names[channel], channel)
		require.Equal(t, traffic.Direct(), channel == conversion.ChannelDirect)
		sourced := traffic.Sourced()
		require.Equal(t, traffic.Direct(), sourced.Direct(), "naming the source makes nothing direct, nor the other way round")
		require.Equal(t, sourced, sourced.Sourced(), "once is enough")
	})
}
