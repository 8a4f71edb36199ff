package activities_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/testsuite"

	"ringback/activities"
	"ringback/destinations"
	"ringback/destinations/salesforce"
	"ringback/internal/delivery"
	"ringback/internal/fault"
	"ringback/internal/outbound"
	"ringback/models"
	"ringback/models/integrations"
	"ringback/models/journeys"
	"ringback/models/modeltest"
	"ringback/models/readings"
	"ringback/models/websites"
	"ringback/test/salesforcefake"
	"ringback/workflows"
)

var _ activities.ReadingStore = (*models.Store)(nil)

const readBizibleID = "08c1063cb0a64349ad0d2d862f5cc700"

// crmWorld is an org that a site's integration reads into a real store.
type crmWorld struct {
	*salesforcefake.Org
	*activities.Reading
	store       *models.Store
	site        websites.Site
	integration integrations.Integration
}

func readsSalesforce(t *testing.T, s *models.Store, clock clockwork.Clock) *crmWorld {
	t.Helper()
	w := &crmWorld{Org: salesforcefake.New(true), store: s, site: modeltest.Site(t, s)}
	w.Now = clock.Now
	server := httptest.NewServer(w.Org)
	t.Cleanup(server.Close)
	w.integration = modeltest.Integration(t, s, w.site, func(i *integrations.Integration) {
		i.Type = "salesforce"
		i.Settings.Options = map[string]string{"my_domain": server.URL, "read": "yes", "currency": "USD"}
		i.Credentials = map[string]string{"client_id": salesforcefake.ClientID, "client_secret": salesforcefake.ClientSecret}
	})
	client := outbound.New(outbound.Options{AllowPrivate: true})
	t.Cleanup(client.Close)
	w.Reading = &activities.Reading{
		Store: s, Destinations: destinations.NewRegistry(salesforce.New(clock)), Outbound: client, Gate: gateOf(clock),
		Clock: clock, Jitter: func() float64 { return 0 }, Logger: slog.New(slog.DiscardHandler),
	}
	_, err := s.Marks(t.Context(), 100, journeys.ComputedKinds()...)
	require.NoError(t, err)
	return w
}

// part reads one part.
func (w *crmWorld) part(t *testing.T) (workflows.ReadCRM, error) {
	t.Helper()
	return w.partBy(t, w.ReadCRM)
}

func (w *crmWorld) partBy(t *testing.T, read func(context.Context, workflows.ReadingInput) (workflows.ReadCRM, error)) (workflows.ReadCRM, error) {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestActivityEnvironment()
	env.RegisterActivity(read)
	var part workflows.ReadCRM
	value, err := env.ExecuteActivity(read, workflows.ReadingInput{IntegrationID: w.integration.ID, SiteID: w.site.ID})
	if err == nil {
		require.NoError(t, value.Get(&part))
	}
	return part, err
}

// round reads everything that has changed, and returns how many records had.
func (w *crmWorld) round(t *testing.T) int {
	t.Helper()
	changes := 0
	for {
		part, err := w.part(t)
		require.NoError(t, err)
		changes += part.Changes
		if part.State != string(readings.Running) {
			require.Equal(t, string(readings.Done), part.State)
			require.Equal(t, 5*time.Minute, part.Wait)
			return changes
		}
	}
}

func (w *crmWorld) state(t *testing.T) (readings.Reading, map[string]readings.Object) {
	t.Helper()
	reading, list, err := w.store.CRMReading(t.Context(), w.site.AccountID, w.site.ID, w.integration.ID)
	require.NoError(t, err)
	objects := map[string]readings.Object{}
	for _, o := range list {
		objects[o.Object] = o
	}
	return reading, objects
}

// tasks returns the stored Tasks by their ids in the CRM.
func (w *crmWorld) tasks(t *testing.T) map[string]journeys.Task {
	t.Helper()
	found := map[string]journeys.Task{}
	for page := (models.Page{Limit: 500}); ; {
		list, next, err := w.store.Tasks(t.Context(), w.site.AccountID, w.site.ID, page)
		require.NoError(t, err)
		for _, task := range list {
			_, twice := found[task.ExternalID] // require.NotContains compares with every key
			require.False(t, twice, task.ExternalID)
			found[task.ExternalID] = task
		}
		if page.Cursor = next; next == "" {
			return found
		}
	}
}

// marked takes the marks that wait, and returns those of a kind.
func (w *crmWorld) marked(t *testing.T, kind journeys.MarkKind) (refs []string) {
	t.Helper()
	marks, err := w.store.Marks(t.Context(), 10_000, journeys.ComputedKinds()...)
	require.NoError(t, err)
	require.NoError(t, w.store.MarksDone(t.Context(), marks))
	for _, m := range marks {
		if m.Kind == kind {
			refs = append(refs, m.Ref)
		}
	}
	return refs
}

func TestM7_ATypeThatIsFilledInLaterIsReadAgain(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		w := readsSalesforce(t, s, clock)
		called := w.Add("Task", salesforcefake.Record{"bizible2__BizibleId__c": readBizibleID, "WhoId": "00Q1", "CallObject": "ringback:cnv_1"})
		w.Add("Task", salesforcefake.Record{"Type": "Email", "WhoId": "00Q1"}) // nothing that becomes a touchpoint
		require.Equal(t, 1, w.round(t))
		require.Len(t, w.tasks(t), 1)
		require.Equal(t, "cnv_1", w.tasks(t)[called].ConversionID)
		w.marked(t, journeys.MarkTask)

		clock.Advance(time.Hour)
		require.Zero(t, w.round(t), "nothing has changed")
		require.Empty(t, w.marked(t, journeys.MarkTask))

		long := strings.Repeat("Left Message ", 24)[:300]
		w.Change("Task", called, salesforcefake.Record{"Type": long, "WhoId": "0031"})
		require.Equal(t, 1, w.round(t))
		task := w.tasks(t)[called]
		require.Equal(t, []string{task.ID}, w.marked(t, journeys.MarkTask)[:1], "its touchpoint is computed again")
		require.Equal(t, strings.TrimSpace(long), task.Type)
		require.Equal(t, "0031", task.Person)

		w.Change("Task", called, salesforcefake.Record{"bizible2__BizibleId__c": nil, "CallObject": nil})
		require.Equal(t, 1, w.round(t), "what is taken away counts too")
		require.Empty(t, w.tasks(t)[called].BizibleID)
		w.Change("Task", called, salesforcefake.Record{"IsDeleted": true})
		require.Equal(t, 1, w.round(t))
		require.True(t, w.tasks(t)[called].Deleted)
	})
}

func TestG2_PeopleAndOpportunitiesAreStoredAsTheCRMHasThem(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		w := readsSalesforce(t, s, clock)
		lead := w.Add("Lead", salesforcefake.Record{"Email": "visitor@example.com", "Phone": "(202) 555-0123"})
		odd := w.Add("Lead", salesforcefake.Record{"Phone": "call me"})
		deal := w.Add("Opportunity", salesforcefake.Record{"AccountId": "001A", "StageName": "Prospecting", "Amount": 250.5})
		require.Equal(t, 3, w.round(t), "an opportunity without people is one too")

		clock.Advance(time.Hour)
		contact := w.Convert(lead, "001A")
		w.Add("OpportunityContactRole", salesforcefake.Record{"OpportunityId": deal, "ContactId": contact, "IsPrimary": true})
		w.Change("Opportunity", deal, salesforcefake.Record{"StageName": "Closed Won"})
		w.Change("Lead", odd, salesforcefake.Record{"IsDeleted": true})
		w.round(t)
		people, _, err := s.CRMPeople(t.Context(), w.site.AccountID, w.site.ID, models.Page{})
		require.NoError(t, err)
		require.Len(t, people, 2)
		byID := map[string]string{}
		for _, p := range people {
			require.Equal(t, modeltest.Caller, p.Phone)
			byID[p.ExternalID] = p.SameAs
		}
		require.Equal(t, map[string]string{lead: contact, contact: ""}, byID)
		deals, _, err := s.Opportunities(t.Context(), w.site.AccountID, w.site.ID, models.Page{})
		require.NoError(t, err)
		require.Len(t, deals, 1)
		require.True(t, deals[0].Won)
		require.Equal(t, int64(25050), deals[0].Amount)
		require.Equal(t, contact, deals[0].People[0].Person)
		require.Len(t, deals[0].Stages, 2)

		w.Change("Opportunity", deal, salesforcefake.Record{"IsDeleted": true})
		require.Equal(t, 1, w.round(t))
		_, objects := w.state(t)
		require.Equal(t, int64(1), objects["Opportunity"].Deletions)
	})
}

func TestADaysOutageIsRecoveredFrom(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault salesforcefake.Fault
		state readings.State
	}{
		"away":            {salesforcefake.Fault{Status: http.StatusServiceUnavailable}, readings.Failing},
		"sign-in refused": {salesforcefake.Fault{Path: "/services/oauth2/token", Status: http.StatusBadRequest, Code: "invalid_grant"}, readings.SignIn},
		"requests used":   {salesforcefake.Fault{Status: http.StatusForbidden, Code: "REQUEST_LIMIT_EXCEEDED"}, readings.Paused},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
				w := readsSalesforce(t, s, clock)
				task := w.Add("Task", salesforcefake.Record{"bizible2__BizibleId__c": readBizibleID})
				if test.state != readings.SignIn {
					require.Equal(t, 1, w.round(t))
				}
				w.Fail(test.fault)
				for healed := clock.Now().Add(24 * time.Hour); clock.Now().Before(healed); {
					part, err := w.part(t)
					require.NoError(t, err)
					require.Equal(t, string(test.state), part.State)
					clock.Advance(part.Wait)
				}
				reading, _ := w.state(t)
				require.Equal(t, test.state, reading.State)
				require.NotEmpty(t, reading.Reason.Code)
				require.Less(t, len(w.Requests()), 150, "a day's outage is not a day's load")

				w.Heal()
				w.Change("Task", task, salesforcefake.Record{"Type": "Call"})
				clock.Advance(time.Hour)
				require.Equal(t, 1, w.round(t))
				require.Equal(t, "Call", w.tasks(t)[task].Type)
				reading, _ = w.state(t)
				require.True(t, reading.Reason.IsZero())
			})
		})
	}
}

func TestAnObjectThatMayNotBeReadStopsNoOther(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		w := readsSalesforce(t, s, clock)
		w.Fail(salesforcefake.Fault{Path: "/sobjects/Lead/", Status: http.StatusNotFound, Code: "NOT_FOUND"})
		w.Add("Task", salesforcefake.Record{"bizible2__BizibleId__c": readBizibleID})
		part, err := w.part(t)
		require.NoError(t, err)
		require.Equal(t, string(readings.Failing), part.State)
		require.Len(t, w.tasks(t), 1)
		_, objects := w.state(t)
		require.Equal(t, delivery.ReasonCode("salesforce.not_readable"), objects["Lead"].Reason.Code)
		require.True(t, objects["Task"].Reason.IsZero())
	})
}

// killing is a store that fails after some pages, as a process that is killed.
type killing struct {
	*models.Store
	pages int
}

var errKilled = errors.New("killed")

func (k *killing) StorePage(ctx context.Context, run *readings.Run, object *readings.Object, page readings.Page, alive time.Duration) (int, error) {
	if k.pages--; k.pages < 0 {
		return 0, errKilled
	}
	return k.Store.StorePage(ctx, run, object, page, alive)
}

func TestG2_KilledWhileManyPagesAreReadEachRecordIsStoredOnce(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		w := readsSalesforce(t, s, clock)
		const count = 2*salesforcefake.PageSize + 10
		var ids []string
		for i := range count {
			ids = append(ids, w.Add("Task", salesforcefake.Record{
				"bizible2__BizibleId__c": readBizibleID, "IsArchived": i%2 == 0, "IsDeleted": i%3 == 0,
			}))
			clock.Advance(time.Second)
		}
		for kill := range 5 {
			w.Store = &killing{s, kill}
			_, err := w.part(t)
			require.Error(t, err)
			if kill == 3 {
				w.Change("Task", ids[0], salesforcefake.Record{"Type": "changed while it is read"})
			}
		}
		w.Store = s
		changes := w.round(t)
		require.Len(t, w.tasks(t), count)
		require.Equal(t, "changed while it is read", w.tasks(t)[ids[0]].Type)
		require.Less(t, changes, count, "what was stored before is not read again")
		clock.Advance(time.Hour)
		require.Zero(t, w.round(t))
	})
}

func TestARunThatWasOvertakenStoresNothing(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		w := readsSalesforce(t, s, clock)
		old, err := s.BeginRun(t.Context(), w.site.ID, w.integration.ID, "key", []string{"Task"}, time.Minute)
		require.NoError(t, err)
		_, err = s.BeginRun(t.Context(), w.site.ID, w.integration.ID, "key", []string{"Task"}, time.Minute)
		require.NoError(t, err)
		_, err = s.StorePage(t.Context(), &old, &old.Objects[0], readings.Page{Tasks: []journeys.Task{{ExternalID: "00T1"}}}, time.Minute)
		require.ErrorIs(t, err, readings.ErrOvertaken)
		require.Empty(t, w.tasks(t))
		require.ErrorIs(t, s.EndRun(t.Context(), &old, readings.Outcome{State: readings.Done}), readings.ErrOvertaken)
	})
}

// TestChangesThatBecomeVisibleLateAreRead adds a record whose stamp is earlier than that
// of one that was read already, as a long transaction does.
func TestChangesThatBecomeVisibleLateAreRead(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		w := readsSalesforce(t, s, clock)
		w.Add("Task", salesforcefake.Record{"bizible2__BizibleId__c": readBizibleID})
		require.Equal(t, 1, w.round(t))
		clock.Advance(5 * time.Minute)
		w.Add("Task", salesforcefake.Record{
			"bizible2__BizibleId__c": readBizibleID, "SystemModstamp": modeltest.Start.Add(-4 * time.Minute).Format("2006-01-02T15:04:05.000+0000"),
		})
		require.Equal(t, 1, w.round(t))
		_, objects := w.state(t)
		require.False(t, objects["Task"].Settled)
		clock.Advance(15 * time.Minute)
		require.Zero(t, w.round(t))
		_, objects = w.state(t)
		require.True(t, objects["Task"].Settled)
		require.Zero(t, w.round(t))
		_, after := w.state(t)
		require.Equal(t, objects["Task"].Records, after["Task"].Records, "the overlap is read as long as it is needed")
	})
}

func TestReadingThatIsNotWantedIsOff(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*integrations.Integration){
		"option":   func(i *integrations.Integration) { i.Settings.Options["read"] = "no" },
		"disabled": func(i *integrations.Integration) { i.Enabled = false },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
				w := readsSalesforce(t, s, clock)
				w.Add("Task", salesforcefake.Record{"bizible2__BizibleId__c": readBizibleID})
				require.Equal(t, 1, w.round(t))
				set := func(change func(*integrations.Integration)) {
					_, err := s.UpdateIntegration(t.Context(), modeltest.ActorOf(w.site), w.site.ID, w.integration.ID, func(i *integrations.Integration) error { change(i); return nil })
					require.NoError(t, err)
				}
				set(change)
				part, err := w.part(t)
				require.NoError(t, err)
				require.True(t, part.Off)
				reading, _ := w.state(t)
				require.Equal(t, readings.Off, reading.State)
				require.Nil(t, reading.NextAt, "nobody starts it again")
				set(func(i *integrations.Integration) { i.Enabled, i.Settings.Options["read"] = true, "yes" })
				require.Zero(t, w.round(t), "it goes on where it was")
				set(func(i *integrations.Integration) { i.Settings.Options["read_days"] = "30" })
				require.Zero(t, w.round(t), "everything is read again, and nothing has changed")
			})
		})
	}
	t.Run("unknown integration", func(t *testing.T) {
		t.Parallel()
		modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
			w := readsSalesforce(t, s, clock)
			w.integration.ID = "int_unknown"
			_, err := w.part(t)
			require.ErrorContains(t, err, string(fault.NotFound))
		})
	})
}

func TestM2_TwoWorkersReadWithOneRefreshToken(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		clock := clockwork.NewRealClock()
		w := readsSalesforce(t, s, clock)
		w.Rotate = true
		_, err := s.UpdateIntegration(t.Context(), modeltest.ActorOf(w.site), w.site.ID, w.integration.ID, func(i *integrations.Integration) error {
			i.Credentials["refresh_token"] = salesforcefake.RefreshToken
			return nil
		})
		require.NoError(t, err)
		other := *w.Reading
		other.Destinations = destinations.NewRegistry(salesforce.New(clock))
		for range 3 {
			w.Add("Task", salesforcefake.Record{"bizible2__BizibleId__c": readBizibleID})
			w.EndSessions()
			var both sync.WaitGroup
			states, errs := make([]string, 2), make([]error, 2)
			for i, read := range []func(context.Context, workflows.ReadingInput) (workflows.ReadCRM, error){w.ReadCRM, other.ReadCRM} {
				both.Go(func() {
					part, err := w.partBy(t, read)
					states[i], errs[i] = part.State, err
				})
			}
			both.Wait()
			require.NoError(t, errors.Join(errs...))
			require.NotContains(t, states, string(readings.SignIn), "the sign-in is not lost")
			require.Contains(t, states, string(readings.Done), "one of them reads to the end, and overtakes the other")
		}
		require.Len(t, w.tasks(t), 3)
	})
}
