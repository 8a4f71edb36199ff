package pages

import (
	"slices"
	"strings"

	"ringback/touchpoints/credit"
)

// revenueDimensions are what the report on channels and revenue can be divided by. A row of
// one has the values of those before it, too.
var revenueDimensions = []string{"channel", "subchannel", "source", "medium", "campaign"}

// revenueFigures are the columns of the report, by the attribution model that is chosen.
var revenueFigures = []string{"leads", "opportunities", "pipeline", "deals", "revenue"}

// revenueColumns returns the ids of the columns. Those that the chosen model does not have are
// left out.
func (d ReportPageOf) revenueColumns() []string {
	columns := []string{"touchpoints"}
	for _, figure := range revenueFigures {
		id := figure + "_" + d.Model
		if d.Total == nil || d.Total.Figures[id].Value != nil {
			columns = append(columns, id)
		}
	}
	return columns
}

// revenueKeys returns the names of the values that a row is about.
func (d ReportPageOf) revenueKeys() []string {
	return revenueDimensions[:slices.Index(revenueDimensions, d.By)+1]
}

// columnName returns the name of a figure, without the attribution model.
func (d ReportPageOf) columnName(id string) string {
	return d.Report.Name(strings.TrimSuffix(id, "_"+d.Model))
}

// amount returns a figure of money in units of the currency of the report.
func (s Shell) amount(d ReportPageOf, f Figure) string {
	if f.Value == nil {
		return "–"
	}
	money := credit.Money{Amount: int64(*f.Value), Currency: d.Currency}
	return strings.TrimSpace(money.Units() + " " + d.Currency)
}

// credited returns the value of a column: money, or a number with the parts that a model
// divides it into.
func (s Shell) credited(d ReportPageOf, id string, f Figure) string {
	for _, m := range d.Meanings {
		if m.ID == strings.TrimSuffix(id, "_"+d.Model) && m.Money {
			return s.amount(d, f)
		}
	}
	if f.Value == nil {
		return "–"
	}
	return s.Decimal(*f.Value)
}

// Dimension returns what a report is divided by: what is asked for, or the channel. The
// operation of the report on sources refuses what it does not know.
func Dimension(report, asked string) string {
	if asked == "" || report == "revenue" && !slices.Contains(revenueDimensions, asked) {
		return "channel"
	}
	return asked
}

// usualModel is the attribution model that is shown unless another one is chosen.
const usualModel = "u_shaped"

// ChooseModel chooses an attribution model, the usual one if there is no such model.
func (d *ReportPageOf) ChooseModel(asked string) {
	d.Model = usualModel
	for _, m := range d.Models {
		if m.Model == asked {
			d.Model = asked
		}
	}
}
