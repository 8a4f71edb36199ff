package figures_test

import (
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/internal/delivery"
	"ringback/internal/fault"
	"ringback/models"
	"ringback/models/deliveries"
	"ringback/models/figures"
	"ringback/models/modeltest"
	"ringback/reports"
)

// TestM8_DecisionsAreCountedByTheNewestDelivery sends two leads, one of them after two
// attempts, and resends it.
func TestM8_DecisionsAreCountedByTheNewestDelivery(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		w := newWorld(t, s, clock, 7)
		w.rezone(t, "UTC")
		w.work(t)
		first, second := modeltest.Delivery(t, s, w.site, w.to), modeltest.Delivery(t, s, w.site, w.to)
		attempt := func(d deliveries.Delivery, state deliveries.State, class delivery.Class) {
			begun, err := s.BeginAttempt(t.Context(), d.ID, time.Minute)
			require.NoError(t, err)
			clock.Advance(3 * time.Second)
			require.NoError(t, s.EndAttempt(t.Context(), deliveries.AttemptEnd{
				Attempt: deliveries.Attempt{DeliveryID: d.ID, Number: begun.Number, StartedAt: clock.Now(), Class: class}, State: state,
			}))
		}
		attempt(first, deliveries.Delivered, delivery.ClassDelivered)
		attempt(second, deliveries.Retrying, delivery.ClassInterrupted)
		attempt(second, deliveries.Failed, delivery.ClassInterrupted)
		require.Equal(t, reports.SendCounts{Judged: 2, Wanted: 2, Delivered: 1, Failed: 1, Attempts: 3, Repeated: 1, Afters: reports.AfterCounts{After2: 1}}, w.sent(t))

		_, _, err := s.Resend(t.Context(), modeltest.ActorOf(w.site), w.site.AccountID, second.ID, func(id string, _ int) string { return "resend/" + id })
		require.NoError(t, err)
		again := reports.SendCounts{Judged: 2, Wanted: 2, Delivered: 1, Waiting: 1, Attempts: 1, Afters: reports.AfterCounts{After2: 1}}
		require.Equal(t, again, w.sent(t))
		clock.Advance(24 * time.Hour)
		require.Equal(t, again, w.sent(t), "by the sums of the day")
	})
}

// TestM8_SendsByDayAreThoseOfTheReport compares each day with the report of that day.
func TestM8_SendsByDayAreThoseOfTheReport(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		w := newWorld(t, s, clock, 9)
		for range 5 {
			for range 3 {
				d := modeltest.Delivery(t, s, w.site, w.to)
				begun, err := s.BeginAttempt(t.Context(), d.ID, time.Minute)
				require.NoError(t, err)
				state, class := deliveries.Delivered, delivery.ClassDelivered
				if clock.Now().Day()%2 == 0 {
					state, class = deliveries.Failed, delivery.ClassRefused
				}
				require.NoError(t, s.EndAttempt(t.Context(), deliveries.AttemptEnd{
					Attempt: deliveries.Attempt{DeliveryID: d.ID, Number: begun.Number, StartedAt: clock.Now(), Class: class}, State: state,
				}))
			}
			clock.Advance(24 * time.Hour)
		}
		w.work(t)
		today := reports.DayOf(clock.Now(), w.zone())
		days := reports.Period{From: today - 5, To: today}
		byDay := map[reports.Day]figures.DayOfSends{}
		rows, err := s.SendsByDay(t.Context(), w.site.AccountID, w.site.ID, reports.Span{Period: days})
		require.NoError(t, err)
		for _, row := range rows {
			require.Equal(t, w.to.ID, row.IntegrationID)
			byDay[row.Day] = row
		}
		require.Len(t, byDay, 5)
		for _, day := range days.Each() {
			report, _, err := s.Sends(t.Context(), w.site.AccountID, w.site.ID, reports.Span{Period: reports.Period{From: day, To: day}})
			require.NoError(t, err)
			var sum reports.SendCounts
			for _, row := range report[0] {
				sum = sum.Plus(row.SendCounts)
			}
			require.Equal(t, sum.Delivered, byDay[day].Delivered, day)
			require.Equal(t, sum.Failed, byDay[day].Failed, day)
		}
		_, err = s.SendsByDay(t.Context(), "acc_none", w.site.ID, reports.Span{Period: days})
		require.Equal(t, fault.NotFound, fault.CodeOf(err), "G9")
	})
}

// sent returns the sum of all decisions of the last two days.
func (w *world) sent(t *testing.T) (sum reports.SendCounts) {
	t.Helper()
	w.work(t)
	today := reports.DayOf(w.clock.Now(), w.zone())
	rows, _, err := w.store.Sends(t.Context(), w.site.AccountID, w.site.ID, reports.Span{Period: reports.Period{From: today - 1, To: today}})
	require.NoError(t, err)
	for _, row := range rows[0] {
		require.Equal(t, w.to.Name, row.Name)
		sum = sum.Plus(row.SendCounts)
	}
	return sum
}

// TestM8_TheListsHaveAsManyRowsAsTheFiguresCount lists what is behind figures.
func TestM8_TheListsHaveAsManyRowsAsTheFiguresCount(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		w := newWorld(t, s, clock, 8)
		for range 12 {
			w.day(t)
			clock.Advance(24 * time.Hour)
		}
		w.work(t)
		today := reports.DayOf(clock.Now(), w.zone())
		days := reports.Period{From: today - 8, To: today - 2}
		listed := func(f figures.Filter) int { return len(w.listed(t, &f)) }
		byChannel := w.expected(reports.Span{Period: days}, keysOf[figures.Channel])
		require.NotEmpty(t, byChannel)
		for channel, counts := range byChannel {
			in := map[string]string{"channel": channel}
			require.EqualValues(t, counts.Missed, listed(figures.Filter{Figure: "missed", Days: &days, Values: in}))
			require.EqualValues(t, counts.Leads, listed(figures.Filter{Figure: "leads", Days: &days, Values: in}))
			require.EqualValues(t, counts.Conversions(), listed(figures.Filter{Days: &days, Values: in}))
		}
		rows, _, err := s.Sends(t.Context(), w.site.AccountID, w.site.ID, reports.Span{Period: days})
		require.NoError(t, err)
		for _, row := range rows[0] {
			f := figures.Filter{Figure: "judged", Days: &days, IntegrationID: row.IntegrationID, Reason: row.Reason}
			require.EqualValues(t, row.Judged, listed(f))
			inAll := 0
			for channel := range w.expected(reports.Span{Period: reports.Period{From: today - 40, To: today + 1}}, keysOf[figures.Channel]) {
				f.Values = map[string]string{"channel": channel}
				inAll += listed(f)
			}
			require.EqualValues(t, row.Judged, inAll, "a filter of calls counts beside one of decisions")
			f.Values = map[string]string{"channel": "no such channel"}
			require.Zero(t, listed(f))
		}
		_, _, err = s.Conversions(t.Context(), models.ConversionFilter{AccountID: w.site.AccountID, SiteID: w.site.ID, Figure: &figures.Filter{Figure: "1=1"}}, models.Page{})
		require.Equal(t, fault.Invalid, fault.CodeOf(err))
	})
}
