package models_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/models"
	"ringback/models/modeltest"
	"ringback/models/tracking"
)

// Customers call from the browser of an employee, whose page shows a number.
func TestR8_ACrowdIsNoPerson(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
		w, at := webOf(t, s), modeltest.Start
		phone := func(n int) string { return fmt.Sprintf("+120255501%02d", n) }
		history := func(n int) []string {
			return w.historyOf(t, w.by(func(c *models.Conversion) { c.Phone = phone(n) }))
		}
		var customers []string
		for n := range 7 {
			customers = append(customers, w.sees(t, view(visitor(n), fmt.Sprint("home-", n), at, fromAd+fmt.Sprint(n))).SessionID)
			w.called(t, visitor(n), phone(n))
		}
		w.sees(t, view("clerk-of-the-sample", "desk", at, home))
		for n := range 7 {
			w.called(t, "clerk-of-the-sample", phone(n))
		}
		require.Len(t, history(4), 6, "a person has up to five numbers and addresses")
		for n := 5; n < 7; n++ {
			require.Equal(t, customers[n:n+1], history(n))
		}
	})
}

// An office with many browsers and one number.
func TestR8_APersonHasNoMoreThanTenBrowsers(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
		w := webOf(t, s)
		for n := range 12 {
			session := w.sees(t, view(visitor(n), fmt.Sprint("hit-", n), modeltest.Start, fromAd)).SessionID
			w.called(t, visitor(n), modeltest.Caller)
			history := w.historyOf(t, w.by(func(c *models.Conversion) { c.SessionID = session }))
			if n < 10 {
				require.Len(t, history, n+1)
			} else {
				require.Equal(t, []string{session}, history)
			}
		}
	})
}

// People enter something if a form requires a number or an address.
func TestR8_PlaceholdersLinkNobody(t *testing.T) {
	t.Parallel()
	for name, junk := range map[string]conversion.Lead{
		"one digit":            {Phone: "+11111111111"},
		"digits in order":      {Phone: "+11234567890"},
		"no possible number":   {Phone: "+1202555"},
		"no address":           {Email: "No@no.com"},
		"no address of anyone": {Email: "none@example.com"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
				w := webOf(t, s)
				for n := range 2 {
					lead := w.sends(t, view(visitor(n), fmt.Sprint("lead-", n), modeltest.Start, fromAd), junk)
					history := w.historyOf(t, w.by(func(c *models.Conversion) {
						c.SessionID, c.Phone, c.Email = lead.SessionID, junk.Phone, junk.Email
					}))
					require.Equal(t, []string{lead.SessionID}, history)
				}
			})
		})
	}
}

// A telephone system that forwards calls may report a number of the company as
// the caller's.
func TestR8_TheSitesOwnNumbersLinkNobody(t *testing.T) {
	t.Parallel()
	const poster, inPlaceOf, gone = "+12025550180", "+12025550181", "+12025550182"
	for name, own := range map[string]string{
		"on the pages": onThePages, "in place of the pool's": defaultNumber, "of the pool": poolNumber(1),
		"of its own": poster, "in whose place it is shown": inPlaceOf, "a deleted one": gone,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
				sh := shopWith(t, s, 3)
				actor := modeltest.ActorOf(sh.site)
				deleted := tracking.Number{SiteID: sh.site.ID, Number: gone}
				require.NoError(t, s.CreateNumber(t.Context(), actor, &deleted))
				require.NoError(t, s.DeleteNumber(t.Context(), actor, sh.site.ID, deleted.ID))
				require.NoError(t, s.CreateNumber(t.Context(), actor, &tracking.Number{
					SiteID: sh.site.ID, Number: poster, Replaces: []string{"+12025550183", inPlaceOf},
				}))
				w, at := web{s: s, plan: sh.plan(t)}, modeltest.Start
				var sessions []string
				for n := range 2 {
					a := view(visitor(n), fmt.Sprint("hit-", n), at, home)
					a.WantsNumbers = true
					seen := w.sees(t, a)
					i := slices.IndexFunc(seen.Numbers, func(shown models.DisplayedNumber) bool { return shown.PoolID != "" })
					sh.call(t, fmt.Sprint("call-", n), rings(seen.Numbers[i].Number, at.Add(time.Minute), func(e *conversion.CallEvent) { e.Caller = own }))
					w.sends(t, view(visitor(n), fmt.Sprint("lead-", n), at.Add(2*time.Minute), home), conversion.Lead{Phone: own})
					sessions = append(sessions, seen.SessionID)
				}
				for _, session := range sessions {
					require.Equal(t, []string{session}, w.historyOf(t, w.by(func(c *models.Conversion) { c.SessionID, c.Phone = session, own })))
				}
			})
		})
	}
}
