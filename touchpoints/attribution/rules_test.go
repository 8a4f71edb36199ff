package attribution_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/internal/fault"
	"ringback/internal/settings/settingstest"
	"ringback/touchpoints"
	"ringback/touchpoints/attribution"
	"ringback/touchpoints/credit"
)

func TestDefaultsAreWhatAnOwnerWhoFillsInNothingGets(t *testing.T) {
	t.Parallel()
	rules := attribution.Default()
	require.NoError(t, rules.Choose(attribution.Choices{}))
	require.True(t, rules.Equal(attribution.Default()))
	form := attribution.Form()
	shown := rules.Choices().Options
	require.Len(t, shown, len(form.Options))
	for _, f := range form.Options {
		require.Equal(t, f.Default, shown[f.Name], f.Name)
		require.NotEmpty(t, f.Description, f.Name)
	}
	again := rules.Clone()
	require.NoError(t, again.Choose(rules.Choices()))
	require.True(t, again.Equal(rules), "what is shown can be filled in")
	_, err := rules.Settings()
	require.NoError(t, err)
}

func TestChoicesBecomeRules(t *testing.T) {
	t.Parallel()
	rules := attribution.Default()
	require.NoError(t, rules.Choose(attribution.Choices{
		Options: map[string]string{
			"window_minutes": "45", "window_from": "start", "clock_skew_seconds": "90", "later_calls": "separate", "medium_of": "session",
			"call_type": "Phone Call", "people_by": "contact_roles", "boomerang_stages": "MQL; Demo ;MQL",
		},
		Custom: &credit.Model{Name: "mine", FT: 5000, Closed: 4000, Stages: map[string]int{"Demo": 1000}},
	}))
	settings, err := rules.Settings()
	require.NoError(t, err)
	require.Equal(t, 45*time.Minute, settings.Window)
	require.Equal(t, 90*time.Second, settings.Skew)
	require.Equal(t, touchpoints.FromStart, settings.Basis)
	require.Equal(t, touchpoints.LaterCallsSeparate, settings.LaterCalls)
	require.Equal(t, touchpoints.MediumOfSession, settings.MediumOf)
	require.Equal(t, touchpoints.ByRoles, rules.Mapping)
	require.Equal(t, []string{"MQL", "Demo"}, rules.Boomerang)
	require.Equal(t, "Phone Call", rules.TypeOfCalls())
	models := rules.Models()
	require.Len(t, models, 6)
	require.Equal(t, credit.CustomName, models[5].Name)
	require.False(t, rules.Equal(attribution.Default()))
	require.NoError(t, rules.Choose(attribution.Choices{}))
	require.True(t, rules.Equal(attribution.Default()), "what is left out has its default")
}

func TestChoicesThatCannotBeUsedAreNamed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		choices attribution.Choices
		field   string
	}{
		"an unknown option": {attribution.Choices{Options: map[string]string{"window": "1"}}, "options.window"},
		"no number":         {attribution.Choices{Options: map[string]string{"window_minutes": "half an hour"}}, "options.window_minutes"},
		"no window":         {attribution.Choices{Options: map[string]string{"window_minutes": "0"}}, "options.window_minutes"},
		"a long window":     {attribution.Choices{Options: map[string]string{"window_minutes": "1441"}}, "options.window_minutes"},
		"a long skew":       {attribution.Choices{Options: map[string]string{"clock_skew_seconds": "601"}}, "options.clock_skew_seconds"},
		"no basis":          {attribution.Choices{Options: map[string]string{"window_from": "end"}}, "options.window_from"},
		"a long type":       {attribution.Choices{Options: map[string]string{"call_type": strings.Repeat("x", 17)}}, "options.call_type"},
		"a position":        {attribution.Choices{Options: map[string]string{"boomerang_stages": "MQL; OC"}}, "options.boomerang_stages"},
		"too many stages":   {attribution.Choices{Options: map[string]string{"boomerang_stages": "A;B;C;D;E;F;G;H;I;J;K;L;M;N;O;P;Q;R;S;T;U"}}, "options.boomerang_stages"},
		"other weights":     {attribution.Choices{Custom: &credit.Model{FT: 5000}}, "custom_model.weights"},
		"a negative weight": {attribution.Choices{Custom: &credit.Model{FT: -1, LC: 10_001}}, "custom_model.ft"},
		"an unknown field":  {attribution.Choices{Exclusions: touchpoints.Exclusions{Removed: []touchpoints.Group{{{Field: "name", Operator: touchpoints.Equals}}}}}, "exclusions.removed[0][0].field"},
		"a long value": {attribution.Choices{Exclusions: touchpoints.Exclusions{Suppressed: []touchpoints.Group{{{Field: "type", Operator: touchpoints.Equals, Value: strings.Repeat("x", 2049)}}}}},
			"exclusions.suppressed[0][0].value"},
		"many groups":     {attribution.Choices{Exclusions: touchpoints.Exclusions{Removed: make([]touchpoints.Group, 51)}}, "exclusions.removed"},
		"many conditions": {attribution.Choices{Exclusions: touchpoints.Exclusions{Removed: []touchpoints.Group{make(touchpoints.Group, 21)}}}, "exclusions.removed[0]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rules := attribution.Default()
			err := rules.Choose(c.choices)
			var found *fault.Error
			require.ErrorAs(t, err, &found)
			paths := map[string]bool{}
			for _, f := range found.Fields {
				paths[f.Path] = true
				require.False(t, f.Expected.IsZero(), f.Path)
			}
			require.Contains(t, paths, c.field)
			require.True(t, rules.Equal(attribution.Default()), "the rules are as before")
		})
	}
}

func TestPageDescribesEveryChoiceWithItsDefault(t *testing.T) {
	t.Parallel()
	settingstest.PageDescribes(t, "../../docs/touchpoints.md", attribution.Form())
}
