package models_test

import (
	"encoding/base64"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/internal/fault"
	"ringback/models"
	"ringback/models/modeltest"
	"ringback/models/visitors"
)

// listed returns the visitors of the sessions that a filter selects, read in pages of two.
func (w web) listed(t *testing.T, f visitors.SessionFilter) (found []string) {
	t.Helper()
	for page := (models.Page{Limit: 2}); ; {
		sessions, next, err := w.s.Sessions(t.Context(), w.plan.Site.AccountID, w.plan.Site.ID, f, page)
		require.NoError(t, err)
		for _, x := range sessions {
			found = append(found, x.VisitorID)
		}
		if next == "" {
			return found
		}
		page.Cursor = next
	}
}

func TestSessionsAreFilteredByPeriodAndTraffic(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
		w := webOf(t, s)
		at := func(minutes int) time.Time { return modeltest.Start.Add(time.Duration(minutes) * time.Minute) }
		ad := home + "?utm_source=google&utm_medium=cpc&utm_campaign=spring"
		w.sees(t, view("visitor-of-the-ad", "a", at(1), ad))
		w.sees(t, view("visitor-of-the-letter", "b", at(3), home+"?utm_source=letter&utm_medium=email"))
		w.sees(t, view("visitor-who-came-directly", "c", at(4), home))
		w.sees(t, view("visitor-who-was-reported-late", "d", at(2), ad))

		all := []string{"visitor-who-came-directly", "visitor-of-the-letter", "visitor-who-was-reported-late", "visitor-of-the-ad"}
		require.Equal(t, all, w.listed(t, visitors.SessionFilter{}))
		from, to := at(2), at(4)
		require.Equal(t, all[1:3], w.listed(t, visitors.SessionFilter{From: &from, To: &to}))
		for _, c := range []struct {
			traffic map[string]string
			want    []string
		}{
			{map[string]string{"source": "google"}, all[2:]},
			{map[string]string{"channel": "email"}, all[1:2]},
			{map[string]string{"campaign": "spring", "medium": "cpc"}, all[2:]},
			{map[string]string{"campaign": "spring", "source": "letter"}, nil},
			{map[string]string{"campaign": ""}, all[:2]},
		} {
			require.Equal(t, c.want, w.listed(t, visitors.SessionFilter{Traffic: c.traffic}), c.traffic)
		}
	})
}

func TestWhatCameOfASessionIsKnown(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
		w := webOf(t, s)
		w.sees(t, view("visitor-of-the-letter", "a", modeltest.Start, home))
		session := w.sessions(t, "visitor-of-the-letter")[0].ID
		lead := modeltest.Lead(w.plan.Site, "lead-1")
		lead.Lead.SessionID = session
		accepted, err := s.AcceptLead(t.Context(), lead)
		require.NoError(t, err)
		results, err := s.SessionResults(t.Context(), w.plan.Site.AccountID, w.plan.Site.ID, []string{session})
		require.NoError(t, err)
		require.Equal(t, []models.SessionConversions{{Kind: "lead", Count: 1, NewestID: accepted.ConversionID}}, results[session].Conversions)
		of, _, err := s.Conversions(t.Context(), models.ConversionFilter{AccountID: w.plan.Site.AccountID, SiteID: w.plan.Site.ID, SessionID: session}, models.Page{})
		require.NoError(t, err)
		require.Len(t, of, 1)
	})
}

// A cursor of an earlier version is the id of a session.
func TestSessionsGoOnFromACursorOfAnEarlierVersion(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
		w := webOf(t, s)
		w.sees(t, view("visitor-of-the-sample", "a", modeltest.Start, home))
		w.sees(t, view("visitor-who-came-later", "b", modeltest.Start.Add(time.Minute), home))
		read := func(key string) ([]visitors.Session, error) {
			page := models.Page{Cursor: base64.RawURLEncoding.EncodeToString([]byte(key))}
			items, _, err := s.Sessions(t.Context(), w.plan.Site.AccountID, w.plan.Site.ID, visitors.SessionFilter{}, page)
			return items, err
		}
		rest, err := read(w.sessions(t, "visitor-who-came-later")[0].ID)
		require.NoError(t, err)
		require.Len(t, rest, 1)
		require.Equal(t, "visitor-of-the-sample", rest[0].VisitorID)
		_, err = read("ses_unknown")
		requireCode(t, fault.Invalid, err)
	})
}

// An index of PostgreSQL holds no long value, and compresses only what repeats itself.
func TestG2_AVisitWithALongCampaignIsStored(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock) {
		w, letters, random := webOf(t, s), make([]rune, 2000), rand.New(rand.NewPCG(1, 2))
		for i := range letters {
			letters[i] = rune(0x4e00 + random.IntN(0x5000))
		}
		w.sees(t, view("visitor-of-the-sample", "a", modeltest.Start, home+"?utm_campaign="+string(letters)))
		require.Equal(t, []string{"visitor-of-the-sample"}, w.listed(t, visitors.SessionFilter{Traffic: map[string]string{"campaign": string(letters[:255])}}))
	})
}
