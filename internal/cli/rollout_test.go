package cli

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/worker"
)

func TestRolloutStatusNamesWhatCanBeStopped(t *testing.T) {
	t.Parallel()
	rollout := worker.Rollout{Current: "two", Ramping: "three", Percent: 12.5}
	for want, v := range map[string]worker.VersionState{
		"current":               {Build: "two"},
		"ramping, 12.5 percent": {Build: "three"},
		"draining: it still has runs, keep its workers": {Build: "one", Draining: true},
		"drained: its workers can be stopped":           {Build: "one", Drained: true},
		"waiting to be promoted":                        {Build: "four"},
	} {
		require.Equal(t, want, stateOf(v, rollout))
	}
}

func TestRolloutNeedsABuildAndAPercentage(t *testing.T) {
	t.Parallel()
	for want, args := range map[string][]string{
		"--percent must be from 0 to 100":        {"ramp", "two", "--percent", "101"},
		"missing flags: --percent":               {"ramp", "two"},
		"--worker-build (RINGBACK_WORKER_BUILD)": {"promote"},
		"expected \"<build>\"":                   {"move"},
	} {
		_, errOut, err := command(t, append([]string{"rollout"}, args...)...)
		require.Error(t, err)
		require.Contains(t, errOut, want)
	}
}
