package models_test

import (
	"cmp"
	"context"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/models"
	"ringback/models/alerting"
	"ringback/models/audit"
	"ringback/models/deliveries"
	"ringback/models/erasing"
	"ringback/models/figures"
	"ringback/models/integrations"
	"ringback/models/journeys"
	"ringback/models/modeltest"
	"ringback/models/received"
	"ringback/models/tracking"
	"ringback/models/visitors"
	"ringback/models/websites"
)

// usual is what an operation may read at most.
var usual = bounds{rows: 250, statements: 60}

// exception is a reason why some operations may read more than usual. A bound that is zero is
// the usual one.
type exception struct {
	why        string
	bounds     bounds
	operations []string
}

// more are the exceptions at any size.
var more = []exception{
	{"it reads the facts of its days", bounds{rows: 600}, []string{"Conversions: of days", "Conversions: of an hour"}},
	{"it reads who became leads on its days", bounds{rows: 600}, []string{"CRMPeople: of a figure", "CRMPeople: of a channel"}},
	{"it reads the opportunities of its days", bounds{rows: 600}, []string{"Opportunities: of figure", "Opportunities: of channel"}},
	{"each of its days has a hundred campaigns", bounds{rows: 1200}, []string{"Counts: campaign", "EachCount", "Keys"}},
	{"each of its days has a hundred reasons", bounds{rows: 1200}, []string{"Sends", "SendsByDay"}},
	{"it adds up the facts of a day, which are a hundred, in each of 13 ways", bounds{rows: 3000, statements: 100}, []string{"Work"}},
	{"it adds up the facts of a day, which are a hundred, in several ways", bounds{rows: 1200, statements: 100}, []string{"WorkRevenue"}},
	{"it computes the journeys of all that the operations before it have changed", bounds{rows: 1200, statements: 900}, []string{"WorkJourneys"}},
	{"it counts up to 10,000", bounds{rows: 10_001}, []string{"CountDeliveries: failed", "OutboxStats"}},
	{"a source has at most 10,000 unread messages", bounds{rows: 10_100}, []string{
		"StoreUnread, StillUnread, RemoveRead, DeleteUnread", "Unread", "UnreadBySource", "UnreadMessages: of a source", "UnreadMessages: of a code",
	}},
	{"it looks for the visitor in the unread messages, of which a source has at most 10,000", bounds{rows: 30_000}, []string{"ForgetVisitor"}},
	{"it looks for sites with unread messages", bounds{rows: 10_001, statements: 120}, []string{"PruneVisits"}},
	{"it signals the calls that wait", bounds{rows: 500, statements: 120}, []string{
		"CreateIntegration, UpdateIntegration, SwitchOffIntegration, DeleteIntegration, RecordTest",
	}},
	{"an index of positions would have each change of one written to all indexes", bounds{rows: math.MaxInt}, []string{"Touchpoints: at a position"}},
	{"a person is looked for in all that a site has, rarely", bounds{rows: math.MaxInt, statements: 120}, []string{"CountPerson", "ErasePerson"}},
}

// moreAtSize are the exceptions where PostgreSQL plans by its usual costs. It then reads many
// rows in the order of an index rather than sort a few of another, or in a row.
var moreAtSize = []exception{
	{"it reads the newest facts until it has a page of its days", bounds{rows: 10_000}, []string{"Conversions: of days"}},
	{"the calls that were accepted last come first, and those of later days may be read", bounds{rows: math.MaxInt}, []string{"Calls: of old days"}},
	{"it reads the facts of a day, of which there are no sums yet", bounds{rows: 5000, statements: 100}, []string{
		"WorkRevenue", "EachRevenue", "ReadRevenue", "Revenue: whole", "Revenue: channel", "Revenue: subchannel", "Revenue: source", "Revenue: medium", "Revenue: campaign",
	}},
	{"it counts what is open, the more rarely the longer it takes", bounds{rows: 10_000}, []string{"OpenConversions"}},
	{"it signals the calls that wait", bounds{rows: 10_000, statements: 120}, []string{
		"CreateIntegration, UpdateIntegration, SwitchOffIntegration, DeleteIntegration, RecordTest", "UpdateIntegration", "PutSource, DeleteSource",
	}},
	{"reading all of so few credits costs about as much as looking for those of the opportunities of its days", bounds{rows: 120_000, scans: true}, []string{
		"Opportunities: of figure", "Opportunities: of channel",
	}},
	{"it counts up to 10,000, in whatever order", bounds{rows: 10_001, scans: true}, []string{"OutboxStats"}},
	{"a person is looked for in all that a site has, rarely", bounds{rows: math.MaxInt, statements: 120, scans: true}, []string{"CountPerson", "ErasePerson"}},
}

// most returns what each operation may read at most that may not read as much as usual.
func (l *largeSite) most() map[string]bounds {
	exceptions := more
	if !l.isSmall() {
		exceptions = slices.Concat(more, moreAtSize)
	}
	most := map[string]bounds{}
	for _, x := range exceptions {
		for _, name := range x.operations {
			b := x.bounds
			b.rows, b.statements = cmp.Or(b.rows, usual.rows), cmp.Or(b.statements, usual.statements)
			most[name] = b
		}
	}
	return most
}

// TestG6_NoListAndNoSweepReadsALargeTable reads the plans of all that the service asks of its
// database, as PostgreSQL makes them for the values and for an average site.
func TestG6_NoListAndNoSweepReadsALargeTable(t *testing.T) {
	t.Parallel()
	l := newLargeSite(t, modeltest.FreshPostgres(t))
	large, all, most := l.large(t), l.all(), l.most()
	for _, mode := range []string{plannedForValues, plannedOnce} {
		s := l.store(t, modeltest.Start.Add(later), mode)
		for _, name := range slices.Sorted(maps.Keys(all)) {
			taken(t, s.proxy)
			require.NoError(t, all[name](models.Viewing(t.Context()), s.Store), "%s, %s", name, mode)
			bounds, is := most[name]
			if !is {
				bounds = usual
			}
			for _, fault := range faults(taken(t, s.proxy), large, bounds) {
				t.Errorf("%s, %s: %s", name, mode, fault)
			}
		}
	}
}

// TestG6_ErasingInPiecesReadsWhatIsErased has everything of a large site become too old, and erases
// it in pieces, while many marks wait. What is read may grow with what is erased, but not with that
// and the number of pieces.
func TestG6_ErasingInPiecesReadsWhatIsErased(t *testing.T) {
	t.Parallel()
	l := newLargeSite(t, modeltest.FreshPostgres(t))
	large := l.large(t)
	s := l.store(t, modeltest.Start.AddDate(0, 0, 367), plannedOnce)
	_, err := s.ChangeRetention(t.Context(), l.actor, l.site.ID, func(r *erasing.Retention) error {
		r.Conversions, r.RawBodies, r.AttemptBodies, r.PageViews, r.Messages = 300, 100, 100, 100, 100
		return nil
	})
	require.NoError(t, err)
	l.work(t, s.Store)
	l.fill(t, "journey_marks", `jsonb_build_object('seq', 1000000000 + g, 'site_id', '`+l.site.ID+`', 'kind', 'visitor', 'ref', 'another-' || g, 'created_at', now(), 'failures', 0)`, l.count)
	progress := modeltest.NewProgress()
	for _, x := range []struct {
		name  string
		most  int
		sweep func() error
	}{
		{"ForgetVisitor", l.count * 4, func() error { return s.ForgetVisitor(t.Context(), l.site.ID, "visitor-of-the-sample") }},
		{"Expire", l.count * readToErase, func() error { return s.Expire(t.Context(), progress) }},
		{"PruneVisits", l.count * readToErase, func() error { _, err := s.PruneVisits(t.Context(), 50, progress); return err }},
	} {
		taken(t, s.proxy)
		require.NoError(t, x.sweep())
		for _, fault := range faults(taken(t, s.proxy), large, bounds{rows: x.most, statements: math.MaxInt, bloated: true}) {
			t.Errorf("%s: %s", x.name, fault)
		}
	}
	for _, what := range []string{"visits", "conversions", "raw_bodies", "attempt_bodies", "page_views", "messages"} {
		require.Positive(t, progress.Rows[what], what)
	}
	require.GreaterOrEqual(t, progress.Rows["visits"], l.count)
	require.GreaterOrEqual(t, progress.Rows["conversions"], l.count*9/10)
}

// readToErase is how many rows of a table are read at most for each that is erased.
const readToErase = 12

// all returns all operations.
func (l *largeSite) all() operations {
	return l.reading().with(l.settingsChanged(), l.usersChanged(), l.taking(), l.crmChanged(), l.background())
}

// TestG6_EveryMethodOfTheStoreIsPlanned compares the operations with the methods of the store.
func TestG6_EveryMethodOfTheStoreIsPlanned(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	all := (&largeSite{filters: map[string]bool{}}).all()
	for name := range all {
		methods, _, _ := strings.Cut(name, ":")
		for method := range strings.SplitSeq(methods, ", ") {
			known[method] = true
		}
	}
	store := reflect.TypeFor[*models.Store]()
	for i := range store.NumMethod() {
		method := store.Method(i)
		if why, ok := partsOf[method.Name]; ok {
			require.NotEmpty(t, why)
			require.False(t, known[method.Name], "%s is an operation", method.Name)
			continue
		}
		if method.Type.NumIn() < 2 || method.Type.In(1) != reflect.TypeFor[context.Context]() {
			continue // it takes part in the transaction of another method
		}
		require.True(t, known[method.Name], "%s is no operation: add it to one of models/operations_*_test.go, or to partsOf with the reason", method.Name)
	}
	for method := range known {
		_, exists := store.MethodByName(method)
		require.True(t, exists, method)
	}
	for _, x := range slices.Concat(more, moreAtSize) {
		for _, name := range x.operations {
			require.Contains(t, all, name, "may read more: %s", x.why)
		}
	}
}

// TestG6_EveryTableHasTheRowsOfALargeSite compares what fills the large site with the tables of the
// schema: a table without rows may be read as a whole, and no test notices it.
func TestG6_EveryTableHasTheRowsOfALargeSite(t *testing.T) {
	t.Parallel()
	filled := map[string]bool{"goose_db_version": true}
	for _, rows := range (&largeSite{}).rows() {
		filled[rows.table] = true
	}
	tables := tablesOf(t, modeltest.SQL(t, modeltest.MigratedSQLite(t)))
	for _, table := range tables {
		isUnfilled := unfilled[table] != "" || strings.HasPrefix(table, "sqlite_")
		require.NotEqual(t, filled[table], isUnfilled, "%s: add rows of it to largesite_test.go, or the reason to unfilled", table)
	}
	require.Subset(t, tables, slices.Collect(maps.Keys(unfilled)))
}

// TestG6_EveryFilterOfAListIsPlanned compares the operations with the fields of the filters: each
// has a list with this filter alone.
func TestG6_EveryFilterOfAListIsPlanned(t *testing.T) {
	t.Parallel()
	l := &largeSite{filters: map[string]bool{}, site: websites.Site{ID: "site", AccountID: "account"}, to: integrations.Integration{ID: "integration"}, number: tracking.Number{ID: "number"}}
	l.all()
	for _, filter := range []any{
		models.ConversionFilter{}, figures.Filter{}, deliveries.Filter{}, visitors.SessionFilter{}, journeys.TouchpointFilter{}, journeys.CallFilter{},
		received.UnreadFilter{}, tracking.AssignmentFilter{}, audit.Filter{}, alerting.Filter{},
	} {
		of := reflect.TypeOf(filter)
		for field := range of.Fields() {
			require.True(t, l.filters[of.String()+"."+field.Name], "no list is read by %s.%s: add one to models/operations_*_test.go", of, field.Name)
		}
	}
}
