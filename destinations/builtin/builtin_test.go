package builtin_test

import (
	"testing"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/destinations"
	"ringback/destinations/builtin"
	"ringback/destinations/webhook"
	"ringback/internal/settings/settingstest"
)

func TestRegistryFindsDestinationsByType(t *testing.T) {
	t.Parallel()
	r := builtin.Destinations(clockwork.NewFakeClock())
	require.Subset(t, r.Names(), []string{"rtbhouse", "webhook"})
	require.IsIncreasing(t, r.Names())
	for i, name := range r.Names() {
		d, found := r.Get(name)
		require.True(t, found)
		require.Equal(t, name, d.Describe().Type)
		require.Equal(t, d.Describe(), r.Descriptions()[i])
	}
	_, found := r.Get("fax")
	require.False(t, found)
}

func TestRegistryRejectsDuplicateTypes(t *testing.T) {
	t.Parallel()
	d := webhook.New(clockwork.NewFakeClock())
	require.Panics(t, func() { destinations.NewRegistry(d, d) })
}

func TestPagesDescribeEverySettingWithItsDefault(t *testing.T) {
	t.Parallel()
	for _, d := range builtin.Destinations(clockwork.NewFakeClock()).Descriptions() {
		page := d.Type
		if page == "rtbhouse" {
			page = "rtb-house"
		}
		settingstest.PageDescribes(t, "../../docs/integrations/"+page+".md", d.Form)
	}
}
