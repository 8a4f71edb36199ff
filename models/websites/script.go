package websites

import (
	"time"

	"ringback/forms"
	"ringback/visitorid"
	"ringback/visits"
)

// ScriptSettings are what a site's owner sets for the script on its pages.
type ScriptSettings struct {
	ConsentRequired bool              `json:"consent_required"`
	Forms           forms.Capture     `json:"forms"`
	Fields          map[string]string `json:"fields"`            // form field by name: phone, email, name, never
	VisitorIDs      []VisitorIDSource `json:"visitor_ids"`       // third parties' ids to read
	Origins         []string          `json:"origins"`           // beyond the domains: https://shop.example.net:8443
	SessionMinutes  int               `json:"session_minutes"`   // of inactivity that end a session
	CarryOver       bool              `json:"carry_over"`        // see visits.Rules
	Ignored         []string          `json:"ignored_referrers"` // see visits.Rules
	KeepDays        int               `json:"keep_days"`         // visits older than this are deleted
	LeadTags        forms.AllowedTags `json:"lead_tags"`         // that leads of the pages may have
	SwapAfterLoad   bool              `json:"swap_after_load"`   // numbers are swapped once the page has loaded: its server rendered it, and its scripts take it over
}

// VisitorIDSource is where a third party's visitor id is found on a page: in the first
// of the cookies, or else of the entries of the local storage, that has one.
type VisitorIDSource struct {
	System  string   `json:"system"` // rtbhouse, bizible, ...
	Cookies []string `json:"cookies,omitempty"`
	Storage []string `json:"storage,omitempty"`
}

// DefaultScript returns the settings of a new site.
func DefaultScript() ScriptSettings {
	s := ScriptSettings{Forms: forms.CaptureMarked, SessionMinutes: 30, CarryOver: true, KeepDays: 400}
	for _, system := range visitorid.Defaults() {
		s.VisitorIDs = append(s.VisitorIDs, VisitorIDSource{System: system.Name, Cookies: system.Cookies})
	}
	return s
}

// orDefault returns the settings of a site that has none yet: it is new, or was
// stored before there was a script.
func (s ScriptSettings) orDefault() ScriptSettings {
	if s.SessionMinutes == 0 {
		return DefaultScript()
	}
	return s
}

// Rules are the site's settings that tell sessions apart.
func (p Plan) Rules() visits.Rules {
	script := p.Site.Script
	return visits.Rules{
		Inactivity: time.Duration(script.SessionMinutes) * time.Minute, CarryOver: script.CarryOver,
		Domains: p.Site.Domains, Origins: script.Origins, IgnoredReferrers: script.Ignored,
	}
}
