// Package attribution has the operations of the API about touchpoints and credit: the
// choices of a site by which they are computed, its channel sheet and currency rates, and
// the journeys of people and opportunities, each with why it is what it is. The package
// must not know how they are computed or stored.
package attribution

import (
	"context"

	"ringback/models"
	"ringback/models/audit"
	"ringback/models/journeys"
	"ringback/touchpoints/attribution"
	"ringback/web/internal/auth"
	"ringback/web/internal/csvfile"
	"ringback/web/internal/openapi"
)

// orderAttribution is the place of the group in the document, after people and
// opportunities.
const orderAttribution = 75

// sheetLimit is the size that a channel sheet may have, in bytes.
const sheetLimit = 4 << 20

// Store is what the operations need of the database. Every method is scoped by account
// (G9).
type Store interface {
	Generations(ctx context.Context, accountID, siteID string) ([]journeys.Generation, error)
	ChangeRules(ctx context.Context, actor audit.Actor, siteID string, change func(*attribution.Rules) error) error
	Rates(ctx context.Context, accountID, siteID string) (journeys.Rates, error)
	PutRates(ctx context.Context, actor audit.Actor, rates journeys.Rates) error
	Touchpoints(ctx context.Context, f journeys.TouchpointFilter, page models.Page) ([]journeys.Touchpoint, string, error)
	PersonJourney(ctx context.Context, accountID, siteID, personID string, page models.Page) ([]journeys.Touchpoint, string, error)
	OpportunityJourney(ctx context.Context, accountID, siteID, id string, page models.Page) (journeys.OpportunityJourney, error)
	Calls(ctx context.Context, f journeys.CallFilter, page models.Page) ([]journeys.Call, string, error)
	CallOutcome(ctx context.Context, accountID, siteID, conversionID string) (journeys.Call, error)
}

// Handler answers the operations.
type Handler struct{ store Store }

// New returns a Handler.
func New(store Store) *Handler { return &Handler{store: store} }

// Mount adds the operations.
func (h *Handler) Mount(a *openapi.API) {
	g := a.Group(openapi.Group{
		Name: "Touchpoints and credit", Order: orderAttribution,
		Description: "How visits, forms and calls become touchpoints, and how the revenue of an opportunity is divided among them.",
	})
	h.journeyRoutes(g)
	h.settingsRoutes(g)
	h.sheetRoutes(g)
	h.ratesRoutes(g)
}

func (h *Handler) journeyRoutes(g openapi.Group) {
	openapi.Add(g, openapi.Operation{
		ID: "list-touchpoints", Route: "GET /sites/{site}/touchpoints", Access: auth.Viewer, Summary: "List the touchpoints",
		Description: "The touchpoints of all people, the latest first, each with why it is what it is.",
	}, h.listTouchpoints)
	openapi.Add(g, openapi.Operation{
		ID: "read-person-journey", Route: "GET /sites/{site}/people/{id}/journey", Access: auth.Viewer, Summary: "Read the touchpoints of a person",
		Description: "The visits, forms and calls of the person, the oldest first. They are computed within a few seconds after something changes.",
	}, h.readPersonJourney)
	openapi.Add(g, openapi.Operation{
		ID: "read-opportunity-journey", Route: "GET /sites/{site}/opportunities/{id}/journey", Access: auth.Viewer,
		Summary:     "Read the touchpoints and the credit of an opportunity",
		Description: "The touchpoints of the opportunity's people in order, page by page, and how each model divides the credit and the amount among them. Before it is computed, which takes a few seconds, the answer is 404.",
	}, h.readOpportunityJourney)
	openapi.AddFile(g, openapi.Operation{
		ID: "download-person-journey", Route: "GET /sites/{site}/people/{id}/journey.csv", Access: auth.Viewer, Summary: "Download the touchpoints of a person",
		Description: "The journey of the person as CSV, with a line for each touchpoint. What it counts for by each model is in hundredths of a percent. " + csvfile.Formulas,
	}, csvfile.Type, h.personJourneyCSV)
	openapi.AddFile(g, openapi.Operation{
		ID: "download-opportunity-journey", Route: "GET /sites/{site}/opportunities/{id}/journey.csv", Access: auth.Viewer, Summary: "Download the touchpoints and the credit of an opportunity",
		Description: "The journey of the opportunity as CSV, with a line for each touchpoint and its credit and amount by each model. Credit is in hundredths of a percent, and amounts are in minor units of the currency. " + csvfile.Formulas,
	}, csvfile.Type, h.opportunityJourneyCSV)
	openapi.Add(g, openapi.Operation{
		ID: "read-merging", Route: "GET /sites/{site}/conversions/{id}/merging", Access: auth.Viewer, Summary: "Read whether a call was merged with a visit",
		Description: "With which visit the call was merged, or why with none and by how much it missed it. A lead, or a call that is not computed yet, is answered 404.",
	}, h.readMerging)
	openapi.Add(g, openapi.Operation{
		ID: "list-merging", Route: "GET /sites/{site}/merging", Access: auth.Viewer, Summary: "List what became of calls",
		Description: "For each call, with which visit it was merged, or why with none. Tasks of your CRM that are none of Ringback's calls are among them.",
	}, h.listMerging)
}

func (h *Handler) settingsRoutes(g openapi.Group) {
	openapi.Add(g, openapi.Operation{
		ID: "read-attribution", Route: "GET /sites/{site}/attribution", Access: auth.Viewer, Summary: "Read how touchpoints and credit are computed",
		Description: "The choices of the site, what may be filled in, and how far they are computed. The channel sheet and the currency rates are read by themselves.",
	}, h.readSettings)
	openapi.Add(g, openapi.Operation{
		ID: "set-attribution", Route: "PUT /sites/{site}/attribution", Access: auth.Editor, Summary: "Set how touchpoints and credit are computed",
		Description: "Replaces all choices of the site; what is left out has its default. Everything is then computed again. Until that is done, the answers and reports are those of the choices before. The channel sheet stays as it is.",
		Examples: map[string]string{
			"window and models": `{"options": {"window_minutes": "45", "people_by": "contact_roles"}, "custom_model": {"ft": 3000, "lc": 3000, "oc": 3000, "middle": 1000}}`,
			"exclusions":        `{"exclusions": {"removed": [[{"field": "channel", "operator": "equals", "value": "Direct"}]]}}`,
		},
	}, h.putSettings)
}

func (h *Handler) sheetRoutes(g openapi.Group) {
	openapi.Add(g, openapi.Operation{
		ID: "read-channel-sheet", Route: "GET /sites/{site}/attribution/channels", Access: auth.Viewer, Summary: "Read the channel sheet",
		Description: "The rules that decide the channel of a touchpoint, in order. The first rule that fits counts.",
	}, h.readSheet)
	openapi.Add(g, openapi.Operation{
		ID: "set-channel-sheet", Route: "PUT /sites/{site}/attribution/channels", Access: auth.Editor, Summary: "Set the channel sheet", BodyLimit: sheetLimit,
		Description: "Replaces all rules. Everything is then computed again, as after a change of the other choices.",
		Examples:    map[string]string{"two rules": `{"rules": [{"channel": "Paid Search", "referring_website": "[AdWords Paid Search]"}, {"channel": "Other", "medium": "*"}]}`},
	}, h.putSheet)
	openapi.Add(g, openapi.Operation{
		ID: "download-channel-sheet", Route: "GET /sites/{site}/attribution/channels.csv", Access: auth.Viewer, Summary: "Download the channel sheet",
		Description: "The sheet as CSV with the columns of Marketo Measure.",
	}, h.readSheetCSV)
	openapi.Add(g, openapi.Operation{
		ID: "upload-channel-sheet", Route: "PUT /sites/{site}/attribution/channels.csv", Access: auth.Editor, Summary: "Upload the channel sheet", BodyLimit: sheetLimit,
		Description: "Replaces the sheet by a CSV file with the columns of Marketo Measure: Channel, Subchannel, Campaign, Medium, Source, Landing Page, Referring Website. If something in the file cannot be used, the answer names its line and column, and the sheet stays as it is.",
	}, h.putSheetCSV)
}

func (h *Handler) ratesRoutes(g openapi.Group) {
	openapi.Add(g, openapi.Operation{ID: "read-currency-rates", Route: "GET /sites/{site}/attribution/rates", Access: auth.Viewer, Summary: "Read the currency rates"}, h.readRates)
	openapi.Add(g, openapi.Operation{
		ID: "set-currency-rates", Route: "PUT /sites/{site}/attribution/rates", Access: auth.Editor, Summary: "Set the currency rates",
		Description: "Replaces all rates. They are those of your CRM, and do not depend on the date. Credit stays in the currency of each opportunity. The report on channels and revenue converts its sums to the corporate currency, unless it is asked for another.",
		Examples:    map[string]string{"two": `{"corporate_currency": "USD", "rates": [{"currency": "EUR", "units": "0.92"}, {"currency": "GBP", "per": "EUR", "units": "0.85"}]}`},
	}, h.putRates)
}
