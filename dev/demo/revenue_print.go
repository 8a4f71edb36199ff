package demo

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// touchpoint is what the story shows of a touchpoint.
type touchpoint struct {
	ID           string    `json:"id"`
	ConversionID string    `json:"conversion_id"`
	At           time.Time `json:"at"`
	Type         string    `json:"type"`
	Source       string    `json:"source"`
	Channel      string    `json:"channel"`
	Position     string    `json:"position"`
}

// journey is that of an opportunity.
type journey struct {
	Touchpoints []touchpoint `json:"touchpoints"`
	Models      []struct {
		Name   string `json:"name"`
		Shares []struct {
			TouchpointID string `json:"touchpoint_id"`
			Amount       int64  `json:"amount"`
		} `json:"shares"`
	} `json:"models"`
}

// read asks Ringback to read Salesforce, and waits until everything is in the journeys.
func (s *revenueStory) read(ctx context.Context) error {
	if err := s.API.do(ctx, http.MethodPost, s.Shop.path("/integrations/"+s.salesforceID+"/reading"), object{}, nil); err != nil {
		return err
	}
	return s.until(ctx, "the journey of the opportunity", func() (bool, error) {
		j, err := s.journey(ctx)
		return len(j.Touchpoints) == 3, err
	})
}

// stopReading switches the reading off: after the next start there is no such Salesforce.
func (s *revenueStory) stopReading(ctx context.Context) error {
	return s.API.do(ctx, http.MethodPatch, s.Shop.path("/integrations/"+s.salesforceID), object{"options": object{"read": "no"}}, nil)
}

// until waits until something is so.
func (s *revenueStory) until(ctx context.Context, what string, is func() (bool, error)) error {
	ticker := s.Clock.NewTicker(100 * time.Millisecond)
	defer ticker.Stop()
	for {
		if done, err := is(); err != nil || done {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for %s: %w", what, ctx.Err())
		case <-ticker.Chan():
		}
	}
}

// journey returns the journey of Ann's opportunity, an empty one while there is none.
func (s *revenueStory) journey(ctx context.Context) (journey, error) {
	var deals struct {
		Items []struct {
			created
			ExternalID string `json:"external_id"`
		} `json:"items"`
	}
	if err := s.API.do(ctx, http.MethodGet, s.Shop.path("/opportunities"), nil, &deals); err != nil {
		return journey{}, err
	}
	var j journey
	for _, deal := range deals.Items {
		err := s.API.do(ctx, http.MethodGet, s.Shop.path("/opportunities/"+deal.ID+"/journey"), nil, &j)
		if err != nil && err != ErrGone { //nolint:errorlint // the API answers 404 until it is computed
			return journey{}, err
		}
	}
	return j, nil
}

// print prints what became of the calls and of the revenue.
func (s *revenueStory) print(ctx context.Context) error {
	if err := s.printMerging(ctx, "Ann's call", s.annCall); err != nil {
		return err
	}
	if err := s.printMerging(ctx, "Ben's call", s.benCall); err != nil {
		return err
	}
	j, err := s.journey(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.Out, "\n  The journey of the order\n")
	channels := map[string]string{}
	for _, t := range j.Touchpoints {
		channels[t.ID] = t.Channel
		fmt.Fprintf(s.Out, "  %s  %-10s %-15s %s\n", t.At.In(s.zone).Format("2 Jan 15:04"), t.Type, t.Channel, t.Position)
	}
	fmt.Fprintf(s.Out, "\n  Revenue by channel, in USD\n")
	for _, model := range j.Models {
		amounts := map[string]int64{}
		for _, share := range model.Shares {
			amounts[channels[share.TouchpointID]] += share.Amount
		}
		var parts []string
		for _, channel := range slices.Sorted(maps.Keys(amounts)) {
			parts = append(parts, fmt.Sprintf("%s %.2f", channel, float64(amounts[channel])/100))
		}
		fmt.Fprintf(s.Out, "  %-14s %s\n", model.Name, strings.Join(parts, ", "))
	}
	fmt.Fprintf(s.Out, "\n  by API      GET /api/v1%s, .../attribution and .../opportunities\n", s.Shop.path("/touchpoints"))
	return nil
}

// printMerging prints whether a call was merged with a visit, and its touchpoint.
func (s *revenueStory) printMerging(ctx context.Context, whose, conversionID string) error {
	var merging struct {
		Explanation string `json:"explanation"`
	}
	if err := s.API.do(ctx, http.MethodGet, s.Shop.path("/conversions/"+conversionID+"/merging"), nil, &merging); err != nil {
		return err
	}
	var found struct {
		Items []touchpoint `json:"items"`
	}
	if err := s.API.do(ctx, http.MethodGet, s.Shop.path("/touchpoints?conversion_id="+conversionID), nil, &found); err != nil {
		return err
	}
	fmt.Fprintf(s.Out, "  %-11s %s\n", whose, merging.Explanation)
	for _, t := range found.Items {
		fmt.Fprintf(s.Out, "  %-11s touchpoint of %s: type %s, source %s, channel %s, position %s\n", "", s.clock(t.At), t.Type, t.Source, t.Channel, t.Position)
	}
	return nil
}
