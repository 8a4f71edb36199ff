package models_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/forms"
	"ringback/models"
	"ringback/models/audit"
	"ringback/models/modeltest"
	"ringback/models/websites"
	"ringback/visits"
)

func TestG1_AcceptedScriptLeadIsStoredWithItsSession(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
		w := webOf(t, s)
		a := view("visitor-of-the-sample", "hit-1", modeltest.Start, fromAd)
		a.VisitorIDs = map[string]string{"rtbhouse": "r-1", "bizible": "b-1"}
		session := w.sees(t, a).SessionID

		sent := view("visitor-of-the-sample", "lead-1", modeltest.Start.Add(time.Minute), home+"contact")
		sent.VisitorIDs = map[string]string{"google": "g-1"}
		c := w.sends(t, sent, conversion.Lead{Phone: modeltest.Caller, VisitorIDs: map[string]string{"bizible": "own"}})
		require.Equal(t, session, c.SessionID)
		require.Equal(t, map[string]string{"rtbhouse": "r-1", "bizible": "own", "google": "g-1"}, c.VisitorIDs, "what the lead says itself wins")
		events := detail(t, s, w.plan.Site, c.ID).Events
		require.Equal(t, c.SessionID, events[0].Lead.SessionID)
		require.Equal(t, c.VisitorIDs, events[0].Lead.VisitorIDs)
		require.JSONEq(t, `{"visitor":"visitor-of-the-sample"}`, string(bodies(t, s, c.ID)[0]))

		stored := w.sessions(t, "")[0]
		require.Equal(t, []int{1, 1}, []int{stored.Views, stored.Leads})
		require.Equal(t, modeltest.Start.Add(time.Minute), stored.LastActivityAt, "a form is an activity")
		views := w.views(t, session)
		require.Equal(t, visits.Form, views[0].Kind)
		require.Equal(t, visits.CleanURL(home+"contact"), views[0].URL)

		late := w.sends(t, view("visitor-of-the-sample", "lead-2", modeltest.Start.Add(time.Hour), home), conversion.Lead{SessionID: "their own"})
		require.Equal(t, "their own", late.SessionID)
		require.Len(t, w.sessions(t, ""), 2, "a form after the session's end begins one")
	})
}

func TestG2_SameScriptLeadConcurrently(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		w := webOf(t, s)
		in := w.form("script:lead-1", view("visitor-of-the-sample", "lead-1", modeltest.Start, home), conversion.Lead{Phone: modeltest.Caller})
		answers := make([]models.Accepted, tabs)
		atOnce(t, tabs, func(i int) (err error) {
			answers[i], err = s.AcceptLead(t.Context(), in)
			return err
		})
		first := 0
		for _, a := range answers {
			require.Equal(t, answers[0].ConversionID, a.ConversionID)
			require.Equal(t, a.Duplicate, a.Signal == nil)
			if !a.Duplicate {
				first++
			}
		}
		require.Equal(t, 1, first)
		sessions := w.sessions(t, "")
		require.Len(t, sessions, 1)
		require.Equal(t, 1, sessions[0].Leads)
	})
}

func TestG2_RepeatedScriptLeadChangesNothing(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
		w := webOf(t, s)
		in := w.form("script:lead-1", view("visitor-of-the-sample", "lead-1", modeltest.Start, home), conversion.Lead{Phone: modeltest.Caller})
		first, err := s.AcceptLead(t.Context(), in)
		require.NoError(t, err)
		before := w.sessions(t, "")
		again := view("visitor-of-the-sample", "lead-1-again", modeltest.Start.Add(time.Hour), fromAd)
		again.VisitorIDs = map[string]string{"rtbhouse": "r-1"}
		repeated, err := s.AcceptLead(t.Context(), w.form("script:lead-1", again, conversion.Lead{Phone: modeltest.Caller, Email: "person@example.com"}))
		require.NoError(t, err)
		require.Equal(t, models.Accepted{ConversionID: first.ConversionID, Duplicate: true}, repeated)
		require.Equal(t, before, w.sessions(t, ""))
		require.Len(t, detail(t, s, w.plan.Site, first.ConversionID).Events, 1)
	})
}

// The requests that come second store neither a visitor nor a session.
func TestG2_ScriptLeadsOfOneIDByManyVisitorsAtOnceAreOne(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		w := webOf(t, s)
		atOnce(t, 8, func(i int) error {
			a := view(visitor(i), fmt.Sprint("hit-", i), modeltest.Start, home)
			_, err := s.AcceptLead(t.Context(), w.form("script:lead-1", a, conversion.Lead{Phone: modeltest.Caller}))
			return err
		})
		sessions := w.sessions(t, "")
		require.Len(t, sessions, 1)
		require.Equal(t, 1, sessions[0].Leads)
	})
}

// A cookie that appears after the decisions is stored for the next conversion.
func TestG5_ALateCookieChangesNoDecision(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
		w := webOf(t, s)
		i := modeltest.Integration(t, s, w.plan.Site)
		c := w.sends(t, view("visitor-of-the-sample", "lead-1", modeltest.Start, fromAd), conversion.Lead{Phone: modeltest.Caller})
		_, err := s.SaveDecisions(t.Context(), modeltest.Sending(c.ID, i))
		require.NoError(t, err)
		before := detail(t, s, w.plan.Site, c.ID)
		ids := map[string]string{"rtbhouse": "r-1"}
		require.NoError(t, s.StoreVisitorIDs(t.Context(), w.plan.Site.ID, "visitor-of-the-sample", ids, modeltest.Start.Add(time.Minute)))
		require.Equal(t, ids, w.sessions(t, "")[0].VisitorIDs)
		after := detail(t, s, w.plan.Site, c.ID)
		require.Equal(t, before.Conversion, after.Conversion)
		require.Equal(t, before.Events, after.Events)
		require.Equal(t, before.Decisions, after.Decisions)
		require.Equal(t, before.Deliveries, after.Deliveries)
	})
}

func TestCaseHasTheSessionAndItsVisitor(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
		w := webOf(t, s)
		at, visitor := modeltest.Start, "visitor-of-the-sample"
		with := func(a models.Activity, ids map[string]string) models.Activity { a.VisitorIDs = ids; return a }
		w.sees(t, with(view(visitor, "1", at, fromAd), map[string]string{"rtbhouse": "r-1", "bizible": "b-1"}))
		second := w.sees(t, with(view(visitor, "2", at.Add(time.Hour), home), map[string]string{"rtbhouse": "r-2"}))
		w.sees(t, with(view(visitor, "3", at.Add(2*time.Hour), home), map[string]string{"rtbhouse": "r-3"}))

		call := started(at.Add(time.Hour))
		call.SessionID = second.SessionID
		c, err := s.Case(t.Context(), accept(t, s, w.plan.Site, "call-1", call).ConversionID)
		require.NoError(t, err)
		require.Equal(t, w.sessions(t, visitor)[1], *c.Session)
		require.Equal(t, map[string]string{"rtbhouse": "r-2", "bizible": "b-1"}, c.VisitorIDs, "those of the session, else the latest")

		call.SessionID = "session-of-another-system"
		c, err = s.Case(t.Context(), accept(t, s, w.plan.Site, "call-2", call).ConversionID)
		require.NoError(t, err)
		require.Nil(t, c.Session)
		require.Empty(t, c.VisitorIDs)
	})
}

func TestANewSiteAndAnOldOneHaveTheScriptsDefaults(t *testing.T) {
	t.Parallel()
	modeltest.EachMigrated(t, func(t *testing.T, dsn string) {
		s := modeltest.Open(t, dsn, clockwork.NewRealClock())
		site := modeltest.Site(t, s)
		require.Equal(t, websites.DefaultScript(), site.Script)
		created := lastAudit(t, s, site.AccountID)
		require.Equal(t, "30", string(jsonOf(t, created.Changes["script.session_minutes"].To)))

		_, err := modeltest.SQL(t, dsn).ExecContext(t.Context(), "UPDATE sites SET script = NULL")
		require.NoError(t, err)
		read, err := s.Site(t.Context(), site.AccountID, site.ID)
		require.NoError(t, err)
		require.Equal(t, site, read)
		plan, err := s.SitePlan(t.Context(), site.ScriptKey)
		require.NoError(t, err)
		require.Equal(t, visits.Rules{Inactivity: 30 * time.Minute, CarryOver: true, Domains: site.Domains}, plan.Rules())

		read, err = s.UpdateSite(t.Context(), modeltest.ActorOf(site), site.ID, func(x *websites.Site) error {
			x.Script.Forms, x.Script.Ignored = forms.CaptureAll, []string{"pay.example.net"}
			return nil
		})
		require.NoError(t, err)
		again, err := s.Site(t.Context(), site.AccountID, site.ID)
		require.NoError(t, err)
		require.Equal(t, read, again)
		changes := lastAudit(t, s, site.AccountID).Changes
		require.Equal(t, map[string]audit.Change{
			"script.forms":             {From: "marked", To: "all"},
			"script.ignored_referrers": {To: []any{"pay.example.net"}},
		}, changes)
	})
}

func jsonOf(t *testing.T, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	require.NoError(t, err)
	return text
}
