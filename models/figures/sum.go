package figures

import (
	"fmt"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"ringback/reports"
)

// Dimension is what facts are divided by.
type Dimension string

// The dimensions. A key of Source, Campaign and Term has all values above it, each
// divided from the next by Separator: channel, source, medium, campaign, term.
const (
	Whole       Dimension = "whole"
	Hour        Dimension = "hour" // by local hour: the key is its beginning, in seconds since 1970
	Channel     Dimension = "channel"
	Source      Dimension = "source"
	Campaign    Dimension = "campaign"
	Term        Dimension = "term"
	LandingPage Dimension = "landing_page"
	Device      Dimension = "device"
	Number      Dimension = "number"
	Pool        Dimension = "pool"
	Form        Dimension = "form"
	Tag         Dimension = "tag" // a call with two tags counts for both
	WhyNoVisit  Dimension = "no_visit"
)

// separator divides the values of a key.
const separator = reports.Separator

// path returns the SQL of a key of these columns.
func path(columns ...string) string { return strings.Join(columns, " || '"+separator+"' || ") }

// keys are the SQL of the key of each dimension.
var keys = map[Dimension]string{
	Whole:       "''",
	Hour:        "CAST(hour AS text)",
	Channel:     "channel",
	Source:      path("channel", "source", "medium"),
	Campaign:    path("channel", "source", "medium", "campaign"),
	Term:        path("channel", "source", "medium", "campaign", "term"),
	LandingPage: "landing_page",
	Device:      "device",
	Number:      "number_id",
	Pool:        "pool_id",
	Form:        "form",
	Tag:         "label",
	WhyNoVisit:  "no_visit",
}

// from returns the SQL of the tables that the facts of a dimension are in.
func (d Dimension) from() string {
	if d == Tag {
		return "report_facts JOIN conversion_tags ON conversion_tags.conversion_id = report_facts.conversion_id"
	}
	return "report_facts"
}

// The grains of sums.
const (
	grainDay   = "day"
	grainMonth = "month"
)

// dirtyDay is a day or month whose sums are older than its facts.
type dirtyDay struct {
	SeriesID int64       `gorm:"primaryKey"`
	Grain    string      `gorm:"primaryKey"`
	Day      reports.Day `gorm:"primaryKey"`
}

// TableName returns the name of the table.
func (dirtyDay) TableName() string { return "report_dirty" }

// markDirty notes that the sums of days, and of their months, are older than the facts.
func markDirty(tx *gorm.DB, series int64, days map[reports.Day]bool) error {
	rows := make([]dirtyDay, 0, 2*len(days))
	months := map[reports.Day]bool{}
	for day := range days {
		rows = append(rows, dirtyDay{series, grainDay, day})
		months[day.Month()] = true
	}
	for month := range months {
		rows = append(rows, dirtyDay{series, grainMonth, month})
	}
	if len(rows) == 0 {
		return nil
	}
	if err := tx.Clauses(clause.OnConflict{DoNothing: true}).CreateInBatches(&rows, batch).Error; err != nil {
		return fmt.Errorf("noting which days to add up again: %w", err)
	}
	return nil
}

// sumDay adds up the facts of a day again.
func sumDay(tx *gorm.DB, series int64, day reports.Day) error {
	for dimension, key := range keys {
		if err := clearSums(tx, "report_days", series, dimension, day); err != nil {
			return err
		}
		err := tx.Exec(fmt.Sprintf(`INSERT INTO report_days (series_id, dimension, day, key, %s)
			SELECT series_id, '%s', day, %s, %s FROM %s WHERE series_id = ? AND day = ? GROUP BY series_id, day, %s`,
			strings.Join(countColumns, ", "), dimension, key, sums(countColumns), dimension.from(), groupBy(dimension)), series, day).Error
		if err != nil {
			return fmt.Errorf("adding up a day by %s: %w", dimension, err)
		}
	}
	if err := tx.Exec("DELETE FROM report_send_days WHERE series_id = ? AND day = ?", series, day).Error; err != nil {
		return fmt.Errorf("deleting what was decided on a day: %w", err)
	}
	err := tx.Exec(fmt.Sprintf(`INSERT INTO report_send_days (series_id, integration_id, day, reason, %s)
		SELECT series_id, integration_id, day, reason, %s FROM report_sends WHERE series_id = ? AND day = ?
		GROUP BY series_id, integration_id, day, reason`, strings.Join(sendColumns, ", "), sums(sendColumns)), series, day).Error
	if err != nil {
		return fmt.Errorf("adding up the decisions of a day: %w", err)
	}
	return nil
}

// groupBy returns the columns of a dimension's key, as GROUP BY takes them: PostgreSQL
// takes a text for a text, not for a column.
func groupBy(d Dimension) string {
	switch d {
	case Whole:
		return "series_id"
	case Hour:
		return "hour"
	default:
		return strings.ReplaceAll(keys[d], " || '"+separator+"' || ", ", ")
	}
}

// clearSums removes the sums of a day or month by one dimension. The key of the tables
// begins with the dimension: without it PostgreSQL reads all days of the series.
func clearSums(tx *gorm.DB, table string, series int64, dimension Dimension, day reports.Day) error {
	if err := tx.Exec("DELETE FROM "+table+" WHERE series_id = ? AND dimension = ? AND day = ?", series, dimension, day).Error; err != nil {
		return fmt.Errorf("deleting sums by %s: %w", dimension, err)
	}
	return nil
}

// sumMonth adds up the days of a month again.
func sumMonth(tx *gorm.DB, series int64, month reports.Day) error {
	statement := fmt.Sprintf(`INSERT INTO report_months (series_id, dimension, day, key, %s)
		SELECT series_id, dimension, %d, key, %s FROM report_days WHERE series_id = ? AND dimension = ? AND day BETWEEN ? AND ?
		GROUP BY series_id, dimension, key`, strings.Join(countColumns, ", "), month, sums(countColumns))
	for _, dimension := range byMonth {
		if err := clearSums(tx, "report_months", series, dimension, month); err != nil {
			return err
		}
		if err := tx.Exec(statement, series, dimension, month, month.MonthEnd()).Error; err != nil {
			return fmt.Errorf("adding up a month by %s: %w", dimension, err)
		}
	}
	return nil
}

// byMonth are the dimensions that have sums by month: those with many keys a day.
var byMonth = []Dimension{Source, Campaign, Term, LandingPage, Number, Form, Tag}
