package web_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestM4_TimelineNamesTheIDThatFoundTheVisit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tell := func(kind, id string) (event, detail object) {
		path, body := "/sites/{site}/calls/"+id+"/events", `{"event_id":"1","type":"started","caller":"+12025550123","visitor_ids":{"rtbhouse":"test-visitor"}}`
		if kind == "lead" {
			path, body = "/sites/{site}/leads", `{"external_id":"`+id+`","phone":"+12025550123","visitor_ids":{"rtbhouse":"test-visitor"}}`
		}
		w.names[id] = w.must("POST", path, body)["conversion_id"].(string)
		detail = w.must("GET", "/conversions/{"+id+"}", "")
		for _, e := range items(detail["events"]) {
			event = e.(object)
		}
		return event, detail
	}
	event, _ := tell("call", "at-once")
	require.Equal(t, "The call came with the rtbhouse id of this visit, while it went on.", event["explanation"])
	w.clock.Advance(time.Minute)
	event, _ = tell("lead", "soon")
	require.Equal(t, "The lead came with the rtbhouse id of this visit, 1 minute after its last activity.", event["explanation"])

	w.clock.Advance(11 * time.Minute)
	event, detail := tell("call", "later")
	require.Equal(t, []any{"ringback:visitor", "linked"}, []any{event["event_id"], event["type"]})
	const words = "The call came with the rtbhouse id of this visit, 12 minutes after its last activity."
	require.Equal(t, words, event["explanation"])
	require.Equal(t, w.names["session"], detail["session"].(object)["id"])
	require.Contains(t, w.browse("/conversions/{later}", w.tokens["viewer"]).Body.String(), words)

	second := w.visit("visitor_0000000000000002", "https://www.example.com/")
	event, detail = tell("call", "ambiguous")
	require.Contains(t, event["explanation"], "Ambiguous: 2 visits fit")
	require.Equal(t, second.SessionID, detail["session"].(object)["id"])

	w.clock.Advance(31 * time.Minute)
	event, detail = tell("call", "too-late")
	require.Equal(t, "1", event["event_id"])
	require.NotContains(t, event, "explanation")
	require.NotContains(t, detail, "session")
}
