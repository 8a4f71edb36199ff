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
