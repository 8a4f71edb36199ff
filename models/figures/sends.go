package figures

import (
	"context"
	"fmt"
	"strings"

	"gorm.io/gorm"

	"ringback/conversion"
	"ringback/reports"
)

// SendRow are the counts of the decisions of an integration with one reason.
type SendRow struct {
	IntegrationID      string
	Name               string // of the integration, also if it is deleted
	Reason             conversion.Reason
	reports.SendCounts `gorm:"embedded"`
}

// Sends returns the decisions of each of the spans by integration and reason, and the
// series that they are of.
func (f *Figures) Sends(ctx context.Context, accountID, siteID string, spans ...reports.Span) ([][]SendRow, Answer, error) {
	rows, answer := make([][]SendRow, len(spans)), Answer{}
	err := f.db.ReportTx(ctx, "reading a report", func(tx *gorm.DB) (err error) {
		if answer.Series, err = serving(tx, accountID, siteID); err != nil {
			return err
		}
		if answer.AsOf, err = f.asOf(tx, siteID); err != nil {
			return err
		}
		for i, span := range spans {
			if err := f.sends(tx, answer.Series, span, &rows[i]); err != nil {
				return err
			}
		}
		return nil
	})
	return rows, answer, err
}

func (f *Figures) sends(tx *gorm.DB, s Series, span reports.Span, into *[]SendRow) error {
	if span.Days() <= 0 {
		return nil
	}
	parts, values, err := f.sendParts(tx, s, span, "integration_id, reason, "+strings.Join(sendColumns, ", "))
	if err != nil {
		return err
	}
	return tx.Raw(fmt.Sprintf(`SELECT integration_id, name, reason, %s FROM (%s) AS parts JOIN integrations ON integrations.id = integration_id
		GROUP BY integration_id, name, reason ORDER BY integration_id, reason`, sums(sendColumns), parts), values...).Scan(into).Error
}

// sendParts returns the query of some columns of the decisions of a span, and its values.
func (f *Figures) sendParts(tx *gorm.DB, s Series, span reports.Span, columns string) (query string, values []any, err error) {
	p, err := f.parts(tx, s, Query{Dimension: Whole, Span: span})
	if err != nil {
		return "", nil, err
	}
	var parts []string
	for _, days := range p.Days {
		parts = append(parts, "SELECT "+columns+" FROM report_send_days WHERE series_id = ? AND day BETWEEN ? AND ?")
		values = append(values, s.ID, days.From, days.To)
	}
	if len(p.Fresh) > 0 {
		facts := "SELECT " + columns + " FROM report_sends WHERE series_id = ? AND day IN ?"
		values = append(values, s.ID, p.Fresh)
		if !p.Until.IsZero() {
			facts += " AND (day < ? OR at < ?)"
			values = append(values, span.To, p.Until)
		}
		parts = append(parts, facts)
	}
	return strings.Join(parts, " UNION ALL "), values, nil
}

// DayOfSends are how many decisions of an integration on a day were delivered, and how many
// failed, by their newest deliveries.
type DayOfSends struct {
	IntegrationID     string
	Day               reports.Day
	Delivered, Failed int64
}

// SendsByDay returns what became of the decisions of a span by integration and day. Days on
// which nothing was delivered or failed are left out.
func (f *Figures) SendsByDay(ctx context.Context, accountID, siteID string, span reports.Span) (rows []DayOfSends, err error) {
	if span.Days() <= 0 {
		return nil, nil
	}
	err = f.db.ReportTx(ctx, "reading a report", func(tx *gorm.DB) error {
		s, err := serving(tx, accountID, siteID)
		if err != nil {
			return err
		}
		parts, values, err := f.sendParts(tx, s, span, "integration_id, day, delivered, failed")
		if err != nil {
			return err
		}
		return tx.Raw(fmt.Sprintf(`SELECT integration_id, day, %s FROM (%s) AS parts GROUP BY integration_id, day
			HAVING SUM(delivered) + SUM(failed) > 0 ORDER BY integration_id, day`, sums([]string{"delivered", "failed"}), parts), values...).Scan(&rows).Error
	})
	return rows, err
}
