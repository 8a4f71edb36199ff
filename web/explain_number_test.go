package web_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// rings reports a call to a number, and returns its event and the conversion.
func (w *world) rings(id, number string) (event, detail object) {
	w.t.Helper()
	conversion := w.must("POST", "/sites/{site}/calls/"+id+"/events", `{"event_id":"1","type":"started","caller":"+12025550123","tracking_number":"`+number+`"}`)
	w.names[id] = conversion["conversion_id"].(string)
	detail = w.must("GET", "/conversions/{"+id+"}", "")
	for _, e := range items(detail["events"]) {
		if e.(object)["event_id"] == "ringback:number" {
			return e.(object), detail
		}
	}
	return nil, detail
}

func TestM10_TimelineExplainsTheCalledNumber(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.clock.Advance(5 * time.Minute)
	event, detail := w.rings("held", "+12025550141")
	require.Equal(t, "linked", event["type"])
	require.Equal(t, "+12025550141 of the pool Web site was held by this visit since 31 Jan 2026 12:17:00 UTC.", event["explanation"])
	session := detail["session"].(object)
	require.Equal(t, w.names["session"], session["id"])
	require.Equal(t, "newsletter", session["traffic"].(object)["source"])
	page := w.browse("/conversions/{held}", w.tokens["viewer"]).Body.String()
	for _, want := range []string{"<h2>Visit</h2>", "https://www.example.com/", "newsletter", "<dd>email</dd>", "desktop", "rtbhouse", "was held by this visit since 31 Jan 2026 12:17:00 UTC", "1 page view, 0 forms sent"} {
		require.Contains(t, page, want)
	}

	event, detail = w.rings("none", "+12025550177")
	require.Nil(t, event, "the number is none of the site's")
	require.NotContains(t, detail, "session")
	require.NotContains(t, w.browse("/conversions/{none}", adminToken).Body.String(), "<h2>Visit</h2>")

	w.clock.Advance(2 * time.Hour)
	event, _ = w.rings("released", "+12025550141")
	require.Equal(t, "+12025550141 of the pool Web site was held by nobody as the call came; this visit had it last, until 31 Jan 2026 12:47:00 UTC.", event["explanation"])

	w.must("POST", "/sites/{site}/numbers", `{"number":"+12025550143","name":"Poster","traffic":{"source":"poster","medium":"print"}}`)
	event, detail = w.rings("poster", "+12025550143")
	require.Equal(t, "+12025550143 (Poster) is a number of its own: it stands for poster / print.", event["explanation"])
	require.NotContains(t, detail, "session")

	w.must("POST", "/sites/{site}/pools/{pool}/numbers", `{"numbers":["+12025550142"]}`)
	event, _ = w.rings("fresh", "+12025550142")
	require.Equal(t, "+12025550142 is of the pool Web site, and no visit that is still known had it shortly before the call.", event["explanation"])
}

func TestM10_AnAmbiguousNumberIsShownAsSuch(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.clock.Advance(31 * time.Minute) // the first visit's lease has ended
	second := w.visit("visitor_0000000000000002", "https://www.example.com/?gclid=test-click")
	require.Len(t, second.Numbers, 1)
	event, detail := w.rings("ambiguous", "+12025550141")
	require.Contains(t, event["explanation"], "Ambiguous: 2 visits may have called. They had it within 30 minutes")
	require.Equal(t, second.SessionID, detail["session"].(object)["id"])
	require.Contains(t, w.browse("/conversions/{ambiguous}", adminToken).Body.String(), "Ambiguous: 2 visits")

	// What was deleted since then is explained as far as it is still stored.
	require.NoError(t, w.store.ForgetVisitor(context.Background(), w.names["site"], "visitor_0000000000000002"))
	require.Equal(t, 204, w.do("DELETE", "/sites/{site}/numbers/{number}", adminToken, "").Code)
	after := w.must("GET", "/conversions/{ambiguous}", "")
	require.NotContains(t, after, "session")
	require.Contains(t, w.browse("/conversions/{ambiguous}", adminToken).Body.String(), "was held by this visit as the call came")
}
