package revenue_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/models/modeltest"
	"ringback/models/revenue"
)

// statistics are those that ANALYZE found in a SQLite with a million touchpoints of eleven sites.
const statistics = `INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
	('journey_touchpoints', 'journey_touchpoints_by_time', '1094307 99483 99483 1 1'),
	('journey_touchpoints', 'journey_touchpoints_by_day', '1094307 99483 99483 137'),
	('journey_touchpoints', 'journey_touchpoints_by_person', '1094307 99483 99483 4 1'),
	('journey_touchpoints', 'journey_touchpoints_by_kind', '1094307 99483 99483 33161'),
	('journey_touchpoints', 'journey_touchpoints_by_type', '1094307 99483 99483 33161'),
	('journey_touchpoints', 'journey_touchpoints_by_source', '1094307 99483 99483 1000'),
	('journey_touchpoints', 'journey_touchpoints_by_medium', '1094307 99483 99483 20000'),
	('journey_touchpoints', 'journey_touchpoints_by_channel', '1094307 99483 99483 15000'),
	('journey_touchpoints', 'journey_touchpoints_by_subchannel', '1094307 99483 99483 15000'),
	('journey_touchpoints', 'journey_touchpoints_by_campaign', '1094307 99483 99483 66'),
	('journey_touchpoints', 'sqlite_autoindex_journey_touchpoints_1', '1094307 99483 99483 1'),
	('journey_credits', 'journey_credits_by_touchpoint', '342555 31142 31142 5'),
	('journey_credits', 'sqlite_autoindex_journey_credits_1', '342555 31142 31142 15 3 1'),
	('revenue_deals', 'revenue_deals_opened', '22837 2077 2077 12'),
	('revenue_deals', 'revenue_deals_closed', '11233 1022 1022 10'),
	('revenue_deals', 'sqlite_autoindex_revenue_deals_1', '22837 2077 2077 1')`

// TestM8_APartOfADayIsFoundByItsDay plans the statement that takes longest of those for the
// last day of a comparison. SQLite cannot tell how few touchpoints a span of time has. It
// would begin with all opportunities that were ever won, which took a second.
func TestM8_APartOfADayIsFoundByItsDay(t *testing.T) {
	t.Parallel()
	dsn := modeltest.MigratedSQLite(t)
	db := modeltest.SQL(t, dsn)
	for _, statement := range []string{"ANALYZE", statistics} {
		_, err := db.ExecContext(t.Context(), statement)
		require.NoError(t, err)
	}
	statement, parameters := revenue.RealizedUntil("site_1", time.Date(2025, 11, 27, 11, 0, 0, 0, time.UTC))
	rows, err := modeltest.SQL(t, dsn).QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+statement, parameters...)
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	var steps []string
	for rows.Next() {
		var id, parent, unused int
		var step string
		require.NoError(t, rows.Scan(&id, &parent, &unused, &step))
		steps = append(steps, step)
	}
	require.NoError(t, rows.Err())
	require.Contains(t, steps[1], "SEARCH o USING INDEX journey_touchpoints_by_day", "%q", steps)
}
