package figures

import (
	"context"
	"reflect"
	"strings"
	"time"

	"gorm.io/gorm/schema"

	"ringback/internal/grouping"
	"ringback/models/database"
	"ringback/models/ownership"
	"ringback/reports"
)

// Figures are the facts and sums of all sites. They are safe for concurrent use, and
// their errors are those of the store that they are part of.
type Figures struct {
	db         *database.DB
	background *grouping.Background // what is counted
}

// New returns the figures of a database.
func New(db *database.DB) *Figures { return &Figures{db: db, background: db.Background()} }

// The columns of the counts, which facts and sums have alike.
var (
	countColumns = columnsOf(reflect.TypeFor[reports.Counts]())
	sendColumns  = columnsOf(reflect.TypeFor[reports.SendCounts]())
)

// columnsOf returns the columns of a struct's fields, and of those of its embedded
// structs.
func columnsOf(t reflect.Type) []string {
	var columns []string
	for i := range t.NumField() {
		if field := t.Field(i); field.Type.Kind() == reflect.Struct {
			columns = append(columns, columnsOf(field.Type)...)
		} else {
			columns = append(columns, schema.NamingStrategy{}.ColumnName("", field.Name))
		}
	}
	return columns
}

// sums returns the sum of each column under its own name. PostgreSQL adds up bigint to
// numeric.
func sums(columns []string) string {
	parts := make([]string, len(columns))
	for i, c := range columns {
		parts[i] = "CAST(COALESCE(SUM(" + c + "), 0) AS bigint) AS " + c
	}
	return strings.Join(parts, ", ")
}

// LastVisit returns when the last visit of a site began, nil if there was none.
func (f *Figures) LastVisit(ctx context.Context, accountID, siteID string) (*time.Time, error) {
	db := f.db.Read(ctx)
	if err := ownership.CheckSite(db, accountID, siteID); err != nil {
		return nil, f.db.WrapErr("reading the last visit", err)
	}
	var last []struct{ StartedAt time.Time }
	err := db.Table("sessions").Select("started_at").Where("site_id = ?", siteID).Order("started_at DESC").Limit(1).Find(&last).Error
	if err != nil || len(last) == 0 {
		return nil, f.db.WrapErr("reading the last visit", err)
	}
	return &last[0].StartedAt, nil
}
