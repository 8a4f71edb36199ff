package api

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"ringback/internal/fault"
	"ringback/internal/limits"
	"ringback/models/crm"
	"ringback/models/websites"
	"ringback/reports"
	"ringback/touchpoints/credit"
	"ringback/web/internal/auth"
	"ringback/web/internal/openapi"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/validate"
	"ringback/web/internal/wire"
)

// The columns of the files, the one with the owner's id first.
var (
	personColumns      = []string{"external_id", "account", "email", "phone", "added_at"}
	opportunityColumns = []string{"external_id", "account", "opened_at", "closed_at", "won", "amount", "currency", "people", "primary_person", "stages"}
)

// What the cells of a file may hold, as the schema of a body says it.
const (
	maxAccount = 128
	maxOfCell  = 500 // people or stages of one opportunity
)

var ownersID = regexp.MustCompile(`^[A-Za-z0-9._:~-]{1,128}$`)

func (h *Handler) importRoutes(g openapi.Group) {
	add(g, openapi.Operation{
		ID: "import-people", Route: "POST /sites/{site}/people.csv", Access: auth.Intake, Summary: "Report people of your CRM as CSV", File: "text/csv",
		Description: "Reads a CSV file with the headings " + strings.Join(personColumns, ", ") + ", of which only external_id has to be there. Each line is a report of one person. Lines that cannot be used are named and left out; all others are stored.",
	}, h.importPeople)
	add(g, openapi.Operation{
		ID: "import-opportunities", Route: "POST /sites/{site}/opportunities.csv", Access: auth.Intake, Summary: "Report opportunities of your CRM as CSV", File: "text/csv",
		Description: "The same with the headings " + strings.Join(opportunityColumns, ", ") + ". The amount is in units, such as 2500.00. People are the external ids of its contacts, separated by semicolons, and primary_person one of them. Stages are written as Demo=2026-02-10; Offer=2026-02-14. Days without a time begin at midnight in the site's time zone.",
	}, h.importOpportunities)
}

func (h *Handler) importPeople(ctx context.Context, in *importInto) (*wire.Answer[importView], error) {
	return imported(ctx, h, in, personColumns, personOfLine, h.store.PutCRMPeople)
}

func (h *Handler) importOpportunities(ctx context.Context, in *importInto) (*wire.Answer[importView], error) {
	return imported(ctx, h, in, opportunityColumns, opportunityOfLine, h.store.PutCRMOpportunities)
}

// imported reads a file of a site and stores its lines.
func imported[Row any](ctx context.Context, h *Handler, in *importInto, columns []string, row func(*line) (Row, error),
	store func(ctx context.Context, accountID, siteID string, rows []Row) (int, error)) (*wire.Answer[importView], error) {
	site, err := h.sites.Site(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	zone := reports.Zone(site.TimeZone)
	i := importer[Row]{
		columns: columns, now: h.clock.Now, turns: h.files, key: "file/" + site.ID,
		row: func(cells map[string]string) (Row, bool, error) {
			l := line{cells: cells, site: site, zone: zone}
			found, err := row(&l)
			return found, l.rounded, err
		},
		store: func(rows []Row) (int, error) { return store(ctx, reqctx.Account(ctx), site.ID, rows) },
	}
	view, err := i.read(ctx, in.Upload)
	if err != nil {
		return nil, err
	}
	return wire.Body(view), nil
}

// line is a line of a file, with what its times and numbers depend on.
type line struct {
	cells   map[string]string
	site    websites.Site
	zone    *time.Location
	rounded bool // an amount has more decimals than its currency
}

// id returns the owner's id in a column.
func (l *line) id(c *validate.Checker, column, id string) string {
	if !ownersID.MatchString(id) {
		c.Add(column, fault.Expect("id_characters"))
	}
	return id
}

func (l *line) text(c *validate.Checker, column string, most int) string {
	if limits.Exceeds(l.cells[column], most) {
		c.Add(column, fault.Expect("characters_at_most").Counting(most))
	}
	return l.cells[column]
}

// The forms of times beside RFC 3339, in the time zone of the site.
var localForms = []string{"2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02T15:04:05", "2006-01-02"}

// at reads a time, nil if there is none.
func (l *line) at(c *validate.Checker, column, text string) *time.Time {
	if text == "" {
		return nil
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return &at
	}
	for _, form := range localForms {
		if at, err := time.ParseInLocation(form, text, l.zone); err == nil {
			return &at
		}
	}
	c.Add(column, fault.Expect("time_or_day"))
	return nil
}

func personOfLine(l *line) (crm.Person, error) {
	var c validate.Checker
	body := personBody{
		ExternalID: l.id(&c, "external_id", l.cells["external_id"]), Account: l.text(&c, "account", maxAccount),
		Email: l.text(&c, "email", limits.Email), Phone: l.cells["phone"], AddedAt: l.at(&c, "added_at", l.cells["added_at"]),
	}
	if err := c.Err(); err != nil {
		return crm.Person{}, err
	}
	return body.person(l.site)
}

func opportunityOfLine(l *line) (crm.Opportunity, error) {
	var c validate.Checker
	body := opportunityBody{
		ExternalID: l.id(&c, "external_id", l.cells["external_id"]), Account: l.text(&c, "account", maxAccount),
		ClosedAt: l.at(&c, "closed_at", l.cells["closed_at"]), Won: l.truth(&c, "won"), Currency: strings.ToUpper(l.cells["currency"]),
		People: l.people(&c), Stages: l.stages(&c),
	}
	if opened := l.at(&c, "opened_at", l.cells["opened_at"]); opened != nil {
		body.OpenedAt = *opened
	} else if l.cells["opened_at"] == "" {
		c.Add("opened_at", fault.Expect("time_or_day"))
	}
	if amount := l.cells["amount"]; amount != "" {
		minor, ok := credit.MinorUnits(amount, body.Currency)
		if !ok || !decimal.MatchString(amount) {
			c.Add("amount", fault.Expect("amount"))
		}
		body.Amount, l.rounded = minor, ok && !credit.IsExact(amount, body.Currency)
	}
	if err := c.Err(); err != nil {
		return crm.Opportunity{}, err
	}
	return body.opportunity(l.site.ID)
}

var decimal = regexp.MustCompile(`^-?\d{1,15}(\.\d{1,6})?$`)

// truth reads whether something is so. An empty cell is no.
func (l *line) truth(c *validate.Checker, column string) bool {
	switch text := strings.ToLower(l.cells[column]); text {
	case "yes":
		return true
	case "no", "":
		return false
	default:
		is, err := strconv.ParseBool(text)
		if err != nil {
			c.Add(column, fault.OneOf([]string{"yes", "no", "true", "false", "1", "0"}))
		}
		return is
	}
}

// people reads the contacts of an opportunity. The primary one need not be among the others.
func (l *line) people(c *validate.Checker) []roleBody {
	primary := l.cells["primary_person"]
	ids := listed(l.cells["people"])
	if primary != "" && !slices.Contains(ids, primary) {
		ids = append([]string{primary}, ids...)
	}
	if len(ids) > maxOfCell {
		c.Add("people", fault.Expect("entries_at_most").Counting(maxOfCell))
		return nil
	}
	var roles []roleBody
	for _, id := range ids {
		roles = append(roles, roleBody{Person: l.id(c, "people", id), Primary: id == primary})
	}
	return roles
}

// stages reads the stages of an opportunity.
func (l *line) stages(c *validate.Checker) []stageBody {
	all := listed(l.cells["stages"])
	if len(all) > maxOfCell {
		c.Add("stages", fault.Expect("entries_at_most").Counting(maxOfCell))
		return nil
	}
	var stages []stageBody
	for _, one := range all {
		at := strings.LastIndex(one, "=")
		name := strings.TrimSpace(one[:max(at, 0)])
		if name == "" || limits.Exceeds(name, limits.Name) {
			c.Add("stages", fault.Expect("stages_with_times"))
			return nil
		}
		if entered := l.at(c, "stages", strings.TrimSpace(one[at+1:])); entered != nil {
			stages = append(stages, stageBody{Stage: name, At: *entered})
		} else {
			c.Add("stages", fault.Expect("stages_with_times"))
			return nil
		}
	}
	return stages
}

// listed returns the values of a cell that are separated by semicolons.
func listed(cell string) []string {
	var all []string
	for value := range strings.SplitSeq(cell, ";") {
		if value = strings.TrimSpace(value); value != "" {
			all = append(all, value)
		}
	}
	return all
}
