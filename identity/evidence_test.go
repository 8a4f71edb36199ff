package identity_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/conversion"
	"ringback/identity"
)

// Visitors a to f.
var someVisitors = rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c", "d", "e", "f"}), 0, 4)

func someTies(t *rapid.T) identity.Ties {
	return identity.Ties{
		Own: someVisitors.Draw(t, "own"), Called: someVisitors.Draw(t, "called"),
		Written: rapid.SliceOfN(someVisitors, 0, 3).Draw(t, "written"),
	}
}

// Whatever anybody writes in forms: it changes nothing where something better is
// known, and it is never more than a claim.
func TestR8_NoClaimChangesWhatIsKnownBetter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ties := someTies(t)
		before := ties.Links(true)
		isKnown := len(ties.Own)+len(ties.Called) > 0
		ties.Written = append(ties.Written, someVisitors.Draw(t, "more"))
		after := ties.Links(true)
		for _, link := range after {
			claimed := link.Evidence == conversion.EvidenceForm
			require.Equal(t, isKnown, !claimed)
			require.Equal(t, isKnown, slices.Contains(ties.Own, link.Visitor) || slices.Contains(ties.Called, link.Visitor))
		}
		if isKnown {
			require.Equal(t, before, after)
		}
		require.Equal(t, len(after) > 0 && isKnown, len(ties.Links(false)) > 0)
	})
}

// Contacts that lead to different visitors join nobody.
func TestR8_ContactsOfSeveralPeopleLeadToNobody(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		written := rapid.SliceOfN(someVisitors, 0, 3).Draw(t, "written")
		links := identity.Ties{Written: written}.Links(true)
		for _, visitors := range written {
			if len(visitors) > 0 && len(links) > 0 {
				require.Equal(t, identity.Keys(visitors...), identity.Visitors(links))
			}
		}
		slices.Reverse(written)
		require.Equal(t, links, identity.Ties{Written: written}.Links(true), "in any order")
	})
}

func TestR8_EachVisitorIsLinkedOnceByTheStrongestEvidence(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ties := someTies(t)
		links := identity.WithSharedIDs(ties.Links(true), someVisitors.Draw(t, "sharing"))
		visitors := identity.Visitors(links)
		require.Len(t, identity.Keys(visitors...), len(visitors))
		for _, link := range links {
			if slices.Contains(ties.Own, link.Visitor) {
				require.Equal(t, conversion.EvidenceOwn, link.Evidence)
			} else if slices.Contains(ties.Called, link.Visitor) {
				require.Equal(t, conversion.EvidenceCall, link.Evidence)
			}
		}
	})
}

func TestR8_ClaimedVisitsCountAlone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var visits []conversion.Visit
		for _, evidence := range rapid.SliceOf(rapid.SampledFrom(conversion.AllEvidence())).Draw(t, "evidence") {
			visits = append(visits, conversion.Visit{Evidence: evidence})
		}
		known := slices.DeleteFunc(slices.Clone(visits), func(v conversion.Visit) bool { return v.Evidence == conversion.EvidenceForm })
		trusted := identity.Credible(visits, true)
		if len(known) > 0 {
			require.Equal(t, known, trusted)
		} else {
			require.Equal(t, visits, trusted)
		}
		require.ElementsMatch(t, known, identity.Credible(visits, false))
	})
}

func TestR8_EvidenceOfVisitsReportedWithOtherConversions(t *testing.T) {
	t.Parallel()
	visit := conversion.Visit{SessionID: "theirs", VisitorIDs: map[string]string{"rtbhouse": "r-1", "crm": "unknown"}}
	for name, c := range map[string]struct {
		with identity.Reported
		want conversion.Evidence
	}{
		"the same session":    {identity.Reported{SessionID: "theirs", ContactWritten: true}, conversion.EvidenceOwn},
		"the same visitor id": {identity.Reported{VisitorIDs: map[string]string{"rtbhouse": "r-1"}, ContactWritten: true}, conversion.EvidenceOwn},
		"an id of nobody":     {identity.Reported{VisitorIDs: map[string]string{"crm": "unknown"}, ContactWritten: true}, conversion.EvidenceForm},
		"the same caller":     {identity.Reported{SessionID: "other"}, conversion.EvidenceCall},
		"a written contact":   {identity.Reported{ContactWritten: true}, conversion.EvidenceForm},
	} {
		require.Equal(t, c.want, identity.EvidenceOfReported(visit, c.with), name)
	}
	require.Equal(t, conversion.EvidenceCall, identity.EvidenceOfReported(conversion.Visit{}, identity.Reported{}), "no session is the same")
}
