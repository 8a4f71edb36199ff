package cli

import (
	"strings"
	"testing"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/models"
	"ringback/models/modeltest"
	"ringback/models/websites"
)

// migrated returns the flags of a database with the schema, and a site in it.
func migrated(t *testing.T) (flags []string, store *models.Store, site websites.Site) {
	t.Helper()
	keys, _, err := command(t, "keys", "generate")
	require.NoError(t, err)
	dsn := modeltest.MigratedSQLite(t)
	store = modeltest.OpenWith(t, dsn, clockwork.NewRealClock(), strings.TrimSpace(keys))
	return []string{"--database-url", dsn, "--encryption-keys", strings.TrimSpace(keys)}, store, modeltest.Site(t, store)
}

func TestG8_EraseCountsFirstAndErasesWhatWasCounted(t *testing.T) {
	t.Parallel()
	flags, store, site := migrated(t)
	_, err := store.AcceptLead(t.Context(), modeltest.Lead(site, "lead-1"))
	require.NoError(t, err)
	erase := append(flags, "erase", "--phone", "+1 202 555 0123")

	out, _, err := command(t, erase...)
	require.NoError(t, err)
	require.Contains(t, out, "1 calls and leads, 0 visitors, 0 people of CRMs, 0 messages of providers: 1 in all")
	require.Contains(t, out, "--expected-count 1")
	_, errOut, err := command(t, append(erase, "--expected-count", "2")...)
	require.Equal(t, exitFailed, exitStatus(err))
	require.Contains(t, errOut, "count again")
	out, _, err = command(t, append(erase, "--expected-count", "1")...)
	require.NoError(t, err)
	require.Contains(t, out, "erased")
	out, _, err = command(t, erase...)
	require.NoError(t, err)
	require.Contains(t, out, "0 in all")
	require.Contains(t, out, "nothing is stored of this person")
	require.NotContains(t, out, "--expected-count")
}

func TestEraseNeedsAPersonAndAKnownSite(t *testing.T) {
	t.Parallel()
	flags, _, _ := migrated(t)
	for want, args := range map[string][]string{
		"--phone or --email is needed": {},
		"--email must be":              {"--email", "nobody"},
		"--phone must be":              {"--phone", "202 555 0123"},
		"with + and its country code":  {"--phone", "2025550123"}, // which is no number of Egypt
		"there is no such site":        {"--phone", "+12025550123", "--site", "site_none"},
	} {
		_, errOut, err := command(t, append(append(flags, "erase"), args...)...)
		require.Error(t, err)
		require.Contains(t, errOut, want)
	}
}

func TestRequeueAndRetryByCommand(t *testing.T) {
	t.Parallel()
	flags, store, site := migrated(t)
	integration := modeltest.Integration(t, store, site)
	waiting := modeltest.Delivery(t, store, site, integration)
	out, _, err := command(t, append(flags, "requeue")...)
	require.NoError(t, err)
	require.Contains(t, out, "1 calls, leads and resends that are not done")
	out, _, err = command(t, append(flags, "retry", "--delivery", waiting.ID)...)
	require.NoError(t, err)
	require.Contains(t, out, "1 delivery is tried now")
	out, _, err = command(t, append(flags, "retry", "--integration", integration.ID)...)
	require.NoError(t, err)
	require.Contains(t, out, "0 deliveries are tried now")
	for want, args := range map[string][]string{
		"either --delivery or --integration is needed": {},
		"there is no such delivery":                    {"--delivery", "dlv_none"},
		"there is no such integration":                 {"--integration", "int_none"},
	} {
		_, errOut, err := command(t, append(append(flags, "retry"), args...)...)
		require.Error(t, err)
		require.Contains(t, errOut, want)
	}
}
