package models_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/models/modeltest"
)

// TestG6_WhatIsStuckIsReadInTheOrderOfAnIndex looks for what is stuck where so much waits that
// PostgreSQL would not sort it: it would rather read all conversions in the order that is asked
// for, and hope to find enough early.
func TestG6_WhatIsStuckIsReadInTheOrderOfAnIndex(t *testing.T) {
	t.Parallel()
	l := newLargeSite(t, modeltest.FreshPostgres(t))
	l.plan["enable_sort"], l.plan["enable_incremental_sort"] = "off", "off"
	for _, mode := range []string{plannedForValues, plannedOnce} {
		s := l.store(t, modeltest.Start.Add(later), mode)
		taken(t, s.proxy)
		_, err := s.RequeueStuck(t.Context(), modeltest.Start.Add(later), 500)
		require.NoError(t, err)
		for _, fault := range faults(taken(t, s.proxy), l.large(t), usual) {
			t.Errorf("%s: %s", mode, fault)
		}
	}
}
