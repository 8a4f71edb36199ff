package e2e_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/test/e2e/harness"
)

// visit reports a page view of a visitor, and returns the number that it is shown; empty when none.
func (s *shop) visit(visitor, page string) string {
	s.t.Helper()
	status, answer := s.script(s.page("")).Post("views", harness.JSON{
		"id": "sample-hit-of-" + visitor, "visitor": visitor, "ago": 0, "kind": "navigate", "url": s.page(page),
	})
	require.Equal(s.t, http.StatusOK, status, "%v", answer)
	shown, _ := answer["numbers"].(harness.JSON)["12025550100"].([]any)
	if len(shown) == 0 {
		return ""
	}
	require.Len(s.t, shown, 5, "digits, national and international format, and both with the trunk prefix")
	return "+" + shown[0].(string)
}

// TestSite_PoolIsExhausted checks that three sessions get a number each, that the fourth
// sees the default number, and that the owner can see how often this happened.
func TestSite_PoolIsExhausted(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, stack *harness.Stack) {
		s := openShop(t, stack, nil)
		pool := s.list("/pools")[0]["id"].(string)
		s.api.Must("PATCH", s.path("/pools/"+pool), harness.JSON{"default_number": "+12025550149"})
		var shown []string
		for i := range len(poolNumbers) {
			shown = append(shown, s.visit(fmt.Sprint("sample-visitor-000", i), "/"))
		}
		require.ElementsMatch(t, poolNumbers, shown)
		require.Equal(t, "+12025550149", s.visit("sample-visitor-0009", "/"))
		view := s.api.Must("GET", s.path("/pools/"+pool), nil)
		require.EqualValues(t, 3, view["held"])
		require.EqualValues(t, 1, view["exhausted_count"])

		call := s.call("call-1", "+12025550126", shown[1])
		sessions := s.list("/sessions?visitor=sample-visitor-0001")
		require.Equal(t, sessions[0]["id"], call["session_id"], "each number means its own session")
	})
}

// TestSite_CallerKnownByAForm checks that a call is attributed to the caller's visits if
// the caller has left the phone number in a form, even if no page shows the number that
// was called.
func TestSite_CallerKnownByAForm(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, stack *harness.Stack) {
		s := openShop(t, stack, nil)
		s.visit("sample-visitor-0001", "/?utm_source=google&utm_medium=cpc&utm_campaign=spring")
		status, answer := s.script(s.page("")).Post("leads", harness.JSON{
			"id": "sample-lead-00000001", "visitor": "sample-visitor-0001", "ago": 0, "url": s.page("/contact"), "form": "contact",
			"fields": []harness.JSON{{"name": "tel", "type": "tel", "autocomplete": "", "value": "(202) 555-0126"}},
		})
		require.Equal(t, http.StatusAccepted, status, "%v", answer)
		call := s.call("call-1", "+12025550126", "+12025550199")
		require.Equal(t, "spring", pickedVisit(call)["campaign"])
	})
}

// TestSite_NumberOfACampaign checks that a call to a campaign's number is attributed to
// the campaign and has its tags, no matter who calls.
func TestSite_NumberOfACampaign(t *testing.T) {
	t.Parallel()
	s := newShop(t, nil)
	s.api.Must("POST", s.path("/numbers"), harness.JSON{
		"number": "+12025550150", "name": "Brochure", "tags": []string{"brochure"},
		"traffic": harness.JSON{"source": "brochure", "medium": "print", "campaign": "autumn"},
	})
	call := s.call("call-1", "+12025550126", "+12025550150")
	require.Equal(t, "autumn", call["traffic"].(harness.JSON)["campaign"])
	require.Contains(t, fmt.Sprint(call["tags"]), "brochure")
}
