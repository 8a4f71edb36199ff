package pages

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/internal/locale"
	"ringback/models/deliveries"
	"ringback/web/cabinet/texts"
	"ringback/web/internal/conversionview"
)

// TestWhatIsRetryingCanBeTriedNow has the list of an integration's deliveries that wait, as
// an editor and a viewer see it, and that of deliveries that have ended.
func TestWhatIsRetryingCanBeTriedNow(t *testing.T) {
	t.Parallel()
	shown := func(state deliveries.State, mayEdit bool, filter url.Values) string {
		var page strings.Builder
		d := Deliveries{List: List{Filter: filter, IsFirst: true}, Items: []conversionview.DeliveryView{{ID: "dlv_1", State: state}}}
		require.NoError(t, DeliveriesPage(Shell{Reader: texts.In(locale.English), MayEdit: mayEdit}, d).Render(t.Context(), &page))
		return page.String()
	}
	of := url.Values{"state": {"retrying"}, "integration_id": {"int_1"}}
	retrying := shown(deliveries.Retrying, true, of)
	require.Contains(t, retrying, `data-resend="/api/v1/deliveries/dlv_1/retry"`)
	require.Contains(t, retrying, `data-action="/api/v1/integrations/int_1/retry"`)
	require.NotContains(t, shown(deliveries.Retrying, true, url.Values{}), "integrations/int_1/retry")
	require.NotContains(t, shown(deliveries.Retrying, false, of), "/retry")
	require.NotContains(t, shown(deliveries.Failed, true, of), "/retry")
}

// TestACheckLeadsToItsRule holds that the anchor of a check is on the form of the integration.
func TestACheckLeadsToItsRule(t *testing.T) {
	t.Parallel()
	s := Shell{Reader: texts.In(locale.English), Site: Site{ID: "site_1"}}
	decided := conversionview.DecisionView{IntegrationID: "int_1"}
	var form strings.Builder
	require.NoError(t, IntegrationFormPage(s, IntegrationForm{ID: "int_1"}).Render(t.Context(), &form))
	for _, kind := range []conversion.Kind{conversion.KindCall, conversion.KindLead} {
		for _, check := range []conversion.CheckCode{conversion.CheckMetric, conversion.CheckTags, conversion.CheckTraffic} {
			settings, anchor, found := strings.Cut(s.ruleOf(kind, decided, check), "#")
			require.True(t, found)
			require.Equal(t, "/sites/site_1/integrations/int_1", settings)
			require.Equal(t, 1, strings.Count(form.String(), `id="`+anchor+`"`), anchor)
		}
		require.Equal(t, "/sites/site_1/integrations/int_1", s.ruleOf(kind, decided, conversion.CheckVisitorID))
	}
}
