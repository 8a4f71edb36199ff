package conversion_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
)

func TestR7_ReferrersNameTheirSource(t *testing.T) {
	t.Parallel()
	for host, want := range map[string][2]string{
		"www.google.com":             {"google", "organic"},
		"google.co.uk":               {"google", "organic"},
		"WWW.GOOGLE.DE:443":          {"google", "organic"},
		"www.google.com.tr.":         {"google", "organic"},
		"yandex.ru":                  {"yandex", "organic"},
		"yandex.com.tr":              {"yandex", "organic"},
		"ya.ru":                      {"yandex", "organic"},
		"m.baidu.com":                {"baidu", "organic"},
		"www.bing.com":               {"bing", "organic"},
		"cn.bing.com":                {"bing", "organic"},
		"duckduckgo.com":             {"duckduckgo", "organic"},
		"www.ecosia.org":             {"ecosia", "organic"},
		"r.search.yahoo.com":         {"yahoo", "organic"},
		"search.yahoo.co.jp":         {"yahoo", "organic"},
		"l.facebook.com":             {"facebook", "social"},
		"m.facebook.com":             {"facebook", "social"},
		"www.instagram.com":          {"instagram", "social"},
		"t.co":                       {"twitter", "social"},
		"www.linkedin.com":           {"linkedin", "social"},
		"away.vk.com":                {"vk", "social"},
		"ok.ru":                      {"ok", "social"},
		"www.youtube.com":            {"youtube", "social"},
		"old.reddit.com":             {"reddit", "social"},
		"www.pinterest.co.uk":        {"pinterest", "social"},
		"mail.google.com":            {"gmail", "email"},
		"mail.yandex.ru":             {"yandex mail", "email"},
		"e.mail.ru":                  {"mail.ru mail", "email"},
		"outlook.live.com":           {"outlook", "email"},
		"com.google.android.gm":      {"gmail", "email"}, // apps' referrers: android-app://...
		"www.partner.example.org":    {"partner.example.org", "referral"},
		"docs.google.com":            {"docs.google.com", "referral"},     // not the search engine
		"accounts.google.com":        {"accounts.google.com", "referral"}, // nor this
		"notgoogle.com":              {"notgoogle.com", "referral"},
		"google.com.example.org":     {"google.com.example.org", "referral"},
		"google.blogspot.com":        {"google.blogspot.com", "referral"},
		"facebook.com.example.org":   {"facebook.com.example.org", "referral"},
		"xn--e1afmkfd.xn--p1ai":      {"xn--e1afmkfd.xn--p1ai", "referral"},
		"192.0.2.1":                  {"192.0.2.1", "referral"},
		"[2001:db8::1]:8080":         {"2001:db8::1", "referral"},
		"localhost":                  {"localhost", "referral"},
		"":                           {"", ""},
		" . ":                        {"", ""},
		"www.":                       {"www", "referral"},
		"a.b.c.d.search.naver.com":   {"naver", "organic"},
		"blog.naver.com":             {"blog.naver.com", "referral"},
		"www.google":                 {"google", "referral"}, // a name without a public ending
		"web.telegram.org":           {"telegram", "social"},
		"www.partner.example.org:80": {"partner.example.org", "referral"},
	} {
		source, medium := conversion.ReferrerSource(host)
		require.Equal(t, want, [2]string{source, medium}, "%q", host)
	}
}

func TestR7_SourceIsToldByClickIDThenReferrer(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		traffic        conversion.Traffic
		source, medium string
	}{
		"utm words stay":        {conversion.Traffic{Source: "leaflet", ClickIDs: map[string]string{"gclid": "g"}}, "leaflet", ""},
		"the click id":          {clicked("gclid"), "google", "cpc"},
		"before the referrer":   {conversion.Traffic{Referrer: "https://yandex.ru/", ClickIDs: map[string]string{"yclid": "y"}}, "yandex", "cpc"},
		"the referrer":          {referred("https://www.bing.com/search"), "bing", "organic"},
		"with a campaign":       {conversion.Traffic{Campaign: "spring", Referrer: "https://t.co/x"}, "twitter", "social"},
		"of the site itself":    {referred("https://www.example.com/a"), "", ""},
		"a referrer of nothing": {referred("about:blank"), "", ""},
		"(direct) is no word":   {conversion.Traffic{Source: "(direct)", Referrer: "https://t.co/x"}, "twitter", "social"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := tc.traffic.Sourced()
			require.Equal(t, [2]string{tc.source, tc.medium}, [2]string{got.Source, got.Medium})
		})
	}
}

func TestR7_ReferrersAsProvidersReportThem(t *testing.T) {
	t.Parallel()
	for referrer, want := range map[string]string{
		"www.google.com": "google/organic", "google.com/search?q=a": "google/organic", "//www.google.com/": "google/organic", "google.com:443": "google/organic", "GOOGLE.DE": "google/organic", " https://www.bing.com/ ": "bing/organic",
		"l.facebook.com/l.php": "facebook/social", "https://партнёр.рф/": "xn--80a0aefbk0i.xn--p1ai/referral", "партнёр.рф": "xn--80a0aefbk0i.xn--p1ai/referral", "https://xn--80a0aefbk0i.xn--p1ai/a": "xn--80a0aefbk0i.xn--p1ai/referral",
		"partner.example.com": "partner.example.com/referral", "https://bücher.example.com.": "xn--bcher-kva.example.com/referral",
		"": "/", "Google": "/", "(direct)": "/", "undefined": "/", "{referrer}": "/", "newsletter": "/", "index.php": "/", "ann@example.com": "/", "call from the ad": "/", "com": "/", "7": "/",
	} {
		got := conversion.Traffic{Referrer: referrer}.Sourced()
		require.Equal(t, want, got.Source+"/"+got.Medium, referrer)
	}
	for _, pair := range [][2]string{
		{"https://xn--e1afmkfd.xn--p1ai/", "https://пример.рф/a"}, {"пример.рф", "https://www.xn--e1afmkfd.xn--p1ai/"}, {"https://example.com.:443/", "https://www.example.com/"}, {"www.example.com", "https://example.com/"}, {"EXAMPLE.com/a", "example.com"},
	} {
		got := conversion.Traffic{Referrer: pair[0], LandingPage: pair[1]}
		require.True(t, got.Direct(), pair[0])
		require.Empty(t, got.Sourced().Source, pair[0])
	}
}

func TestR7_ValuesThatStandForNothing(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"undefined", "null", "(not set)", "not set", "(direct)", "{utm_source}", "{{utm_source}}", "%source%", "n/a", "<не указано>"} {
		got := conversion.Traffic{Source: text, Medium: text, Campaign: text, ClickIDs: map[string]string{"gclid": text}}
		require.True(t, got.Direct(), text)
		require.Equal(t, conversion.Traffic{}, got.Sourced(), text)
		require.Equal(t, "vk/", conversion.Traffic{Source: "vk", ClickIDs: map[string]string{"gclid": text}}.Sourced().Source+"/", text)
	}
	for _, id := range []string{"undefined", "null", "None", "{{id}}", "%7Bid%7D", "__ID__", "[id]"} {
		require.False(t, conversion.UsableVisitorID(id), id)
		require.False(t, conversion.UsableVisitorID(`{"id":"`+id+`"}`), id)
	}
}
