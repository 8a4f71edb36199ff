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
