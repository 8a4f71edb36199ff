package e2e_test

import (
	"os"
	"testing"

	"ringback/test/e2e/harness"
)

func TestMain(m *testing.M) {
	code := m.Run()
	harness.RemoveBinaries()
	os.Exit(code)
}

// onBoth runs a test against a stack on SQLite and one on PostgreSQL.
func onBoth(t *testing.T, test func(t *testing.T, s *harness.Stack)) {
	for _, kind := range harness.Databases {
		t.Run(kind, func(t *testing.T) {
			dsn, _ := harness.NewDatabase(t, kind)
			test(t, harness.NewStack(t, harness.StackOptions{Database: dsn}))
		})
	}
}
