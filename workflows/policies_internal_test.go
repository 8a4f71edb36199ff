package workflows

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A limit on requests per second is no right of way: an integration with a high one
// overtakes no other, and one with a low one is not starved.
func TestG6_EveryIntegrationHasTheSameShareOfTheQueue(t *testing.T) {
	t.Parallel()
	for _, perSecond := range []float64{0, 0.1, 500} {
		share := fairShare(Delivery{IntegrationID: "int_1", PerSecond: perSecond})
		require.Equal(t, "int_1", share.FairnessKey)
		require.InDelta(t, 1, share.FairnessWeight, 0, perSecond)
	}
}
