package pages

import "strings"

// The size of the drawing of a sparkline, in its own units.
const (
	sparkStep   = 10
	sparkHeight = 32
)

// Healths are what became of the deliveries of the last days, by integration.
type Healths struct{ Items []Health }

// Of returns what became of the deliveries of an integration, nil if there were none.
func (o Healths) Of(integration string) *Health {
	for i := range o.Items {
		if o.Items[i].IntegrationID == integration {
			return &o.Items[i]
		}
	}
	return nil
}

// Health is what became of the deliveries of an integration.
type Health struct {
	IntegrationID     string `json:"integration_id"`
	Delivered, Failed int64
	SuccessRate       float64 `json:"success_rate"`
	Days              []HealthOfDay
}

// HealthOfDay is what became of the deliveries of a day.
type HealthOfDay struct {
	Day               string
	Delivered, Failed int64
}

// rate returns the part that was delivered. Only when nothing failed is it 100 percent, and
// only when everything did 0.
func (o Health) rate(s Shell) string {
	hundredths := int(o.SuccessRate * 10_000)
	if hundredths == 0 && o.Delivered > 0 {
		hundredths = 1
	}
	return s.T("success_rate", s.Language.Percent(hundredths))
}

// counts returns in words how many were delivered, and how many failed.
func (s Shell) counts(delivered, failed int64) string {
	return s.T("count_delivered", s.Number(delivered)) + ", " + s.T("count_failed", s.Number(failed))
}

// description returns in words what the sparkline shows: the days on which something was
// delivered or failed.
func (o Health) description(s Shell) string {
	var days []string
	for _, d := range o.Days {
		if d.Delivered+d.Failed > 0 {
			days = append(days, s.Day(d.Day)+": "+s.counts(d.Delivered, d.Failed))
		}
	}
	return strings.Join(days, "; ")
}

// chart returns the bars of the sparkline.
func (o Health) chart(s Shell) (all []part) {
	top := int64(1)
	for _, d := range o.Days {
		top = max(top, d.Delivered+d.Failed)
	}
	for i, d := range o.Days {
		y, title := float64(sparkHeight), s.Day(d.Day)+": "+s.counts(d.Delivered, d.Failed)
		for n, v := range []int64{d.Delivered, d.Failed} {
			if v == 0 {
				continue
			}
			height := max(1.5, float64(v)/float64(top)*(sparkHeight-4)) // a single failure among many can be seen
			y -= height
			all = append(all, part{
				X: decimal(float64(i*sparkStep) + 1), Y: decimal(y), Width: decimal(sparkStep - 2), Height: decimal(height),
				Class: []string{"series1", "series2"}[n], Title: title,
			})
		}
	}
	return all
}
