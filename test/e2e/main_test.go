package e2e_test

import (
	"testing"

	"ringback/test/e2e/harness"
)

// onBoth runs a test against a stack on SQLite and one on PostgreSQL.
func onBoth(t *testing.T, test func(t *testing.T, s *harness.Stack)) {
	for _, kind := range harness.Databases {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			test(t, harness.NewStack(t, harness.StackOptions{Database: harness.SharedDatabase(t, kind)}))
		})
	}
}
