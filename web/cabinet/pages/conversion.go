package pages

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"ringback/conversion"
	"ringback/web/internal/conversionview"
)

func (s Shell) headline(d Conversion) string {
	if d.Kind == "call" {
		return s.T("call_of", s.When(d.At))
	}
	return s.T("lead_of", s.When(d.At))
}

// metricsShown returns the metrics of a call or a lead that its page says to be met or not.
func metricsShown(kind conversion.Kind) []string {
	if kind == conversion.KindLead {
		return []string{string(conversion.MetricUnique)}
	}
	return []string{string(conversion.MetricUnique), string(conversion.MetricTarget), string(conversion.MetricUniqueTarget)}
}

func (s Shell) phone(d Conversion) string {
	if d.Anonymous {
		return s.T("withheld")
	}
	return s.Or(d.Phone, "not_known")
}

func (s Shell) outcome(d Conversion) string {
	if d.Outcome == "" {
		return s.T("not_known")
	}
	return s.Code("outcome", d.Outcome)
}

func (s Shell) secondsOr(n *int, id string) string {
	if n == nil {
		return s.T(id)
	}
	return s.Seconds(*n)
}

func (s Shell) whenOr(t *time.Time, id string) string {
	if t == nil {
		return s.T(id)
	}
	return s.When(*t)
}

func (s Shell) channel(code string) string {
	if code == "" {
		return s.T("not_known")
	}
	return s.Code("channel", code)
}

// trafficSource returns source, medium and campaign of a visit, as far as they are known.
func (s Shell) trafficSource(source, medium, campaign string) string {
	parts := []string{source}
	if source == "" {
		parts[0] = s.Code("channel", "direct")
	}
	for _, part := range []string{medium, campaign} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, " / ")
}

// said returns what an event reports, without its tags.
func (s Shell) said(e conversionview.EventView) string {
	var parts []string
	var traffic *conversion.Traffic
	if e.Call != nil {
		traffic = e.Call.Traffic
		if e.Call.Outcome != "" {
			parts = append(parts, s.Code("outcome", e.Call.Outcome))
		}
		if e.Call.TalkSeconds != nil {
			parts = append(parts, s.T("talk", s.Seconds(*e.Call.TalkSeconds)))
		}
	}
	if e.Lead != nil {
		traffic = e.Lead.Traffic
		if e.Lead.Form != "" {
			parts = append(parts, s.T("of_form", e.Lead.Form))
		}
	}
	if traffic != nil {
		parts = append(parts, s.trafficSource(traffic.Source, traffic.Medium, traffic.Campaign))
	}
	return strings.Join(parts, ", ")
}

// tagsOf returns the tags that an event reports.
func tagsOf(e conversionview.EventView) (tags []string) {
	if e.Call != nil {
		tags = append(tags, e.Call.Tags...)
	}
	if e.Lead != nil {
		tags = append(tags, e.Lead.Tags...)
	}
	return tags
}

// systems returns the names of the systems of visitor ids.
func systems(ids map[string]string) []string { return slices.Sorted(maps.Keys(ids)) }

// kept returns where the browser keeps the visitor's id.
func (s Shell) kept(storage string) string {
	switch storage {
	case "cookie":
		return s.T("kept_in_cookie")
	case "storage":
		return s.T("kept_in_storage")
	default:
		return s.T("not_kept")
	}
}

func (s Shell) until(i Integration) string {
	if i.State == "retrying" {
		return s.T("next_try", s.When(*i.Until))
	}
	return s.T("until", s.When(*i.Until))
}

// unmetFirst returns the checks with those that failed first: they are the reason.
func unmetFirst(checks []conversionview.DecisionCheckView) []conversionview.DecisionCheckView {
	return slices.SortedStableFunc(slices.Values(checks), func(x, y conversionview.DecisionCheckView) int {
		switch {
		case x.Passed == y.Passed:
			return 0
		case y.Passed:
			return -1
		default:
			return 1
		}
	})
}

func (s Shell) deliveryName(d conversionview.DeliveryView) string {
	if d.ResendNumber > 0 {
		return s.T("resend", d.ResendNumber)
	}
	return s.T("delivery")
}

// deliveryNote returns the id of a delivery with what is known of its state.
func (s Shell) deliveryNote(d conversionview.DeliveryView) string {
	note := d.ID
	if d.Explanation != "" {
		note += ": " + d.Explanation
	}
	if d.ResentAs != "" {
		note += "; " + s.T("resent_as", d.ResentAs)
	}
	if d.NextTryAt != nil {
		note += "; " + s.T("next_try", s.When(*d.NextTryAt))
	}
	return note
}

// responseText returns the status and the body of the answer to an attempt.
func responseText(a conversionview.AttemptView) string {
	return strconv.Itoa(a.Response.Status) + "\n" + a.Response.Body
}
