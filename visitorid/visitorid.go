// Package visitorid lists the third parties whose visitor ids Ringback knows by
// name, and the cookies in which their scripts store them (docs/facts/visits.md).
// It is the only place that names these cookies. It must not know how ids are
// read, stored or sent.
package visitorid

import "slices"

// The names of the systems whose ids the service itself uses.
const (
	RTBHouse       = "rtbhouse"
	MarketoMeasure = "bizible" // Marketo Measure was called Bizible

	CallTrackingMetrics = "calltrackingmetrics"
	Calltouch           = "calltouch"         // the visitor
	CalltouchSession    = "calltouch_session" // the session
)

// System is a third party that identifies visitors by an id of its own.
type System struct {
	Name    string   // the key of its ids throughout Ringback
	Title   string   // its name for people
	Cookies []string // the cookies that may hold the id; the first one that does counts
	About   string   // what the id is, for people
}

var systems = []System{
	{RTBHouse, "RTB House", []string{"__r_aid_v__", "__rtbh.aid"}, "The id that RTB House's tag gives a visitor. An integration of the type rtbhouse sends nothing without it."},
	{MarketoMeasure, "Marketo Measure", []string{"_biz_uid"}, "The id that Marketo Measure, formerly Bizible, gives a browser."},
	{"google", "Google Analytics", []string{"_ga"}, "The client id of Google Analytics, as stored in its cookie."},
	{"meta_fbp", "Meta, browser", []string{"_fbp"}, "The id that the Meta Pixel gives a browser."},
	{"meta_fbc", "Meta, click", []string{"_fbc"}, "The last click on an ad at Meta, as stored by the Meta Pixel."},
	{"yandex", "Yandex Metrica", []string{"_ym_uid"}, "The client id of Yandex Metrica."},
	{CallTrackingMetrics, "CallTrackingMetrics", []string{"ringback_ctm", "__ctmid"}, "The visitor sid of CallTrackingMetrics, by which its calls name the visit. The first cookie is one that a snippet on the page sets; see the page of the source."},
	{Calltouch, "Calltouch, visitor", []string{"_ct"}, "The id that Calltouch gives a visitor, by which its calls and requests name the visitor."},
	{CalltouchSession, "Calltouch, session", []string{"_ct_session_id"}, "The id of Calltouch's session, by which its calls and requests name the visit."},
}

// Systems returns all systems.
func Systems() []System {
	all := slices.Clone(systems)
	for i := range all {
		all[i].Cookies = slices.Clone(all[i].Cookies)
	}
	return all
}

// Defaults returns the systems whose ids are read unless an owner chooses others
// (R1, M1).
func Defaults() []System {
	return slices.DeleteFunc(Systems(), func(s System) bool { return s.Name != RTBHouse && s.Name != MarketoMeasure })
}

// Find returns the system of this name.
func Find(name string) (System, bool) {
	all := Systems()
	i := slices.IndexFunc(all, func(s System) bool { return s.Name == name })
	if i < 0 {
		return System{}, false
	}
	return all[i], true
}

// Cookies returns the cookies of the system of this name, or nil if there is no
// such system.
func Cookies(name string) []string {
	system, _ := Find(name)
	return system.Cookies
}
