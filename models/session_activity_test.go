package models_test

import (
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/internal/fault"
	"ringback/models"
	"ringback/models/modeltest"
	"ringback/models/tracking"
	"ringback/models/visitors"
	"ringback/models/websites"
	"ringback/visits"
)

// tabs are how many things one visitor does at once in the concurrent tests.
const tabs = 50

func TestG1_AcceptedPageViewIsStoredWithItsSession(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
		w := webOf(t, s)
		a := view("visitor-of-the-sample", "hit-1", modeltest.Start, fromAd)
		a.Hit.Referrer, a.City, a.Region = "https://www.google.com/", "Springfield", "Illinois"
		seen := w.sees(t, a)
		require.True(t, seen.New)
		require.False(t, seen.Duplicate)

		sessions := w.sessions(t, "")
		require.Len(t, sessions, 1)
		session := sessions[0]
		require.Equal(t, seen.SessionID, session.ID)
		require.Equal(t, a.VisitorID, session.VisitorID)
		require.Equal(t, modeltest.Start, session.StartedAt)
		require.Equal(t, modeltest.Start, session.LastActivityAt)
		require.Equal(t, "google", session.Traffic.Source)
		require.Equal(t, map[string]string{"gclid": "Cj0-example-1"}, session.Traffic.ClickIDs)
		require.Equal(t, []string{"mobile", "Springfield", "Illinois", "US"},
			[]string{session.Traffic.Device, session.Traffic.City, session.Traffic.Region, session.Traffic.Country})
		require.NotEmpty(t, session.StartedBecause)
		require.Equal(t, "cookie", session.Storage)
		require.Equal(t, 1, session.Views)
		require.Zero(t, session.Leads)

		require.Equal(t, []visitors.PageView{{
			SiteID: w.plan.Site.ID, ID: "hit-1", SessionID: session.ID, Kind: visits.Navigate, At: modeltest.Start,
			URL: visits.CleanURL(fromAd), Referrer: "https://www.google.com/", Script: "0a1b2c3d", ReceivedAt: modeltest.Start,
		}}, w.views(t, session.ID))
	})
}

func TestG1_PageViewWithoutDatabaseIsUnavailable(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := listener.Addr().String()
	require.NoError(t, listener.Close())
	s := modeltest.Open(t, "postgres://ringback@"+address+"/ringback?sslmode=disable", clockwork.NewRealClock())
	_, err = s.RecordActivity(t.Context(), websites.Plan{}, view("visitor-of-the-sample", "hit-1", modeltest.Start, home))
	requireCode(t, fault.Unavailable, err)
	requireCode(t, fault.Unavailable, s.StoreVisitorIDs(t.Context(), "site", "visitor", map[string]string{"rtbhouse": "r"}, modeltest.Start))
	requireCode(t, fault.Unavailable, s.ForgetVisitor(t.Context(), "site", "visitor"))
}

func TestG2_SameHitConcurrently(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		w := webOf(t, s)
		answers := make([]models.ActivityResult, tabs)
		atOnce(t, tabs, func(i int) (err error) {
			answers[i], err = s.RecordActivity(t.Context(), w.plan, view("visitor-of-the-sample", "hit-1", modeltest.Start, home))
			return err
		})
		first := 0
		for _, seen := range answers {
			require.Equal(t, answers[0].SessionID, seen.SessionID)
			require.NotEqual(t, seen.New, seen.Duplicate)
			if seen.New {
				first++
			}
		}
		require.Equal(t, 1, first)
		sessions := w.sessions(t, "")
		require.Len(t, sessions, 1)
		require.Equal(t, 1, sessions[0].Views)
		require.Len(t, w.views(t, sessions[0].ID), 1)
	})
}

func TestG2_TwoTabsAtOnceMakeOneSession(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		w := webOf(t, s)
		answers := make([]models.ActivityResult, tabs)
		atOnce(t, tabs, func(i int) (err error) {
			answers[i], err = s.RecordActivity(t.Context(), w.plan, view("visitor-of-the-sample", fmt.Sprint("hit-", i), modeltest.Start, fromAd))
			return err
		})
		begun := 0
		for _, seen := range answers {
			require.Equal(t, answers[0].SessionID, seen.SessionID)
			require.False(t, seen.Duplicate)
			if seen.New {
				begun++
			}
		}
		require.Equal(t, 1, begun)
		sessions := w.sessions(t, "")
		require.Len(t, sessions, 1)
		require.Equal(t, tabs, sessions[0].Views)
		require.Len(t, w.views(t, sessions[0].ID), tabs)
	})
}

// A view that the browser sends again, because it got no answer, has the same answer.
func TestG2_RepeatedViewChangesNothing(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		w := webOf(t, s)
		first := w.sees(t, view("visitor-of-the-sample", "hit-1", modeltest.Start, fromAd))
		w.sees(t, view("visitor-of-the-sample", "hit-2", modeltest.Start.Add(time.Minute), home))
		later := w.sees(t, view("visitor-of-the-sample", "hit-3", modeltest.Start.Add(2*time.Hour), home))
		require.NotEqual(t, first.SessionID, later.SessionID)
		before := w.sessions(t, "")
		clock.Advance(3 * time.Hour)
		again := view("visitor-of-the-sample", "hit-1", modeltest.Start.Add(3*time.Hour), fromAd)
		again.VisitorIDs = map[string]string{"rtbhouse": "r-1"}
		require.Equal(t, models.ActivityResult{SessionID: first.SessionID, Duplicate: true}, w.sees(t, again))
		require.Equal(t, before, w.sessions(t, ""))
	})
}

// The script shows numbers on the current page. A view that was sent late is of an earlier page.
func TestM10_OnlyCurrentSessionsGetNumbers(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		sh := shopWith(t, s, 5)
		w := web{s: s, plan: sh.plan(t)}
		look := func(hit string, at time.Time) models.ActivityResult {
			a := view("visitor-of-the-sample", hit, at, home)
			a.WantsNumbers = true
			return w.sees(t, a)
		}
		clock.Advance(5 * time.Hour)
		now := clock.Now()
		require.Empty(t, look("waited", now.Add(-time.Hour)).Numbers)
		first := look("now", now)
		require.Len(t, first.Numbers, 1)
		require.Equal(t, first.Numbers, look("next", now.Add(time.Minute)).Numbers)
		require.Equal(t, first.Numbers, look("now", now).Numbers, "the answer got lost and the view comes again")
		require.Empty(t, look("waited too", now.Add(-3*time.Hour)).Numbers)
		clicked := view("visitor-of-the-sample", "clicked an ad", now.Add(10*time.Minute), fromAd)
		require.True(t, w.sees(t, clicked).New)
		require.Empty(t, look("waited for a minute", now.Add(9*time.Minute)).Numbers, "another session has begun since")
		require.Empty(t, w.sees(t, view("visitor-of-the-sample", "wants none", now, home)).Numbers)
		require.Len(t, sh.assignments(t, tracking.AssignmentFilter{}), 1)
	})
}

func TestG9_VisitorsBelongToOneSite(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		w, other := webOf(t, s), webOf(t, s)
		mine := w.sees(t, view("visitor-of-the-sample", "hit-1", modeltest.Start, home))
		theirs := other.sees(t, view("visitor-of-the-sample", "hit-1", modeltest.Start, home))
		require.NotEqual(t, mine.SessionID, theirs.SessionID)
		require.Len(t, w.sessions(t, ""), 1)

		_, err := s.RecordActivity(t.Context(), w.plan, view("visitor-who-is-another", "hit-1", modeltest.Start, home))
		requireCode(t, fault.Conflict, err)
		require.Empty(t, w.sessions(t, "visitor-who-is-another"))

		_, _, err = s.Sessions(t.Context(), other.plan.Site.AccountID, w.plan.Site.ID, visitors.SessionFilter{}, models.Page{})
		requireCode(t, fault.NotFound, err)
		_, _, err = s.SessionViews(t.Context(), other.plan.Site.AccountID, w.plan.Site.ID, mine.SessionID, models.Page{})
		requireCode(t, fault.NotFound, err)
		_, _, err = s.SessionViews(t.Context(), other.plan.Site.AccountID, other.plan.Site.ID, mine.SessionID, models.Page{})
		requireCode(t, fault.NotFound, err)

		lead := modeltest.Lead(other.plan.Site, "lead-1") // names a session of the other site
		lead.Lead.SessionID = mine.SessionID
		accepted, err := s.AcceptLead(t.Context(), lead)
		require.NoError(t, err)
		c, err := s.Case(t.Context(), accepted.ConversionID)
		require.NoError(t, err)
		require.Nil(t, c.Session)
		history, err := models.VisitsOf(t.Context(), s, c.Conversion)
		require.NoError(t, err)
		require.Empty(t, history)
	})
}

func TestSessionsAndTheirViewsAreListedNewestFirst(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
		w := webOf(t, s)
		for n, hit := range []string{"c", "a", "e", "b", "d"} {
			w.sees(t, view("visitor-of-the-sample", hit, modeltest.Start.Add(time.Duration(n/2)*time.Minute), home))
		}
		session := w.sessions(t, "visitor-of-the-sample")[0].ID
		var seen []string
		for page := (models.Page{Limit: 2}); ; {
			views, next, err := s.SessionViews(t.Context(), w.plan.Site.AccountID, w.plan.Site.ID, session, page)
			require.NoError(t, err)
			for _, v := range views {
				seen = append(seen, v.ID)
			}
			if next == "" {
				break
			}
			page.Cursor = next
		}
		require.Equal(t, []string{"d", "e", "b", "c", "a"}, seen)
		_, _, err := s.SessionViews(t.Context(), w.plan.Site.AccountID, w.plan.Site.ID, session, models.Page{Cursor: "bm90aW1l"})
		requireCode(t, fault.Invalid, err)
		require.Empty(t, w.sessions(t, "visitor-never-seen-here"))
	})
}

// Page views are by far the most frequent requests, so their statements are counted.
func TestStatementsOfAPageView(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
		watched, statements := s.Watched()
		w := web{s: watched, plan: webOf(t, s).plan}
		begins := view("visitor-of-the-sample", "1", modeltest.Start, fromAd)
		begins.VisitorIDs = map[string]string{"rtbhouse": "r-1"}
		w.sees(t, begins)
		require.Equal(t, []string{
			"INSERT visitors", "SELECT sessions", "SELECT forgotten_visitors", "INSERT page_views", "INSERT sessions", "INSERT visitor_ids",
			"SELECT journey_visitors",
		}, statements.Made())
		goesOn := view("visitor-of-the-sample", "2", modeltest.Start.Add(time.Minute), home)
		goesOn.VisitorIDs = begins.VisitorIDs
		w.sees(t, goesOn)
		require.Equal(t, []string{
			"INSERT visitors", "SELECT sessions", "INSERT page_views", "UPDATE sessions", "SELECT journey_visitors",
		}, statements.Made())
	})
}

func TestAnActivityWithAZeroCharacterIsInvalid(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		w := webOf(t, s)
		_, err := s.RecordActivity(t.Context(), w.plan, view("visitor-of-the-sample", "1", modeltest.Start, home+"\x00"))
		requireCode(t, fault.Invalid, err)
		requireCode(t, fault.Invalid, s.StoreVisitorIDs(t.Context(), w.plan.Site.ID, "v", map[string]string{"rtbhouse": "\x00"}, modeltest.Start))
		require.Empty(t, w.sessions(t, ""))
	})
}

// The site's settings decide when a session ends: here after a quarter of an hour.
func TestSessionsGoByTheSettingsOfTheSite(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
		w := webOf(t, s)
		w.plan.Site.Script.SessionMinutes, w.plan.Site.Script.CarryOver = 15, true
		visitor, at := "visitor-of-the-sample", modeltest.Start
		first := w.sees(t, view(visitor, "1", at, fromAd))
		require.Equal(t, first.SessionID, w.sees(t, view(visitor, "2", at.Add(15*time.Minute), home)).SessionID)
		require.True(t, w.sees(t, view(visitor, "3", at.Add(30*time.Minute+time.Second), home)).New)
		sessions := w.sessions(t, visitor)
		require.True(t, sessions[0].ChannelCarriedOver)
		require.Equal(t, conversion.ChannelPaidSearch, sessions[0].Traffic.Channel)
		require.Empty(t, sessions[0].Traffic.Source)
		require.False(t, sessions[1].ChannelCarriedOver)
	})
}
