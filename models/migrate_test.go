package models_test

import (
	"strings"
	"testing"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/explanation"
	"ringback/internal/fault"
	"ringback/models"
	"ringback/models/modeltest"
)

func TestMigrateFromEmpty(t *testing.T) {
	t.Parallel()
	modeltest.EachDSN(t, func(t *testing.T, dsn string) {
		s, all := modeltest.Open(t, dsn, clockwork.NewRealClock()), migrationNames(t)
		err := s.CheckSchema(t.Context())
		requireCode(t, fault.Unavailable, err)
		require.ErrorContains(t, err, "Missing: "+strings.Join(all, ", "))
		require.Contains(t, explanation.Error(err), "ringback migrate")

		applied, err := models.Migrate(t.Context(), s)
		require.NoError(t, err)
		require.Equal(t, all, applied)
		require.NoError(t, s.CheckSchema(t.Context()))

		applied, err = models.Migrate(t.Context(), s)
		require.NoError(t, err)
		require.Empty(t, applied)
	})
}

func TestMigrateTwiceAtOnce(t *testing.T) {
	t.Parallel()
	dsn := modeltest.PostgresDSN(t)
	atOnce(t, 3, func(int) error {
		s := modeltest.Open(t, dsn, clockwork.NewRealClock())
		_, err := models.Migrate(t.Context(), s)
		return err
	})
}

func TestNewerSchemaIsRefused(t *testing.T) {
	t.Parallel()
	modeltest.EachDSN(t, func(t *testing.T, dsn string) {
		s := modeltest.Open(t, dsn, clockwork.NewRealClock())
		_, err := models.Migrate(t.Context(), s)
		require.NoError(t, err)
		_, err = modeltest.SQL(t, dsn).ExecContext(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, true)")
		require.NoError(t, err)
		err = s.CheckSchema(t.Context())
		requireCode(t, fault.Unavailable, err)
		require.ErrorContains(t, err, "Current: 99999")
	})
}

func TestUnknownDSNIsRefused(t *testing.T) {
	t.Parallel()
	for _, dsn := range []string{"", "mysql://localhost/db", "sqlite:", "/some/file.db"} {
		_, err := models.Open(t.Context(), models.Options{DSN: dsn})
		require.ErrorContains(t, err, "expected", dsn)
	}
}
