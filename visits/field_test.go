package visits_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/visits"
)

func TestCaseA01_DevicesMayHaveAnyName(t *testing.T) {
	t.Parallel()
	const android = "Mozilla/5.0 (Linux; Android 14; 22101316G Build/UP1A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/126.0.0.0 Mobile Safari/537.36 "
	for _, agent := range []string{
		android + "Instagram 400.0 Android (34/14; 480dpi; 1080x2400; Xiaomi/Redmi; 22101316G; ruby; mt6877; en_US; 7)",
		android + "Instagram 400.0 Android (34/14; 480dpi; 1080x2400; HUAWEI; X; spider; kirin; en_US; 7)",
		android + "Barcelona 300.0 Android (34/14; 480dpi; samsung; SM; python; mt6877; en_US; 7)",
		android + "[FB_IAB/FB4A;FBAV/470.0;FBDV/monitor;]",
		android + "BytedanceWebview/d8a21c6 musical_ly_2023", android + "Line/14.1 LIFF", android + "Pinterest for Android/12", android + "KAKAOTALK 10", android + "GSA/15.2",
		"Mozilla/5.0 (Linux; Android 13; ruby) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36",
		"Mozilla/5.0 (Linux; Android 13; Scan Pro) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36",
	} {
		require.False(t, visits.Bot(agent), agent)
	}
	for _, agent := range []string{"Ruby", "Mozilla/5.0 (compatible; python-requests)", android + "(compatible; Googlebot/2.1)", android + "Chrome-Lighthouse"} {
		require.True(t, visits.Bot(agent), agent)
	}
}

func TestCaseA03_PagesOfTheSitesOriginsAreTheSite(t *testing.T) {
	t.Parallel()
	r := visits.Rules{Domains: []string{"example.com"}, Origins: []string{"https://shop.example.net", "http://localhost:3000"}}
	for referrer, outside := range map[string]bool{
		"https://shop.example.net/cart": false, "https://shop.example.net": false, "https://www.shop.example.net/": false, "http://localhost:3000/a": false,
		"https://example.net/": true, "https://notshop.example.net/": true, "https://a.shop.example.net/": true,
	} {
		_, arrived := visits.Arrive(visits.Hit{Kind: visits.Navigate, URL: page, Referrer: referrer}, r)
		require.Equal(t, outside, arrived, referrer)
	}
}

// arrivesAs requires the source and the channel of an arrival.
func arrivesAs(t *testing.T, url, referrer, source, channel string) {
	t.Helper()
	got, _ := visits.Arrive(visits.Hit{Kind: visits.Navigate, URL: url, Referrer: referrer}, rules)
	require.Equal(t, []string{source, channel}, []string{got.Source, got.Channel}, "%s from %s", url, referrer)
}

func TestCaseA04_AmpersandsWrittenForHTML(t *testing.T) {
	t.Parallel()
	for _, and := range []string{"&amp;", "&#038;", "&#38;", "&#x26;", "&AMP;", "&amp;amp;", "&amp%3B"} {
		got, _ := visits.Arrive(visits.Hit{Kind: visits.Navigate, URL: page + "?utm_source=news" + and + "utm_medium=email" + and + "utm_campaign=x"}, rules)
		require.Equal(t, []string{"news", "email", "x", "email"}, []string{got.Source, got.Medium, got.Campaign, got.Channel}, and)
		require.Equal(t, page+"?utm_source=news&utm_medium=email&utm_campaign=x", got.LandingPage)
	}
	arrivesAs(t, page+"?amp;utm_source=news&amp;utm_medium=email", "", "news", "email")
	arrivesAs(t, page+"?a=1&amp;gclid=g", "", "google", "paid_search")
	require.Equal(t, page+"?a=1", visits.CleanURL(page+"?a=1&#038;email=me&amp;token=t"))
}

func TestCaseA06_GooglesParametersWithoutClickID(t *testing.T) {
	t.Parallel()
	for _, query := range []string{"?gad_source=1&gad_campaignid=22", "?gad_source=1", "?gad_campaignid=22", "?GAD_SOURCE=5"} {
		arrivesAs(t, page+query, search, "google", "paid_search")
		arrivesAs(t, page+query, "", "google", "paid_search")
	}
	arrivesAs(t, page+"?srsltid=Af", "", "google", "organic_search")
	arrivesAs(t, page+"?gad_source=1&utm_source=news&utm_medium=email", "", "news", "email")
	arrivesAs(t, page+"?gad_source=", "", "", "direct")
}

func TestCaseA07_TheReferrerNamesTheNetwork(t *testing.T) {
	t.Parallel()
	for referrer, source := range map[string]string{
		"https://l.instagram.com/": "instagram", "https://www.threads.net/": "threads", "https://l.messenger.com/": "messenger", "https://l.facebook.com/": "facebook",
		"android-app://com.instagram.android/": "instagram", "": "facebook", partner: "facebook", search: "facebook",
	} {
		arrivesAs(t, page+"?fbclid=PAZX", referrer, source, "organic_social")
	}
	arrivesAs(t, page+"?gclid=g", social, "google", "paid_search")
}

func TestCaseA10_ReferrersThatShowAdsAlone(t *testing.T) {
	t.Parallel()
	for host, channel := range map[string]string{
		"syndicatedsearch.goog": "paid_search", "www.adsensecustomsearchads.com": "paid_search", "www.googleadservices.com": "paid_search",
		"googleads.g.doubleclick.net": "display", "ad.doubleclick.net": "display", "tpc.googlesyndication.com": "display",
	} {
		arrivesAs(t, page, "https://"+host+"/", "google", channel)
	}
	arrivesAs(t, page, "https://yabs.yandex.ru/", "yandex", "paid_search")
	arrivesAs(t, page, "https://doubleclick.example/", "doubleclick.example", "referral")
}

func TestCaseA11_CopiesAreTheirPublishers(t *testing.T) {
	t.Parallel()
	for referrer, source := range map[string]string{
		"https://www-example-com.cdn.ampproject.org/": "", "https://cdn.ampproject.org/c/s/www.example.com/a": "", "https://example-com.translate.goog/": "",
		"https://0-my--site-example-0.cdn.ampproject.org/": "my-site.example", "https://xn----itbiqngdb0b.cdn.ampproject.org/": "xn--e1afmkfd.xn--p1ai",
		"https://www-my--news-example.cdn.ampproject.org/": "my-news.example", "https://cdn.ampproject.org/": "cdn.ampproject.org",
	} {
		got, arrived := visits.Arrive(visits.Hit{Kind: visits.Navigate, URL: page, Referrer: referrer}, rules)
		require.Equal(t, source, got.Source, referrer)
		require.Equal(t, source != "", arrived, referrer)
	}
	for app, channel := range map[string]string{"com.facebook.katana": "organic_social", "com.microsoft.office.outlook": "email", "org.telegram.messenger": "organic_social"} {
		got, _ := visits.Arrive(visits.Hit{Kind: visits.Navigate, URL: page, Referrer: "android-app://" + app + "/"}, rules)
		require.Equal(t, channel, got.Channel, app)
	}
}

func TestCaseA12_WordsInOtherEncodingsStayApart(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"%E2%E5%F1%ED%E0": "%E2%E5%F1%ED%E0", "%EB%E5%F2%EE": "%EB%E5%F2%EE", "a%FFb": "a%FFb", "%D0%BE": "о", "%EF%BF%BD": "\uFFFD",
	} {
		got, _ := visits.Arrive(visits.Hit{Kind: visits.Navigate, URL: page + "?utm_source=a&utm_campaign=" + given}, rules)
		require.Equal(t, want, got.Campaign)
	}
}

func TestCaseA13_WrongSeparators(t *testing.T) {
	t.Parallel()
	for given, want := range map[string][2]string{
		"page%3Futm_source=mbfb&utm_medium=cpc":    {"mbfb", "cpc"},
		"?utm_source[]=google&utm_medium[]=cpc":    {"google", "cpc"},
		"?utm_source%5B%5D=google&utm_medium=cpc":  {"google", "cpc"},
		"?utm_source=google%26utm_medium=cpc":      {"google", "cpc"},
		"?utm_source=news;utm_medium=email":        {"news", "email"},
		"?utm_source=news; utm_medium=email":       {"news", "email"},
		"?utm_source=news|utm_medium=email":        {"news", "email"},
		"?utm_source=news,utm_medium=email":        {"news", "email"},
		"?utm_source=news&amputm_medium=email":     {"news", "email"},
		`?utm_source=news\u0026utm_medium=email`:   {"news", "email"},
		"?utm_source%3Dnews%26utm_medium%3Demail":  {"news", "email"},
		"page%3Futm_source%3Dx%26utm_medium%3Dcpc": {"x", "cpc"},
		"&utm_source=news&utm_medium=email":        {"news", "email"},
		"page;utm_source=news&utm_medium=email":    {"news", "email"},
		"?utm_source[0]=news&utm_medium[0]=email":  {"news", "email"},
		"?utm_source =news& utm_medium= email":     {"news", "email"},
		`?utm_source="news"&utm_medium='email'`:    {"news", "email"},
		"?utm_source=%25D0%25BE&utm_medium=email":  {"о", "email"},
		"?utm_source=%u043E&utm_medium=a%2Bb":      {"о", "a+b"},
		"?a=1?utm_source=news&utm_medium=email":    {"news", "email"},
		"?utm_source=a;b&utm_medium=c%26d":         {"a;b", "c&d"},
		"?next=%2Fa%3Futm_source%3Dx%26utm_id%3D1": {"", ""},
	} {
		got, _ := visits.Arrive(visits.Hit{Kind: visits.Navigate, URL: page + given}, rules)
		require.Equal(t, want, [2]string{got.Source, got.Medium}, given)
	}
}

func TestCaseA14_ReferrersInOtherScripts(t *testing.T) {
	t.Parallel()
	own := visits.Rules{Domains: []string{"xn--e1afmkfd.xn--p1ai"}}
	for _, referrer := range []string{
		"https://xn--e1afmkfd.xn--p1ai/a", "https://www.xn--e1afmkfd.xn--p1ai/", "https://XN--E1AFMKFD.XN--P1AI./", "https://пример.рф/", "https://ПРИМЕР.РФ/",
		"https://%D0%BF%D1%80%D0%B8%D0%BC%D0%B5%D1%80.%D1%80%D1%84/", "https://пример。рф/",
	} {
		_, arrived := visits.Arrive(visits.Hit{Kind: visits.Navigate, URL: "https://xn--e1afmkfd.xn--p1ai/b", Referrer: referrer}, own)
		require.False(t, arrived, referrer)
	}
}
