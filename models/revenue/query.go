package revenue

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"ringback/models/database"
	"ringback/reports"
	"ringback/touchpoints/credit"
)

// generation is the figures of a site that are shown.
type generation struct {
	SiteID     string
	Generation int64
	TimeZone   string
}

func (g generation) zone() *time.Location { return reports.Zone(g.TimeZone) }

// Value is the sum of a figure in one currency. Counts by model are in hundredths of a
// percent of a lead or an opportunity, money is in minor units.
type Value struct {
	Key      string
	Day      string // of sums by day, as "2026-05-04", otherwise empty
	Figure   reports.CreditID
	Currency string // empty if the figure is no money, or if the currency is not known
	Units    int64  // what no model divides
	Models   `gorm:"embedded"`
}

// Models are values by attribution model.
type Models struct{ FirstTouch, LeadCreation, UShaped, WShaped, FullPath, Custom int64 }

// Of returns the value by a model, or the one that no model divides if model is empty.
func (v *Value) Of(model string) int64 {
	switch model {
	case credit.FirstTouch:
		return v.FirstTouch
	case credit.LeadCreation:
		return v.LeadCreation
	case credit.UShaped:
		return v.UShaped
	case credit.WShaped:
		return v.WShaped
	case credit.FullPath:
		return v.FullPath
	case credit.CustomName:
		return v.Custom
	default:
		return v.Units
	}
}

// KeyValues returns the values that a key consists of.
func KeyValues(key string) []string { return strings.Split(key, separator) }

// Order is by what the keys with the largest sums come first.
type Order struct {
	Figure reports.CreditID
	Model  string
	// Worth is what one minor unit of each currency is worth in one of them. Other currencies
	// do not count. It is nil if the figure is no money.
	Worth map[string]float64
}

// Query asks for the sums of a site.
type Query struct {
	Dimension Dimension
	Span      reports.Span
	ByDay     bool     // sums for each day, too
	Under     []string // only keys that begin with these values
	Like      string   // only keys with this text, in any case; empty means all
	Keys      []string // only these keys, nil means all
	Order     *Order   // nil means the order of the keys
	Limit     int      // how many keys, zero means all; it needs Order
}

// Answer is what a query was answered with.
type Answer struct {
	TimeZone string
	AsOf     time.Time // what happened until then is counted
	Values   []Value
}

// Total adds up the days of an answer by day. The result has one value for each key, figure
// and currency.
func (a Answer) Total() Answer {
	type sum struct {
		key      string
		figure   reports.CreditID
		currency string
	}
	place := map[sum]int{}
	var totals []Value
	for _, v := range a.Values {
		of := sum{v.Key, v.Figure, v.Currency}
		if _, known := place[of]; !known {
			place[of] = len(totals)
			totals = append(totals, Value{Key: v.Key, Figure: v.Figure, Currency: v.Currency})
		}
		totals[place[of]].add(v)
	}
	a.Values = totals
	return a
}

func (v *Value) add(other Value) {
	v.Units += other.Units
	v.FirstTouch += other.FirstTouch
	v.LeadCreation += other.LeadCreation
	v.UShaped += other.UShaped
	v.WShaped += other.WShaped
	v.FullPath += other.FullPath
	v.Custom += other.Custom
}

// Revenue returns sums of a site of an account. Those of a key follow each other.
func (s *Sums) Revenue(ctx context.Context, accountID, siteID string, queries ...Query) (answers []Answer, err error) {
	err = s.ReadRevenue(ctx, accountID, siteID, func(ask Ask) error {
		answers, err = ask(queries...)
		return err
	})
	return answers, err
}

// Ask returns the sums that some queries ask for.
type Ask func(queries ...Query) ([]Answer, error)

// ReadRevenue calls read once. All that it asks for is of the same moment, so that totals
// and rows fit together. An error of read is returned.
func (s *Sums) ReadRevenue(ctx context.Context, accountID, siteID string, read func(Ask) error) error {
	return s.db.ReportTx(ctx, "reading a report", func(tx *gorm.DB) error {
		g, err := serving(tx, accountID, siteID)
		if err != nil {
			return err
		}
		asOf, err := s.asOf(tx, g)
		if err != nil {
			return err
		}
		return read(func(queries ...Query) ([]Answer, error) {
			answers := make([]Answer, len(queries))
			for i, q := range queries {
				answers[i] = Answer{TimeZone: g.TimeZone, AsOf: asOf}
				if err := s.values(tx, g, q, &answers[i].Values); err != nil {
					return nil, fmt.Errorf("by %s: %w", q.Dimension, err)
				}
			}
			return answers, nil
		})
	})
}

// EachRevenue calls f with each value that a query finds, those of a key after each
// other. An error of f ends it and is returned.
func (s *Sums) EachRevenue(ctx context.Context, accountID, siteID string, q Query, f func(Value) error) error {
	return s.db.ReportTx(ctx, "reading a report", func(tx *gorm.DB) error {
		g, err := serving(tx, accountID, siteID)
		if err != nil || q.Span.Days() <= 0 {
			return err
		}
		p, err := s.divide(tx, g, q, reports.MonthsLessDays)
		if err != nil {
			return err
		}
		statement, values := q.statement(q.rows(g, p, nil))
		return database.EachRow(tx, f, statement, values...)
	})
}

// RevenueZone returns the time zone by whose days a site's figures count.
func (s *Sums) RevenueZone(ctx context.Context, accountID, siteID string) (*time.Location, error) {
	g, err := serving(s.db.Read(ctx), accountID, siteID)
	return g.zone(), s.db.WrapErr("reading the time zone of a report", err)
}

// serving returns the generation of a site that is shown. Its number is zero, which no row
// has, if nothing is computed yet.
func serving(db *gorm.DB, accountID, siteID string) (generation, error) {
	g := generation{SiteID: siteID}
	err := db.Table("sites").Select("time_zone").
		Where("id = ? AND account_id = ? AND deleted_at IS NULL", siteID, accountID).Take(&g.TimeZone).Error
	if err := database.NotFoundAs("no_such_site", err); err != nil {
		return g, err
	}
	found, err := database.First[generation](db.Table("journey_rules").Where("site_id = ? AND state = 'serving'", siteID))
	if err != nil || found == nil {
		return g, err
	}
	return *found, nil
}

// asOf returns until when everything is counted, but for what cannot be computed and is put
// off. If the sums of many days are stale, those of some are read nevertheless.
func (s *Sums) asOf(tx *gorm.DB, g generation) (time.Time, error) {
	var waiting, old []struct{ CreatedAt time.Time }
	err := tx.Table("journey_marks").Select("created_at").Where("site_id = ? AND due_at IS NULL", g.SiteID).Order("seq").Limit(1).Find(&waiting).Error
	if err != nil {
		return time.Time{}, err
	}
	var days int64
	marks := func() *gorm.DB {
		return tx.Table("revenue_stale").Where("site_id = ? AND generation = ? AND grain = 'day'", g.SiteID, g.Generation)
	}
	if err := marks().Distinct("day").Count(&days).Error; err != nil {
		return time.Time{}, err
	}
	if days > reports.MaxFresh {
		err = marks().Select("created_at").Order("seq").Limit(1).Find(&old).Error
	}
	until := s.db.Now()
	for _, mark := range append(waiting, old...) {
		if mark.CreatedAt.Before(until) {
			until = mark.CreatedAt
		}
	}
	return until, err
}

func (s *Sums) values(tx *gorm.DB, g generation, q Query, into *[]Value) error {
	if q.Span.Days() <= 0 || q.Keys != nil && len(q.Keys) == 0 {
		return nil
	}
	p, err := s.divide(tx, g, q, reports.MonthsLessDays)
	if err != nil {
		return err
	}
	statement := q.statement
	if q.Order != nil {
		if q.Limit > 0 && q.Dimension == Campaign { // others have few keys
			if q.Keys, err = placed(tx, g, q, p); err != nil {
				return err
			}
		}
		statement = q.first
	}
	text, parameters := statement(q.rows(g, p, nil))
	*into, err = q.read(tx, text, parameters)
	return err
}

// read returns what a statement finds. It reads by position: a year by day is thousands of
// rows, and to find each field by its name took longer than to add them up.
func (q Query) read(tx *gorm.DB, statement string, values []any) (found []Value, err error) {
	rows, err := tx.Raw(statement, values...).Rows()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var v Value
		into := []any{&v.Key, &v.Figure, &v.Currency, &v.Units, &v.FirstTouch, &v.LeadCreation, &v.UShaped, &v.WShaped, &v.FullPath, &v.Custom}
		if q.ByDay {
			into = append([]any{&v.Day}, into...)
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		found = append(found, v)
	}
	return found, rows.Err()
}
