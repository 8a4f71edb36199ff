package conversion

import (
	"net"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

// The media of visits that nobody paid for, as analytics tools write them.
const (
	mediumOrganic  = "organic"
	mediumSocial   = "social"
	mediumEmail    = "email"
	mediumReferral = "referral"
)

// website is a well-known web site that visitors come from.
type website struct {
	name   string // as traffic's source
	medium string // of a visit that it sent without being paid
	// hosts are its host names, each with all names below it. A name that ends in
	// ".*" stands for those of all countries. A name with = before it stands for
	// itself, "www." and "m." only, because the other hosts below it are other services.
	hosts []string
	words []string // what else owners write for it as utm_source
}

// websites are searched in this order. Web mail comes before the search engine of the
// same company. The hosts of apps are their names on Android.
var websites = []website{
	{"gmail", mediumEmail, []string{"mail.google.com", "com.google.android.gm"}, nil},
	{"outlook", mediumEmail, []string{"outlook.live.com", "outlook.office.com", "outlook.office365.com", "mail.live.com", "com.microsoft.office.outlook"}, []string{"hotmail"}},
	{"yahoo mail", mediumEmail, []string{"mail.yahoo.*", "com.yahoo.mobile.client.android.mail"}, nil},
	{"yandex mail", mediumEmail, []string{"mail.yandex.*"}, nil},
	{"mail.ru mail", mediumEmail, []string{"e.mail.ru", "touch.mail.ru"}, nil},
	{"proton mail", mediumEmail, []string{"mail.proton.me"}, nil},

	{"google", mediumOrganic, []string{"=google.*", "images.google.*", "lens.google.com", "com.google.android.googlequicksearchbox"}, []string{"adwords", "googleads", "google ads", "google_ads"}},
	{"yandex", mediumOrganic, []string{"=yandex.*", "=ya.ru", "images.yandex.*"}, []string{"yandex.direct", "yandex_direct", "yandex direct", "direct.yandex.ru", "yd"}},
	{"bing", mediumOrganic, []string{"bing.com"}, []string{"bingads", "bing ads", "microsoft ads"}},
	{"yahoo", mediumOrganic, []string{"=yahoo.*", "search.yahoo.*"}, nil},
	{"duckduckgo", mediumOrganic, []string{"duckduckgo.com"}, nil},
	{"baidu", mediumOrganic, []string{"=baidu.com"}, nil},
	{"ecosia", mediumOrganic, []string{"ecosia.org"}, nil},
	{"brave", mediumOrganic, []string{"search.brave.com"}, nil},
	{"startpage", mediumOrganic, []string{"startpage.com"}, nil},
	{"qwant", mediumOrganic, []string{"qwant.com"}, nil},
	{"kagi", mediumOrganic, []string{"kagi.com"}, nil},
	{"mail.ru", mediumOrganic, []string{"go.mail.ru"}, nil},
	{"rambler", mediumOrganic, []string{"nova.rambler.ru"}, nil},
	{"naver", mediumOrganic, []string{"search.naver.com"}, nil},
	{"seznam", mediumOrganic, []string{"search.seznam.cz"}, nil},
	{"sogou", mediumOrganic, []string{"sogou.com"}, nil},

	// The hosts that show ads alone.
	{"google", "cpc", []string{"syndicatedsearch.goog", "adsensecustomsearchads.com", "googleadservices.com"}, nil},
	{"google", "display", []string{"doubleclick.net", "googlesyndication.com"}, nil},
	{"yandex", "cpc", []string{"yabs.yandex.*"}, nil},

	{"facebook", mediumSocial, []string{"facebook.com", "fb.com", "fb.me", "com.facebook.katana", "com.facebook.lite"}, []string{"fb", "meta"}},
	{"instagram", mediumSocial, []string{"instagram.com", "com.instagram.android"}, []string{"ig", "insta"}},
	{"messenger", mediumSocial, []string{"messenger.com", "com.facebook.orca"}, nil},
	{"whatsapp", mediumSocial, []string{"whatsapp.com", "wa.me", "com.whatsapp"}, nil},
	{"threads", mediumSocial, []string{"threads.net", "threads.com", "com.instagram.barcelona"}, nil},
	{"twitter", mediumSocial, []string{"t.co", "twitter.com", "x.com", "com.twitter.android"}, []string{"x"}},
	{"linkedin", mediumSocial, []string{"linkedin.com", "lnkd.in", "com.linkedin.android"}, nil},
	{"vk", mediumSocial, []string{"vk.com", "vk.ru", "vkontakte.ru", "com.vkontakte.android"}, []string{"vkontakte"}},
	{"ok", mediumSocial, []string{"ok.ru", "odnoklassniki.ru", "ru.ok.android"}, []string{"odnoklassniki"}},
	{"youtube", mediumSocial, []string{"youtube.com", "youtu.be", "com.google.android.youtube"}, nil},
	{"tiktok", mediumSocial, []string{"tiktok.com", "com.zhiliaoapp.musically", "com.ss.android.ugc.trill"}, nil},
	{"reddit", mediumSocial, []string{"reddit.com", "redd.it", "com.reddit.frontpage"}, nil},
	{"pinterest", mediumSocial, []string{"pinterest.*", "pin.it", "com.pinterest"}, nil},
	{"telegram", mediumSocial, []string{"t.me", "telegram.org", "telegram.me", "org.telegram.messenger"}, []string{"tg"}},
	{"snapchat", mediumSocial, []string{"snapchat.com", "com.snapchat.android"}, nil},
	{"tumblr", mediumSocial, []string{"tumblr.com"}, nil},
	{"xing", mediumSocial, []string{"xing.com"}, nil},
	{"weibo", mediumSocial, []string{"weibo.com", "weibo.cn"}, nil},
	{"bluesky", mediumSocial, []string{"bsky.app"}, []string{"bsky"}},
	{"mastodon", mediumSocial, []string{"mastodon.social", "mastodon.online", "org.joinmastodon.android"}, nil},
	{"nextdoor", mediumSocial, []string{"nextdoor.com", "nextdoor.co.uk"}, nil},
	{"quora", mediumSocial, []string{"quora.com"}, nil},
	{"discord", mediumSocial, []string{"discord.com"}, nil},
}

// ReferrerSource returns the source and medium of a visit by the host of its
// referrer: google and organic, facebook and social, gmail and email. For an unknown
// host the source is the host itself without "www.", and the medium is referral.
func ReferrerSource(host string) (source, medium string) {
	host = bareHost(host)
	if host == "" {
		return "", ""
	}
	if site, known := websiteOf(host); known {
		return site.name, site.medium
	}
	return host, mediumReferral
}

// websiteOf returns the well-known web site of a bare host name.
func websiteOf(host string) (website, bool) {
	i := slices.IndexFunc(websites, func(w website) bool {
		return slices.ContainsFunc(w.hosts, func(pattern string) bool { return isHost(host, pattern) })
	})
	if i < 0 {
		return website{}, false
	}
	return websites[i], true
}

// websiteNamed returns the well-known web site that has this name in lower case.
func websiteNamed(source string) (website, bool) {
	i := slices.IndexFunc(websites, func(w website) bool { return source == w.name || slices.Contains(w.words, source) })
	if i < 0 {
		return website{}, false
	}
	return websites[i], true
}

// isHost reports whether a bare host name fits a pattern of website.hosts.
func isHost(host, pattern string) bool {
	if anyCountry, found := strings.CutSuffix(pattern, ".*"); found {
		suffix, public := publicsuffix.PublicSuffix(host)
		name, below := strings.CutSuffix(host, "."+suffix)
		if !public || !below {
			return false // a name of somebody else, as in google.blogspot.com
		}
		host, pattern = name, anyCountry
	}
	if alone, found := strings.CutPrefix(pattern, "="); found {
		return host == alone
	}
	return host == pattern || strings.HasSuffix(host, "."+pattern)
}

// bareHost returns a plain host name without "www." and "m.".
func bareHost(host string) string {
	return strings.TrimPrefix(strings.TrimPrefix(plainHost(host), "www."), "m.")
}

// plainHost returns a host name in lower case, without port and final point, in the form
// that browsers send: with the letters of other scripts encoded.
func plainHost(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.ToLower(strings.Trim(strings.TrimSpace(host), "."))
	if ascii, err := idna.Lookup.ToASCII(host); err == nil {
		return ascii
	}
	return host
}

// hostOf returns the host of an address, empty if it has none. Providers report addresses
// without their scheme too, as www.google.com/search. These have a host if it ends as
// public names do.
func hostOf(address string) string {
	address = strings.TrimSpace(address)
	if strings.Contains(address, "//") {
		u, err := url.Parse(address)
		if err != nil {
			return ""
		}
		return u.Hostname()
	}
	u, err := url.Parse("//" + address)
	if err != nil || u.User != nil || strings.Contains(u.Host, " ") {
		return ""
	}
	host := plainHost(u.Hostname())
	if suffix, icann := publicsuffix.PublicSuffix(host); !icann || suffix == host {
		return ""
	}
	return host
}
