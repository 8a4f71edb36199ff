package statements_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/models/modeltest"
	"ringback/test/statements"
)

func TestStatements_EachIsCountedOnce(t *testing.T) {
	t.Parallel()
	proxy, dsn := statements.Start(t, modeltest.PostgresDSN(t))
	db := modeltest.SQL(t, dsn)
	for range 2 { // the second is prepared already
		var one int
		require.NoError(t, db.QueryRowContext(t.Context(), "SELECT $1::int", 1).Scan(&one))
		require.Equal(t, 1, one)
	}
	tx, err := db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	require.NoError(t, tx.Rollback())

	var sent []string
	transactional := 0
	for _, s := range proxy.Take() {
		sent = append(sent, s.SQL)
		if s.Transactional() {
			transactional++
		}
	}
	require.Equal(t, []string{"SELECT $1::int", "SELECT $1::int", "begin", "rollback"}, sent)
	require.Equal(t, 2, transactional)
	require.Empty(t, proxy.Take())
}

func TestStatements_AreThereWithTheResult(t *testing.T) {
	t.Parallel()
	proxy, dsn := statements.Start(t, modeltest.PostgresDSN(t))
	db := modeltest.SQL(t, dsn)
	for range 500 {
		_, err := db.ExecContext(t.Context(), "SELECT $1::int", 1)
		require.NoError(t, err)
		taken := proxy.Take()
		require.Len(t, taken, 1)
		require.Equal(t, "SELECT $1::int", taken[0].SQL)
	}
}

func TestStatements_NoticesAreThereWithTheResult(t *testing.T) {
	t.Parallel()
	proxy, dsn := statements.Start(t, modeltest.PostgresDSN(t))
	db := modeltest.SQL(t, dsn)
	for range 50 {
		_, err := db.ExecContext(t.Context(), "DO $$ BEGIN RAISE NOTICE 'first'; RAISE NOTICE 'second'; END $$")
		require.NoError(t, err)
		require.Equal(t, []string{"first", "second"}, proxy.Notices())
	}
	require.Empty(t, proxy.Notices())
}
