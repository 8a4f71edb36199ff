package models_test

import (
	"testing"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/models"
	"ringback/models/integrations"
	"ringback/models/modeltest"
	"ringback/models/websites"
)

// Settings are held in each process. What another process changes is seen by the next
// decision all the same, also if both changes were made at the same time by the clock.
func TestR9_TheNextDecisionGoesByWhatAnotherProcessChanged(t *testing.T) {
	t.Parallel()
	modeltest.EachMigrated(t, func(t *testing.T, dsn string) {
		both := modeltest.OpenTwice(t, dsn, clockwork.NewFakeClockAt(modeltest.Start))
		here, there := both[0], both[1]
		site := modeltest.Site(t, here)
		actor := modeltest.ActorOf(site)
		first := modeltest.Integration(t, here, site)
		lead, err := here.AcceptLead(t.Context(), modeltest.Lead(site, "lead-1"))
		require.NoError(t, err)
		read := func() models.Case {
			c, err := here.Case(t.Context(), lead.ConversionID)
			require.NoError(t, err)
			return c
		}
		before := read()
		require.Equal(t, 90, before.Site.LookbackDays)
		require.Len(t, before.Integrations, 1)
		require.Nil(t, before.Source)

		_, err = there.UpdateSite(t.Context(), actor, site.ID, func(s *websites.Site) error { s.LookbackDays = 7; return nil })
		require.NoError(t, err)
		require.Equal(t, 7, read().Site.LookbackDays)

		_, err = there.UpdateIntegration(t.Context(), actor, site.ID, first.ID, func(i *integrations.Integration) error {
			i.Enabled, i.Credentials = false, map[string]string{"secret": "whsec_another"}
			return nil
		})
		require.NoError(t, err)
		require.False(t, read().Integrations[0].Enabled)
		require.Equal(t, "whsec_another", read().Integrations[0].Credentials["secret"])

		second := modeltest.Integration(t, there, site)
		require.Len(t, read().Integrations, 2)
		require.NoError(t, there.DeleteIntegration(t.Context(), actor, site.ID, first.ID))
		require.Equal(t, second.ID, read().Integrations[0].ID)

		_, err = there.PutSource(t.Context(), actor, site.ID, "api", func(s *websites.Source) error { s.LateDataSeconds = 5; return nil })
		require.NoError(t, err)
		require.Equal(t, 5, read().Source.LateDataSeconds)
	})
}
