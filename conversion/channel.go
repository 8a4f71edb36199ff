package conversion

import (
	"slices"
	"strings"
)

// The channels: kinds of advertising or links that bring visits.
const (
	ChannelPaidSearch    = "paid_search"
	ChannelPaidSocial    = "paid_social"
	ChannelDisplay       = "display"
	ChannelOrganicSearch = "organic_search"
	ChannelOrganicSocial = "organic_social"
	ChannelEmail         = "email"
	ChannelReferral      = "referral"
	ChannelAffiliate     = "affiliate"
	ChannelSMS           = "sms"
	ChannelOther         = "other"
	ChannelDirect        = "direct"
)

// ChannelMeaning is a channel with an explanation for owners.
type ChannelMeaning struct{ Name, Meaning string }

// Channels are all channels, in the order in which they are shown.
var Channels = []ChannelMeaning{
	{ChannelPaidSearch, "ads beside search results"},
	{ChannelPaidSocial, "ads in social networks"},
	{ChannelDisplay, "banners, video ads and retargeting on other sites"},
	{ChannelOrganicSearch, "search results that nobody paid for"},
	{ChannelOrganicSocial, "posts and links in social networks and messengers"},
	{ChannelEmail, "newsletters and web mail"},
	{ChannelReferral, "links on other sites"},
	{ChannelAffiliate, "partners who are paid for customers"},
	{ChannelSMS, "text messages"},
	{ChannelOther, "campaigns whose words tell none of these"},
	{ChannelDirect, "nothing tells where the visit came from"},
}

// mediumWords are the values of utm_medium that stand for a channel. They are
// compared without case, and with spaces for hyphens, underscores and dots.
type mediumWords struct {
	channel string
	paid    bool // with a social network as the source it is paid social
	words   []string
}

// media are common values of utm_medium. No standard lists them (docs/facts/visits.md).
var media = []mediumWords{
	{ChannelPaidSocial, true, []string{"paid social", "paidsocial", "social paid", "cpc social", "social cpc", "social ads"}},
	{ChannelPaidSearch, true, []string{"cpc", "ppc", "sem", "paid search", "paidsearch", "search ads"}},
	{ChannelDisplay, true, []string{"display", "banner", "banners", "cpm", "cpv", "video", "expandable", "interstitial", "programmatic", "retargeting", "remarketing", "native"}},
	{ChannelAffiliate, false, []string{"affiliate", "affiliates", "cpa", "cps", "partner", "partners"}},
	{ChannelEmail, false, []string{"email", "e mail", "mail", "newsletter", "mailing"}},
	{ChannelSMS, false, []string{"sms", "text message"}},
	{ChannelOrganicSocial, false, []string{"social", "organic social", "social organic", "social network", "social media", "smm", "sm"}},
}

// Channel returns the kind of advertising or link that brought a visit, one of
// Channels. The medium decides first, then the click ids, then the kind of site
// that the source or the referrer is. The channel in the traffic is ignored.
func Channel(t Traffic) string {
	t = t.Normalized()
	if t.Direct() {
		return ChannelDirect
	}
	site, medium := t.siteMedium(), plainWord(t.Medium)
	words, known := mediumOf(medium)
	if id, found := t.clickID(); found && !known && !isPaid(medium) {
		site, medium = siteNamed(id.Source), plainWord(id.Medium)
		words, known = mediumOf(medium)
	}
	switch {
	case known && words.paid && site == mediumSocial:
		return ChannelPaidSocial
	case known:
		return words.channel
	case isPaid(medium):
		return paidChannel(site)
	default:
		return unpaidChannel(site, medium, t.Source)
	}
}

// mediumOf returns the entry of media for a plain word.
func mediumOf(word string) (mediumWords, bool) {
	i := slices.IndexFunc(media, func(m mediumWords) bool { return slices.Contains(m.words, word) })
	if i < 0 {
		return mediumWords{}, false
	}
	return media[i], true
}

// isPaid reports whether a medium only means that the visit was paid for.
func isPaid(word string) bool {
	return strings.HasPrefix(word, "paid") || slices.Contains([]string{"ad", "ads", "cpl"}, word)
}

// paidChannel is the channel of a paid visit from this kind of site.
func paidChannel(site string) string {
	switch site {
	case mediumSocial:
		return ChannelPaidSocial
	case mediumOrganic:
		return ChannelPaidSearch
	default:
		return ChannelOther
	}
}

// unpaidChannel is the channel of a visit that was not paid for, by its medium. A
// search engine as the source with a medium of the owner's own is no search
// result, because somebody put that link somewhere.
func unpaidChannel(site, medium, source string) string {
	link := slices.Contains([]string{"", "direct", "none", mediumOrganic, mediumReferral, "link"}, medium)
	switch {
	case site == mediumSocial:
		return ChannelOrganicSocial
	case site == mediumEmail:
		return ChannelEmail
	case link && site == mediumOrganic, site == "" && medium == mediumOrganic:
		return ChannelOrganicSearch
	case site == mediumReferral, link && site == "" && medium != "":
		return ChannelReferral
	default:
		return sourceChannel(source)
	}
}

// sourceChannel is the channel of a campaign whose source names it, such as
// "newsletter" or "sms".
func sourceChannel(source string) string {
	words, known := mediumOf(plainWord(source))
	if known && slices.Contains([]string{ChannelEmail, ChannelSMS, ChannelAffiliate}, words.channel) {
		return words.channel
	}
	return ChannelOther
}

// siteMedium returns the kind of site that sent the visit: organic for a search
// engine, social, email or referral. It is empty if the source is a word of the owner's own.
func (t Traffic) siteMedium() string {
	medium := siteNamed(t.Source)
	if saysDirect(t.Source) {
		_, medium = ReferrerSource(t.referrerHost())
	}
	return medium
}

// siteNamed returns the kind of site that a source is, by its name or its host.
func siteNamed(source string) string {
	source = fold(source)
	if site, known := websiteNamed(source); known {
		return site.medium
	}
	if !strings.Contains(source, ".") {
		return ""
	}
	_, medium := ReferrerSource(source)
	return medium
}

// SiteOf returns the name of the well-known web site that a source is, by any of
// the words that owners write for it or by its host: google for "adwords". It is
// empty for other sources.
func SiteOf(source string) string {
	source = fold(source)
	site, known := websiteNamed(source)
	if !known && strings.Contains(source, ".") {
		site, _ = websiteOf(bareHost(source))
	}
	return site.name
}

// plainWord returns a word in lower case, with spaces between its parts.
func plainWord(s string) string {
	return strings.Join(strings.FieldsFunc(fold(s), func(r rune) bool { return strings.ContainsRune("-_. ", r) }), " ")
}
