package pages

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestPeriodsAround has periods with their neighbours, on 2026-03-10.
func TestPeriodsAround(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		from, to, before, after string
		unfinished              bool
	}{
		{"2026-02-10", "2026-02-16", "from=2026-02-03&to=2026-02-09", "from=2026-02-17&to=2026-02-23", false},
		{"2026-02-01", "2026-02-28", "from=2026-01-01&to=2026-01-31", "from=2026-03-01&to=2026-03-31", false},
		{"2025-12-01", "2025-12-31", "from=2025-11-01&to=2025-11-30", "from=2026-01-01&to=2026-01-31", false},
		{"2025-12-01", "2026-01-31", "from=2025-09-30&to=2025-11-30", "from=2026-02-01&to=2026-04-03", false},
		{"2026-03-09", "2026-03-09", "from=2026-03-08&to=2026-03-08", "from=2026-03-10&to=2026-03-10", false},
		{"2026-03-04", "2026-03-10", "from=2026-02-25&to=2026-03-03", "", true},
		{"2026-03-11", "2026-03-12", "from=2026-03-09&to=2026-03-10", "", false},
	} {
		s := Shell{Address: "/sites/site_1/overview?compare=none&compare_from=2026-01-01&period=7d"}
		before, after := s.around(Report{Period: Span{c.from, c.to}, Unfinished: c.unfinished, AsOf: now})
		require.Equal(t, "/sites/site_1/overview?compare=none&"+c.before, before, c.from)
		if c.after == "" {
			require.Empty(t, after, c.from)
			continue
		}
		require.Equal(t, "/sites/site_1/overview?compare=none&"+c.after, after, c.from)
	}
}
