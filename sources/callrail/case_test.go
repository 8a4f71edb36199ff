package callrail_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/sources"
	"ringback/sources/callrail"
)

func TestCaseC09_WordsInAllSpellings(t *testing.T) {
	t.Parallel()
	for _, changed := range []map[string]any{{"direction": "Outbound"}, {"direction": "OUTBOUND"}, {"call_type": "Outbound"}, {"direction": " outbound "}} {
		read, err := callrail.New().Parse(request("post_call", message(t, changed)), signedBy("k"))
		require.NoError(t, err)
		require.Equal(t, sources.OutboundCall, read.LeftOut, changed)
	}
	for _, underWay := range []string{"in_progress", "In Progress", "IN-PROGRESS"} {
		read, err := callrail.New().Parse(request("Post-Call", message(t, map[string]any{"call_type": underWay})), signedBy("k"))
		require.NoError(t, err)
		require.Len(t, read.Reports, 1, underWay)
	}
	for kind, want := range map[string]conversion.Outcome{"Voicemail": conversion.OutcomeMissed, "answered": conversion.OutcomeAnswered} {
		read, err := callrail.New().Parse(request("POST_CALL", message(t, map[string]any{"answered": "Yes", "voicemail": "False", "call_type": kind})), signedBy("k"))
		require.NoError(t, err)
		require.Equal(t, want, read.Reports[1].Event.Outcome, kind)
	}
}
