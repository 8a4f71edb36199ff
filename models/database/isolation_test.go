package database_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"ringback/models/database"
	"ringback/models/modeltest"
)

// TestCaseO05_ARoleWithAStricterIsolationIsNoObstacle changes a row that another transaction
// has changed since this one began. Under serializable, PostgreSQL refuses that.
func TestCaseO05_ARoleWithAStricterIsolationIsNoObstacle(t *testing.T) {
	t.Parallel()
	db := open(t, modeltest.PostgresDSN(t)+"&default_transaction_isolation=serializable")
	_, err := db.MigrateTo(t.Context(), database.Newest)
	require.NoError(t, err)
	require.NoError(t, db.Write(t.Context()).Create(&note{ID: "a", Text: "0"}).Error)
	change := func(tx *gorm.DB, to string) error {
		return tx.Model(&note{}).Where("id = 'a'").Update("text", to).Error
	}
	require.NoError(t, db.Tx(t.Context(), "changing a note", func(tx *gorm.DB) error {
		before, err := database.First[note](tx)
		require.NoError(t, err)
		require.Equal(t, "0", before.Text)
		require.NoError(t, db.Tx(t.Context(), "changing it meanwhile", func(tx *gorm.DB) error { return change(tx, "1") }))
		return change(tx, "2")
	}))
	after, err := database.First[note](db.Read(t.Context()))
	require.NoError(t, err)
	require.Equal(t, "2", after.Text)
}

// TestCaseO05_AStatementOfSeveralChangesWaitsUnderAStricterIsolation makes changes that follow
// from that of a row which another transaction is changing.
func TestCaseO05_AStatementOfSeveralChangesWaitsUnderAStricterIsolation(t *testing.T) {
	t.Parallel()
	dsn := modeltest.PostgresDSN(t)
	db, other := open(t, dsn+"&default_transaction_isolation=serializable"), modeltest.SQL(t, dsn)
	_, err := db.MigrateTo(t.Context(), database.Newest)
	require.NoError(t, err)
	require.NoError(t, db.Write(t.Context()).Create(&note{ID: "a", Text: "0"}).Error)
	tx, pid := modeltest.Holding(t, other, "UPDATE notes SET text = '1' WHERE id = 'a'")
	ended := make(chan error, 1)
	go func() {
		_, err := db.IfChanged(t.Context(), "changing a note", func(tx *gorm.DB) *gorm.DB {
			return tx.Model(&note{}).Where("id = 'a'").Update("text", "2")
		}, database.InsertAll([]plain{{ID: "b", Text: "follows"}}))
		ended <- err
	}()
	modeltest.Blocked(t, other, pid)
	require.NoError(t, tx.Commit())
	require.NoError(t, <-ended)
	var texts []string
	require.NoError(t, db.Read(t.Context()).Model(&note{}).Order("id").Pluck("text", &texts).Error)
	require.Equal(t, []string{"2", "follows"}, texts)
}
