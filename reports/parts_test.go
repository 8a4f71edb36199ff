package reports_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/reports"
)

// TestM8_EachDayOfASpanIsReadOnce divides random spans, and counts how often each day is
// read, less how often it is subtracted.
func TestM8_EachDayOfASpanIsReadOnce(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	today := reports.DayOf(time.Date(2026, time.March, 17, 0, 0, 0, 0, time.UTC), time.UTC)
	for range 2_000 {
		from := today - reports.Day(r.IntN(500))
		span := reports.Span{Period: reports.Period{From: from, To: from + reports.Day(r.IntN(int(today-from)+1))}}
		if span.To < today && r.IntN(3) == 0 {
			span.Until = span.To.Start(time.UTC).Add(time.Hour)
		}
		stale := reports.Stale{Days: map[reports.Day]bool{today: true}, Months: map[reports.Day]bool{}}
		for range r.IntN(4) {
			day := today - 1 - reports.Day(r.IntN(500))
			stale.Days[day], stale.Months[day.Month()] = true, true
		}
		monthly := reports.Monthly(r.IntN(3))
		read := readDays(t, span.Parts(today, stale, monthly), stale, today)
		for day := from.Month() - 40; day <= today+40; day++ {
			want := 0
			if span.Has(day) {
				want = 1
			}
			require.Equal(t, want, read[day], "%s of %s to %s, %d", day, span.From, span.To, monthly)
		}
	}
}

// readDays returns how often each day is read. What is stale is read from facts only. The
// sum of a month has no days that are not over, stale or not.
func readDays(t *testing.T, p reports.Parts, stale reports.Stale, today reports.Day) map[reports.Day]int {
	t.Helper()
	read := map[reports.Day]int{}
	count := func(days reports.Period, n int) {
		for day := days.From; day <= days.To; day++ {
			require.False(t, day < today && stale.Days[day], "%s is stale", day)
			read[day] += n
		}
	}
	for _, month := range p.Months {
		count(reports.Period{From: month, To: month.MonthEnd()}, 1)
	}
	for _, days := range p.Less {
		count(days, -1)
	}
	for _, days := range p.Days {
		count(days, 1)
	}
	for _, day := range p.Fresh {
		read[day]++
	}
	return read
}

func TestM8_MostOfAMonthIsReadFromItsSum(t *testing.T) {
	t.Parallel()
	today := day(t, "2026-03-17")
	span := reports.Span{Period: reports.Period{From: day(t, "2025-12-04"), To: day(t, "2026-02-10")}}
	p := span.Parts(today, reports.Stale{}, reports.MonthsLessDays)
	require.Equal(t, []reports.Day{day(t, "2026-01-01"), day(t, "2025-12-01")}, p.Months)
	require.Equal(t, []reports.Period{{From: day(t, "2025-12-01"), To: day(t, "2025-12-03")}}, p.Less)
	require.Equal(t, []reports.Period{{From: day(t, "2026-02-01"), To: day(t, "2026-02-10")}}, p.Days)
}

// TestM8_MostOfThisMonthIsReadFromItsSum has the days of this month that are over in its sum, and
// those of the month in which an earlier span ends within a day.
func TestM8_MostOfThisMonthIsReadFromItsSum(t *testing.T) {
	t.Parallel()
	today := day(t, "2026-03-17")
	span := reports.Span{Period: reports.Period{From: day(t, "2026-03-02"), To: today}}
	p := span.Parts(today, reports.Stale{Days: map[reports.Day]bool{today: true}}, reports.MonthsLessDays)
	require.Equal(t, reports.Parts{
		Months: []reports.Day{day(t, "2026-03-01")},
		Less:   []reports.Period{{From: day(t, "2026-03-01"), To: day(t, "2026-03-01")}, {From: today, To: day(t, "2026-03-31")}},
		Fresh:  []reports.Day{today},
	}, p)
	before := reports.Span{Period: reports.Period{From: day(t, "2026-01-29"), To: day(t, "2026-02-23")}, Until: day(t, "2026-02-23").Start(time.UTC).Add(time.Hour)}
	p = before.Parts(today, reports.Stale{}, reports.MonthsLessDays)
	require.Equal(t, []reports.Day{day(t, "2026-02-01")}, p.Months)
	require.Equal(t, []reports.Period{{From: day(t, "2026-02-23"), To: day(t, "2026-02-28")}}, p.Less)
	require.Equal(t, []reports.Day{before.To}, p.Fresh)
	p = span.Parts(today, reports.Stale{}, reports.WholeMonths)
	require.Empty(t, p.Months, "sums of whole months are made when they are over")
}
