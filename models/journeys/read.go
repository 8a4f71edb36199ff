package journeys

import (
	"context"
	"slices"

	"gorm.io/gorm"

	"ringback/internal/fault"
	"ringback/models/database"
	"ringback/models/ownership"
	"ringback/touchpoints"
	"ringback/touchpoints/credit"
)

// OpportunityJourney is one page of the journey of an opportunity as it is shown.
type OpportunityJourney struct {
	Journey                           // its steps, and the shares of its results, are those of the page
	Touchpoints map[string]Touchpoint // those of the steps, by id
	Credits     []Credit              // likewise
	Next        string                // the cursor of the next page, empty after the last one
}

// PersonJourney lists the touchpoints of a person of the site's CRM that count in reports,
// the oldest first. It lists none if nothing is computed yet.
func (j *Journeys) PersonJourney(ctx context.Context, accountID, siteID, personID string, page database.Page) ([]Touchpoint, string, error) {
	db := j.db.Read(ctx)
	if err := ownership.CheckSite(db, accountID, siteID); err != nil {
		return nil, "", j.db.WrapErr("reading a journey", err)
	}
	var person personRow
	err := db.Select("id").Where("id = ? AND site_id = ?", personID, siteID).Take(&person).Error
	if err := database.NotFoundAs("no_such_person", err); err != nil {
		return nil, "", j.db.WrapErr("reading a journey", err)
	}
	serving, err := j.Serving(ctx, siteID)
	if err != nil {
		return nil, "", err
	}
	touches, next, err := pageByTime(TouchpointFilter{SiteID: siteID, PersonID: personID}.narrow(db, serving), page, true)
	return touches, next, j.db.WrapErr("reading a journey", err)
}

// OpportunityJourney returns a page of the journey of an opportunity, in its order, with the
// credit by each model. The error is fault.NotFound until it is computed.
func (j *Journeys) OpportunityJourney(ctx context.Context, accountID, siteID, id string, page database.Page) (OpportunityJourney, error) {
	found := OpportunityJourney{Touchpoints: map[string]Touchpoint{}}
	db := j.db.Read(ctx)
	if err := ownership.CheckSite(db, accountID, siteID); err != nil {
		return found, j.db.WrapErr("reading a journey", err)
	}
	serving, err := j.Serving(ctx, siteID)
	if err != nil {
		return found, err
	}
	var row journeyRow
	err = db.Where("site_id = ? AND generation = ? AND opportunity_id = ?", siteID, serving, id).Take(&row).Error
	if err := database.NotFoundAs("no_such_journey", err); err != nil {
		return found, j.db.WrapErr("reading a journey", err)
	}
	found.Journey = row.Journey
	if found.Steps, found.Next, err = database.PageOf(row.Journey.Steps, page); err != nil {
		return found, err
	}
	return found, j.db.WrapErr("reading touchpoints", found.read(db, siteID, serving, id))
}

// read reads the touchpoints and the credit of the steps.
func (o *OpportunityJourney) read(db *gorm.DB, siteID string, serving int64, id string) error {
	ids := make([]string, len(o.Steps))
	for i, step := range o.Steps {
		ids[i] = step.TouchpointID
	}
	for i, result := range o.Results {
		o.Results[i].Shares = slices.DeleteFunc(result.Shares, func(s credit.Share) bool { return !slices.Contains(ids, s.TouchpointID) })
	}
	err := db.Where("site_id = ? AND generation = ? AND opportunity_id = ? AND touchpoint_id IN ?", siteID, serving, id, ids).
		Order("model, touchpoint_id").Find(&o.Credits).Error
	if err != nil {
		return err
	}
	var touches []Touchpoint
	err = db.Where("site_id = ? AND generation = ? AND id IN ?", siteID, serving, ids).Find(&touches).Error
	for _, t := range touches {
		o.Touchpoints[t.ID] = t
	}
	return err
}

// CallOutcome returns what became of a call of a site. The error is fault.NotFound until
// it is computed.
func (j *Journeys) CallOutcome(ctx context.Context, accountID, siteID, conversionID string) (Call, error) {
	if err := ownership.CheckSite(j.db.Read(ctx), accountID, siteID); err != nil {
		return Call{}, j.db.WrapErr("reading what became of a call", err)
	}
	serving, err := j.Serving(ctx, siteID)
	if err != nil {
		return Call{}, err
	}
	call, err := database.First[Call](j.db.Read(ctx).Where("site_id = ? AND generation = ? AND id = ?", siteID, serving, conversionID))
	if err == nil && call == nil {
		err = fault.New(fault.NotFound, "no_merging_yet")
	}
	if err != nil {
		return Call{}, j.db.WrapErr("reading what became of a call", err)
	}
	return *call, nil
}

// CallFilter selects what became of calls of a site. Empty fields select all.
type CallFilter struct {
	AccountID, SiteID string
	Outcome           touchpoints.Outcome
	DayFrom, DayTo    string // local days on which they began, as "2026-05-04"; both belong to it
}

func (f CallFilter) narrow(db *gorm.DB, serving int64) *gorm.DB {
	query := db.Where("site_id = ? AND generation = ?", f.SiteID, serving)
	if f.Outcome != "" {
		query = query.Where("outcome = ?", f.Outcome)
	}
	if f.DayFrom != "" {
		query = query.Where("day >= ?", f.DayFrom)
	}
	if f.DayTo != "" {
		query = query.Where("day <= ?", f.DayTo)
	}
	return query
}

// Calls lists what became of calls, the newest first by their id.
func (j *Journeys) Calls(ctx context.Context, f CallFilter, page database.Page) (found []Call, next string, err error) {
	serving, err := j.Serving(ctx, f.SiteID)
	if err != nil {
		return nil, "", err
	}
	err = j.db.ReportTx(ctx, "listing what became of calls", func(tx *gorm.DB) error {
		if err := ownership.CheckSite(tx, f.AccountID, f.SiteID); err != nil {
			return err
		}
		found, next, err = database.PageByID(f.narrow(tx, serving), page, func(c Call) string { return c.ID })
		return err
	})
	return found, next, err
}
