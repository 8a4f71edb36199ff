package alerts_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/alerts"
)

// TestAnIncidentBeginsAndEndsByTurns plays any sequence of conditions.
func TestAnIncidentBeginsAndEndsByTurns(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		subject := rapid.Custom(func(t *rapid.T) alerts.Condition {
			return alerts.Condition{Subject: alerts.Subject{
				AccountID: rapid.SampledFrom([]string{"acc_1", "acc_2"}).Draw(t, "account"),
				Kind:      rapid.SampledFrom(alerts.Kinds()).Draw(t, "kind"), ID: rapid.SampledFrom([]string{"int_1", "int_2"}).Draw(t, "id"),
			}}
		})
		open := map[alerts.Subject]bool{}
		for _, present := range rapid.SliceOfN(rapid.SliceOfN(subject, 0, 6), 1, 8).Draw(t, "passes") {
			var was []alerts.Subject
			for s := range open {
				was = append(was, s)
			}
			begin, end := alerts.Compare(was, present)
			for _, c := range begin {
				require.False(t, open[c.Subject], "it began twice")
				open[c.Subject] = true
			}
			for _, s := range end {
				require.True(t, open[s], "it ended without having begun")
				delete(open, s)
			}
			now := map[alerts.Subject]bool{}
			for _, c := range present {
				now[c.Subject] = true
			}
			require.Equal(t, now, open, "what is present is open, and nothing else")
		}
	})
}
