package pages

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"ringback/web/internal/conversionview"
)

// isResendable reports whether a delivery has ended and was not sent again yet.
func isResendable(v conversionview.DeliveryView) bool {
	return v.ResentAs == "" && (v.State == "failed" || v.State == "delivered")
}

// isRetryable reports whether a delivery waits for its next try, which can be now.
func isRetryable(v conversionview.DeliveryView) bool {
	return v.State == "retrying" || v.State == "waiting"
}

// resendable reports whether the list has deliveries that failed, of a state that can be
// sent again in bulk.
func (d Deliveries) resendable() bool {
	state := d.Filter.Get("state")
	return (state == "failed" || state == "delivered") && slices.ContainsFunc(d.Items, isResendable)
}

// bulkFilter returns the filter of the list as a bulk resend takes it.
func (d Deliveries) bulkFilter() string {
	filter := map[string]string{}
	for _, name := range []string{"state", "integration_id", "conversion_id", "from", "to"} {
		if value := d.Filter.Get(name); value != "" {
			filter[name] = value
		}
	}
	text, _ := json.Marshal(filter) // texts can be written
	return string(text)
}

// isoTime returns a time as the element for times has it.
func isoTime(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// zoneID returns the time zone in which times are shown, as browsers know it.
func (s Shell) zoneID() string {
	if s.Zone == nil {
		return "UTC"
	}
	return s.Zone.String()
}

// zoneName returns the name of the time zone for people. Etc/GMT-4 is four hours ahead of UTC.
func (s Shell) zoneName() string {
	name := strings.TrimPrefix(s.zoneID(), "Etc/")
	if behind, ok := strings.CutPrefix(name, "GMT+"); ok {
		return "UTC-" + behind
	}
	if ahead, ok := strings.CutPrefix(name, "GMT-"); ok {
		return "UTC+" + ahead
	}
	return name
}
