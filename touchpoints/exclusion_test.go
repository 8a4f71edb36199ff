package touchpoints_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/internal/fault"
	"ringback/touchpoints"
	"ringback/touchpoints/channels"
)

func TestConditionsOnTouchpoints(t *testing.T) {
	t.Parallel()
	one := touchpoints.Touchpoint{
		Person: "ann", Kind: touchpoints.Call, Type: "Phone Call", Medium: "CPC", Source: "google",
		Channel: channels.Match{Channel: "Paid Search", Subchannel: "AdWords"},
		Traffic: &conversion.Traffic{Campaign: "spring sale", LandingPage: "https://shop.example.com/", Referrer: "https://www.google.com/"},
	}
	for name, tc := range map[string]struct {
		touch     touchpoints.Touchpoint
		condition touchpoints.Condition
		out       bool
	}{
		"equal, whatever the case":       {one, touchpoints.Condition{Field: "type", Operator: touchpoints.Equals, Value: "phone call"}, true},
		"not equal to a part":            {one, touchpoints.Condition{Field: "type", Operator: touchpoints.Equals, Value: "phone"}, false},
		"something else":                 {one, touchpoints.Condition{Field: "medium", Operator: touchpoints.NotEquals, Value: "email"}, true},
		"not something else":             {one, touchpoints.Condition{Field: "medium", Operator: touchpoints.NotEquals, Value: "cpc"}, false},
		"contains":                       {one, touchpoints.Condition{Field: "campaign", Operator: touchpoints.Contains, Value: "SALE"}, true},
		"does not contain":               {one, touchpoints.Condition{Field: "campaign", Operator: touchpoints.Contains, Value: "winter"}, false},
		"one of several":                 {one, touchpoints.Condition{Field: "source", Operator: touchpoints.MatchesAny, Value: "bing, google"}, true},
		"none of several":                {one, touchpoints.Condition{Field: "source", Operator: touchpoints.MatchesAny, Value: "bing,goo"}, false},
		"contains one of several":        {one, touchpoints.Condition{Field: "source", Operator: touchpoints.MatchesAnyContains, Value: "bing,oog"}, true},
		"begins with one of several":     {one, touchpoints.Condition{Field: "source", Operator: touchpoints.MatchesAnyContains, Value: "bing*, goo*"}, true},
		"does not end with one":          {one, touchpoints.Condition{Field: "source", Operator: touchpoints.MatchesAnyContains, Value: "*goo"}, false},
		"a blank value is an empty one":  {one, touchpoints.Condition{Field: "form_url", Operator: touchpoints.Equals}, true},
		"a blank value is not a filled":  {one, touchpoints.Condition{Field: "source", Operator: touchpoints.MatchesAny, Value: " "}, false},
		"not blank":                      {one, touchpoints.Condition{Field: "source", Operator: touchpoints.NotEquals}, true},
		"not blank, but it is":           {one, touchpoints.Condition{Field: "form_url", Operator: touchpoints.NotEquals}, false},
		"the channel":                    {one, touchpoints.Condition{Field: "channel", Operator: touchpoints.Equals, Value: "Paid Search"}, true},
		"the channel with its sub":       {one, touchpoints.Condition{Field: "channel_path", Operator: touchpoints.Equals, Value: "Paid Search.AdWords"}, true},
		"the kind":                       {one, touchpoints.Condition{Field: "kind", Operator: touchpoints.Equals, Value: "call"}, true},
		"the person":                     {one, touchpoints.Condition{Field: "person", Operator: touchpoints.Equals, Value: "ann"}, true},
		"the page":                       {one, touchpoints.Condition{Field: "landing_page", Operator: touchpoints.Contains, Value: "shop.example.com"}, true},
		"the referrer":                   {one, touchpoints.Condition{Field: "referrer", Operator: touchpoints.Contains, Value: "google"}, true},
		"a call outside of sessions":     {touchpoints.Touchpoint{}, touchpoints.Condition{Field: "landing_page", Operator: touchpoints.Equals}, true},
		"a field that does not exist":    {one, touchpoints.Condition{Field: "weather", Operator: touchpoints.Equals}, false},
		"an operator that does not":      {one, touchpoints.Condition{Field: "source", Operator: "near", Value: "google"}, false},
		"a list of nothing excludes all": {one, touchpoints.Condition{Field: "source", Operator: touchpoints.MatchesAny, Value: ",,"}, false},
	} {
		rules := touchpoints.Exclusions{Suppressed: []touchpoints.Group{{tc.condition}}}
		require.Equal(t, tc.out, len(rules.Keep([]touchpoints.Touchpoint{tc.touch}, touchpoints.InReports)) == 0, name)
	}
}

// TestRemovalAndSuppression has rules that are combined with "and" in a group and
// with "or" between groups, and the two views.
func TestRemovalAndSuppression(t *testing.T) {
	t.Parallel()
	touches := []touchpoints.Touchpoint{touch("a", 9, visit), touch("a", 10, filled), touch("b", 11, filled)}
	is := func(field, value string) touchpoints.Condition {
		return touchpoints.Condition{Field: field, Operator: touchpoints.Equals, Value: value}
	}
	rules := touchpoints.Exclusions{
		Removed:    []touchpoints.Group{{is("person", "a"), is("kind", "visit")}},
		Suppressed: []touchpoints.Group{{is("person", "a"), is("person", "b")}, {is("person", "b")}},
	}
	require.Equal(t, touches[:2], rules.Keep(touches, touchpoints.InReports))
	require.Equal(t, touches[1:2], rules.Keep(touches, touchpoints.InCRM))
	require.Equal(t, touches, touchpoints.Exclusions{Removed: []touchpoints.Group{{}}}.Keep(touches, touchpoints.InCRM))

	j := touchpoints.JourneyOf(touchpoints.Person{ID: "a"}, rules.Keep(touches, touchpoints.InCRM))
	require.Equal(t, []string{"10 FT, LC, Form"}, positions(j), "positions move to what is left")
}

func TestRulesThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	require.NoError(t, touchpoints.Exclusions{Removed: []touchpoints.Group{{{Field: "type", Operator: touchpoints.Equals}}}}.Validate())
	err := touchpoints.Exclusions{Removed: []touchpoints.Group{{}}, Suppressed: []touchpoints.Group{{{Field: "weather", Operator: "near"}}}}.Validate()
	var f *fault.Error
	require.ErrorAs(t, err, &f)
	require.Equal(t, []string{"removed[0]", "suppressed[0][0].field", "suppressed[0][0].operator"},
		[]string{f.Fields[0].Path, f.Fields[1].Path, f.Fields[2].Path})
}
