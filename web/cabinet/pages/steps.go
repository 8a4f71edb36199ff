package pages

import (
	"strings"

	"ringback/web/internal/conversionview"
)

// Steps is the content of the page of the first steps. Each list holds the newest item, and
// is empty if there is none.
type Steps struct {
	Script       Script
	Sources      []Source // all of the site
	Integrations []IntegrationCard
	Calls        []conversionview.ConversionView
	Skipped      []conversionview.ConversionView
	Delivered    []conversionview.DeliveryView
	Tested       bool // a test event was sent; false if it is not known
}

// step is one of the first steps.
type step struct {
	Code string
	Done bool
	// Until is the address of the list or of the settings of the API in which a field is set
	// once the step is done. It is empty if the page need not wait for it.
	Until, Field string
}

// all returns the steps in their order.
func (d Steps) all(s Shell) []step {
	api := "/api/v1" + "/sites/" + s.Site.ID
	delivered := len(d.Delivered) > 0
	return []step{
		{Code: "site", Done: true},
		{Code: "tag", Done: d.Script.LastSeenAt != nil, Until: api + "/script", Field: "last_seen_at"},
		{Code: "calls", Done: len(d.Calls) > 0, Until: api + "/conversions?limit=1", Field: "items"},
		{Code: "integration", Done: len(d.Integrations) > 0, Until: api + "/integrations?limit=1", Field: "items"},
		{Code: "test", Done: d.Tested || delivered},
		{Code: "delivered", Done: delivered, Until: api + "/deliveries?state=delivered&limit=1", Field: "items"},
	}
}

// Complete reports whether a conversion was delivered.
func (d Steps) Complete() bool { return len(d.Delivered) > 0 }

// done returns how many steps are done.
func (d Steps) done(s Shell) (n int) {
	for _, one := range d.all(s) {
		if one.Done {
			n++
		}
	}
	return n
}

// pagesToOpen returns the addresses at which the site's pages are. One with a scheme is an
// origin on which the script may run beyond the domains.
func (d Steps) pagesToOpen() (all []string) {
	for _, host := range append(append([]string{}, d.Script.Origins...), d.Script.Site.Domains...) {
		if !strings.Contains(host, "://") {
			host = "https://" + host
		}
		all = append(all, host+"/")
	}
	return all[:min(len(all), 3)]
}
