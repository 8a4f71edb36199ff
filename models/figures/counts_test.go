package figures_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/internal/fault"
	"ringback/models"
	"ringback/models/figures"
	"ringback/models/modeltest"
	"ringback/models/visitors"
	"ringback/reports"
	"ringback/visits"
)

// keysOf returns the keys by which one call or lead counts, worked out apart from the
// store.
var keysOf = map[figures.Dimension]func(made) []string{
	figures.Whole:   func(made) []string { return []string{""} },
	figures.Channel: func(m made) []string { return []string{channel(m.visit)} },
	figures.Campaign: func(m made) []string {
		return []string{strings.Join([]string{channel(m.visit), m.visit.Source, m.visit.Medium, m.visit.Campaign}, "\x1f")}
	},
	figures.LandingPage: func(m made) []string {
		return []string{map[string]string{"https://www.example.com/?gclid=1": "www.example.com/", "https://www.example.com/prices#top": "www.example.com/prices"}[m.visit.LandingPage]}
	},
	figures.Form: func(m made) []string { return []string{m.form} },
	figures.Tag:  func(m made) []string { return m.tags },
}

func channel(t conversion.Traffic) string {
	if t.Source == "" {
		return ""
	}
	return conversion.Channel(t)
}

// TestM8_ReportsCountTheSameAsAllThatHappened compares the answers with sums over all
// that was reported, over random days, zones, periods, late changes and changed rules.
func TestM8_ReportsCountTheSameAsAllThatHappened(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2) {
		modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
			w := newWorld(t, s, clock, seed)
			for range 70 {
				w.day(t)
				if w.rand.IntN(3) > 0 {
					w.work(t)
				}
				clock.Advance(time.Duration(20+w.rand.IntN(9)) * time.Hour)
			}
			w.work(t)
			w.compare(t)
			w.rezone(t, pick(w.rand, zones...)) // while it is built, and afterwards
			w.day(t)
			w.work(t)
			w.build(t)
			w.work(t)
			w.compare(t)
		})
	}
}

// compare asks for random periods by every dimension.
func (w *world) compare(t *testing.T) {
	t.Helper()
	today := reports.DayOf(w.clock.Now(), w.zone())
	for range 12 {
		from := today - reports.Day(w.rand.IntN(90))
		period := reports.Period{From: from, To: min(today+1, from+reports.Day(w.rand.IntN(90)))}
		spans := []reports.Span{period.Elapsed(today)}
		if other, err := period.Compared(pick(w.rand, reports.ComparePrevious, reports.CompareYearBefore), "", "", w.clock.Now(), w.zone()); err == nil {
			spans = append(spans, *other)
		}
		for _, span := range spans {
			for dimension, key := range keysOf {
				q := figures.Query{Dimension: dimension, Span: span}
				answers, err := w.store.Counts(t.Context(), w.site.AccountID, w.site.ID, q)
				require.NoError(t, err)
				got := map[string]reports.Counts{}
				for _, row := range answers[0].Rows {
					got[row.Key] = row.Counts
				}
				require.Equal(t, w.expected(span, key), got, "%s in %s", describe(q), w.site.TimeZone)
			}
		}
	}
}

func TestM8_SumsByDayAndByHourAddUpToTheWhole(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		w := newWorld(t, s, clock, 4)
		for range 40 {
			w.day(t)
			clock.Advance(24 * time.Hour)
		}
		w.work(t)
		today := reports.DayOf(clock.Now(), w.zone())
		span := reports.Span{Period: reports.Period{From: today - 40, To: today}}
		answers, err := s.Counts(t.Context(), w.site.AccountID, w.site.ID,
			figures.Query{Dimension: figures.Whole, Span: span}, figures.Query{Dimension: figures.Whole, Span: span, ByDay: true},
			figures.Query{Dimension: figures.Hour, Span: span})
		require.NoError(t, err)
		whole := answers[0].Rows[0].Counts
		require.NotZero(t, whole.Calls)
		for _, answer := range answers[1:] {
			var sum reports.Counts
			for _, row := range answer.Rows {
				sum = plus(sum, row.Counts)
			}
			require.Equal(t, whole, sum)
		}
	})
}

// TestM8_APeriodIsComparedByTheKeysOfItsRows asks for the first channels and for the same ones
// before, of days that are added up and of one that is read from facts.
func TestM8_APeriodIsComparedByTheKeysOfItsRows(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		w := newWorld(t, s, clock, 7)
		for range 24 {
			w.day(t)
			clock.Advance(24 * time.Hour)
		}
		w.day(t)
		w.work(t)
		today := reports.DayOf(clock.Now(), w.zone())
		now, before := reports.Span{Period: reports.Period{From: today - 8, To: today}}, reports.Span{Period: reports.Period{From: today - 20, To: today - 9}}
		answers, err := s.Counts(t.Context(), w.site.AccountID, w.site.ID,
			figures.Query{Dimension: figures.Channel, Span: now, OrderBy: "calls", Limit: 1}, figures.Query{Dimension: figures.Channel, Span: before, SameKeys: true},
			figures.Query{Dimension: figures.Channel, Span: before}, figures.Query{Dimension: figures.Channel, Span: now, Under: []string{"no such channel"}},
			figures.Query{Dimension: figures.Channel, Span: before, SameKeys: true})
		require.NoError(t, err)
		require.Len(t, answers[0].Rows, 1)
		require.Len(t, answers[1].Rows, 1)
		require.Equal(t, answers[0].Rows[0].Key, answers[1].Rows[0].Key)
		require.Greater(t, len(answers[2].Rows), 1)
		require.Contains(t, answers[2].Rows, answers[1].Rows[0])
		require.Empty(t, answers[4].Rows)
	})
}

func TestM8_HoursOfTheWeekAreThoseOfTheLocalClock(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		w := newWorld(t, s, clock, 6)
		w.rezone(t, pick(w.rand, "Europe/Berlin", "Australia/Lord_Howe", "America/St_Johns")) // the clocks change within the 40 days
		w.build(t)
		for range 40 {
			w.day(t)
			clock.Advance(24 * time.Hour)
		}
		w.work(t)
		type hour struct {
			weekday time.Weekday
			hour    int
		}
		want, got := map[hour]int64{}, map[hour]int64{}
		for _, m := range w.made {
			at := m.at.In(w.zone())
			want[hour{at.Weekday(), at.Hour()}]++
		}
		today := reports.DayOf(clock.Now(), w.zone())
		answers, err := s.Counts(t.Context(), w.site.AccountID, w.site.ID,
			figures.Query{Dimension: figures.Hour, Span: reports.Span{Period: reports.Period{From: today - 60, To: today}}})
		require.NoError(t, err)
		require.Less(t, len(answers[0].Rows), 3*7*24, "hours of the week, before and after the clocks change")
		for _, row := range answers[0].Rows {
			begins, err := strconv.ParseInt(row.Key, 10, 64)
			require.NoError(t, err)
			at := time.Unix(begins, 0).In(w.zone())
			got[hour{at.Weekday(), at.Hour()}] += row.Calls + row.Leads
		}
		require.Equal(t, want, got, w.site.TimeZone)
	})
}

func TestM8_AForgottenVisitorsCallsStayAndLoseTheirVisit(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		w := newWorld(t, s, clock, 5)
		w.rezone(t, "UTC")
		plan, err := s.SitePlan(t.Context(), w.site.ScriptKey)
		require.NoError(t, err)
		visit := models.Activity{Activity: visitors.Activity{VisitorID: "visitor-1", HitID: "hit-1", Device: "mobile"}}
		visit.Hit.Kind, visit.Hit.At, visit.Hit.URL = visits.Navigate, clock.Now(), "https://www.example.com/?utm_source=google&utm_medium=cpc&utm_campaign=spring"
		seen, err := s.RecordActivity(t.Context(), plan, visit)
		require.NoError(t, err)
		lead := modeltest.Lead(w.site, "lead-1")
		lead.Lead.At, lead.Lead.SessionID = clock.Now(), seen.SessionID
		_, err = s.AcceptLead(t.Context(), lead)
		require.NoError(t, err)
		w.work(t)
		w.build(t)
		w.work(t)

		today := reports.DayOf(clock.Now(), time.UTC)
		byChannel := figures.Query{Dimension: figures.Channel, Span: reports.Span{Period: reports.Period{From: today, To: today}}}
		answers, err := s.Counts(t.Context(), w.site.AccountID, w.site.ID, byChannel)
		require.NoError(t, err)
		require.Equal(t, "paid_search", answers[0].Rows[0].Key)
		require.EqualValues(t, 1, answers[0].Rows[0].KnownVisits)

		require.NoError(t, s.ForgetVisitor(t.Context(), w.site.ID, "visitor-1"))
		w.work(t)
		answers, err = s.Counts(t.Context(), w.site.AccountID, w.site.ID, byChannel)
		require.NoError(t, err)
		require.Len(t, answers[0].Rows, 1)
		require.Empty(t, answers[0].Rows[0].Key)
		require.EqualValues(t, 1, answers[0].Rows[0].Leads)
		require.Zero(t, answers[0].Rows[0].KnownVisits)
	})
}

func TestM8_ReportsAnswerByTheOldZoneUntilTheNewOneIsBuilt(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		w := newWorld(t, s, clock, 6)
		w.rezone(t, "UTC")
		w.build(t)
		w.call(t, time.Date(2026, time.March, 1, 23, 0, 0, 0, time.UTC))
		w.work(t)
		calls := func(day string) int64 {
			d, err := reports.ParseDay(day)
			require.NoError(t, err)
			answers, err := s.Counts(t.Context(), w.site.AccountID, w.site.ID, figures.Query{Dimension: figures.Whole, Span: reports.Span{Period: reports.Period{From: d, To: d}}})
			require.NoError(t, err)
			var sum int64
			for _, row := range answers[0].Rows {
				sum += row.Calls
			}
			return sum
		}
		require.EqualValues(t, 1, calls("2026-03-01"))
		w.rezone(t, "Asia/Kathmandu")
		require.EqualValues(t, 1, calls("2026-03-01"), "the old one answers")
		_, building, err := s.SeriesOf(t.Context(), w.site.AccountID, w.site.ID)
		require.NoError(t, err)
		require.Equal(t, "Asia/Kathmandu", building.TimeZone)
		w.work(t)
		require.Zero(t, calls("2026-03-01"))
		require.EqualValues(t, 1, calls("2026-03-02"))
		w.work(t)
		require.EqualValues(t, 1, calls("2026-03-02"), "after the rows of the old one are deleted")
	})
}

func TestG9_AnotherAccountsReportsDoNotExist(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		site, other := modeltest.Site(t, s), modeltest.Site(t, s)
		_, err := s.Counts(t.Context(), other.AccountID, site.ID, figures.Query{Dimension: figures.Whole})
		require.Equal(t, fault.NotFound, fault.CodeOf(err))
		_, _, err = s.SeriesOf(t.Context(), other.AccountID, site.ID)
		require.Equal(t, fault.NotFound, fault.CodeOf(err))
		require.Equal(t, fault.NotFound, fault.CodeOf(s.SetRules(t.Context(), other.AccountID, site.ID, 20)))
	})
}
