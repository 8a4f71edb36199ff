package revenue_test

import (
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/models"
	"ringback/models/modeltest"
	"ringback/models/revenue"
	"ringback/reports"
)

// TestM8_OpportunitiesAndPeopleAreListedIfAFigureCountsThem asks for the rows behind each
// figure of each channel, some of which are zero.
func TestM8_OpportunitiesAndPeopleAreListedIfAFigureCountsThem(t *testing.T) {
	t.Parallel()
	modeltest.EachMigrated(t, func(t *testing.T, dsn string) {
		w := newWorld(t, dsn, clockwork.NewFakeClockAt(modeltest.Start), 5)
		for range 12 {
			w.happen(t)
			w.clock.Advance(20 * time.Hour)
		}
		w.work(t)
		today := reports.DayOf(w.clock.Now(), w.zone())
		days := reports.Period{From: today - 9, To: today - 1}
		answers, err := w.store.Revenue(t.Context(), w.site.AccountID, w.site.ID, revenue.Query{Dimension: revenue.Channel, Span: reports.Span{Period: days}})
		require.NoError(t, err)
		sums, counted := values(answers[0].Values), 0
		for _, f := range reports.CreditFigures {
			if f.Total || f.Money || f.ID == reports.Touchpoints {
				continue
			}
			for _, model := range f.Models {
				for _, channel := range []string{"Paid Search", "Other", "Direct"} {
					behind := revenue.Behind{Figure: f.ID, Model: model, Days: &days, Values: map[string]string{"channel": channel}}
					is := sums[cell{channel, "", model, f.ID}] > 0
					if is {
						counted++
					}
					require.Equal(t, is, w.listed(t, behind) > 0, "%+v", behind)
				}
			}
		}
		require.Positive(t, counted)
	})
}

// listed returns how many people or opportunities are listed.
func (w *world) listed(t *testing.T, behind revenue.Behind) int {
	t.Helper()
	page := models.Page{Limit: 200}
	if behind.Figure == reports.Leads {
		found, _, err := w.store.CRMPeople(t.Context(), w.site.AccountID, w.site.ID, page, behind)
		require.NoError(t, err)
		return len(found)
	}
	found, _, err := w.store.Opportunities(t.Context(), w.site.AccountID, w.site.ID, page, behind)
	require.NoError(t, err)
	return len(found)
}
