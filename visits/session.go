package visits

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"ringback/conversion"
)

// DefaultInactivity ends a session where the site sets nothing else.
const DefaultInactivity = 30 * time.Minute

// Next says what a hit does to the visitor's latest session before it; nil: there
// is none. The rules are those of the facts on Marketo Measure, section 1.4: an
// arrival from outside begins a session at once, and so does any activity after
// the time of inactivity. Everything else continues the session, whichever tab it
// happens in.
//
// A visitor who was never seen before may arrive by a reload too: some consent
// tools load the page again once the visitor agrees, and let
// the script report it only then. Its address and referrer are still the arrival's.
//
// An arrival by the very click that the session began with is that click once
// more, as when the ad's page is opened again from a bookmark: it counts as a
// return, not as an arrival (inferred).
func Next(previous *Session, h Hit, r Rules) Step {
	if previous == nil && h.Kind == Reload {
		h.Kind = Navigate
	}
	traffic, arrived := Arrive(h, r)
	if previous == nil {
		return Step{New: true, Why: "the visitor's first; " + whence(traffic), Traffic: traffic}
	}
	if arrived && sameClick(previous.Traffic, traffic) {
		arrived = false
		traffic = conversion.Traffic{LandingPage: traffic.LandingPage, PageURL: traffic.PageURL, Channel: conversion.ChannelDirect}
	}
	switch {
	case arrived:
		return Step{New: true, Why: whence(traffic), Traffic: traffic}
	case previous.Open(h.At, r):
		return Step{Why: "the session goes on"}
	default:
		return r.comeBack(*previous, traffic, h.At)
	}
}

// Open reports whether the time of inactivity has not ended the session yet. It ends
// after its last moment: exactly 30 minutes after the last activity the session
// is still open (the facts leave that unknown).
func (s Session) Open(at time.Time, r Rules) bool {
	return at.Sub(s.LastActivityAt) <= cmp.Or(r.Inactivity, DefaultInactivity)
}

// comeBack begins a direct session some time after the last activity. It may
// carry over the channel of the one before, be that carried over itself, and
// nothing else.
func (r Rules) comeBack(previous Session, direct conversion.Traffic, at time.Time) Step {
	step := Step{New: true, Why: "the last activity was too long ago", Traffic: direct}
	channel := cmp.Or(previous.Traffic.Channel, conversion.Channel(previous.Traffic))
	if r.CarryOver && at.Sub(previous.LastActivityAt) <= CarryOverTime && channel != conversion.ChannelDirect {
		step.Traffic.Channel, step.Carried = channel, true
	}
	return step
}

// perClick are the click ids that platforms make anew for every click. The others
// say less: li_fat_id is of the member who clicked, wbraid and gbraid are of many
// clicks together, igshid is of a link that was shared.
var perClick = []string{
	"gclid", "dclid", "yclid", "ysclid", "msclkid", "fbclid", "ttclid", "twclid", "rdt_cid", "ScCid", "rb_clickid", "irclickid", "awc",
}

// sameClick reports whether two visits came by one click of an ad: a click id of one
// click is the same, and so are the campaign's words.
func sameClick(a, b conversion.Traffic) bool {
	if campaignOf(a) != campaignOf(b) {
		return false
	}
	return slices.ContainsFunc(perClick, func(name string) bool {
		return b.ClickIDs[name] != "" && a.ClickIDs[name] == b.ClickIDs[name]
	})
}

// campaignOf returns the words of a visit's campaign, to be compared.
func campaignOf(t conversion.Traffic) [5]string {
	return [...]string{t.Source, t.Medium, t.Campaign, t.Content, t.Term}
}

// whence says for people where a visit came from.
func whence(t conversion.Traffic) string {
	if t.Direct() {
		return "nothing tells where it came from"
	}
	var parts []string
	for _, part := range []string{t.Source, t.Medium} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	if len(parts) == 0 {
		return "it came by a campaign"
	}
	return "it came from " + strings.Join(parts, " / ")
}
