package tracking

import (
	"context"

	"ringback/models/websites"
	"ringback/visitorid"
	"ringback/web/internal/wire"
)

func presetNames() []string {
	return wire.Views(visitorid.Systems(), func(s visitorid.System) string { return s.Name })
}

// presetSource returns the places in which the script finds a system's ids.
func presetSource(s visitorid.System) websites.VisitorIDSource {
	return websites.VisitorIDSource{System: s.Name, Cookies: s.Cookies}
}

type presetView struct {
	System  string   `json:"system" doc:"The system's name, as in all visitor_ids." example:"rtbhouse"`
	Title   string   `json:"title" doc:"The system's name for people." example:"RTB House"`
	Cookies []string `json:"cookies" doc:"The cookies that may hold the id. The first one that does counts."`
	About   string   `json:"about" doc:"What the id is." example:"The id that RTB House's tag gives a visitor."`
}

func (h *Handler) listVisitorIDPresets(context.Context, *struct{}) (*wire.Listing[presetView], error) {
	return wire.List(visitorid.Systems(), "", func(s visitorid.System) presetView {
		return presetView{System: s.Name, Title: s.Title, Cookies: s.Cookies, About: s.About}
	}), nil
}
