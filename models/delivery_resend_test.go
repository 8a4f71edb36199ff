package models_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/internal/fault"
	"ringback/models"
	"ringback/models/deliveries"
	"ringback/models/modeltest"
	"ringback/models/websites"
)

func resendID(id string, n int) string { return fmt.Sprintf("resend/%s/%d", id, n) }

// eachFailed runs a test with a delivery that was given up an hour ago.
func eachFailed(t *testing.T, test func(t *testing.T, s *models.Store, clock *clockwork.FakeClock, site websites.Site, failed deliveries.Delivery)) {
	t.Helper()
	eachDelivery(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock, site websites.Site, id string) {
		failed, err := s.GiveUpDelivery(t.Context(), id, example)
		require.NoError(t, err)
		clock.Advance(time.Hour)
		test(t, s, clock, site, failed)
	})
}

func TestG2_ResendIsAnotherDeliveryOfTheSameEvent(t *testing.T) {
	t.Parallel()
	eachFailed(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock, site websites.Site, original deliveries.Delivery) {
		resent, signal, err := s.Resend(t.Context(), modeltest.ActorOf(site), site.AccountID, original.ID, resendID)
		require.NoError(t, err)
		require.Equal(t, 1, resent.ResendNumber)
		require.Equal(t, original.ID, resent.ResendOf)
		require.Equal(t, "tok_example", resent.RequestedBy)
		require.Equal(t, deliveries.Pending, resent.State)
		require.Equal(t, resendID(original.ID, 1), resent.WorkflowID)
		require.Equal(t, resent.ID, resent.Event.DeliveryID)
		require.Equal(t, original.Event.ID, resent.Event.ID)
		require.Equal(t, original.GiveUpAt.Add(time.Hour), resent.GiveUpAt)
		require.Equal(t, original.AcceptedAt.Add(time.Hour), resent.AcceptedAt, "when it was asked for")
		require.Equal(t, "resent", lastAudit(t, s, site.AccountID).Action)
		require.Equal(t, resent, detail(t, s, site, original.ConversionID).Deliveries[1])

		signals, err := s.DueSignals(t.Context(), clock.Now().Add(time.Minute), 10, time.Minute)
		require.NoError(t, err)
		require.Len(t, signals, 2) // the lead's and the resend's
		require.Equal(t, signal.Seq, signals[1].Seq)
		require.Equal(t, resent.ID, signals[1].DeliveryID)
		require.Empty(t, signals[1].Kind)

		outcome, err := s.SaveDecisions(t.Context(), models.DecisionSet{ConversionID: original.ConversionID})
		require.NoError(t, err)
		require.Len(t, outcome.Deliveries, 1, "resends are no part of what was decided")
	})
}

func TestDeliveriesNameTheResendThatFollowed(t *testing.T) {
	t.Parallel()
	eachFailed(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock, site websites.Site, original deliveries.Delivery) {
		listed := func(resent *bool) []deliveries.Delivery {
			items, _, err := s.Deliveries(t.Context(), deliveries.Filter{AccountID: site.AccountID, State: deliveries.Failed, Resent: resent}, models.Page{})
			require.NoError(t, err)
			return items
		}
		require.Len(t, listed(new(false)), 1, "failed, and nobody has sent it again")
		require.Empty(t, listed(new(true)))

		resent, _, err := s.Resend(t.Context(), modeltest.ActorOf(site), site.AccountID, original.ID, resendID)
		require.NoError(t, err)
		require.Empty(t, listed(new(false)))
		require.Equal(t, resent.ID, listed(new(true))[0].ResentAs)
		read, _, err := s.Delivery(t.Context(), site.AccountID, original.ID)
		require.NoError(t, err)
		require.Equal(t, resent.ID, read.ResentAs)
		deliveries := detail(t, s, site, original.ConversionID).Deliveries
		require.Equal(t, resent.ID, deliveries[0].ResentAs)
		require.Empty(t, deliveries[1].ResentAs)
	})
}

func TestG2_ResendsAskedForTogetherAreOne(t *testing.T) {
	t.Parallel()
	eachFailed(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock, site websites.Site, original deliveries.Delivery) {
		var won atomic.Int32
		atOnce(t, 8, func(int) error {
			_, _, err := s.Resend(t.Context(), modeltest.ActorOf(site), site.AccountID, original.ID, resendID)
			switch {
			case err == nil:
				won.Add(1)
			case isConflict(err):
				return nil
			}
			return err
		})
		require.EqualValues(t, 1, won.Load())
		require.Len(t, detail(t, s, site, original.ConversionID).Deliveries, 2)
	})
}

func TestResendWaitsForTheEndOfTheOneBefore(t *testing.T) {
	t.Parallel()
	eachDelivery(t, func(t *testing.T, s *models.Store, _ *clockwork.FakeClock, site websites.Site, id string) {
		actor := modeltest.ActorOf(site)
		for n := range 3 {
			_, _, err := s.Resend(t.Context(), actor, site.AccountID, id, resendID)
			requireCode(t, fault.Conflict, err)
			_, err = s.GiveUpDelivery(t.Context(), id, example)
			require.NoError(t, err)
			resent, signal, err := s.Resend(t.Context(), actor, site.AccountID, id, resendID)
			require.NoError(t, err)
			require.Equal(t, n+1, resent.ResendNumber)
			require.Equal(t, resent.WorkflowID, signal.WorkflowID)
			id = resent.ID
		}
	})
}

func TestResendMany(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		site := modeltest.Site(t, s)
		actor := modeltest.ActorOf(site)
		i := modeltest.Integration(t, s, site)
		for n := range 5 {
			d := modeltest.Delivery(t, s, site, i)
			if n > 0 { // the first is still in progress
				_, err := s.GiveUpDelivery(t.Context(), d.ID, example)
				require.NoError(t, err)
			}
		}
		filter := deliveries.Filter{AccountID: site.AccountID, SiteID: site.ID, IntegrationID: i.ID}
		count, err := s.CountDeliveries(t.Context(), filter)
		require.NoError(t, err)
		require.EqualValues(t, 4, count)

		_, err = s.ResendMany(t.Context(), actor, filter, 5, resendID)
		requireCode(t, fault.Conflict, err)
		_, err = s.ResendMany(t.Context(), actor, filter, 10_001, resendID)
		requireCode(t, fault.Invalid, err)

		signals, err := s.ResendMany(t.Context(), actor, filter, 4, resendID)
		require.NoError(t, err)
		require.Len(t, signals, 4)
		seqs := map[int64]bool{}
		for _, signal := range signals {
			d, _ := storedDelivery(t, s, site, signal.DeliveryID)
			require.Equal(t, d.WorkflowID, signal.WorkflowID)
			require.NotZero(t, signal.Seq)
			seqs[signal.Seq] = true
		}
		require.Len(t, seqs, 4)

		count, err = s.CountDeliveries(t.Context(), filter)
		require.NoError(t, err)
		require.Zero(t, count, "those with a resend under way do not count")
		signals, err = s.ResendMany(t.Context(), actor, filter, 0, resendID)
		require.NoError(t, err)
		require.Empty(t, signals)
	})
}

// Ten thousand resends must not reach Temporal and the workers at one instant.
func TestG6_BulkResendIsSpreadOverTime(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		site := modeltest.Site(t, s)
		integration := modeltest.Integration(t, s, site)
		for range 4 {
			d := modeltest.Delivery(t, s, site, integration)
			_, err := s.GiveUpDelivery(t.Context(), d.ID, example)
			require.NoError(t, err)
		}
		_, err := s.DueSignals(t.Context(), clock.Now().Add(time.Minute), 100, time.Hour) // those of the leads
		require.NoError(t, err)
		signals, err := s.ResendMany(t.Context(), modeltest.ActorOf(site), deliveries.Filter{AccountID: site.AccountID, SiteID: site.ID}, 4, resendID)
		require.NoError(t, err)
		require.Len(t, signals, 4)
		for i := 1; i < len(signals); i++ {
			require.Equal(t, 10*time.Millisecond, signals[i].NextTryAt.Sub(signals[i-1].NextTryAt))
		}
	})
}
