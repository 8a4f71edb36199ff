package attribution

import (
	"context"
	"slices"
	"strconv"
	"time"

	"ringback/models"
	"ringback/models/journeys"
	"ringback/touchpoints"
	"ringback/touchpoints/credit"
	"ringback/web/internal/csvfile"
	"ringback/web/internal/openapi"
	"ringback/web/internal/reqctx"
)

// touchpointColumns are the columns that the files of both journeys begin with.
var touchpointColumns = []string{
	"touchpoint_id", "at", "day", "kind", "type", "channel", "subchannel", "source", "medium", "campaign", "landing_page", "position", "session_id", "conversion_id",
}

func touchpointLine(t journeys.Touchpoint, positions touchpoints.Positions) []string {
	line := []string{
		t.ID, t.At.UTC().Format(time.RFC3339), t.Day, string(t.Kind), t.Type, t.Channel, t.Subchannel, t.Source, t.Medium, t.Campaign, t.LandingPage, positions.String(), t.SessionID, t.ConversionID,
	}
	for i, text := range line {
		line[i] = csvfile.Harmless(text)
	}
	return line
}

// journeyPage is how many touchpoints of a file are read at a time.
const journeyPage = 200

// eachPage calls read with one page after the other. Read returns the cursor of the next one.
func eachPage(read func(models.Page) (next string, err error)) error {
	page := models.Page{Limit: journeyPage}
	for {
		next, err := read(page)
		if err != nil || next == "" {
			return err
		}
		page.Cursor = next
	}
}

func (h *Handler) personJourneyCSV(ctx context.Context, in *OfPerson) (*openapi.File, error) {
	account := reqctx.Account(ctx)
	if _, _, err := h.store.PersonJourney(ctx, account, in.Site, in.ID, models.Page{Limit: 1}); err != nil {
		return nil, err
	}
	head := slices.Concat(touchpointColumns, []string{credit.FirstTouch, credit.LeadCreation, credit.UShaped})
	return csvfile.New("journey", head, func(write func([]string) error) error {
		return eachPage(func(page models.Page) (string, error) {
			found, next, err := h.store.PersonJourney(ctx, account, in.Site, in.ID, page)
			if err != nil {
				return "", err
			}
			for _, t := range found {
				line := touchpointLine(t, t.Positions)
				for _, weight := range []int{t.FirstTouch, t.LeadCreation, t.UShaped} {
					line = append(line, strconv.Itoa(weight))
				}
				if err := write(line); err != nil {
					return "", err
				}
			}
			return next, nil
		})
	}), nil
}

func (h *Handler) opportunityJourneyCSV(ctx context.Context, in *OfOpportunity) (*openapi.File, error) {
	account := reqctx.Account(ctx)
	first, err := h.store.OpportunityJourney(ctx, account, in.Site, in.ID, models.Page{Limit: 1})
	if err != nil {
		return nil, err
	}
	head := slices.Concat(touchpointColumns, []string{"currency"})
	for _, result := range first.Results {
		head = append(head, "credit_"+result.Model, "amount_"+result.Model)
	}
	return csvfile.New("journey", head, func(write func([]string) error) error {
		return eachPage(func(page models.Page) (string, error) {
			j, err := h.store.OpportunityJourney(ctx, account, in.Site, in.ID, page)
			if err != nil {
				return "", err
			}
			for i := range j.Steps {
				if err := write(stepLine(j, i)); err != nil {
					return "", err
				}
			}
			return j.Next, nil
		})
	}), nil
}

// stepLine returns the line of the ith touchpoint of a page of an opportunity's journey.
func stepLine(j journeys.OpportunityJourney, i int) []string {
	step := j.Steps[i]
	line, currency := touchpointLine(j.Touchpoints[step.TouchpointID], step.Positions), ""
	var values []string
	for _, result := range j.Results {
		var amount int64
		for _, c := range j.Credits {
			if c.Model == result.Model && c.TouchpointID == step.TouchpointID {
				amount, currency = c.Amount, c.Currency
			}
		}
		values = append(values, strconv.Itoa(result.Shares[i].Credit), strconv.FormatInt(amount, 10))
	}
	return append(append(line, currency), values...)
}
