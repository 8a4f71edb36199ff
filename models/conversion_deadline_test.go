package models_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/models"
)

func TestG5_CallReportedLateIsHeldOpenForItsEnd(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		at      time.Time
		minutes int
		wanted  time.Time
	}{
		"reported at once":          {noon, 240, noon.Add(4 * time.Hour)},
		"start reported hours late": {noon.Add(-5 * time.Hour), 240, noon.Add(5 * time.Minute)},
		"short calls":               {noon, 1, noon.Add(5 * time.Minute)},
		"late, deadline ahead":      {noon.Add(-time.Hour), 240, noon.Add(3 * time.Hour)},
	} {
		c := models.Conversion{At: test.at, CreatedAt: noon}
		require.Equal(t, test.wanted, c.CloseAt(models.Site{MaxCallMinutes: test.minutes}), name)
	}
}
