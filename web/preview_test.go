package web_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/decision"
	"ringback/destinations/builtin"
	"ringback/models/judged"
	"ringback/web"
)

// decideCalls reports calls that talk so many seconds each, a minute apart, and decides on
// them as workers do.
func (w *world) decideCalls(talked ...int) {
	decider := decision.Decider{Destinations: builtin.Destinations(w.clock), SettleOf: func(string) time.Duration { return 0 }}
	for i, talk := range talked {
		at := start.Add(time.Duration(i) * time.Minute)
		tag := map[bool]string{true: "sales", false: "spam"}[i%2 == 0]
		w.must("POST", fmt.Sprintf("/sites/{site}/calls/tried-%d/events", i), fmt.Sprintf(
			`{"type":"started","at":%q,"caller":"+120255501%02d","visitor_ids":{"rtbhouse":"test-visitor"}}`, at.Format(time.RFC3339), i))
		id := w.must("POST", fmt.Sprintf("/sites/{site}/calls/tried-%d/events", i), fmt.Sprintf(
			`{"type":"ended","at":%q,"outcome":"answered","talk_seconds":%d,"tags":[%q]}`, at.Add(time.Minute).Format(time.RFC3339), talk, tag))["conversion_id"].(string)
		c, err := decision.Load(w.t.Context(), w.store, id)
		require.NoError(w.t, err)
		_, err = w.store.SaveDecisions(w.t.Context(), decider.Decide(c, conversion.AtEnd).Rows(start.Add(time.Hour)))
		require.NoError(w.t, err)
	}
	w.clock.Advance(3 * time.Hour)
}

// triedWorld has five calls, of which three are target calls, and the call of every world.
func triedWorld(t *testing.T) *world {
	w := newWorld(t)
	w.decideCalls(10, 60, 60, 5, 60)
	return w
}

const newPreview = `{"type":"rtbhouse","name":"Another","credentials":{"pkey":"` + sampleKey + `","tagging_hash":"` + sampleHash + `"},"calls":{"metrics":["target"],"tags":{"none":["spam"]}}`

func TestPreview_OfANewIntegration(t *testing.T) {
	t.Parallel()
	w := triedWorld(t)
	got := w.must("POST", "/sites/{site}/integrations/preview", newPreview+`}`)
	require.EqualValues(t, 6, got["total"])
	require.EqualValues(t, 6, got["judged"])
	require.Empty(t, got["next_cursor"])
	counts := got["counts"].(object)
	require.EqualValues(t, 2, counts["sent"])
	require.EqualValues(t, 0, counts["gained"])
	require.EqualValues(t, 1, counts["rebuilt"], "the call of every world was decided without facts")
	var reasons []string
	for _, s := range counts["skipped"].([]any) {
		skipped := s.(object)
		reasons = append(reasons, fmt.Sprint(skipped["check"], " ", skipped["reason"], " ", skipped["count"]))
	}
	require.Equal(t, []string{"metric metric_not_met 2", "tags tag_filter_not_met 1", "visitor_id no_visitor_id 1"}, reasons)
	items := got["items"].([]any)
	require.Len(t, items, 6)
	spam := items[3].(object)
	require.Equal(t, "tag_filter_not_met", spam["reason"])
	unmet := spam["unmet"].([]any)
	require.Len(t, unmet, 1)
	require.Equal(t, []any{"spam"}, unmet[0].(object)["seen"].(object)["tags"])
	require.NotContains(t, spam, "current")
}

// TestPreview_InPagesAgainstThePresentSettings tries another filter page by page, and adds
// up the counts.
func TestPreview_InPagesAgainstThePresentSettings(t *testing.T) {
	t.Parallel()
	w := triedWorld(t)
	body := `{"calls":{"metrics":["all"],"tags":{"none":["spam"]}},"limit":2`
	sums, pages, cursor := map[string]float64{}, 0, ""
	var changes []string
	for more := true; more; more = cursor != "" {
		page := w.must("POST", "/sites/{site}/integrations/{integration}/preview", body+`,"cursor":"`+cursor+`"}`)
		for name, n := range page["counts"].(object) {
			if n, is := n.(float64); is {
				sums[name] += n
			}
		}
		for _, item := range page["items"].([]any) {
			if change, is := item.(object)["change"]; is {
				changes = append(changes, change.(string))
			}
		}
		pages++
		require.EqualValues(t, 6, page["total"])
		require.EqualValues(t, int(sums["judged"]), page["judged"])
		cursor = page["next_cursor"].(string)
	}
	require.Equal(t, 4, pages, "the last page is empty, as the one before was full")
	require.Equal(t, map[string]float64{"judged": 6, "sent": 3, "current": 3, "gained": 1, "lost": 1, "rebuilt": 1}, sums)
	require.Equal(t, []string{"lost", "gained"}, changes)
	lost := w.must("POST", "/sites/{site}/integrations/{integration}/preview", body+`,"show":"lost","limit":100}`)["items"].([]any)
	require.Len(t, lost, 1)
	require.Equal(t, object{"verdict": "send", "reason": "all_checks_passed"}, lost[0].(object)["current"])
}

func TestPreview_StoresAndSendsNothing(t *testing.T) {
	t.Parallel()
	w := triedWorld(t)
	everything := func() string {
		return fmt.Sprint(w.must("GET", "/sites/{site}/deliveries", ""), w.must("GET", "/sites/{site}/integrations", ""), w.must("GET", "/audit", ""),
			w.must("GET", "/sites/{site}/conversions", ""), len(w.relay.offered()))
	}
	before := everything()
	for _, role := range []string{"viewer", "editor"} {
		answer := w.do("POST", "/sites/{site}/integrations/{integration}/preview", w.tokens[role], `{"enabled":false,"leads":null}`)
		require.Equal(t, http.StatusOK, answer.Code, answer.Body)
		require.Equal(t, http.StatusOK, w.do("POST", "/sites/{site}/integrations/preview", w.tokens[role], newPreview+`}`).Code)
	}
	require.Equal(t, http.StatusForbidden, w.do("POST", "/sites/{site}/integrations/preview", w.tokens["intake"], newPreview+`}`).Code)
	require.Equal(t, before, everything())
}

func TestPreview_NamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for body, path := range map[string]string{
		newPreview + `,"days":91}`:                                        "days",
		newPreview + `,"cursor":"never"}`:                                 "cursor",
		`{"type":"rtbhouse","name":"RTB","calls":{"metrics":["target"]}}`: "credentials.pkey",
		`{"type":"nothing","name":"Nothing"}`:                             "type",
	} {
		answer := w.do("POST", "/sites/{site}/integrations/preview", adminToken, body)
		require.Equal(t, http.StatusUnprocessableEntity, answer.Code, answer.Body)
		require.Contains(t, answer.Body.String(), `"`+path+`"`)
	}
	answer := w.do("POST", "/sites/{site}/integrations/{integration}/preview", w.tokens["stranger"], `{}`)
	require.Equal(t, http.StatusNotFound, answer.Code)
}

// slowPreviews is a store that judges no page until the test lets it.
type slowPreviews struct {
	web.Store
	begun, end chan struct{}
}

func (s slowPreviews) DecidedAfter(ctx context.Context, d judged.Decided, after judged.Place, limit int) ([]judged.Conversion, error) {
	s.begun <- struct{}{}
	<-s.end
	return s.Store.DecidedAfter(ctx, d, after, limit)
}

// TestG6_FewPagesOfAPreviewAreJudgedAtATime holds that one page of an account is judged while
// two wait, that one more is refused, and that another account does not wait for them.
func TestG6_FewPagesOfAPreviewAreJudgedAtATime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	other := decode(t, w.do("POST", "/sites", w.tokens["stranger"], `{"name":"Other"}`))["id"].(string)
	slow := slowPreviews{Store: w.store, begun: make(chan struct{}, 4), end: make(chan struct{})}
	w.as(func(o *web.Options) { o.Store = slow })
	const asked = 5
	answers := make(chan *httptest.ResponseRecorder, asked+1)
	try := func(site, token string) {
		answers <- w.do("POST", "/sites/"+site+"/integrations/preview", token, newPreview+`}`)
	}
	for range asked {
		go try("{site}", adminToken)
	}
	<-slow.begun
	for range asked - 3 {
		refused := <-answers
		require.Equal(t, http.StatusTooManyRequests, refused.Code)
		require.Equal(t, "1", refused.Header().Get("Retry-After"))
	}
	go try(other, w.tokens["stranger"])
	<-slow.begun
	close(slow.end)
	for range 4 {
		require.Equal(t, 200, (<-answers).Code)
	}
}

// leftPreviews is a store whose caller goes away while a page is read.
type leftPreviews struct {
	web.Store
	leave func()
	ended chan error
}

func (s leftPreviews) DecidedAfter(ctx context.Context, d judged.Decided, after judged.Place, limit int) ([]judged.Conversion, error) {
	s.leave()
	page, err := s.Store.DecidedAfter(ctx, d, after, limit)
	s.ended <- err
	return page, err
}

// TestPreview_IsCancelledInTheMiddle shows the progress of a preview, has its caller go away
// while the second page is read, and goes on with that page afterwards.
func TestPreview_IsCancelledInTheMiddle(t *testing.T) {
	t.Parallel()
	w := triedWorld(t)
	const path = "/sites/{site}/integrations/preview"
	first := w.must("POST", path, newPreview+`,"limit":2}`)
	require.EqualValues(t, 2, first["judged"])
	require.EqualValues(t, 6, first["total"])
	next := newPreview + fmt.Sprintf(`,"limit":2,"cursor":%q}`, first["next_cursor"])

	store := w.store
	ctx, leave := context.WithCancel(t.Context())
	left := leftPreviews{Store: store, leave: leave, ended: make(chan error, 1)}
	w.as(func(o *web.Options) { o.Store = left })
	w.serve(w.request("POST", path, adminToken, next).WithContext(ctx))
	require.ErrorIs(t, <-left.ended, context.Canceled, "the database is asked no further")

	w.as(func(o *web.Options) { o.Store = store })
	second := w.must("POST", path, next)
	require.EqualValues(t, 4, second["judged"])
	require.EqualValues(t, 6, second["total"])
}
