package models_test

import (
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/models"
	"ringback/models/modeltest"
	"ringback/models/visitors"
	"ringback/models/websites"
	"ringback/visits"
)

// web is a site and its store.
type web struct {
	s    *models.Store
	plan websites.Plan
}

func webOf(t *testing.T, s *models.Store) web {
	t.Helper()
	return web{s: s, plan: websites.Plan{Site: modeltest.Site(t, s)}}
}

// The pages that visitors come to.
const (
	home   = "https://www.example.com/"
	fromAd = "https://www.example.com/?utm_source=google&utm_medium=cpc&gclid=Cj0-example-1"
)

// view is a page view as the script reports it.
func view(visitor, hit string, at time.Time, url string) models.Activity {
	return models.Activity{Activity: visitors.Activity{
		VisitorID: visitor, HitID: hit, Hit: visits.Hit{At: at, Kind: visits.Navigate, URL: url},
		Device: "mobile", Country: "US", Storage: "cookie", Script: "0a1b2c3d",
	}}
}

// sees stores a page view.
func (w web) sees(t *testing.T, a models.Activity) models.ActivityResult {
	t.Helper()
	seen, err := w.s.RecordActivity(t.Context(), w.plan, a)
	require.NoError(t, err)
	return seen
}

// isShown stores a view of the home page that asks for the numbers to show.
func (w web) isShown(t *testing.T, visitor string, at time.Time) models.ActivityResult {
	t.Helper()
	a := view(visitor, "hit-of-"+visitor+at.Format("-0215040506"), at, home)
	a.WantsNumbers = true
	return w.sees(t, a)
}

// form is a form that a visitor sent, as the intake of the script passes it on.
func (w web) form(externalID string, a models.Activity, lead conversion.Lead) models.NewLead {
	in := modeltest.Lead(w.plan.Site, externalID)
	in.Source, in.Activity, in.Plan, in.Lead = "script", &a, &w.plan, lead
	in.Lead.At = a.Hit.At
	in.Raw = []byte(`{"visitor":"` + a.VisitorID + `"}`)
	return in
}

// sends stores a form that a visitor sent.
func (w web) sends(t *testing.T, a models.Activity, lead conversion.Lead) models.Conversion {
	t.Helper()
	accepted, err := w.s.AcceptLead(t.Context(), w.form("script:"+a.HitID, a, lead))
	require.NoError(t, err)
	require.False(t, accepted.Duplicate)
	return detail(t, w.s, w.plan.Site, accepted.ConversionID).Conversion
}

// sessions returns the sessions of a visitor, newest first, or all sessions if the visitor is empty.
func (w web) sessions(t *testing.T, visitor string) []visitors.Session {
	t.Helper()
	site := w.plan.Site
	sessions, next, err := w.s.Sessions(t.Context(), site.AccountID, site.ID, visitors.SessionFilter{VisitorID: visitor}, models.Page{Limit: 500})
	require.NoError(t, err)
	require.Empty(t, next)
	return sessions
}

func (w web) views(t *testing.T, session string) []visitors.PageView {
	t.Helper()
	views, _, err := w.s.SessionViews(t.Context(), w.plan.Site.AccountID, w.plan.Site.ID, session, models.Page{Limit: 500})
	require.NoError(t, err)
	return views
}

func TestR1_VisitorIDsAreKeptWithTheVisit(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
		w := webOf(t, s)
		at := modeltest.Start
		look := func(hit string, at time.Time, ids map[string]string) map[string]string {
			a := view("visitor-of-the-sample", hit, at, home)
			a.VisitorIDs = ids
			w.sees(t, a)
			return w.sessions(t, a.VisitorID)[0].VisitorIDs
		}
		require.Empty(t, look("1", at, nil))
		require.Equal(t, map[string]string{"rtbhouse": "r-1"}, look("2", at.Add(time.Minute), map[string]string{"rtbhouse": "r-1"}))
		require.Equal(t, map[string]string{"rtbhouse": "r-1", "bizible": "b-1"},
			look("3", at.Add(2*time.Minute), map[string]string{"bizible": "b-1"}))
		require.Equal(t, map[string]string{"rtbhouse": "r-2", "bizible": "b-1"},
			look("4", at.Add(3*time.Minute), map[string]string{"rtbhouse": "r-2"}), "the latest counts")
		require.Equal(t, map[string]string{"rtbhouse": "r-2", "bizible": "b-1", "google": "g-1"},
			look("5", at.Add(time.Minute), map[string]string{"rtbhouse": "r-0", "google": "g-1"}), "one that waited changes none")
		require.Equal(t, map[string]string{"rtbhouse": "r-2", "bizible": "b-1", "google": "g-1"},
			look("6", at.Add(4*time.Minute), map[string]string{"rtbhouse": "unknown", "bizible": "", "yandex": strings.Repeat("y", 2049)}))
	})
}

func TestR1_ACookieThatAppearsLateIsKeptWithTheLatestSession(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
		w := webOf(t, s)
		at, visitor := modeltest.Start, "visitor-of-the-sample"
		w.sees(t, view(visitor, "1", at, home))
		second := w.sees(t, view(visitor, "2", at.Add(time.Hour), home))
		learn := func(visitor string, ids map[string]string, at time.Time) {
			require.NoError(t, w.s.StoreVisitorIDs(t.Context(), w.plan.Site.ID, visitor, ids, at))
		}
		learn(visitor, map[string]string{"rtbhouse": "r-1"}, at.Add(61*time.Minute))
		sessions := w.sessions(t, visitor)
		require.Equal(t, second.SessionID, sessions[0].ID)
		require.Equal(t, map[string]string{"rtbhouse": "r-1"}, sessions[0].VisitorIDs)
		require.Equal(t, at.Add(time.Hour), sessions[0].LastActivityAt, "a cookie is no activity")
		require.Empty(t, sessions[1].VisitorIDs)

		learn("visitor-never-seen-here", map[string]string{"rtbhouse": "r-9"}, at.Add(time.Hour))
		require.Empty(t, w.sessions(t, "visitor-never-seen-here"))
		learn(visitor, map[string]string{"rtbhouse": "null"}, at.Add(62*time.Minute))
		require.Equal(t, sessions, w.sessions(t, visitor))
	})
}

func TestKnownVisitorIDsAreNotWrittenAgain(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
		w := webOf(t, s)
		visitor, site, ids := "visitor-of-the-sample", w.plan.Site.ID, map[string]string{"rtbhouse": "r-1"}
		w.sees(t, view(visitor, "1", modeltest.Start, home))
		watched, statements := s.Watched()
		require.NoError(t, watched.StoreVisitorIDs(t.Context(), site, visitor, ids, modeltest.Start.Add(time.Second)))
		require.Contains(t, statements.Made(), "INSERT visitor_ids")
		require.NoError(t, watched.StoreVisitorIDs(t.Context(), site, visitor, ids, modeltest.Start.Add(time.Minute)))
		require.Equal(t, []string{"SELECT sessions"}, statements.Made())
	})
}

func TestG2_LateCookiesAtOnceLoseNone(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		w := webOf(t, s)
		w.sees(t, view("visitor-of-the-sample", "1", modeltest.Start, home))
		systems := strings.Split("abcdefghijklmnopqrstuvwx", "")
		atOnce(t, len(systems), func(i int) error {
			return s.StoreVisitorIDs(t.Context(), w.plan.Site.ID, "visitor-of-the-sample",
				map[string]string{systems[i]: "id-" + systems[i]}, modeltest.Start.Add(time.Second))
		})
		require.Len(t, w.sessions(t, "")[0].VisitorIDs, len(systems))
	})
}
