package models_test

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/models"
	"ringback/models/deliveries"
	"ringback/models/modeltest"
	"ringback/models/outbox"
	"ringback/models/websites"
)

func fill(t *testing.T, s *models.Store, site websites.Site, n int) {
	t.Helper()
	for i := range n {
		_, err := s.AcceptLead(t.Context(), modeltest.Lead(site, strconv.Itoa(i)))
		require.NoError(t, err)
	}
}

func TestG1_SignalsStayUntilTheyAreDone(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		site := modeltest.Site(t, s)
		waiting, oldest, err := s.OutboxStats(t.Context())
		require.NoError(t, err)
		require.Zero(t, waiting)
		require.True(t, oldest.IsZero())
		fill(t, s, site, 3)

		claim := func() []outbox.Signal {
			signals, err := s.DueSignals(t.Context(), clock.Now(), 2, time.Minute)
			require.NoError(t, err)
			return signals
		}
		require.Empty(t, claim(), "fresh ones are left to the fast path")
		clock.Advance(5 * time.Second)
		first := claim()
		require.Len(t, first, 2)
		require.Less(t, first[0].Seq, first[1].Seq)
		require.Len(t, claim(), 1)
		require.Empty(t, claim(), "all are claimed")

		require.NoError(t, s.SignalsDone(t.Context(), []int64{first[0].Seq}))
		require.NoError(t, s.SignalsDone(t.Context(), nil))
		require.NoError(t, s.PostponeSignals(t.Context(), []int64{first[1].Seq}, clock.Now().Add(time.Hour)))
		clock.Advance(2 * time.Minute)
		again := claim()
		require.Len(t, again, 1, "the claim of the third ran out")
		require.Equal(t, 2, again[0].Tries)

		waiting, oldest, err = s.OutboxStats(t.Context())
		require.NoError(t, err)
		require.EqualValues(t, 2, waiting)
		require.Equal(t, modeltest.Start, oldest)
	})
}

func TestG6_CountingIsBounded(t *testing.T) {
	t.Parallel()
	modeltest.EachMigrated(t, func(t *testing.T, dsn string) {
		s := modeltest.Open(t, dsn, clockwork.NewRealClock())
		site := modeltest.Site(t, s)
		delivery := modeltest.Delivery(t, s, site, modeltest.Integration(t, s, site))
		_, err := s.GiveUpDelivery(t.Context(), delivery.ID, example)
		require.NoError(t, err)
		require.NoError(t, s.Multiply(t.Context(), delivery, 10_005))

		waiting, oldest, err := s.OutboxStats(t.Context())
		require.NoError(t, err)
		require.EqualValues(t, outbox.MostCounted, waiting)
		require.False(t, oldest.IsZero())
		count, err := s.CountDeliveries(t.Context(), deliveries.Filter{AccountID: site.AccountID, SiteID: site.ID})
		require.NoError(t, err)
		require.EqualValues(t, deliveries.MaxResend+1, count)
	})
}

func TestG6_AReleasedSignalWasNotTried(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		fill(t, s, modeltest.Site(t, s), 2)
		clock.Advance(5 * time.Second)
		first, err := s.DueSignals(t.Context(), clock.Now(), 2, time.Minute)
		require.NoError(t, err)
		require.Len(t, first, 2)
		require.NoError(t, s.ReleaseSignals(t.Context(), []int64{first[1].Seq}, clock.Now()))
		require.NoError(t, s.ReleaseSignals(t.Context(), nil, clock.Now()))
		again, err := s.DueSignals(t.Context(), clock.Now(), 2, time.Minute)
		require.NoError(t, err)
		require.Len(t, again, 1, "the other one is claimed")
		require.Equal(t, first[1].Seq, again[0].Seq)
		require.Equal(t, 1, again[0].Tries)
	})
}

func TestG6_KeptSignalsAreLeftToTheProcessThatHasThem(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		fill(t, s, modeltest.Site(t, s), 3)
		clock.Advance(5 * time.Second)
		claimed, err := s.DueSignals(t.Context(), clock.Now(), 1, time.Minute)
		require.NoError(t, err)
		first := claimed[0].Seq
		until := clock.Now().Add(10 * time.Second)
		kept, err := s.KeepSignals(t.Context(), []int64{first, first + 1, first + 2, first + 3}, until)
		require.NoError(t, err)
		require.Equal(t, []int64{first + 1, first + 2}, kept, "neither the claimed one nor one that is gone")
		none, err := s.DueSignals(t.Context(), until.Add(-time.Millisecond), 3, time.Minute)
		require.NoError(t, err)
		require.Empty(t, none)
		left, err := s.DueSignals(t.Context(), until, 3, time.Minute)
		require.NoError(t, err)
		require.Len(t, left, 2, "if the process has ended")
	})
}

func TestOutboxClaimsAreNotShared(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		const rows = 60
		fill(t, s, modeltest.Site(t, s), rows)
		var mu sync.Mutex
		claims := map[int64]int{}
		later := time.Now().Add(time.Hour)
		atOnce(t, 6, func(int) error {
			for {
				signals, err := s.DueSignals(t.Context(), later, 7, time.Hour)
				if err != nil || len(signals) == 0 {
					return err
				}
				mu.Lock()
				for _, x := range signals {
					claims[x.Seq]++
				}
				mu.Unlock()
			}
		})
		// A claimer that finds only locked rows stops early. The rows that it left are claimed here.
		rest, err := s.DueSignals(t.Context(), later, rows, time.Hour)
		require.NoError(t, err)
		for _, x := range rest {
			claims[x.Seq]++
		}
		require.Len(t, claims, rows)
		for seq, n := range claims {
			require.Equal(t, 1, n, seq)
		}
	})
}

// On PostgreSQL a claimer passes over what another is claiming, and does not wait for it.
func TestClaimersPassOverEachOthersRows(t *testing.T) {
	t.Parallel()
	dsn := modeltest.PostgresDSN(t)
	s := modeltest.Open(t, dsn, clockwork.NewRealClock())
	_, err := models.Migrate(t.Context(), s)
	require.NoError(t, err)
	fill(t, s, modeltest.Site(t, s), 3)

	other, err := modeltest.SQL(t, dsn).BeginTx(t.Context(), nil)
	require.NoError(t, err)
	_, err = other.ExecContext(t.Context(), "SELECT seq FROM outbox ORDER BY seq LIMIT 2 FOR UPDATE")
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	signals, err := s.DueSignals(ctx, time.Now().Add(time.Hour), 10, time.Minute)
	require.NoError(t, err)
	require.Len(t, signals, 1)
	require.NoError(t, other.Rollback())
}

// PostgreSQL joins in loops if its statistics say that few rows are due. The rows of the
// claim are chosen once all the same.
func TestG1_AClaimTakesItsLimitWhateverThePlan(t *testing.T) {
	t.Parallel()
	dsn := modeltest.PostgresDSN(t) + "&enable_hashjoin=off&enable_mergejoin=off&enable_hashagg=off&enable_sort=off&enable_material=off"
	s := modeltest.Open(t, dsn, clockwork.NewRealClock())
	_, err := models.Migrate(t.Context(), s)
	require.NoError(t, err)
	fill(t, s, modeltest.Site(t, s), 20)
	signals, err := s.DueSignals(t.Context(), time.Now().Add(time.Hour), 5, time.Minute)
	require.NoError(t, err)
	require.Len(t, signals, 5)
}

// Rows that failed before are claimed after rows that were never tried.
func TestG1_SignalsThatWerePutOffComeLast(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		fill(t, s, modeltest.Site(t, s), 3)
		clock.Advance(5 * time.Second)
		first, err := s.DueSignals(t.Context(), clock.Now(), 1, time.Minute)
		require.NoError(t, err)
		require.NoError(t, s.PostponeSignals(t.Context(), []int64{first[0].Seq}, clock.Now().Add(10*time.Second)))
		clock.Advance(time.Minute)
		for range 2 {
			next, err := s.DueSignals(t.Context(), clock.Now(), 1, time.Minute)
			require.NoError(t, err)
			require.NotEqual(t, first[0].Seq, next[0].Seq)
		}
		last, err := s.DueSignals(t.Context(), clock.Now(), 1, time.Minute)
		require.NoError(t, err)
		require.Equal(t, first[0].Seq, last[0].Seq)
	})
}

func TestG6_SitesTakeEqualPartsOfTheOutbox(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		busy, second, third := modeltest.Site(t, s), modeltest.Site(t, s), modeltest.Site(t, s)
		fill(t, s, busy, 100)
		clock.Advance(time.Second) // theirs come last in time
		fill(t, s, second, 3)
		fill(t, s, third, 20)
		clock.Advance(time.Minute)

		claim := func() map[string]int {
			signals, err := s.DueSignals(t.Context(), clock.Now(), 30, time.Hour)
			require.NoError(t, err)
			require.Len(t, signals, 30)
			require.True(t, slices.IsSortedFunc(signals, func(a, b outbox.Signal) int { return cmp.Compare(a.Seq, b.Seq) }))
			bySite := map[string]int{}
			for _, x := range signals {
				bySite[x.SiteID]++
			}
			return bySite
		}
		require.Equal(t, map[string]int{busy.ID: 17, second.ID: 3, third.ID: 10}, claim(), "what is left over goes to the oldest")
		require.Equal(t, map[string]int{busy.ID: 20, third.ID: 10}, claim())
		require.Equal(t, map[string]int{busy.ID: 30}, claim())
	})
}

func TestG6_MoreSitesThanABatchTakeTurns(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		fill(t, s, modeltest.Site(t, s), 5)
		for range 5 {
			fill(t, s, modeltest.Site(t, s), 1)
		}
		clock.Advance(time.Minute)
		signals, err := s.DueSignals(t.Context(), clock.Now(), 3, time.Hour)
		require.NoError(t, err)
		sites := map[string]bool{}
		for _, x := range signals {
			sites[x.SiteID] = true
		}
		require.Len(t, sites, 3)
	})
}

func TestG6_SignalsAreDecidedWithTheirLeadsAndAttempts(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		site := modeltest.Site(t, s)
		sent := modeltest.Delivery(t, s, site, modeltest.Integration(t, s, site)) // its lead is decided
		waiting, err := s.AcceptLead(t.Context(), modeltest.Lead(site, "waiting"))
		require.NoError(t, err)
		signals := []outbox.Signal{
			{Seq: 1, ConversionID: waiting.ConversionID}, {Seq: 2, ConversionID: sent.ConversionID}, {Seq: 3, ConversionID: sent.ConversionID},
			{Seq: 4, ConversionID: sent.ConversionID, DeliveryID: sent.ID},
		}
		decided := func() []int64 {
			rows, err := s.SignalsDecided(t.Context(), signals)
			require.NoError(t, err)
			return rows
		}
		require.ElementsMatch(t, []int64{2, 3}, decided(), "nothing was sent yet")
		_, err = s.BeginAttempt(t.Context(), sent.ID, time.Minute)
		require.NoError(t, err)
		require.ElementsMatch(t, []int64{2, 3, 4}, decided())
		none, err := s.SignalsDecided(t.Context(), nil)
		require.NoError(t, err)
		require.Empty(t, none)
	})
}
