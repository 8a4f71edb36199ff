package visits

import (
	"cmp"
	"slices"
	"time"

	"ringback/conversion"
)

// DefaultInactivity is how long a session lasts without activity, unless the site has a setting.
const DefaultInactivity = 30 * time.Minute

// Next returns whether a hit continues the visitor's latest session or begins
// another one. The session is nil if the visitor has none. An arrival from outside
// begins a session at once, and so does any activity after the time of inactivity.
// Everything else continues the session, in whichever tab it happens
// (docs/facts/visits.md).
//
// The first hit of a new visitor may be a reload: some consent tools reload the
// page when the visitor agrees, and the script reports only that second load. Its
// address and referrer are still those of the arrival.
//
// An arrival with the click id that the session began with is the same click
// again, for example because the ad's page was opened from a bookmark. It counts
// as a return and not as an arrival.
func Next(previous *Session, h Hit, r Rules) Step {
	if previous == nil && h.Kind == Reload {
		h.Kind = Navigate
	}
	traffic, arrived := Arrive(h, r)
	if previous == nil {
		why := arrival(traffic)
		why.First = true
		return Step{New: true, Why: why, Traffic: traffic}
	}
	if arrived && sameClick(previous.Traffic, traffic) {
		arrived = false
		traffic = conversion.Traffic{LandingPage: traffic.LandingPage, PageURL: traffic.PageURL, Channel: conversion.ChannelDirect}
	}
	switch {
	case arrived:
		return Step{New: true, Why: arrival(traffic), Traffic: traffic}
	case previous.Open(h.At, r):
		return Step{}
	default:
		return r.comeBack(*previous, traffic, h.At)
	}
}

// Open reports whether the session has not ended by inactivity yet. Exactly 30
// minutes after the last activity it is still open.
func (s Session) Open(at time.Time, r Rules) bool {
	return at.Sub(s.LastActivityAt) <= cmp.Or(r.Inactivity, DefaultInactivity)
}

// comeBack returns the start of a direct session after a time of inactivity. With
// carry-over it has the channel of the session before, even if that was carried
// over itself, and nothing else of it.
func (r Rules) comeBack(previous Session, direct conversion.Traffic, at time.Time) Step {
	step := Step{New: true, Why: StartReason{Code: StartInactivity}, Traffic: direct}
	channel := cmp.Or(previous.Traffic.Channel, conversion.Channel(previous.Traffic))
	if r.CarryOver && at.Sub(previous.LastActivityAt) <= CarryOverTime && channel != conversion.ChannelDirect {
		step.Traffic.Channel, step.Carried = channel, true
	}
	return step
}

// perClick are the click ids that are new for every click. Others are less
// specific: li_fat_id stands for the member who clicked, wbraid and gbraid for
// many clicks together, igshid and igsh for a shared link (docs/facts/visits.md).
var perClick = []string{
	"gclid", "dclid", "yclid", "ysclid", "msclkid", "fbclid", "ttclid", "twclid", "rdt_cid", "ScCid", "rb_clickid", "irclickid", "awc", "ymclid", "sznclid",
	"qclid", "tblci", "dicbo", "cjevent",
}

// sameClick reports whether two visits came from one click on an ad: they have the
// same campaign and share a click id that is new for every click.
func sameClick(a, b conversion.Traffic) bool {
	if campaignOf(a) != campaignOf(b) {
		return false
	}
	return slices.ContainsFunc(perClick, func(name string) bool {
		return b.ClickIDs[name] != "" && a.ClickIDs[name] == b.ClickIDs[name]
	})
}

// campaignOf returns the campaign of a visit in a form that can be compared.
func campaignOf(t conversion.Traffic) [5]string {
	return [...]string{t.Source, t.Medium, t.Campaign, t.Content, t.Term}
}
