package visits

import (
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/idna"

	"ringback/conversion"
)

// signInHosts are pages on which visitors sign in and from which they return:
// those of Google, Microsoft and Apple (docs/facts/visits.md).
var signInHosts = []string{
	"accounts.google.com", "accounts.youtube.com",
	"login.microsoftonline.com", "login.live.com", "login.microsoft.com", "account.live.com",
	"appleid.apple.com", "idmsa.apple.com",
}

// Arrive returns where a page view came from, by its referrer and by the utm_
// parameters and click ids of its address, in the query or after the "#". It also
// reports whether that is an arrival from outside. If it is not, the traffic is
// direct and has only the page.
//
// Only opening a page can be an arrival; Next has the one exception. A page view
// from the site itself or from an ignored host is no arrival. With carry-over,
// one from a sign-in page is none either.
func Arrive(h Hit, r Rules) (conversion.Traffic, bool) {
	page := CleanURL(h.URL)
	direct := conversion.Traffic{LandingPage: page, PageURL: page, Channel: conversion.ChannelDirect}
	referrer := referrerOf(h)
	if h.Kind != Navigate || r.FromWithin(h) {
		return direct, false
	}
	traffic := withSource(conversion.Traffic{LandingPage: page, PageURL: page}, h.URL)
	if referrer != nil {
		traffic.Referrer = referrer.String()
	}
	traffic = traffic.Sourced()
	if traffic.Direct() {
		return direct, false
	}
	traffic.Channel = conversion.Channel(traffic)
	traffic.Referrer = CleanURL(traffic.Referrer) // last, as that of an app has no address to keep
	return traffic, true
}

// FromWithin reports whether a page was opened from another page of the site, or
// from a host that visitors of the site return from.
func (r Rules) FromWithin(h Hit) bool {
	referrer := referrerOf(h)
	return referrer != nil && r.isOwn(referrer.Hostname(), h.URL)
}

// referrerOf returns the referrer, or nil if it is neither a page nor an app.
func referrerOf(h Hit) *url.URL {
	u, err := url.Parse(h.Referrer)
	if err != nil || u.Hostname() == "" || !slices.Contains([]string{"http", "https", "android-app"}, u.Scheme) {
		return nil
	}
	u.Host = publisher(u)
	return u
}

// copies are the domains that show copies of other sites' pages: AMP caches and
// Google's translation. A copy's host name is that of the site with "-" for "." and
// "--" for "-".
var copies = []string{".cdn.ampproject.org", ".amp.cloudflare.com", ".bing-amp.com", ".translate.goog"}

// publisher returns the host of a page, or that of the site that a copy is of.
func publisher(page *url.URL) string {
	for _, domain := range copies {
		if name, found := strings.CutSuffix(strings.ToLower(page.Hostname()), domain); found && strings.Contains(name, "-") {
			return copied(name)
		}
	}
	path := strings.TrimPrefix(page.Path, "/c/")
	if strings.EqualFold(page.Hostname(), "cdn.ampproject.org") && path != page.Path {
		if host, _, _ := strings.Cut(strings.TrimPrefix(path, "s/"), "/"); strings.Contains(host, ".") {
			return host
		}
	}
	return page.Host
}

// copied returns the host name of the site that the name of a copy stands for. That of
// a name in another script is encoded as a whole, and a name whose third and fourth
// characters are "-" is put between "0-" and "-0" (docs/facts/visits.md).
func copied(name string) string {
	if readable, err := idna.Punycode.ToUnicode(name); err == nil {
		name = readable
	}
	if inner, found := strings.CutPrefix(name, "0-"); found {
		name = strings.TrimSuffix(inner, "-0")
	}
	return hostName(strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(name, "--", "\x00"), "-", "."), "\x00", "-"))
}

// isOwn reports whether a referrer's host counts as the site itself.
func (r Rules) isOwn(host, page string) bool {
	if u, err := url.Parse(page); err == nil && withoutWWW(u.Hostname()) == withoutWWW(host) {
		return true
	}
	for _, origin := range r.Origins {
		if u, err := url.Parse(origin); err == nil && host != "" && withoutWWW(u.Hostname()) == withoutWWW(host) {
			return true
		}
	}
	return HostIn("www."+host, r.Domains) || // a domain may be set with "www." or without
		HostIn(host, r.IgnoredReferrers) || r.CarryOver && HostIn(host, signInHosts)
}

// withSource adds what the page's address has on the source of the visit.
func withSource(t conversion.Traffic, page string) conversion.Traffic {
	traffic := sourceParameters(page)
	t.Source, t.Medium, t.Campaign = traffic["utm_source"], traffic["utm_medium"], traffic["utm_campaign"]
	t.Content, t.Term = traffic["utm_content"], traffic["utm_term"]
	for _, click := range conversion.ClickIDs {
		if id := traffic[strings.ToLower(click.Name)]; id != "" {
			if t.ClickIDs == nil {
				t.ClickIDs = map[string]string{}
			}
			t.ClickIDs[click.Name] = id
		}
	}
	if t.Source+t.Medium == "" && t.ClickIDs == nil {
		t.Source, t.Medium = markedBy(traffic)
	}
	return t
}
