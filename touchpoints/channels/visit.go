package channels

import (
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"ringback/conversion"
)

// visit is what the conditions are compared with, in lower case.
type visit struct {
	campaign, medium, source string
	landing                  []string // the landing page in the forms that owners write
	referrer                 []string // the referring website in such forms
	kind                     string   // a channel of package conversion
	site                     string   // the well-known site that it came from, as "google"
	display                  bool     // it came by the click id of DoubleClick
	direct                   bool
}

func visitOf(t conversion.Traffic) visit {
	sourced := t.Sourced()
	return visit{
		campaign: strings.ToLower(sourced.Campaign), medium: strings.ToLower(sourced.Medium), source: strings.ToLower(sourced.Source),
		landing: pageForms(sourced.LandingPage), referrer: hostForms(sourced.Referrer),
		kind: conversion.Channel(t), site: siteOf(sourced),
		display: sourced.ClickIDs["dclid"] != "", direct: t.Direct(),
	}
}

// siteOf returns the well-known site that a visit came from, by its source, else by
// its click id or its referrer.
func siteOf(t conversion.Traffic) string {
	if site := conversion.SiteOf(t.Source); site != "" {
		return site
	}
	t.Source, t.Medium = "", ""
	return conversion.SiteOf(t.Sourced().Source)
}

// fits returns the value of a cell that fits the visit, and whether there is one.
func (v visit) fits(c cell) (string, bool) {
	switch c.column {
	case Campaign:
		return fitting(c.values, []string{v.campaign})
	case Medium:
		return fitting(c.values, []string{v.medium})
	case Source:
		return fitting(c.values, []string{v.source})
	case LandingPage:
		return fitting(c.values, v.landing)
	}
	for _, value := range c.values {
		if !isBuiltIn(value) && matchesAny(value, v.referrer) {
			return value, true
		}
		if b := builtIns[value]; isBuiltIn(value) && b.fits(v) {
			return b.name, true
		}
	}
	return "", false
}

func matchesAny(pattern string, texts []string) bool {
	return slices.ContainsFunc(texts, func(text string) bool { return Fits(pattern, text) })
}

// pageForms returns the forms of a page's address that an owner may write: with
// and without the scheme, "www." and the query, and the path alone.
func pageForms(address string) []string {
	u, err := url.Parse(strings.ToLower(address))
	if err != nil || u.Hostname() == "" {
		return nil
	}
	page := strings.TrimPrefix(u.Host, "www.") + u.EscapedPath()
	forms := []string{strings.ToLower(address), page, strings.TrimSuffix(page, "/"), u.EscapedPath()}
	if u.RawQuery != "" {
		forms = append(forms, page+"?"+u.RawQuery)
	}
	return forms
}

// hostForms returns the forms of a referring website that an owner may write: the
// host, its registered domain, and that without its ending, as "facebook". Marketo
// Measure has no rules by subdomain (docs/facts/marketo-measure.md#channel-rules).
func hostForms(referrer string) []string {
	u, err := url.Parse(strings.ToLower(referrer))
	if err != nil || u.Hostname() == "" {
		return nil
	}
	host := strings.TrimPrefix(u.Hostname(), "www.")
	domain, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil {
		return []string{host}
	}
	name, _, _ := strings.Cut(domain, ".")
	return []string{host, domain, name}
}
