package workflows_test

import (
	"log/slog"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/log"
	sdk "go.temporal.io/sdk/worker"

	"ringback/worker"
)

// replay runs today's code against a history that an earlier one made.
func replay(t *testing.T, file string) error {
	t.Helper()
	replayer, err := sdk.NewWorkflowReplayerWithOptions(sdk.WorkflowReplayerOptions{DisableRegistrationAliasing: true})
	require.NoError(t, err)
	worker.RegisterWorkflows(replayer)
	return replayer.ReplayWorkflowHistoryFromJSONFile(log.NewStructuredLogger(slog.New(slog.DiscardHandler)), file)
}

func histories(t *testing.T, folder string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", folder, "*.json"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	return files
}

// A workflow that waits for a call may outlive a deployment: every history ever
// recorded has to replay. A change that breaks one needs workflow.GetVersion.
func TestReplay_RecordedHistories(t *testing.T) {
	t.Parallel()
	for _, file := range histories(t, "histories") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			require.NoError(t, replay(t, file))
		})
	}
}

// These were edited so that they do not fit the code: the replayer has to notice.
func TestReplay_NoticesHistoriesThatDoNotFit(t *testing.T) {
	t.Parallel()
	for _, file := range histories(t, "bad-histories") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			require.ErrorContains(t, replay(t, file), "TMPRL1100")
		})
	}
}
