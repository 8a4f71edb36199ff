package models_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/internal/delivery"
	"ringback/internal/fault"
)

// example is a reason of deliveries where the tests do not depend on it.
var example = delivery.Reason{Code: delivery.ReasonBroken}

func isConflict(err error) bool { return err != nil && fault.CodeOf(err) == fault.Conflict }

func requireCode(t *testing.T, code fault.Code, err error) {
	t.Helper()
	require.Error(t, err)
	require.Equal(t, code, fault.CodeOf(err), err.Error())
}
