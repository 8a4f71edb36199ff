package pages

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/alerts"
	"ringback/internal/ids"
)

// TestEveryAlertLeadsToWhatItIsAbout has an alert of every kind, about an integration if the
// kind has them.
func TestEveryAlertLeadsToWhatItIsAbout(t *testing.T) {
	t.Parallel()
	integration := ids.New(ids.Integration)
	leads := map[alerts.Kind]string{
		alerts.BreakerOpen: "integrations/" + integration, alerts.SignInNeeded: "integrations/" + integration, alerts.CredentialsUnreadable: "integrations/" + integration,
		alerts.DeliveriesFailed: "deliveries?integration_id=" + integration + "&state=failed", alerts.SourceSilent: "sources",
		alerts.SourceClockFast: "sources", alerts.SourceClockSlow: "sources", alerts.PoolExhausted: "numbers",
	}
	subjects := map[alerts.Kind]string{alerts.SourceSilent: "calltouch", alerts.SourceClockFast: "calltouch", alerts.SourceClockSlow: "calltouch", alerts.PoolExhausted: ids.New(ids.Pool), alerts.QuotaNear: "integrations_per_site"}
	for _, kind := range alerts.Kinds() {
		a := Alert{Kind: kind, SiteID: "site_1", Subject: integration}
		if subject := subjects[kind]; subject != "" {
			a.Subject = subject
		}
		if leads[kind] == "" {
			require.Empty(t, a.page(), kind)
			continue
		}
		require.Equal(t, "/sites/site_1/"+leads[kind], a.page(), kind)
		a.SiteID = ""
		require.Empty(t, a.page(), kind)
	}
	require.Equal(t, "/sites/site_1/sources", Alert{Kind: alerts.CredentialsUnreadable, SiteID: "site_1", Subject: "calltouch"}.page())
}
