package visits

import (
	"net/url"
	"slices"
	"strings"

	"ringback/conversion"
)

// signInHosts are where visitors go to prove who they are, and come back from.
// The facts name Google, Microsoft and Apple (on Marketo Measure, section 1.4).
var signInHosts = []string{
	"accounts.google.com", "accounts.youtube.com",
	"login.microsoftonline.com", "login.live.com", "login.microsoft.com", "account.live.com",
	"appleid.apple.com", "idmsa.apple.com",
}

// Arrive tells where a page view came from: by the campaign words (utm_...) and
// click ids of its address, in its parameters or after its "#", and by its
// referrer. It also reports whether that is an arrival from outside; when it is not,
// the traffic is direct and tells the page alone.
//
// Only opening a page can be an arrival; Next knows the one exception. Coming from a page of the site itself is
// none, nor from a host that the site ignores, nor, with carry-over, from a
// sign-in page.
func Arrive(h Hit, r Rules) (conversion.Traffic, bool) {
	page := CleanURL(h.URL)
	direct := conversion.Traffic{LandingPage: page, PageURL: page, Channel: conversion.ChannelDirect}
	referrer := referrerOf(h)
	if h.Kind != Navigate || r.FromWithin(h) {
		return direct, false
	}
	told := tellSource(conversion.Traffic{LandingPage: page, PageURL: page}, h.URL)
	if referrer != nil {
		told.Referrer = h.Referrer
	}
	told = told.Sourced()
	if told.Direct() {
		return direct, false
	}
	told.Channel = conversion.Channel(told)
	told.Referrer = CleanURL(told.Referrer) // last, as that of an app has no address to keep
	return told, true
}

// FromWithin reports whether a page was opened from another one of the site, or from
// where visitors of the site come back from.
func (r Rules) FromWithin(h Hit) bool {
	referrer := referrerOf(h)
	return referrer != nil && r.isOwn(referrer.Hostname(), h.URL)
}

// referrerOf reads the referrer; nil when it is no page and no app.
func referrerOf(h Hit) *url.URL {
	u, err := url.Parse(h.Referrer)
	if err != nil || u.Hostname() == "" || !slices.Contains([]string{"http", "https", "android-app"}, u.Scheme) {
		return nil
	}
	return u
}

// isOwn reports whether a referrer's host brings nobody to this page.
func (r Rules) isOwn(host, page string) bool {
	if u, err := url.Parse(page); err == nil && withoutWWW(u.Hostname()) == withoutWWW(host) {
		return true
	}
	return HostIn("www."+host, r.Domains) || // a domain may be set with "www." or without
		HostIn(host, r.IgnoredReferrers) || r.CarryOver && HostIn(host, signInHosts)
}

// tellSource adds what the page's address tells of where the visit came from.
func tellSource(t conversion.Traffic, page string) conversion.Traffic {
	told := sourceParameters(page)
	t.Source, t.Medium, t.Campaign = told["utm_source"], told["utm_medium"], told["utm_campaign"]
	t.Content, t.Term = told["utm_content"], told["utm_term"]
	for _, click := range conversion.ClickIDs {
		if id := told[strings.ToLower(click.Name)]; id != "" {
			if t.ClickIDs == nil {
				t.ClickIDs = map[string]string{}
			}
			t.ClickIDs[click.Name] = id
		}
	}
	return t
}
