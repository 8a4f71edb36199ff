package reading

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"ringback/crm"
	"ringback/crm/salesforce"
	"ringback/touchpoints"
	"ringback/touchpoints/credit"
)

// idsPerQuery is how many ids one query names: an address may have 16,384 bytes
// (docs/facts/salesforce.md#reading), and an id takes 27 of them.
const idsPerQuery = 300

// opportunitiesOf returns the opportunities that changed contact roles or stages belong to.
func (r *Reader) opportunitiesOf(ctx context.Context, rows []salesforce.Row) ([]crm.Opportunity, error) {
	object, err := r.client.Describe(ctx, opportunity)
	if err != nil {
		return nil, err
	}
	found, err := r.related(ctx, object, "Id", each(rows, func(row salesforce.Row) string { return row.Text("OpportunityId") }))
	if err != nil {
		return nil, err
	}
	return r.opportunities(ctx, found)
}

// opportunities returns opportunities with their people and stages.
func (r *Reader) opportunities(ctx context.Context, rows []salesforce.Row) ([]crm.Opportunity, error) {
	ids := make([]string, 0, len(rows))
	for _, row := range rows {
		if !row.Is("IsDeleted") {
			ids = append(ids, row.Text("Id"))
		}
	}
	roles, err := r.byOpportunity(ctx, contactRole, ids)
	if err != nil {
		return nil, err
	}
	stages, err := r.byOpportunity(ctx, history, ids)
	if err != nil {
		return nil, err
	}
	return each(rows, func(row salesforce.Row) crm.Opportunity {
		id := row.Text("Id")
		return r.opportunity(row, roles[id], stages[id])
	}), nil
}

// byOpportunity returns the records of an object that belong to opportunities and are not
// deleted, the earliest first.
func (r *Reader) byOpportunity(ctx context.Context, name string, ids []string) (map[string][]salesforce.Row, error) {
	object, err := r.client.Describe(ctx, name)
	if err != nil {
		return nil, err
	}
	rows, err := r.related(ctx, object, "OpportunityId", ids)
	if err != nil {
		return nil, err
	}
	found := map[string][]salesforce.Row{}
	for _, row := range rows {
		if !row.Is("IsDeleted") {
			found[row.Text("OpportunityId")] = append(found[row.Text("OpportunityId")], row)
		}
	}
	return found, nil
}

// related returns the records of an object whose field has one of these ids.
func (r *Reader) related(ctx context.Context, object salesforce.Object, field string, ids []string) ([]salesforce.Row, error) {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	var rows []salesforce.Row
	for some := range slices.Chunk(ids, idsPerQuery) {
		quoted := make([]string, 0, len(some))
		for _, id := range some {
			quoted = append(quoted, salesforce.Quote(id))
		}
		query := fmt.Sprintf("SELECT %s FROM %s WHERE %s IN (%s) ORDER BY CreatedDate, Id",
			strings.Join(r.fields(object), ", "), object.Name, field, strings.Join(quoted, ","))
		for row, err := range r.client.QueryAll(ctx, query) {
			if err != nil {
				return nil, err
			}
			rows = append(rows, row)
		}
	}
	return rows, nil
}

// opportunity returns an opportunity with its contact roles and its history.
func (r *Reader) opportunity(row salesforce.Row, roles, entries []salesforce.Row) crm.Opportunity {
	o := crm.Opportunity{
		ID: row.Text("Id"), Account: row.Text("AccountId"), OpenedAt: row.Time("CreatedDate"),
		Won: row.Is("IsWon"), Deleted: row.Is("IsDeleted"), Currency: cmp.Or(row.Text("CurrencyIsoCode"), r.settings.Currency),
	}
	o.Amount, _ = credit.MinorUnits(row.Number("Amount"), o.Currency) // an opportunity without an amount is worth nothing yet
	for _, role := range roles {
		o.People = append(o.People, touchpoints.Role{Person: role.Text("ContactId"), Primary: role.Is("IsPrimary")})
	}
	for _, entry := range entries {
		stage := entry.Text("StageName")
		if n := len(o.Stages); stage != "" && (n == 0 || o.Stages[n-1].Stage != stage) {
			o.Stages = append(o.Stages, touchpoints.StageEntry{Stage: stage, At: entry.Time("CreatedDate")})
		}
	}
	if row.Is("IsClosed") {
		o.ClosedAt = r.closedAt(row, o.Stages)
	}
	return o
}

// closedAt returns when an opportunity entered the stage in which it is closed, or the end
// of its close date if the history does not show that.
func (r *Reader) closedAt(row salesforce.Row, stages []touchpoints.StageEntry) time.Time {
	if n := len(stages); n > 0 && stages[n-1].Stage == row.Text("StageName") {
		return stages[n-1].At
	}
	closed := row.Time("CloseDate")
	if closed.IsZero() {
		return row.Time(changed)
	}
	return time.Date(closed.Year(), closed.Month(), closed.Day()+1, 0, 0, 0, 0, r.settings.Zone).Add(-time.Second).UTC()
}
