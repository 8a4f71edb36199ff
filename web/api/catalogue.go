package api

import (
	"context"

	"ringback/destinations"
	"ringback/explanation"
	"ringback/internal/settings"
	"ringback/sources"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/wire"
)

type destinationView struct {
	Type        string           `json:"type" example:"rtbhouse"`
	Name        string           `json:"name" example:"RTB House"`
	Options     []wire.FieldView `json:"options"`
	Credentials []wire.FieldView `json:"credentials" doc:"The credentials. Their values are secret and are not shown once they are set."`
}

type sourceTypeView struct {
	Source          string           `json:"source" doc:"As it stands in addresses." example:"callrail"`
	Title           string           `json:"title" example:"CallRail"`
	Several         bool             `json:"several,omitempty" doc:"A site may have several of these sources. The name of another one is this name, a hyphen and up to 32 letters and digits." example:"false"`
	Steps           []string         `json:"steps" doc:"What to do at the provider, in this order, in the language of the request."`
	LateDataSeconds int              `json:"late_data_seconds" doc:"How many seconds to wait for late data after the end of a call, by default." example:"60"`
	Options         []wire.FieldView `json:"options"`
	Credentials     []wire.FieldView `json:"credentials" doc:"The credentials. Their values are secret and are not shown once they are set."`
}

func (h *Handler) listDestinationTypes(ctx context.Context, _ *struct{}) (*wire.Listing[destinationView], error) {
	w := explanation.In(reqctx.Of(ctx).Language)
	return wire.List(h.destinations.Descriptions(), "", func(d destinations.Description) destinationView {
		described := func(f settings.Field) wire.FieldView {
			view := wire.ViewField(f)
			if label, about := w.Setting(d.Type, f.Name); about != "" {
				view.Label, view.Description = label, about
			}
			return view
		}
		return destinationView{Type: d.Type, Name: d.Name, Options: wire.Views(d.Options, described), Credentials: wire.Views(d.Credentials, described)}
	}), nil
}

func (h *Handler) listSourceTypes(ctx context.Context, _ *struct{}) (*wire.Listing[sourceTypeView], error) {
	w := reqctx.Writer(ctx)
	return wire.List(h.sources.Descriptions(), "", func(d sources.Description) sourceTypeView {
		described := func(f settings.Field) wire.FieldView {
			view := wire.ViewField(f)
			view.Label, view.Description = w.SourceSetting(d.Name, f.Name)
			return view
		}
		return sourceTypeView{
			Source: d.Name, Title: d.Title, Several: h.isSeveral(d.Name), Steps: w.SourceSteps(d.Name), LateDataSeconds: d.SettleSeconds,
			Options: wire.Views(d.Options, described), Credentials: wire.Views(d.Credentials, described),
		}
	}), nil
}

// isSeveral reports whether a site may have several sources of a type.
func (h *Handler) isSeveral(name string) bool {
	source, _ := h.sources.Get(name)
	family, is := source.(sources.Family)
	if !is {
		return false
	}
	_, is = family.Member("1")
	return is
}
