// Package reporting has the reports of the API: what was called, sent and missed, by
// source, hour and integration, in periods of the site's own days. Each answer says what
// its figures mean and which date they go by, and links to the calls and leads behind
// them. The package must not know how figures are stored.
package reporting

import (
	"context"
	"time"

	"github.com/jonboulle/clockwork"

	"ringback/models"
	"ringback/models/figures"
	"ringback/models/integrations"
	"ringback/models/tracking"
	"ringback/reports"
	"ringback/sources"
	"ringback/web/internal/auth"
	"ringback/web/internal/csvfile"
	"ringback/web/internal/openapi"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/sites"
)

// orderReports is the place of the group in the document, at the end of what owners read.
const orderReports = 65

// Store is what the operations need of the database. Every method is scoped by account
// (G9).
type Store interface {
	Counts(ctx context.Context, accountID, siteID string, queries ...figures.Query) ([]figures.Answer, error)
	Keys(ctx context.Context, accountID, siteID string, queries ...figures.Query) ([][]figures.Key, error)
	EachCount(ctx context.Context, accountID, siteID string, q figures.Query, do func(figures.Row) error) error
	Sends(ctx context.Context, accountID, siteID string, spans ...reports.Span) ([][]figures.SendRow, figures.Answer, error)
	SendsByDay(ctx context.Context, accountID, siteID string, span reports.Span) ([]figures.DayOfSends, error)
	SeriesOf(ctx context.Context, accountID, siteID string) (serving, building *figures.Series, err error)
	SetRules(ctx context.Context, accountID, siteID string, abandonedSeconds int) error
	Pools(ctx context.Context, accountID, siteID string, page models.Page) ([]tracking.Pool, string, error)
	PoolUse(ctx context.Context, accountID, siteID string, at time.Time) (map[string]tracking.PoolUse, error)
	Integrations(ctx context.Context, accountID, siteID string, page models.Page) ([]integrations.Integration, string, error)
	SiteBreakers(ctx context.Context, siteID string) (map[string]integrations.Breaker, error)
	UnreadBySource(ctx context.Context, accountID, siteID string) (map[string]int64, error)
	LastVisit(ctx context.Context, accountID, siteID string) (*time.Time, error)
	revenueStore
}

// Handler answers the operations.
type Handler struct {
	store Store
	known *sources.Registry
	clock clockwork.Clock
}

// New returns a Handler.
func New(store Store, all *sources.Registry, clock clockwork.Clock) *Handler {
	return &Handler{store: store, known: all, clock: clock}
}

// Mount adds the operations.
func (h *Handler) Mount(a *openapi.API) {
	g := a.Group(openapi.Group{
		Name: "Reports", Order: orderReports,
		Description: "What was called, sent and missed, by the days of the site's time zone. Each figure has its meaning and date, and most a link to the calls and leads that it counts.",
	})
	h.reportRoutes(g)
	h.fileRoutes(g)
	openapi.Add(g, openapi.Operation{ID: "report-health", Route: "GET /sites/{site}/reports/health", Access: auth.Viewer, Summary: "Read what became of deliveries", Description: "How many calls and leads were delivered and how many failed, by integration and day of the decision."}, shown(h.health))
	openapi.Add(g, openapi.Operation{ID: "report-values", Route: "GET /sites/{site}/reports/values", Access: auth.Viewer, Summary: "List the values of tags and traffic", Description: "What tags, sources, campaigns and other fields of traffic calls and leads had in the last 90 days and the rest of their first month, to choose from in the settings of an integration."}, shown(h.values))
	openapi.Add(g, openapi.Operation{ID: "report-status", Route: "GET /sites/{site}/reports/status", Access: auth.Viewer, Summary: "Read the state of the reports", Description: "The time zone and rules that the reports go by. After a change, how far the new reports are; the old ones answer until then."}, h.status)
	openapi.Add(g, openapi.Operation{ID: "change-report-rules", Route: "PATCH /sites/{site}/reports/rules", Access: auth.Editor, Summary: "Change the rules of the reports", Examples: map[string]string{"abandoned": `{"abandoned_seconds": 20}`}}, h.changeRules)
}

// reportRoutes adds the reports.
func (h *Handler) reportRoutes(g openapi.Group) {
	openapi.Add(g, openapi.Operation{ID: "report-overview", Route: "GET /sites/{site}/reports/overview", Access: auth.Viewer, Summary: "Read the overview", Description: "All figures of calls and leads, the same by day and by channel, what was sent and skipped, and what needs somebody to do something."}, shown(h.overview))
	openapi.Add(g, openapi.Operation{ID: "report-sources", Route: "GET /sites/{site}/reports/sources", Access: auth.Viewer, Summary: "Read the sources", Description: "Figures of calls and leads by channel, campaign, page, number or tag. A call with two tags counts for both."}, shown(h.sources))
	openapi.Add(g, openapi.Operation{ID: "report-revenue", Route: "GET /sites/{site}/reports/revenue", Access: auth.Viewer, Summary: "Read channels and revenue", Description: "Touchpoints, leads, opportunities and revenue by channel and campaign, by each attribution model. Amounts are in minor units of one currency."}, shown(h.revenue))
	openapi.Add(g, openapi.Operation{ID: "report-sending", Route: "GET /sites/{site}/reports/sending", Access: auth.Viewer, Summary: "Read what was sent", Description: "Decisions and deliveries by integration and reason."}, shown(h.sending))
	openapi.Add(g, openapi.Operation{ID: "report-hours", Route: "GET /sites/{site}/reports/hours", Access: auth.Viewer, Summary: "Read when people call", Description: "Calls by weekday and hour of the site's time zone."}, shown(h.hours))
	openapi.Add(g, openapi.Operation{ID: "report-tracking", Route: "GET /sites/{site}/reports/tracking", Access: auth.Viewer, Summary: "Read whether the tracking is sound", Description: "Why the visits of calls and leads are not known, which calls were merged with visits and why others were not, and when the script was last seen."}, shown(h.tracking))
	openapi.Add(g, openapi.Operation{ID: "report-pools", Route: "GET /sites/{site}/reports/pools", Access: auth.Viewer, Summary: "Read the numbers and pools", Description: "How much of each pool is in use now, and the figures of the calls to its numbers in the period."}, shown(h.pools))
}

// fileRoutes adds the reports as files.
func (h *Handler) fileRoutes(g openapi.Group) {
	openapi.AddFile(g, openapi.Operation{ID: "report-overview-csv", Route: "GET /sites/{site}/reports/overview.csv", Access: auth.Viewer, Summary: "Download the overview", Description: "The figures of calls and leads by day, as CSV."}, csvfile.Type,
		saved(table{"overview", []string{"day"}, reports.CallFigures}, h.overview, daysOf))
	openapi.AddFile(g, openapi.Operation{ID: "report-sources-csv", Route: "GET /sites/{site}/reports/sources.csv", Access: auth.Viewer, Summary: "Download the sources", Description: "The report on sources, as CSV with all rows. " + csvfile.Formulas}, csvfile.Type, h.sourcesCSV)
	openapi.AddFile(g, openapi.Operation{ID: "report-revenue-csv", Route: "GET /sites/{site}/reports/revenue.csv", Access: auth.Viewer, Summary: "Download channels and revenue", Description: "The report on channels and revenue, as CSV with all rows. Amounts are in units of the currency of their row. Amounts without a rate have rows of their own. " + csvfile.Formulas}, csvfile.Type, h.revenueCSV)
	openapi.AddFile(g, openapi.Operation{ID: "report-sending-csv", Route: "GET /sites/{site}/reports/sending.csv", Access: auth.Viewer, Summary: "Download what was sent", Description: "Decisions and deliveries by integration and reason, as CSV. " + csvfile.Formulas}, csvfile.Type,
		saved(table{"sending", []string{"integration_id", "integration", "reason"}, reports.SendFigures}, h.sending, rowsOf))
	openapi.AddFile(g, openapi.Operation{ID: "report-hours-csv", Route: "GET /sites/{site}/reports/hours.csv", Access: auth.Viewer, Summary: "Download when people call", Description: "Calls by weekday and hour of the site's time zone, as CSV."}, csvfile.Type,
		saved(table{"hours", []string{"weekday", "hour"}, reports.CallFigures}, h.hours, rowsOf))
	openapi.AddFile(g, openapi.Operation{ID: "report-tracking-csv", Route: "GET /sites/{site}/reports/tracking.csv", Access: auth.Viewer, Summary: "Download whether the tracking is sound", Description: "Calls and leads by why their visits are not known, as CSV."}, csvfile.Type,
		saved(table{"tracking", []string{"no_visit"}, reports.CallFigures}, h.tracking, trackingRows))
	openapi.AddFile(g, openapi.Operation{ID: "report-pools-csv", Route: "GET /sites/{site}/reports/pools.csv", Access: auth.Viewer, Summary: "Download the numbers and pools", Description: "The use of each pool and the figures of its calls, as CSV. " + csvfile.Formulas}, csvfile.Type,
		saved(table{"pools", []string{"pool_id", "name", "held", "free", "exhausted"}, reports.CallFigures}, h.pools, poolRows))
}

// Asked are the parameters of every report.
type Asked struct {
	sites.InSite
	Period      string             `query:"period" maxLength:"16" doc:"A number of days up to today, such as 30d, or one of today, yesterday, this_week, last_week, this_month, last_month, this_year, last_year. Default 30d. Weeks begin on Monday."`
	From        string             `query:"from" maxLength:"10" doc:"The first day, instead of period." example:"2026-11-01"`
	To          string             `query:"to" maxLength:"10" doc:"The last day, which belongs to the period." example:"2026-11-30"`
	Compare     reports.Comparison `query:"compare" enum:"none,previous,year_before,own" doc:"What to compare with: as many days directly before, the same dates a year earlier, or compare_from to compare_to. While the period has not ended, the other one ends at the same time of its day."`
	CompareFrom string             `query:"compare_from" maxLength:"10" doc:"With own, the first day."`
	CompareTo   string             `query:"compare_to" maxLength:"10" doc:"With own, the last day."`
}

// asked is what a request asks for: the spans that are counted, the second of which is
// there only if there is a comparison.
type asked struct {
	account, site string
	period        reports.Period
	spans         []reports.Span
	zone          *time.Location
	today         reports.Day
}

// read reads the parameters in the time zone that the site's reports go by.
func (h *Handler) read(ctx context.Context, in Asked) (asked, error) {
	zone := time.UTC
	serving, _, err := h.store.SeriesOf(ctx, reqctx.Account(ctx), in.Site)
	if err != nil {
		return asked{}, err
	}
	if serving != nil {
		zone = serving.Zone()
	}
	return h.readIn(ctx, in, zone)
}

// readIn is read for reports that go by a time zone of their own.
func (h *Handler) readIn(ctx context.Context, in Asked, zone *time.Location) (a asked, err error) {
	a = asked{account: reqctx.Account(ctx), site: in.Site, zone: zone}
	now := h.clock.Now()
	a.today = reports.DayOf(now, a.zone)
	if a.period, err = reports.ParsePeriod(in.Period, in.From, in.To, a.today); err != nil {
		return a, err
	}
	other, err := a.period.Compared(in.Compare, in.CompareFrom, in.CompareTo, now, a.zone)
	a.spans = []reports.Span{a.period.Elapsed(a.today)}
	if other != nil {
		a.spans = append(a.spans, *other)
	}
	return a, err
}

// counts asks for the same of each span.
func (h *Handler) counts(ctx context.Context, a asked, queries ...figures.Query) ([]figures.Answer, error) {
	var all []figures.Query
	for _, q := range queries {
		for i, span := range a.spans {
			other := q
			other.Span = span
			if i > 0 { // the rows of the period may be any of them
				other.Limit, other.OrderBy, other.SameKeys = 0, "", q.Limit > 0
			}
			all = append(all, other)
		}
	}
	return h.store.Counts(ctx, a.account, a.site, all...)
}
