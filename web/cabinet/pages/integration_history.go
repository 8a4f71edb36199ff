package pages

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// IntegrationVersion is how an integration was.
type IntegrationVersion struct {
	Version        int
	ChangedBy      string    `json:"changed_by"`
	CreatedAt      time.Time `json:"created_at"`
	Name           string
	Enabled        bool
	CredentialsSet []string `json:"credentials_set"`
	Options        map[string]any
	Model          string `json:"attribution_model"`
	Calls, Leads   map[string]any
	Delivery       map[string]any
}

// Difference is a setting that a version has changed.
type Difference struct{ Setting, From, To string }

// differences returns what the version has changed against the one before.
func (d IntegrationForm) differences(s Shell, at int) (all []Difference) {
	if at+1 >= len(d.Versions) {
		return nil
	}
	before, after := d.Versions[at+1].settings(s), d.Versions[at].settings(s)
	paths := maps.Clone(before)
	maps.Copy(paths, after)
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		if before[path] != after[path] {
			all = append(all, Difference{d.settingLabel(s, path), orDash(before[path]), orDash(after[path])})
		}
	}
	return all
}

func orDash(text string) string {
	if text == "" {
		return "–"
	}
	return text
}

// settings returns the settings of a version as texts by path.
func (v IntegrationVersion) settings(s Shell) map[string]string {
	all := map[string]string{
		"name": v.Name, "enabled": s.YesNo(&v.Enabled), "credentials": strings.Join(v.CredentialsSet, ", "),
	}
	if v.Model != "" {
		all["attribution_model"] = s.Code("model", v.Model)
	}
	for name, value := range map[string]map[string]any{"options": v.Options, "calls": v.Calls, "leads": v.Leads, "delivery": v.Delivery} {
		flatten(s, name, value, all)
	}
	return all
}

// settingLabel returns the label that a setting has in the form, or its path if it is not
// part of the form.
func (d IntegrationForm) settingLabel(s Shell, path string) string {
	switch path {
	case "name":
		return s.T("own_name")
	case "credentials":
		return s.T("credentials_set")
	case "enabled":
		return s.T("switched_on")
	case "attribution_model":
		return s.T("by_visit")
	}
	part, rest, _ := strings.Cut(path, ".")
	switch kind := strings.TrimSuffix(part, "s"); {
	case part == "options":
		return d.Type.option(rest).title()
	case rest == "metrics":
		return strings.TrimSuffix(s.Code("send_which", kind), ":")
	case rest == "traffic":
		return s.Code("send_kind", kind) + " " + s.T("came_from")
	case strings.HasPrefix(rest, "tags."):
		return s.Code("send_kind", kind) + " " + s.Code("tags", strings.TrimPrefix(rest, "tags."))
	}
	return path
}

// flatten adds the texts of a setting and of those within it. A list is one text, and so are
// the conditions on traffic.
func flatten(s Shell, path string, value any, into map[string]string) {
	switch value := value.(type) {
	case map[string]any:
		if path == "calls.traffic" || path == "leads.traffic" {
			into[path] = sentence(s, conditionOf(value), true)
			return
		}
		for name, part := range value {
			flatten(s, path+"."+name, part, into)
		}
	case string:
		into[path] = value
	case []any:
		into[path] = list(value, func(text string) string {
			if path == "calls.metrics" || path == "leads.metrics" {
				return s.Code("metric", text)
			}
			return text
		})
	default:
		text, _ := json.Marshal(value) // it came as JSON
		into[path] = string(text)
	}
}

func conditionOf(value map[string]any) (c FormCondition) {
	text, _ := json.Marshal(value) // it came as JSON
	_ = json.Unmarshal(text, &c)   // the API has checked it
	return c
}

// sentence returns a condition in words. A group within another one has parentheses.
func sentence(s Shell, c FormCondition, outer bool) string {
	if c.Match == "" && len(c.Conditions) == 0 {
		values := strings.Join(c.Values, " "+s.Code("joined", "any")+" ")
		return strings.TrimSpace(fmt.Sprintf("%s %s %s", s.Code("traffic_field", c.Field), s.Code("operator", c.Operator), values))
	}
	parts := make([]string, len(c.Conditions))
	for i, part := range c.Conditions {
		parts[i] = sentence(s, part, len(c.Conditions) == 1 && outer)
	}
	text := strings.Join(parts, " "+s.Code("joined", c.Match)+" ")
	if outer {
		return text
	}
	return "(" + text + ")"
}

// list returns the labels of texts with commas between them, and anything else as JSON.
func list(values []any, label func(string) string) string {
	texts := make([]string, len(values))
	for i, value := range values {
		text, is := value.(string)
		if !is {
			all, _ := json.Marshal(values) // it came as JSON
			return string(all)
		}
		texts[i] = label(text)
	}
	return strings.Join(texts, ", ")
}
