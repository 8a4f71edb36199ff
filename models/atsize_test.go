package models_test

import (
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

// more are operations that may read more, each with the reason.
var more = map[string]struct {
	bounds bounds
	why    string
}{
	"Conversions: of days":      {bounds{10_000, 60, false}, "it reads the newest facts until it has a page of its days"},
	"Conversions: of an hour":   {bounds{600, 60, false}, "it reads the facts of its days"},
	"CRMPeople: of a figure":    {bounds{600, 60, false}, "it reads who became leads on its days"},
	"CRMPeople: of a channel":   {bounds{600, 60, false}, "it reads who became leads on its days"},
	"Opportunities: of figure":  {bounds{600, 60, false}, "it reads the opportunities of its days"},
	"Opportunities: of channel": {bounds{600, 60, false}, "it reads the opportunities of its days"},
	"Counts: campaign":          {bounds{1200, 60, false}, "each of its days has a hundred campaigns"},
	"EachCount":                 {bounds{1200, 60, false}, "each of its days has a hundred campaigns"},
	"Keys":                      {bounds{1200, 60, false}, "each of its days has a hundred campaigns"},
	"Sends":                     {bounds{1200, 60, false}, "each of its days has a hundred reasons"},
	"SendsByDay":                {bounds{1200, 60, false}, "each of its days has a hundred reasons"},
	"Work":                      {bounds{3000, 100, false}, "it adds up the facts of a day, which are a hundred, in each of 13 ways"},
	"WorkRevenue":               {bounds{5000, 100, false}, "it adds up the facts of a day, which are a hundred, in several ways"},
	"WorkJourneys":              {bounds{1200, 900, false}, "it computes the journeys of all that the operations before it have changed"},
	"CountDeliveries: failed":   {bounds{10_001, 60, false}, "it counts up to 10,000"},
	"OutboxStats":               {bounds{10_001, 60, false}, "it counts up to 10,000"},
	"StoreUnread, StillUnread, RemoveRead, DeleteUnread": {bounds{10_100, 60, false}, "a source has at most 10,000 unread messages"},
	"Unread":                      {bounds{10_001, 60, false}, "a source has at most 10,000 unread messages"},
	"UnreadBySource":              {bounds{10_001, 60, false}, "a source has at most 10,000 unread messages"},
	"UnreadMessages: of a source": {bounds{10_001, 60, false}, "a source has at most 10,000 unread messages"},
	"Touchpoints: at a position":  {bounds{math.MaxInt, 60, false}, "an index of positions would have each change of one written to all indexes"},
	"UnreadMessages: of a code":   {bounds{10_001, 60, false}, "a source has at most 10,000 unread messages"},
	"ForgetVisitor":               {bounds{30_000, 60, false}, "it looks for the visitor in the unread messages, of which a source has at most 10,000"},
	"PruneVisits":                 {bounds{10_001, 120, false}, "it looks for sites with unread messages"},
	"CreateIntegration, UpdateIntegration, SwitchOffIntegration, DeleteIntegration, RecordTest": {bounds{10_000, 120, false}, "it signals the calls that wait"},
	"Calls: of old days":      {bounds{math.MaxInt, 60, false}, "the calls that were accepted last come first, and PostgreSQL may read those of later days"},
	"EachRevenue":             {bounds{2000, 60, false}, "it reads the facts of a day, of which there are no sums yet"},
	"ReadRevenue":             {bounds{2000, 60, false}, "it reads the facts of a day, of which there are no sums yet"},
	"Revenue: whole":          {bounds{2000, 60, false}, "it reads the facts of a day, of which there are no sums yet"},
	"Revenue: channel":        {bounds{2000, 60, false}, "it reads the facts of a day, of which there are no sums yet"},
	"Revenue: subchannel":     {bounds{2000, 60, false}, "it reads the facts of a day, of which there are no sums yet"},
	"Revenue: source":         {bounds{2000, 60, false}, "it reads the facts of a day, of which there are no sums yet"},
	"Revenue: medium":         {bounds{2000, 60, false}, "it reads the facts of a day, of which there are no sums yet"},
	"Revenue: campaign":       {bounds{2000, 60, false}, "it reads the facts of a day, of which there are no sums yet"},
	"OpenConversions":         {bounds{10_000, 60, false}, "it counts what is open, the more rarely the longer it takes"},
	"UpdateIntegration":       {bounds{10_000, 60, false}, "it signals the calls that wait"},
	"PutSource, DeleteSource": {bounds{10_000, 60, false}, "it signals the calls that wait"},
	"CountPerson":             {bounds{math.MaxInt, 60, false}, "a person is looked for in all that a site has, rarely"},
	"ErasePerson":             {bounds{math.MaxInt, 120, false}, "a person is looked for in all that a site has, rarely"},
}

// TestG6_NoListAndNoSweepReadsALargeTable reads the plans of all that the service asks of its
// database, as PostgreSQL makes them for the values and for an average site.
func TestG6_NoListAndNoSweepReadsALargeTable(t *testing.T) {
	t.Parallel()
	l := newLargeSite(t, modeltest.FreshPostgres(t))
	large, all := l.large(t), l.all()
	for _, mode := range []string{plannedForValues, plannedOnce} {
		s := l.store(t, modeltest.Start.Add(later), mode)
		for _, name := range slices.Sorted(maps.Keys(all)) {
			taken(t, s.proxy)
			require.NoError(t, all[name](models.Viewing(t.Context()), s.Store), "%s, %s", name, mode)
			most, ok := more[name]
			if !ok {
				most.bounds = usual
			}
			for _, fault := range faults(taken(t, s.proxy), large, most.bounds) {
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
	for name := range (&largeSite{filters: map[string]bool{}}).all() {
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
		require.True(t, known[method.Name], "%s is no operation of newLargeSite: add it to the others", method.Name)
	}
	for method := range known {
		_, exists := store.MethodByName(method)
		require.True(t, exists, method)
	}
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
			require.True(t, l.filters[of.String()+"."+field.Name], "no list is read by %s.%s", of, field.Name)
		}
	}
}
