package rules_test

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheServiceDependsOnNoTemporalServer(t *testing.T) {
	t.Parallel()
	module := read(t, "go.mod")
	require.NotContains(t, module, "go.temporal.io/server", "the embedded server belongs to the module dev")
	require.NotContains(t, module, "github.com/temporalio/ui-server")
	require.NotRegexp(t, `(?m)^replace `, module, "what is built must be what the module names")
}

func TestBothModulesUseOneSDK(t *testing.T) {
	t.Parallel()
	sdk := regexp.MustCompile(`go\.temporal\.io/sdk (v\S+)`)
	service := sdk.FindStringSubmatch(read(t, "go.mod"))
	dev := sdk.FindStringSubmatch(read(t, "dev/go.mod"))
	require.NotNil(t, service)
	require.NotNil(t, dev)
	require.Equal(t, service[1], dev[1])
}
