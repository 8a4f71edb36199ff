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

// ChannelMeaning is a channel with its meaning, as owners read it.
type ChannelMeaning struct{ Name, Meaning string }

// Channels are all of them, in the order in which owners meet them.
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

// mediumWords says which channel a utm_medium means. Words are compared without
// case, and with spaces for hyphens, underscores and dots.
type mediumWords struct {
	channel string
	paid    bool // in a social network it is paid social
	words   []string
}

// media are the words that are in use for utm_medium. No standard lists them.
var media = []mediumWords{
	{ChannelPaidSocial, true, []string{"paid social", "paidsocial", "social paid", "cpc social", "social cpc", "social ads"}},
	{ChannelPaidSearch, true, []string{"cpc", "ppc", "sem", "paid search", "paidsearch", "search ads"}},
	{ChannelDisplay, true, []string{"display", "banner", "banners", "cpm", "cpv", "video", "expandable", "interstitial", "programmatic", "retargeting", "remarketing", "native"}},
	{ChannelAffiliate, false, []string{"affiliate", "affiliates", "cpa", "cps", "partner", "partners"}},
	{ChannelEmail, false, []string{"email", "e mail", "mail", "newsletter", "mailing"}},
	{ChannelSMS, false, []string{"sms", "text message"}},
	{ChannelOrganicSocial, false, []string{"social", "organic social", "social organic", "social network", "social media", "smm", "sm"}},
}

// Channel tells the kind of advertising or link that brought a visit, one of
// Channels. The medium's word decides first, then the click ids, then what kind
// of site the source or the referrer is. A channel that the traffic has already
// does not matter.
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

// mediumOf finds what a medium's plain word means.
func mediumOf(word string) (mediumWords, bool) {
	i := slices.IndexFunc(media, func(m mediumWords) bool { return slices.Contains(m.words, word) })
	if i < 0 {
		return mediumWords{}, false
	}
	return media[i], true
}

// isPaid reports whether a medium tells of money and of nothing else.
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

// unpaidChannel is the channel of a visit whose medium tells of no money. A word
// of the owner's own on a link from a search engine is no search result: that
// link was put somewhere.
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

// sourceChannel is the channel of a campaign whose source is itself a word for
// it, as "newsletter" and "sms" are.
func sourceChannel(source string) string {
	words, known := mediumOf(plainWord(source))
	if known && slices.Contains([]string{ChannelEmail, ChannelSMS, ChannelAffiliate}, words.channel) {
		return words.channel
	}
	return ChannelOther
}

// siteMedium tells what kind of site sent the visit: organic for a search engine,
// social, email, referral; empty when the source is a word of the owner's own.
func (t Traffic) siteMedium() string {
	medium := siteNamed(t.Source)
	if saysDirect(t.Source) {
		_, medium = ReferrerSource(t.referrerHost())
	}
	return medium
}

// siteNamed tells what kind of site a source names, by its name or its host.
func siteNamed(source string) string {
	source = fold(source)
	for _, w := range websites {
		if source == w.name || slices.Contains(w.words, source) {
			return w.medium
		}
	}
	if !strings.Contains(source, ".") {
		return ""
	}
	_, medium := ReferrerSource(source)
	return medium
}

// plainWord writes a word without case, and with spaces for what joins its parts.
func plainWord(s string) string {
	return strings.Join(strings.FieldsFunc(fold(s), func(r rune) bool { return strings.ContainsRune("-_. ", r) }), " ")
}
