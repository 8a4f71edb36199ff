package api

import (
	"context"

	"ringback/destinations"
	"ringback/internal/settings"
	"ringback/sources"
	"ringback/web/internal/wire"
)

// fieldView describes an option or a credential.
type fieldView struct {
	Name        string   `json:"name" example:"pkey"`
	Description string   `json:"description"`
	Required    bool     `json:"required"`
	Default     string   `json:"default,omitempty"`
	Multiline   bool     `json:"multiline,omitempty" doc:"The value may have several lines."`
	Choices     []string `json:"choices,omitempty" doc:"The values that are allowed. Missing if any value is."`
}

type destinationView struct {
	Type        string      `json:"type" example:"rtbhouse"`
	Name        string      `json:"name" example:"RTB House"`
	Options     []fieldView `json:"options"`
	Credentials []fieldView `json:"credentials" doc:"The credentials. Their values are secret and are not shown once they are set."`
}

type sourceTypeView struct {
	Source          string      `json:"source" doc:"As it stands in addresses." example:"callrail"`
	Title           string      `json:"title" example:"CallRail"`
	LateDataSeconds int         `json:"late_data_seconds" doc:"How many seconds to wait for late data after the end of a call, by default." example:"60"`
	Options         []fieldView `json:"options"`
	Credentials     []fieldView `json:"credentials" doc:"The credentials. Their values are secret and are not shown once they are set."`
}

func (h *Handler) listDestinationTypes(context.Context, *struct{}) (*wire.Listing[destinationView], error) {
	return wire.List(h.destinations.Descriptions(), "", func(d destinations.Description) destinationView {
		return destinationView{
			Type: d.Type, Name: d.Name,
			Options: wire.Views(d.Options, viewField), Credentials: wire.Views(d.Credentials, viewField),
		}
	}), nil
}

func (h *Handler) listSourceTypes(context.Context, *struct{}) (*wire.Listing[sourceTypeView], error) {
	return wire.List(h.sources.Descriptions(), "", func(d sources.Description) sourceTypeView {
		return sourceTypeView{
			Source: d.Name, Title: d.Title, LateDataSeconds: d.SettleSeconds,
			Options: wire.Views(d.Options, viewField), Credentials: wire.Views(d.Credentials, viewField),
		}
	}), nil
}

func viewField(f settings.Field) fieldView {
	return fieldView{
		Name: f.Name, Description: f.Description, Required: f.Required,
		Default: f.Default, Multiline: f.Multiline, Choices: f.Choices,
	}
}
