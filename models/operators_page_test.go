package models_test

import (
	"os"
	"strings"
	"testing"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/models/modeltest"
)

// The operators' page starts work again after Temporal's data was lost.
func TestStatementsOfTheOperatorsPageStartOpenConversionsAgain(t *testing.T) {
	t.Parallel()
	statements := pageStatements(t, "INSERT INTO outbox")
	require.Len(t, statements, 2, "conversions and resends")
	modeltest.EachMigrated(t, func(t *testing.T, dsn string) {
		s := modeltest.Open(t, dsn, clockwork.NewFakeClockAt(modeltest.Start))
		sh := shopWith(t, s, 1)
		d := sh.call(t, "a call", started(modeltest.Start))
		db := rawDatabase(t, dsn)
		for _, statement := range statements {
			_, err := db.ExecContext(t.Context(), statement)
			require.NoError(t, err, statement)
		}
		var id, workflow string
		require.NoError(t, db.QueryRowContext(t.Context(), "SELECT conversion_id, workflow_id FROM outbox WHERE event_type = 'revived'").Scan(&id, &workflow))
		require.Equal(t, d.Conversion.ID, id)
		require.Equal(t, d.Conversion.WorkflowID, workflow)
	})
}

// pageStatements returns the statements of the block of SQL of the operators' page that
// begins with a text.
func pageStatements(t *testing.T, begins string) []string {
	t.Helper()
	page, err := os.ReadFile("../docs/operators.md")
	require.NoError(t, err)
	_, block, found := strings.Cut(string(page), "```sql\n"+begins)
	require.True(t, found)
	block, _, _ = strings.Cut(begins+block, "\n```")
	var statements []string
	for _, statement := range strings.Split(block, ";") {
		if statement = strings.TrimSpace(statement); statement != "" {
			statements = append(statements, statement)
		}
	}
	return statements
}
