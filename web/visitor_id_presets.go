package web

import (
	"context"
	"slices"

	"ringback/models"
)

// visitorIDPreset says where a well-known third party keeps its id of a visitor,
// so that an owner names the system and nothing else.
type visitorIDPreset struct {
	System  string
	Title   string
	Cookies []string
	About   string
}

// visitorIDPresets are the systems that Ringback knows by name. The cookies of RTB
// House and Marketo Measure are those of requirements R1 and M1; the others are
// what each platform's own tag sets on the site's domain.
var visitorIDPresets = []visitorIDPreset{
	{"rtbhouse", "RTB House", []string{"__r_aid_v__", "__rtbh.aid"}, "The id that RTB House's tag gives a visitor. An integration of the type rtbhouse sends nothing without it."},
	{"bizible", "Marketo Measure", []string{"_biz_uid"}, "The id that Marketo Measure, formerly Bizible, gives a browser."},
	{"google", "Google Analytics", []string{"_ga"}, "The client id of Google Analytics, as its cookie has it."},
	{"meta_fbp", "Meta, browser", []string{"_fbp"}, "The id that the Meta Pixel gives a browser."},
	{"meta_fbc", "Meta, click", []string{"_fbc"}, "The last click on an ad at Meta, as the Meta Pixel keeps it."},
	{"yandex", "Yandex Metrica", []string{"_ym_uid"}, "The client id of Yandex Metrica."},
}

// presetOf finds what is known of a system.
func presetOf(system string) (visitorIDPreset, bool) {
	i := slices.IndexFunc(visitorIDPresets, func(p visitorIDPreset) bool { return p.System == system })
	if i < 0 {
		return visitorIDPreset{}, false
	}
	return visitorIDPresets[i], true
}

func presetNames() []string {
	return views(visitorIDPresets, func(p visitorIDPreset) string { return p.System })
}

// source is where the script finds the preset's id.
func (p visitorIDPreset) source() models.VisitorIDSource {
	return models.VisitorIDSource{System: p.System, Cookies: slices.Clone(p.Cookies)}
}

type presetView struct {
	System  string   `json:"system" doc:"The name that visitor ids have everywhere in Ringback." example:"rtbhouse"`
	Title   string   `json:"title" doc:"For people." example:"RTB House"`
	Cookies []string `json:"cookies" doc:"Where the id is found, the first that has one." example:"[\"__r_aid_v__\", \"__rtbh.aid\"]"`
	About   string   `json:"about" doc:"What it is." example:"The id that RTB House's tag gives a visitor."`
}

func (s *server) listVisitorIDPresets(context.Context, *struct{}) (*listing[presetView], error) {
	return listOf(visitorIDPresets, "", func(p visitorIDPreset) presetView { return presetView(p) }), nil
}
