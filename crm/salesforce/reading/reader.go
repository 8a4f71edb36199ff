package reading

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"ringback/crm"
	"ringback/crm/salesforce"
	"ringback/internal/outbound"
)

// The objects, by their API names.
const (
	lead        = "Lead"
	contact     = "Contact"
	task        = "Task"
	opportunity = "Opportunity"
	contactRole = "OpportunityContactRole"
	history     = "OpportunityHistory"
)

// Objects returns the objects that are read, in the order in which they are.
func Objects() []string { return []string{lead, contact, task, opportunity, contactRole, history} }

// Settings are what a reader depends on beside the connection.
type Settings struct {
	BizibleField string // of Task
	DateField    string // of Task: the start of the call
	IDField      string // of Task: what the destination wrote there
	// Marker precedes the id of a conversion in IDField.
	Marker   string
	Currency string         // of orgs with a single currency, ISO 4217; empty if not known
	Zone     *time.Location // in which an opportunity's close date ends
	// Since is from when on Tasks and opportunities are read. People are read from the
	// beginning, because a new call may be somebody's who was added long ago.
	Since time.Time
}

// Reader reads one org. It is for one goroutine.
type Reader struct {
	client   *salesforce.Client
	settings Settings
}

// New returns a reader.
func New(client *salesforce.Client, s Settings) *Reader { return &Reader{client, s} }

// changed is the field by which records are ordered.
const changed = "SystemModstamp"

// queryTimeout is a little longer than Salesforce works on a query
// (docs/facts/salesforce.md#reading).
const queryTimeout = 125 * time.Second

// Changes returns the records of an object that changed after a position, by pages, the
// earliest change first. It stops at the first error, and may be resumed after the last
// page.
func (r *Reader) Changes(ctx context.Context, object string, after crm.Position) iter.Seq2[crm.Page, error] {
	ctx = outbound.WithTimeout(ctx, queryTimeout)
	return func(yield func(crm.Page, error) bool) {
		described, err := r.client.Describe(ctx, object)
		if err != nil {
			yield(crm.Page{}, err)
			return
		}
		query := r.query(described, after)
		for rows, err := range r.client.Pages(ctx, query) {
			page := crm.Page{Last: after}
			if err == nil {
				page, err = r.page(ctx, object, rows, page)
			}
			if !yield(page, err) || err != nil {
				return
			}
		}
	}
}

// query returns the query of the records of an object that changed after a position.
func (r *Reader) query(object salesforce.Object, after crm.Position) string {
	if after == (crm.Position{}) && object.Name != lead && object.Name != contact {
		after.At = r.settings.Since
	}
	var where string
	if at := salesforce.Literal(after.At); after.ID != "" {
		where = fmt.Sprintf(" WHERE (%s > %s OR (%s = %s AND Id > %s))", changed, at, changed, at, salesforce.Quote(after.ID))
	} else if !after.At.IsZero() {
		where = fmt.Sprintf(" WHERE %s >= %s", changed, at)
	}
	return "SELECT " + strings.Join(r.fields(object), ", ") + " FROM " + object.Name + where + " ORDER BY " + changed + ", Id"
}

// wanted returns the fields of an object that have a meaning here, apart from those that
// every record has.
func (r *Reader) wanted(object string) []string {
	switch object {
	case lead:
		return []string{"Email", "Phone", "MobilePhone", "IsConverted", "ConvertedContactId"}
	case contact:
		return []string{"AccountId", "Email", "Phone", "MobilePhone"}
	case task:
		s := r.settings
		return []string{"WhoId", "Type", "ActivityDate", s.BizibleField, s.DateField, s.IDField}
	case opportunity:
		return []string{"AccountId", "Amount", "CurrencyIsoCode", "StageName", "IsClosed", "IsWon", "CloseDate"}
	case contactRole:
		return []string{"OpportunityId", "ContactId", "IsPrimary"}
	default:
		return []string{"OpportunityId", "StageName"}
	}
}

// fields returns the fields of an object that are read: those that are wanted and that
// the connected user may see.
func (r *Reader) fields(object salesforce.Object) []string {
	fields := []string{"Id", "IsDeleted", "CreatedDate", changed}
	for _, name := range r.wanted(object.Name) {
		if _, visible := object.Field(name); visible && !slices.Contains(fields, name) {
			fields = append(fields, name)
		}
	}
	return fields
}

// page returns what the rows of a page mean.
func (r *Reader) page(ctx context.Context, object string, rows []salesforce.Row, page crm.Page) (crm.Page, error) {
	for _, row := range rows {
		page.Rows++
		if row.Is("IsDeleted") {
			page.Deleted++
		}
		page.Last = crm.Position{At: row.Time(changed), ID: row.Text("Id")}
	}
	var err error
	switch object {
	case lead, contact:
		page.People = each(rows, person)
	case task:
		page.Tasks = each(rows, r.task)
	case opportunity:
		page.Opportunities, err = r.opportunities(ctx, rows)
	default:
		page.Opportunities, err = r.opportunitiesOf(ctx, rows)
	}
	return page, err
}

func each[T any](rows []salesforce.Row, read func(salesforce.Row) T) []T {
	all := make([]T, 0, len(rows))
	for _, row := range rows {
		all = append(all, read(row))
	}
	return all
}
