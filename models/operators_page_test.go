package models_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/models/modeltest"
)

// The operators' page erases a person by statements of SQL, which have to know every
// table that holds something of a person.
func TestG8_StatementsOfTheOperatorsPageEraseAPerson(t *testing.T) {
	t.Parallel()
	const phone, email = "+12025550123", "visitor@example.com"
	statements := pageStatements(t, "BEGIN; CREATE TEMP TABLE")
	modeltest.EachMigrated(t, func(t *testing.T, dsn string) {
		s := modeltest.Open(t, dsn, clockwork.NewFakeClockAt(modeltest.Start.Add(2*time.Minute)))
		sh := shopWith(t, s, 2)
		w, db := web{s: s, plan: sh.plan(t)}, rawDatabase(t, dsn)
		mine, theirs := visitor(1), visitor(2)
		a := view(mine, "hit-1", modeltest.Start, fromAd)
		a.VisitorIDs, a.WantsNumbers = map[string]string{"bizible": "their-id-of-mine"}, true
		first := w.sees(t, a)
		call := rings(first.Numbers[0].Number, modeltest.Start.Add(time.Minute))
		call.Caller = phone
		sh.call(t, "a call", call)
		w.sends(t, view(mine, "lead-1", modeltest.Start.Add(time.Minute), home), conversion.Lead{Email: email})
		w.sends(t, view(theirs, "lead-2", modeltest.Start, home), conversion.Lead{Email: "other@example.com"})
		require.Subset(t, tablesWith(t, db, phone), []string{"conversions", "events", "person_keys"})
		_, err := s.Rebuild(t.Context(), sh.site.ID)
		require.NoError(t, err)
		require.Subset(t, tablesWith(t, db, mine), []string{"sessions", "journey_browsers", "journey_touchpoints"})

		one, err := db.Conn(t.Context())
		require.NoError(t, err)
		for _, statement := range statements {
			_, err := one.ExecContext(t.Context(), statement)
			require.NoError(t, err, statement)
		}
		require.NoError(t, one.Close())
		for _, text := range []string{phone, email, mine, "their-id-of-mine", first.SessionID} {
			require.Empty(t, tablesWith(t, db, text), text)
		}
		require.Contains(t, tablesWith(t, db, theirs), "sessions")
		for more := true; more; {
			progress, err := s.Rebuild(t.Context(), sh.site.ID)
			require.NoError(t, err)
			more = progress.More
		}
		require.Empty(t, tablesWith(t, db, mine), "what is computed again")
		require.Contains(t, tablesWith(t, db, "other@example.com"), "conversions")
	})
}

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
