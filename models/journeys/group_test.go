package journeys_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/models"
	"ringback/models/journeys"
	"ringback/models/modeltest"
)

// crowd are what many people of a site without a CRM did, in order.
type crowd []func(t *testing.T, s story)

// randomCrowd returns visits, calls and forms of people, some of whom share a number or a
// browser, and many calls from one number.
func randomCrowd(seed uint64, people, fromOne int) (c crowd) {
	r := rand.New(rand.NewPCG(seed, 2)) //nolint:gosec // random tests, not secrets
	mostlyOwn := func(n int) int {
		if r.IntN(5) == 0 {
			return r.IntN(people)
		}
		return n
	}
	for n := range people {
		phone := fmt.Sprintf("+120255501%02d", mostlyOwn(n))
		visitor, browser := fmt.Sprintf("visitor-%02d-0000000001", n), fmt.Sprintf("%032x", 0x18c1063cb0a64349+mostlyOwn(n))
		email, minute := fmt.Sprintf("visitor-%02d@example.com", mostlyOwn(n)), 10*n
		c = append(c, func(t *testing.T, s story) {
			t.Helper()
			session := s.views(t, visitor, browser, s.at(8, minute), adPage)
			if n%3 > 0 {
				form := modeltest.Lead(s.site, "lead-"+visitor)
				form.Lead = conversion.Lead{At: s.at(8, minute+2), Phone: phone, Email: email, SessionID: session}
				if n%3 == 2 { // it insists on a number
					form.Lead.Phone = "+11111111111"
				}
				_, err := s.AcceptLead(t.Context(), form)
				require.NoError(t, err)
			}
			if n%3 < 2 {
				s.calls(t, "call-"+visitor, phone, browser, s.at(8, minute+5))
			}
		})
	}
	c = append(c, func(t *testing.T, s story) {
		t.Helper()
		for n := range fromOne {
			s.calls(t, fmt.Sprint("again-", n), "+12025550199", "", s.at(20, n))
		}
	})
	return c
}

func (c crowd) happen(t *testing.T, s story) {
	t.Helper()
	for _, happens := range c {
		happens(t, s)
	}
}

// journeysOf returns the touchpoints of each person of a site, without ids.
func journeysOf(t *testing.T, s story) (lines []string) {
	t.Helper()
	of := map[string][]string{}
	for page := (models.Page{Limit: 200}); ; {
		touches, next, err := s.Touchpoints(t.Context(), journeys.TouchpointFilter{AccountID: s.site.AccountID, SiteID: s.site.ID}, page)
		require.NoError(t, err)
		for _, x := range touches {
			of[x.PersonID] = append(of[x.PersonID], fmt.Sprint(x.At.UTC().Format(time.TimeOnly), x.Kind, x.Type, x.Source, x.Channel, x.Position, x.Suppressed))
		}
		if page.Cursor = next; next == "" {
			break
		}
	}
	for _, touches := range of {
		slices.Sort(touches)
		lines = append(lines, strings.Join(touches, "; "))
	}
	slices.Sort(lines)
	return lines
}

// TestM8_PeopleComputedTogetherAreAsIfComputedAlone computes one site after each thing that
// happens, and another one when all has happened.
func TestM8_PeopleComputedTogetherAreAsIfComputedAlone(t *testing.T) {
	t.Parallel()
	for name, size := range map[string]struct{ people, fromOne int }{"few": {18, 0}, "with one who called often": {8, small.Together + 10}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachThrong(t, func(t *testing.T, s throng) {
				for seed := range uint64(2) {
					alone, together := newStory(t, s.Store), newStory(t, s.Store)
					what := randomCrowd(seed, size.people, size.fromOne)
					for _, happens := range what {
						happens(t, alone)
						alone.compute(t)
					}
					what.happen(t, together)
					together.compute(t)
					found := journeysOf(t, alone)
					require.Greater(t, len(found), size.people/4)
					require.Equal(t, found, journeysOf(t, together))
				}
			})
		})
	}
}

// TestM8_WhoWroteTheSameInPlaceOfANumberIsNotOnePerson has visitors write what is no number of
// anybody into a form that insists on one.
func TestM8_WhoWroteTheSameInPlaceOfANumberIsNotOnePerson(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, store *models.Store, clock *clockwork.FakeClock) {
		clock.Advance(48 * time.Hour)
		s := newStory(t, store)
		const people = 3
		for n := range people {
			visitor := fmt.Sprintf("visitor-%02d-0000000001", n)
			session := s.views(t, visitor, fmt.Sprintf("%032x", 0x18c1063cb0a64349+n), s.at(8, n), adPage)
			form := modeltest.Lead(s.site, "lead-"+visitor)
			form.Lead = conversion.Lead{At: s.at(9, n), Phone: "+11111111111", Email: visitor + "@example.com", SessionID: session}
			_, err := s.AcceptLead(t.Context(), form)
			require.NoError(t, err)
		}
		s.compute(t)
		require.Len(t, journeysOf(t, s), people)
	})
}
