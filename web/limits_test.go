package web_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/internal/limits"
)

// The tags of structs cannot refer to constants, so this compares them with the table.
func TestLimitsOfTheDocumentAreThoseOfTheTable(t *testing.T) {
	t.Parallel()
	schemas := document(t, newWorld(t))["components"].(object)["schemas"].(object)
	property := func(schema, name string) object {
		t.Helper()
		return schemas[schema].(object)["properties"].(object)[name].(object)
	}
	for _, c := range []struct {
		schema, field, keyword string
		limit                  int
	}{
		{"LeadBody", "name", "maxLength", limits.Name},
		{"LeadBody", "form", "maxLength", limits.Name},
		{"LeadBody", "email", "maxLength", limits.Email},
		{"LeadBody", "tags", "maxItems", limits.Tags},
		{"LeadBody", "fields", "maxProperties", limits.Fields},
		{"CallEventBody", "caller_name", "maxLength", limits.Name},
		{"CallEventBody", "tags", "maxItems", limits.Tags},
		{"PersonBody", "email", "maxLength", limits.Email},
		{"NewNumber", "tags", "maxItems", limits.Tags},
		{"ScriptChanges", "keep_days", "maximum", limits.KeepDays},
		{"ScriptChanges", "visitor_ids", "maxItems", limits.VisitorIDs},
		{"ScriptChanges", "fields", "maxProperties", limits.Fields},
		{"NewSite", "name", "maxLength", limits.Name},
		{"NewPool", "name", "maxLength", limits.Name},
		{"NewIntegration", "name", "maxLength", limits.Name},
		{"TrafficBody", "source", "maxLength", limits.ID},
	} {
		require.EqualValues(t, c.limit, property(c.schema, c.field)[c.keyword], "%s.%s: %s", c.schema, c.field, c.keyword)
	}
	for _, schema := range []string{"LeadBody", "CallEventBody", "NewNumber"} {
		require.EqualValues(t, limits.Tag, property(schema, "tags")["items"].(object)["maxLength"], schema)
	}
}

func TestEveryGroupOfOperationsIsDescribed(t *testing.T) {
	t.Parallel()
	doc := document(t, newWorld(t))
	described, order := map[string]bool{}, []string{}
	for _, tag := range items(doc["tags"]) {
		name := tag.(object)["name"].(string)
		require.NotEmpty(t, tag.(object)["description"], name)
		require.False(t, described[name], "%s is there twice", name)
		described[name] = true
		order = append(order, name)
	}
	require.Equal(t, []string{"Intake", "Unread messages", "Sites", "Script and visits", "Phone numbers", "Integrations", "Trying settings", "Conversions and deliveries", "Retrying", "Alerts", "Reports", "People and opportunities", "Touchpoints and credit", "Erasing and retention", "Account", "Users and tokens", "Own user", "Saved views"}, order)
	for path, item := range doc["paths"].(object) {
		for method, operation := range item.(object) {
			for _, tag := range items(operation.(object)["tags"]) {
				require.True(t, described[tag.(string)], "%s %s: %s", method, path, tag)
			}
		}
	}
}

func TestProblemsNameFewFields(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var unknown strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&unknown, `,"unknown_field_%d":1`, i)
	}
	answer := w.do("POST", "/sites", adminToken, `{"name":"Shop"`+unknown.String()+`}`)
	require.Equal(t, 422, answer.Code)
	require.Less(t, answer.Body.Len(), 10_000)
	require.Contains(t, answer.Body.String(), "the request has fields that cannot be used; these are the first 50 of 3,000")
}
