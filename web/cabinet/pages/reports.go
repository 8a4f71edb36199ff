package pages

import "strconv"

// ReportPageOf is the content of the page of a report.
type ReportPageOf struct {
	Report
	Pools     []PoolRow
	Calls     []Outcome
	LastVisit *string                        `json:"last_visit"`
	Currency  string                         // of amounts
	Mixed     bool                           // some amounts are left out of the sums
	Models    []struct{ Model, Name string } // attribution models
	Model     string                         `json:"-"` // the one that is chosen
	Asked     Asked                          `json:"-"`
	Name      string                         `json:"-"` // of the report, such as sources
	By        string                         `json:"-"` // what the report on sources or on revenue is divided by
	File      string                         `json:"-"` // where the same is as CSV
}

// PoolRow is a pool in the report on pools.
type PoolRow struct {
	Name       string
	Held, Free int
	Exhausted  int64
	Calls      Row
}

// Outcome is what became of calls, and of how many.
type Outcome struct {
	Name string
	Figure
}

// reportNames are the reports that have a page, in the order of the tabs.
var reportNames = []string{"sources", "sending", "hours", "tracking", "pools", "revenue"}

// IsReport reports whether there is a page of a report.
func IsReport(name string) bool {
	for _, r := range reportNames {
		if r == name {
			return true
		}
	}
	return false
}

// FirstReport is the report that the menu leads to.
const FirstReport = "sources"

// sourceDimensions are what the report on sources can be divided by.
var sourceDimensions = []string{"channel", "source", "campaign", "term", "landing_page", "device", "number", "pool", "form", "tag"}

// keys returns the names of the values that a row of the report is about.
func (d ReportPageOf) keys() []string {
	switch d.Name {
	case "sending":
		return []string{"integration", "reason"}
	case "tracking":
		return []string{"no_visit"}
	case "revenue":
		return d.revenueKeys()
	}
	switch d.By {
	case "source":
		return []string{"source", "medium"}
	case "campaign":
		return []string{"source", "medium", "campaign"}
	case "term":
		return []string{"campaign", "term"}
	case "number", "pool":
		return []string{d.By + "_id"}
	default:
		return []string{d.By}
	}
}

// columns returns the figures that the table of the report has.
func (d ReportPageOf) columns() []string {
	if d.Name == "sending" {
		return []string{"judged", "wanted", "skipped", "delivered", "failed", "waiting", "delivery_rate"}
	}
	return []string{"calls", "uniques", "targets", "missed", "missed_rate", "leads", "known_visit_rate"}
}

// barChart returns the first rows of the report as a chart.
func (d ReportPageOf) barChart(s Shell) Chart {
	ids := []string{"calls", "leads"}
	if d.Name == "sending" {
		ids = []string{"delivered", "failed", "skipped"}
	}
	c := Chart{Caption: s.Code("report", d.Name), Key: s.T("row")}
	for _, id := range ids {
		c.Series = append(c.Series, d.Report.Name(id))
	}
	for _, row := range firstRows(d.Rows) {
		bar := Bar{Label: s.keyText(row, d.keys()...)}
		for _, id := range ids {
			bar.Values = append(bar.Values, row.Figures[id].Count())
		}
		c.Bars = append(c.Bars, bar)
	}
	return c
}

// week returns the rows of the report on hours by weekday.
func (d ReportPageOf) week() [][]Row {
	var days [][]Row
	for at := 0; at+24 <= len(d.Rows); at += 24 {
		days = append(days, d.Rows[at:at+24])
	}
	return days
}

// heat returns the class of a cell by its part of the largest one.
func (d ReportPageOf) heat(row Row) string {
	most := int64(1)
	for _, r := range d.Rows {
		most = max(most, r.Figures["calls"].Count())
	}
	n := row.Figures["calls"].Count()
	if n == 0 {
		return ""
	}
	return "heat" + strconv.FormatInt(min(n*4/most+1, 4), 10)
}

// hourOf returns the hour of a cell.
func hourOf(row Row) string { return row.Key["hour"] }
