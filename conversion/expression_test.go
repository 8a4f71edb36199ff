package conversion_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
)

func TestG6_ExpressionsThatCostTooMuchAreRefused(t *testing.T) {
	t.Parallel()
	const tooLarge = "expression_simpler"
	matching := func(n int) conversion.Condition { return leaf("city", conversion.OpMatches, labels(n)...) }
	for name, tc := range map[string]struct {
		condition conversion.Condition
		path      string // after calls.traffic
		expected  string // empty if valid
	}{
		"as many as may be":            {matching(20), "", ""},
		"too many":                     {matching(21), "", "expressions_at_most (20; Operator: matches)"},
		"too many in all":              {group(conversion.MatchAny, matching(11), group(conversion.MatchAll, matching(10))), "", "expressions_at_most (20; Operator: matches)"},
		"other values do not count":    {group(conversion.MatchAny, matching(20), leaf("city", conversion.OpEquals, labels(50)...)), "", ""},
		"as long as may be":            {leaf("city", conversion.OpMatches, strings.Repeat("я", 200)), "", ""},
		"too long":                     {leaf("city", conversion.OpMatches, "riga", strings.Repeat("я", 201)), ".values[1]", "expression_at_most (200; Operator: matches)"},
		"repeats a little":             {leaf("city", conversion.OpMatches, `^[a-z]{2,20}\d{1,8}$`), "", ""},
		"repeats a long part":          {leaf("city", conversion.OpMatches, `(a?b?c?d?e?){500}`), ".values[0]", tooLarge},
		"repeats what repeats":         {leaf("city", conversion.OpMatches, `((a{0,10}){10}){9}`), ".values[0]", tooLarge},
		"repeats often enough for RE2": {leaf("city", conversion.OpMatches, `(a{100}){100}`), ".values[0]", "expression (Fault: invalid repeat count)"},
		"in an inner condition":        {group(conversion.MatchAll, nested(1), leaf("city", conversion.OpMatches, `(.?){1000}`)), ".conditions[1].values[0]", tooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			requireTrafficFault(t, tc.condition, tc.path, tc.expected)
		})
	}
}

func TestG6_ExpressionsThatCostTooMuchFitNothing(t *testing.T) {
	t.Parallel()
	city := conversion.Traffic{City: strings.Repeat("a", 1000)}
	for _, expression := range []string{`(a?){1000}`, strings.Repeat("a?", 101)} {
		require.Equal(t, conversion.ReasonTraffic, onTraffic(leaf("city", conversion.OpMatches, expression), city).Reason,
			"rules stored before the limits are not searched either")
	}
}

func TestG6_OnlyTheFirstCharactersAreSearched(t *testing.T) {
	t.Parallel()
	for text, found := range map[string]bool{
		strings.Repeat("a", 511) + "Z":    true,
		strings.Repeat("a", 512) + "Z":    false,
		strings.Repeat("я", 511) + "Z":    true,
		strings.Repeat("я", 512) + "Z":    false,
		strings.Repeat("я", 256) + "Z":    true,
		strings.Repeat("\xff", 511) + "Z": true,
	} {
		d := onTraffic(leaf("page_url", conversion.OpMatches, "z"), conversion.Traffic{PageURL: text})
		require.Equal(t, found, d.Verdict == conversion.Send)
	}
}

// Allocations tell how often an expression was compiled, so nothing else may run beside it.
func TestG6_AnExpressionIsCompiledOncePerJudgement(t *testing.T) {
	judging := func(clickIDs int) float64 {
		traffic := conversion.Traffic{ClickIDs: map[string]string{}}
		for i := range clickIDs {
			traffic.ClickIDs[fmt.Sprintf("name-%d", i)] = "x"
		}
		condition := leaf(conversion.ClickIDField, conversion.OpMatches, `^(a|bc){1,9}[def]{30}$`)
		return testing.AllocsPerRun(5, func() { onTraffic(condition, traffic) })
	}
	one, many := judging(1), judging(40)
	require.Less(t, many, 2*one, "40 texts cost far less than 40 expressions")
}
