package models_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/identity"
	"ringback/models"
	"ringback/models/modeltest"
	"ringback/models/websites"
)

// historyOf returns the ids of the visits that attribution uses for a call or lead.
func (w web) historyOf(t *testing.T, c models.Conversion) []string {
	t.Helper()
	history, err := models.VisitsOf(t.Context(), w.s, c)
	require.NoError(t, err)
	seen := make([]string, 0, len(history))
	for _, v := range history {
		seen = append(seen, v.ID)
	}
	return seen
}

// by returns a call or lead that is not stored, with these changes.
func (w web) by(change func(*models.Conversion)) models.Conversion {
	c := models.Conversion{ID: "cnv_asking", SiteID: w.plan.Site.ID, At: modeltest.Start.Add(24 * time.Hour)}
	change(&c)
	return c
}

// visitor names the n-th visitor of a test.
func visitor(n int) string { return fmt.Sprintf("visitor-of-the-sample-%d", n) }

func TestR8_VisitsAreFoundAcrossSessions(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
		w := webOf(t, s)
		hour := func(n int) time.Time { return modeltest.Start.Add(time.Duration(n) * time.Hour) }
		look := func(visitor string, n int, ids map[string]string) string {
			a := view(visitor, fmt.Sprint("hit-", n), hour(n), fromAd+fmt.Sprint(n))
			a.VisitorIDs = ids
			seen := w.sees(t, a)
			require.True(t, seen.New)
			return seen.SessionID
		}
		ad := look(visitor(1), 1, nil)
		back := look(visitor(1), 2, map[string]string{"rtbhouse": "r-1"})
		lostOurCookie := look(visitor(2), 3, map[string]string{"rtbhouse": "r-1"})
		look(visitor(3), 4, map[string]string{"bizible": "r-1"}) // another system's id
		phone := look(visitor(4), 5, nil)
		w.sends(t, view(visitor(4), "lead-4", hour(5), home), conversion.Lead{Phone: modeltest.Caller})
		email := look(visitor(5), 6, nil)
		w.sends(t, view(visitor(5), "lead-5", hour(6), home), conversion.Lead{Email: "Person@Example.com "})

		for name, c := range map[string]struct {
			by   func(*models.Conversion)
			want []string
		}{
			"cookie":         {func(c *models.Conversion) { c.SessionID = ad }, []string{lostOurCookie, back, ad}},
			"third-party id": {func(c *models.Conversion) { c.VisitorIDs = map[string]string{"rtbhouse": "r-1"} }, []string{lostOurCookie, back, ad}},
			"phone":          {func(c *models.Conversion) { c.Phone = modeltest.Caller }, []string{phone}},
			"e-mail":         {func(c *models.Conversion) { c.Email = "person@EXAMPLE.com" }, []string{email}},
			"phone and e-mail of two": {func(c *models.Conversion) {
				c.Phone, c.Email = modeltest.Caller, "person@example.com"
			}, []string{}},
			"nobody":             {func(*models.Conversion) {}, []string{}},
			"a stranger":         {func(c *models.Conversion) { c.Phone = "+12025550188" }, []string{}},
			"an id of nobody":    {func(c *models.Conversion) { c.VisitorIDs = map[string]string{"rtbhouse": "unknown"} }, []string{}},
			"session of nothing": {func(c *models.Conversion) { c.SessionID = "ses_none" }, []string{}},
		} {
			require.Equal(t, c.want, w.historyOf(t, w.by(c.by)), name)
		}
	})
}

func TestR8_ASessionIsOneVisitWithWhatIsKnownOfIt(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
		w := webOf(t, s)
		a := view(visitor(1), "hit-1", modeltest.Start, fromAd)
		a.VisitorIDs = map[string]string{"rtbhouse": "r-1"}
		session := w.sees(t, a).SessionID
		inline := func(external, session string, at time.Time) {
			in := modeltest.Lead(w.plan.Site, external)
			in.Lead.At, in.Lead.SessionID, in.Lead.Traffic = at, session, &conversion.Traffic{Source: external}
			_, err := s.AcceptLead(t.Context(), in)
			require.NoError(t, err)
		}
		inline("of the session", session, modeltest.Start.Add(time.Minute))
		inline("of another system", "their own", modeltest.Start.Add(2*time.Minute))
		history, err := models.VisitsOf(t.Context(), s, w.by(func(c *models.Conversion) { c.Phone, c.Person = modeltest.Caller, modeltest.Caller }))
		require.NoError(t, err)
		require.Len(t, history, 2)
		require.Equal(t, "of another system", history[0].Traffic.Source)
		require.Equal(t, conversion.Visit{
			ID: session, SessionID: session, At: modeltest.Start,
			Traffic: w.sessions(t, "")[0].Traffic, VisitorIDs: a.VisitorIDs, Evidence: conversion.EvidenceForm,
		}, history[1])
	})
}

// Some sites use one id for everybody who is not signed in.
func TestR8_IDOfManyVisitorsIdentifiesNobody(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
		w, at := webOf(t, s), modeltest.Start
		var last string
		comes := func(n int) {
			a := view(visitor(n), fmt.Sprint("hit-", n), at.Add(time.Duration(n)*time.Second), fromAd+fmt.Sprint(n))
			a.VisitorIDs = map[string]string{"crm": "guest"}
			last = w.sees(t, a).SessionID
		}
		bySession := func(c *models.Conversion) { c.SessionID = last }
		byID := func(c *models.Conversion) { c.VisitorIDs = map[string]string{"crm": "guest"} }
		inline := modeltest.Lead(w.plan.Site, "of a system without our script")
		inline.Lead.At, inline.Lead.Phone = at, ""
		inline.Lead.Traffic, inline.Lead.VisitorIDs = &conversion.Traffic{Source: "newsletter"}, map[string]string{"crm": "guest"}
		_, err := s.AcceptLead(t.Context(), inline)
		require.NoError(t, err)
		for n := range 20 {
			comes(n)
		}
		require.Len(t, w.historyOf(t, w.by(bySession)), 20, "a person may have some browsers")
		require.Len(t, w.historyOf(t, w.by(byID)), 20+1)
		comes(20)
		require.Equal(t, []string{last}, w.historyOf(t, w.by(bySession)))
		require.Empty(t, w.historyOf(t, w.by(byID)))
	})
}

// A form may be reported before the page that it is on.
func TestR8_TheSessionOfALeadCountsForIt(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
		w, at := webOf(t, s), modeltest.Start
		session := w.sees(t, view(visitor(1), "view", at.Add(time.Second), fromAd)).SessionID
		lead := w.sends(t, view(visitor(1), "lead", at, home), conversion.Lead{Phone: modeltest.Caller})
		require.Equal(t, session, lead.SessionID)
		history, err := models.VisitsOf(t.Context(), s, lead)
		require.NoError(t, err)
		require.Equal(t, session, conversion.Attribute(conversion.LastNonDirect, history, lead.At, 90).ID)

		other := w.by(func(c *models.Conversion) { c.Phone, c.At = modeltest.Caller, at })
		history, err = models.VisitsOf(t.Context(), s, other)
		require.NoError(t, err)
		require.Nil(t, conversion.Attribute(conversion.LastNonDirect, history, other.At, 90), "it is later than what is not of it")
	})
}

// Attribution may use the first visit, so it is read however many visits follow.
func TestR8_TheFirstVisitCountsHoweverManyCameAfterIt(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
		w := webOf(t, s)
		const tooOld, counted = 60, 510
		at, of := modeltest.Start, make([]string, 0, tooOld+counted)
		for n := range tooOld + counted {
			of = append(of, w.sees(t, view(visitor(1), fmt.Sprint("hit-", n), at, fromAd+fmt.Sprint(n))).SessionID)
			at = at.Add(time.Hour)
		}
		_, err := s.UpdateSite(t.Context(), modeltest.ActorOf(w.plan.Site), w.plan.Site.ID, func(site *websites.Site) error {
			site.LookbackDays = 22
			return nil
		})
		require.NoError(t, err)
		last := w.by(func(c *models.Conversion) {
			c.SessionID, c.At = of[tooOld+counted-1], modeltest.Start.Add(tooOld*time.Hour).AddDate(0, 0, 22)
		})
		history, err := models.VisitsOf(t.Context(), s, last)
		require.NoError(t, err)
		require.Len(t, history, 500)
		require.Equal(t, of[tooOld], conversion.Attribute(conversion.FirstVisit, history, last.At, 22).ID)
		require.Equal(t, of[tooOld+counted-1], conversion.Attribute(conversion.LastVisit, history, last.At, 22).ID)
		require.True(t, slices.IsSortedFunc(history, func(a, b conversion.Visit) int { return b.At.Compare(a.At) }))
	})
}

// called links a visitor to phone numbers, as calls do that are matched for certain.
func (w web) called(t *testing.T, visitor string, phones ...string) {
	t.Helper()
	for _, phone := range phones {
		require.NoError(t, w.s.LinkIdentities(t.Context(), w.plan.Site.ID, identity.VisitorKey(visitor), identity.PhoneKey(phone)))
	}
}

// A visitor is identified by a cookie, a caller by a phone number. If two of them are
// linked, so are all that each was linked to.
func TestR8_LinkedVisitorsAndCallersAreOnePerson(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
		w := webOf(t, s)
		const mine, office = "+12025550101", "+12025550102"
		at := modeltest.Start
		calls := func(n int, phones ...string) string {
			session := w.sees(t, view(visitor(n), fmt.Sprint("hit-", n), at, home)).SessionID
			w.called(t, visitor(n), phones...)
			return session
		}
		first := calls(1, mine)
		second, third := calls(2, office), calls(3, office)
		stranger := calls(4, "+12025550103")
		sorted := func(ids ...string) []string { slices.Sort(ids); slices.Reverse(ids); return ids }
		seenBy := func(phone string) []string {
			return sorted(w.historyOf(t, w.by(func(c *models.Conversion) { c.Phone = phone }))...)
		}
		require.Equal(t, sorted(first), seenBy(mine))
		require.Equal(t, sorted(second, third), seenBy(office))

		w.called(t, visitor(1), office)
		require.Equal(t, sorted(first, second, third), seenBy(mine))
		require.Equal(t, sorted(first, second, third), seenBy(office))
		require.Equal(t, sorted(stranger), seenBy("+12025550103"))
	})
}

// A chain is one person in the end, in whatever order its keys are linked concurrently.
func TestR8_KeysLinkedConcurrentlyBecomeOnePerson(t *testing.T) {
	t.Parallel()
	modeltest.EachMigrated(t, func(t *testing.T, dsn string) {
		s := modeltest.Open(t, dsn, clockwork.NewRealClock())
		w := webOf(t, s)
		const visitors = 4                   // of a chain: visitor n is phone n, and phone n+1
		const chains = tabs / (2 * visitors) // a person each
		phone := func(chain, n int) string { return fmt.Sprintf("+120255501%02d", chain*(visitors+1)+n) }
		for n := range visitors * chains {
			w.sees(t, view(visitor(n), fmt.Sprint("hit-", n), modeltest.Start, home))
		}
		for n := range visitors * chains { // half of the keys are there before, each a person of its own
			if n%2 == 0 {
				w.called(t, visitor(n), phone(n/visitors, n%visitors))
			}
		}
		atOnce(t, 2*visitors*chains, func(i int) error {
			n := i / 2
			return s.LinkIdentities(t.Context(), w.plan.Site.ID,
				identity.VisitorKey(visitor(n)), identity.PhoneKey(phone(n/visitors, n%visitors+i%2)))
		})
		for chain := range chains {
			require.Len(t, w.historyOf(t, w.by(func(c *models.Conversion) { c.Phone = phone(chain, 0) })), visitors)
		}
		var people int
		row := modeltest.SQL(t, dsn).QueryRowContext(t.Context(), "SELECT count(DISTINCT person_id) FROM person_keys")
		require.NoError(t, row.Scan(&people))
		require.Equal(t, chains, people)
	})
}
