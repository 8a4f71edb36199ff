package modeltest

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Digits is SQL for the number of a copy that Multiply makes, with eight digits.
const Digits = "substr(CAST(100000000 + n AS text), 2)"

// Multiply adds copies of a row, with other values of some columns: SQL with the number n of
// the copy. Their ids sort by it.
func Multiply(t testing.TB, db *sql.DB, table, id string, count int, changed map[string]string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), "SELECT * FROM "+table+" LIMIT 0")
	require.NoError(t, err)
	columns, err := rows.Columns()
	require.NoError(t, err)
	require.NoError(t, rows.Err())
	require.NoError(t, rows.Close())
	selected := make([]string, len(columns))
	for i, column := range columns {
		selected[i] = column
		if value, is := changed[column]; is {
			selected[i] = value
		}
		if column == "id" {
			selected[i] = "'" + id[:len(id)-8] + "' || " + Digits
		}
	}
	statement := fmt.Sprintf("WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < %d) INSERT INTO %s (%s) SELECT %s FROM %s, numbers WHERE id = '%s'",
		count, table, strings.Join(columns, ", "), strings.Join(selected, ", "), table, id)
	_, err = db.ExecContext(t.Context(), statement)
	require.NoError(t, err, statement)
}
