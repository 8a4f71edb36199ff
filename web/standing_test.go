package web_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// standing returns the standing of the world's integration with a new, ringing call.
func (w *world) standing() object {
	id := w.must("POST", "/sites/{site}/calls/call-ringing/events", `{"type":"started","session_id":"s1"}`)["conversion_id"].(string)
	return decode(w.t, w.do("GET", "/conversions/"+id, adminToken, ""))["integrations"].([]any)[0].(object)
}

func TestG4_TheEndOfTheCallIsSaidToBeWaitedForOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("PATCH", "/sites/{site}/integrations/{integration}", `{"calls":{"metrics":["target"],"tags":{"any":["sales"]}}}`)
	require.Equal(t, "the end of the call: a metric it asks for is known only then, and the tag filter is judged by the tags at the end", w.standing()["words"])
}

func TestG4_AnIntegrationThatDoesNotTakeCallsWaitsForNone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("PATCH", "/sites/{site}/integrations/{integration}", `{"calls":null}`)
	standing := w.standing()
	require.Equal(t, "skipped", standing["state"])
	require.Equal(t, "it does not take calls, as it is set up now", standing["words"])
	require.NotContains(t, standing, "until")
}
