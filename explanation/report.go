package explanation

import (
	"ringback/internal/locale"
	"ringback/reports"
)

// FigureName writes the name of a figure of the reports.
func (w Writer) FigureName(f reports.Figure) string { return w.name("figure_name", f.ID) }

// FigureMeaning writes what a figure of the reports counts.
func (w Writer) FigureMeaning(f reports.Figure) string { return w.name("figure_meaning", f.ID) }

// FigureDate writes which date a figure goes by.
func (w Writer) FigureDate(d reports.Date) string { return w.name("figure_date", d) }

// CreditFigureName writes the name of a figure of touchpoints and revenue.
func (w Writer) CreditFigureName(f reports.CreditFigure) string {
	return w.name("credit_figure_name", f.ID)
}

// CreditFigureMeaning writes what a figure of touchpoints and revenue counts.
func (w Writer) CreditFigureMeaning(f reports.CreditFigure) string {
	return w.name("credit_figure_meaning", f.ID)
}

// NeedsAHand writes what needs somebody to do something. Name is that of an integration, a
// pool or a source, empty if it is about none of them. Count is of what it is about.
func (w Writer) NeedsAHand(code, name string, count int64) string {
	return w.known("needs_a_hand."+code, code, locale.Values{"Name": name, "Count": w.language.Number(count)})
}
