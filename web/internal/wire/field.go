package wire

import "ringback/internal/settings"

// FieldView describes an option or a credential.
type FieldView struct {
	Name        string   `json:"name" example:"pkey"`
	Label       string   `json:"label,omitempty" doc:"The name for people, in the language of the request. Missing if there is none." example:"PKEY"`
	Description string   `json:"description" doc:"What it is. The settings of destinations and sources are described in the language of the request, all others in English."`
	Required    bool     `json:"required"`
	Default     string   `json:"default,omitempty"`
	Multiline   bool     `json:"multiline,omitempty" doc:"The value may have several lines."`
	Chosen      bool     `json:"chosen,omitempty" doc:"A credential that is a secret of your own choice, which you also enter at the provider."`
	Choices     []string `json:"choices,omitempty" doc:"The values that are allowed. Missing if any value is."`
}

// ViewField returns the view of a field.
func ViewField(f settings.Field) FieldView {
	return FieldView{
		Name: f.Name, Description: f.Description, Required: f.Required,
		Default: f.Default, Multiline: f.Multiline, Chosen: f.Chosen, Choices: f.Choices,
	}
}
