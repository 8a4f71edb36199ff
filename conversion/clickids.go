package conversion

import "slices"

// ClickID is a parameter by which an ad platform marks the clicks it sends.
type ClickID struct {
	Name   string // of the parameter
	Source string // the platform, as traffic's source
	Medium string
}

// ClickIDs are those that visits are searched for. Where one address carries
// several the first of them decides the source: those of paid clicks come before
// those that platforms put on every link.
var ClickIDs = []ClickID{
	{"gclid", "google", "cpc"},
	{"wbraid", "google", "cpc"}, // of iOS, web to app
	{"gbraid", "google", "cpc"}, // of iOS, app to web
	{"dclid", "google", "display"},
	{"yclid", "yandex", "cpc"},
	{"ymclid", "yandex", "cpc"}, // of Yandex Market
	{"msclkid", "bing", "cpc"},
	{"sznclid", "seznam", "cpc"},
	{"ttclid", "tiktok", "paid_social"},
	{"twclid", "twitter", "paid_social"},
	{"li_fat_id", "linkedin", "paid_social"},
	{"rdt_cid", "reddit", "paid_social"},
	{"epik", "pinterest", "paid_social"},
	{"ScCid", "snapchat", "paid_social"},
	{"rb_clickid", "vk", "paid_social"},
	{"qclid", "quora", "paid_social"},
	{"tblci", "taboola", "native"},
	{"dicbo", "outbrain", "native"},
	{"irclickid", "impact", "affiliate"},
	{"awc", "awin", "affiliate"},
	{"cjevent", "cj", "affiliate"},
	{"ranSiteID", "rakuten", "affiliate"},
	{"ysclid", "yandex", mediumOrganic},  // Yandex puts it on search results
	{"fbclid", "facebook", mediumSocial}, // Facebook puts it on every link
	{"igshid", "instagram", mediumSocial},
	{"igsh", "instagram", mediumSocial}, // its shorter name since 2023
}

// Sourced returns the traffic with its source and medium filled in, where it names
// neither: by its click ids, else by its referrer. Traffic without those, and
// with a referrer of the site itself, stays as it is.
func (t Traffic) Sourced() Traffic {
	t = t.Normalized()
	if t.NamesSource() {
		return t
	}
	if id, found := t.clickID(); found {
		t.Source, t.Medium = id.Source, id.Medium
		// A company's click id is on the links of all its networks.
		if source, medium := ReferrerSource(t.referrerHost()); id.Medium == mediumSocial && medium == mediumSocial {
			t.Source = source
		}
	} else if host := t.referrerHost(); host != "" {
		t.Source, t.Medium = ReferrerSource(host)
	}
	return t
}

// NamesSource reports whether the traffic names a source or a medium other than "direct"
// and "none".
func (t Traffic) NamesSource() bool {
	return !saysDirect(knownText(t.Source)) || !saysDirect(knownText(t.Medium))
}

// clickID returns the click id that decides the source.
func (t Traffic) clickID() (ClickID, bool) {
	i := slices.IndexFunc(ClickIDs, func(id ClickID) bool { return t.ClickIDs[id.Name] != "" })
	if i < 0 {
		return ClickID{}, false
	}
	return ClickIDs[i], true
}

// referrerHost is the host of the page that led here from another site; empty
// when none is known.
func (t Traffic) referrerHost() string {
	if sameHost(t.Referrer, t.LandingPage) || sameHost(t.Referrer, t.PageURL) {
		return ""
	}
	return hostOf(t.Referrer)
}
