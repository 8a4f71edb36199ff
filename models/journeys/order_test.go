package journeys_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/models"
	"ringback/models/crm"
	"ringback/models/journeys"
	"ringback/models/modeltest"
	"ringback/touchpoints"
)

// facts are what happened on random days of two people: what each browser did in its
// order, and everything else, each of which may be reported at any time.
type facts struct {
	browsers [][]fact
	others   []fact
	calls    map[string]string // filled in as calls are reported: their ids by their names
	deals    map[string]string
}

type fact func(t *testing.T, s story)

var samplePeople = []struct{ id, phone, browser, visitor string }{
	{"00Q1", "+12025550171", annsBrowser, "visitor-ann-0000000001"},
	{"00Q2", "+12025550172", bensBrowser, "visitor-ben-0000000001"},
}

// randomFacts returns facts that depend on the seed alone.
func randomFacts(seed uint64) *facts {
	r := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // random tests, not secrets
	f := &facts{calls: map[string]string{}, deals: map[string]string{}}
	used := map[int]bool{}
	minute := func(from, to int) int { // no two things happen in one minute
		for {
			if at := from + r.IntN(to-from); !used[at] {
				used[at] = true
				return at
			}
		}
	}
	for i, p := range samplePeople {
		var views []fact
		for at := minute(540, 600); at < 1000; at = minute(at+5, at+120) {
			url := []string{adPage, "https://www.example.com/prices", "https://www.example.com/?utm_source=news&utm_medium=email"}[r.IntN(3)]
			views = append(views, func(t *testing.T, s story) {
				t.Helper()
				s.views(t, p.visitor, p.browser, s.at(0, at), url)
			})
		}
		f.browsers = append(f.browsers, views)
		for n := range 1 + r.IntN(3) {
			f.addCall(fmt.Sprintf("call-%d-%d", i, n), p.phone, []string{p.browser, p.browser, "", "other-browser"}[r.IntN(4)], minute(540, 1100))
			f.addTask(fmt.Sprintf("00T%d%d", i, n), samplePeople[r.IntN(2)].id, p.browser, []string{"", "Call", "Left Message"}[r.IntN(3)], minute(540, 1100))
		}
		f.others = append(f.others, func(t *testing.T, s story) {
			t.Helper()
			s.person(t, p.id, p.phone, s.at(0, 700))
		})
	}
	f.addDeal(minute(700, 1100), minute(1100, 1400), r.IntN(2) == 0)
	return f
}

func (f *facts) addCall(name, phone, browser string, at int) {
	f.others = append(f.others, func(t *testing.T, s story) {
		t.Helper()
		f.calls[name] = s.calls(t, name, phone, browser, s.at(0, at))
	})
}

// addTask adds a Task and its later change, which are read in this order.
func (f *facts) addTask(id, person, browser, kind string, minute int) {
	read := func(kind string, after time.Duration) fact {
		return func(t *testing.T, s story) {
			t.Helper()
			at := s.at(0, minute)
			changed := at.Add(after)
			s.reads(t, journeys.Task{ExternalID: id, Person: person, BizibleID: browser, Type: kind, At: &at, ModifiedAt: &changed})
		}
	}
	f.browsers = append(f.browsers, []fact{read("", time.Minute), read(kind, time.Hour)})
}

func (f *facts) addDeal(opened, closed int, open bool) {
	f.others = append(f.others, func(t *testing.T, s story) {
		t.Helper()
		deal := crm.Opportunity{
			SiteID: s.site.ID, ExternalID: "0061", OpenedAt: s.at(0, opened), Amount: 100_001, Currency: "USD",
			People: []touchpoints.Role{{Person: "00Q1", Primary: true}, {Person: "00Q2"}},
			Stages: []touchpoints.StageEntry{{Stage: "Demo", At: s.at(0, opened+10)}},
		}
		if !open {
			deal.ClosedAt, deal.Won = new(s.at(0, closed)), true
		}
		require.NoError(t, s.PutOpportunity(t.Context(), s.site.AccountID, &deal))
		f.deals["0061"] = deal.ID
	})
}

// report reports the facts in a random order, and computes now and then.
func (f *facts) report(t *testing.T, s story, order *rand.Rand) {
	t.Helper()
	queues := slices.Clone(f.browsers)
	for _, one := range f.others {
		queues = append(queues, []fact{one})
	}
	for len(queues) > 0 {
		i := order.IntN(len(queues))
		queues[i][0](t, s)
		if queues[i] = queues[i][1:]; len(queues[i]) == 0 {
			queues = slices.Delete(queues, i, i+1)
		}
		if order.IntN(8) == 0 {
			s.compute(t)
		}
	}
	s.compute(t)
}

// result is what was computed, without the ids that each store makes anew.
func (f *facts) result(t *testing.T, s story) (lines []string) {
	t.Helper()
	people := map[string]string{}
	listed, _, err := s.CRMPeople(t.Context(), s.site.AccountID, s.site.ID, models.Page{})
	require.NoError(t, err)
	for _, p := range listed {
		people[p.ID] = p.ExternalID
	}
	touches, _, err := s.Touchpoints(t.Context(), journeys.TouchpointFilter{AccountID: s.site.AccountID, SiteID: s.site.ID}, models.Page{Limit: 500})
	require.NoError(t, err)
	times := map[string]string{}
	for _, x := range touches {
		times[x.ID] = x.At.UTC().Format(time.TimeOnly) + " " + string(x.Kind)
		lines = append(lines, fmt.Sprintln(times[x.ID], people[x.PersonID], x.Type, x.Medium, x.Source, x.Channel, x.Position, x.UShaped))
	}
	for name, id := range f.calls {
		call := s.outcome(t, id)
		lines = append(lines, fmt.Sprintln(name, call.Outcome, call.Merging.ApartSeconds, people[call.PersonID]))
	}
	j, err := s.OpportunityJourney(t.Context(), s.site.AccountID, s.site.ID, f.deals["0061"], models.Page{})
	require.NoError(t, err)
	for _, c := range j.Credits {
		lines = append(lines, fmt.Sprintln(c.Model, times[c.TouchpointID], people[c.PersonID], c.Position, c.Share, c.Amount))
	}
	slices.Sort(lines)
	return lines
}

// TestM8_OrderOfArrivalNeverChangesTheResult reports the same facts to two sites, to each
// in another order.
func TestM8_OrderOfArrivalNeverChangesTheResult(t *testing.T) {
	t.Parallel()
	eachStory(t, func(t *testing.T, s story) {
		for seed := range uint64(3) {
			var first []string
			for order := range uint64(2) {
				f, site := randomFacts(seed), newStory(t, s.Store)
				f.report(t, site, rand.New(rand.NewPCG(seed, order))) //nolint:gosec // as above
				result := f.result(t, site)
				require.Greater(t, len(result), 5)
				if first == nil {
					first = result
				}
				require.Equal(t, first, result, "seed %d, order %d", seed, order)
			}
		}
	})
}

// TestM7_ReadingAgainChangesOnlyWhatChanged reads the same Tasks and people again, and then
// one Task with another type.
func TestM7_ReadingAgainChangesOnlyWhatChanged(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, store *models.Store, clock *clockwork.FakeClock) {
		s := newStory(t, store)
		clock.Advance(s.at(48, 0).Sub(clock.Now()))
		s.views(t, "visitor-ann-0000000001", annsBrowser, s.at(12, 17), adPage)
		s.views(t, "visitor-ben-0000000001", bensBrowser, s.at(12, 17), adPage)
		read := func(kind string) {
			s.person(t, "00Q1", "", s.at(12, 26))
			s.person(t, "00Q2", "", s.at(12, 26))
			for n, browser := range []string{annsBrowser, bensBrowser} {
				for hour := range 3 {
					at := s.at(12+24*hour, 25)
					task := journeys.Task{ExternalID: fmt.Sprintf("00T%d%d", n, hour), Person: fmt.Sprintf("00Q%d", n+1), Type: "Call", BizibleID: browser, At: &at}
					if n == 0 && hour == 1 {
						task.Type = kind
					}
					task.ModifiedAt = new(clock.Now())
					s.reads(t, task)
				}
			}
			s.compute(t)
		}
		written := func() (ids []string) {
			touches, _, err := s.Touchpoints(t.Context(), journeys.TouchpointFilter{AccountID: s.site.AccountID, SiteID: s.site.ID}, models.Page{Limit: 500})
			require.NoError(t, err)
			require.Len(t, touches, 6)
			for _, x := range touches {
				if x.UpdatedAt.Equal(clock.Now()) {
					ids = append(ids, x.Type+" "+x.Day)
				}
			}
			return ids
		}
		read("Call")
		require.Len(t, written(), 6)
		clock.Advance(time.Hour)
		read("Call")
		require.Empty(t, written())
		clock.Advance(time.Hour)
		read("Left Message")
		require.Equal(t, []string{"Left Message 2026-03-03"}, written())
	})
}
