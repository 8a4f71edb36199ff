package revenue

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"gorm.io/gorm"

	"ringback/reports"
)

// The grains of sums.
const (
	grainDay   = "day"
	grainMonth = "month"
)

// stale is a mark that the sums of a day or month are older than what they add up. Each
// change adds a row of its own: one that is shared could be taken before the change is
// committed.
type stale struct {
	Seq        int64 `gorm:"primaryKey"`
	SiteID     string
	Generation int64
	Grain      string
	Day        string
	CreatedAt  time.Time
}

// TableName returns the name of the table.
func (stale) TableName() string { return "revenue_stale" }

// MarkDays marks days of a generation on which something that counts has changed, as
// "2026-05-04". It belongs to the transaction of the change. Empty days are left out.
func MarkDays(tx *gorm.DB, siteID string, generation int64, days map[string]bool) error {
	return mark(tx, siteID, generation, grainDay, slices.Sorted(maps.Keys(days)))
}

// MarkCalls marks the days of calls of a site that a condition selects, in all generations.
// It belongs to the transaction that removes them, and comes before it does.
func MarkCalls(tx *gorm.DB, siteID, condition string, values ...any) error {
	var days []stale
	err := tx.Table("journey_calls").Distinct("site_id", "generation", "day").Where("site_id = ? AND day <> '' AND "+condition, append([]any{siteID}, values...)...).
		Order("generation, day").Find(&days).Error
	if err != nil {
		return fmt.Errorf("reading the days of calls: %w", err)
	}
	for _, d := range days {
		if err := mark(tx, siteID, d.Generation, grainDay, []string{d.Day}); err != nil {
			return err
		}
	}
	return nil
}

func mark(tx *gorm.DB, siteID string, generation int64, grain string, days []string) error {
	rows := make([]stale, 0, len(days))
	for _, day := range days {
		if day != "" {
			rows = append(rows, stale{SiteID: siteID, Generation: generation, Grain: grain, Day: day, CreatedAt: tx.NowFunc()})
		}
	}
	if len(rows) == 0 {
		return nil
	}
	if err := tx.CreateInBatches(&rows, writeBatch).Error; err != nil {
		return fmt.Errorf("marking days: %w", err)
	}
	return nil
}

// staleIn returns the days and months of a period whose sums are stale. A day that is not
// over does not belong to the sum of its month.
func (g generation) staleIn(tx *gorm.DB, p reports.Period, today reports.Day) (reports.Stale, error) {
	var rows []stale
	err := tx.Distinct("grain", "day").
		Where("site_id = ? AND generation = ? AND grain IN ('day', 'month') AND day BETWEEN ? AND ?", g.SiteID, g.Generation, p.From.Month().String(), p.To.String()).
		Find(&rows).Error
	found := reports.Stale{Days: map[reports.Day]bool{}, Months: map[reports.Day]bool{}}
	for _, r := range rows {
		day, err := reports.ParseDay(r.Day)
		if err != nil {
			return found, fmt.Errorf("reading which days are stale: %w", err)
		}
		found.Days[day] = found.Days[day] || r.Grain == grainDay
		// The sums of a month are stale as long as those of one of its days are.
		if r.Grain == grainMonth || day < today {
			found.Months[day.Month()] = true
		}
	}
	return found, err
}
