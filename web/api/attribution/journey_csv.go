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

func (h *Handler) personJourneyCSV(ctx context.Context, in *OfPerson) (*openapi.File, error) {
	head := slices.Concat(touchpointColumns, []string{credit.FirstTouch, credit.LeadCreation, credit.UShaped})
	return csvfile.New("journey", head, func(write func([]string) error) error {
		page := models.Page{Limit: journeyPage}
		for {
			found, next, err := h.store.PersonJourney(ctx, reqctx.Account(ctx), in.Site, in.ID, page)
			if err != nil {
				return err
			}
			for _, t := range found {
				if err := write(personLine(t)); err != nil {
					return err
				}
			}
			if next == "" {
				return nil
			}
			page.Cursor = next
		}
	}), nil
}

// personLine returns the line of a touchpoint of a person's journey.
func personLine(t journeys.Touchpoint) []string {
	line := touchpointLine(t, t.Positions)
	for _, weight := range []int{t.FirstTouch, t.LeadCreation, t.UShaped} {
		line = append(line, strconv.Itoa(weight))
	}
	return line
}

func (h *Handler) opportunityJourneyCSV(ctx context.Context, in *OfOpportunity) (*openapi.File, error) {
	read := func(cursor string) (journeys.OpportunityJourney, error) {
		return h.store.OpportunityJourney(ctx, reqctx.Account(ctx), in.Site, in.ID, models.Page{Limit: journeyPage, Cursor: cursor})
	}
	j, err := read("")
	if err != nil {
		return nil, err
	}
	head := slices.Concat(touchpointColumns, []string{"currency"})
	for _, result := range j.Results {
		head = append(head, "credit_"+result.Model, "amount_"+result.Model)
	}
	return csvfile.New("journey", head, func(write func([]string) error) error {
		for {
			for i := range j.Steps {
				if err := write(stepLine(j, i)); err != nil {
					return err
				}
			}
			if j.Next == "" {
				return nil
			}
			if j, err = read(j.Next); err != nil {
				return err
			}
		}
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
