package models_test

import (
	"database/sql"
	"fmt"
	"testing"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/internal/secrets"
	"ringback/models"
	"ringback/models/integrations"
	"ringback/models/modeltest"
	"ringback/models/websites"
)

// texts returns every value of a table.
func texts(t *testing.T, db *sql.DB, table string) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), "SELECT * FROM "+table)
	require.NoError(t, err)
	columns, err := rows.Columns()
	require.NoError(t, err)
	values := make([]any, len(columns))
	for n := range values {
		values[n] = new(any)
	}
	var all []string
	for rows.Next() {
		require.NoError(t, rows.Scan(values...))
		for _, v := range values {
			all = append(all, fmt.Sprintf("%s", *v.(*any)))
		}
	}
	require.NoError(t, rows.Err())
	require.NoError(t, rows.Close())
	require.NotEmpty(t, all)
	return all
}

func TestG8_CredentialsAreSealedAtRest(t *testing.T) {
	t.Parallel()
	modeltest.EachMigrated(t, func(t *testing.T, dsn string) {
		s := modeltest.Open(t, dsn, clockwork.NewRealClock())
		site := modeltest.Site(t, s)
		i := modeltest.Integration(t, s, site)
		source, err := s.PutSource(t.Context(), modeltest.ActorOf(site), site.ID, "callrail", func(x *websites.Source) error {
			x.Credentials = map[string]string{"signing_key": "signing-example"}
			return nil
		})
		require.NoError(t, err)

		raw := modeltest.SQL(t, dsn)
		for table, secret := range map[string]string{"integrations": "whsec_example", "site_sources": "signing-example"} {
			var sealed []byte
			require.NoError(t, raw.QueryRowContext(t.Context(), "SELECT credentials FROM "+table).Scan(&sealed))
			require.NotEmpty(t, sealed)
			require.NotContains(t, string(sealed), secret)
		}
		require.NotEmpty(t, source.HookKey)
		for _, table := range []string{"integration_versions", "audit_entries", "site_sources"} {
			for _, text := range texts(t, raw, table) {
				require.NotContains(t, text, source.HookKey)
				require.NotContains(t, text, "whsec_example")
				require.NotContains(t, text, "signing-example")
			}
		}

		read, err := s.Integration(t.Context(), site.AccountID, site.ID, i.ID)
		require.NoError(t, err)
		require.Equal(t, i.Credentials, read.Credentials)
		readSource, err := s.Source(t.Context(), site.AccountID, site.ID, "callrail")
		require.NoError(t, err)
		require.Equal(t, source.Credentials, readSource.Credentials)
		require.Equal(t, source.HookKey, readSource.HookKey)
	})
}

// A sealed value opens only in its own row.
func TestG8_SealedValuesCannotBeMoved(t *testing.T) {
	t.Parallel()
	modeltest.EachMigrated(t, func(t *testing.T, dsn string) {
		s := modeltest.Open(t, dsn, clockwork.NewRealClock())
		site := modeltest.Site(t, s)
		victim, thief := modeltest.Integration(t, s, site), modeltest.Integration(t, s, site)
		_, err := modeltest.SQL(t, dsn).ExecContext(t.Context(), fmt.Sprintf(
			"UPDATE integrations SET credentials = (SELECT credentials FROM integrations WHERE id = '%s') WHERE id = '%s'", victim.ID, thief.ID))
		require.NoError(t, err)
		read, err := s.Integration(t.Context(), site.AccountID, site.ID, thief.ID)
		require.NoError(t, err)
		require.True(t, read.CredentialsUnreadable)
		require.Empty(t, read.Credentials)
	})
}

func TestG8_RotatedKeysOpenOldSecretsAndResealDropsTheOldKey(t *testing.T) {
	t.Parallel()
	modeltest.EachMigrated(t, func(t *testing.T, dsn string) {
		oldKeys, err := secrets.Generate()
		require.NoError(t, err)
		s := modeltest.OpenWith(t, dsn, clockwork.NewRealClock(), oldKeys)
		site := modeltest.Site(t, s)
		i := modeltest.Integration(t, s, site)
		bare := modeltest.Integration(t, s, site, func(x *integrations.Integration) { x.Credentials = nil })
		source, err := s.PutSource(t.Context(), modeltest.ActorOf(site), site.ID, "callrail", func(*websites.Source) error { return nil })
		require.NoError(t, err)

		bothKeys, err := secrets.Rotate(oldKeys)
		require.NoError(t, err)
		rotated := modeltest.OpenWith(t, dsn, clockwork.NewRealClock(), bothKeys)
		read, err := rotated.Integration(t.Context(), site.AccountID, site.ID, i.ID)
		require.NoError(t, err)
		require.Equal(t, i.Credentials, read.Credentials)

		count, err := rotated.Reseal(t.Context())
		require.NoError(t, err)
		require.Equal(t, models.Resealed{Sealed: 2}, count)
		newKeys, err := secrets.Prune(bothKeys)
		require.NoError(t, err)
		readSource, err := modeltest.OpenWith(t, dsn, clockwork.NewRealClock(), newKeys).Source(t.Context(), site.AccountID, site.ID, "callrail")
		require.NoError(t, err)
		require.Equal(t, source.HookKey, readSource.HookKey)
		read, err = s.Integration(t.Context(), site.AccountID, site.ID, i.ID)
		require.NoError(t, err)
		require.True(t, read.CredentialsUnreadable, "the old key alone must not open what was sealed anew")
		read, err = rotated.Integration(t.Context(), site.AccountID, site.ID, i.ID)
		require.NoError(t, err)
		require.Equal(t, i.Credentials, read.Credentials)
		require.Equal(t, i.UpdatedAt, read.UpdatedAt, "sealing is no change of settings")
		read, err = rotated.Integration(t.Context(), site.AccountID, site.ID, bare.ID)
		require.NoError(t, err)
		require.Empty(t, read.Credentials)
	})
}
