package visits_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/internal/placeholder"
	"ringback/visits"
)

func TestM3_PlaceholdersAreNoClickIDs(t *testing.T) {
	t.Parallel()
	for _, id := range []string{
		"{gclid}", "null", "undefined", "NULL", "__CLICKID__", "${GCLID}", "[gclid]", "%gclid%", "%25gclid%25", "(not set)", "", "{{click_id}}", "%7Bgclid%7D", "gclid", "none", "unknown", "$gclid", "[click]", "nan",
	} {
		for _, name := range []string{"gclid", "yclid", "fbclid", "ScCid", "ttclid"} {
			got, arrived := visits.Arrive(visits.Hit{Kind: visits.Navigate, URL: page + "?" + name + "=" + id}, rules)
			if name == "gclid" || id != "gclid" {
				require.False(t, arrived, "%s=%s", name, id)
				require.Equal(t, conversion.ChannelDirect, got.Channel, "%s=%s", name, id)
				require.Empty(t, got.ClickIDs, "%s=%s", name, id)
			}
		}
		arrivesAs(t, page+"?utm_source=news&utm_medium=email&gclid="+id, "", "news", "email")
	}
	got, _ := visits.Arrive(visits.Hit{Kind: visits.Navigate, URL: page + "?gclid={gclid}&gclid=g-1"}, rules)
	require.Equal(t, map[string]string{"gclid": "g-1"}, got.ClickIDs, "the first that is a click id")
}

func TestM3_PlaceholdersAreNoWordsOfCampaigns(t *testing.T) {
	t.Parallel()
	for _, word := range []string{"undefined", "null", "{campaign_id}", "{{campaign.name}}", "%7Butm_source%7D", "__CAMPAIGN_NAME__", "(not set)", "[utm_source]"} {
		arrivesAs(t, page+"?utm_source="+word+"&utm_medium="+word, "https://www.google.com/", "google", "organic_search")
		_, arrived := visits.Arrive(visits.Hit{Kind: visits.Navigate, URL: page + "?utm_campaign=" + word}, rules)
		require.False(t, arrived, word)
	}
	got, _ := visits.Arrive(visits.Hit{Kind: visits.Navigate, URL: page + "?utm_source=google&utm_medium=cpc&utm_term=[red shoes]&utm_campaign=spring_{campaignid}"}, rules)
	require.Equal(t, []string{"[red shoes]", "spring_{campaignid}"}, []string{got.Term, got.Campaign})
}

func TestM3_ClickIDsAfterWrongSeparators(t *testing.T) {
	t.Parallel()
	for _, query := range []string{
		"?a=1?gclid=g-1", "?a=1&amp;gclid=g-1", "?a=1&ampgclid=g-1", "#gclid=g-1", "?a=1#gclid=g-1", "#/page?gclid=g-1", "?a=1;gclid=g-1", "?a=1,gclid=g-1", "?a=1|gclid=g-1", "&gclid=g-1", ";gclid=g-1", "%3Fgclid%3Dg-1",
		"?gclid%3Dg-1", "?a=1%26gclid=g-1", "?a=1%26gclid%3Dg-1", "?GCLID=g-1", "?a=1%3Fgclid=g-1", "?gclid=g-1/", "?gclid=g-1//", "?a=1&gclid=g-1/#top", "?a=1& gclid=g-1", "?a=1\\u0026gclid=g-1", "?gclid[]=g-1",
	} {
		got, _ := visits.Arrive(visits.Hit{Kind: visits.Navigate, URL: page + query}, rules)
		require.Equal(t, map[string]string{"gclid": "g-1"}, got.ClickIDs, query)
		require.Equal(t, conversion.ChannelPaidSearch, got.Channel, query)
	}
	for _, name := range []string{"wbraid", "yclid", "ScCid", "rb_clickid"} {
		got, _ := visits.Arrive(visits.Hit{Kind: visits.Navigate, URL: page + "?utm_source=x&utm_medium=cpc?" + name + "=id-1"}, rules)
		require.Equal(t, map[string]string{name: "id-1"}, got.ClickIDs, name)
		require.Equal(t, "cpc", got.Medium)
	}
	for _, query := range []string{"?next=/a%3Futm_source%3Dx", "?url=https%3A%2F%2Fexample.com%2F%3Fgclid%3Dg-1", "?q=what%3F"} {
		_, arrived := visits.Arrive(visits.Hit{Kind: visits.Navigate, URL: page + query}, rules)
		require.False(t, arrived, query)
	}
	got, _ := visits.Arrive(visits.Hit{Kind: visits.Navigate, URL: page + "?irclickid=abc/"}, rules)
	require.Equal(t, map[string]string{"irclickid": "abc/"}, got.ClickIDs)
	_, arrived := visits.Arrive(visits.Hit{Kind: visits.Navigate, URL: page + "?mygclid=1&a=gclid&b=x;y=2"}, rules)
	require.False(t, arrived)
}

func TestM9_LandingPagesThatProvidersReport(t *testing.T) {
	t.Parallel()
	const landing = "https://www.example.com/a"
	for name, row := range map[string]struct{ given, want conversion.Traffic }{
		"a click id": {
			conversion.Traffic{LandingPage: landing + "?gclid=g-1"}, conversion.Traffic{LandingPage: landing + "?gclid=g-1", ClickIDs: map[string]string{"gclid": "g-1"}},
		},
		"beside a source": {
			conversion.Traffic{Source: "google", Medium: "organic", LandingPage: landing + "?gbraid=0A&utm_source=bing"},
			conversion.Traffic{Source: "google", Medium: "organic", LandingPage: landing + "?gbraid=0A&utm_source=bing", ClickIDs: map[string]string{"gbraid": "0A"}},
		},
		"without a source": {
			conversion.Traffic{Source: "Direct", Medium: "(none)", LandingPage: landing + "?utm_source=vk&utm_medium=cpc&utm_campaign=c"},
			conversion.Traffic{Source: "vk", Medium: "cpc", Campaign: "c", LandingPage: landing + "?utm_source=vk&utm_medium=cpc&utm_campaign=c"},
		},
		"a placeholder as the reported id": {
			conversion.Traffic{LandingPage: landing + "?gclid=g-1", ClickIDs: map[string]string{"gclid": "{gclid}"}}, conversion.Traffic{LandingPage: landing + "?gclid=g-1", ClickIDs: map[string]string{"gclid": "g-1"}},
		},
		"a reported id": {
			conversion.Traffic{LandingPage: landing + "?gclid=g-1", ClickIDs: map[string]string{"GCLID": "g-2", "own": "o"}},
			conversion.Traffic{LandingPage: landing + "?gclid=g-1", ClickIDs: map[string]string{"gclid": "g-2", "own": "o"}},
		},
		"a placeholder in the address": {conversion.Traffic{LandingPage: landing + "?gclid={gclid}"}, conversion.Traffic{LandingPage: landing + "?gclid={gclid}"}},
		"nothing":                      {conversion.Traffic{}, conversion.Traffic{}},
		"no address":                   {conversion.Traffic{LandingPage: "Home"}, conversion.Traffic{LandingPage: "Home"}},
	} {
		got := visits.Reported(row.given)
		require.Equal(t, row.want, got, name)
		require.Equal(t, got, visits.Reported(got), name)
	}
	require.Equal(t, conversion.ChannelPaidSearch, conversion.Channel(visits.Reported(conversion.Traffic{LandingPage: landing + "?wbraid=abc", Referrer: "https://www.google.com/"})))
}

// FuzzReported checks that what a landing page adds is added once, and that no placeholder
// becomes a click id.
func FuzzReported(f *testing.F) {
	f.Add("https://www.example.com/?a=1?gclid=g-1", "GCLID", "{gclid}", "google")
	f.Add("https://www.example.com/&utm_source=news%26utm_medium=email#yclid=1", "gclid", "", "(direct)")
	f.Fuzz(func(t *testing.T, landing, name, id, source string) {
		got := visits.Reported(conversion.Traffic{LandingPage: landing, Source: source, ClickIDs: map[string]string{name: id}})
		require.Equal(t, got, visits.Reported(got))
		for name, id := range visits.Reported(conversion.Traffic{LandingPage: landing}).ClickIDs {
			require.False(t, placeholder.IsNoID(id), name)
		}
	})
}
