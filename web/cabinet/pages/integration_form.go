package pages

import (
	"cmp"
	"slices"
	"strings"
)

// DestinationType is a type of integrations, with what can be set.
type DestinationType struct {
	Type, Name           string
	Options, Credentials []SettingField
}

// SettingField is an option or a credential.
type SettingField struct {
	Name, Label, Description, Default string
	Required, Multiline               bool
	Chosen                            bool // a secret that the owner makes up
	Choices                           []string
}

// SettingValues are the values of options, and the credentials that are set, without their
// values.
type SettingValues struct{ Options, Credentials map[string]string }

// IntegrationForm is the content of the form of an integration.
type IntegrationForm struct {
	ID, Name string // ID is empty for a new one
	Enabled  bool
	SettingValues
	Model        string `json:"attribution_model"`
	Calls, Leads *FormRules

	Type                      DestinationType      `json:"-"`
	Fields, Operators, Models []string             `json:"-"`
	Metrics                   map[string][]string  `json:"-"` // by kind
	Seen                      map[string][]string  `json:"-"` // values of tags and of fields of traffic
	Versions                  []IntegrationVersion `json:"-"` // newest first
}

// FormRules are which calls or leads are sent.
type FormRules struct {
	Metrics []string
	Tags    struct{ Any, All, None []string }
	Traffic *FormCondition
}

// FormCondition is a comparison or a group of conditions.
type FormCondition struct {
	Field, Operator string
	Values          []string
	Match           string
	Conditions      []FormCondition
}

// address is where the form is sent to.
func (d IntegrationForm) address(s Shell) string {
	all := "/api/v1/sites/" + s.Site.ID + "/integrations"
	if d.ID == "" {
		return all
	}
	return all + "/" + d.ID
}

func (d IntegrationForm) method() string {
	if d.ID == "" {
		return "POST"
	}
	return "PATCH"
}

// title is the name of the stored integration, or that of a new one.
func (d IntegrationForm) title(s Shell) string {
	if d.ID == "" {
		return s.T("new_integration", d.Type.Name)
	}
	return d.Name
}

// rulesOf returns the rules of a kind, those of calls by target calls for a new integration.
func (d IntegrationForm) rulesOf(kind string) *FormRules {
	switch {
	case kind == "lead":
		return d.Leads
	case d.ID == "":
		return &FormRules{Metrics: []string{"target"}}
	default:
		return d.Calls
	}
}

// sends reports whether a metric is chosen.
func (r *FormRules) sends(metric string) bool { return r != nil && slices.Contains(r.Metrics, metric) }

// labels returns the labels of a part of the tag filter, one empty one if there are none.
func (r *FormRules) labels(part string) []string {
	var all []string
	if r != nil {
		all = map[string][]string{"any": r.Tags.Any, "all": r.Tags.All, "none": r.Tags.None}[part]
	}
	return orEmpty(all)
}

func orEmpty(all []string) []string {
	if len(all) == 0 {
		return []string{""}
	}
	return all
}

// group returns the conditions on traffic as a group.
func (r *FormRules) group() FormCondition {
	switch {
	case r == nil || r.Traffic == nil:
		return FormCondition{Match: "all"}
	case r.Traffic.Match == "":
		return FormCondition{Match: "all", Conditions: []FormCondition{*r.Traffic}}
	default:
		return *r.Traffic
	}
}

// required returns the fields that must be filled in, or those that need not.
func required(all []SettingField, is bool) (fields []SettingField) {
	for _, f := range all {
		if f.Required == is {
			fields = append(fields, f)
		}
	}
	return fields
}

// credentialHint returns what the field of a credential shows while it is empty.
func (v SettingValues) credentialHint(s Shell, f SettingField) string {
	if v.Credentials[f.Name] != "" {
		return s.T("is_set")
	}
	return ""
}

// option returns an option by its name. One that the type no longer has is known by its name
// alone.
func (t DestinationType) option(name string) SettingField {
	if i := slices.IndexFunc(t.Options, func(f SettingField) bool { return f.Name == name }); i >= 0 {
		return t.Options[i]
	}
	return SettingField{Name: name}
}

// initials are the words of settings that are not written as other words are.
var initials = map[string]string{"url": "URL", "id": "ID", "ids": "IDs", "pkey": "PKEY", "cd": "CD", "api": "API"}

// title is the label of a setting: its name for people, or else that in the API.
func (f SettingField) title() string {
	if f.Label != "" {
		return f.Label
	}
	words := strings.Split(f.Name, "_")
	for i, word := range words {
		words[i] = cmp.Or(initials[word], word)
	}
	label := strings.Join(words, " ")
	return strings.ToUpper(label[:1]) + label[1:]
}

// orSource returns the field of a comparison, source if there is none yet.
func orSource(field string) string { return cmp.Or(field, "source") }
